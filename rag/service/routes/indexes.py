"""/v1/indexes: the versions on disk, rebuilds as jobs, activation."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from rag.index.store import IndexStore, VersionState
from rag.service.problems import responses
from rag.service.schemas import Active, BuildRequest, Indexes, IndexSummary, Job
from rag.service.state import ServiceDep

router = APIRouter(tags=["indexes"])


@router.get("/v1/indexes", responses=responses())
async def indexes(service: ServiceDep) -> Indexes:
    """Every index version on disk, newest first."""
    store = IndexStore(service.settings.index_dir)
    states = await service.in_thread(store.versions)
    serving = service.slot.version()
    return Indexes(versions=[_summary(state, serving) for state in states])


@router.post("/v1/indexes", status_code=HTTPStatus.ACCEPTED, responses=responses(403, 404, 409))
async def build(body: BuildRequest, response: Response, service: ServiceDep) -> Job:
    """Starts to build a version from a folder inside the build root.

    The answer comes at once; `Location` is where the job can be followed. When it has ended and
    the promotion gate lets the new version through, it answers, and no request fails on the way.
    With `dry_run` the job only says what would change.
    """
    folder = await service.in_thread(
        lambda: _allowed(service.settings.service.build_root, body.folder)
    )
    job = service.jobs.start(folder, body)
    response.headers["Location"] = f"/v1/indexes/jobs/{job.id}"
    return job


@router.get("/v1/indexes/jobs/{job_id}", responses=responses(404))
async def job(job_id: str, service: ServiceDep) -> Job:
    """How far a build is, and what it made or why it failed."""
    return service.jobs.get(job_id)


@router.post("/v1/indexes/{version_id}/activate", responses=responses(404, 503))
async def activate(version_id: str, service: ServiceDep) -> Active:
    """Answers from this version from now on; a request in flight ends on the one before."""
    await service.activate(version_id)
    return Active(index_version=version_id)


def _summary(state: VersionState, serving: str | None) -> IndexSummary:
    manifest = state.manifest
    return IndexSummary(
        id=state.id,
        active=state.active,
        serving=state.id == serving,
        sources=manifest.counts.sources if manifest else None,
        passages=manifest.counts.passages if manifest else None,
        built_at=manifest.built_at if manifest else None,
        problem=state.problem,
    )


def _allowed(root: Path | None, folder: str) -> Path:
    if root is None:
        raise HTTPException(
            HTTPStatus.FORBIDDEN, "Building is switched off: set RAG_SERVICE__BUILD_ROOT."
        )
    base = root.resolve()
    path = (base / folder).resolve()
    if not path.is_relative_to(base):
        raise HTTPException(HTTPStatus.FORBIDDEN, "The folder is outside the build root.")
    if not path.is_dir():
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such folder in the build root.")
    return path
