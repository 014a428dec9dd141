"""Cries in languages other than English, by whole phrases.

Answers are in English alone, but nobody is turned away in the words for "I want to die". The table
holds phrases that are said in danger and seldom otherwise; what it does not hold is missed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.errors import CorpusError
from rag.safety.normalise import without_heaps
from rag.safety.ruleset import CATEGORIES

RULE = "other_language."
"""Begins the id of the rule that stands for a phrase; the language's code follows."""
TABLE = Path(__file__).parent / "rules" / "other_languages.tsv"
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "HANGUL")  # words run into each other
_NOT_THERE = frozenset({"Cf", "Mn", "Me"})  # zero-width characters, accents, most vowel signs
_ENDS_AS_IT_LIKES = 4  # letters; a last word of so many may be longer in the message
_STOP = ","  # stands where a clause ends; nothing is found or denied across it
_STOPS = re.compile(r"[.,;:!?…¿¡、。，！？؟،।\n]+")
# "I do not want to die": straight before a phrase in many languages, straight after it in some.
_DENIED = re.compile(
    r"(?: no| non| nao| nie| не| nu| δεν| δε| لا| ما| tidak| gak| ga| nggak| enggak| ไม| 不| 没) ?$"
)
_DENIED_AFTER = re.compile(r"^\w* ?(?:না|na|わけ(?:ては|しゃ)ない)(?= |$)")


@dataclass(frozen=True, slots=True)
class _Phrase:
    sought: str
    language: str
    concern: str


def foreign_cries(text: str) -> Iterator[tuple[str, str]]:
    """(language code, concern) of each phrase of the table that stands in `text`. One that is part
    of a longer phrase does not count: "my son wants to die" is not the writer's own wish.

    >>> list(foreign_cries("Ya no puedo más. Quiero morirme."))
    [('es', 'suicide')]
    """
    folded = _folded(without_heaps(text))
    taken = bytearray(len(folded))  # 1 where a phrase, as long or longer, stands
    for phrase in _table():
        for start, end in _places(phrase.sought, folded):
            if 0 in taken[start:end]:
                taken[start:end] = b"\1" * (end - start)
                yield phrase.language, phrase.concern


def _places(sought: str, folded: str) -> Iterator[tuple[int, int]]:
    """Where the phrase stands and is not denied."""
    start = folded.find(sought)
    while start >= 0:
        end = start + len(sought.rstrip())
        before = folded[max(0, start - 8) : start + (sought[0] == " ")]
        if not _DENIED.search(before) and not _DENIED_AFTER.match(folded[end : end + 12]):
            yield start, end
        start = folded.find(sought, end)


@lru_cache(maxsize=1)
def _table() -> tuple[_Phrase, ...]:
    """The phrases, the longest first, read once a process.

    Raises:
        CorpusError: the table is missing or a line has another form.
    """
    try:
        lines = TABLE.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{TABLE} cannot be read ({error}). Reinstall plumbline.") from error
    rows = [line.split("\t") for line in lines]
    if wrong := [row for row in rows if len(row) != 4 or row[1] not in CATEGORIES]:
        raise CorpusError(f"{TABLE}: a line needs language, concern, phrase, gloss: {wrong[0]}")
    phrases = [_Phrase(_sought(phrase), code, concern) for code, concern, phrase, _ in rows]
    return tuple(sorted(phrases, key=lambda phrase: -len(phrase.sought)))


def _sought(phrase: str) -> str:
    """The phrase folded, with a space before it where words are set apart by spaces, and one after
    it where its last word is short or a full stop bars it from going on."""
    folded = _folded(phrase.rstrip("."))
    if unicodedata.name(folded.strip()[0], "").split()[0] in _UNSPACED:
        return folded.strip()
    ends = phrase.endswith(".") or len(folded.split()[-1]) < _ENDS_AS_IT_LIKES
    return folded if ends else folded.rstrip()


def _folded(text: str) -> str:
    """Lower case, letters without their marks, a comma where a clause ends, one space for all else
    that is no letter, and one at either end."""
    text = _STOPS.sub(f" {_STOP} ", text)
    words = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS).split()
    return f" {' '.join(words)} "


class _Letters(dict[int, str | None]):
    """What `str.translate` makes of each character: itself, nothing or a space."""

    def __missing__(self, code: int) -> str | None:
        char, kind = chr(code), unicodedata.category(chr(code))
        # "Mc": vowel signs of Indian scripts.
        kept = char.isalnum() or kind == "Mc" or char == _STOP
        self[code] = None if kind in _NOT_THERE else char if kept else " "
        return self[code]


_LETTERS = _Letters()
