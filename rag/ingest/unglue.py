"""Puts back spaces that a scraper lost together with a link: "ofanxiety" -> "of anxiety".

Only white space is added, and only where the pieces are words, the whole is not, and one of
each two pieces is a function word. Everything else stays as it is. Footnote marks that lost
their superscript ("disparities.2Examples") are taken out, since they read as numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

from rag.ingest.lexicon import common_words, english_words

_TOKEN = re.compile(r"[A-Za-z]+")
_ADDRESS = re.compile(
    r"\S*(?:://|www\.|@|\.(?:gov|org|com|net|edu|uk|int)(?:and|for|in|is|on|or|to)?\b)\S*",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    "about affects also am and another are as at between by call called can cause causes certain "
    "contact during find for from had has have helps how if in include includes including "
    "involves is its like may occurs of on or other our please provide provides see shows such "
    "text that the their then these this through to treat using via visit was webpage website "
    "were when which who will with your".split()
)
# Real words begin or end with these ("inattentive", "stressor"), so alone they prove nothing.
_NOT_FIRST = frozenset({"in", "on", "am", "if", "had", "its", "who", "was"})
_NOT_LAST = frozenset({"or", "am", "if", "had", "our", "like", "cause", "find", "see", "treat"})
_PREFIXES = frozenset(
    "after cross counter infra inter intra macro micro multi photo psycho super supra through "
    "trans ultra under".split()
)
_AN_AND_VOWEL = frozenset({"ana", "ane", "ani", "ano", "anu"})
_SURE_FIRST = ("called", "including", "includes", "about", "between", "using", "which", "their")
_SURE_LAST = frozenset({"about", "and", "for", "from", "of", "that", "to", "which", "with"})
_SURE_CAPITAL = frozenset({"an", "contact", "find", "see", "the", "these", "this", "visit"})
_SELDOM_LAST = frozenset({"on", "as"})  # "carton", "pampas"
_NOT_AFTER_A = frozenset({"motivation", "sexual", "social", "symptomatic", "typical", "volition"})
_MIN_CONTENT = 4  # letters of a piece that is not a function word
_MIN_BEFORE_FUNCTION = 5  # of the only such piece, where it comes first
_MIN_DOUBTFUL_CONTENT = 6  # and where the whole may be a name
_MIN_OF_MANY = 5  # of each where there are three pieces or more
_MIN_CONTENT_OF_TWO = 5  # of two such pieces without a function word
_MAX_PIECES = 5
_MIN_RARE = 8  # shorter pieces must be common words
_SEEN = 2  # a string seen this often may be a piece of another
_OFTEN = 3  # a word that the document uses often
_ESTABLISHED = 6  # a string seen this often in one document is a word of its own

_FOOTNOTE = re.compile(r"(?:(?<=[a-z]{3}[.!?])|(?<=\)[.!?]))\d{1,2}(?:,\d{1,2})*(?=[A-Z]|\s|$)")
_FOOTNOTE_ON_THOUSANDS = re.compile(r"(?<=\d)((?:,\d{3})+)\d(?![\d.,])")
_BEFORE_MARK = re.compile(r"(?<=[a-z)]) (?=[.,;](?:\s|$))")  # usually , they
_AFTER_MARK = re.compile(
    r"(?<=[a-z)”’%\d]),(?=[A-Za-z])"  # chemistry,stress
    r"|(?<=[a-z)”’])[:;](?=[A-Za-z])"  # include:Cognitive
    r"|(?<=[a-z]{2})[.?!](?=[A-Z][a-z])|(?<=[)”])[.?!](?=[A-Z])"  # 2023.Among
    r"|(?<=\w{2}\))(?=[A-Za-z])"  # (CBT)is
    r"|(?<=\d[.])(?=[A-Z][a-z])"
    r"|(?<=[a-z])[?](?=[a-z]{3})"
    r"|(?<=[A-Za-z]['’]s)(?=[A-Z])"  # CDC'sPLACES
)
_BEFORE_PAREN = re.compile(
    r"(?<=[A-Za-z])(?=\((?:[A-Z\d][^()]+|[^()\s]+\s[^()]*)\))|(?<=\d{4})(?=\([A-Z])"
)
_BEFORE_DIGITS = re.compile(r"[A-Za-z]+(?=\d-?\d{2})")
_AFTER_DIGITS = re.compile(r"(?<=\d{3})([a-z]{2,})\b")
_AFTER_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd|th)([A-Za-z][a-z]{2,})\b")
_BEFORE_ADDRESS = re.compile(
    r"^(\(?(?:and|at|from|or|see|the|to|use|visit))(?=www\.|https?:|\d|[A-Z])"
)
_AFTER_ADDRESS = re.compile(
    r"(?<=\.(?:gov|org|com|net|edu))(?=(?:and|for|in|is|on|or|to)$)"
    r"|(?<=\.(?:gov|org|com|net|edu)\.)(?=[A-Z])"
)
_CAMEL = re.compile(r"(?P<left>[A-Z]?[a-z]+)(?P<right>[A-Z][A-Za-z]*)")
_CAPITALS = re.compile(r"(?P<left>[A-Z]{3,})(?P<right>[a-z]+)")


def unglue(texts: Sequence[str]) -> list[str]:
    """The texts of one document with lost spaces put back; addresses are left alone.

    >>> unglue(["Signs ofanxiety and includingdepressionand stress.", "Depression"])
    ['Signs of anxiety and including depression and stress.', 'Depression']
    """
    seen = Counter(word.lower() for text in texts for word in _TOKEN.findall(text))
    mend = partial(_mend_text, seen=seen)
    return [_outside_addresses(text, mend) for text in texts]


def _outside_addresses(text: str, mend: partial[str]) -> str:
    pieces = []
    cursor = 0
    for match in _ADDRESS.finditer(text):
        address = _AFTER_ADDRESS.sub(" ", _BEFORE_ADDRESS.sub(r"\1 ", match[0]))
        pieces += [mend(text[cursor : match.start()]), address]
        cursor = match.end()
    return "".join((*pieces, mend(text[cursor:])))


def _mend_text(text: str, seen: Counter[str]) -> str:
    text = _FOOTNOTE.sub(" ", text)
    text = _FOOTNOTE_ON_THOUSANDS.sub(r"\1", text)
    text = _BEFORE_MARK.sub("", text)
    text = _AFTER_MARK.sub(lambda match: match[0] + " ", text)
    text = _BEFORE_PAREN.sub(" ", text)
    text = _BEFORE_DIGITS.sub(lambda match: _before_digits(match[0], seen), text)
    text = _AFTER_DIGITS.sub(lambda match: _after_digits(match[0], seen), text)
    text = _AFTER_ORDINAL.sub(lambda m: f"{m[1]} {m[2]}" if _known(m[2], seen) else m[0], text)
    return re.sub(r"[’'A-Za-z]+", lambda match: _mend_word(match[0], seen), text)


def _before_digits(word: str, seen: Counter[str]) -> str:
    mended = _mend_word(word, seen)
    last = mended.rsplit(" ", 1)[-1].lower()
    return mended + " " if last in _FUNCTION else mended


def _after_digits(word: str, seen: Counter[str]) -> str:
    mended = word if word in _FUNCTION else _mend_word(word, seen)
    return " " + mended if mended.split(" ")[0] in _FUNCTION else word


def _mend_word(word: str, seen: Counter[str]) -> str:
    if (possessive := re.fullmatch(r"(.+)([’']s)", word)) and possessive[1].isalpha():
        return _mend_word(possessive[1], seen) + possessive[2]
    match = _CAMEL.fullmatch(word) or _CAPITALS.fullmatch(word)
    if match and _separable(match["left"], match["right"], seen):
        return f"{match['left']} {_mend_word(match['right'], seen)}"
    if not word.isalpha() or word[1:] != word[1:].lower() or _is_word(word, seen):
        return word
    if word[0] in "aA" and word[1:] not in _NOT_AFTER_A and seen[word[1:]] >= _OFTEN:
        return f"{word[0]} {word[1:]}"
    for head in _SURE_FIRST:
        if word.startswith(head) and len(word) >= len(head) + _MIN_CONTENT_OF_TWO:
            return f"{head} {_mend_word(word[len(head) :], seen)}"
    if word[:3].lower() in _AN_AND_VOWEL and _piece(word[2:], seen):
        return f"{word[:2]} {word[2:]}"
    pieces = _split(word.lower(), seen, _MAX_PIECES)
    if len(pieces) < 2 or not _convincing(pieces, word, seen):
        pieces = _two_common_words(word.lower(), seen)
        if word[0].isupper() and min(map(len, pieces)) < _MIN_CONTENT_OF_TWO:
            return word  # "Blackwell"
    text, cursor = [], 0
    for piece in pieces:
        text.append(word[cursor : cursor + len(piece)])
        cursor += len(piece)
    return " ".join(text)


def _separable(left: str, right: str, seen: Counter[str]) -> bool:
    if left.isupper():
        return right in _FUNCTION and seen[left.lower()] > 0
    if left[0].isupper() and left.lower() not in _SURE_CAPITAL - {"find"}:  # FindTreatment
        return False
    if left.lower() in _FUNCTION | _SURE_CAPITAL:
        return len(right) >= _MIN_CONTENT or right.isupper() or _known(right, seen)
    whole = len(left) >= _MIN_CONTENT and left in common_words()
    return whole and (right.isupper() or _known(right, seen))


def _split(word: str, seen: Counter[str], most: int) -> list[str]:
    """The fewest pieces, each two with a function word between them; [] if there are none."""
    best: list[str] = []
    if most < 1:
        return best
    for at in range(len(word) - 2, 1, -1):
        head = word[:at]
        if not _piece(head, seen):
            continue
        rest = [word[at:]] if _piece(word[at:], seen) else _split(word[at:], seen, most - 1)
        if not rest or not (head in _FUNCTION or rest[0] in _FUNCTION):
            continue
        if not best or len(rest) + 1 < len(best):
            best = [head, *rest]
    return best


def _piece(text: str, seen: Counter[str]) -> bool:
    return text in _FUNCTION or (len(text) >= _MIN_CONTENT and _known(text, seen))


def _convincing(pieces: Sequence[str], word: str, seen: Counter[str]) -> bool:
    if _is_compound(word, seen):
        return False  # "causedisability": not "caused is ability"
    content = [piece for piece in pieces if piece not in _FUNCTION]
    if len(pieces) > 2 or len(content) != 1:
        return all(seen[piece] or len(piece) >= _MIN_OF_MANY for piece in content)
    often = seen[content[0]] >= _OFTEN
    sure = pieces[0] in _SURE_CAPITAL
    doubtful = not (seen[content[0]] or sure) and (word[0].isupper() or pieces[1] == "is")
    if doubtful and len(content[0]) < _MIN_DOUBTFUL_CONTENT + (pieces[1] == "is"):
        return False  # "Medicare", "enuresis"
    if pieces[1] == content[0]:
        return pieces[0] not in _NOT_FIRST
    if pieces[1] in _SELDOM_LAST:
        return often
    enough = often or pieces[1] in _SURE_LAST or len(content[0]) >= _MIN_BEFORE_FUNCTION
    return enough and pieces[1] not in _NOT_LAST


def _two_common_words(word: str, seen: Counter[str]) -> list[str]:
    """Two common words run together once; the word itself where that is not certain."""
    splits = [
        (word[:at], word[at:])
        for at in range(_MIN_CONTENT_OF_TWO, len(word) - _MIN_CONTENT + 1)
        if _common(word[:at], seen) and _common(word[at:], seen)
    ]
    certain = seen[word] == 1 and len(splits) == 1 and splits[0][0] not in _PREFIXES
    return list(splits[0]) if certain else [word]


def _common(word: str, seen: Counter[str]) -> bool:
    if len(word) < _MIN_CONTENT_OF_TWO:
        return seen[word] >= _SEEN
    return word in common_words() or seen[word] >= _OFTEN


def _is_compound(word: str, seen: Counter[str]) -> bool:
    """Whether two words without a function word make it up; "drug sand" is no such pair."""
    word = word.lower()
    return any(
        _content(word[:at], seen)
        and _content(word[at:], seen)
        and not (word[at] == "s" and word[at + 1 :] in _FUNCTION)
        for at in range(3, len(word) - 2)
    )


def _content(text: str, seen: Counter[str]) -> bool:
    whole = len(text) >= _MIN_CONTENT or seen[text] > 0  # "orchat": "orc" is rare
    return whole and text not in _FUNCTION and _known(text, seen)


def _known(word: str, seen: Counter[str]) -> bool:
    word = word.lower()
    words = english_words() if len(word) >= _MIN_RARE else common_words()
    return word in words or seen[word] >= _SEEN


def _is_word(word: str, seen: Counter[str]) -> bool:
    return word.lower() in english_words() or seen[word.lower()] >= _ESTABLISHED
