from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.service import problems
from rag.service.limits import TimeLimit

Serve = Callable[..., Any]
QUESTION = {"question": "What helps with panic attacks?"}


def problem(reply: httpx.Response, status: int) -> dict[str, Any]:
    """The reply as a problem document, which it must be."""
    assert reply.status_code == status
    assert reply.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = reply.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == reply.request.url.path
    return body


@pytest.mark.parametrize(
    "path",
    ["/nowhere", "/v1/ask/", "/v1/passages/nope", "/v1/sources/nope", "/v1/indexes/jobs/nope"],
)
def test_404(client: httpx.Client, path: str) -> None:
    problem(client.get(path), 404)


def test_activating_an_unknown_version_is_404(client: httpx.Client) -> None:
    problem(client.post("/v1/indexes/0123456789abcdef/activate"), 404)
    problem(client.post("/v1/indexes/..%2F..%2Fetc/activate"), 404)


def test_405_names_what_is_allowed(client: httpx.Client) -> None:
    reply = client.get("/v1/ask")
    problem(reply, 405)
    assert reply.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/ask", {}),
        ("/v1/ask", []),
        ("/v1/ask", {"question": ""}),
        ("/v1/ask", {"question": "   "}),
        ("/v1/ask", {"question": 7}),
        ("/v1/ask", {"question": "a" * 100_000}),
        ("/v1/ask", {**QUESTION, "country": "x" * 61}),
        ("/v1/ask", {**QUESTION, "audience": "robots"}),
        ("/v1/ask", {**QUESTION, "as_of": "soon"}),
        ("/v1/ask", {**QUESTION, "unknown": 1}),
        ("/v1/retrieve", {**QUESTION, "top_k": 0}),
        ("/v1/retrieve", {**QUESTION, "arms": ["psychic"]}),
        ("/v1/verify", {"sentence": "It helps.", "passages": []}),
        ("/v1/verify", {"sentence": "It helps. " * 500, "passages": ["It helps."]}),
        ("/v1/verify", {"sentence": "It helps.", "passages": ["It helps. " * 2500]}),
    ],
)
def test_422(client: httpx.Client, path: str, body: object) -> None:
    problem(client.post(path, json=body), 422)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b'{"question": NaN}', 422),
        (b'{"question": "\\ud800 secret"}', 422),
        (b"\xff secret", 400),
        (b"[" * 100_000, 400),
    ],
)
def test_bodies_that_are_no_json_or_no_text(client: httpx.Client, body: bytes, status: int) -> None:
    reply = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    problem(reply, status)
    assert "secret" not in reply.text  # what was asked never comes back in an error


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: json.dumps(t).encode()))
def test_no_body_breaks_the_service(client: httpx.Client, body: bytes) -> None:
    reply = client.post("/v1/retrieve", content=body, headers={"Content-Type": "application/json"})
    problem(reply, 400 if reply.status_code == 400 else 422)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_no_question_breaks_the_service(client: httpx.Client, question: str) -> None:
    assert client.post("/v1/ask", json={"question": question}).status_code in (200, 422)


def test_413_declared_or_streamed(serve: Serve, built_index: Path) -> None:
    def chunks(count: int) -> Iterator[bytes]:
        yield from (b" " * 1024 for _ in range(count))

    with serve(built_index, max_body_kib=4) as client:
        headers = {"Content-Type": "application/json"}
        problem(client.post("/v1/ask", content=b" " * 5000, headers=headers), 413)
        problem(client.post("/v1/ask", content=chunks(50), headers=headers), 413)
        problem(client.post("/v1/ask", content=b" " * 60_000, headers=headers), 413)
        padded = json.dumps(QUESTION).encode().ljust(4096)
        assert client.post("/v1/ask", content=padded, headers=headers).status_code == 200


def test_504_when_the_body_does_not_come(serve: Serve, built_index: Path) -> None:
    with serve(built_index, request_timeout_s=0.5) as client:
        address = (client.base_url.host, client.base_url.port or 0)
        with socket.create_connection(address, timeout=20) as link:
            link.sendall(
                b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: 100\r\n\r\n{"
            )
            reply = link.recv(4096)
        assert reply.startswith(b"HTTP/1.1 504 ")
        assert b"application/problem+json" in reply
        assert client.get("/healthz").status_code == 200


def _app_that(work: Callable[[], None]) -> FastAPI:
    app = FastAPI()
    problems.install(app)
    app.add_middleware(TimeLimit, seconds=0.3)
    app.add_api_route("/work", work)
    return app


def test_500_says_nothing_of_the_inside(run_app: Callable[[FastAPI], Any]) -> None:
    def work() -> None:
        raise ValueError("a secret")

    with run_app(_app_that(work)) as client:
        reply = client.get("/work")
    problem(reply, 500)
    assert "secret" not in reply.text


def test_an_answer_that_began_in_time_is_not_cut(run_app: Callable[[FastAPI], Any]) -> None:
    from starlette.responses import StreamingResponse

    def slow() -> Iterator[bytes]:
        for _ in range(5):
            time.sleep(0.2)
            yield b"x"

    app = FastAPI()
    app.add_middleware(TimeLimit, seconds=0.3)
    app.add_api_route("/stream", lambda: StreamingResponse(slow()), response_model=None)
    with run_app(app) as client:
        assert client.get("/stream").content == b"xxxxx"


def test_504_when_the_work_takes_too_long(serve: Serve, built_index: Path) -> None:
    with serve(built_index, request_timeout_s=0.001) as client:
        problem(client.post("/v1/ask", json=QUESTION), 504)
