"""Keeps evidence on one medicine from answering a question about another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.model import Evidence
from rag.verify.medicines import substances
from rag.verify.words import words

# Groups that people ask about by name; a plural is the same group.
_GROUPS = frozenset(
    """antidepressant ssri snri tricyclic maoi antipsychotic neuroleptic benzodiazepine stimulant
    opioid beta-blocker barbiturate anticonvulsant""".split()
)
_DRINKS = frozenset("alcohol drink drinking wine beer".split())


def on_named_medicines(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Where a question names medicines, only passages that name all of them.

    What holds for one medicine may be false or dangerous for another, however alike they sound,
    and a question about two is about the two together. Alcohol counts when it is named beside a
    medicine.
    """
    asked = words(question)
    named = _named(asked)
    if named and _DRINKS.intersection(asked):
        named |= {"alcohol"}
    return [e for e in evidence if named <= _stated(words(e.passage.indexed_text))]


def _named(spoken: Iterable[str]) -> frozenset[str]:
    spoken = list(spoken)
    groups = {word.removesuffix("s") for word in spoken} & _GROUPS
    return substances(spoken) | groups


def _stated(spoken: list[str]) -> frozenset[str]:
    return _named(spoken) | ({"alcohol"} if _DRINKS.intersection(spoken) else frozenset())
