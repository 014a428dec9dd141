from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.corpus.download import Downloader, Limits
from rag.corpus.net import Connect, connect_publicly, public_address
from rag.errors import FetchError
from tests.rag.corpus.servers import PAGE, Site, serving

HOST = "www.nimh.nih.gov"
SMALL = Limits(max_bytes=100_000, timeout_s=1.0, total_s=1.5)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def connect(site: Site) -> Iterator[Connect]:
    with serving(site) as way:
        yield way


@pytest.fixture
def get(connect: Connect) -> Downloader:
    return Downloader({HOST}, SMALL, connect=connect)


def test_a_page_is_fetched_with_its_checksum(get: Downloader, site: Site, tmp_path: Path) -> None:
    found = get.fetch(f"https://{HOST}/page", tmp_path / "page")
    assert found.path == tmp_path / "page.html"
    assert found.path.read_bytes() == PAGE
    assert (found.sha256, found.size) == (hashlib.sha256(PAGE).hexdigest(), len(PAGE))
    assert site.seen == [(HOST, "/page", "")]
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("to-private", r"169\.254.*not followed"),
        ("moved", "not followed"),
        ("zip", "application/zip"),
        ("no-type", "not stated"),
        ("false-pdf", "no PDF"),
        ("false-html", "no HTML"),
        ("empty", "empty"),
        ("packed", "packed"),
        ("large", "limit"),
        ("endless", "limit"),
        ("drip", "took more than 1.5 s"),
        ("drip-head", "took more than 1.5 s"),
        ("silence", "timed out"),
        ("hang-up", "broke off"),
        ("busy", "503"),
        ("missing", "404"),
    ],
)
def test_a_hostile_reply_is_refused(
    get: Downloader, tmp_path: Path, path: str, reason: str
) -> None:
    with pytest.raises(FetchError, match=reason):
        get.fetch(f"https://{HOST}/{path}", tmp_path / "page")
    assert not (tmp_path / "page.html").exists()
    assert not (tmp_path / "page.pdf").exists()


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/page",
        "https://evil.example/page",
        f"https://{HOST}.evil.example/page",
        f"https://{HOST}@evil.example/page",
        f"https://user@{HOST}/page",
        f"https://{HOST}:8443/page",
        "file:///etc/passwd",
        "https://[::1/page",
        "",
    ],
)
def test_other_addresses_are_not_even_connected_to(
    get: Downloader, site: Site, tmp_path: Path, url: str
) -> None:
    with pytest.raises(FetchError):
        get.fetch(url, tmp_path / "page")
    assert site.seen == []
    assert list(tmp_path.iterdir()) == []


def test_a_broken_download_goes_on_where_it_stopped(
    get: Downloader, site: Site, tmp_path: Path
) -> None:
    site.break_off = 1
    with pytest.raises(FetchError) as caught:
        get.fetch(f"https://{HOST}/page", tmp_path / "page")
    assert caught.value.again
    assert not (tmp_path / "page.html").exists()
    assert get.fetch(f"https://{HOST}/page", tmp_path / "page").path.read_bytes() == PAGE
    assert [asked for _, _, asked in site.seen] == ["", f"bytes={len(PAGE) // 2}-"]
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_part_of_another_edition_is_not_gone_on_with(
    get: Downloader, site: Site, tmp_path: Path
) -> None:
    site.break_off = 1
    with pytest.raises(FetchError):
        get.fetch(f"https://{HOST}/page", tmp_path / "page")
    site.pages["/page"] = PAGE.replace(b"Regular", b"Irregular")
    found = get.fetch(f"https://{HOST}/page", tmp_path / "page")
    assert found.path.read_bytes() == site.pages["/page"]


def test_another_part_than_the_one_asked_for_is_refused(get: Downloader, tmp_path: Path) -> None:
    with pytest.raises(FetchError):
        get.fetch(f"https://{HOST}/other-part", tmp_path / "page")
    with pytest.raises(FetchError, match="another part"):
        get.fetch(f"https://{HOST}/other-part", tmp_path / "page")


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["192.168.1.1"],
        ["169.254.169.254"],
        ["100.64.0.1"],
        ["0.0.0.0"],  # noqa: S104
        ["224.0.0.1"],
        ["::1"],
        ["fe80::1%eth0"],
        ["fd00::1"],
        ["::ffff:127.0.0.1"],
        ["156.40.0.1", "127.0.0.1"],
    ],
)
def test_private_addresses_are_refused(addresses: list[str]) -> None:
    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 443)) for a in addresses]

    with pytest.raises(FetchError, match="no public address"):
        public_address(HOST, resolve)


def test_a_public_address_is_the_one_connected_to() -> None:
    def resolve(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("156.40.0.1", 443))]

    assert public_address(HOST, resolve) == "156.40.0.1"


def test_without_the_argument_loopback_cannot_be_reached(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="no public address"):
        connect_publicly("localhost", 1.0)
    with pytest.raises(FetchError, match="no public address"):
        Downloader({"localhost"}, SMALL).fetch("https://localhost/page", tmp_path / "page")
