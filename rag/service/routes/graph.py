"""GET /v1/graph/entities/{id}: what the knowledge graph says of one thing, and where."""

from __future__ import annotations

from fastapi import APIRouter

from rag.index.graph_view import EntityView
from rag.service.problems import responses
from rag.service.state import ServiceDep

router = APIRouter()


@router.get("/v1/graph/entities/{entity_id}", responses=responses(404, 503), tags=["evidence"])
async def entity(entity_id: str, service: ServiceDep) -> EntityView:
    """An entity, by key (`Disorder:DOID:594`) or canonical id (`DOID:594`): its names, the facts
    that touch it with the ids of the passages that state them, and the passages most about it."""
    return await service.ask_engine(lambda engine: engine.entity(entity_id))
