"""GET /v1/passages/{id}: the passage behind a citation, to check it."""

from __future__ import annotations

from fastapi import APIRouter

from rag.engine import Engine
from rag.service.problems import responses
from rag.service.schemas import PassageResponse
from rag.service.state import ServiceDep

router = APIRouter()


@router.get("/v1/passages/{passage_id}", responses=responses(404, 503), tags=["evidence"])
async def passage(passage_id: str, service: ServiceDep) -> PassageResponse:
    """The passage, word for word, with its hash, pages and source."""

    def work(engine: Engine) -> PassageResponse:
        found = engine.passage(passage_id)
        return PassageResponse(passage=found, source=engine.source(found.source_id))

    return await service.ask_engine(work)
