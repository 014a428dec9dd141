"""The service on a free loopback port, inside this process, with an engine that can be changed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rag.engine import Engine
from rag.errors import MissingExtraError, RagError
from rag.service.slot import EngineSlot
from rag.settings import Settings

_STARTS_WITHIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    base_url: str
    slot: EngineSlot

    def answer_from(self, engine: Engine) -> None:
        """From now on `engine` answers; the service closes it."""
        self.slot.swap(engine)


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Runs the service for as long as the block runs.

    Raises:
        MissingExtraError: the extra `service` is not installed.
        RagError: it does not start.
    """
    try:
        import uvicorn

        from rag.service.app import create_app
    except ImportError as error:
        raise MissingExtraError(
            f"{error.name} is not installed. Run: pip install 'plumbline[service,llm]'"
        ) from error
    app = create_app(settings)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while not server.started:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise RagError("The service did not start; run `rag doctor`")
            time.sleep(0.01)
        host, port = listener.getsockname()
        yield Served(f"http://{host}:{port}", app.state.service.slot)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
