from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rag.evaluation.recorded_server import RecordedServer, Reply

Run = Callable[..., Any]
BREATHING = "Slow, steady breathing helps many people during a panic attack."


def test_a_conversation_through_a_pipe(rag: Run, built_index: Path) -> None:
    talk = (
        b"What are the signs of insomnia?\n\nhow is it treated?\n/new\nhow is it treated?\n/quit\n"
    )
    done = rag("chat", "--json", "--index-dir", built_index, stdin=talk)
    assert done.returncode == 0, done.stderr
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["status"] == "answered"
    assert second["understood_as"] == "How is insomnia treated?"
    assert second["status"] == "answered"
    assert third["understood_as"] == ""


def test_a_crisis_needs_no_index_and_what_is_no_question_ends_nothing(
    rag: Run, built_index: Path, tmp_path: Path
) -> None:
    crisis = rag("chat", "--index-dir", tmp_path / "none", stdin=b"I want to kill myself tonight\n")
    assert crisis.returncode == 0
    assert b"emergency" in crisis.stdout
    talk = b"???\nWhat helps with panic attacks?\n"
    done = rag("chat", "--index-dir", built_index, stdin=talk)
    assert done.returncode == 0
    assert b"ask something in words" in done.stderr
    assert BREATHING in " ".join(done.stdout.decode().split())


def test_without_an_index_the_error_says_what_to_do(
    rag: Run, tmp_path: Path, error_line: Callable[..., str]
) -> None:
    done = rag("chat", "--index-dir", tmp_path, stdin=b"What helps with panic attacks?\n")
    assert done.returncode == 3
    assert "rag build" in error_line(done)


def test_ask_says_whose_words_the_answer_is_in(rag: Run, built_index: Path) -> None:
    def environment(server: RecordedServer) -> dict[str, str]:
        return {
            "RAG_LLM__PROVIDER": "openai-like",
            "RAG_LLM__MODEL": "recorded",
            "RAG_LLM__BASE_URL": server.base_url,
            "RAG_LLM__MAX_RETRIES": "0",
        }

    ask = ("ask", "What helps with panic attacks?", "--index-dir", built_index)
    with RecordedServer(lambda _: Reply(f"{BREATHING} [1]")) as server:
        done = rag(*ask, env=environment(server))
        assert "Worded by recorded; each sentence was checked." in done.stdout.decode()
        as_json = json.loads(rag(*ask, "--json", env=environment(server)).stdout)
        assert as_json["composed_by"] == "llm"
    with RecordedServer(lambda _: Reply("down", status=500)) as server:
        done = rag(*ask, env=environment(server))
        assert "its words are not used" in done.stdout.decode()
        assert "(500)" in done.stdout.decode()


def test_an_unknown_provider_is_one_clear_error(
    rag: Run, built_index: Path, error_line: Callable[..., str]
) -> None:
    env = {"RAG_LLM__PROVIDER": "gpt9", "RAG_LLM__MODEL": "m"}
    done = rag("ask", "What is insomnia?", "--index-dir", built_index, env=env)
    assert done.returncode == 2
    assert "plumbline[anthropic]" in error_line(done)


def test_the_doctor_tells_what_an_llm_lacks(rag: Run, built_index: Path) -> None:
    env = {"RAG_LLM__PROVIDER": "openai-like", "RAG_LLM__MODEL": "m", "RAG_LLM__API_KEY": "hunter2"}
    done = rag("doctor", "--json", "--index-dir", built_index, env=env)
    report = json.loads(done.stdout)
    assert report["llm"] == {"ok": False, "provider": "openai-like", "model": "m"}
    assert any("RAG_LLM__BASE_URL" in line for line in report["advice"])
    assert b"hunter2" not in done.stdout
