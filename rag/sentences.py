"""Splits text into sentences, with offsets: when passages are made, when answers are checked.

Rules, not a model: clinical text is full of "e.g.", "5 mg.", "Dr." and lists, and the same text
must always split in the same way, since passages store these offsets.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

_ABBREVIATIONS = frozenset(
    "e.g i.e etc vs cf al approx ca dr mr mrs ms prof st fig no vol pp ed eds inc ltd jr sr dept "
    "est gov u.s u.k u.n a.m p.m ph.d m.d b.sc m.sc r.n viz resp incl min max hr hrs wk wks yr "
    "yrs".split()
)
# These abbreviations end a sentence when a capital follows; the others above never do.
_MAY_END = frozenset("etc a.m p.m inc ltd jr sr ph.d m.d hr hrs wk wks yr yrs min max".split())
_LETTERED = frozenset("vitamin hepatitis type group class phase cluster part grade".split())
_UNITS = frozenset("mg mcg g kg ml l mm cm m iu".split())

_BOUNDARY = re.compile(
    r"""
    (?<![.!?…])(?P<stop>[.!?…]++)           # the mark itself
    (?P<close>["'”’»)\]]*+)                 # closing quotes and brackets stay with the sentence
    (?P<cites>(?:\s?\[\d+(?:\s?[,–-]\s?\d+)*\])*)   # citation marks too
    (?=\s|$)
    """,
    re.VERBOSE,
)
_NEXT_START = re.compile(r"""\s+["'“‘«(\[]*(?P<first>\S)""")
_BULLET = re.compile(r"(?:[-–—•*◦▪·‣]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_LINE = re.compile(r"[^\n]+")
_LEAD_IN_MAX_CHARS = 600
_LOOK_BACK_CHARS = 60  # from a full stop; longer than any word that matters there


def sentence_spans(text: str, *, join_lists: bool = True) -> tuple[Span, ...]:
    """Start and end offset of each sentence of `text`, in order, without surrounding space.

    A line break ends a sentence only before a list item or after an empty line. A lead-in that
    ends with a colon and the short list items after it make one unit, since neither says
    anything alone; list marks at the start of a unit are left out. With `join_lists` False every
    list item is a unit of its own, for texts whose items must be judged one by one.

    >>> [s for a, b in sentence_spans("Take 5 mg. daily, e.g. at night. It helps.")
    ...  for s in ["Take 5 mg. daily, e.g. at night. It helps."[a:b]]]
    ['Take 5 mg. daily, e.g. at night.', 'It helps.']
    """
    spans: list[Span] = []
    for start, end, is_item in _segments(text):
        pieces = _split_segment(text, start, end)
        one = join_lists and is_item and spans and len(pieces) == 1
        if one and _joins_lead_in(text, spans[-1], pieces[0]):
            spans[-1] = (spans[-1][0], pieces[0][1])
        else:
            spans.extend(pieces)
    return tuple(spans)


def _segments(text: str) -> list[tuple[int, int, bool]]:
    """Stretches that no sentence crosses: paragraphs and list items."""
    segments: list[tuple[int, int, bool]] = []
    blank_before = True
    cursor = 0
    for match in _LINE.finditer(text):
        blank_before = blank_before or text.count("\n", cursor, match.start()) > 1
        cursor = match.end()
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if start == end:
            blank_before = True
            continue
        bullet = _BULLET.match(text, start, end)
        if bullet:
            segments.append((bullet.end(), end, True))
        elif blank_before or not segments:
            segments.append((start, end, False))
        else:
            first, _, is_item = segments[-1]
            segments[-1] = (first, end, is_item)
        blank_before = False
    return segments


def _split_segment(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    begin = start
    for match in _BOUNDARY.finditer(text, start, end):
        if match.end() < end and not _ends_sentence(text, begin, match, end):
            continue
        spans.append((begin, match.end()))
        begin = match.end()
        while begin < end and text[begin].isspace():
            begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if begin < end:
        spans.append((begin, end))
    return spans


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    following = _NEXT_START.match(text, match.end(), end)
    if following is None:
        return True
    first = following["first"]
    if first.islower():
        return False
    if match["stop"] != ".":
        return True
    near = text[max(begin, match.start() - _LOOK_BACK_CHARS) : match.start()]
    word = re.split(r"[\s(\[“\"'‘]", near)[-1].lower()
    if match["close"]:
        return True
    if word in _ABBREVIATIONS:
        return word in _MAY_END and first.isupper()
    if word in _UNITS:
        return first.isupper()
    if len(word) == 1 and word.isalpha() and word != "i":
        # An initial ("J. Smith") goes on; a lettered name ("vitamin C.") ends.
        before = near[:-1].split()
        return bool(before) and before[-1].lower() in _LETTERED
    return True


def _joins_lead_in(text: str, lead: Span, item: Span) -> bool:
    lead_text = text[lead[0] : lead[1]]
    head = lead_text.split("\n", 1)[0].rstrip()
    return head.endswith(":") and item[1] - lead[0] <= _LEAD_IN_MAX_CHARS
