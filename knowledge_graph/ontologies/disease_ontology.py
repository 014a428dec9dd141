"""The Human Disease Ontology (CC0): what is below "disease of mental health", DOID:150.

`HumanDO.tsv` names parents by label and may list an id on several rows, one a parent; synonyms
stand in the 2018 release only (`doid-2018-07-05.json.gz`), so younger classes have none.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from knowledge_graph.errors import GraphDataError
from knowledge_graph.ontologies.tables import Table, rows
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation, entity_key

SOURCE = "disease-ontology"
ROOT = "disease of mental health"
BESIDE = ("Alzheimer's disease", "restless legs syndrome")
"""Classes that people meet in mental health, but that stand elsewhere in the ontology."""
_STIGMA = frozenset({"ego-dystonic sexual orientation"})  # no longer a diagnosis anywhere
_XREFS = ("MESH:", "ICD10CM:", "UMLS_CUI:")  # of those listed, the ones free to redistribute
# Coding artefacts that nobody says: "(disorder)", "NOS", "unspecified", "[D]".
_ARTEFACT = re.compile(r"\(|\[|\bNOS\b|unspecified|,|\bstate, level\b", re.IGNORECASE)
_LONGEST_SYNONYM = 60


def read(folder: Path) -> Table:
    """Disorders and their IS_A Facts.

    Raises:
        GraphDataError: a file is missing or is not what it should be.
    """
    table = Table(SOURCE)
    labels: dict[str, str] = {}
    parents: dict[str, set[str]] = defaultdict(set)
    children: dict[str, set[str]] = defaultdict(set)
    for row in rows(folder / "HumanDO.tsv", "id", "label", "subClassOf"):
        labels[row["id"]] = row["label"]
        parents[row["id"]].add(row["subClassOf"])
        children[row["subClassOf"]].add(row["id"])
    chosen = _below(ROOT, labels, children)
    ids = {label: doid for doid, label in labels.items()}
    chosen |= {ids[label] for label in (ROOT, *BESIDE)}
    chosen -= {ids[label] for label in _STIGMA if label in ids}
    synonyms = _synonyms(folder / "doid-2018-07-05.json.gz", chosen, table)
    xrefs: dict[str, list[str]] = defaultdict(list)
    for row in rows(folder / "allXREFinDO.tsv", "id", "xref"):
        if row["id"] in chosen:
            if row["xref"].startswith(_XREFS):
                xrefs[row["id"]].append(row["xref"])
            else:
                table.leave_out("cross-reference into another vocabulary")
    for doid in sorted(chosen):
        names = tuple(sorted(synonyms[doid] - {labels[doid]}))
        table.entities.append(
            Entity(Kind.DISORDER, doid, labels[doid], names, tuple(sorted(xrefs[doid])))
        )
        table.facts.extend(
            Fact(
                entity_key(Kind.DISORDER, doid),
                Relation.IS_A,
                entity_key(Kind.DISORDER, ids[parent]),
                Origin.ONTOLOGY,
                source=SOURCE,
            )
            for parent in sorted(parents[doid])
            if ids.get(parent) in chosen
        )
    return table


def _below(root: str, labels: dict[str, str], children: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = [root]
    while left:
        for child in children[left.pop()] - found:
            found.add(child)
            left.append(labels[child])
    return found


def _synonyms(path: Path, chosen: set[str], table: Table) -> dict[str, set[str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            nodes: list[dict[str, Any]] = json.load(file)["graphs"][0]["nodes"]
    except (OSError, ValueError, LookupError) as error:
        raise GraphDataError(f"{path}: not the 2018 release of the Disease Ontology") from error
    found: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        doid = node["id"].rpartition("/")[2].replace("_", ":")
        if doid not in chosen:
            continue
        for synonym in node.get("meta", {}).get("synonyms", ()):
            name = synonym["val"].strip()
            if synonym["pred"] != "hasExactSynonym" or _ARTEFACT.search(name):
                table.leave_out("synonym that is a coding artefact or not exact")
            elif len(name) <= _LONGEST_SYNONYM:
                found[doid].add(name)
    return found
