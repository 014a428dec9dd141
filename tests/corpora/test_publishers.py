"""The sources of the shipped documents: official publishers alone, each page named in one way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from corpora import documents_dir
from rag.ingest import parse
from rag.model import RestsOn
from rag.settings import IngestSettings

DOCUMENTS = sorted(documents_dir().glob("*.md"))


def sources(path: Path) -> tuple[RestsOn, ...]:
    return parse(path, IngestSettings()).source.rests_on


def all_sources() -> Iterator[RestsOn]:
    assert DOCUMENTS
    for path in DOCUMENTS:
        yield from sources(path)


@cache
def official_hosts() -> dict[str, tuple[str, ...]]:
    """The hosts of each official publisher, as corpora/publishers.txt lists them."""
    listed = (documents_dir().parent / "publishers.txt").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in listed.splitlines() if line and line[0] != "#"]
    names = [name for name, _ in rows]
    assert names == sorted(set(names))
    return {name: tuple(hosts.split()) for name, hosts in rows}


def is_official(publisher: str, url: str) -> bool:
    host = "." + (urlsplit(url).hostname or "")
    return any(host.endswith("." + known) for known in official_hosts().get(publisher, ()))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_rests_on_official_publishers_alone(path: Path) -> None:
    unofficial = [
        f"{rest.publisher}: {rest.url}"
        for rest in sources(path)
        if not is_official(rest.publisher, rest.url)
    ]
    assert not unofficial


@pytest.mark.parametrize(
    ("publisher", "url"),
    [
        ("A Wellness Company", "https://wellness.example/sleep"),
        ("A Newspaper, quoting the NHS", "https://www.nhs.uk/conditions/"),
        ("National Health Service (England)", "https://sharing.example/a-copy-of-nhs.uk"),
        ("National Health Service (England)", "https://notnhs.uk/conditions/"),
    ],
)
def test_the_list_of_publishers_refuses_others(publisher: str, url: str) -> None:
    assert not is_official(publisher, url)


def test_every_listed_publisher_is_rested_on() -> None:
    assert {rest.publisher for rest in all_sources()} == set(official_hosts())


def test_a_page_has_one_title_and_one_edition() -> None:
    named: dict[str, set[tuple[str, str, str]]] = {}
    for rest in all_sources():
        named.setdefault(rest.url.rstrip("/"), set()).add(
            (rest.publisher, rest.title, rest.edition)
        )
    assert not [url for url, names in named.items() if len(names) > 1]
