"""What the routes share: settings, the engine slot, thread pools, build jobs."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

from fastapi import Depends, Request

from rag.engine import Engine
from rag.errors import RagError
from rag.index.store import IndexStore
from rag.service.jobs import Jobs
from rag.service.slot import EngineSlot
from rag.settings import Settings
from rag.triage_model import WhenNeeded

T = TypeVar("T")
WORKERS = 8  # threads that may be inside the engine at once
SAFETY_WORKERS = 2  # threads kept for triage, so that a busy engine never delays a crisis answer


class Service:
    """The service's own things, made when it starts and closed when it stops."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.slot = EngineSlot()
        self.jobs = Jobs(settings, self.activate)
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="engine")
        self._safety_pool = ThreadPoolExecutor(SAFETY_WORKERS, thread_name_prefix="safety")
        self._large_pool = ThreadPoolExecutor(1, thread_name_prefix="safety-large")
        self._activating = threading.Lock()
        self.concerns = WhenNeeded()

    async def start(self) -> None:
        """Opens the active index version; without one the service starts all the same, not ready,
        and still answers a crisis."""
        try:
            self.slot.swap(await self.in_thread(lambda: Engine.open(self.settings)))
        except (RagError, OSError) as error:
            self.slot.clear(str(error))

    async def stop(self) -> None:
        """Ends a running build and lets go of the engine."""
        await self.jobs.stop()
        self.slot.clear("the service is stopping")
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._safety_pool.shutdown(wait=False, cancel_futures=True)
        self._large_pool.shutdown(wait=False, cancel_futures=True)

    async def activate(self, version_id: str) -> None:
        """Makes a version the active one and answers from it.

        Raises:
            RagError: it cannot be used; the version before goes on answering.
        """

        def swap() -> None:
            # In the thread to its end: a caller that gives up must not leave half a swap behind.
            settings = self.settings
            with self._activating:
                # Opened first: a version that cannot be used never becomes the active one.
                engine = Engine.open(settings, version_id=version_id)
                try:
                    IndexStore(settings.index_dir).activate(version_id)
                except BaseException:
                    engine.close()
                    raise
                self.slot.swap(engine)

        await self.in_thread(swap)

    async def ask_engine(self, work: Callable[[Engine], T]) -> T:
        """Runs `work` on the engine in a thread.

        The thread itself holds the lease: when the caller gives up at the time limit, the engine
        stays open until the work has really ended.
        """

        def leased() -> T:
            with self.slot.lease() as engine:
                return work(engine)

        return await asyncio.get_running_loop().run_in_executor(self._pool, leased)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Runs work that needs no engine (reading the index folder, opening a version)."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def triage(self, work: Callable[[], T], *, large: bool = False) -> T:
        """Runs the crisis check, apart from all other work; `large`: one at a time, so that long
        messages, which take seconds, never delay short ones."""
        pool = self._large_pool if large else self._safety_pool
        return await asyncio.get_running_loop().run_in_executor(pool, work)


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(_service)]
