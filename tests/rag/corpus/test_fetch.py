from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.corpus.catalogue import Catalogue, Entry, Licence, Site
from rag.corpus.download import Downloader, Limits
from rag.corpus.fetch import FetchReport, checked_files, fetch_all, read_records
from rag.errors import CorpusError
from rag.index.build import build
from rag.ingest import parse
from rag.settings import IngestSettings, Settings
from tests.rag.corpus import servers

HOST = "www.nimh.nih.gov"
LICENCES = {
    "us-public-domain": Licence("Public domain", "all", "", fetch=True),
    "copyright": Licence("Copyright", "nothing", "", fetch=False),
}


def entry(path: str, licence: str = "us-public-domain") -> Entry:
    return Entry(
        title=f"Sleep, by {path}",
        publisher="National Institute of Mental Health",
        url=f"https://{HOST}/{path}",
        edition="2024",
        licence=licence,
        language="en",
        jurisdiction="US",
        documents=("sleep",),
    )


class World:
    """A catalogue, a server for its one host, and a folder to fetch into."""

    def __init__(self, folder: Path, site: servers.Site, get: Downloader) -> None:
        self.folder, self.site, self._get = folder, site, get

    def fetch(self, *paths: str, refresh: bool = False, delay_s: float = 0.0) -> FetchReport:
        catalogue = Catalogue(
            LICENCES, {HOST: Site("us-public-domain", "US")}, tuple(entry(p) for p in paths)
        )
        return fetch_all(
            catalogue, self.folder, refresh=refresh, downloader=self._get, delay_s=delay_s
        )


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    site = servers.Site()
    for name in ("a", "b"):
        site.pages[f"/{name}"] = servers.PAGE.replace(b"hours", b"hours of " + name.encode())
    with servers.serving(site) as connect:
        limits = Limits(max_bytes=100_000, timeout_s=1.0, total_s=1.5)
        yield World(tmp_path / "fetched", site, Downloader({HOST}, limits, connect=connect))


def test_what_is_fetched_can_be_built_from(world: World, tmp_path: Path) -> None:
    report = world.fetch("a", "b")
    assert (len(report.fetched), report.failed) == (2, ())
    files, bad = checked_files(world.folder)
    assert (len(files), bad) == (2, [])
    source = parse(files[0], IngestSettings()).source
    assert source.publisher == "National Institute of Mental Health"
    assert (source.edition, source.jurisdiction, source.grade) == ("2024", "US", "B")
    assert source.url == f"https://{HOST}/a"
    built = build(files, Settings(index_dir=tmp_path / "indexes"))
    assert (built.sources, built.quarantined) == (2, ())


def test_a_second_run_asks_for_nothing(world: World) -> None:
    world.fetch("a", "b")
    asked = len(world.site.seen)
    report = world.fetch("a", "b")
    assert len(report.unchanged) == 2
    assert len(world.site.seen) == asked


def test_one_failure_does_not_stop_the_rest(world: World) -> None:
    report = world.fetch("a", "missing", "to-private", "drip", "b")
    assert len(report.fetched) == 2
    assert [url.rpartition("/")[2] for url, _ in report.failed] == [
        "missing",
        "to-private",
        "drip",
    ]
    assert "404" in report.failed[0][1]


def test_a_break_is_mended_within_one_run(world: World) -> None:
    world.site.break_off = 2
    report = world.fetch("a")
    assert (len(report.fetched), report.failed) == (1, ())
    assert len(world.site.seen) == 3
    (file,), _ = checked_files(world.folder)
    assert file.read_bytes() == world.site.pages["/a"]


def test_a_run_that_fails_goes_on_in_the_next(world: World) -> None:
    world.site.break_off = 3
    assert len(world.fetch("a").failed) == 1
    assert len(world.fetch("a").fetched) == 1
    assert world.site.seen[-1][2].startswith("bytes=")


def test_a_changed_document_is_named(world: World) -> None:
    world.fetch("a", "b")
    before = read_records(world.folder)
    world.site.pages["/a"] = servers.PAGE.replace(b"Regular", b"Irregular")
    report = world.fetch("a", "b", refresh=True)
    assert report.changed == (f"https://{HOST}/a",)
    assert len(report.unchanged) == 1
    after = read_records(world.folder)[f"https://{HOST}/a"]
    assert after.replaced_sha256 == before[after.url].sha256 != after.sha256


def test_a_file_that_was_tampered_with_is_found_and_fetched_again(world: World) -> None:
    world.fetch("a", "b")
    (file, other), _ = checked_files(world.folder)
    file.write_bytes(file.read_bytes() + b"Stop your lithium.")
    good, bad = checked_files(world.folder)
    assert (good, [path for path, _ in bad]) == ([other], [str(file)])
    report = world.fetch("a", "b")
    assert report.fetched == (f"https://{HOST}/a",)
    assert checked_files(world.folder)[1] == []


def test_requests_to_one_host_are_apart(world: World) -> None:
    world.fetch("a", "b", "page", delay_s=0.3)
    gaps = [later - earlier for earlier, later in itertools.pairwise(world.site.times)]
    assert min(gaps) >= 0.28


def test_a_licence_that_forbids_it_is_kept(tmp_path: Path) -> None:
    forbidden = entry("a", "copyright")
    catalogue = Catalogue(LICENCES, {}, (forbidden, entry("b")))
    assert catalogue.fetchable() == (entry("b"),)
    with pytest.raises(CorpusError, match="allows no download"):
        fetch_all(catalogue, tmp_path, entries=[forbidden])


@pytest.mark.parametrize("text", ["{", "[1]", '[{"url": "x"}]'])
def test_damaged_records_are_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "fetched.json").write_text(text)
    with pytest.raises(CorpusError, match="damaged"):
        read_records(tmp_path)


def test_nothing_fetched_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="rag corpus fetch"):
        checked_files(tmp_path)


def test_a_record_cannot_name_a_file_outside(world: World, tmp_path: Path) -> None:
    world.fetch("a")
    (file,), _ = checked_files(world.folder)
    (tmp_path / file.name).write_bytes(b"Stop your lithium.")
    path = world.folder / "fetched.json"
    rows = json.loads(path.read_text())
    rows[0]["file"] = f"../{file.name}"
    path.write_text(json.dumps(rows))
    with pytest.raises(CorpusError, match=re.escape(f"../{file.name}")):
        checked_files(world.folder)
