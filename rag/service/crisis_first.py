"""A person in danger is answered even when the request itself cannot be used.

Pure ASGI middleware around the limit on bodies. A question that is refused (too large, not JSON,
a field that is wrong) is looked at for a crisis all the same; if there is one, what the person said
is asked again in a request that can be used. Everything else gets the refusal.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.service.limits import BodyLimit, replayed
from rag.service.salvage import Salvaged, salvage
from rag.service.state import Service

_REFUSED = frozenset({400, 413, 422})
_REQUESTS: dict[str, Callable[[Salvaged], dict[str, Any]]] = {
    "/v1/ask": Salvaged.as_ask,
    "/v1/chat/completions": Salvaged.as_chat,
}


class CrisisFirst:
    """`limit` is that of `BodyLimit`; a question of up to `most` bytes is looked at. Both bytes."""

    def __init__(self, app: ASGIApp, limit: int, most: int) -> None:
        self._app = app
        self._limited = BodyLimit(app, limit)
        self._limit = limit
        self._most = max(limit, most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on, and looks at a question that was refused."""
        asks = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] in _REQUESTS
        if not asks:
            await self._limited(scope, receive, send)
            return
        body, more = await self._read(receive)
        if body is None:
            return
        if len(body) > self._most:
            await self._limited(scope, replayed(body, receive, more=more), send)
            return
        refusal: list[Message] = []

        async def held(message: Message) -> None:
            if refusal or (
                message["type"] == "http.response.start" and message["status"] in _REFUSED
            ):
                refusal.append(message)
            else:
                await send(message)

        await self._limited(dict(scope), replayed(body, receive), held)
        if refusal:
            usable = await self._crisis_in(body, scope)
            if usable is not None:
                await self._app(dict(scope), replayed(usable, receive), send)
                return
            for message in refusal:
                await send(message)

    async def _read(self, receive: Receive) -> tuple[bytes | None, bool]:
        """(the body, whether more comes after it): at most one message over `most`. None: gone."""
        body = bytearray()
        more = True
        while more and len(body) <= self._most:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None, False
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return bytes(body), more

    async def _crisis_in(self, body: bytes, scope: Scope) -> bytes | None:
        """A request that can be used, with what the person said, if that is a crisis."""
        service: Service = scope["app"].state.service

        def looked() -> bytes | None:
            said = salvage(body, service.settings.max_question_chars)
            if said is None or not said.concern(service.concerns).crisis:
                return None
            return json.dumps(_REQUESTS[scope["path"]](said)).encode()

        return await service.triage(looked, large=len(body) > self._limit)
