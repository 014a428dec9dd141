"""`rag graph`, as a user runs it. The Neo4j is a real one."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import networkx as nx
import pytest

from knowledge_graph.stores.neo4j import Neo4jStore
from tests.neo4j_server import Server

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
ErrorLine = Callable[[Done], str]


@pytest.fixture
def graph(rag: Run, built_index: Path) -> Run:
    """`graph("show", "CBT")`: `rag graph` over the small index."""

    def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Done:
        return rag("graph", *arguments, env={"RAG_INDEX_DIR": str(built_index), **(env or {})})

    return run


def test_show_prints_a_tree_with_passages(graph: Run) -> None:
    done = graph("show", "panic disorder")
    text = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert text.startswith("panic disorder  Disorder DOID:594\n")
    assert "also called" in text
    shown = json.loads(graph("show", "DOID:594", "--json").stdout)
    assert shown["key"] == "Disorder:DOID:594"
    assert shown["facts"]
    for fact in shown["facts"]:
        assert shown["key"] in (fact["subject"]["key"], fact["object"]["key"])
        other = fact["object" if fact["subject"]["key"] == shown["key"] else "subject"]
        assert other["name"] in text


def test_show_names_the_passages_most_about_it(graph: Run) -> None:
    shown = json.loads(graph("show", "insomnia", "--json").stdout)
    assert shown["passages"]
    text = graph("show", "insomnia").stdout.decode()
    assert f"[{shown['passages'][0]['passage_id']}] Insomnia" in text


@pytest.mark.parametrize("words", ["xqzzy", "", "Disorder:none", "\u0027 DETACH DELETE n //"])
def test_what_the_graph_does_not_know_is_one_clear_line(
    graph: Run, error_line: ErrorLine, words: str
) -> None:
    done = graph("show", "--", words)
    assert done.returncode == 1
    assert "knows nothing called" in error_line(done)


def test_path_joins_two_entities(graph: Run, error_line: ErrorLine) -> None:
    way = json.loads(graph("path", "sertraline", "Disorder:DOID:594", "--json").stdout)
    ends = {way["from"], way["to"]}
    seen = {fact[end]["key"] for fact in way["facts"] for end in ("subject", "object")}
    assert ends <= seen
    text = graph("path", "sertraline", "panic disorder").stdout.decode()
    assert "sertraline" in text
    assert "→" in text
    assert b"same entity" in graph("path", "sertraline", "sertraline").stdout
    assert "knows nothing" in error_line(graph("path", "sertraline", "xqzzy"))


def test_export_and_picture_write_files_that_others_read(graph: Run, tmp_path: Path) -> None:
    done = json.loads(graph("export", "--output", "graph.graphml", "--json").stdout)
    read = nx.read_graphml(tmp_path / "graph.graphml", force_multigraph=True)
    assert (len(read), read.size()) == (done["entities"], done["facts"])
    assert b"Drew panic disorder" in graph("picture", "panic disorder", "--output", "p.svg").stdout
    assert (tmp_path / "p.svg").read_text().startswith("<svg")


def test_a_file_that_cannot_be_written_is_named(graph: Run, error_line: ErrorLine) -> None:
    done = graph("export", "--output", "no/such/folder.graphml")
    assert done.returncode == 1
    assert "no/such/folder.graphml" in error_line(done)


TABLE = """subject,relation,object,subject_kind,object_kind,pmid,sentence
walnuts,linked,panic disorder,nut,disease,1,Walnuts were linked with less panic.
walnuts,unheard of,panic disorder,nut,disease,1,Never mind.
"""


def test_import_is_taken_in_listed_built_and_shown(
    rag: Run, documents: Path, tmp_path: Path, error_line: ErrorLine
) -> None:
    (tmp_path / "My_table.csv").write_text(TABLE)
    env = {"RAG_INDEX_DIR": str(tmp_path / "indexes")}
    line = error_line(rag("graph", "import", "My_table.csv", env=env))
    assert "linked" in line
    options = ["--kind", "nut=SelfHelp", "--relation", "linked=-TREATED_BY", "--json"]
    done = rag("graph", "import", "My_table.csv", *options, env=env)
    took = json.loads(done.stdout)
    assert (took["name"], took["facts"], took["grounding"]) == ("my-table", 1, False)
    assert took["skipped"] == {"relation 'unheard of' is none of ours": 1}
    assert b"widens retrieval only" in rag("graph", "imports", env=env).stdout
    assert rag("build", documents, env=env).returncode == 0
    text = rag("graph", "show", "walnuts", env=env).stdout.decode()
    assert "treats" in text
    assert "pmid-1: Walnuts were linked with less panic." in text
    assert b"Removed my-table" in rag("graph", "imports", "--remove", "my-table", env=env).stdout
    assert json.loads(rag("graph", "imports", "--json", env=env).stdout)["imports"] == []


@pytest.mark.parametrize(
    ("option", "value"),
    [("--kind", "nut=Nut"), ("--kind", "nut"), ("--relation", "a=B"), ("--name", "../x")],
)
def test_options_of_import_that_mean_nothing_are_explained(
    graph: Run, tmp_path: Path, error_line: ErrorLine, option: str, value: str
) -> None:
    (tmp_path / "t.csv").write_text(TABLE)
    done = graph("import", "t.csv", option, value)
    assert done.returncode == 1
    assert value in error_line(done)


@pytest.fixture
def at(neo4j_server: Server) -> Iterator[dict[str, str]]:
    """The environment that points `rag` at the server."""
    address = neo4j_server.address
    with Neo4jStore(address) as store:
        before = {status.id for status in store.statuses()}
    yield {
        "RAG_GRAPH__STORE": "neo4j",
        "RAG_GRAPH__URI": address.uri,
        "RAG_GRAPH__USER": address.user,
        "RAG_GRAPH__PASSWORD": address.password,
        "RAG_GRAPH__TIMEOUT_S": "10",
    }
    with Neo4jStore(address) as store:
        for status in store.statuses():
            if status.id not in before:
                store.remove_version(status.id)


def test_push_status_show_and_remove(graph: Run, at: dict[str, str], error_line: ErrorLine) -> None:
    line = error_line(graph("show", "insomnia", env=at))
    assert "rag graph push" in line
    assert b"not loaded: `rag graph push`" in graph("status", env=at).stdout
    pushed = json.loads(graph("push", "--json", env=at).stdout)
    assert pushed["loaded"]["facts"] > 0
    assert f"* {pushed['version']}" in graph("status", env=at).stdout.decode()
    versions = json.loads(graph("status", "--json", env=at).stdout)["versions"]
    (mine,) = [status for status in versions if status["id"] == pushed["version"]]
    assert mine["counts"] == pushed["loaded"]
    embedded = json.loads(graph("show", "insomnia", "--json").stdout)
    assert json.loads(graph("show", "insomnia", "--json", env=at).stdout) == embedded
    assert graph("path", "sertraline", "panic disorder", env=at).returncode == 0
    assert graph("push", "--keep", "1", env=at).returncode == 0
    assert graph("remove", pushed["version"], env=at).returncode == 0
    assert "rag graph push" in error_line(graph("show", "insomnia", env=at))


def test_the_password_shows_nowhere(graph: Run, rag: Run, at: dict[str, str]) -> None:
    wrong = {**at, "RAG_GRAPH__PASSWORD": "a-wrong-one"}
    done = graph("status", env=wrong)
    if at["RAG_GRAPH__PASSWORD"]:
        assert done.returncode == 1
        assert b"RAG_GRAPH__PASSWORD" in done.stderr
    report = rag("doctor", env=wrong)
    assert b"a-wrong-one" not in done.stderr + report.stdout + report.stderr


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"RAG_GRAPH__URI": "bolt://127.0.0.1:1"}, "cannot be reached"),
        ({"RAG_GRAPH__URI": "http://127.0.0.1"}, "bolt"),
        ({"RAG_GRAPH__STORE": "mongo"}, "RAG_GRAPH__STORE"),
        ({"RAG_GRAPH__TIMEOUT_S": "0"}, "RAG_GRAPH__TIMEOUT_S"),
    ],
)
def test_settings_that_cannot_work_are_named(
    graph: Run, error_line: ErrorLine, settings: dict[str, str], told: str
) -> None:
    done = graph("push", env={"RAG_GRAPH__CONNECT_TIMEOUT_S": "1", **settings})
    assert done.returncode in (1, 2)
    assert told in error_line(done)


def test_a_missing_driver_is_named(graph: Run, tmp_path: Path, error_line: ErrorLine) -> None:
    stand_in = tmp_path / "hidden" / "neo4j"
    stand_in.mkdir(parents=True)
    (stand_in / "__init__.py").write_text("raise ModuleNotFoundError('neo4j')\n")
    done = graph("push", env={"PYTHONPATH": f"{stand_in.parent}:{Path.cwd()}"})
    assert done.returncode == 2
    assert "pip install 'plumbline[neo4j]'" in error_line(done)
    shutil.rmtree(stand_in)
