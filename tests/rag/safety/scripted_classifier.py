"""Classifiers that say what a test wants, by the first word."""

from __future__ import annotations

from collections.abc import Sequence


class Says:
    """A classifier that answers by the first word."""

    def __init__(self, **by_word: str) -> None:
        self.by_word = by_word

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        first = next((word for word in words if word != "."), "")
        return self.by_word.get(first)

    def stands_out(self, words: Sequence[str]) -> str | None:
        return self.concern(words)

    def harmless(self, words: Sequence[str], *, surely: bool = False) -> bool:
        return ("greenhouse" if surely else "allotment") in words


class SaysOfWholes(Says):
    """Recognises wholes alone: parts, and what is in another language, must stand out more."""

    def concern(self, words: Sequence[str], *, part: bool = False) -> str | None:
        return None if part else super().concern(words)

    def stands_out(self, words: Sequence[str]) -> str | None:
        return None
