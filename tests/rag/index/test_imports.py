"""A graph of the user's own, from its table to an index version."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_graph.schema import Origin, Relation
from rag.errors import GraphImportError, NotFoundError
from rag.index.build import build
from rag.index.imports import About, Import, add_import, imports_in, remove_import, statement_id
from rag.index.version import IndexVersion
from rag.model import EvidenceGrade
from rag.settings import Settings

SENTENCE = "In our trial, walnuts eased the worry of most of the students who ate them daily."
TABLE = f"""subject,relation,object,subject_kind,object_kind,object_id,pmid,sentence
walnuts,prevents,panic disorder,food,disease,DOID:594,31415926,"{SENTENCE}"
walnuts,cures,panic disorder,food,disease,DOID:594,1,"Nobody knows what this means."
"""
STATED = statement_id("pmid-31415926", SENTENCE)
WALNUTS, PANIC = "SelfHelp:trials:walnuts", "Disorder:DOID:594"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "walnuts.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_an_import_widens_the_graph_and_grounds_nothing(
    library: Path, settings: Settings, table: Path
) -> None:
    plain = build([library], settings)
    one, found = add_import(settings.index_dir, "trials", table, About())
    assert (one.name, len(found.facts), found.rows) == ("trials", 1, 2)
    report = build([library], settings)
    assert report.version_id != plain.version_id
    assert (report.passages, report.added) == (plain.passages, 0)
    with IndexVersion.open(settings.index_dir) as version:
        (fact,) = version.graph.reader.facts_between(WALNUTS, PANIC, deadline_s=5)
        assert (fact.relation, fact.origin) == (Relation.PROTECTS_AGAINST, Origin.IMPORTED)
        assert (fact.passages, fact.grounds) == ({STATED}, False)
        assert version.graph.imported_sentence(STATED) == f"pmid-31415926: {SENTENCE}"
        assert version.graph.imported_sentence("unknown") == ""
        with pytest.raises(NotFoundError):
            version.passage(STATED)
        assert STATED not in {passage for passage, _ in version.lexical("walnuts trial", 5)}


def test_what_the_user_allows_becomes_a_passage_of_its_paper(
    library: Path, settings: Settings, table: Path
) -> None:
    plain = build([library], settings)
    add_import(settings.index_dir, "trials", table, About(grounding=True, licence="CC-BY-4.0"))
    report = build([library], settings)
    assert (report.passages, report.sources) == (plain.passages + 1, plain.sources + 1)
    with IndexVersion.open(settings.index_dir) as version:
        passage = version.passage(STATED)
        assert passage.text == SENTENCE
        source = version.source(passage.source_id)
        assert source.url == "https://pubmed.ncbi.nlm.nih.gov/31415926/"
        assert (source.grade, source.licence) == (EvidenceGrade.D, "CC-BY-4.0")
        assert version.lexical("walnuts", 1)[0][0] == STATED
        (fact,) = version.graph.reader.facts_between(WALNUTS, PANIC, deadline_s=5)
        assert fact.passages == {STATED}


def test_a_removed_import_is_gone_from_the_next_version(
    library: Path, settings: Settings, table: Path
) -> None:
    plain = build([library], settings).version_id
    add_import(settings.index_dir, "trials", table, About())
    assert build([library], settings).version_id != plain
    remove_import(settings.index_dir, "trials")
    assert imports_in(settings.index_dir) == []
    assert build([library], settings).version_id == plain
    with pytest.raises(NotFoundError, match="rag graph imports"):
        remove_import(settings.index_dir, "trials")


def test_a_new_table_takes_the_place_of_the_old_and_a_bad_one_does_not(
    settings: Settings, table: Path, tmp_path: Path
) -> None:
    first, _ = add_import(settings.index_dir, "trials", table, About())
    table.write_text(TABLE.replace("walnuts", "almonds"), encoding="utf-8")
    second, found = add_import(settings.index_dir, "trials", table, About())
    assert [entity.name for entity in found.entities] == ["almonds"]
    assert first.sha256 != second.sha256
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    for broken in (bad, tmp_path / "none.csv"):
        with pytest.raises(GraphImportError, match=broken.name):
            add_import(settings.index_dir, "trials", broken, About())
    assert [one.sha256 for one in imports_in(settings.index_dir)] == [second.sha256]


@pytest.mark.parametrize("name", ["", "../out", "A", "a/b", ".hidden", "x" * 41])
def test_a_name_that_could_be_a_path_is_refused(settings: Settings, table: Path, name: str) -> None:
    with pytest.raises(GraphImportError, match="small letters"):
        add_import(settings.index_dir, name, table, About())
    with pytest.raises(NotFoundError):
        remove_import(settings.index_dir, name)


def test_a_damaged_import_is_named(settings: Settings, table: Path) -> None:
    add_import(settings.index_dir, "trials", table, About())
    folder = settings.index_dir / "imports" / "trials"
    (folder / "import.json").write_text('{"grounding": "perhaps"}')
    with pytest.raises(GraphImportError, match="trials"):
        Import(folder)
