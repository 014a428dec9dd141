"""Each provider behind an extra, through the whole engine; skipped where its extra is missing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag import Engine, Settings
from rag.model import Answer, Sentence
from rag.settings import LLMSettings
from tests.rag.llm.wires import Words, anthropic, ollama
from tests.scripted_server import Call, Respond, ScriptedServer, Sent, as_json

QUESTION = "What helps with panic attacks?"
BREATHING = "Slow, steady breathing helps many people during a panic attack."
COFFEE = "Cutting down on coffee can make panic attacks less likely."
REPLY = f"{BREATHING} [1] Stop lithium abruptly. [1] {COFFEE} [1]"
WIRES: dict[str, Callable[[Words], Respond]] = {"anthropic": anthropic, "ollama": ollama}
MODELS = {"anthropic": "claude-haiku-4-5", "ollama": "scripted"}


def integration(provider: str) -> bool:
    """Whether the provider's extra is installed."""
    try:
        return find_spec(f"llama_index.llms.{provider}") is not None
    except ModuleNotFoundError:
        return False


def needs(provider: str) -> pytest.MarkDecorator:
    reason = f"pip install 'plumbline[{provider}]' to run it"
    return pytest.mark.skipif(not integration(provider), reason=reason)


PROVIDERS = [pytest.param(name, marks=needs(name)) for name in WIRES]


def settings_for(index: Path, provider: str, server: ScriptedServer, **options: object) -> Settings:
    llm = {"provider": provider, "model": MODELS[provider], "base_url": server.url,
           "api_key": "hunter2", "timeout_s": 30, "max_retries": 0, "rewrite": False}  # fmt: skip
    return Settings(index_dir=index, llm=LLMSettings.model_validate({**llm, **options}))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_provider_words_an_answer_that_is_checked(built_index: Path, provider: str) -> None:
    async def streamed(engine: Engine) -> tuple[list[str], Answer]:
        events = [event async for event in engine.events(QUESTION)]
        assert isinstance(events[-1], Answer)
        return [e.text for e in events if isinstance(e, Sentence)], events[-1]

    with ScriptedServer(WIRES[provider](lambda _: REPLY)) as server:
        settings = settings_for(built_index, provider, server, max_output_tokens=77)
        with Engine.open(settings) as engine:
            whole = engine.ask(QUESTION)
            sentences, last = asyncio.run(streamed(engine))
    assert sentences == [s.text for s in whole.sentences] == [BREATHING, COFFEE]
    for answer in (whole, last):
        assert answer.composed_by == "llm"
        assert [d.text for d in answer.dropped] == ["Stop lithium abruptly."]
        assert answer.llm
        assert (answer.llm.model, answer.llm.problem) == (MODELS[provider], "")
    chats = [call.body for call in server.calls if "messages" in call.body]
    for body in chats:
        options = body.get("options", body)  # Ollama's stand apart
        assert options.get("temperature") == 0
        assert 77 in (options.get("max_tokens"), options.get("num_predict"))


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("status", "problem"), [(401, "RAG_LLM__API_KEY"), (404, "RAG_LLM__MODEL"), (500, "500")]
)
def test_an_error_of_the_provider_is_named(
    built_index: Path, provider: str, status: int, problem: str
) -> None:
    def refuse(_: Call) -> Sent:
        return as_json({"type": "error", "error": {"type": "x", "message": "no"}}, status)

    with (
        ScriptedServer(refuse) as server,
        Engine.open(settings_for(built_index, provider, server)) as engine,
    ):
        answer = engine.ask(QUESTION)
    assert answer.composed_by == "extractive"
    assert answer.degraded == ("llm",)
    assert answer.llm
    assert problem in answer.llm.problem


@needs("anthropic")
def test_the_key_goes_to_anthropic_and_nowhere_else(built_index: Path) -> None:
    with (
        ScriptedServer(anthropic(lambda _: REPLY)) as server,
        Engine.open(settings_for(built_index, "anthropic", server)) as engine,
    ):
        answer = engine.ask(QUESTION)
    assert server.calls[0].headers["x-api-key"] == "hunter2"
    assert "hunter2" not in repr(answer)


@needs("huggingface")
@pytest.mark.skipif(find_spec("tokenizers") is None, reason="tokenizers is missing")
def test_a_model_from_a_folder_runs_inside_the_process(built_index: Path, tmp_path: Path) -> None:
    """A tiny model with random weights: it says nothing of use, so that the sources speak."""
    folder = tmp_path / "tiny"
    subprocess.run([sys.executable, "-c", _TINY, str(folder)], check=True)
    llm = LLMSettings(
        provider="huggingface", model=str(folder), max_output_tokens=50, timeout_s=120
    )
    with Engine.open(Settings(index_dir=built_index, llm=llm)) as engine:
        answer = engine.ask(QUESTION)
    assert answer.composed_by == "extractive"
    assert answer.llm
    assert "failed" not in answer.llm.problem
    assert "lithium" not in answer.text


_TINY = """
import sys
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

words = "<unk> <eos> panic attacks breathing helps many people slowly".split()
tokenizer = Tokenizer(models.WordLevel({w: i for i, w in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>")
fast.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
fast.save_pretrained(sys.argv[1])
config = GPT2Config(vocab_size=len(words), n_positions=4096, n_embd=16, n_layer=1, n_head=2,
                    bos_token_id=1, eos_token_id=1)
GPT2LMHeadModel(config).save_pretrained(sys.argv[1])
"""
