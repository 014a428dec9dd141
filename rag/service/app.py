"""Puts the service together: limits, error handling, one router a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

import rag
from rag.service import problems
from rag.service.crisis_first import CrisisFirst
from rag.service.limits import TimeLimit
from rag.service.openapi import describe
from rag.service.origins import OwnPagesOnly
from rag.service.routes import (
    ask,
    chat,
    graph,
    health,
    indexes,
    passages,
    retrieve,
    sources,
    verify,
)
from rag.service.state import Service
from rag.settings import Settings

KIB = 1024


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application. It opens the active index when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        service = Service(settings)
        app.state.service = service
        await service.start()
        yield
        await service.stop()

    app = FastAPI(
        title="Plumbline",
        version=rag.__version__,
        summary="Answers mental-health questions from vetted sources, each sentence checked.",
        lifespan=lifespan,
        # The pages would load scripts from another host; the OpenAPI document itself is served.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    problems.install(app)
    # The last one added is the outermost: the time limit covers a slow upload too.
    app.add_middleware(
        CrisisFirst,
        limit=settings.service.max_body_kib * KIB,
        most=settings.service.max_crisis_body_kib * KIB,
    )
    app.add_middleware(TimeLimit, seconds=_seconds(settings))
    app.add_middleware(OwnPagesOnly, settings=settings.service)
    for room in (ask, chat, retrieve, verify, passages, sources, graph, indexes, health):
        app.include_router(room.router)
    describe(app)
    return app


def _seconds(settings: Settings) -> float:
    """An LLM has a limit of its own, after which there is still an answer to be made."""
    llm = settings.llm.timeout_s if settings.llm.configured else 0.0
    return settings.service.request_timeout_s + llm
