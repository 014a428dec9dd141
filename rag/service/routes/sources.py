"""GET /v1/sources/{id}: one edition of one document."""

from __future__ import annotations

from fastapi import APIRouter

from rag.model import Source
from rag.service.problems import responses
from rag.service.state import ServiceDep

router = APIRouter()


@router.get("/v1/sources/{source_id:path}", responses=responses(404, 503), tags=["evidence"])
async def source(source_id: str, service: ServiceDep) -> Source:
    """Who published a document, when it was reviewed, what it rests on, and its hash.

    Where an index holds several editions of a document, its citations name one as `id@edition`.
    """
    return await service.ask_engine(lambda engine: engine.source(source_id))
