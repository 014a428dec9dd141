"""One event loop in a thread of its own, in which all talk with an LLM happens.

An asynchronous HTTP client belongs to the loop that first used it. With one loop for good, the
same client serves callers that have no loop, callers in different loops, and both at once; and a
caller that gives up cancels the request itself, not merely its own waiting.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, TypeVar

T = TypeVar("T")
_END = object()


class LoopThread:
    """Starts on first use; ends with `close`."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`; the calling thread waits."""
        future = asyncio.run_coroutine_threadsafe(work, self._started())
        try:
            return future.result()
        except BaseException:  # Ctrl-C above all: nothing goes on behind the caller's back
            future.cancel()
            raise

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        """The same for a caller in a loop. Cancelling the caller cancels `work`, and waits for
        its end: what `work` uses may be closed right after."""
        async with aclosing(self.iterate(_once(work))) as results:
            async for result in results:
                return result
        raise asyncio.CancelledError  # `close` was called meanwhile

    async def iterate(self, items: AsyncGenerator[T]) -> AsyncGenerator[T]:
        """Iterates `items` in the thread's loop from another one. A caller that leaves ends it,
        and waits for its end."""
        here = asyncio.get_running_loop()
        queue: asyncio.Queue[object] = asyncio.Queue()
        item: object = None

        def put(item: object) -> None:
            if not here.is_closed():
                here.call_soon_threadsafe(queue.put_nowait, item)

        async def pump() -> None:
            try:
                async with aclosing(items):
                    async for item in items:
                        put(item)
            except Exception as error:
                put(_Raised(error))

        def begin() -> None:
            task.append(there.create_task(pump()))
            # Not in `pump`: a task that is cancelled before its first step runs none of it.
            task[0].add_done_callback(lambda _: put(_END))

        there = self._started()
        task: list[asyncio.Task[None]] = []
        there.call_soon_threadsafe(begin)
        try:
            while (item := await queue.get()) is not _END:
                if isinstance(item, _Raised):
                    raise item.error
                yield item  # type: ignore[misc]  # what `items` yields
        finally:
            if item is not _END:
                there.call_soon_threadsafe(lambda: task[0].cancel())
            while item is not _END:
                item = await queue.get()

    def close(self) -> None:
        """Cancels what is running and stops the loop. It may be used again afterwards."""
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        asyncio.run_coroutine_threadsafe(_cancel_all(), loop).result()
        loop.call_soon_threadsafe(loop.stop)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=_serve, args=(self._loop,), name="llm", daemon=True).start()
            return self._loop


async def _once(work: Coroutine[Any, Any, T]) -> AsyncGenerator[T]:
    yield await work


class _Raised:
    def __init__(self, error: Exception) -> None:
        self.error = error


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def _cancel_all() -> None:
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def in_thread(work: Callable[[], T]) -> T:
    """Runs `work` off the loop. A caller that gives up still waits for its end, which is near:
    what `work` uses may be closed right after."""
    task = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
