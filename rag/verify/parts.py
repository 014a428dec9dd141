"""A claim of several parts: each needs its evidence, however well the others have theirs."""

from __future__ import annotations

import re

from rag.sentences import sentence_spans
from rag.verify.alignment import Alignment, Analysed, EvidenceText, coverage
from rag.verify.words import content_stems

_BETWEEN = re.compile(
    r";\s+|,\s+(?:and|but|while|whereas|although|though)\s+(?=\w+\s+\w+\s+\w+)"
    r"|\s+(?:and|but)\s+(?=(?:it|they|this|these|he|she|people|some|many|most|there)\s)"
)
_FEWEST_STEMS = 4  # a shorter part says too little to be looked for alone
_ABSENT = 0.25  # a part with less of its content words anywhere in the evidence is not in it
_PRESENT = 0.75  # and the rest of the claim has at least this much: the part was added to it


def parts(text: str) -> tuple[str, ...]:
    """The sentences and main clauses of a claim.

    >>> parts("Exercise lifts mood, and caffeine often makes sleep worse.")
    ('Exercise lifts mood', 'caffeine often makes sleep worse.')
    """
    sentences = (text[start:end] for start, end in sentence_spans(text))
    return tuple(part for sentence in sentences for part in _BETWEEN.split(sentence) if part)


def weakest_part(claim: Analysed, evidence: EvidenceText) -> tuple[float, str, float]:
    """Share of content words that the evidence holds, of the weakest part; that part; and the
    share of the strongest. A claim of one part is its own weakest and strongest."""
    found = []
    for part in parts(claim.text):
        stems = frozenset(content_stems(part))
        if len(stems) >= _FEWEST_STEMS:
            found.append((len(stems & evidence.stems) / len(stems), part))
    if len(found) < 2:
        share = coverage(claim, evidence)
        return share, claim.text, share
    share, part = min(found)
    return share, part, max(found)[0]


def no_part_added(claim: Analysed, evidence: EvidenceText, _: Alignment) -> str | None:
    """No part of the claim is foreign to a passage that holds the rest of it."""
    share, part, strongest = weakest_part(claim, evidence)
    if share < _ABSENT and strongest >= _PRESENT:
        shown = " ".join(part.split()[:8])
        return f"part: the cited passage does not hold “{shown} …”"
    return None
