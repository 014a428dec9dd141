"""Readers on small files of the real shape, and the table that ships."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from knowledge_graph.errors import GraphDataError
from knowledge_graph.ontologies.derive import derive
from knowledge_graph.ontologies.spine import read_spine, write_spine
from knowledge_graph.schema import Kind, Relation

RAW = Path(os.environ.get("PLUMBLINE_ONTOLOGIES", "../shared/data/ontology"))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A tiny Disease Ontology, Hetionet, LabeledIn and DrugCentral."""
    files = {
        "disease-ontology/HumanDO.tsv": "id\tlabel\tsubClassOf\n"
        "DOID:150\tdisease of mental health\tdisease\n"
        "DOID:1\tpanic disorder\tdisease of mental health\n"
        "DOID:2\tasthma\tdisease\nDOID:10652\tAlzheimer's disease\tdisease\n"
        "DOID:0050425\trestless legs syndrome\tdisease\n",
        "disease-ontology/allXREFinDO.tsv": "id\tlabel\txref\n"
        "DOID:1\tpanic disorder\tMESH:D016584\n"
        "DOID:1\tpanic disorder\tSNOMEDCT_US:371631005\n",
        "hetionet/hetionet-v1.0-nodes.tsv": "id\tname\tkind\n"
        "Disease::DOID:1\tpanic disorder\tDisease\n"
        "Compound::DB1\tSertraline\tCompound\nSymptom::D1\tChest Pain\tSymptom\n"
        "Symptom::D2\tHuntington Disease\tSymptom\nDisease::DOID:2\tasthma\tDisease\n",
        "labeledin/indications_mental_labeledin_public_domain.tsv": "doid_code\tdrugbank_id\t"
        "resource\tdrugbank_name\tdoid_name\nDOID:1\tDB1\tlabeledin\tSertraline\tpanic disorder\n",
        "drugcentral/indications.tsv": "doid_id\tdrugbank_id\tdisease\tdrug\tcategory\n"
        "DOID:2\tDB9\tasthma\tSalbutamol\tDM\n",
        "drugcentral/classes.tsv": "class_id\tclass_name\tclass_source\tclass_type\turl\n"
        "N1\tSerotonin Reuptake Inhibitor\tFDA\tFDA Established Pharmacologic Class\t\n"
        "N2\tSerotonin Agents\tMeSH\tPharmacological Action\t\n",
        "drugcentral/drug-to-class.tsv": "drugbank_id\tdrugbank_name\tclass_id\tclass_name\n"
        "DB1\tSertraline\tN1\tSerotonin Reuptake Inhibitor\n"
        "DB1\tSertraline\tN2\tSerotonin Agents\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    edges = (
        "source\tmetaedge\ttarget\nDisease::DOID:1\tDpS\tSymptom::D1\n"
        "Disease::DOID:1\tDpS\tSymptom::D2\nCompound::DB1\tCpD\tDisease::DOID:1\n"
        "Disease::DOID:2\tDpS\tSymptom::D1\n"
    )
    with gzip.open(tmp_path / "hetionet/edges-complete-types.sif.gz", "wt") as file:
        file.write(edges)
    nodes = [
        {
            "id": "http://purl.obolibrary.org/obo/DOID_1",
            "meta": {
                "synonyms": [
                    {"pred": "hasExactSynonym", "val": "panic anxiety"},
                    {"pred": "hasExactSynonym", "val": "panic disorder (disorder)"},
                ]
            },
        }
    ]
    with gzip.open(tmp_path / "disease-ontology/doid-2018-07-05.json.gz", "wt") as file:
        json.dump({"graphs": [{"nodes": nodes}]}, file)
    return tmp_path


def test_readers(raw: Path) -> None:
    entities, facts, _ = derive(raw)
    by_key = {entity.key: entity for entity in entities}
    panic = by_key["Disorder:DOID:1"]
    assert panic.synonyms == ("panic anxiety",)
    assert panic.xrefs == ("MESH:D016584",)
    assert "Disorder:DOID:2" not in by_key
    assert "Symptom:D2" not in by_key
    found = {(f.subject, f.relation, f.object): f for f in facts}
    treats = found["Disorder:DOID:1", Relation.TREATED_BY, "Medication:DB1"]
    assert treats.source == "hetionet+labeledin"
    assert treats.line == ""  # a label's indication outweighs Hetionet's "palliates"
    assert ("Medication:DB1", Relation.IN_CLASS, "DrugClass:N1") in found
    assert ("Medication:DB1", Relation.IN_CLASS, "DrugClass:N2") not in found


def test_the_table_survives_the_disk(raw: Path, tmp_path: Path) -> None:
    entities, facts, _ = derive(raw)
    write_spine(tmp_path / "out", entities, facts)
    assert read_spine(tmp_path / "out") == (entities, facts)


def test_a_missing_file_is_named(raw: Path) -> None:
    (raw / "drugcentral/classes.tsv").unlink()
    with pytest.raises(GraphDataError, match=r"classes\.tsv"):
        derive(raw)


def test_the_shipped_table_is_what_its_card_says() -> None:
    entities, facts = read_spine()
    assert Counter(entity.kind for entity in entities) == {
        Kind.DISORDER: 612,
        Kind.MEDICATION: 114,
        Kind.SYMPTOM: 132,
        Kind.DRUG_CLASS: 44,
    }
    assert Counter(fact.relation for fact in facts) == {
        Relation.IS_A: 609,
        Relation.HAS_SYMPTOM: 291,
        Relation.TREATED_BY: 193,
        Relation.IN_CLASS: 178,
    }
    keys = {entity.key for entity in entities}
    assert all({fact.subject, fact.object} <= keys for fact in facts)


@pytest.mark.skipif(not RAW.is_dir(), reason="the raw ontologies are not beside the project")
def test_the_shipped_table_follows_from_the_raw_files() -> None:
    entities, facts, _ = derive(RAW)
    assert (entities, facts) == read_spine()
