"""What /v1/ask and /v1/chat/completions share: triage, then the engine, whole or in events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import Request

from rag.conversation import read_turns, said_by_user
from rag.engine import Engine
from rag.model import Answer, Notice, Sentence
from rag.safety.carers import helping_with
from rag.safety.crisis import crisis_answer
from rag.safety.triage import triage
from rag.service.conversations import AskRequest
from rag.service.leaving import while_connected
from rag.service.state import Service

Event = Notice | Sentence | Answer
_LARGE = 16 * 1024  # characters; the crisis check of longer talk waits for others of its kind
_FOLLOWED_WITHIN_S = 0.7  # then a crisis answer goes out without what the sources say
_log = logging.getLogger(__name__)


async def answer(body: AskRequest, request: Request, service: Service) -> Answer:
    """The whole answer.

    Raises:
        RagError: what `Engine.ask` raises, or no engine is loaded.
        ClientLeftError: the client has left.
    """
    crisis = await _crisis(body, service)
    if crisis:
        return crisis

    async def asked() -> Answer:
        with service.slot.lease() as engine:
            if not engine.uses_llm:
                return await service.ask_engine(
                    lambda held: held.ask(body.question, **_options(body))
                )
            return await engine.aask(body.question, **_options(body))

    return await while_connected(request, asked())


async def events(body: AskRequest, request: Request, service: Service) -> AsyncGenerator[Event]:
    """The verified sentences as they pass, and then the answer.

    The first event is there when this returns, so that errors are ordinary responses.

    Raises:
        RagError: what `Engine.ask` raises, or no engine is loaded.
        ClientLeftError: the client has left.
    """
    crisis = await _crisis(body, service)
    if crisis:
        return _only(crisis)
    coming = _leased(body, service)
    try:
        first = await while_connected(request, anext(coming))
    except BaseException:
        await coming.aclose()
        raise
    return _chained(first, coming)


async def _leased(body: AskRequest, service: Service) -> AsyncGenerator[Event]:
    with service.slot.lease() as engine:
        found = engine.events(body.question, **_options(body))
        async with aclosing(found):
            async for event in found:
                yield event


async def _chained(first: Event, rest: AsyncGenerator[Event]) -> AsyncGenerator[Event]:
    async with aclosing(rest):
        yield first
        async for event in rest:
            yield event


async def _only(found: Answer) -> AsyncGenerator[Event]:
    yield found


async def _crisis(body: AskRequest, service: Service) -> Answer | None:
    """Before any engine: a person in danger is answered even when none is loaded."""
    turns = read_turns(body.turns(), service.settings.max_question_chars)
    said = [*said_by_user(turns), body.question]
    large = sum(map(len, said)) > _LARGE
    concern = await service.triage(lambda: triage(said, classifier=service.concerns), large=large)
    if not concern.crisis:
        return None
    crisis = crisis_answer(
        concern, body.question, country=body.country, guessed_country=body.guessed_country
    )
    topic = helping_with(concern, said)
    if topic is None:
        return crisis

    def followed(engine: Engine) -> Answer:
        return engine.followed(crisis, topic, as_of=body.as_of, audience=body.audience)

    try:
        async with asyncio.timeout(_FOLLOWED_WITHIN_S):
            return await service.ask_engine(followed)
    except Exception:
        _log.warning("a crisis answer goes out without the sources", exc_info=True)
        return crisis


def _options(body: AskRequest) -> dict[str, Any]:
    return {
        "messages": body.turns(),
        "country": body.country,
        "as_of": body.as_of,
        "audience": body.audience,
    }
