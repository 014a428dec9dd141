"""Builds that the service runs as jobs, each in a process of its own.

A process, not a thread: parsing and embedding would hold the interpreter that answers questions,
and a crash in a parser must not take the service along.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import secrets
import sys
from asyncio.subprocess import PIPE
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rag.errors import BuildInProgressError, NotFoundError, RagError
from rag.service.schemas import BuildPlan, BuildRequest, BuildResult, Job, JobState
from rag.settings import Settings

KEPT_JOBS = 100  # finished jobs that can still be asked about
ID_BYTES = 8
_log = logging.getLogger(__name__)


class Jobs:
    """Starts builds and remembers how they ended. Used from the event loop only."""

    def __init__(self, settings: Settings, activate: Callable[[str], Awaitable[None]]) -> None:
        self._settings = settings
        self._activate = activate
        self._jobs: dict[str, Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, folder: Path, request: BuildRequest) -> Job:
        """Begins to build from `folder`, as `request` asks, and returns at once.

        Raises:
            BuildInProgressError: a job is running; there is one at a time.
        """
        if self._tasks:
            raise BuildInProgressError("A build is running; wait until its job has ended.")
        job = Job(
            id=secrets.token_hex(ID_BYTES),
            state=JobState.RUNNING,
            folder=str(folder),
            activate=request.activate,
            started_at=_now(),
        )
        self._jobs[job.id] = job
        while len(self._jobs) > KEPT_JOBS:
            del self._jobs[next(iter(self._jobs))]
        task = asyncio.create_task(self._run(job, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return job

    def get(self, job_id: str) -> Job:
        """The job as it stands.

        Raises:
            NotFoundError: there is no such job (any more).
        """
        try:
            return self._jobs[job_id]
        except KeyError:
            raise NotFoundError("No such job; they are forgotten when the service stops.") from None

    async def stop(self) -> None:
        """Ends a build that is still running. The active index is untouched."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, job: Job, request: BuildRequest) -> None:
        result: BuildResult | None = None
        plan: BuildPlan | None = None
        try:
            reply = await self._built(Path(job.folder), request)
            if request.dry_run:
                plan = BuildPlan.model_validate(reply["plan"])
            else:
                result = BuildResult.model_validate(reply["result"])
                if request.activate and result.refused:
                    raise RagError(f"The promotion gate refused it: {'; '.join(result.refused)}")
                if request.activate:
                    await self._activate(result.version_id)
        except (RagError, OSError) as error:
            self._finish(job, JobState.FAILED, error=str(error), result=result)
        except asyncio.CancelledError:
            self._finish(job, JobState.FAILED, error="The service stopped; start the build again.")
            raise
        except Exception as error:  # a job that is never finished could be waited for for ever
            _log.exception("build job %s failed", job.id)
            reason = f"The job failed ({type(error).__name__}); the service's log says why."
            self._finish(job, JobState.FAILED, error=reason, result=result)
        else:
            self._finish(job, JobState.SUCCEEDED, result=result, plan=plan)

    def _finish(self, job: Job, state: JobState, **ended: Any) -> None:
        ended |= {"state": state, "finished_at": _now()}
        self._jobs[job.id] = job.model_copy(update=ended)

    async def _built(self, folder: Path, request: BuildRequest) -> dict[str, Any]:
        order = {
            "request": request.model_dump(),
            "folder": str(folder),
            "settings": self._settings.model_dump(mode="json"),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rag.service.build_worker", stdin=PIPE, stdout=PIPE, stderr=None
        )
        try:
            output, _ = await process.communicate(json.dumps(order).encode())
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        try:
            reply: dict[str, Any] = json.loads(output)
        except ValueError:
            raise RagError(
                f"The build process ended without a result (exit {process.returncode}); "
                "the service's log says why."
            ) from None
        if "error" in reply:
            raise RagError(reply["error"])
        return reply


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
