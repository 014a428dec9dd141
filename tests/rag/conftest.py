"""An engine whose LLM is a recorded server on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from rag import Engine, Settings
from rag.evaluation.recorded_server import RecordedServer, Reply, Request
from rag.index.version import IndexVersion
from rag.settings import LLMSettings

Respond = Callable[[Request], Reply]


def llm_settings(server: RecordedServer, **options: Any) -> LLMSettings:
    """Settings that talk with `server`."""
    base: dict[str, Any] = {
        "provider": "openai-like",
        "model": "recorded",
        "base_url": server.base_url,
        "timeout_s": 20,
        "max_retries": 0,
    }
    return LLMSettings(**{**base, **options})


@pytest.fixture
def worded(built_index: Path) -> Callable[..., Any]:
    """`with worded(respond, timeout_s=2) as (engine, server):`"""

    @contextmanager
    def start(
        respond: Respond | Reply | str, **options: Any
    ) -> Iterator[tuple[Engine, RecordedServer]]:
        def reply(request: Request) -> Reply:
            found = respond(request) if callable(respond) else respond
            return Reply(found) if isinstance(found, str) else found

        with RecordedServer(reply) as server:
            settings = Settings(index_dir=built_index, llm=llm_settings(server, **options))
            with Engine.open(settings) as engine:
                yield engine, server

    return start


@pytest.fixture
def unusable_llm(built_index: Path) -> Settings:
    """Settings of the small index with which no engine can be made, though the index opens."""
    return Settings(index_dir=built_index, llm=LLMSettings(provider="openai-like"))


@pytest.fixture
def open_versions(monkeypatch: pytest.MonkeyPatch) -> list[IndexVersion]:
    """The index versions that were opened during the test and are not closed."""
    held: list[IndexVersion] = []
    make, close = IndexVersion.__init__, IndexVersion.close

    def made(version: IndexVersion, *arguments: Any) -> None:
        make(version, *arguments)
        held.append(version)

    def closed(version: IndexVersion) -> None:
        close(version)
        held.remove(version)

    monkeypatch.setattr(IndexVersion, "__init__", made)
    monkeypatch.setattr(IndexVersion, "close", closed)
    return held
