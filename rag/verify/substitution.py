"""One word put for another of its kind in a sentence that is otherwise the passage's."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.verify.alignment import (
    Alignment,
    Analysed,
    EvidenceText,
    barely,
    denies,
    negated_stems,
    without_interjection,
)
from rag.verify.antonyms import prefixed
from rag.verify.frames import Token, conflict, tokens
from rag.verify.words import words

_SAME_FRAME = 0.6  # share of the claim's content words in the sentence that it is laid beside
_SAME_SENTENCE = 0.8  # the same where a lone "not" is looked for
_LONGEST_BLOCK = 4  # tokens that changed together; longer stretches were written anew


def no_substitution(claim: Analysed, _: EvidenceText, aligned: Alignment) -> str | None:
    """Where the claim follows a sentence of the passage, its typed words are that sentence's.

    Lays the two beside each other (Ratcliff & Obershelp's longest matching blocks); a stretch of a
    few words that differs may not put one number, unit, medicine, group or strength for another.
    """
    if aligned.coverage < _SAME_FRAME:
        return None
    stated = aligned.sentence
    mine, theirs = tokens(claim.words), tokens(without_interjection(stated))
    said = {token.meaning for token in theirs}
    matcher = SequenceMatcher(
        None, [t.meaning for t in mine], [t.meaning for t in theirs], autojunk=False
    )
    # "Does not charge" and "charges no fee" deny alike, though not in the same place.
    comparable = aligned.coverage >= _SAME_SENTENCE and _denials(mine) != _denials(theirs)
    comparable = comparable and not (barely(claim.words) or barely(stated.words))
    denied = negated_stems(claim) ^ negated_stems(stated)
    agreed = _agreed(claim, stated)
    if comparable and any(prefixed(a.meaning, b.meaning) for a in mine for b in theirs):
        return None  # "is not known" and "is unknown" say the same
    for change, i, j, k, m in matcher.get_opcodes():
        if change == "equal" or max(j - i, m - k) > _LONGEST_BLOCK:
            continue
        if comparable and _denies(mine, i, j) != _denies(theirs, k, m):
            return "negation: the claim and the cited passage say opposite things"
        changed = [token for token in mine[i:j] if token.meaning not in said | agreed]
        if _nobody_can(stated.words):  # "you cannot catch it" for "nobody can catch it"
            changed = [token for token in changed if token.meaning != "cannot"]
        # "More than 20" may be said of 21: a number beside a limit is left to the other checks.
        if any(token.kind == "limit" for token in mine[max(0, i - 2) : j + 1]):
            changed = [token for token in changed if token.kind != "number"]
        found = _conflict(changed, theirs[k:m], denied)
        if found:
            new, old = found
            kind = new.kind or "direction"
            return f"{kind}: the cited passage says “{old.surface}”, not “{new.surface}”"
    return None


def _agreed(claim: Analysed, stated: Analysed) -> frozenset[str]:
    """Meanings of the numbers and units of quantities that both state: "30 minutes" for "half an
    hour"."""
    same = [q for q in claim.quantities if any(q.agrees_with(other) for other in stated.quantities)]
    return frozenset(t.meaning for q in same if q.dimension for t in tokens(words(q.surface)))


def _nobody_can(words: Sequence[str]) -> bool:
    """Whether it says "nobody can" or "no one can"."""
    spoken = " ".join(words)
    return "nobody can " in spoken or "no one can " in spoken


def _denials(sentence: Sequence[Token]) -> int:
    surfaces = [token.surface for token in sentence]
    return sum(denies(surfaces, i) for i in range(len(surfaces)))


def _denies(sentence: Sequence[Token], start: int, stop: int) -> bool:
    """Whether the stretch holds a word that denies."""
    surfaces = [token.surface for token in sentence]
    return any(denies(surfaces, i) for i in range(start, stop))


def _conflict(
    changed: Sequence[Token], theirs: Sequence[Token], denied: frozenset[str]
) -> tuple[Token, Token] | None:
    """A changed token and the passage's in its place that it contradicts.

    `denied`: stems that one of the two sentences denies, so that "untreated" agrees with "not
    treated".
    """
    for claimed in changed:
        if claimed.kind:
            rivals = [stated for stated in theirs if stated.kind == claimed.kind]
        else:
            rivals = [
                stated
                for stated in theirs
                if conflict(claimed, stated)
                and not (
                    prefixed(claimed.meaning, stated.meaning)
                    and denied & {claimed.meaning, stated.meaning}
                )
            ]
        if rivals and all(conflict(claimed, rival) for rival in rivals):
            return claimed, rivals[0]
    return None
