"""Hetionet v1.0: treats, palliates and presents of mental-health diseases.

Only edge types that the file holds in full, and only from sources whose terms allow it
(`LICENSES-by-source.md`): treats and palliates are PharmacotherapyDB (CC0), presents is MEDLINE
(US public domain). Its drug classes are DrugCentral's and are read there. SIDER (non-commercial)
and MSigDB (forbidden) are not among them. There is no PTSD, OCD, GAD or eating disorder in it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Collection
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.ontologies.tables import Table, as_spoken, rows
from knowledge_graph.schema import Entity, Fact, Kind, Origin, Relation, entity_key

SOURCE = "hetionet"
_MELANCHOLIC = {"DOID:1595": "DOID:1596"}  # "endogenous depression" is no class of its own today
# MeSH keeps syndromes and diseases among its symptoms; what presents with a disease is not one.
_NO_SYMPTOM = re.compile(
    r"disease|syndrome|palsy|proteinosis|retardation|dystrophy|intellectual disability|"
    r"physiolog|psychophysiologic|neurobehavioral|prodromal|pain threshold|labor pain|body weight|"
    r"fetal|vegetative|insulin coma|premature|postoperative|acute coronary|somatosensory|"
    r"sensation disorders|psychomotor disorders|alkalosis|capnia|drug-induced|bulimia|narcolepsy",
    re.IGNORECASE,
)


def read(folder: Path, disorders: Collection[str]) -> Table:
    """Medications, symptoms and Facts that touch one of `disorders` (DOIDs).

    Raises:
        GraphDataError: a file is missing or is not what it should be.
    """
    table = Table(SOURCE)
    names = {row["id"]: row["name"] for row in rows(folder / "hetionet-v1.0-nodes.tsv", "id")}
    edges = _edges(folder / "edges-complete-types.sif.gz")
    kept: dict[str, Entity] = {}
    for source, metaedge, target in edges:
        if metaedge in ("CtD", "CpD"):
            disease = _current(target)
            if disease in disorders:
                drug = _add(kept, Kind.MEDICATION, source, names)
                line = "palliative" if metaedge == "CpD" else ""
                table.facts.append(
                    _fact(entity_key(Kind.DISORDER, disease), Relation.TREATED_BY, drug, line)
                )
        elif metaedge == "DpS":
            disease = _current(source)
            if disease not in disorders:
                continue
            if _NO_SYMPTOM.search(names[target]):
                table.leave_out("'symptom' that is a disease, a test or a physiological term")
                continue
            symptom = _add(kept, Kind.SYMPTOM, target, names)
            table.facts.append(
                _fact(entity_key(Kind.DISORDER, disease), Relation.HAS_SYMPTOM, symptom)
            )
    table.entities.extend(kept[key] for key in sorted(kept))
    table.facts.sort(key=lambda fact: fact.identity)
    return table


def _edges(path: Path) -> list[tuple[str, str, str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            next(file)
            split = [line.rstrip("\n").split("\t") for line in file]
        return [(source, metaedge, target) for source, metaedge, target in split]
    except (OSError, ValueError) as error:
        raise GraphDataError(f"{path}: not the edge list of Hetionet v1.0") from error


def _current(node: str) -> str:
    doid = node.partition("::")[2]
    return _MELANCHOLIC.get(doid, doid)


def _add(kept: dict[str, Entity], kind: Kind, node: str, names: dict[str, str]) -> str:
    spoken = as_spoken(names[node])
    entity = Entity(kind, node.partition("::")[2], spoken)
    kept[entity.key] = entity
    return entity.key


def _fact(subject: str, relation: Relation, other: str, line: str = "") -> Fact:
    return Fact(subject, relation, other, Origin.ONTOLOGY, line=line, source=SOURCE)
