"""A stock PropertyGraphIndex over our graph, in the version's own file and in a real Neo4j."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_index.core import PropertyGraphIndex
from llama_index.core.graph_stores.types import EntityNode
from llama_index.core.indices.property_graph import ImplicitPathExtractor, LLMSynonymRetriever
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import TextNode

from knowledge_graph.stores.neo4j import Neo4jStore
from rag.errors import GraphStoreError
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.integrations.llama_index import PlumblineGraphRetriever, PlumblineGraphStore
from rag.settings import Settings
from tests.neo4j_server import Server

HEAD = "---\nid: {0}\ntitle: {0}\npublisher: P\nkind: digest\nlicence: CC-BY-4.0\ngrade: B\n"
DATES = 'edition: "1"\njurisdiction: INT\nlanguage: en\naudience: public\npublished: 2026-11-01\n'
DOCUMENTS = {
    "groups": "Sertraline, fluoxetine and citalopram are SSRIs.",
    "effects": "SSRIs can cause nausea, headache and sexual problems.",
    "old": "SSRIs can cause hair loss.",
}
PAGE = Path(__file__).parents[4] / "docs/llama_index.md"


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    for name, text in DOCUMENTS.items():
        gone = "withdrawn_on: 2026-11-02\n" if name == "old" else ""
        text = f"{HEAD.format(name)}{DATES}{gone}---\n# About {name}\n\n{text}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = Settings(index_dir=folder / "indexes")
    assert not build(sorted(folder.glob("*.md")), settings).quarantined
    return settings.index_dir


@pytest.fixture(params=["embedded", "neo4j"])
def settings(request: pytest.FixtureRequest, index_dir: Path) -> Iterator[Settings]:
    if request.param == "embedded":
        yield Settings(index_dir=index_dir)
        return
    neo4j: Server = request.getfixturevalue("neo4j_server")
    with IndexVersion.open(index_dir) as version, Neo4jStore(neo4j.address) as store:
        store.load(version.id, version.graph.reader.data())
        yield Settings(index_dir=index_dir, graph=neo4j.settings)
        store.remove_version(version.id)


@pytest.fixture
def store(settings: Settings) -> Iterator[PlumblineGraphStore]:
    with PlumblineGraphStore.open(settings) as opened:
        yield opened


def indexed(store: PlumblineGraphStore) -> PropertyGraphIndex:
    return PropertyGraphIndex.from_existing(
        store, kg_extractors=[ImplicitPathExtractor()], embed_kg_nodes=False, llm=MockLLM()
    )


def test_a_stock_index_finds_facts_with_the_passage_that_states_them(
    store: PlumblineGraphStore,
) -> None:
    retriever = indexed(store).as_retriever(sub_retrievers=[PlumblineGraphRetriever(store)])
    found = retriever.retrieve("What are the side effects of SSRIs?")
    first = found[0].node.get_content()
    assert "SSRIs -> HAS_SIDE_EFFECT -> nausea" in first
    assert DOCUMENTS["effects"] in first
    assert found[0].node.metadata["source_id"] == "effects"


def test_a_question_is_answered_in_a_stock_query_engine(store: PlumblineGraphStore) -> None:
    retriever = indexed(store).as_retriever(sub_retrievers=[PlumblineGraphRetriever(store)])
    engine = RetrieverQueryEngine.from_args(retriever, llm=MockLLM())
    answer = engine.query("To which group does Zoloft belong?")
    assert "sertraline -> IN_CLASS -> SSRIs" in str(answer)  # the mock repeats its prompt
    assert {node.node.metadata["source_id"] for node in answer.source_nodes} == {"groups"}


def test_the_stock_sub_retriever_works_on_it(store: PlumblineGraphStore) -> None:
    class Keywords(MockLLM):
        async def apredict(self, *_: object, **__: object) -> str:
            return "prozac^weather"

    stock = LLMSynonymRetriever(store, llm=Keywords(), include_text=True)
    found = asyncio.run(indexed(store).as_retriever(sub_retrievers=[stock]).aretrieve("Prozac?"))
    assert any("fluoxetine -> IN_CLASS -> SSRIs" in node.node.get_content() for node in found)


def test_only_what_sources_in_force_state(store: PlumblineGraphStore) -> None:
    triplets = store.get_triplets(entity_names=["SSRIs"], relation_names=["HAS_SIDE_EFFECT"])
    said = {other.id.partition(" (")[0] for _, _, other in triplets}
    assert said == {"nausea", "headache", "sexual problems"}
    assert all(edge.properties["passages"] for _, edge, _ in triplets)


def test_names_that_kinds_share_stay_apart(store: PlumblineGraphStore) -> None:
    (effect,) = store.get(ids=["nausea (SideEffect)"])
    (symptom,) = store.get(ids=["nausea (Symptom)"])
    assert (effect.label, symptom.label) == ("SideEffect", "Symptom")
    assert effect.id != symptom.id
    assert store.get(ids=[effect.properties["key"]])[0].id == effect.id


def test_two_steps_away(store: PlumblineGraphStore) -> None:
    start = store.get(ids=["Lustral"])
    near = store.get_rel_map(start, depth=1)
    far = store.get_rel_map(start, depth=2)
    assert [edge.label for _, edge, _ in near] == ["IN_CLASS"]
    assert far[0] == near[0]
    assert "HAS_SIDE_EFFECT" in {edge.label for _, edge, _ in far}
    assert store.get_rel_map(start, depth=2, ignore_rels=["IN_CLASS"]) == []
    assert len(store.get_rel_map(start, depth=2, limit=2)) == 2


def test_it_is_read_only(store: PlumblineGraphStore) -> None:
    node = EntityNode(name="DETACH DELETE", label="Disorder")
    before = store.get_triplets(entity_names=["SSRIs"])
    with pytest.raises(GraphStoreError, match="read only"):
        store.upsert_nodes([node])
    with pytest.raises(GraphStoreError, match="read only"):
        indexed(store).insert_nodes([TextNode(text="SSRIs cure everything.")])
    with pytest.raises(GraphStoreError, match="Cypher"):
        store.structured_query("MATCH (n) DETACH DELETE n")
    assert store.get(ids=["`) DETACH DELETE n //"]) == []
    assert store.get_triplets(entity_names=["SSRIs"]) == before


def test_the_example_in_the_documentation(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = (
        block
        for block in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        if "PropertyGraphIndex.from_existing" in block
    )
    monkeypatch.setenv("RAG_INDEX_DIR", str(settings.index_dir))
    monkeypatch.setenv("RAG_GRAPH__STORE", settings.graph.store)
    monkeypatch.setenv("RAG_GRAPH__URI", settings.graph.uri)
    monkeypatch.setenv("RAG_GRAPH__USER", settings.graph.user)
    monkeypatch.setenv("RAG_GRAPH__PASSWORD", settings.graph.password.get_secret_value())
    monkeypatch.setenv("RAG_GRAPH__TIMEOUT_S", "30")
    exec(compile(example, str(PAGE), "exec"), {})  # noqa: S102  (our own page)
    assert "SSRIs -> HAS_SIDE_EFFECT -> nausea" in capsys.readouterr().out
