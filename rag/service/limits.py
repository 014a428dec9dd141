"""Limits on every request, as pure ASGI middleware so that streamed bodies are bound as well."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.service.problems import problem_response

# A client that is still sending when the connection closes may lose the answer, so up to this
# many limits' worth of a body that is too large is read and thrown away first.
DISCARDED_LIMITS = 16


class BodyLimit:
    """Answers 413 to a body of more than `limit` bytes, declared or streamed."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reads the body, at most `limit` bytes of it, and hands it on in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self._limit:
                await self._discard(receive, more)
                detail = f"The body is over {self._limit} bytes; send less."
                response = problem_response(413, detail, instance=scope["path"])
                await response(scope, receive, send)
                return
        await self._app(scope, replayed(bytes(body), receive), send)

    async def _discard(self, receive: Receive, more: bool) -> None:
        left = self._limit * DISCARDED_LIMITS
        while more and left > 0:
            message = await receive()
            left -= len(message.get("body", b""))
            more = message.get("more_body", False)


class TimeLimit:
    """Answers 504 when no answer has begun after `seconds`."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cancels the request at the limit; a stream that has begun keeps its own time."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and not limit.expired():
                limit.reschedule(None)
            await send(message)

        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                await self._app(scope, receive, watched)
        except TimeoutError:
            if not limit.expired():
                raise
            detail = f"No answer within {self._seconds:g} s. Try again, or ask something shorter."
            response = problem_response(504, detail, instance=scope["path"])
            await response(scope, receive, send)


def replayed(body: bytes, receive: Receive, *, more: bool = False) -> Receive:
    """`receive` with `body`, already read, before what comes; `more`: of the body comes more."""
    pending = True

    async def replay() -> Message:
        nonlocal pending
        if pending:
            pending = False
            return {"type": "http.request", "body": body, "more_body": more}
        return await receive()

    return replay
