"""Which language a question is in, and what to say when the engine does not answer in it.

A language is told by its script, or by words that only it uses: at least two of them, and more than
English ones. Questions are short and misspelt, so a doubt always counts as English: an English
question that is turned away does more harm than a foreign one that finds nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ANSWERED_IN = "en"
"""The one language in which sentences can be checked, and so the one of every answer."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FEWEST_SIGNS = 2
_ENGLISH = frozenset(
    """a about am an and any are as at be been but by can could did do does don't feel for from get
    had has have help how i i'm if in is it know like me mean my no not of on or our she should so
    some that the their them there they this to was we what when where which who why will with
    would you your he her his him im dont cant whats much""".split()
)


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its code, its English name, and what is said in it, in plain words."""

    code: str
    name: str
    message: str


_SCRIPTS = {
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "GREEK": "el",
    "THAI": "th",
    "CYRILLIC": "ru",
}
_UNKNOWN = Language("", "another language", "")
_TABLE = Path(__file__).with_name("languages.toml")


def other_language(text: str) -> Language | None:
    """The language of a question that is not in English; None when it is, or may well be.

    >>> other_language("¿Qué ayuda con los ataques de pánico?").name
    'Spanish'
    >>> other_language("what helps with panic attaks") is None
    True
    """
    known, signs = _table()
    script = _other_script(text)
    if script is not None:
        return known.get(script, _UNKNOWN)
    words = [word.replace("’", "'") for word in _WORD.findall(text.lower())]
    english = sum(word in _ENGLISH for word in words)
    counts = {code: sum(word in own for word in words) for code, own in signs.items()}
    most = max(counts.values())
    if most < _FEWEST_SIGNS or most <= english:
        return None
    first = [code for code, count in counts.items() if count == most]
    # Words in a language that is not the writer's would be worse than none.
    return known[first[0]] if len(first) == 1 else _UNKNOWN


def said_in(code: str) -> str:
    """The few plain words that are said in a language, by its code; "" where there are none."""
    known, _ = _table()
    return known[code].message if code in known else ""


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, Language], dict[str, frozenset[str]]]:
    """Languages, and the words by which each is known, by code."""
    raw = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    known = {code: Language(code, row["name"], row.get("message", "")) for code, row in raw.items()}
    signs = {
        c: frozenset(row["words"].split()) - _ENGLISH for c, row in raw.items() if "words" in row
    }
    return known, signs


def _other_script(text: str) -> str | None:
    """The code of a language whose letters are most of the text; "" for a script not listed."""
    names = [unicodedata.name(char, "?").split()[0] for char in text if char.isalpha()]
    scripts = Counter(names)
    if not names or scripts["LATIN"] * 2 >= len(names):
        return None
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:
        return "ja"  # Japanese is written with Chinese characters too
    if set(text.lower()) & set("іїєґ"):
        return "uk"
    return _SCRIPTS.get(scripts.most_common(1)[0][0], "")
