"""Takes apart list items that a scraper ran together: with the items below, or with a title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.ingest.lexicon import english_words
from rag.model import Block, BlockKind

_MIN_SENTENCE_WORDS = 5
_MIN_CHILD_CHARS = 5  # shorter texts are found in others by chance

_INNER_MARK = re.compile(r"(?<=[.:!?])-\s+(?=[A-Z])")
_SEAM = re.compile(r"(?<=[a-z)?™])(?=[A-Z])")
_TITLE_WORD = re.compile(r"[A-Z(&].*|and|the|of|on|in|to|for|with|an?|from|by|or|at")
_MAX_TITLE_WORDS = 14


def without_flattened(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, each nested item once.

    Scrapers write "Types:PhobiasPanic", then "Phobias", then "Panic". Where the items that
    follow make up the end of an item, that end goes; where some of them are missing, the item
    stays whole and the repeats go.
    """
    blocks = [part for block in blocks for part in _at_inner_marks(block)]
    kept: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if block.kind is BlockKind.PARAGRAPH:
            kept.append(replace(block, text=_with_title_apart(block.text)))
            continue
        if block.kind is not BlockKind.LIST_ITEM:
            kept.append(block)
            continue
        following = _items_from(blocks, index)
        own = _own_part(block.text, following)
        if own is not None:
            kept.append(replace(block, text=own, page_breaks=()))
            continue
        kept.append(replace(block, text=_with_title_apart(block.text)))
        index += _repeats(block.text, following)
    return tuple(kept)


def _at_inner_marks(block: Block) -> list[Block]:
    """The block and the items that follow on its own line: "These are:- One.- Two."."""
    if block.kind not in (BlockKind.LIST_ITEM, BlockKind.PARAGRAPH):
        return [block]
    first, *rest = _INNER_MARK.split(block.text)
    items = [replace(block, kind=BlockKind.LIST_ITEM, text=text) for text in rest]
    return [replace(block, text=first), *items]


def _with_title_apart(text: str) -> str:
    """ "Title In CapitalsThen a sentence.", as left of a link above its text, as "Title: text"."""
    seam = _SEAM.search(text)
    if seam is None or not text.endswith("."):
        return text
    title, rest = text[: seam.start()], text[seam.start() :]
    words = title.split()
    if len(rest.split()) < _MIN_SENTENCE_WORDS or len(words) > _MAX_TITLE_WORDS:
        return text
    if not all(_TITLE_WORD.fullmatch(word) for word in words):
        return text
    if len(words) == 1 and not rest.startswith(title + " "):  # "HealthCare" is a word
        return text
    last = re.split(r"[\s/-]", title)[-1].lower()
    ends_word = title[-1] in ")?™" or (len(last) > 3 and last in english_words())
    return f"{title}: {rest}" if ends_word else text


def _items_from(blocks: Sequence[Block], index: int) -> list[str]:
    texts = []
    while index < len(blocks) and blocks[index].kind is BlockKind.LIST_ITEM:
        texts.append(_compact(blocks[index].text))
        index += 1
    return texts


def _own_part(text: str, following: Sequence[str]) -> str | None:
    """`text` up to where the next items begin, if those items make up all of the rest."""
    if not following or len(following[0]) < _MIN_CHILD_CHARS:
        return None
    whole = _compact(text)
    at = whole.find(following[0], 1)
    rest = whole[at:]
    if at < 1:
        return None
    joined = ""
    for child in following:
        joined += child
        if joined == rest:
            return _first_chars(text, at)
        if not rest.startswith(joined):
            return None
    return None


def _repeats(text: str, following: Sequence[str]) -> int:
    """How many of the next items stand, in order, glued to what comes before them in `text`."""
    whole = _compact(text)
    cursor = count = 0
    for child in following:
        at = whole.find(child, max(cursor, 1))
        if len(child) < _MIN_CHILD_CHARS or at < 1:
            break
        cursor = at + len(child)
        count += 1
    return count


def _compact(text: str) -> str:
    return "".join(text.split())


def _first_chars(text: str, count: int) -> str:
    """The start of `text` that holds `count` characters, white space not counted."""
    for index, char in enumerate(text):
        if count == 0:
            return text[:index].rstrip()
        count -= not char.isspace()
    return text
