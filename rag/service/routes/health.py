"""GET /healthz and /readyz: is the process alive, and can it answer?"""

from __future__ import annotations

from fastapi import APIRouter

from rag.service.problems import responses
from rag.service.schemas import Health, Ready
from rag.service.state import ServiceDep

router = APIRouter(tags=["health"])


@router.get("/healthz", responses=responses())
async def healthz() -> Health:
    """The process is alive."""
    return Health()


@router.get("/readyz", responses=responses(503))
async def readyz(service: ServiceDep) -> Ready:
    """The service can answer; 503 says why it cannot. Crisis answers work either way."""
    with service.slot.lease() as engine:
        return Ready(index_version=engine.version_id)
