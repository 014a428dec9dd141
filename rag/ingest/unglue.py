"""Puts back spaces that a scraper lost together with a link: "ofanxiety" -> "of anxiety".

Only white space changes, and footnote marks that lost their superscript go, since they read as
numbers ("disparities.2Examples", "100,0003"). Addresses stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.ingest.glued_words import FUNCTION_WORDS, GluedWords

_ADDRESS = re.compile(
    r"(?<!\S)\S*(?:://|www\.|@|\.(?:gov|org|com|net|edu|uk|int)(?:and|for|in|is|on|or|to|website)?\b)\S*",
    re.IGNORECASE,
)
_BEFORE_ADDRESS = re.compile(
    r"^(\(?(?:and|at|from|or|see|the|to|use|visit))(?=www\.|https?:|\d|[A-Z])"
    r"|^(\w+[.:?!])(?=https?:)"
)
_AFTER_ADDRESS = re.compile(
    r"(?<=\.(?:gov|org|com|net|edu))(?=(?:and|for|in|is|on|or|to|website)\.?$)|(?<=\.html)(?=on$)"
    r"|(?<=\.(?:gov|org|com|net|edu)\.)(?=[A-Z])"
)
_FOOTNOTE = re.compile(
    r"(?:(?<=[A-Za-z]{3}[.!?])|(?<=[)%][.!?]))\d{1,2}(?:,\d{1,2})*(?=[A-Z]|\s|$)"
)
_FOOTNOTE_IN_WORDS = re.compile(
    r"(?<=[a-z]{4})\d{1,2}(?=[a-z]{3})|(?<=\d[.])\d{1,2}(?=[A-Z][a-z]{2})"
    r"|(?:(?<=[a-z]{3})|(?<=[\d%]\)))[A-E]$"
    r"|(?:(?<=[a-z]{4})|(?<=%))\d{1,2}(?=\))|(?<=[\w)])\*{1,3}\d?(?=[\s,.;:)]|$)"
)  # violence1such, under 45.7Veterans, by ageA, people9), deaths***3
_FOOTNOTE_ON_THOUSANDS = re.compile(r"(?<=\d)((?:,\d{3})+)\d(?![\d.,])")
_FOOTNOTE_AT_END = re.compile(  # 100,000.3, 2009.8, 13-18.4
    r"(?:(?<=,\d{3}[.])|(?<=(?:19|20)\d\d[.])|(?<=\d[-–]\d\d[.]))\d{1,2}(?=$|\s+[A-Z])"
)
_BEFORE_MARK = re.compile(r"(?<=[\w)%/]) (?=[.,;](?:\s|$)|\))")  # usually , they
_AFTER_MARK = re.compile(
    r"(?<=[a-z)”’%\d]),(?=[A-Za-z])"  # chemistry,stress
    r"|(?<=[a-z)”’])[:;](?=[A-Za-z])"  # include:Cognitive
    r"|(?<=[a-z]{2})[.?!](?=[A-Z](?:[a-z]|\s))|(?<=[)”])[.?!](?=[A-Z])"  # daily.Among
    r"|(?<=\w{2}\))(?=[A-Za-z])"  # (CBT)is
    r"|(?<=\d[.])(?=[A-Z][a-z])"  # 2023.Among
    r"|(?<=[a-z])[?](?=[a-z]{3})|(?<=[A-Za-z])[®™](?=[A-Z][a-z])"
    r"|(?<=[A-Za-z]['’]s)(?=[A-Z])"  # CDC'sPLACES
)
_BEFORE_PAREN = re.compile(
    r"(?<=[A-Za-z])(?=\((?:[A-Z\d][^()]+|[^()\s]+\s[^()]*)\))|(?<=\d{4})(?=\([A-Z])"
)
_BEFORE_DIGITS = re.compile(r"(?<![A-Za-z])[A-Za-z]+(?=\d[-–]?\d{2})")
_AFTER_DIGITS = re.compile(r"(?<=\d{3})([a-z]{2,})\b")
_WORD_AFTER_DIGIT = re.compile(r"(?<=\d)(?!st|nd|rd|th)([a-z]{5,})\b")  # 3adults
_AFTER_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)([A-Za-z][a-z]{2,})\b")
_LETTERS = re.compile(r"[’'A-Za-z]+")


def unglue(texts: Sequence[str], *, scraped: bool = True) -> list[str]:
    """The texts of one document with lost spaces put back; with more caution if not `scraped`.

    >>> unglue(["Signs ofanxiety and includingdepressionand stress.", "Depression"])
    ['Signs of anxiety and including depression and stress.', 'Depression']
    """
    words = GluedWords(texts, scraped=scraped)
    return [_mend(text, words) for text in texts]


def _mend(text: str, words: GluedWords) -> str:
    text = _BEFORE_MARK.sub("", text)
    pieces = []
    cursor = 0
    for match in _ADDRESS.finditer(text):
        address = _AFTER_ADDRESS.sub(" ", _BEFORE_ADDRESS.sub(r"\g<0> ", match[0]))
        pieces += [_mend_prose(text[cursor : match.start()], words), address]
        cursor = match.end()
    return "".join((*pieces, _mend_prose(text[cursor:], words)))


def _mend_prose(text: str, words: GluedWords) -> str:
    text = _FOOTNOTE.sub(" ", text)
    text = _FOOTNOTE_IN_WORDS.sub(" ", text)
    text = _FOOTNOTE_ON_THOUSANDS.sub(r"\1", text)
    text = _FOOTNOTE_AT_END.sub("", text)
    text = _BEFORE_MARK.sub("", text)
    text = _AFTER_MARK.sub(lambda match: match[0] + " ", text)
    text = _BEFORE_PAREN.sub(" ", text)
    text = _BEFORE_DIGITS.sub(lambda match: _before_digits(match[0], words), text)
    text = _AFTER_DIGITS.sub(lambda match: _after_digits(match[0], words), text)
    text = _AFTER_ORDINAL.sub(
        lambda match: f"{match[1]} {match[2]}" if words.is_known(match[2]) else match[0], text
    )
    text = _WORD_AFTER_DIGIT.sub(
        lambda match: f" {match[0]}" if words.is_known(match[0]) else match[0], text
    )
    return _LETTERS.sub(lambda match: words.apart(match[0]), text)


def _before_digits(word: str, words: GluedWords) -> str:
    mended = words.apart(word)
    last = mended.rsplit(" ", 1)[-1].lower()
    return mended + " " if last in FUNCTION_WORDS else mended


def _after_digits(word: str, words: GluedWords) -> str:
    mended = word if word in FUNCTION_WORDS else words.apart(word)
    return " " + mended if mended.split(" ")[0] in FUNCTION_WORDS else word
