"""Relations in words, from either end."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_graph.relations import SPOKEN
from knowledge_graph.schema import Relation

_REVERSED: Mapping[Relation, str] = {
    Relation.HAS_SYMPTOM: "can be a sign of",
    Relation.TREATED_BY: "treats",
    Relation.NOT_RECOMMENDED_FOR: "not recommended for this",
    Relation.CONTRAINDICATED_WITH: "to be avoided with this",
    Relation.HAS_SIDE_EFFECT: "can be caused by",
    Relation.IN_CLASS: "includes",
    Relation.IS_A: "has as kinds",
    Relation.SCREENED_BY: "screens for",
    Relation.RISK_FACTOR_FOR: "made likelier by",
    Relation.PROTECTS_AGAINST: "protected against by",
    Relation.SUITED_TO: "suited by",
}


def relation_words(relation: Relation, *, reverse: bool = False) -> str:
    """How a relation is said, read from subject to object, or from object to subject.

    >>> relation_words(Relation.TREATED_BY), relation_words(Relation.TREATED_BY, reverse=True)
    ('treated by', 'treats')
    """
    return _REVERSED.get(relation, SPOKEN[relation]) if reverse else SPOKEN[relation]
