"""What the words of other people's graphs mean here: kinds of entity and types of relation."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge_graph.schema import STRUCTURAL, Kind, Relation


def plain(word: str) -> str:
    """Lower case, with single spaces for "-" and "_"."""
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())


def _spelt(name: str) -> str:
    """ "SideEffect" as "side effect"."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


KINDS: Mapping[str, Kind] = {
    **{kind.value.lower(): kind for kind in Kind},
    **{_spelt(kind.value): kind for kind in Kind},
    "disease": Kind.DISORDER,
    "mental disorder": Kind.DISORDER,
    "mental health": Kind.DISORDER,
    "mental illness": Kind.DISORDER,
    "condition": Kind.DISORDER,
    "phenotype": Kind.SYMPTOM,
    "drug": Kind.MEDICATION,
    "chemical": Kind.MEDICATION,
    "biochemical": Kind.MEDICATION,
    "compound": Kind.MEDICATION,
    "treatment": Kind.THERAPY,
    "psychotherapy": Kind.THERAPY,
    "food": Kind.SELF_HELP,
    "diet": Kind.SELF_HELP,
    "nutrient": Kind.SELF_HELP,
    "nutrition": Kind.SELF_HELP,
    "adverse effect": Kind.SIDE_EFFECT,
}
"""Kinds by the words that tables use for them. What people eat is self-help: something that one
can do, and no medicine."""

_FORWARD, _TURNED = False, True
_WORDS: Mapping[tuple[Relation, bool], str] = {
    (Relation.TREATED_BY, _TURNED): "treat|treats|treatment for|used to treat|palliates",
    (Relation.TREATED_BY, _FORWARD): "is treated by|treated with",
    (Relation.PROTECTS_AGAINST, _FORWARD): (
        "prevent|prevents|protect against|reduce|reduces|reduce risk of|reduces risk of|"
        "decrease|decreases|lower|lowers|improve|improves|alleviate|alleviates|ameliorates"
    ),
    (Relation.RISK_FACTOR_FOR, _FORWARD): (
        "cause|causes|induce|induces|increase|increases|increase risk of|increases risk of|"
        "worsen|worsens|exacerbates|predisposes"
    ),
    (Relation.HAS_SYMPTOM, _FORWARD): "presents|manifestation|symptom",
    (Relation.HAS_SYMPTOM, _TURNED): "symptom of|is symptom of",
    (Relation.HAS_SIDE_EFFECT, _FORWARD): "side effect|adverse effect",
    (Relation.INTERACTS_WITH, _FORWARD): "interacts|interact with",
    (Relation.CONTRAINDICATED_WITH, _FORWARD): "contraindicated|contraindicates",
    (Relation.COMORBID_WITH, _FORWARD): "comorbid|coexists with|cooccurs with",
    (Relation.IS_A, _FORWARD): "isa|subclass of",
}
RELATIONS: Mapping[str, tuple[Relation, bool]] = {
    word: meaning for meaning, words in _WORDS.items() for word in words.split("|")
} | {
    plain(relation.value): (relation, _FORWARD)
    for relation in Relation
    if relation not in STRUCTURAL
}
"""Relations by the words that tables use for them; True: subject and object change places. Words
as wide as "associated with" are not here: which way they point is not in them."""
