"""The engine over the small index, llama-index's own parts, and an LLM over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from llama_index.core import Settings as LlamaSettings
from llama_index.core import VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.schema import Document
from llama_index.llms.openai_like import OpenAILike

from rag.engine import Engine
from rag.evaluation.recorded_server import RecordedServer, Reply, Request
from rag.integrations.llama_index import PlumblineEmbedding
from rag.integrations.llama_index.gates import shipped_gate
from rag.settings import Settings
from rag.verify.gate import Gate

SLEEP = (
    "Keeping the same times for bed and for getting up helps many people with insomnia. "
    "Alcohol close to bedtime can make sleep worse. "
    "Most sleeping pills are meant for short-term use."
)
PANIC = (
    "Panic attacks feel frightening, but panic attacks themselves are not life-threatening. "
    "Most panic attacks last from five minutes to half an hour. "
    "SSRI antidepressants are usually the first medicine for panic disorder."
)

Replies = Callable[..., OpenAILike]


@pytest.fixture(autouse=True)
def _nothing_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stock parts that are given no model reach for OpenAI's; here that must not happen.
    monkeypatch.setattr(LlamaSettings, "_llm", MockLLM())
    monkeypatch.setattr(LlamaSettings, "_embed_model", PlumblineEmbedding())


@pytest.fixture(scope="session")
def engine(built_index: Path) -> Iterator[Engine]:
    with Engine.open(Settings(index_dir=built_index)) as engine:
        yield engine


@pytest.fixture(scope="session")
def gate() -> Gate:
    return shipped_gate()


@pytest.fixture(scope="session")
def theirs() -> VectorStoreIndex:
    """Somebody's own index: two documents, stock vector store, our embedding."""
    documents = [
        Document(text=SLEEP, id_="sleep", metadata={"file_name": "sleep.txt"}),
        Document(text=PANIC, id_="panic", metadata={"file_name": "panic.txt"}),
    ]
    return VectorStoreIndex.from_documents(documents, embed_model=PlumblineEmbedding())


@pytest.fixture
def llm() -> Iterator[Replies]:
    """`llm("a reply", "the next one")`: a client of a server that gives these, the last for ever;
    `llm(function)` calls it with each prompt."""
    with ExitStack() as stack:

        def start(*replies: str | Callable[[str], str]) -> OpenAILike:
            left = list(replies)

            def respond(request: Request) -> Reply:
                reply = left.pop(0) if len(left) > 1 else left[0]
                return Reply(reply if isinstance(reply, str) else reply(request.text))

            server = stack.enter_context(RecordedServer(respond))
            return OpenAILike(
                model="recorded",
                api_base=server.base_url,
                api_key="none",
                is_chat_model=True,
                max_retries=0,
                timeout=30,
            )

        yield start
