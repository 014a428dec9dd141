"""`rag serve`: the REST service."""

from __future__ import annotations

import ipaddress
import sys
from typing import Annotated, Any

import typer

from rag.cli.common import IndexDir, load_settings
from rag.errors import MissingExtraError


def serve_command(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.  [default: RAG_SERVICE__HOST]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help="Port to listen on.  [default: RAG_SERVICE__PORT]"),
    ] = None,
    index_dir: IndexDir = None,
) -> None:
    """Starts the REST service, on the loopback address unless told otherwise."""
    settings = load_settings(index_dir)
    chosen: dict[str, Any] = {"host": host, "port": port}
    service = settings.service.model_copy(
        update={name: value for name, value in chosen.items() if value is not None}
    )
    settings = settings.model_copy(update={"service": service})
    try:
        from rag.service.run import serve
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{error.name} is not installed: pip install 'plumbline[service]'"
        ) from error
    if not _is_loopback(service.host):
        print(
            f"rag: listening on {service.host}: others can reach this service, and it asks for "
            "no key",
            file=sys.stderr,
        )
    serve(settings)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a host name: it may lead anywhere
