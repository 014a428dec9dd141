"""The graph of an index version: listed, reproducible, gone with its document, damaged or not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from knowledge_graph.schema import Relation
from rag.errors import IndexCorruptError
from rag.index.build import build
from rag.index.graph import VersionGraph
from rag.index.version import IndexVersion
from rag.settings import Settings

CLOZAPINE = "Clozapine can cause constipation. Clozapine can cause seizures."
KEY = "Medication:DB00363"


def statements(index_dir: Path) -> dict[str, frozenset[str]]:
    with IndexVersion.open(index_dir) as version:
        facts = version.graph.reader.neighbours(
            [KEY], relations={Relation.HAS_SIDE_EFFECT}, limit=50, deadline_s=5
        )
        known = set(version.passage_ids("clozapine")) if _has(version, "clozapine") else set()
        assert all(fact.passages <= known for fact in facts.get(KEY, ()))
        return {fact.object: fact.passages for fact in facts.get(KEY, ())}


def _has(version: IndexVersion, name: str) -> bool:
    return any(source.id == name for source in version.sources())


@pytest.fixture
def folder(tmp_path: Path, documents: Path) -> Path:
    shutil.copytree(documents, tmp_path / "documents")
    head = (documents / "panic.md").read_text("utf-8").split("---\n")[1]
    head = head.replace("id: panic", "id: clozapine")
    text = f"---\n{head}---\n# Clozapine\n\n## Side effects\n\n{CLOZAPINE}\n"
    (tmp_path / "documents" / "clozapine.md").write_text(text, encoding="utf-8")
    return tmp_path / "documents"


def test_facts_come_and_go_with_their_document(folder: Path, tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path / "indexes")
    first = build([folder], settings)
    assert set(statements(settings.index_dir)) == {
        "SideEffect:D003248",
        "SideEffect:plumbline:seizures",
    }
    manifest = IndexVersion.open(settings.index_dir).manifest
    assert "graph/graph.sqlite" in manifest.files
    (folder / "clozapine.md").unlink()
    second = build([folder], settings)
    assert statements(settings.index_dir) == {}
    assert first.version_id != second.version_id


def test_a_build_from_nothing_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    one = Settings(index_dir=tmp_path / "one")
    build([folder / "clozapine.md"], one)
    first = build([folder], one)
    second = build([folder], Settings(index_dir=tmp_path / "two"))
    assert first.version_id == second.version_id
    for path in sorted((tmp_path / "one/versions" / first.version_id / "graph").iterdir()):
        other = tmp_path / "two/versions" / first.version_id / "graph" / path.name
        assert path.read_bytes() == other.read_bytes(), path.name


def test_a_damaged_graph_is_named(tmp_path: Path) -> None:
    (tmp_path / "graph").mkdir()
    with pytest.raises(IndexCorruptError, match="rag build"):
        VersionGraph(tmp_path / "graph", "v")
