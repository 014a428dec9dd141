"""POST /v1/ask: an answer as JSON, or its verified sentences as server-sent events."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from rag.jsonable import dumps
from rag.model import Answer
from rag.safety.crisis import crisis_answer
from rag.safety.triage import triage
from rag.service.examples import ANSWER, EVENTS
from rag.service.problems import responses
from rag.service.schemas import AskRequest
from rag.service.state import ServiceDep

router = APIRouter()
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

    A question that speaks of danger is answered with crisis resources, even when no index is
    loaded.
    """
    country = body.country
    concern = await service.triage(lambda: triage([body.question], classifier=service.concerns))
    if concern.crisis:
        answer = crisis_answer(
            concern, body.question, country=country, guessed_country=body.guessed_country
        )
    else:
        answer = await service.ask_engine(
            lambda engine: engine.ask(
                body.question, country=country, as_of=body.as_of, audience=body.audience
            )
        )
    headers = {"Cache-Control": "no-store"}
    if "text/event-stream" in request.headers.get("accept", ""):
        return Response(_events(answer), headers=headers, media_type="text/event-stream")
    return Response(dumps(answer), headers=headers, media_type="application/json")


def _events(answer: Answer) -> str:
    """Whole sentences only: nothing leaves before it is verified."""
    events = [f"event: sentence\ndata: {dumps(sentence)}\n\n" for sentence in answer.sentences]
    return "".join(events) + f"event: answer\ndata: {dumps(answer)}\n\n"
