"""What the pages of other sites can do to a service on somebody's own machine: nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

Serve = Callable[..., Any]
QUESTION = {"question": "What helps with panic attacks?"}
ELSEWHERE = "evil.example"


def refused(reply: httpx.Response) -> bool:
    """Whether it is a 403 that says what to do, and repeats nothing."""
    said = reply.json().get("detail", "")
    return (
        reply.status_code == 403
        and reply.headers["content-type"] == "application/problem+json"
        and "RAG_SERVICE__ALLOWED_HOSTS" in said
        and ELSEWHERE not in said
    )


def test_another_sites_page_cannot_activate_a_version(
    client: httpx.Client, built_index: Path
) -> None:
    activate = f"/v1/indexes/{(built_index / 'CURRENT').read_text().strip()}/activate"
    for origin in (f"http://{ELSEWHERE}", "http://203.0.113.5", "http://[", "null"):
        assert refused(client.post(activate, headers={"Origin": origin}))
    assert client.post(activate).status_code == 200


@pytest.mark.parametrize(
    "host",
    [ELSEWHERE, f"{ELSEWHERE}:8000", "localhost.evil.example", "127.0.0.1.evil.example", "["],
)
def test_a_name_that_leads_here_from_elsewhere_reads_nothing(
    client: httpx.Client, host: str
) -> None:
    assert refused(client.get("/v1/indexes", headers={"Host": host}))
    own = {"Host": host, "Origin": f"http://{host}"}
    assert refused(client.post("/v1/ask", json=QUESTION, headers=own))


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "[::1]:8000", "192.0.2.7:8000"])
def test_its_own_page_may_ask(client: httpx.Client, host: str) -> None:
    own = {"Host": host, "Origin": f"http://{host}"}
    assert client.post("/v1/ask", json=QUESTION, headers=own).status_code == 200


def test_names_in_the_settings_count(serve: Serve, built_index: Path) -> None:
    with serve(built_index, allowed_hosts=["Guide.example.org"]) as client:
        behind_proxy = {"Origin": "https://guide.example.org"}
        for headers in (behind_proxy, {**behind_proxy, "Host": "guide.example.org:8443"}):
            assert client.post("/v1/ask", json=QUESTION, headers=headers).status_code == 200
        assert refused(client.get("/readyz", headers={"Host": ELSEWHERE}))
