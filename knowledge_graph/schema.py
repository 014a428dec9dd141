"""What the graph is made of: kinds of entity, types of relation, and Facts.

An entity is its kind and its canonical id (DOID, DrugBank, MeSH, or one of our own), never its
name: "depression" the symptom and "depression" the disorder are two entities. A Fact knows every
passage that states it; passages are known by their id alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing an entity is. In a property graph, its label."""

    DISORDER = "Disorder"
    SYMPTOM = "Symptom"
    MEDICATION = "Medication"
    DRUG_CLASS = "DrugClass"
    THERAPY = "Therapy"
    SELF_HELP = "SelfHelp"
    SIDE_EFFECT = "SideEffect"
    RISK_FACTOR = "RiskFactor"
    PROTECTIVE_FACTOR = "ProtectiveFactor"
    POPULATION = "Population"
    INSTRUMENT = "Instrument"
    CRISIS_RESOURCE = "CrisisResource"
    SOURCE = "Source"
    PASSAGE = "Passage"


class Relation(StrEnum):
    """How one entity stands to another, read from subject to object.

    `TREATED_BY` runs from the disorder or symptom to the treatment, `NOT_RECOMMENDED_FOR` and
    `CONTRAINDICATED_WITH` from the treatment, `SCREENED_BY` from the disorder to the instrument.
    The last three tie passages and sources in: a Passage `MENTIONS` an entity and is `STATED_IN`
    a Source, and a Source `SUPERSEDES` another.
    """

    HAS_SYMPTOM = "HAS_SYMPTOM"
    TREATED_BY = "TREATED_BY"
    NOT_RECOMMENDED_FOR = "NOT_RECOMMENDED_FOR"
    CONTRAINDICATED_WITH = "CONTRAINDICATED_WITH"
    INTERACTS_WITH = "INTERACTS_WITH"
    HAS_SIDE_EFFECT = "HAS_SIDE_EFFECT"
    IN_CLASS = "IN_CLASS"
    COMORBID_WITH = "COMORBID_WITH"
    IS_A = "IS_A"
    SCREENED_BY = "SCREENED_BY"
    RISK_FACTOR_FOR = "RISK_FACTOR_FOR"
    PROTECTS_AGAINST = "PROTECTS_AGAINST"
    SUITED_TO = "SUITED_TO"
    MENTIONS = "MENTIONS"
    STATED_IN = "STATED_IN"
    SUPERSEDES = "SUPERSEDES"


STRUCTURAL = frozenset({Relation.MENTIONS, Relation.STATED_IN, Relation.SUPERSEDES})
"""Relations of passages and sources; all others are clinical."""


class Origin(StrEnum):
    """Where a Fact comes from.

    `ONTOLOGY` Facts may widen retrieval, but never ground a sentence. `IMPORTED` ones come from a
    graph that the user brought, and ground nothing until the user allows it.
    """

    CURATED = "curated"
    EXTRACTED = "extracted"
    ONTOLOGY = "ontology"
    IMPORTED = "imported"


STRENGTH: Mapping[Origin, float] = {
    Origin.CURATED: 1.0,
    Origin.EXTRACTED: 0.7,
    Origin.IMPORTED: 0.5,
    Origin.ONTOLOGY: 0.4,
}
"""How much a Fact counts in an expansion, 0..1, by its origin."""


def entity_key(kind: Kind, canonical_id: str) -> str:
    """The one name of an entity in every store: "Disorder:DOID:594"."""
    return f"{kind.value}:{canonical_id}"


def kind_of(key: str) -> Kind:
    """The kind in an entity's key.

    Raises:
        ValueError: `key` does not begin with a kind.
    """
    return Kind(key.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Entity:
    """A node of the graph. Two entities are the same when kind and id are."""

    kind: Kind
    id: str
    """Canonical id: "DOID:594", "DB01104", "D007319", or "plumbline:feeling-on-edge"."""
    name: str
    synonyms: tuple[str, ...] = ()
    """Other names, lay words and brand names, each as people write it."""
    xrefs: tuple[str, ...] = ()
    """The same thing elsewhere: "MESH:D016584", "UMLS_CUI:C0030319"."""

    @property
    def key(self) -> str:
        """Kind and id in one string."""
        return entity_key(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class Fact:
    """Subject, relation, object, and the passages that state it. One Fact for each origin.

    `passages` and `source` never mix up: a passage that merely mentions both ends is not in it.
    """

    subject: str
    """Key of the subject."""
    relation: Relation
    object: str
    """Key of the object."""
    origin: Origin
    passages: frozenset[str] = frozenset()
    """Ids of the passages that state it. Empty: it can ground nothing."""
    line: str = ""
    """TREATED_BY: "first", "second", "adjunct", or "" where the source gives none."""
    grade: str = ""
    """Evidence grade of the best source that states it, "A" to "D", or ""."""
    qualifier: str = ""
    """For whom or when it holds, in the source's terms ("mild", "children"), or ""."""
    source: str = ""
    """The data set or official source behind it: "disease-ontology", an address, a PMID."""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes it this Fact: subject, relation, object, origin."""
        return self.subject, self.relation.value, self.object, self.origin.value

    @property
    def strength(self) -> float:
        """0..1, by origin."""
        return STRENGTH[self.origin]

    @property
    def grounds(self) -> bool:
        """Whether it may carry a sentence of an answer: a passage of the index states it."""
        return bool(self.passages) and self.origin in (Origin.CURATED, Origin.EXTRACTED)

    def other(self, key: str) -> str:
        """The end that is not `key`."""
        return self.object if key == self.subject else self.subject


@dataclass(frozen=True, slots=True)
class Mention:
    """A passage names an entity."""

    passage: str
    """Passage id."""
    entity: str
    """Entity key."""
    weight: float
    """0..1: how much the passage is about it (its headings, how often, how early)."""


@dataclass(frozen=True, slots=True)
class GraphData:
    """Everything that one version's graph holds, for a store to load.

    `facts` end in `entities`. Facts and mentions name only passages of `passages`.
    """

    entities: Sequence[Entity]
    facts: Iterable[Fact]
    mentions: Iterable[Mention] = ()
    passages: Mapping[str, str] = field(default_factory=dict)
    """Passage id to source id (`id` or `id@edition`): STATED_IN."""
    supersedes: Sequence[tuple[str, str]] = ()
    """(source id, source id that it supersedes)."""
