from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from rag.service.jobs import Jobs
from rag.service.schemas import BuildRequest, Job, JobState
from rag.settings import Settings

WITHIN_S = 60


async def _ended(folder: Path) -> Job:
    async def activate(version_id: str) -> None:
        raise AssertionError(f"{version_id} was activated")

    jobs = Jobs(Settings(), activate)
    job = jobs.start(folder, BuildRequest(folder="guidelines"))
    async with asyncio.timeout(WITHIN_S):
        while jobs.get(job.id).state is JobState.RUNNING:
            await asyncio.sleep(0.01)
    return jobs.get(job.id)


def test_a_job_ends_whatever_goes_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = tmp_path / "worker"
    worker.write_text("#!/bin/sh\ncat > /dev/null\necho '{\"result\": {}}'\n")
    worker.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(worker))
    job = asyncio.run(_ended(tmp_path))
    assert job.state is JobState.FAILED
    assert job.finished_at
    assert "log" in job.error
    assert "version_id" in caplog.text
