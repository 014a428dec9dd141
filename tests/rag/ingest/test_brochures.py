"""The real brochures, read from end to end."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pypdfium2

from rag.ingest import parse
from rag.ingest.chunking import canonical_text, passages
from rag.ingest.pdf.reader import read
from rag.model import BlockKind, Document
from rag.settings import IngestSettings
from tests.rag.ingest.drawing import count_tokens

HEADING = BlockKind.HEADING


@cache
def parsed(brochure: Path) -> Document:
    return parse(brochure, IngestSettings())


@cache
def texts_of_pages(brochure: Path) -> tuple[str, ...]:
    """What PDFium alone reads on each page: another way to the same words."""
    return tuple(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(brochure))


def test_a_brochure_is_read(brochure: Path, settings: IngestSettings) -> None:
    document = parsed(brochure)
    made = passages(document, count_tokens, settings)

    first = document.blocks[0]
    assert (first.kind, first.level, first.text) == (HEADING, 1, document.source.title)
    assert made
    whole = canonical_text(document)
    assert all(whole[p.start : p.end] == p.text for p in made)


def test_a_brochure_s_passages_stand_on_their_pages(
    brochure: Path, settings: IngestSettings
) -> None:
    raw = [letters(text) for text in texts_of_pages(brochure)]

    for passage in passages(parsed(brochure), count_tokens, settings):
        assert passage.pages
        on_pages = "".join(raw[page - 1] for page in passage.pages)
        for line in passage.text.split("\n"):
            if ";" not in line:  # table rows carry the names of their columns
                assert letters(line)[:20] in on_pages, (passage.pages, line)


def test_no_word_of_a_brochure_is_lost_in_reading(brochure: Path, settings: IngestSettings) -> None:
    draft = read(brochure.read_bytes(), brochure, settings)  # before noise is left out
    kept = words(" ".join(block.text for block in draft.blocks))

    everything = words(" ".join(texts_of_pages(brochure)))
    lost = everything - kept
    assert len(lost) <= 0.02 * len(everything), lost


def letters(text: str) -> str:
    return re.sub(r"[\W_]+|\ufffe", "", text).casefold()


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]{4,}", text.casefold()))
