"""One word put for another of its kind in a sentence that is otherwise the passage's."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.verify.alignment import (
    NEGATORS,
    Alignment,
    Analysed,
    EvidenceText,
    without_interjection,
)
from rag.verify.antonyms import prefixed
from rag.verify.frames import Token, conflict, tokens

_SAME_FRAME = 0.6  # share of the claim's content words in the sentence that it is laid beside
_SAME_SENTENCE = 0.75  # the same where a lone "not" is looked for
_LONGEST_BLOCK = 4  # tokens that changed together; longer stretches were written anew


def no_substitution(claim: Analysed, _: EvidenceText, aligned: Alignment) -> str | None:
    """Where the claim follows a sentence of the passage, its typed words are that sentence's.

    Lays the two beside each other (Ratcliff & Obershelp's longest matching blocks); a stretch of a
    few words that differs may not put one number, unit, medicine, group or strength for another.
    """
    if aligned.coverage < _SAME_FRAME:
        return None
    mine, theirs = tokens(claim.words), tokens(without_interjection(aligned.sentence))
    said = {token.meaning for token in theirs}
    matcher = SequenceMatcher(
        None, [t.meaning for t in mine], [t.meaning for t in theirs], autojunk=False
    )
    # "Does not charge" and "charges no fee" deny alike, though not in the same place.
    comparable = aligned.coverage >= _SAME_SENTENCE and _denials(mine) != _denials(theirs)
    if comparable and any(prefixed(a.meaning, b.meaning) for a in mine for b in theirs):
        return None  # "is not known" and "is unknown" say the same
    for change, i, j, k, m in matcher.get_opcodes():
        if change == "equal" or max(j - i, m - k) > _LONGEST_BLOCK:
            continue
        if comparable and _denies(mine, i, j) != _denies(theirs, k, m):
            return "negation: the claim and the cited passage say opposite things"
        changed = [token for token in mine[i:j] if token.meaning not in said]
        # "More than 20" may be said of 21: a number beside a limit is left to the other checks.
        if any(token.kind == "limit" for token in mine[max(0, i - 2) : j + 1]):
            changed = [token for token in changed if token.kind != "number"]
        found = _conflict(changed, theirs[k:m])
        if found:
            claimed, stated = found
            kind = claimed.kind or "direction"
            return f"{kind}: the cited passage says “{stated.surface}”, not “{claimed.surface}”"
    return None


def _denials(sentence: Sequence[Token]) -> int:
    return sum(token.surface in NEGATORS for token in sentence)


def _denies(sentence: Sequence[Token], start: int, stop: int) -> bool:
    """Whether the stretch holds a negator; "not only" denies nothing."""
    following = {token.surface for token in sentence[stop : stop + 1]}
    found = {token.surface for token in sentence[start:stop]}
    return bool(found & NEGATORS) and not (found | following) & {"only", "just"}


def _conflict(changed: Sequence[Token], theirs: Sequence[Token]) -> tuple[Token, Token] | None:
    """A changed token and the passage's in its place that it contradicts."""
    for claimed in changed:
        if claimed.kind:
            rivals = [stated for stated in theirs if stated.kind == claimed.kind]
        else:
            rivals = [stated for stated in theirs if conflict(claimed, stated)]
        if rivals and all(conflict(claimed, rival) for rival in rivals):
            return claimed, rivals[0]
    return None
