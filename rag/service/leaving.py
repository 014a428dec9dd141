"""Work that ends when the client who asked for it has left."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

T = TypeVar("T")


class ClientLeftError(Exception):
    """The client closed its connection; nobody reads the answer."""


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is cancelled when the client leaves.

    Raises:
        ClientLeftError: it has left; `work` has ended.
    """
    task = asyncio.ensure_future(work)
    watcher = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientLeftError
    finally:
        unfinished = [one for one in (task, watcher) if not one.done()]
        for one in unfinished:
            one.cancel()
        if unfinished:
            await asyncio.wait(unfinished)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
