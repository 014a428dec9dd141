"""Which files are read, what is refused and how, and the real pages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import DocumentError
from rag.ingest import parse
from rag.ingest.chunking import canonical_text, passages
from rag.model import BlockKind, Document
from rag.settings import IngestSettings

Read = Callable[..., Document]


def test_a_missing_file(tmp_path: Path, settings: IngestSettings) -> None:
    with pytest.raises(DocumentError, match=r"gone\.md: does not exist"):
        parse(tmp_path / "gone.md", settings)


def test_a_folder(tmp_path: Path, settings: IngestSettings) -> None:
    folder = tmp_path / "folder.md"
    folder.mkdir()
    with pytest.raises(DocumentError, match="is a folder"):
        parse(folder, settings)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path, settings: IngestSettings) -> None:
    path = tmp_path / "closed.md"
    path.write_text("Words that no one may read.")
    path.chmod(0)
    with pytest.raises(DocumentError, match="cannot be read"):
        parse(path, settings)


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        (b"", "page.md", "empty"),
        (b" \n\t\n", "page.txt", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "page.md", "binary"),
        (b"\x00\x01\x02\x03", "page.html", "binary"),
        (b"words", "page.xyz", r"'\.xyz' are not supported"),
        (b"words", "page", "not supported"),
        (b"# Only a heading\n", "page.md", "nothing in this file can serve as evidence"),
        (b"just words", "page.pdf", "not a PDF"),
        (b"just words", "page.docx", "not a whole DOCX"),
    ],
)
def test_files_that_cannot_serve(read_text: Read, content: bytes, name: str, what: str) -> None:
    with pytest.raises(DocumentError, match=what) as caught:
        read_text(content, name=name)
    assert name in str(caught.value)


def test_a_reader_that_fails_leaves_out_only_its_file(
    read_text: Read, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("rag.ingest.text.read", failing)
    with pytest.raises(DocumentError, match=r"page\.txt: its reader failed \(RecursionError"):
        read_text("Plain words about sleep.", name="page.txt")
    assert "too deep" in caplog.text


def test_a_file_over_the_limit_is_refused_unread(tmp_path: Path, settings: IngestSettings) -> None:
    path = tmp_path / "vast.md"
    with path.open("wb") as file:
        file.truncate(3 * 1024 * 1024)
    with pytest.raises(DocumentError, match=r"3\.0 MiB is over the limit of 2 MiB"):
        parse(path, settings.model_copy(update={"max_file_mib": 2}))


def test_the_edition_follows_the_bytes(read_text: Read) -> None:
    first = read_text("Words that say a little about sleep.", name="a.txt").source
    second = read_text("Words that say a little about sleep!", name="a.txt").source
    assert first.edition == first.sha256[:12] != second.edition
    assert first.id == second.id == "a"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Fièvre & Sommeil (2).txt", "fievre-sommeil-2"), ("__A__b.TXT", "a-b")],
)
def test_ids_come_from_file_names(read_text: Read, name: str, expected: str) -> None:
    assert read_text("Words that say a little about sleep.", name=name).source.id == expected


def test_a_name_without_latin_letters_still_gives_an_id(read_text: Read) -> None:
    source = read_text("Words that say a little about sleep.", name="睡眠.txt").source
    assert source.id == f"document-{source.sha256[:12]}"


def test_hidden_characters_do_not_reach_a_passage(
    read_text: Read, settings: IngestSettings
) -> None:
    page = (
        "---\nid: x\n---\n# Sle\u200bep\n\n"
        "Rest\u202e helps \u2066people\u2069 to\u00a0recover well.\n"
    )
    (passage,) = passages(read_text(page), lambda text: len(text.split()), settings)
    assert passage.heading == ("Sleep",)
    assert passage.text == "Rest helps people to recover well."


def test_every_scraped_page_gives_clean_passages(
    scraped_page: Path, settings: IngestSettings
) -> None:
    document = parse(scraped_page, settings)
    made = passages(document, lambda text: round(len(text.split()) * 1.3), settings)

    assert made
    assert document.source.url.startswith("https://")
    assert document.source.publisher
    whole = canonical_text(document)
    for passage in made:
        assert whole[passage.start : passage.end] == passage.text
        assert "inSpanish" not in passage.text
        assert "see more articles" not in passage.text
        assert not passage.text.startswith(("Skip to", "Source:", "**"))
    items = [b.text for b in document.blocks if b.kind is BlockKind.LIST_ITEM]
    assert not [text for text in items if text.endswith("...")]
