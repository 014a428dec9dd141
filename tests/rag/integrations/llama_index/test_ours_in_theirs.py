"""Our retriever, engine and embedding inside stock parts of llama-index, over real HTTP."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.agent.workflow import ReActAgent
from llama_index.core.query_engine import (
    CitationQueryEngine,
    RetrieverQueryEngine,
    RouterQueryEngine,
)
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.selectors import LLMSingleSelector
from llama_index.core.tools import QueryEngineTool

from rag.engine import Engine
from rag.errors import QuestionError
from rag.integrations.llama_index import PlumblineQueryEngine, PlumblineRetriever, gated
from rag.verify.gate import Gate
from tests.rag.integrations.llama_index.conftest import Replies

QUESTION = "What helps with panic attacks?"


def test_nodes_carry_what_a_citation_needs(engine: Engine) -> None:
    nodes = PlumblineRetriever(engine, top_k=3).retrieve(QUESTION)
    assert 0 < len(nodes) <= 3
    first = nodes[0].node
    passage = engine.passage(first.node_id)
    assert first.get_content() == passage.text
    assert first.ref_doc_id == passage.source_id == first.metadata["source_id"]
    assert first.metadata["passage_sha256"] == passage.sha256
    assert first.metadata["title"] == "Panic attacks"
    assert [n.score for n in nodes] == sorted((n.score for n in nodes), reverse=True)


def test_retrieval_does_not_hold_the_event_loop(engine: Engine) -> None:
    async def run() -> tuple[int, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        ticking = asyncio.create_task(tick())
        nodes = await PlumblineRetriever(engine).aretrieve(QUESTION)
        ticking.cancel()
        return len(nodes), ticks

    found, ticks = asyncio.run(run())
    assert found
    assert ticks > 1


def test_retriever_query_engine_prompts_with_our_passages(engine: Engine, llm: Replies) -> None:
    seen: list[str] = []

    def reply(prompt: str) -> str:
        seen.append(prompt)
        return "Slow, steady breathing helps many people."

    stock = RetrieverQueryEngine.from_args(PlumblineRetriever(engine, top_k=2), llm=llm(reply))
    response = stock.query(QUESTION)
    assert str(response) == "Slow, steady breathing helps many people."
    assert "Slow, steady breathing helps many people during a panic attack." in seen[0]
    assert "passage_sha256" not in seen[0]
    assert len(response.source_nodes) == 2


def test_fusion_with_somebody_elses_retriever(
    engine: Engine, theirs: VectorStoreIndex, llm: Replies
) -> None:
    fusion = QueryFusionRetriever(
        [PlumblineRetriever(engine, top_k=3), theirs.as_retriever(similarity_top_k=1)],
        llm=llm("unused"),
        num_queries=1,
        mode="reciprocal_rerank",
        similarity_top_k=4,
        use_async=True,
    )
    nodes = fusion.retrieve(QUESTION)
    titles = {n.node.metadata.get("title") or n.node.metadata.get("file_name") for n in nodes}
    assert {"Panic attacks", "panic.txt"} <= titles
    assert asyncio.run(fusion.aretrieve(QUESTION))


def test_fusion_asks_our_retriever_every_generated_query(engine: Engine, llm: Replies) -> None:
    fusion = QueryFusionRetriever(
        [PlumblineRetriever(engine, top_k=2)],
        llm=llm("signs of insomnia\nhelp for hoarding disorder"),
        num_queries=3,
        mode="simple",
        use_async=False,
        similarity_top_k=6,
    )
    titles = {n.node.metadata["title"] for n in fusion.retrieve(QUESTION)}
    assert titles == {"Panic attacks", "Insomnia", "Hoarding disorder"}


def test_citation_query_engine_over_our_retriever(engine: Engine, llm: Replies, gate: Gate) -> None:
    answer = (
        "Slow, steady breathing helps many people during a panic attack [1]. "
        "Stop sertraline abruptly [7]."
    )
    citing = CitationQueryEngine(PlumblineRetriever(engine, top_k=2), llm=llm(answer))
    assert "abruptly" in str(citing.query("What helps during a panic attack?"))
    checked = gated(citing, gate=gate).query("What helps during a panic attack?")
    assert str(checked) == "Slow, steady breathing helps many people during a panic attack [1]."


def test_query_engine_answers_with_numbered_sources(engine: Engine) -> None:
    response = PlumblineQueryEngine(engine).query(QUESTION)
    marks = [int(n) for n in re.findall(r"\[(\d+)\]", str(response))]
    assert marks
    assert set(marks) == set(range(1, len(response.source_nodes) + 1))
    report = response.metadata["plumbline"]
    assert report["status"] in ("answered", "partial")
    for sentence in report["sentences"]:
        cited = [response.source_nodes[n - 1].node.get_content() for n in sentence["citations"]]
        assert engine.verify(sentence["text"], cited).supported


def test_query_engine_answers_a_crisis_first(engine: Engine) -> None:
    response = PlumblineQueryEngine(engine, country="GB").query("I want to end my life tonight")
    assert response.metadata["plumbline"]["status"] == "crisis"
    assert response.metadata["plumbline"]["resources"]
    assert response.source_nodes == []


def test_query_engine_is_silent_where_the_sources_are(engine: Engine) -> None:
    response = asyncio.run(PlumblineQueryEngine(engine).aquery("What is kleptomania?"))
    assert response.metadata["plumbline"]["status"] == "abstained"


def test_an_empty_query_is_our_own_error(engine: Engine) -> None:
    with pytest.raises(QuestionError, match="ask something in words"):
        PlumblineQueryEngine(engine).query("  ")


def test_router_chooses_our_engine(engine: Engine, theirs: VectorStoreIndex, llm: Replies) -> None:
    model = llm('[{"choice": 1, "reason": "It is about mental health."}]')
    router = RouterQueryEngine(
        LLMSingleSelector.from_defaults(llm=model),
        [
            QueryEngineTool.from_defaults(
                PlumblineQueryEngine(engine), name="plumbline", description="Mental health."
            ),
            QueryEngineTool.from_defaults(
                theirs.as_query_engine(llm=model), name="notes", description="My notes."
            ),
        ],
        llm=model,
    )
    response = router.query(QUESTION)
    assert response.metadata["plumbline"]["status"] in ("answered", "partial")
    assert response.metadata["selector_result"].ind == 0


def test_an_agent_uses_our_engine_as_a_tool(engine: Engine, llm: Replies) -> None:
    prompts: list[str] = []

    def final(prompt: str) -> str:
        prompts.append(prompt)
        return "Thought: I can answer.\nAnswer: Breathing slowly helps many people."

    model = llm(
        'Thought: I need the tool.\nAction: plumbline\nAction Input: {"input": "' + QUESTION + '"}',
        final,
    )
    tool = QueryEngineTool.from_defaults(
        PlumblineQueryEngine(engine), name="plumbline", description="Checked answers."
    )
    agent = ReActAgent(tools=[tool], llm=model)

    async def run() -> tuple[str, list[str]]:
        result = await agent.run(user_msg="What can I do about panic attacks?")
        return str(result), [call.tool_name for call in result.tool_calls]

    answer, calls = asyncio.run(run())
    assert calls == ["plumbline"]
    assert "Breathing slowly helps" in answer
    expected = PlumblineQueryEngine(engine).query(QUESTION)
    assert str(expected) in prompts[-1]


def test_importing_the_engine_loads_no_llama_index(built_index: Path) -> None:
    import subprocess
    import sys

    code = (
        "import sys; from rag import Engine, Settings; from pathlib import Path\n"
        f"e = Engine.open(Settings(index_dir=Path({str(built_index)!r}))); e.ask({QUESTION!r})\n"
        "sys.exit(any(name.startswith('llama_index') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
