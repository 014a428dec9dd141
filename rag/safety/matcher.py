"""Matches readable patterns on word sequences in linear time, without regular expressions.

A pattern is words separated by spaces:

    word            that word                    a|b|c         one of these words
    (a b|c)         one of these phrases
    {class}         any phrase of a word class   {#}           a number, as digits or a word
    item?           may be missing               item*         up to four times, or missing
    ..              up to 2 words between        ...           up to 6 words between
    {many}          a number of five or more     {end}         nothing, where a clause ends

Nothing crosses the end of a sentence, and no gap a "not" or "never". Every step keeps a set of
possible positions, so the work for one pattern is bounded by its length, however the text is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.errors import CorpusError
from rag.safety.normalise import BREAK, QUOTE

_PART = re.compile(r"\([^)]*\)[?*]?|\S+")
_GAPS = {"..": 2, "...": 6}
_MAX_REPEAT = 4
_STOPS_GAP = frozenset({BREAK, QUOTE, "not", "never"})
_NUMBER_WORDS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand dozen dozens couple few several".split()
)

_CLAUSE_STARTS = frozenset(
    "and but so because please i my it he she they we you the this what why how tonight now all no "
    "nobody everyone everything nothing there when if or lol just sorry tell help".split()
)

_FEW = frozenset("one two three four couple few".split())

Phrases = Mapping[str, tuple[tuple[str, ...], ...]]  # first word -> phrases that begin with it


@dataclass(frozen=True, slots=True)
class Item:
    """One element of a pattern: a set of phrases, or a gap of up to `gap` words.

    `heads` are the first words of the phrases.
    """

    phrases: Phrases
    heads: frozenset[str] = frozenset()
    number: bool = False
    many: bool = False
    least: int = 1
    most: int = 1
    gap: int = 0
    clause_end: bool = False

    def ends(self, words: Sequence[str], at: int) -> Iterator[int]:
        """Positions after each phrase of the item that begins at `at`."""
        if self.clause_end and (
            at >= len(words) or words[at] in (BREAK, QUOTE) or words[at] in _CLAUSE_STARTS
        ):
            yield at
        if at >= len(words):
            return
        if (self.number and is_number(words[at])) or (self.many and is_many(words[at])):
            yield at + 1
        for phrase in self.phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                yield at + len(phrase)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    `firsts` are the words that it can begin with, None for numbers. `needs` holds, for each part
    that must be there, the words it can begin with: without one of each there is no match.
    """

    source: str
    items: tuple[Item, ...]
    firsts: frozenset[str | None]
    needs: tuple[frozenset[str], ...]

    def possible(self, words: frozenset[str]) -> bool:
        """Whether a text of these words can match at all."""
        return not any(need.isdisjoint(words) for need in self.needs)

    def match(self, words: Sequence[str], start: int) -> int:
        """End of the longest match that begins at `start`, or -1."""
        positions = {start}
        for item in self.items:
            following: set[int] = set()
            for at in positions:
                following.update(_advance(item, words, at))
            if not following:
                return -1
            positions = following
        return max(positions)


def _advance(item: Item, words: Sequence[str], at: int) -> Iterator[int]:
    if item.gap:
        for end in range(at, min(at + item.gap, len(words)) + 1):
            yield end
            if end < len(words) and words[end] in _STOPS_GAP:
                return
        return
    frontier = {at}
    for count in range(item.most + 1):
        if count >= item.least:
            yield from frontier
        frontier = {end for here in frontier for end in item.ends(words, here)}
        if not frontier:
            return


class Grammar:
    """Compiles patterns over word classes. Parts that are written alike are compiled once."""

    def __init__(self, classes: Mapping[str, Phrases]) -> None:
        self._classes = classes
        self._items: dict[str, Item] = {}

    def compile(self, source: str) -> Pattern:
        """The pattern that `source` stands for.

        Raises:
            CorpusError: an unknown word class, or a pattern that could match nothing.
        """
        items = tuple(self._item(part, source) for part in _PART.findall(source))
        firsts: set[str | None] = set()
        for item in items:
            if item.gap or (item.clause_end and item.least):
                raise CorpusError(f"Pattern {source!r} must begin with a word.")
            firsts |= item.heads
            if item.number or item.many:
                firsts.add(None)
            if item.least:
                needs = [
                    item.heads
                    for item in items
                    if item.least and not (item.gap or item.number or item.many or item.clause_end)
                ]
                return Pattern(source, items, frozenset(firsts), tuple(sorted(needs, key=len)))
        raise CorpusError(f"Pattern {source!r} has no part that must be there. Make one required.")

    def lines(self, sources: str) -> tuple[Pattern, ...]:
        """One pattern a line."""
        return tuple(self.compile(line) for line in sources.splitlines() if line.strip())

    def _item(self, part: str, source: str) -> Item:
        if part not in self._items:
            self._items[part] = self._compiled(part, source)
        return self._items[part]

    def _compiled(self, part: str, source: str) -> Item:
        if part in _GAPS:
            return Item({}, gap=_GAPS[part])
        least, most = 1, 1
        if part[-1] in "?*":
            least, most = 0, _MAX_REPEAT if part[-1] == "*" else 1
            part = part[:-1]
        choices = part.strip("()").split("|")
        phrases = self._phrases(choices, source)
        return Item(
            phrases,
            frozenset(phrases),
            number="{#}" in choices,
            many="{many}" in choices,
            clause_end="{end}" in choices,
            least=least,
            most=most,
        )

    def _phrases(self, choices: Sequence[str], source: str) -> Phrases:
        """What the alternatives stand for: whole classes, or words and classes in a row."""
        classes = self._classes
        if len(choices) == 1 and choices[0].strip("{}") in classes:
            return classes[choices[0].strip("{}")]
        found: list[tuple[str, ...]] = []
        for choice in choices:
            if choice.isalnum():
                found.append((choice,))
                continue
            if choice in ("{#}", "{many}", "{end}"):
                continue
            rows: list[tuple[str, ...]] = [()]
            for word in choice.split():
                ends: list[tuple[str, ...]] = [(word,)]
                if word[0] == "{":
                    name = word.strip("{}")
                    if name not in classes:
                        raise CorpusError(f"Pattern {source!r}: no word class {name!r}.")
                    ends = [phrase for row in classes[name].values() for phrase in row]
                if not word.strip("{}'").isalnum() and word.strip("{}") not in classes:
                    raise CorpusError(f"Pattern {source!r}: {word!r} cannot stand in ( ).")
                rows = [(*row, *end) for row in rows for end in ends]
            found.extend(rows)
        return phrase_table(found)


def phrase_table(phrases: Iterable[tuple[str, ...]]) -> Phrases:
    """Group phrases by their first word."""
    table: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in phrases:
        table[phrase[0]] = (*table.get(phrase[0], ()), phrase)
    return table


def pattern_words(patterns: Iterable[Pattern]) -> set[str]:
    """Every word that some pattern contains."""
    tables = {id(item.phrases): item.phrases for pattern in patterns for item in pattern.items}
    found: set[str] = set()
    for table in tables.values():
        for phrases in table.values():
            found.update(*phrases)
    return found


def is_number(word: str) -> bool:
    """Whether `{#}` matches `word`."""
    return word.isdigit() or word in _NUMBER_WORDS


def is_many(word: str) -> bool:
    """Whether `{many}` matches `word`."""
    if word.isdigit():
        return len(word) > 1 or word >= "5"
    return word in _NUMBER_WORDS and word not in _FEW
