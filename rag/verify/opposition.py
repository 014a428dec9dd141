"""What certainly says the opposite of a claim, clause by clause, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.verify.alignment import Alignment, Analysed, EvidenceText, align
from rag.verify.checks import directions_agree, negation_agrees
from rag.verify.parts import parts
from rag.verify.roles import roles_agree
from rag.verify.substitution import no_substitution

# A reason that opens so says that the passage denies the claim, and thus speaks of the same thing.
# A figure or a name that a passage lacks shows only that it is the wrong passage.
OPPOSES = ("negation:", "relation:", "direction:")
_CHECKS = (negation_agrees, directions_agree, roles_agree, no_substitution)
_FEWEST_STEMS = 3  # of a clause; a shorter one says too little to be laid beside anything
# Share of a clause's content words in one sentence of a passage that the claim does not cite: what
# holds fewer may speak of something else.
_SAME_THING = 0.8
_SAME_CLAUSE = 0.9  # the same in the passage that it does cite: what holds fewer was written anew
_CITED, _OTHER = "the cited passage", "another passage that was found"


def clauses(claim: Analysed) -> Iterator[Analysed]:
    """The main clauses of a claim that say enough, or the claim where it is but one."""
    found = [Analysed.of(part) for part in parts(claim.text)]
    if len(found) < 2:
        yield claim
        return
    yield from (clause for clause in found if len(clause.stem_set) >= _FEWEST_STEMS)


def clause_denied(claim: Analysed, evidence: EvidenceText) -> tuple[str, ...]:
    """Why a clause of the claim contradicts the passage that it cites, where the whole claim laid
    beside a single sentence does not."""
    for clause in clauses(claim):
        aligned = align(clause, evidence, continued=True)
        if aligned is None or aligned.coverage < _SAME_CLAUSE:
            continue
        reason = _opposing(clause, evidence, aligned)
        if reason:
            return (reason,)
    return ()


def denied_elsewhere(
    claim: Analysed, cited: EvidenceText, others: Sequence[EvidenceText]
) -> str | None:
    """Why one of the `others` certainly says the opposite, of which the cited text says nothing.

    Where the cited text itself holds as many of the clause's words in one sentence, the sources
    differ, which is for the reader to see; it is no reason to be silent.
    """
    for clause in clauses(claim):
        own = align(clause, cited, continued=True)
        for other in others:
            aligned = align(clause, other, continued=True)
            if aligned is None or aligned.coverage < _SAME_THING:
                continue
            if own and own.coverage >= aligned.coverage:
                continue
            reason = _opposing(clause, other, aligned)
            if reason:
                return reason.replace(_CITED, _OTHER)
    return None


def _opposing(claim: Analysed, evidence: EvidenceText, aligned: Alignment) -> str | None:
    """The first reason of a check that speaks of an opposite.

    A sentence of several clauses may deny one thing and state another, so that where one of its
    clauses holds as much of the claim, that clause must deny it too.
    """
    for beside in (aligned, _clause_of(claim, aligned)):
        found = (check(claim, evidence, beside) for check in _CHECKS)
        reason = next((r for r in found if r and r.startswith(OPPOSES)), None)
        if reason is None:
            return None
    return reason


def _clause_of(claim: Analysed, aligned: Alignment) -> Alignment:
    """The clause of the aligned sentence that holds as much of the claim; else the sentence."""
    wanted = claim.stem_set
    for clause in clauses(aligned.sentence):
        if len(wanted & clause.stem_set) >= aligned.coverage * len(wanted):
            return Alignment(clause, aligned.coverage)
    return aligned
