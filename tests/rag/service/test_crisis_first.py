"""A crisis is answered even when the request that tells of it cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.service.salvage import salvage
from tests.rag.service.test_problems import problem

CRY = "I want to kill myself tonight"
PANIC = "What helps with panic attacks?"
ASK, CHAT = "/v1/ask", "/v1/chat/completions"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        {"question": CRY, "audience": "robots"},
        {"question": CRY, "unknown": 1, "as_of": "soon"},
        {"question": CRY, "country": ["GB"]},
        {"question": 7, "messages": [{"role": "user", "content": CRY}]},
        {"messages": [{"content": CRY}, {"role": "nobody", "content": "I am well"}]},
        {"messages": [{"role": "user", "content": [{"type": "image"}, {"text": CRY}]}]},
        [CRY],
    ],
)
def test_a_wrong_field_does_not_hide_a_crisis(client: httpx.Client, body: object) -> None:
    reply = client.post(ASK, json=body)
    assert reply.status_code == 200
    answer = reply.json()
    assert (answer["status"], answer["degraded"]) == ("crisis", [])
    assert answer["resources"]


def test_nor_does_broken_json(client: httpx.Client) -> None:
    reply = client.post(ASK, content=f'{{"question": "{CRY}'.encode(), headers=JSON)
    assert reply.json()["status"] == "crisis"
    reply = client.post(ASK, content=b'{"question": "' + CRY.encode() + b'\xff"}', headers=JSON)
    assert reply.json()["status"] == "crisis"


def test_the_stated_country_is_kept(client: httpx.Client) -> None:
    reply = client.post(ASK, json={"question": CRY, "country": "DE", "audience": "robots"})
    assert "112" in reply.json()["text"]


def test_a_refused_chat_is_answered_in_its_own_form(client: httpx.Client) -> None:
    body = {"messages": [{"role": "user", "content": CRY}], "audience": "robots"}
    completion = client.post(CHAT, json=body).json()
    assert completion["object"] == "chat.completion"
    assert completion["plumbline"]["status"] == "crisis"
    streamed = client.post(CHAT, json={**body, "stream": True})
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert streamed.text.rstrip().endswith("data: [DONE]")
    assert "crisis" in streamed.text


@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_a_crisis_in_a_body_that_is_too_large(
    serve: Callable[..., Any], built_index: Path, place: str
) -> None:
    padding = "We talked about the weather and had tea. " * 400
    halves = {"first": ("", padding), "middle": (padding, padding), "last": (padding, "")}
    text = f"{halves[place][0]} {CRY}. {halves[place][1]}"
    with serve(built_index, max_body_kib=4, max_crisis_body_kib=64) as client:
        assert client.post(ASK, json={"question": text}).json()["status"] == "crisis"
        chat = client.post(CHAT, json={"messages": [{"role": "user", "content": text}]})
        assert chat.json()["plumbline"]["status"] == "crisis"
        problem(client.post(ASK, json={"question": padding}), 413)
        problem(client.post("/v1/retrieve", json={"question": text}), 413)


def test_over_the_larger_limit_nothing_is_read(
    serve: Callable[..., Any], built_index: Path
) -> None:
    def chunks(body: bytes) -> Iterator[bytes]:
        yield from (body[at : at + 1024] for at in range(0, len(body), 1024))

    body = json.dumps({"question": f"{CRY}. " * 500}).encode()
    with serve(built_index, max_body_kib=2, max_crisis_body_kib=8) as client:
        problem(client.post(ASK, content=body, headers=JSON), 413)
        problem(client.post(ASK, content=chunks(body), headers=JSON), 413)
    with serve(built_index, max_body_kib=2, max_crisis_body_kib=32) as client:
        assert client.post(ASK, content=chunks(body), headers=JSON).json()["status"] == "crisis"


def test_what_is_no_crisis_gets_its_refusal(client: httpx.Client) -> None:
    found = problem(client.post(ASK, json={"question": PANIC, "audience": "robots"}), 422)
    assert [each["where"] for each in found["errors"]] == ["body.audience"]
    problem(client.post(ASK, content=b"{", headers=JSON), 422)


def test_words_are_found_wherever_they_stand() -> None:
    def said(body: object) -> list[str]:
        found = salvage(json.dumps(body).encode(), 1000)
        return [] if found is None else [*(turn.text for turn in found.before), found.question]

    turns = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": [{"type": "text", "text": "c"}]},
        5,
    ]
    assert said({"messages": turns, "question": "d"}) == ["a", "c", "d"]
    assert said({"messages": turns}) == ["a", "c"]
    assert said({"question": "\ud800e"}) == ["e"]
    assert said({"question": " ", "messages": "f"}) == []
    assert said({"messages": [{"content": "x" * 3000}], "question": "d"})[0] != "x" * 3000
    assert salvage(b"  ", 1000) is None
    deep = salvage(b"[" * 100_000, 1000)
    assert deep is not None
    assert len(deep.question) == 100_000
