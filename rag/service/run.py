"""Runs the service with uvicorn."""

from __future__ import annotations

import socket
import sys

import uvicorn

from rag.errors import RagError
from rag.service.app import create_app
from rag.settings import ServiceSettings, Settings

GRACE_S = 10  # seconds that requests in flight may take after a stop signal


def serve(settings: Settings) -> None:
    """Listens until it is told to stop.

    Raises:
        RagError: the address cannot be listened on.
    """
    with _listener(settings.service) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        print(f"Plumbline listens on http://{shown}:{port} (Ctrl-C stops it)", file=sys.stderr)
        config = uvicorn.Config(
            create_app(settings),
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_S,
        )
        uvicorn.Server(config).run(sockets=[listener])


def _listener(service: ServiceSettings) -> socket.socket:
    """A bound socket. Bound here, since uvicorn would end the process with a code of its own."""
    family = socket.AF_INET6 if ":" in service.host else socket.AF_INET
    try:
        return socket.create_server((service.host, service.port), family=family)
    except OSError as error:
        raise RagError(
            f"Cannot listen on {service.host} port {service.port}: {error.strerror}. "
            "Choose another with --host or --port"
        ) from error
