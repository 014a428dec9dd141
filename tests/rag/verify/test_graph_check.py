"""The graph check against a real version's graph, and what it does to a released sentence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.compose.extractive import DraftSentence
from rag.compose.paths import graph_paths
from rag.engine import Engine
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.model import Evidence, Hit
from rag.release import Inspector, Release
from rag.settings import Settings
from rag.verify import open_gate
from rag.verify.graph_check import GraphCheck

DOCUMENTS = {
    "nice": "Benzodiazepines should not be prescribed for panic disorder, NICE in England says.",
    "us": "In the United States, benzodiazepines are used for panic disorder for a short time.",
    "lithium": "Lithium can cause weight gain. Lithium is a mood stabiliser.",
    "groups": "Sertraline, fluoxetine and citalopram are SSRIs.",
    "effects": "SSRIs can cause nausea, diarrhoea or headache in the first weeks.",
}
HEAD = "---\nid: {0}\ntitle: {0}\npublisher: P\nkind: digest\nlicence: CC-BY-4.0\ngrade: B\n"
DATES = (
    'edition: "1"\njurisdiction: INT\nlanguage: en\naudience: public\npublished: 2026-11-01\n---\n'
)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("check")
    for name, text in DOCUMENTS.items():
        text = f"{HEAD.format(name)}{DATES}# About {name}\n\n{text}\n"
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    settings = Settings(index_dir=folder / "indexes")
    build(sorted(folder.glob("*.md")), settings)
    return settings


@pytest.fixture(scope="module")
def version(settings: Settings) -> Iterator[IndexVersion]:
    with IndexVersion.open(settings.index_dir) as opened:
        yield opened


@pytest.fixture(scope="module")
def check(version: IndexVersion) -> GraphCheck:
    return GraphCheck(version.graph.extractor, version.graph.reader)


FOR = "Panic disorder is often treated with benzodiazepines."


def test_the_cited_passage_that_says_the_opposite_blocks(
    version: IndexVersion, check: GraphCheck
) -> None:
    (reason,) = check.reasons(FOR, version.passage_ids("nice"))
    assert reason == (
        "graph: the cited passage states that benzodiazepines not recommended for panic disorder"
    )
    assert not check.strengthens(FOR, version.passage_ids("nice"))


def test_guidelines_differ_and_each_passage_speaks_for_itself(
    version: IndexVersion, check: GraphCheck
) -> None:
    assert check.reasons(FOR, version.passage_ids("us")) == ()
    assert check.strengthens(FOR, version.passage_ids("us"))


def test_a_side_effect_denied_is_blocked(version: IndexVersion, check: GraphCheck) -> None:
    denial = "Lithium is safe, and neither lithium can cause weight gain."
    assert check.reasons(denial, version.passage_ids("lithium"))


@pytest.mark.parametrize("text", ["", "Gardens bloom.", "Lithium and panic disorder are words."])
def test_what_states_nothing_is_left_alone(
    version: IndexVersion, check: GraphCheck, text: str
) -> None:
    assert check.reasons(text, version.passage_ids("nice")) == ()
    assert not check.strengthens(text, version.passage_ids("nice"))


def test_the_release_step_asks_the_graph(
    version: IndexVersion, check: GraphCheck, settings: Settings
) -> None:
    passage = version.passage(version.passage_ids("lithium")[0])
    evidence = [Evidence(Hit(passage.id, 1.0), passage, version.source("lithium"))]
    draft = [DraftSentence("Lithium may cause weight gain.", (passage.id,))]
    gate = open_gate(version.encoder, settings.verifier)
    alone = Release.of(Inspector(gate, evidence, "public").inspect(draft), evidence)
    both = Release.of(Inspector(gate, evidence, "public", check).inspect(draft), evidence)
    assert both.sentences[0].verdict.support >= alone.sentences[0].verdict.support
    assert both.sentences[0].verdict.checked_by.endswith("+ graph")


def test_an_answer_on_a_group_says_so_and_shows_the_path(settings: Settings) -> None:
    with Engine.open(settings) as engine:
        answer = engine.ask("Does Zoloft cause nausea?")
    assert "Sertraline is one of the SSRIs" in answer.notice
    assert any("SSRIs can cause nausea" in sentence.text for sentence in answer.sentences)
    texts = {path.text: path.citations for path in answer.paths}
    cited = texts["sertraline → belongs to → SSRIs → can cause → nausea"]
    numbers = {c.number for c in answer.citations if c.source_id == "effects"}
    assert set(cited) == numbers


def test_no_path_without_a_citation(version: IndexVersion) -> None:
    assert graph_paths(version.graph, "Does Zoloft cause nausea?", (), ()) == ()
