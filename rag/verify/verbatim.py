"""Whether a sentence is whole sentences of a passage, word for word."""

from __future__ import annotations

import re
from itertools import accumulate

from rag.sentences import sentence_spans
from rag.verify.words import fold, without_citation_marks

LIST_BREAK = re.compile(r"\n\s*(?:[-–—•*◦▪·‣]|\(?\d{1,2}[.)])\s+")


def quotable(text: str) -> str:
    """A passage's sentence as an answer prints it: a lead-in and its items on one line.

    >>> quotable("Signs may include:\\n- poor sleep\\n- low mood")
    'Signs may include: poor sleep; low mood'
    """
    head, *items = LIST_BREAK.split(text)
    joined = "; ".join(item.strip().rstrip(";,") for item in items if item.strip())
    return " ".join(f"{head} {joined}".split())


def is_verbatim(sentence: str, passage: str) -> bool:
    """True if `sentence` is one or more neighbouring whole sentences of `passage`.

    Whole sentences, because a part of one can say the opposite ("it is a myth that ...").
    """
    wanted = fold(without_citation_marks(sentence))
    units = [fold(quotable(passage[a:b])) for a, b in sentence_spans(passage)]
    units = [unit for unit in units if unit]
    joined = " ".join(units)
    starts = {0, *accumulate(len(unit) + 1 for unit in units)}
    place = joined.find(wanted)
    while place >= 0:
        if place in starts and place + len(wanted) + 1 in starts:
            return True
        place = joined.find(wanted, place + 1)
    return False
