"""Leaves out what is no evidence: navigation, link lists, references, imprints and repeats.

Everything here is a rule over the text of one document, so that a reader can tell why a line is
missing. A list that a sentence ending in a colon introduces is meant, and stays, unless that
sentence sends the reader elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from rag.ingest.noise_patterns import (
    describes_link,
    is_boilerplate,
    is_finished,
    is_fragment,
    is_link,
    is_marked_link,
    is_reference,
    is_run_together,
    is_short_phrase,
    is_teaser,
    leads_elsewhere,
    names_links,
    names_promotion,
)
from rag.model import Block, BlockKind
from rag.sentences import sentence_spans

_MOSTLY = 0.5  # share of link-like items that makes a list a list of links
_MIN_REPEAT_WORDS = 8
_NOT_WORD = re.compile(r"\W+")


def without_noise(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks that can serve as evidence, and their headings, in order."""
    titles = {_key(block.text) for block in blocks if block.kind is BlockKind.HEADING}
    kept: list[Block] = []
    for heading, body in _sections(blocks):
        name = heading.text if heading else ""
        if names_promotion(name):
            continue
        rest = _evidence(body, name, titles)
        if heading and not _is_menu(name, body, rest):
            kept.append(heading)
        kept += rest
    return _without_repeats(kept)


def _sections(blocks: Sequence[Block]) -> Iterator[tuple[Block | None, list[Block]]]:
    heading: Block | None = None
    body: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            yield heading, body
            heading, body = block, []
        else:
            body.append(block)
    yield heading, body


def _is_menu(heading: str, body: Sequence[Block], rest: Sequence[Block]) -> bool:
    """Whether a heading is over a menu only, so that text after the menu is not under it."""
    began_with_links = bool(body) and body[0].kind is BlockKind.LIST_ITEM and body[0] not in rest
    return names_links(heading) and began_with_links


def _evidence(body: Sequence[Block], heading: str, titles: set[str]) -> list[Block]:
    """What stays of the text under one heading."""
    kept: list[Block] = []
    in_menu = names_links(heading)
    for is_item, group in groupby(body, key=lambda block: block.kind is BlockKind.LIST_ITEM):
        run = list(group)
        if not is_item:
            for block in run:
                if block.kind is BlockKind.TABLE_ROW or _is_prose(block.text, heading):
                    kept.append(block)
            in_menu = in_menu and not any(is_finished(block.text) for block in kept)
            continue
        lead = kept[-1].text if kept and kept[-1].text.endswith(":") else ""
        items = _items(run, lead, in_menu=in_menu, titles=titles)
        if lead and not items:
            kept = _without_lead_in(kept)
        kept += items
    if kept and kept[-1].kind is BlockKind.PARAGRAPH and kept[-1].text.endswith(":"):
        kept = _without_lead_in(kept)  # its list is lost
    return kept


def _without_lead_in(blocks: list[Block]) -> list[Block]:
    """The blocks without the last sentence, which promises a list that is not there."""
    *before, last = blocks
    start = sentence_spans(last.text)[-1][0]
    if not start:
        return before
    breaks = tuple((at, page) for at, page in last.page_breaks if at < start)
    return [*before, replace(last, text=last.text[:start].rstrip(), page_breaks=breaks)]


def _is_prose(text: str, heading: str) -> bool:
    if text.endswith(":"):
        return not is_boilerplate(text)
    return not (
        _key(text) == _key(heading)
        or is_boilerplate(text)
        or is_reference(text)
        or is_marked_link(text)
        or is_fragment(text)
        or is_teaser(text)
        or (names_links(heading) and not is_finished(text))
    )


def _items(run: Sequence[Block], lead: str, *, in_menu: bool, titles: set[str]) -> list[Block]:
    """The items of one list that stay."""
    kept = [block for block in run if not _is_useless(block.text)]
    if lead:
        return [] if leads_elsewhere(lead) else kept
    if in_menu:
        return [block for block in kept if not describes_link(block.text)]
    links = sum(is_link(block.text) for block in kept) + len(run) - len(kept)
    names = [_key(block.text) for block in kept if is_short_phrase(block.text)]
    if len(set(names)) < len(names):  # no list of facts says one twice
        links = len(run)
    kept = [block for block in kept if _key(block.text) not in titles]
    if links >= _MOSTLY * len(run):
        return [b for b in kept if not (is_link(b.text) or is_short_phrase(b.text))]
    return kept


def _is_useless(text: str) -> bool:
    return any(
        test(text) for test in (is_reference, is_boilerplate, is_marked_link, is_run_together)
    )


def _without_repeats(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Long texts once in a document; an item of a list may come again under another heading."""
    seen: set[tuple[str, int]] = set()
    kept = []
    section = 0
    for block in blocks:
        section += block.kind is BlockKind.HEADING
        mark = (_key(block.text), section if block.kind is BlockKind.LIST_ITEM else 0)
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
            if mark in seen and len(block.text.split()) >= _MIN_REPEAT_WORDS:
                continue
            seen.add(mark)
        kept.append(block)
    return tuple(kept)


def _key(text: str) -> str:
    return _NOT_WORD.sub("", text).casefold()
