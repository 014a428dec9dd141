"""An LLM as the judge, over real HTTP: one word counts, everything else is no verdict."""

from __future__ import annotations

import pytest

from rag.encoders import open_encoder
from rag.errors import SettingsError
from rag.evaluation.recorded_server import Fault, RecordedServer, Reply
from rag.settings import EncoderSettings, LLMSettings, VerifierSettings
from rag.verify import open_gate
from rag.verify.gate import Gate

pytest.importorskip("llama_index.llms.openai_like", reason="the extra 'llm' is not installed")

PASSAGE = "Slow breathing can ease panic. Adults may sleep better with a regular bedtime."
SENTENCE = "Breathing slowly may calm a panic attack."


def gate(server: RecordedServer, timeout_s: float = 10.0) -> Gate:
    llm = LLMSettings(
        provider="openai-like", model="judge", base_url=server.base_url, timeout_s=timeout_s
    )
    encoder = open_encoder(EncoderSettings(threads=1))
    return open_gate(encoder, VerifierSettings(model="llm"), llm)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ("SUPPORTED", "supported"),
        ("supported.", "supported"),
        ("UNSUPPORTED", "not_supported"),
        ("UNSURE", "unsure"),
        ("Yes, it is SUPPORTED", "unsure"),
        ("It is not SUPPORTED", "unsure"),
        ("", "unsure"),
    ],
)
def test_one_word_is_a_verdict(reply: str, outcome: str) -> None:
    with RecordedServer(lambda _: Reply(reply)) as server:
        assert gate(server).judge(SENTENCE, [PASSAGE]).outcome == outcome
        assert SENTENCE in server.requests[0].text
        assert PASSAGE in server.requests[0].text


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.GARBAGE])
def test_a_judge_that_fails_releases_nothing(fault: Fault) -> None:
    with RecordedServer(lambda _: Reply("SUPPORTED", fault=fault)) as server:
        verdict = gate(server, timeout_s=1.0).judge(SENTENCE, [PASSAGE])
        assert verdict.outcome == "unsure"


def test_a_certain_check_overrules_the_judge() -> None:
    with RecordedServer(lambda _: Reply("SUPPORTED")) as server:
        wrong = "Adults always sleep better with a regular bedtime."
        assert not gate(server).judge(wrong, [PASSAGE]).supported


def test_a_judge_without_an_llm_says_what_to_set() -> None:
    encoder = open_encoder(EncoderSettings(threads=1))
    with pytest.raises(SettingsError, match="RAG_LLM__PROVIDER"):
        open_gate(encoder, VerifierSettings(model="llm"), LLMSettings())
