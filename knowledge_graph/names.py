"""Text as a row of stems, so that a name is found however it is inflected, spelt or hyphenated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SHORT = 6  # longest word in capitals that is read as an abbreviation
# Spellings of two sides of one ocean, made one: (ending or letters, stands for, shortest word).
_SPELLINGS = (
    (re.compile(r"is(e|es|ed|er|ers|ing|ation|ations)$"), r"iz\1", 6),
    (re.compile(r"our(s|al|ally|ed|ing)?$"), r"or\1", 6),
    (re.compile(r"oea|ea$"), "ea", 6),
    (re.compile(r"ae"), "e", 6),
    (re.compile(r"ll(ed|ing|ing|or|ors)$"), r"l\1", 7),
)
ABBREVIATIONS_THAT_ARE_WORDS = frozenset(
    "SAD ADD ARTS BED ACT AUD ODD DTs ERP IPT AS ID CD MED PAIN".split()
)
"""Abbreviations that mean something else, or nothing sure, in small letters."""
# Words that a stemmer makes one with another: "alcohol", "avoid", "depends", "sick", "mind" ...
_NOT_STEMMED = frozenset(
    """alcoholism alcoholic alcoholics stimulation avoidance bowels dependence dependency dependent
    expecting falls fits grounding heights mindfulness nerves sedation sickness tolerance""".split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a text: its stem and where it stands, so `text[start:end]` is the word."""

    stem: str
    start: int
    end: int


def terms(text: str) -> list[Term]:
    """The words of `text`. Abbreviations that are also words keep their capitals.

    >>> [term.stem for term in terms("Behaviours of SAD people")]
    ['behavior', 'of', 'SAD', 'peopl']
    """
    return [Term(stem(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The stem of a word. Remembered, because a corpus says few words often."""
    plain = _plain(word)
    if plain in _NOT_STEMMED:
        return plain
    # Not shared between threads; its own memory of words would never be used.
    found: str = Stemmer.Stemmer("english", 0).stemWord(plain)
    return found


def normal(name: str) -> str:
    """The form under which a name is known: its stems, single spaces.

    >>> normal("Generalised anxiety disorders") == normal("generalized anxiety disorder")
    True
    """
    return " ".join([stem(word) for word in _WORD.findall(name)])


def _plain(word: str) -> str:
    if len(word) <= _SHORT and word in ABBREVIATIONS_THAT_ARE_WORDS:
        return word
    small = word.casefold().replace("’", "'")
    small = small.removesuffix("'s").replace("'", "")
    for pattern, replacement, shortest in _SPELLINGS:
        if len(small) >= shortest:
            small = pattern.sub(replacement, small)
    return small


def surface_words(text: str) -> list[str]:
    """The words of `text` in small letters, as they are written."""
    return [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
