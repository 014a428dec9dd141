from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from pydantic import TypeAdapter

from rag.index.build import build
from rag.model import Answer, Passage, Source
from rag.service.app import create_app
from rag.service.state import WORKERS
from rag.settings import ServiceSettings, Settings
from tests.conftest import DOCUMENTS, HEAD
from tests.rag.service.conftest import running

QUESTION = {"question": "What helps with panic attacks?"}
CRISIS = {"question": "I want to kill myself tonight", "country": "gb"}
Serve = Callable[..., Any]


def test_an_answer_can_be_checked_to_the_last_byte(client: httpx.Client) -> None:
    reply = client.post("/v1/ask", json=QUESTION)
    answer = TypeAdapter(Answer).validate_json(reply.content)
    assert (reply.status_code, answer.status) == (200, "answered")
    assert reply.headers["cache-control"] == "no-store"
    assert answer.citations
    for citation in answer.citations:
        found = client.get(f"/v1/passages/{citation.passage_id}").json()
        passage = TypeAdapter(Passage).validate_python(found["passage"])
        assert citation.quote in passage.text
        assert hashlib.sha256(passage.text.encode()).hexdigest() == citation.passage_sha256
        source = client.get(f"/v1/sources/{citation.source_id}").json()
        assert source == found["source"]
        assert TypeAdapter(Source).validate_python(source).title == citation.title


def test_events_are_verified_sentences_and_then_the_answer(client: httpx.Client) -> None:
    headers = {"Accept": "text/event-stream"}
    with client.stream("POST", "/v1/ask", json=QUESTION, headers=headers) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        lines = list(reply.iter_lines())
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    data = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    *sentences, answer = data
    assert names == ["sentence"] * len(sentences) + ["answer"]
    assert sentences == answer["sentences"]
    assert all(sentence["verdict"]["supported"] for sentence in sentences)


def test_options_of_a_question(client: httpx.Client) -> None:
    early = client.post("/v1/ask", json={**QUESTION, "as_of": "2020-01-01"})
    assert early.status_code == 200
    clinician = client.post("/v1/ask", json={**QUESTION, "audience": "clinician"})
    assert clinician.json()["status"] == "answered"


def test_retrieve(client: httpx.Client) -> None:
    reply = client.post("/v1/retrieve", json={"question": "signs of insomnia", "top_k": 2})
    found = reply.json()
    assert found["hits"][0]["source_id"] == "insomnia"
    assert len(found["hits"]) <= 2
    assert found["index_version"]
    one_arm = {"question": "signs of insomnia", "arms": ["lexical"]}
    hits = client.post("/v1/retrieve", json=one_arm).json()["hits"]
    assert all(set(hit["arms"]) == {"lexical"} for hit in hits)


def test_hits_and_citations_lead_to_their_edition(serve: Serve, tmp_path: Path) -> None:
    new = HEAD.format(id="panic", title="Panic attacks")
    old = new.replace("2026-11", "2024/01").replace(": 2024/01-01", ": 2024-01-01")
    for name, head in (("new", new), ("old", old)):
        (tmp_path / f"{name}.md").write_text(head + DOCUMENTS["panic"][1])
    build([tmp_path / "new.md", tmp_path / "old.md"], Settings(index_dir=tmp_path / "indexes"))
    past = {**QUESTION, "as_of": "2025-01-01"}
    with serve(tmp_path / "indexes") as client:
        hits = client.post("/v1/retrieve", json=past).json()["hits"]
        citations = client.post("/v1/ask", json=past).json()["citations"]
        assert hits
        assert citations
        for found in (*hits, *citations):
            source = client.get(f"/v1/sources/{quote(found['source_id'], safe='')}").json()
            assert source["edition"] == "2024/01"


def test_verify(client: httpx.Client) -> None:
    passage = "Most panic attacks reach their peak within ten minutes."
    right = client.post("/v1/verify", json={"sentence": passage, "passages": [passage]}).json()
    wrong = client.post(
        "/v1/verify",
        json={"sentence": passage.replace("ten", "ninety"), "passages": [passage]},
    ).json()
    assert (right["supported"], wrong["supported"]) == (True, False)
    assert wrong["reasons"]


def test_health_and_indexes(client: httpx.Client, built_index: Path) -> None:
    active = (built_index / "CURRENT").read_text().split()[0]
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "index_version": active}
    (version,) = client.get("/v1/indexes").json()["versions"]
    assert version["id"] == active
    assert version["active"] is version["serving"] is True
    assert version["sources"] == 3


def test_without_an_index_only_a_crisis_is_answered(serve: Serve, tmp_path: Path) -> None:
    with serve(tmp_path / "none") as client:
        assert client.get("/healthz").status_code == 200
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (503, 503)
        assert "rag build" in ready.json()["detail"]
        assert client.post("/v1/ask", json=QUESTION).status_code == 503
        assert client.get("/v1/indexes").json() == {"versions": []}
        answer = client.post("/v1/ask", json=CRISIS).json()
        assert answer["status"] == "crisis"
        assert answer["resources"]


def test_a_damaged_index_is_not_served(serve: Serve, tmp_path: Path, built_index: Path) -> None:
    version = next((built_index / "versions").iterdir()).name
    (tmp_path / "versions" / version).mkdir(parents=True)
    (tmp_path / "CURRENT").write_text(version + "\n")
    with serve(tmp_path) as client:
        assert client.get("/readyz").status_code == 503
        assert client.post("/v1/ask", json=CRISIS).json()["status"] == "crisis"


@pytest.mark.parametrize("path", ["/openapi.json"])
def test_openapi_describes_every_route_its_errors_and_examples(
    client: httpx.Client, path: str
) -> None:
    document = client.get(path).json()
    routes = {
        (method, route): body
        for route, methods in document["paths"].items()
        for method, body in methods.items()
    }
    assert set(routes) == {
        ("post", "/v1/ask"),
        ("post", "/v1/chat/completions"),
        ("post", "/v1/retrieve"),
        ("post", "/v1/verify"),
        ("get", "/v1/passages/{passage_id}"),
        ("get", "/v1/sources/{source_id}"),
        ("get", "/v1/graph/entities/{entity_id}"),
        ("get", "/v1/indexes"),
        ("post", "/v1/indexes"),
        ("get", "/v1/indexes/jobs/{job_id}"),
        ("post", "/v1/indexes/{version_id}/activate"),
        ("get", "/healthz"),
        ("get", "/readyz"),
    }
    for body in routes.values():
        assert body["description"]
        for status, answer in body["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"]
    schemas = document["components"]["schemas"]
    for name in ("AskRequest", "ChatRequest", "RetrieveRequest", "VerifyRequest", "BuildRequest"):
        assert schemas[name]["examples"]
    content = routes["post", "/v1/ask"]["responses"]["200"]["content"]
    example = content["application/json"]["example"]
    assert TypeAdapter(Answer).validate_python(example, extra="forbid").status == "answered"
    assert "event: answer" in content["text/event-stream"]["example"]
    references = json.dumps(document).split('"$ref": "#/components/schemas/')[1:]
    assert {reference.split('"')[0] for reference in references} <= set(schemas)


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ({"country": "United Kingdom"}, "116 123"),
        ({"country": "en-IE", "guessed_country": "US"}, "112"),
        ({"guessed_country": "US"}, "988"),
        ({"country": "Atlantis", "guessed_country": "US"}, "Which country are you in?"),
        ({}, "Which country are you in?"),
    ],
)
def test_the_stated_country_wins_over_a_guess(
    client: httpx.Client, place: dict[str, str], number: str
) -> None:
    text = client.post("/v1/ask", json={"question": CRISIS["question"], **place}).json()["text"]
    assert number in text
    assert ("988" in text) == (place == {"guessed_country": "US"})


def test_a_busy_engine_does_not_delay_a_crisis(built_index: Path) -> None:
    app = create_app(Settings(index_dir=built_index, service=ServiceSettings(request_timeout_s=5)))
    done = threading.Event()
    with running(app) as client, ThreadPoolExecutor(1) as waiting:
        service = app.state.service
        for _ in range(WORKERS * 4):  # every thread taken, and a queue behind them
            service._pool.submit(done.wait)
        blocked = waiting.submit(client.post, "/v1/ask", json=QUESTION)
        try:
            for question in (CRISIS["question"], "I gave my dog away, no tomorrow for me"):
                answer = client.post("/v1/ask", json={"question": question}).json()
                assert answer["status"] == "crisis"
            assert blocked.result().status_code == 504
        finally:
            done.set()
