"""Cuts a document into passages: sentence-aligned, sized for the encoder, one heading each."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from rag.ingest.clean import one_line
from rag.ingest.packing import Unit, pack
from rag.model import Block, BlockKind, Document, Passage, passage_id, sha256_text
from rag.sentences import sentence_spans
from rag.settings import IngestSettings

_BULLET = "- "
_WORD = re.compile(r"\w*[^\W\d_]\w*")
_OTHER_SCRIPT = re.compile("[\u0590-\u1fff\u2e80-\ud7ff]")  # word counts mean little there
_SENTENCE_END = re.compile(r"[.!?:…][\"'”’)\]]*$")
_MIN_WORDS = 3  # fewer words never say anything
_MIN_WORDS_UNFINISHED = 5  # nor do these without a full stop
_HEADING_TOKENS = 32  # heading tokens that fit beside a full passage in a 256-token encoder
_LEAST_BUDGET = 20  # however long the headings are


def canonical_text(document: Document) -> str:
    """The document's text as passages count it: every block but the headings, in order.

    Paragraphs and table rows stand between empty lines, list items on lines of their own after
    "- ". Offsets of passages are offsets into this text.
    """
    return _lay_out(document)[0]


def passages(
    document: Document, count_tokens: Callable[[str], int], settings: IngestSettings
) -> tuple[Passage, ...]:
    """The document's passages in reading order.

    A passage holds whole sentences of one section, `settings.min_tokens` to
    `settings.max_tokens` word pieces where the section has as many; a short section is a passage
    of its own. A section of fewer than five words without an end is left out. The same text
    twice in one source is one passage, with the pages of both. `count_tokens` must add up over
    white space, as WordPiece does.
    """
    text, placed = _lay_out(document)
    found: dict[str, Passage] = {}
    for _, members in groupby(placed, key=lambda block: block.section):
        section = list(members)
        if _says_nothing(text[section[0].start : section[-1].end]):
            continue
        for start, end in _cut(text, section, count_tokens, settings):
            passage = _passage(document, text, start, end, section)
            twin = found.get(passage.id)
            if twin is not None:
                pages = tuple(sorted({*twin.pages, *passage.pages}))
                passage = dataclasses.replace(twin, pages=pages)
            found[passage.id] = passage
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block with its place in the canonical text, and the heading it stands under."""

    block: Block
    start: int
    end: int
    section: int
    heading: tuple[str, ...]

    def pages(self, start: int, end: int) -> set[int]:
        """Pages that hold any of the text between two canonical offsets."""
        if self.block.page is None:
            return set()
        shift = len(_BULLET) if self.block.kind is BlockKind.LIST_ITEM else 0
        begins = [(self.start, self.block.page)]
        begins += [(self.start + shift + at, page) for at, page in self.block.page_breaks]
        ends = [at for at, _ in begins[1:]] + [self.end]
        return {
            page
            for (at, page), stop in zip(begins, ends, strict=True)
            if at < end and stop > start and stop > at
        }


def _lay_out(document: Document) -> tuple[str, list[_Placed]]:
    has_top = any(b.kind is BlockKind.HEADING and b.level == 1 for b in document.blocks)
    title = (document.source.title,) if document.source.title else ()
    stack: list[tuple[int, str]] = []
    pieces: list[str] = []
    placed: list[_Placed] = []
    length = section = 0
    for block in document.blocks:
        text = one_line(block.text)
        if block.kind is BlockKind.HEADING:
            section += 1
            stack = [entry for entry in stack if entry[0] < block.level]
            if text:
                stack.append((block.level, text))
            continue
        if not text:
            continue
        if pieces:
            before = placed[-1]
            gap = "\n" if before.section == section and _same_list(before, block) else "\n\n"
            pieces.append(gap)
            length += len(gap)
        rendered = _BULLET + text if block.kind is BlockKind.LIST_ITEM else text
        below = tuple(entry[1] for entry in stack)
        heading = below if below and has_top and stack[0][0] == 1 else title + below
        placed.append(
            _Placed(block, length, length + len(rendered), section, _without_repeats(heading))
        )
        pieces.append(rendered)
        length += len(rendered)
    return "".join(pieces), placed


def _same_list(before: _Placed, block: Block) -> bool:
    return block.kind is BlockKind.LIST_ITEM and (
        before.block.kind is BlockKind.LIST_ITEM or before.block.text.rstrip().endswith(":")
    )


def _without_repeats(heading: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(next(same) for _, same in groupby(heading, key=str.casefold))


def _cut(
    text: str,
    section: list[_Placed],
    count_tokens: Callable[[str], int],
    settings: IngestSettings,
) -> list[tuple[int, int]]:
    heading_tokens = count_tokens(" ".join(section[0].heading))
    budget = max(
        settings.max_tokens - max(0, heading_tokens - _HEADING_TOKENS),
        min(_LEAST_BUDGET, settings.max_tokens),
    )
    return pack(_units(text, section), text, count_tokens, settings.min_tokens, budget)


def _units(text: str, section: list[_Placed]) -> list[Unit]:
    """The section's sentences, with list marks, as stretches of the canonical text."""
    base, end = section[0].start, section[-1].end
    is_item = {p.start: p.block.kind is BlockKind.LIST_ITEM for p in section}
    units: list[Unit] = []
    cursor = base
    in_item = False
    for _, stop in sentence_spans(text[base:end]):
        while text[cursor].isspace():
            cursor += 1
        in_item = is_item.get(cursor, in_item)
        units.append(Unit(cursor, base + stop, cursor in is_item, in_item))
        cursor = base + stop
    return units


def _passage(
    document: Document, text: str, start: int, end: int, section: list[_Placed]
) -> Passage:
    source, body = document.source, text[start:end]
    pages: set[int] = set()
    for placed in section:
        if placed.start < end and placed.end > start:
            pages |= placed.pages(start, end)
    return Passage(
        id=passage_id(source.id, source.edition, body),
        source_id=source.id,
        text=body,
        heading=section[0].heading,
        start=start,
        end=end,
        pages=tuple(sorted(pages)),
        sentences=sentence_spans(body),
        sha256=sha256_text(body),
    )


def _says_nothing(text: str) -> bool:
    if _OTHER_SCRIPT.search(text):
        return False
    words = len(_WORD.findall(text))
    return words < _MIN_WORDS or (words < _MIN_WORDS_UNFINISHED and not _SENTENCE_END.search(text))
