"""The pieces that an extractive answer is made of: sentences that make sense when quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.model import Evidence
from rag.verify.verbatim import quotable

_MIN_WORDS = 5
_MAX_WORDS = 70

# A sentence that opens with one of these leans on the sentence before it.
_LEANS = re.compile(
    r"""(?:it|its|they|their|them|this|these|those|that|he|she|his|her|such|both|either|neither
    |however|also|but|and|or|so|then|therefore|thus|instead|similarly|likewise|otherwise|still
    |yet
    |nevertheless|moreover|furthermore|additionally|meanwhile|afterwards?|another|others?
    |for\ (?:example|instance)|in\ (?:addition|contrast|fact|this|that|these|those|such|the\ same)
    |as\ a\ result
    |on\ the\ other\ hand|at\ (?:this|that)|because\ of\ (?:this|that|these)|after\ (?:this|that)
    |some\ (?:of\ (?:these|them)|may|might|can|are|will)
    |many\ (?:of\ (?:these|them)|may|might|can|are)
    |most\ (?:of\ (?:these|them)|are)|one\ of\ (?:these|them)|the\ (?:latter|former|same))\b""",
    re.VERBOSE | re.IGNORECASE,
)
# Words that point at the page that the sentence was taken from.
_POINTS_AT_PAGE = re.compile(
    r"\b(?:(?:see|listed|described|mentioned|shown|discussed) (?:above|below|here)|click|"
    r"this (?:page|section|brochure|booklet|leaflet|publication|fact ?sheet|document|guide)|"
    r"(?:above|below)[.:;]?$|visit |https?://|www\.|(?:next|previous) section|"
    r"section (?:above|below))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One sentence of a passage, or two of which the second leans on the first."""

    evidence: Evidence
    indices: tuple[int, ...]  # of the passage's sentences, neighbouring and in order
    texts: tuple[str, ...]  # as an answer prints them


def units(evidence: Evidence) -> list[Unit]:
    """The quotable units of one passage, in reading order."""
    texts = [quotable(text) for text in evidence.passage.sentence_texts()]
    found: list[Unit] = []
    for i, text in enumerate(texts):
        if not _is_sentence(text):
            continue
        if not _LEANS.match(text):
            found.append(Unit(evidence, (i,), (text,)))
        elif i and _is_sentence(texts[i - 1]) and not _LEANS.match(texts[i - 1]):
            found.append(Unit(evidence, (i - 1, i), (texts[i - 1], text)))
    return found


def _is_sentence(text: str) -> bool:
    length = len(text.split())
    if not _MIN_WORDS <= length <= _MAX_WORDS or _POINTS_AT_PAGE.search(text):
        return False
    if text.endswith(("?", ":")) or not text[0].isalnum() or text[0].islower():
        return False
    return text.rstrip("\"'”’)]").endswith((".", "!")) or "; " in text
