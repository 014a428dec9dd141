"""Links a document to the edition that it replaces, where the documents themselves make it plain.

Two documents are editions of one when publisher and language are the same, and so is either the
address or the id without its year, date or edition ("depression-2023" and "depression-2025"). The
one that took effect later supersedes the other. Where the dates do not say which, nothing is
guessed: both stay in force, and a note asks for `supersedes`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.model import Passage, Source

_EDITION_WORDS = re.compile(
    r"-(?:(?:19|20)\d\d(?:-[01]\d){0,1}(?:-[0-3]\d){0,1}|v\d+(?:-\d+)*|rev(?:ised)?|updated?"
    r"|(?:\d+(?:st|nd|rd|th)|first|second|third|new|old|draft|final)-edition|edition-\d+|ed-?\d+)$"
)
Cut = tuple[Source, tuple[Passage, ...]]


def link_editions(cut: Sequence[Cut]) -> tuple[list[Cut], list[tuple[str, str]]]:
    """The documents with `supersedes` completed, in order, and (source id, note) of each link
    that was made or could not be made."""
    sources = [source for source, _ in cut]
    added: dict[int, set[str]] = defaultdict(set)
    notes: list[tuple[str, str]] = []
    for group in _groups(sources):
        # By edition where dates agree, so that the order of the files never matters.
        ordered = sorted(group, key=lambda i: (_day(sources[i]), sources[i].id, sources[i].edition))
        for older, newer in pairwise(ordered):
            if _stated(sources[older], sources[newer]) or _stated(sources[newer], sources[older]):
                continue
            old, new = _name(sources[older]), _name(sources[newer])
            if _day(sources[older]) == dt.date.min or _day(sources[older]) == _day(sources[newer]):
                notes.append(
                    (
                        sources[newer].id,
                        f"{old} looks like another edition of {new}, and the dates do not say "
                        "which is newer: both count until one of them states `supersedes`",
                    )
                )
            else:
                added[newer].add(old)
                notes.append((sources[older].id, f"{old} is superseded by {new}, a later edition"))
    linked = [
        (replace(source, supersedes=(*source.supersedes, *sorted(added[position]))), passages)
        for position, (source, passages) in enumerate(cut)
    ]
    return linked, list(dict.fromkeys(notes))


def _groups(sources: Sequence[Source]) -> list[list[int]]:
    """Positions of sources that are editions of one document."""
    by_key: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for position, source in enumerate(sources):
        if source.publisher:
            start = (source.publisher.casefold(), source.language)
            by_key[(*start, "id " + _stem(source.id))].append(position)
            if source.url:
                by_key[(*start, "url " + source.url.rstrip("/"))].append(position)
    groups = {tuple(positions) for positions in by_key.values() if len(positions) > 1}
    return [list(group) for group in sorted(groups)]


def _stem(source_id: str) -> str:
    while (shorter := _EDITION_WORDS.sub("", source_id)) != source_id:
        source_id = shorter
    return source_id


def _day(source: Source) -> dt.date:
    return source.effective_from or source.published or source.reviewed or dt.date.min


def _name(source: Source) -> str:
    return f"{source.id}@{source.edition}"


def _stated(newer: Source, older: Source) -> bool:
    return older.id in newer.supersedes or _name(older) in newer.supersedes
