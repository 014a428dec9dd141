"""The graph arm on a real version: two hops, brands, withdrawn sources, silence, a dead store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.schema import Fact
from knowledge_graph.stores.embedded import EmbeddedReader
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.bridges import Bridges
from rag.retrieval.dense import DenseArm
from rag.retrieval.graph import GraphArm
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings

DOCUMENTS = {
    "panic": "SSRIs are usually the first medicine for panic disorder.",
    "groups": "Sertraline, fluoxetine and citalopram are SSRIs.",
    "effects": "SSRIs can cause nausea, headache and sexual problems.",
    "garden": "A garden in bloom pleases the eye, and digging keeps the hands busy.",
    "driving": "Drive a car only when you feel wide awake.",
    "grief": "Grief can make a person very tired.",
    "newcomers": "People who came over the sea alone are often offered narrative exposure therapy.",
    "telling": "In narrative exposure therapy a person tells the story of a whole life.",
}
HEAD = "---\nid: {0}\ntitle: {0}\npublisher: P\nkind: digest\nlicence: CC-BY-4.0\ngrade: B\n"
DATES = (
    'edition: "1"\njurisdiction: INT\nlanguage: en\naudience: public\npublished: 2026-11-01\n---\n'
)


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexVersion]:
    folder = tmp_path_factory.mktemp("graph")
    for name, text in DOCUMENTS.items():
        text = f"{HEAD.format(name)}{DATES}# About {name}\n\n{text}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = Settings(index_dir=folder / "indexes")
    assert not build(sorted(folder.glob("*.md")), settings).quarantined
    with IndexVersion.open(settings.index_dir) as opened:
        yield opened


def sources(version: IndexVersion, question: str, **options: object) -> list[str]:
    arm = GraphArm(version, version.graph.reader, 5.0)
    vector = version.encoder.encode([question])[0]
    found = arm.search(Query(question, vector), 10, **options)  # type: ignore[arg-type]
    scores = [score for _, score in found]
    assert scores == sorted(scores, reverse=True)
    return [version.passage(passage).source_id for passage, _ in found]


def test_two_hops_away(version: IndexVersion) -> None:
    found = sources(version, "Which side effects has the first medicine for panic disorder?")
    assert set(found[:2]) == {"panic", "effects"}
    assert "garden" not in found


def test_a_brand_reaches_what_is_said_of_its_class(version: IndexVersion) -> None:
    assert "effects" in sources(version, "Does Zoloft upset the stomach?")[:2]


def test_what_the_nearest_passage_names_leads_on(version: IndexVersion) -> None:
    question = "What is offered to those who came over the sea alone?"
    assert version.graph.linker.link(question) == []
    assert set(sources(version, question)[:2]) == {"newcomers", "telling"}


def test_what_the_question_names_is_no_bridge(version: IndexVersion) -> None:
    question = "Is narrative exposure therapy offered to people who came over the sea alone?"
    query = Query(question, version.encoder.encode([question])[0])
    links = version.graph.linker.link(question)
    unnamed = Bridges(version).between(query, [], 10)
    assert {link.key for link in links} & unnamed.keys()
    assert not {link.key for link in links} & Bridges(version).between(query, links, 10).keys()


def test_the_words_of_the_question_are_looked_for_too(version: IndexVersion) -> None:
    # The passage names nothing that the graph knows.
    assert "driving" in sources(version, "May I drive a car on Zoloft?")


def test_excluded_sources_stay_out(version: IndexVersion) -> None:
    question = "Does Zoloft upset the stomach?"
    assert "effects" not in sources(version, question, excluded_sources={"effects"})


@pytest.mark.parametrize("question", ["How do I prune a rose?", "What is grief?", "What is OCD?"])
def test_silence_where_the_words_are_enough(version: IndexVersion, question: str) -> None:
    found = sources(version, question)
    assert found == [] or question == "What is grief?"


class Down(EmbeddedReader):
    """A store whose server is gone."""

    def neighbours(self, *_: object, **__: object) -> dict[str, list[Fact]]:
        raise GraphUnavailableError("The graph store is down")


def test_a_dead_store_is_left_out_and_named(version: IndexVersion, tmp_path: Path) -> None:
    down = Down.__new__(Down)
    arms = [DenseArm(version), GraphArm(version, down, 0.2)]
    found = HybridRetriever(version, Settings(), arms).retrieve(
        "Does Zoloft upset the stomach?", top_k=3
    )
    assert found.degraded == ("graph",)
    assert found.evidence
