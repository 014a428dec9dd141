from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.errors import SettingsError
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.service.state import Service
from rag.settings import Settings

Serve = Callable[..., Any]
QUESTION = {"question": "What helps with panic attacks?"}
NEW_SENTENCE = "Walking outdoors each day also helps some people with panic attacks."
JOB_WITHIN_S = 600  # builds give way to questions, and a busy machine has many


@pytest.fixture
def root(documents: Path, tmp_path: Path) -> Path:
    """A build root with one folder of documents, one of which differs from the index."""
    folder = tmp_path / "root" / "guidelines"
    shutil.copytree(documents, folder)
    with (folder / "panic.md").open("a") as stream:
        stream.write(NEW_SENTENCE + "\n")
    return tmp_path / "root"


@pytest.fixture
def index_dir(built_index: Path, tmp_path: Path) -> Path:
    """A copy of the small index that a test may change."""
    return Path(shutil.copytree(built_index, tmp_path / "indexes"))


def _ended(client: httpx.Client, location: str) -> dict[str, Any]:
    deadline = time.monotonic() + JOB_WITHIN_S
    while time.monotonic() < deadline:
        job: dict[str, Any] = client.get(location).json()
        if job["state"] != "running":
            assert job["finished_at"]
            return job
        time.sleep(0.1)
    raise AssertionError("the job did not end")


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + JOB_WITHIN_S
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _questions(client: httpx.Client, stop: threading.Event, replies: list[Any]) -> Iterator[None]:
    while not stop.is_set():
        try:
            replies.append(client.post("/v1/ask", json=QUESTION))
        except httpx.HTTPError as error:
            replies.append(error)
    yield


def test_a_rebuild_under_load_fails_no_request(serve: Serve, index_dir: Path, root: Path) -> None:
    replies: list[Any] = []
    stop = threading.Event()
    with serve(index_dir, build_root=root) as client:
        before = client.get("/readyz").json()["index_version"]
        threads = [
            threading.Thread(target=lambda: list(_questions(client, stop, replies)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        try:
            _until(lambda: len(replies) > 0)  # under load on the old version
            started = client.post("/v1/indexes", json={"folder": "guidelines"})
            job = _ended(client, started.headers["location"])
            served = len(replies)
            _until(lambda: len(replies) > served + len(threads))  # and on the new one
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        after = client.get("/readyz").json()["index_version"]
        versions = client.get("/v1/indexes").json()["versions"]
    assert started.status_code == 202
    assert (job["state"], job["error"]) == ("succeeded", "")
    assert job["result"]["version_id"] == after != before
    assert job["result"]["reused"] > 0
    assert [reply for reply in replies if getattr(reply, "status_code", reply) != 200] == []
    assert {reply.json()["index_version"] for reply in replies} == {before, after}
    assert {version["id"]: version["serving"] for version in versions} == {
        before: False,
        after: True,
    }


def test_activation_goes_back_and_forth(serve: Serve, index_dir: Path, root: Path) -> None:
    search = {"question": NEW_SENTENCE, "top_k": 1}
    with serve(index_dir, build_root=root) as client:
        first = client.get("/readyz").json()["index_version"]
        started = client.post("/v1/indexes", json={"folder": "guidelines", "activate": False})
        second = _ended(client, started.headers["location"])["result"]["version_id"]
        assert client.get("/readyz").json()["index_version"] == first
        assert client.post(f"/v1/indexes/{second}/activate").json() == {"index_version": second}
        assert NEW_SENTENCE in client.post("/v1/retrieve", json=search).json()["hits"][0]["text"]
        assert (index_dir / "CURRENT").read_text().split()[0] == second
        assert client.post(f"/v1/indexes/{first}/activate").status_code == 200
        hits = client.post("/v1/retrieve", json=search).json()["hits"]
        assert NEW_SENTENCE not in hits[0]["text"]


def test_a_version_that_is_damaged_does_not_replace_a_good_one(
    serve: Serve, index_dir: Path, root: Path
) -> None:
    with serve(index_dir, build_root=root) as client:
        first = client.get("/readyz").json()["index_version"]
        started = client.post("/v1/indexes", json={"folder": "guidelines", "activate": False})
        second = _ended(client, started.headers["location"])["result"]["version_id"]
        (index_dir / "versions" / second / "vectors.faiss").write_bytes(b"junk")
        reply = client.post(f"/v1/indexes/{second}/activate")
        assert reply.status_code == 503
        assert "vectors.faiss" in reply.json()["detail"]
        assert client.post("/v1/ask", json=QUESTION).json()["index_version"] == first
        assert (index_dir / "CURRENT").read_text().split()[0] == first


def test_only_one_build_at_a_time(serve: Serve, index_dir: Path, root: Path) -> None:
    with serve(index_dir, build_root=root) as client:
        first = client.post("/v1/indexes", json={"folder": "guidelines"})
        second = client.post("/v1/indexes", json={"folder": "guidelines"})
        assert (first.status_code, second.status_code) == (202, 409)
        assert second.headers["content-type"] == "application/problem+json"
        assert _ended(client, first.headers["location"])["state"] == "succeeded"


def test_a_dry_run_says_what_would_change(serve: Serve, index_dir: Path, root: Path) -> None:
    with serve(index_dir, build_root=root) as client:
        before = client.get("/readyz").json()
        order = {"folder": "guidelines", "dry_run": True}
        job = _ended(client, client.post("/v1/indexes", json=order).headers["location"])
        assert (job["state"], job["result"]) == ("succeeded", None)
        (changed,) = job["plan"]["changed"]
        assert changed["name"] == "panic@2026-11"
        assert (changed["comes"], changed["goes"]) == (1, 1)
        assert client.get("/readyz").json() == before
        assert len(client.get("/v1/indexes").json()["versions"]) == 1


def test_the_promotion_gate_keeps_a_poor_version_from_answering(
    serve: Serve, index_dir: Path, root: Path
) -> None:
    (root / "guidelines" / "panic.md").unlink()
    (root / "guidelines" / "insomnia.md").unlink()
    with serve(index_dir, build_root=root) as client:
        before = client.get("/readyz").json()
        started = client.post("/v1/indexes", json={"folder": "guidelines"})
        job = _ended(client, started.headers["location"])
        assert job["state"] == "failed"
        assert "promotion gate" in job["error"]
        assert job["result"]["refused"]
        assert client.get("/readyz").json() == before
        order = {"folder": "guidelines", "force": True}
        started = client.post("/v1/indexes", json=order)
        assert _ended(client, started.headers["location"])["state"] == "succeeded"
        assert client.get("/readyz").json() != before


def test_a_document_without_a_publisher_is_left_out_unless_allowed(
    serve: Serve, index_dir: Path, root: Path
) -> None:
    (root / "guidelines" / "notes.txt").write_text("Walking helps many people. It costs nothing.")
    with serve(index_dir, build_root=root) as client:
        for allowed in (False, True):
            order = {"folder": "guidelines", "allow_unknown": allowed, "activate": False}
            job = _ended(client, client.post("/v1/indexes", json=order).headers["location"])
            assert len(job["result"]["quarantined"]) == (0 if allowed else 1)


def test_a_build_that_fails_says_why_and_changes_nothing(
    serve: Serve, index_dir: Path, root: Path
) -> None:
    (root / "empty").mkdir()
    with serve(index_dir, build_root=root) as client:
        before = client.get("/readyz").json()
        started = client.post("/v1/indexes", json={"folder": "empty"})
        job = _ended(client, started.headers["location"])
        assert job["state"] == "failed"
        assert job["error"]
        assert client.get("/readyz").json() == before


def test_a_document_that_is_broken_is_named(serve: Serve, index_dir: Path, root: Path) -> None:
    (root / "guidelines" / "broken.md").write_text("---\nid: [\n---\n# Nothing\n")
    with serve(index_dir, build_root=root) as client:
        started = client.post("/v1/indexes", json={"folder": "guidelines"})
        (note,) = _ended(client, started.headers["location"])["result"]["quarantined"]
        assert note["path"].endswith("broken.md")
        assert note["reason"]


@pytest.mark.parametrize("folder", ["..", "/etc", "guidelines/../..", "link"])
def test_nothing_outside_the_build_root(
    serve: Serve, index_dir: Path, root: Path, folder: str
) -> None:
    (root / "link").symlink_to("/etc")
    with serve(index_dir, build_root=root) as client:
        assert client.post("/v1/indexes", json={"folder": folder}).status_code == 403


def test_a_folder_that_is_not_there(serve: Serve, index_dir: Path, root: Path) -> None:
    with serve(index_dir, build_root=root) as client:
        assert client.post("/v1/indexes", json={"folder": "missing"}).status_code == 404
        assert client.post("/v1/indexes", json={"folder": "a\0b"}).status_code == 422


def test_no_build_root_means_no_builds(client: httpx.Client) -> None:
    assert client.post("/v1/indexes", json={"folder": "."}).status_code == 403


def test_stopping_ends_a_running_build(serve: Serve, index_dir: Path, root: Path) -> None:
    with serve(index_dir, build_root=root) as client:
        assert client.post("/v1/indexes", json={"folder": "guidelines"}).status_code == 202
        began = time.monotonic()
    assert time.monotonic() - began < 30
    with serve(index_dir) as client:
        assert client.post("/v1/ask", json=QUESTION).json()["status"] == "answered"


def test_an_activation_that_fails_leaves_no_version_open(
    unusable_llm: Settings, open_versions: list[IndexVersion]
) -> None:
    async def activated() -> None:
        service = Service(unusable_llm)
        try:
            await service.activate(IndexStore(unusable_llm.index_dir).active())
        finally:
            await service.stop()

    with pytest.raises(SettingsError):
        asyncio.run(activated())
    assert open_versions == []
