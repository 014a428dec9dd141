"""POST /v1/retrieve: the passages that an answer would be made from."""

from __future__ import annotations

from fastapi import APIRouter

from rag.engine import Engine
from rag.model import Evidence
from rag.service.problems import responses
from rag.service.schemas import HitOut, RetrieveRequest, RetrieveResponse
from rag.service.state import ServiceDep

router = APIRouter()


@router.post("/v1/retrieve", responses=responses(503), tags=["ask"])
async def retrieve(body: RetrieveRequest, service: ServiceDep) -> RetrieveResponse:
    """Finds the passages nearest to a question, best first."""

    def work(engine: Engine) -> RetrieveResponse:
        found = engine.retrieve(body.question, top_k=body.top_k, as_of=body.as_of, arms=body.arms)
        return RetrieveResponse(
            hits=[_hit(evidence) for evidence in found.evidence],
            degraded=found.degraded,
            index_version=engine.version_id,
        )

    return await service.ask_engine(work)


def _hit(evidence: Evidence) -> HitOut:
    return HitOut(
        passage_id=evidence.passage.id,
        source_id=evidence.passage.source_id,
        score=evidence.hit.score,
        arms=evidence.hit.arms,
        text=evidence.passage.text,
        title=evidence.source.title,
        heading=evidence.passage.heading,
        pages=evidence.passage.pages,
        url=evidence.source.url,
    )
