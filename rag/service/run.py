"""Runs the service with uvicorn."""

from __future__ import annotations

import uvicorn

from rag.service.app import create_app
from rag.settings import Settings

GRACE_S = 10  # seconds that requests in flight may take after a stop signal


def serve(settings: Settings) -> None:
    """Listens until it is told to stop."""
    uvicorn.run(
        create_app(settings),
        host=settings.service.host,
        port=settings.service.port,
        log_level="info",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
