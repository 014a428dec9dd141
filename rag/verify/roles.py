"""Who does what to whom: "stress causes insomnia" does not say that insomnia causes stress."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.verify.alignment import Alignment, Analysed, EvidenceText
from rag.verify.words import STOP_WORDS, stem

Stems = tuple[str, ...]
_HEAD = 2  # content words next to the verb that say what it is about
_NEAR = 3  # the same, where the two have changed places
_RISK = frozenset(map(stem, "risk chance odds likelihood".split()))  # "raise the risk of" a thing
_COMPARABLE = 0.7  # share of the claim's content words in the sentence that it is laid beside
_VERBS = frozenset(
    stem(word)
    for word in "cause lead result trigger worsen affect treat prevent help include increase "
    "reduce raise lower improve come follow produce replace become".split()
)
# Nouns that make a relation with a form of "be": "a type of", "part of".
_NOUNS = frozenset("type form part kind sign symptom".split())
_BE = frozenset("be is are was were been being".split())


def roles_agree(claim: Analysed, _: EvidenceText, aligned: Alignment) -> str | None:
    """What stands before and after the verb has not changed places."""
    if aligned.coverage < _COMPARABLE:
        return None
    mine, theirs = _sides(claim.words), _sides(aligned.sentence.words)
    for verb in mine.keys() & theirs.keys():
        (subject, object_), (their_subject, their_object) = mine[verb], theirs[verb]
        crossed = _meet(subject, their_object) and _meet(object_, their_subject)
        same = set(subject[:_HEAD]) & set(their_subject) or object_[:1] == their_object[:1]
        if (crossed and not same) or _exchanged(mine[verb], theirs[verb]):
            return "relation: the cited passage says it the other way round"
    return None


def _exchanged(mine: tuple[Stems, Stems], theirs: tuple[Stems, Stems]) -> bool:
    """Both sides stand whole in each other's place: "anaemia is a type of pernicious anaemia"."""
    subject, object_ = map(set, mine)
    their_subject, their_object = map(set, theirs)
    return subject == their_object and object_ == their_subject and subject != object_


def _meet(one: Stems, other: Stems) -> bool:
    return not set(one[:_NEAR]).isdisjoint(other[:_NEAR])


def _sides(words: Sequence[str]) -> dict[str, tuple[Stems, Stems]]:
    """For each relation: content stems of what acts and of what is acted on, nearest first."""
    found: dict[str, tuple[Stems, Stems]] = {}
    for i, word in enumerate(words):
        verb = stem(word)
        # "Helpful" has the stem of "help" and relates nothing.
        if (verb in _VERBS or verb in _NOUNS) and i and not word.endswith("ful"):
            before, after = _stems(reversed(words[:i])), _stems(words[i + 1 :])
            passive = word.endswith("ed") and bool(_BE & set(words[max(0, i - 3) : i]))
            found.setdefault(verb, (after, before) if passive else (before, after))
    return found


def _stems(words: Iterable[str]) -> Stems:
    found = (stem(w) for w in words if w not in STOP_WORDS and len(w) > 1)
    return tuple(s for s in found if s not in _VERBS and s not in _RISK)
