"""Which relations a question asks after, read off its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from knowledge_graph.linking import How, Link
from knowledge_graph.schema import Kind, Relation, kind_of

_ASKED: tuple[tuple[re.Pattern[str], tuple[Relation, ...]], ...] = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), relations)
    for words, relations in (
        (
            r"treat|therap|medicine|medication|drug|help|cure|first[- ]line|first choice|option|"
            r"work for|used for|advised|recommend|cope|ease|manage|what can i do|should i take",
            (Relation.TREATED_BY, Relation.NOT_RECOMMENDED_FOR),
        ),
        (
            r"side effect|cause|bring|make (?:me|people|someone)|lead to|risk|safe|danger|harm|"
            r"affect|withdrawal|addict|raise|lower|slow|watch for",
            (Relation.HAS_SIDE_EFFECT, Relation.CONTRAINDICATED_WITH, Relation.INTERACTS_WITH),
        ),
        (
            r"mix|together with|combin|interact|while i am on|while taking|along with|avoid|"
            r"can (?:i|you|someone|people|it) (?:be )?tak|with\b",
            (Relation.INTERACTS_WITH, Relation.CONTRAINDICATED_WITH),
        ),
        (
            r"sign|symptom|feel|look like|warning|notice|experience",
            (Relation.HAS_SYMPTOM,),
        ),
        (
            r"why|cause|risk|raise|more likely|runs? in|led to|who gets|chance",
            (Relation.RISK_FACTOR_FOR, Relation.PROTECTS_AGAINST),
        ),
        (r"test|questionnaire|screen|form|score|scale", (Relation.SCREENED_BY,)),
        (r"together|often (?:come|occur)|comes? with|besides|also have", (Relation.COMORBID_WITH,)),
        (
            r"kind|type|group|class|belong|what is|for example|like\b",
            (Relation.IN_CLASS, Relation.IS_A),
        ),
        (r"protect|prevent|keep (?:me|people) (?:safe|well)", (Relation.PROTECTS_AGAINST,)),
    )
)
WALKED: Mapping[Relation, float] = MappingProxyType(
    {
        Relation.TREATED_BY: 0.6,
        Relation.NOT_RECOMMENDED_FOR: 0.6,
        Relation.CONTRAINDICATED_WITH: 0.6,
        Relation.INTERACTS_WITH: 0.6,
        Relation.HAS_SIDE_EFFECT: 0.5,
        Relation.IN_CLASS: 0.8,
        Relation.IS_A: 0.5,
        Relation.HAS_SYMPTOM: 0.5,
        Relation.SCREENED_BY: 0.5,
        Relation.RISK_FACTOR_FOR: 0.4,
        Relation.PROTECTS_AGAINST: 0.4,
        Relation.COMORBID_WITH: 0.3,
        Relation.SUITED_TO: 0.3,
    }
)
"""The share of its score that a walk keeps over each type of Fact."""
ASKED_FOR = 0.95
"""The same for a type that the question asks after."""
_TWO_STEPS = re.compile(
    r"\b(?:first|second|usual|standard|used for|option|choice)\b", re.IGNORECASE
)
"""Words that stand for an entity without naming it: "the usual medicine for OCD"."""
_TELLING = frozenset(
    {
        Kind.DISORDER,
        Kind.SYMPTOM,
        Kind.MEDICATION,
        Kind.DRUG_CLASS,
        Kind.THERAPY,
        Kind.SIDE_EFFECT,
        Kind.INSTRUMENT,
        Kind.SELF_HELP,
        Kind.RISK_FACTOR,
    }
)
_ALONE_TELLING = frozenset({Kind.MEDICATION, Kind.SYMPTOM})


def needs_a_walk(question: str, links: Sequence[Link]) -> bool:
    """Whether the graph can know more of this question than its words say.

    A question that names one disorder and asks one thing of it is answered best by the words
    and meaning of passages on it; a walk would only bring in the neighbours. It is another matter
    with two names, with a medicine (whose class may be what passages speak of), with a symptom
    (whose disorder may be), with words that only stand for a name, or with a name misspelt.
    """
    telling = [link for link in links if kind_of(link.key) in _TELLING]
    return (
        len({link.words.casefold() for link in telling}) > 1
        or any(kind_of(link.key) in _ALONE_TELLING for link in telling)
        or any(link.how is not How.NAME for link in telling)
        or (bool(telling) and _TWO_STEPS.search(question) is not None)
    )


def relation_weights(question: str) -> dict[Relation, float]:
    """What each type of Fact is worth to this question, 0..1.

    >>> relation_weights("What are the side effects?")[Relation.HAS_SIDE_EFFECT]
    0.95
    """
    asked = {r for pattern, relations in _ASKED if pattern.search(question) for r in relations}
    return {
        relation: max(weight, ASKED_FOR) if relation in asked else weight
        for relation, weight in WALKED.items()
    }
