"""DrugCentral (CC BY 4.0): indications, and the classes of medicines."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from knowledge_graph.ontologies.tables import Table, as_spoken, rows
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation, entity_key

SOURCE = "drugcentral"
_ESTABLISHED = "FDA Established Pharmacologic Class"
_ACTIONS = frozenset(
    {
        "Antidepressive Agents",
        "Antidepressive Agents, Tricyclic",
        "Antipsychotic Agents",
        "Anti-Anxiety Agents",
        "Hypnotics and Sedatives",
        "Antimanic Agents",
        "Monoamine Oxidase Inhibitors",
    }
)
"""MeSH actions that say what a medicine is for; the others ("Psychotropic Drugs") say too much."""
_SAME = {  # one class under two identifiers
    "D018687": "N0000175696",
    "D000929": "N0000175752",
    "D008996": "N0000175744",
    "N0000007542": "N0000175694",
}
_NOT_SELECTIVE = ("DB00656", "N0000175696")
"""Trazodone: "Serotonin Reuptake Inhibitor" on its label, but no SSRI in anybody's guideline."""


def read(folder: Path, disorders: Collection[str], medicines: Collection[str]) -> Table:
    """TREATED_BY Facts of `disorders` (DOIDs) and IN_CLASS Facts of their medicines and of
    `medicines` (DrugBank ids).

    Raises:
        GraphDataError: a file is missing or lacks a column.
    """
    table = Table(SOURCE)
    wanted = set(medicines)
    for row in rows(folder / "indications.tsv", "doid_id", "drugbank_id", "drug"):
        if row["doid_id"] not in disorders:
            table.leave_out("indication outside mental health")
            continue
        drug = Entity(Kind.MEDICATION, row["drugbank_id"], row["drug"].lower())
        wanted.add(drug.id)
        table.entities.append(drug)
        table.facts.append(
            Fact(
                entity_key(Kind.DISORDER, row["doid_id"]),
                Relation.TREATED_BY,
                drug.key,
                Origin.ONTOLOGY,
                source=SOURCE,
            )
        )
    types = {row["class_id"]: row["class_type"] for row in rows(folder / "classes.tsv", "class_id")}
    for row in rows(folder / "drug-to-class.tsv", "drugbank_id", "class_id", "class_name"):
        if row["drugbank_id"] not in wanted:
            continue
        if (row["drugbank_id"], row["class_id"]) == _NOT_SELECTIVE:
            table.leave_out("trazodone as an SSRI")
            continue
        if types.get(row["class_id"]) != _ESTABLISHED and row["class_name"] not in _ACTIONS:
            table.leave_out("class that is not a pharmacologic class in use")
            continue
        drug = Entity(Kind.MEDICATION, row["drugbank_id"], row["drugbank_name"].lower())
        class_id = _SAME.get(row["class_id"], row["class_id"])
        group = Entity(Kind.DRUG_CLASS, class_id, as_spoken(row["class_name"]))
        table.entities.extend((drug, group))
        table.facts.append(
            Fact(drug.key, Relation.IN_CLASS, group.key, Origin.ONTOLOGY, source=SOURCE)
        )
    return table
