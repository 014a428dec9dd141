"""Joins the lines of a paragraph: hyphens at line ends, addresses and dashes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from rag.ingest.lexicon import english_words
from rag.ingest.pdf.chars import HYPHEN_AT_BREAK

_WORD = re.compile(r"[^\W\d_]+")
_LAST_WORD = re.compile(r"([^\W\d_]+)[-\u2010]$")
_FIRST_WORD = re.compile(r"^[^\W\d_]+")
_ADDRESS_END = re.compile(r"(?:https?:/{0,2}|www\.|\S+\.\S+/|\S+@)\S*$")
_ADDRESS_GOES_ON = re.compile(r"[./_=?&-]$")


class LineJoiner:
    """Joins lines of one document; its own words tell which hyphens belong to a word."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words = Counter(
            word.lower()
            for line in lines
            for word in _WORD.findall(line.rstrip("-" + HYPHEN_AT_BREAK))
        )

    def join(self, before: str, after: str) -> str:
        """The two lines as one: "treat-" and "ment" as "treatment", "self-" as "self-image"."""
        if not before:
            return after
        if self._address_goes_on(before, after):
            return before.replace(HYPHEN_AT_BREAK, "-") + after
        if before[-1] in ("-", HYPHEN_AT_BREAK):
            return before[:-1] + self._hyphen(before, after) + after
        if before[-1] in "—/" or (before[-1] == "–" and before[-2:-1].isdigit()):
            return before + after
        return f"{before} {after}"

    def _hyphen(self, before: str, after: str) -> str:
        head, tail = _LAST_WORD.search(before), _FIRST_WORD.match(after)
        if head is None or tail is None:
            return "- " if before[:-1].endswith(" ") else "-"
        if not tail[0][0].islower():
            return "-"
        whole = (head[1] + tail[0]).lower()
        return "" if whole in english_words() or self._words[whole] else "-"

    @staticmethod
    def _address_goes_on(before: str, after: str) -> bool:
        last = before.rsplit(" ", 1)[-1].lstrip("(")
        following = after.split(" ", 1)[0]
        return (
            _ADDRESS_END.match(last) is not None
            and _ADDRESS_GOES_ON.search(last.replace(HYPHEN_AT_BREAK, "-")) is not None
            and following[:1].isalnum()
            and following[:1] == following[:1].lower()
            and ("/" in last or "." in following or "/" in following)
        )
