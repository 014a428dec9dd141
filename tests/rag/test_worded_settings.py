"""Which LLM words the answers: given in Python, or named by settings."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from rag import Engine, Settings
from rag.errors import MissingExtraError, SettingsError
from rag.evaluation.recorded_server import RecordedServer, Reply
from rag.settings import LLMSettings
from tests.rag.conftest import llm_settings
from tests.rag.worded import (
    BREATHING,
    COFFEE,
    GOOD,
    PANIC,
    streamed,
)


def test_any_llm_of_llama_index_may_be_given(built_index: Path) -> None:
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

    class Local(CustomLLM):
        pause_s: float = 0.0

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata(model_name="local")

        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
            time.sleep(self.pause_s)
            return CompletionResponse(text=GOOD)

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            for word in GOOD.split(" "):
                time.sleep(self.pause_s)
                yield CompletionResponse(text="", delta=f"{word} ")

    settings = Settings(index_dir=built_index)
    with Engine.open(settings, llm=Local()) as engine:
        assert engine.uses_llm
        answer = engine.ask(PANIC)
        sentences, last = asyncio.run(streamed(engine, PANIC))
        assert answer.text == last.text
        assert [s.text for s in sentences] == [BREATHING, COFFEE]
    hasty = Settings(index_dir=built_index, llm=LLMSettings(timeout_s=1, max_retries=0))
    with Engine.open(hasty, llm=Local(pause_s=3)) as engine:
        assert engine.ask(PANIC).degraded == ("llm",)


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"provider": "gpt9", "model": "m"}, SettingsError, r"plumbline\[anthropic\]"),
        ({"provider": "openai-like"}, SettingsError, "RAG_LLM__MODEL"),
        ({"provider": "openai-like", "model": "m"}, SettingsError, "RAG_LLM__BASE_URL"),
        ({"provider": "anthropic", "model": "m"}, MissingExtraError, r"plumbline\[anthropic\]"),
        ({"provider": "ollama", "model": "m"}, MissingExtraError, r"plumbline\[ollama\]"),
    ],
)
def test_settings_that_cannot_work(
    built_index: Path, options: dict[str, str], error: type[Exception], says: str
) -> None:
    if error is MissingExtraError:
        try:
            __import__(f"llama_index.llms.{options['provider']}")
        except ModuleNotFoundError:
            pass
        else:
            pytest.skip("the extra is installed here")
    with pytest.raises(error, match=says):
        Engine.open(Settings(index_dir=built_index, llm=LLMSettings(**options)))


def test_the_key_is_never_shown() -> None:
    settings = LLMSettings(provider="openai-like", api_key="hunter2")
    assert "hunter2" not in repr(settings) + settings.model_dump_json()


def test_the_right_key_is_sent(built_index: Path) -> None:
    with RecordedServer(lambda _: Reply(GOOD), key="hunter2") as server:
        settings = Settings(index_dir=built_index, llm=llm_settings(server, api_key="hunter2"))
        with Engine.open(settings) as engine:
            answer = engine.ask(PANIC)
    assert answer.composed_by == "llm"
    assert "hunter2" not in repr(answer)
