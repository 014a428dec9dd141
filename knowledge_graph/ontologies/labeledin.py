"""LabeledIn (US public domain): indications that experts read off drug labels."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from knowledge_graph.ontologies.tables import Table, rows
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation, entity_key

SOURCE = "labeledin"
_NOW = {"DOID:1595": "DOID:1596"}  # "endogenous depression" is no class of its own today
_NO_MEDICINE = frozenset({"DB08567", "DB05508", "DB05302", "DB02650", "DB01346"})
"""Chemical names, trial codes and doubles of medicines that the table holds as well."""


def read(folder: Path, disorders: Collection[str]) -> Table:
    """TREATED_BY Facts of `disorders` (DOIDs).

    Raises:
        GraphDataError: the file is missing or lacks a column.
    """
    table = Table(SOURCE)
    path = folder / "indications_mental_labeledin_public_domain.tsv"
    for row in rows(path, "doid_code", "drugbank_id", "drugbank_name"):
        disease = _NOW.get(row["doid_code"], row["doid_code"])
        if disease not in disorders or row["drugbank_id"] in _NO_MEDICINE:
            table.leave_out("no class of today's Disease Ontology, or no medicine")
            continue
        drug = Entity(Kind.MEDICATION, row["drugbank_id"], row["drugbank_name"].lower())
        table.entities.append(drug)
        table.facts.append(
            Fact(
                entity_key(Kind.DISORDER, disease),
                Relation.TREATED_BY,
                drug.key,
                Origin.ONTOLOGY,
                source=SOURCE,
            )
        )
    return table
