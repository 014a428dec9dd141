"""The words that the rules know, and how a mistyped, starred or run-together one is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

_SHORTEST_SLIP = 4  # shorter words are too close to each other to be mended


@dataclass(frozen=True)
class Lexicon:
    """What normalising needs to know of the rules.

    `words`: every word that some pattern contains. `english`: other words that are spelled right.
    `emoji`: character -> word. `expansions`: chat form, of one or two words -> words. `typos`:
    slip -> word. `sensitive`: words that are also found when cut in two, or with stars in them.
    """

    words: frozenset[str]
    english: frozenset[str]
    emoji: Mapping[str, str]
    expansions: Mapping[str, tuple[str, ...]]
    typos: Mapping[str, str]
    sensitive: frozenset[str]

    def knows(self, token: str) -> bool:
        """Whether the token needs no mending."""
        return token in self.words or token in self.expansions or token in self.english

    def nearest(self, token: str) -> str | None:
        """The rule word that one slip turned into `token`, unless that is a word itself."""
        if len(token) < _SHORTEST_SLIP or self.knows(token) or not token.isalpha():
            return None
        if found := self._scrambled.get(_scramble_key(token)):
            return found
        if len(token) <= _SHORTEST_SLIP:
            return None
        return next(
            (self._slips[cut] for cut in (token, *_cuts(token)) if cut in self._slips), None
        )

    def starred(self, token: str) -> str | None:
        """The sensitive word that `token`, with stars for letters, stands for."""
        for word in self._sensitive_by_length.get(len(token), ()):
            if all(a in ("*", b) for a, b in zip(token, word, strict=True)):
                return word
        return None

    def segment(self, letters: str) -> tuple[str, ...] | None:
        """`letters` as rule words without spaces between them, fewest words first, or None."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 12), end):
                head, word = best[start], letters[start:end]
                if head is None or word not in self.words:
                    continue
                here = best[end]
                if here is None or len(head) + 1 < len(here):
                    best[end] = (*head, word)
        return best[-1]

    @cached_property
    def _slips(self) -> dict[str, str]:
        """Each longer rule word under its own spelling and with one letter left out."""
        table: dict[str, str] = {}
        for word in sorted(self.words, key=lambda w: (w not in self.sensitive, w)):
            if len(word) > _SHORTEST_SLIP:
                for cut in (word, *_cuts(word)):
                    table.setdefault(cut, word)
        return table

    @cached_property
    def _scrambled(self) -> dict[str, str]:
        table: dict[str, str] = {}
        for word in sorted(self.words, key=lambda w: (w not in self.sensitive, w)):
            if len(word) >= _SHORTEST_SLIP:
                table.setdefault(_scramble_key(word), word)
        return table

    @cached_property
    def _sensitive_by_length(self) -> dict[int, list[str]]:
        table: dict[int, list[str]] = {}
        for word in sorted(self.sensitive):
            table.setdefault(len(word), []).append(word)
        return table


def _cuts(word: str) -> Iterable[str]:
    """The word with each letter left out in turn."""
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def _scramble_key(word: str) -> str:
    """Equal for words whose inner letters are in another order: "wnat" and "want"."""
    return word[0] + "".join(sorted(word[1:-1])) + word[-1]
