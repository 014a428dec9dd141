"""The gate as an evaluator and as a node postprocessor."""

from __future__ import annotations

import asyncio

import pytest
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.response.schema import Response
from llama_index.core.evaluation import BatchEvalRunner
from llama_index.core.query_engine import CustomQueryEngine, RetrieverQueryEngine
from llama_index.core.schema import IndexNode, NodeWithScore, QueryBundle, TextNode

from rag.engine import Engine
from rag.integrations.llama_index import (
    GateEvaluator,
    GatePostprocessor,
    PlumblineQueryEngine,
    PlumblineRetriever,
)
from rag.verify.gate import Gate
from tests.rag.integrations.llama_index.conftest import PANIC, SLEEP, Replies

TRUE = "Alcohol close to bedtime can make sleep worse."
FALSE = "Sertraline cures insomnia within 12 days."


def test_a_faithful_response_passes(gate: Gate) -> None:
    result = GateEvaluator(gate).evaluate(query="?", response=TRUE, contexts=[PANIC, SLEEP])
    assert (result.passing, result.score, result.feedback) == (True, 1.0, "")


def test_the_score_is_the_share_of_supported_sentences(gate: Gate) -> None:
    result = GateEvaluator(gate).evaluate(
        response=f"I hope this helps. {TRUE} {FALSE}", contexts=[SLEEP]
    )
    assert (result.passing, result.score) == (False, 0.5)
    assert result.feedback is not None
    assert result.feedback.startswith(FALSE)


def test_citation_numbers_are_contexts(gate: Gate) -> None:
    evaluator = GateEvaluator(gate)
    assert evaluator.evaluate(response=f"{TRUE} [2]", contexts=[PANIC, SLEEP]).passing
    assert not evaluator.evaluate(response=f"{TRUE} [1]", contexts=[PANIC, SLEEP]).passing
    assert not evaluator.evaluate(response=f"{TRUE} [3]", contexts=[PANIC, SLEEP]).passing


def test_a_response_object_is_judged_by_its_own_nodes(gate: Gate) -> None:
    nodes = [NodeWithScore(node=TextNode(text=f"Source 1:\n{SLEEP}\n"))]
    response = Response(response=f"{TRUE} [1]", source_nodes=nodes)
    assert GateEvaluator(gate).evaluate_response(response=response).passing


@pytest.mark.parametrize("missing", ["response", "contexts"])
def test_what_is_missing_is_named(gate: Gate, missing: str) -> None:
    given = {"response": TRUE, "contexts": [SLEEP], missing: None}
    result = GateEvaluator(gate).evaluate(**given)
    assert result.invalid_result
    assert result.invalid_reason is not None
    assert missing in result.invalid_reason


def test_the_stock_batch_runner_runs_it_over_our_engine(engine: Engine, gate: Gate) -> None:
    runner = BatchEvalRunner({"gate": GateEvaluator(gate)}, workers=2)
    questions = ["What helps with panic attacks?", "What are the signs of insomnia?"]
    results = asyncio.run(runner.aevaluate_queries(PlumblineQueryEngine(engine), queries=questions))
    assert [r.passing for r in results["gate"]] == [True, True]


class Talker(CustomQueryEngine):
    """An engine that says what nobody checked."""

    words: str

    def custom_query(self, query_str: str) -> str:
        return self.words


class Mixed(BaseRetriever):
    """Our passages beside an engine, as recursive retrieval has it."""

    def __init__(self, engine: Engine, talker: BaseQueryEngine) -> None:
        self._ours = PlumblineRetriever(engine, top_k=4)
        self._talker = talker
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        pointer = IndexNode(text="talker", index_id="talker", obj=self._talker)
        return [*self._ours.retrieve(query_bundle), NodeWithScore(node=pointer, score=0.5)]


def test_generated_nodes_keep_only_what_sources_support(
    engine: Engine, gate: Gate, llm: Replies
) -> None:
    seen: list[str] = []

    def reply(prompt: str) -> str:
        seen.append(prompt)
        return "Understood."

    talker = Talker(words=f"{FALSE} Cutting down on coffee can make panic attacks less likely.")
    stock = RetrieverQueryEngine.from_args(
        Mixed(engine, talker),
        llm=llm(reply),
        node_postprocessors=[GatePostprocessor(gate)],
    )
    nodes = stock.query("What helps with panic attacks?").source_nodes
    assert FALSE not in seen[0]
    assert nodes[-1].node.get_content() == (
        "Cutting down on coffee can make panic attacks less likely."
    )


def test_a_generated_node_without_support_is_left_out(gate: Gate) -> None:
    stated = NodeWithScore(node=TextNode(text=SLEEP, metadata={"kind": "source"}))
    claimed = NodeWithScore(node=TextNode(text=FALSE, metadata={"kind": "summary"}))
    gatekeeper = GatePostprocessor(gate, generated=lambda n: n.metadata["kind"] == "summary")
    assert gatekeeper.postprocess_nodes([claimed, stated]) == [stated]
    assert asyncio.run(gatekeeper.apostprocess_nodes([claimed, stated])) == [stated]


def test_without_sources_nothing_is_judged(gate: Gate) -> None:
    loose = [NodeWithScore(node=TextNode(text=text)) for text in (SLEEP, FALSE)]
    assert GatePostprocessor(gate).postprocess_nodes(loose) == loose


def test_source_nodes_pass_untouched(engine: Engine, gate: Gate) -> None:
    nodes = PlumblineRetriever(engine).retrieve("What helps with panic attacks?")
    assert GatePostprocessor(gate).postprocess_nodes(nodes) == nodes
