"""Raw ontologies to the table that ships: `python -m knowledge_graph.ontologies.derive FOLDER`.

FOLDER holds `disease-ontology/`, `hetionet/`, `labeledin/` and `drugcentral/`.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from knowledge_graph.ontologies import disease_ontology, drugcentral, hetionet, labeledin
from knowledge_graph.ontologies.spine import shipped_folder, write_spine
from knowledge_graph.ontologies.tables import Table
from knowledge_graph.schema import Entity, Fact

_BEYOND = (
    "DB00472 DB00176 DB00285 DB06700 DB00476 DB04896 DB08918 DB00370 DB01156 DB06684 DB06594 "
    "DB00780 DB00752 DB01171 DB01356 DB00564 DB08815 DB01267 DB06216 DB06288 DB00186 DB00231 "
    "DB00425 DB01198 DB00402 DB00962 DB00230 DB00571 DB00557 DB01065 DB00980 DB06701 DB01255 "
    "DB00333 DB01183 DB04948 DB00457 DB00273 DB01221 DB01142 DB00683 DB00996"
).split()
"""Medicines used in mental health that no indication in the sources brings in, for their class."""


def derive(raw: Path) -> tuple[list[Entity], list[Fact], list[Table]]:
    """Entities sorted by key, Facts by identity, and the tables that they come from.

    A Fact that several sources state is kept once, with all of them in `source`.

    Raises:
        GraphDataError: a file is missing or is not what it should be.
    """
    diseases = disease_ontology.read(raw / "disease-ontology")
    doids = {entity.id for entity in diseases.entities}
    het = hetionet.read(raw / "hetionet", doids)
    labels = labeledin.read(raw / "labeledin", doids)
    medicines = {e.id for table in (het, labels) for e in table.entities} | set(_BEYOND)
    central = drugcentral.read(raw / "drugcentral", doids, medicines)
    tables = [diseases, central, labels, het]
    return _entities(tables), _facts(tables), tables


def _entities(tables: Iterable[Table]) -> list[Entity]:
    known: dict[str, Entity] = {}
    for table in tables:
        for entity in table.entities:
            known.setdefault(entity.key, entity)
    return [known[key] for key in sorted(known)]


def _facts(tables: Iterable[Table]) -> list[Fact]:
    known: dict[tuple[str, ...], Fact] = {}
    for table in tables:
        for fact in table.facts:
            there = known.get(fact.identity)
            if there is None:
                known[fact.identity] = fact
                continue
            sources = sorted({*there.source.split("+"), table.source})
            line = there.line if fact.line else ""  # "treats" in one source outweighs "palliates"
            known[fact.identity] = Fact(
                fact.subject,
                fact.relation,
                fact.object,
                fact.origin,
                line=line,
                source="+".join(sources),
            )
    return [known[identity] for identity in sorted(known)]


def main(arguments: list[str]) -> int:
    """Writes the table and prints the counts that stand in its data card."""
    entities, facts, tables = derive(Path(arguments[0]))
    write_spine(shipped_folder(), entities, facts)
    print("entities", len(entities), dict(sorted(Counter(e.kind.value for e in entities).items())))
    print("facts", len(facts), dict(sorted(Counter(f.relation.value for f in facts).items())))
    print("facts by source", dict(sorted(Counter(f.source for f in facts).items())))
    for table in tables:
        print(table.source, "left out", table.left_out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
