"""POST /v1/ask: an answer as JSON, or its verified sentences as server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from rag.jsonable import dumps
from rag.model import Answer, Notice, Sentence
from rag.service import answering
from rag.service.conversations import AskRequest
from rag.service.examples import ANSWER, EVENTS
from rag.service.problems import responses
from rag.service.state import ServiceDep

router = APIRouter()
HEADERS = {"Cache-Control": "no-store"}
_NAMES = {Notice: "notice", Sentence: "sentence", Answer: "answer"}
_OK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The answer. With `Accept: text/event-stream`, an event for each verified "
        "sentence and then the whole answer.",
        "content": {
            "application/json": {"example": ANSWER},
            "text/event-stream": {"example": EVENTS, "schema": {"type": "string"}},
        },
    }
}


@router.post("/v1/ask", response_model=Answer, responses={**_OK, **responses(503)}, tags=["ask"])
async def ask(body: AskRequest, request: Request, service: ServiceDep) -> Response:
    """Answers a question; every sentence is checked against the passage it cites.

    A question that speaks of danger, alone or after what was said before it, is answered with
    crisis resources, even when no index is loaded.
    """
    if "text/event-stream" in request.headers.get("accept", ""):
        events = await answering.events(body, request, service)
        return StreamingResponse(_sent(events), headers=HEADERS, media_type="text/event-stream")
    answer = await answering.answer(body, request, service)
    return Response(dumps(answer), headers=HEADERS, media_type="application/json")


async def _sent(events: AsyncGenerator[answering.Event]) -> AsyncGenerator[str]:
    """Whole sentences only: nothing leaves before it is verified."""
    async with aclosing(events):
        async for event in events:
            yield f"event: {_NAMES[type(event)]}\ndata: {dumps(event)}\n\n"
