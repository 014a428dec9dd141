from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.service.app import create_app
from rag.settings import GraphSettings, Settings

RunApp = Callable[..., Any]


def test_an_entity_by_key_and_by_id(client: httpx.Client) -> None:
    reply = client.get("/v1/graph/entities/Disorder:DOID:594")
    found = reply.json()
    assert reply.status_code == 200
    assert (found["kind"], found["name"]) == ("Disorder", "panic disorder")
    assert client.get("/v1/graph/entities/DOID:594").json() == found
    assert found["facts"]
    for fact in found["facts"]:
        for passage in fact["passages"]:
            assert client.get(f"/v1/passages/{passage}").status_code == 200


@pytest.mark.parametrize("name", ["Disorder:none", "none", "Nothing:DOID:594", "%27%20DELETE%20n"])
def test_an_unknown_entity_is_a_problem_document(client: httpx.Client, name: str) -> None:
    reply = client.get(f"/v1/graph/entities/{name}")
    assert reply.status_code == 404
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_graph_store_that_is_down_is_503_and_questions_go_on(
    run_app: RunApp, built_index: Path
) -> None:
    down = GraphSettings(store="neo4j", uri="bolt://127.0.0.1:1", connect_timeout_s=0.5)
    with run_app(create_app(Settings(index_dir=built_index, graph=down))) as client:
        reply = client.get("/v1/graph/entities/DOID:594")
        assert reply.status_code == 503
        assert "RAG_GRAPH__URI" in reply.json()["detail"]
        answer = client.post("/v1/ask", json={"question": "What helps with panic attacks?"}).json()
        assert answer["status"] == "answered"
