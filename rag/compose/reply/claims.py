"""The sentences of an answer that somebody's language model wrote, with the sources each cites."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

from rag.sentences import sentence_spans

_NUMBERS = r"\d{1,3}(?:\s*(?:,|;|-|–|and|&)\s*\d{1,3})*"
_SOURCE_WORD = r"(?:sources?|passages?|references?|refs?\.?|citations?|docs?|documents?)"
# "[2]", "[1, 3]", "[1-3]", "[^2]", "【2】", "(Source 2)", "[Sources 1 and 3]". A bare "(2)" is a
# list mark or a number more often than a citation.
_MARK = re.compile(
    rf"[\[【]\^?(?:{_SOURCE_WORD}\s*)?#?({_NUMBERS})(?:†[^\]】]*)?[\]】]"
    rf"|\(\s*{_SOURCE_WORD}\s*#?({_NUMBERS})\s*\)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,3})\s*[-–]\s*(\d{1,3})|(\d{1,3})")
_LONGEST_RANGE = 20  # sources; "[1-500]" is no citation
_DECORATION = re.compile(r"\*\*|__|`")
_SPACE_BEFORE_STOP = re.compile(r"\s+([.,;:!?])")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence or list item. `text` has no citation marks; `start` and `end` are offsets into
    the answer, marks included. `cites` are source numbers from 1, in order."""

    text: str
    start: int
    end: int
    cites: tuple[int, ...]


def claims(answer: str) -> tuple[Claim, ...]:
    """Every sentence and list item of `answer`, in order.

    Marks after a full stop belong to the sentence before them.

    >>> [(c.text, c.cites) for c in claims("Rest helps [2]. Walk a little. (Source 1)")]
    [('Rest helps.', (2,)), ('Walk a little.', (1,))]
    """
    bare = _MARK.sub(lambda mark: " " * len(mark[0]), answer)
    spans = [
        (start, end)
        for start, end in sentence_spans(bare, join_lists=False)
        if any(c.isalnum() for c in bare[start:end])
    ]
    cites: list[list[int]] = [[] for _ in spans]
    ends = [end for _, end in spans]
    for mark in _MARK.finditer(answer):
        owner = bisect_right(spans, (mark.start(), len(answer))) - 1
        before = answer[ends[owner] : mark.start()] if owner >= 0 else "\n"
        if "\n" in before and owner + 1 < len(spans):
            owner += 1  # it opens the next line
        elif owner >= 0:
            ends[owner] = max(ends[owner], mark.end())
        if owner >= 0:
            cites[owner].extend(_numbers(mark[1] or mark[2]))
    return tuple(
        Claim(_plain(bare[start:end]), start, last, tuple(dict.fromkeys(numbers)))
        for (start, end), last, numbers in zip(spans, ends, cites, strict=True)
    )


def _plain(piece: str) -> str:
    text = _DECORATION.sub("", piece).lstrip("#> ")
    return _SPACE_BEFORE_STOP.sub(r"\1", " ".join(text.split()))


def _numbers(listed: str) -> list[int]:
    numbers: list[int] = []
    for first, last, one in _RANGE.findall(listed):
        if one:
            numbers.append(int(one))
        elif int(last) - int(first) < _LONGEST_RANGE:
            numbers.extend(range(int(first), int(last) + 1))
        else:
            numbers.extend((int(first), int(last)))
    return numbers
