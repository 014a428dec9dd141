"""Keeps evidence on one medicine or drug from answering a question about another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rag.model import Evidence
from rag.verify.medicines import substances
from rag.verify.words import words

# Groups of medicines that people ask about by name; a plural is the same group.
_GROUPS = frozenset(
    """antidepressant ssri snri tricyclic maoi antipsychotic neuroleptic benzodiazepine stimulant
    opioid beta-blocker barbiturate anticonvulsant""".split()
)
_OTHER_NAMES = {
    name: drug
    for drug, names in {
        "alcohol": "alcohol alcoholic alcoholism drunk drinker drinking drinks",
        "cannabis": "cannabis marijuana weed",
        "cocaine": "cocaine crack",
        "heroin": "heroin",
        "methamphetamine": "methamphetamine meth",
        "ecstasy": "ecstasy mdma",
        "nicotine": "nicotine smoking cigarettes tobacco vaping",
        "caffeine": "caffeine coffee tea",
    }.items()
    for name in names.split()
}


def on_named_substances(question: str, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Where a question names medicines or drugs, only passages that name all of them.

    What holds for one may be false or dangerous for another, however alike they sound, and a
    question about two is about the two together.
    """
    named = _named(words(question))
    return [e for e in evidence if named <= _named(words(e.passage.indexed_text))]


def _named(spoken: Iterable[str]) -> frozenset[str]:
    spoken = list(spoken)
    groups = {word.removesuffix("s") for word in spoken} & _GROUPS
    others = {_OTHER_NAMES[word] for word in spoken if word in _OTHER_NAMES}
    return substances(spoken) | groups | others
