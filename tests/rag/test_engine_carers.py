"""A crisis answer to a carer goes on with what the sources say on helping, through every door."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rag import Engine, Settings
from rag.index.build import build
from rag.model import Answer, Notice, Sentence, Status
from rag.retrieval.hybrid import HybridRetriever
from rag.safety.carers import LEAD
from tests.conftest import HEAD
from tests.rag.service.conftest import running

TEXT = """\
# Self-harm

## What self-harm is

Self-harm means that people hurt their own body on purpose. Self-harm is often a way to cope with
feelings that are too strong.

## How to help someone who self-harms

Talk calmly with someone who self-harms, and listen without judging. Do not ask someone who
self-harms to promise that they will stop. Offer to go with someone who self-harms to a doctor.
"""
CARER = "I found cuts on my granddaughter's arm. How do I talk with someone who self-harms?"
WRITER = "I want to kill myself"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("carers")
    documents = folder / "documents"
    documents.mkdir()
    (documents / "self-harm.md").write_text(HEAD.format(id="self-harm", title="Self-harm") + TEXT)
    build([documents], Settings(index_dir=folder / "indexes"))
    return folder / "indexes"


def _is_followed(answer: Answer) -> None:
    assert answer.status is Status.CRISIS
    assert answer.resources
    first, _, after = answer.text.partition(LEAD)
    assert all(resource.name in first for resource in answer.resources)
    assert answer.sentences
    assert {c.heading[-1] for c in answer.citations} == {"How to help someone who self-harms"}
    assert all(s.verdict.supported and s.text in after for s in answer.sentences)


def test_a_carer_gets_lines_and_then_the_sources(index: Path) -> None:
    with Engine.open(Settings(index_dir=index)) as engine:
        _is_followed(engine.ask(CARER))
        alone = engine.ask(WRITER)
    assert alone.status is Status.CRISIS
    assert not alone.sentences
    assert LEAD not in alone.text


def test_a_stream_never_gives_the_sentences_without_the_lines(index: Path) -> None:
    async def events() -> list[Notice | Sentence | Answer]:
        return [event async for event in engine.events(CARER)]

    with Engine.open(Settings(index_dir=index)) as engine:
        (only,) = asyncio.run(events())
    assert isinstance(only, Answer)
    _is_followed(only)


def test_nothing_that_goes_wrong_keeps_the_crisis_answer_back(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    with Engine.open(Settings(index_dir=index)) as engine:
        monkeypatch.setattr(HybridRetriever, "retrieve", broken)
        answer = engine.ask(CARER)
    assert answer.status is Status.CRISIS
    assert answer.resources
    assert not answer.sentences


def test_a_slow_engine_does_not_hold_the_crisis_answer_up(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.service.app import create_app

    slept = threading.Event()

    def slow(*_: object, **__: object) -> Answer:
        slept.wait(20)
        raise OSError("too late")

    monkeypatch.setattr(Engine, "followed", slow)
    with running(create_app(Settings(index_dir=index))) as client:
        answer = client.post("/v1/ask", json={"question": CARER}, timeout=15).json()
        slept.set()
    assert answer["status"] == "crisis"
    assert answer["resources"]
    assert not answer["sentences"]


def test_where_the_sources_are_silent_the_crisis_answer_stands_alone(built_index: Path) -> None:
    with Engine.open(Settings(index_dir=built_index)) as engine:
        answer = engine.ask(CARER)
    assert answer.status is Status.CRISIS
    assert not answer.sentences


def test_the_service_and_the_command_say_the_same(index: Path, tmp_path: Path) -> None:
    from rag.service.app import create_app

    with running(create_app(Settings(index_dir=index))) as client:
        served = client.post("/v1/ask", json={"question": CARER, "country": "GB"}).json()
        chat = {"messages": [{"role": "user", "content": CARER}], "stream": True}
        streamed = client.post("/v1/chat/completions", json=chat).text
    command = [sys.executable, "-m", "rag.cli.main", "ask", CARER, "--country", "GB", "--json"]
    done = subprocess.run(
        [*command, "--index-dir", str(index)], capture_output=True, check=True, timeout=120
    )
    printed = json.loads(done.stdout)
    assert LEAD in served["text"]
    said = [json.loads(line[6:]) for line in streamed.splitlines() if line.startswith("data: {")]
    words = "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in said)
    assert words == said[-1]["plumbline"]["text"]
    assert "findahelpline" in words.partition(LEAD)[0]
    assert words.partition(LEAD)[2]
    assert served["text"] == printed["text"]
    assert [c["passage_id"] for c in served["citations"]]
    nowhere = subprocess.run(
        [*command, "--index-dir", str(tmp_path / "none")],
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert json.loads(nowhere.stdout)["status"] == "crisis"
    assert LEAD not in json.loads(nowhere.stdout)["text"]


def test_a_conversation_in_the_terminal_goes_on_after_it(index: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rag.cli.main", "chat", "--index-dir", str(index)],
        input=f"{CARER}\nWhat is self-harm?\n".encode(),
        capture_output=True,
        check=True,
        timeout=120,
    )
    shown = done.stdout.decode()
    lines, _, after = shown.partition(LEAD)
    assert "findahelpline" in lines
    assert "Talk calmly with someone who self-harms" in after
    # The danger is not over with the next message, but what is asked then is another thing.
    assert shown.count("findahelpline") == 2
    assert shown.count(LEAD) == 1
