"""Which entities a text names: Aho-Corasick over the stems of all names, longest match first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick, MatchKind

from knowledge_graph.names import Term, terms
from knowledge_graph.schema import Kind, kind_of


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that names one entity, or several of different kinds."""

    start: int
    end: int
    keys: tuple[str, ...]
    """Entity keys, one or more; `fitting` chooses among them by kind."""

    def fitting(self, kinds: Sequence[Kind]) -> str | None:
        """The key whose kind comes first in `kinds`, or None."""
        found = [key for key in self.keys if kind_of(key) in kinds]
        return min(found, key=lambda key: kinds.index(kind_of(key)), default=None)


class MentionFinder:
    """Finds names in texts. Threads may share it."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """`names`: normal form of each name, to the keys that it may mean, likeliest first."""
        self._keys = [tuple(keys) for name, keys in names.items() if name]
        patterns = [_padded(name.split(" ")) for name in names if name]
        self._automaton = AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> list[Span]:
        """The names in `text`, in order; none lies within another."""
        words = terms(text)
        padded = _padded([word.stem for word in words])
        first_at, last_at = _positions(words)
        return [
            Span(words[first_at[begin]].start, words[last_at[end]].end, self._keys[pattern])
            for pattern, begin, end in self._automaton.find_matches_as_indexes(padded)
        ]


def _padded(stems: Sequence[str]) -> str:
    # A space on both sides of each word: names begin and end at words, and two names side by
    # side share no character, which a search for matches that do not overlap would trip over.
    return "".join(f" {stem} " for stem in stems)


def _positions(words: Sequence[Term]) -> tuple[dict[int, int], dict[int, int]]:
    first_at: dict[int, int] = {}
    last_at: dict[int, int] = {}
    at = 0
    for position, word in enumerate(words):
        first_at[at] = position
        at += len(word.stem) + 2
        last_at[at] = position
    return first_at, last_at
