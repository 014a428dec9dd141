"""POST /v1/chat/completions: the engine behind OpenAI's wire, for programs that speak it."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from rag.compose.release import answer_text
from rag.jsonable import dumps
from rag.model import Answer, Notice
from rag.service import answering
from rag.service.conversations import ChatRequest
from rag.service.examples import COMPLETION
from rag.service.problems import responses
from rag.service.routes.ask import HEADERS
from rag.service.state import ServiceDep

router = APIRouter()
MODEL = "plumbline"
_OK: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A completion whose every sentence was checked; `plumbline` holds the whole "
        "Answer. With `stream`, a chunk for each verified sentence.",
        "content": {
            "application/json": {"example": COMPLETION},
            "text/event-stream": {"schema": {"type": "string"}},
        },
    }
}


@router.post("/v1/chat/completions", responses={**_OK, **responses(503)}, tags=["ask"])
async def chat(body: ChatRequest, request: Request, service: ServiceDep) -> Response:
    """Answers the last message of a conversation, as `/v1/ask` does.

    Instructions of a system message are not followed, sampling options change nothing: what may
    be said is decided by the sources alone.
    """
    asked = body.asked()
    head = {"id": f"chatcmpl-{secrets.token_hex(12)}", "created": int(time.time()), "model": MODEL}
    if body.stream:
        events = await answering.events(asked, request, service)
        chunks = _chunks(events, {**head, "object": "chat.completion.chunk"})
        return StreamingResponse(chunks, headers=HEADERS, media_type="text/event-stream")
    answer = await answering.answer(asked, request, service)
    message = {"role": "assistant", "content": answer.text}
    completion = {
        **head,
        "object": "chat.completion",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
        MODEL: answer,
    }
    return Response(dumps(completion), headers=HEADERS, media_type="application/json")


async def _chunks(
    events: AsyncGenerator[answering.Event], head: dict[str, Any]
) -> AsyncGenerator[str]:
    said = ""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Answer):
                if not said or not event.sentences:  # a crisis comes whole, whatever follows it
                    yield _chunk(head, event.text.removeprefix(said))
                yield _chunk(head, None, answer=event)
                continue
            text = event.text if isinstance(event, Notice) else answer_text([event])
            yield _chunk(head, f"{' ' if said else ''}{text}")
            said += text
    yield "data: [DONE]\n\n"


def _chunk(head: dict[str, Any], text: str | None, answer: Answer | None = None) -> str:
    delta = {} if text is None else {"role": "assistant", "content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": None if text is not None else "stop"}
    chunk = {**head, "choices": [choice]}
    if answer is not None:
        chunk[MODEL] = answer
    return f"data: {dumps(chunk)}\n\n"
