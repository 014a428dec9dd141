"""Our engine as a tool of stock function-calling agents, over an OpenAI-compatible wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.tools import QueryEngineTool
from llama_index.llms.openai_like import OpenAILike

from rag.engine import Engine
from rag.integrations.llama_index import PlumblineQueryEngine
from tests.scripted_server import Call, ScriptedServer, Sent, as_events, as_json

QUESTION = "What helps with panic attacks?"
SAID = "Slow breathing helps, and so does a magic lamp."
CRISIS = "I want to end my life tonight"
MAKERS = {
    "FunctionAgent": lambda tool, llm: FunctionAgent(tools=[tool], llm=llm),
    "AgentWorkflow": lambda tool, llm: AgentWorkflow.from_tools_or_functions([tool], llm=llm),
}


def completion(call: Call, message: dict[str, Any], finish: str) -> Sent:
    """One reply in the form that the client asked for: whole, or as a stream."""
    head = {"id": "scripted", "created": 0, "model": "scripted"}
    choice: dict[str, Any] = {"index": 0, "finish_reason": finish}
    if not call.body.get("stream"):
        choices = [{**choice, "message": message}]
        return as_json({**head, "object": "chat.completion", "choices": choices})
    kind = {**head, "object": "chat.completion.chunk"}
    first = {**kind, "choices": [{**choice, "finish_reason": None, "delta": message}]}
    last = {**kind, "choices": [{**choice, "delta": {}}]}
    return as_events([("", first), ("", last), ("", "[DONE]")])


@contextmanager
def scripted(question: str) -> Iterator[tuple[OpenAILike, ScriptedServer]]:
    """An LLM that calls the tool with `question`, then answers in its own words."""

    def respond(call: Call) -> Sent:
        if any(message["role"] == "tool" for message in call.body["messages"]):
            return completion(call, {"role": "assistant", "content": SAID}, "stop")
        function = {"name": "mental_health", "arguments": json.dumps({"input": question})}
        wanted = {"index": 0, "id": "call_1", "type": "function", "function": function}
        message = {"role": "assistant", "content": None, "tool_calls": [wanted]}
        return completion(call, message, "tool_calls")

    with ScriptedServer(respond) as server:
        yield (
            OpenAILike(
                model="scripted",
                api_base=f"{server.url}/v1",
                api_key="none",
                is_chat_model=True,
                is_function_calling_model=True,
                max_retries=0,
                timeout=30,
            ),
            server,
        )


def tool_for(engine: Engine, **options: Any) -> QueryEngineTool:
    return QueryEngineTool.from_defaults(
        PlumblineQueryEngine(engine, country="GB"),
        name="mental_health",
        description="Answers questions on mental health from vetted sources.",
        **options,
    )


def run(agent: Any, question: str) -> Any:
    async def asked() -> Any:
        return await agent.run(user_msg=question)

    return asyncio.run(asked())


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_agent_calls_our_engine_and_reads_its_answer(
    engine: Engine, make: Callable[..., Any]
) -> None:
    with scripted(QUESTION) as (llm, server):
        result = run(make(tool_for(engine), llm), "What can I do about panic attacks?")
    offered = server.calls[0].body["tools"][0]["function"]
    assert offered["name"] == "mental_health"
    (called,) = result.tool_calls
    assert called.tool_output.raw_output.metadata["plumbline"]["status"] in ("answered", "partial")
    (read,) = [m for m in server.calls[-1].body["messages"] if m["role"] == "tool"]
    assert read["content"] == str(PlumblineQueryEngine(engine).query(QUESTION))
    assert str(result) == SAID  # the agent's own words: nobody checks these


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_returned_directly_the_answer_stays_as_it_was_checked(
    engine: Engine, make: Callable[..., Any]
) -> None:
    with scripted(QUESTION) as (llm, server):
        result = run(make(tool_for(engine, return_direct=True), llm), QUESTION)
    assert str(result) == str(PlumblineQueryEngine(engine).query(QUESTION))
    assert len(server.calls) == 1


def test_a_crisis_reaches_the_person_through_the_agent(engine: Engine) -> None:
    with scripted(CRISIS) as (llm, _):
        agent = FunctionAgent(tools=[tool_for(engine, return_direct=True)], llm=llm)
        result = run(agent, CRISIS)
    assert result.raw.metadata["plumbline"]["status"] == "crisis"
    assert str(result) == str(result.raw)
