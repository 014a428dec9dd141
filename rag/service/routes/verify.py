"""POST /v1/verify: is a sentence supported by the passages that it cites?"""

from __future__ import annotations

from fastapi import APIRouter

from rag.model import Verdict
from rag.service.problems import responses
from rag.service.schemas import VerifyRequest
from rag.service.state import ServiceDep

router = APIRouter()


@router.post("/v1/verify", responses=responses(503), tags=["ask"])
async def verify(body: VerifyRequest, service: ServiceDep) -> Verdict:
    """Checks a sentence against passages: figures, negation, names, and what follows from them."""
    return await service.ask_engine(lambda engine: engine.verify(body.sentence, body.passages))
