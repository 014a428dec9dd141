"""Which kinds of entity each relation joins, and how each is said."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_graph.schema import Kind, Relation

_TREATMENT = (Kind.MEDICATION, Kind.DRUG_CLASS, Kind.THERAPY, Kind.SELF_HELP)
_SUBSTANCE = (Kind.MEDICATION, Kind.DRUG_CLASS)
_CONDITION = (Kind.DISORDER, Kind.SYMPTOM, Kind.SIDE_EFFECT)

ENDS: Mapping[Relation, tuple[tuple[Kind, ...], tuple[Kind, ...]]] = {
    Relation.HAS_SYMPTOM: (_CONDITION, (Kind.SYMPTOM, Kind.DISORDER)),
    Relation.TREATED_BY: (_CONDITION, _TREATMENT),
    Relation.NOT_RECOMMENDED_FOR: (_TREATMENT, (Kind.DISORDER, Kind.SYMPTOM)),
    Relation.CONTRAINDICATED_WITH: (_TREATMENT, (Kind.POPULATION, Kind.DISORDER, *_SUBSTANCE)),
    Relation.INTERACTS_WITH: (
        (*_SUBSTANCE, Kind.SELF_HELP, Kind.RISK_FACTOR),
        _SUBSTANCE,
    ),
    Relation.HAS_SIDE_EFFECT: ((*_SUBSTANCE, Kind.THERAPY), (Kind.SIDE_EFFECT,)),
    Relation.IN_CLASS: (_SUBSTANCE, (Kind.DRUG_CLASS,)),
    Relation.COMORBID_WITH: ((Kind.DISORDER,), (Kind.DISORDER,)),
    Relation.IS_A: ((Kind.DISORDER,), (Kind.DISORDER,)),
    Relation.SCREENED_BY: ((Kind.DISORDER, Kind.SYMPTOM), (Kind.INSTRUMENT,)),
    Relation.RISK_FACTOR_FOR: (
        (Kind.RISK_FACTOR, Kind.DISORDER, Kind.SYMPTOM, Kind.SIDE_EFFECT),
        (Kind.DISORDER, Kind.SYMPTOM, Kind.SIDE_EFFECT),
    ),
    Relation.PROTECTS_AGAINST: (
        (Kind.PROTECTIVE_FACTOR, *_TREATMENT),
        (Kind.DISORDER, Kind.SYMPTOM),
    ),
    Relation.SUITED_TO: (
        (*_TREATMENT, Kind.POPULATION),
        (Kind.POPULATION, *_TREATMENT, *_CONDITION),
    ),
}
"""Kinds of subject and of object, the likeliest first: a name that several kinds share is the
one that fits the relation."""

SPOKEN: Mapping[Relation, str] = {
    Relation.HAS_SYMPTOM: "can show as",
    Relation.TREATED_BY: "treated by",
    Relation.NOT_RECOMMENDED_FOR: "not recommended for",
    Relation.CONTRAINDICATED_WITH: "should be avoided with",
    Relation.INTERACTS_WITH: "interacts with",
    Relation.HAS_SIDE_EFFECT: "can cause",
    Relation.IN_CLASS: "belongs to",
    Relation.COMORBID_WITH: "often comes with",
    Relation.IS_A: "is a kind of",
    Relation.SCREENED_BY: "screened by",
    Relation.RISK_FACTOR_FOR: "raises the risk of",
    Relation.PROTECTS_AGAINST: "protects against",
    Relation.SUITED_TO: "suits",
    Relation.MENTIONS: "mentions",
    Relation.STATED_IN: "stated in",
    Relation.SUPERSEDES: "supersedes",
}
"""Each relation in words, read from subject to object."""
