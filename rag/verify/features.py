"""What the lexical scorer measures of a claim against its evidence."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from rag.verify.alignment import Analysed, EvidenceText, coverage
from rag.verify.words import STOP_WORDS, stem, words

NAMES: tuple[str, ...] = (
    "covered",  # share of the claim's content words in the evidence
    "covered_by_sentence",  # ... in its best single sentence
    "covered_by_pair",  # ... in its best two neighbouring sentences
    "bigrams",  # share of the claim's neighbouring content words that are neighbours there
    "longest_run",  # longest run of content words shared in order, as a share of the claim
    "absent_names",  # capitalised words of the claim that the evidence never uses, up to 3, / 3
    "absent_numbers",  # numbers of the claim that the evidence does not state, up to 3, / 3
    "length",  # log of the claim's content words
    "cosine",  # claim and its closest evidence sentence
)


def features(claim: Analysed, evidence: EvidenceText, cosine: float) -> npt.NDArray[np.float64]:
    """Shape (len(NAMES),). `cosine` comes from the encoder."""
    wanted = claim.stem_set
    if not wanted:
        return np.zeros(len(NAMES))
    singles = [len(wanted & s.stem_set) for s in evidence.sentences]
    pairs = [len(wanted & (a.stem_set | b.stem_set)) for a, b in pairwise(evidence.sentences)]
    best_single = max(singles, default=0)
    return np.array(
        [
            coverage(claim, evidence),
            best_single / len(wanted),
            max([best_single, *pairs]) / len(wanted),
            _shared_bigrams(claim, evidence),
            _longest_run(claim, evidence) / len(claim.stems),
            min(_absent_names(claim, evidence), 3) / 3,
            min(_absent_numbers(claim, evidence), 3) / 3,
            float(np.log(len(claim.stems))),
            cosine,
        ]
    )


def _shared_bigrams(claim: Analysed, evidence: EvidenceText) -> float:
    mine = set(pairwise(claim.stems))
    theirs = {pair for sentence in evidence.sentences for pair in pairwise(sentence.stems)}
    return len(mine & theirs) / len(mine) if mine else coverage(claim, evidence)


def _longest_run(claim: Analysed, evidence: EvidenceText) -> int:
    """Longest common contiguous run of content stems, by dynamic programming."""
    longest = 0
    for sentence in evidence.sentences:
        if len(claim.stem_set & sentence.stem_set) <= longest:
            continue
        previous = [0] * (len(claim.stems) + 1)
        for theirs in sentence.stems:
            row = [0] * (len(claim.stems) + 1)
            for i, mine in enumerate(claim.stems):
                if mine == theirs:
                    row[i + 1] = previous[i] + 1
                    longest = max(longest, row[i + 1])
            previous = row
    return longest


def _absent_names(claim: Analysed, evidence: EvidenceText) -> int:
    said = evidence.text.lower()
    capitalised = {
        word
        for token in claim.text.split()[1:]
        if token[:1].isupper()
        for word in words(token)
        if word not in STOP_WORDS
    }
    return sum(stem(word) not in evidence.stems and word not in said for word in capitalised)


def _absent_numbers(claim: Analysed, evidence: EvidenceText) -> int:
    return sum(
        not any(mine.agrees_with(theirs) for theirs in evidence.quantities)
        for mine in claim.quantities
        if not mine.is_small_count
    )
