"""Cries in languages other than English, by whole phrases.

Answers are in English alone, but nobody is turned away in the words for "I want to die". The table
holds phrases that are said in danger and hardly otherwise; what it does not hold is missed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from rag.errors import CorpusError
from rag.safety.ruleset import CATEGORIES

RULE = "other_language."
"""Begins the id of the rule that stands for a phrase; the language's code follows."""
TABLE = Path(__file__).parent / "rules" / "other_languages.tsv"
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "HANGUL")  # words run into each other
_NOT_THERE = frozenset({"Cf", "Mn", "Me"})  # zero-width characters, accents, most vowel signs
_ENDS_AS_IT_LIKES = 4  # letters; a last word of so many may be longer in the message


def foreign_cries(text: str) -> Iterator[tuple[str, str]]:
    """(language code, concern) of each phrase of the table that stands in `text`.

    >>> list(foreign_cries("Ya no puedo más. Quiero morirme."))
    [('es', 'suicide')]
    """
    folded = _folded(text)
    if not folded.strip():
        return
    for phrase, found in _table():
        if phrase in folded:
            yield found


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, tuple[str, str]], ...]:
    """(phrase to look for, (language, concern)), read once a process.

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
    return tuple((_sought(phrase), (language, concern)) for language, concern, phrase, _ in rows)


def _sought(phrase: str) -> str:
    """The phrase folded, with a space before it where words are set apart by spaces, and one after
    it where its last word is short or a full stop bars it from going on."""
    folded = _folded(phrase)
    if unicodedata.name(folded.strip()[0], "").split()[0] in _UNSPACED:
        return folded.strip()
    ends = phrase.endswith(".") or len(folded.split()[-1]) < _ENDS_AS_IT_LIKES
    return folded if ends else folded.rstrip()


def _folded(text: str) -> str:
    """Lower case, letters without their marks, one space for all that is no letter, and one at
    either end."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in decomposed if unicodedata.category(char) not in _NOT_THERE)
    words = "".join(char if _is_letter(char) else " " for char in kept).split()
    return f" {' '.join(words)} "


def _is_letter(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) == "Mc"  # vowel signs of Indian scripts
