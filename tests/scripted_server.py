"""A loopback HTTP server whose replies a test writes byte by byte, in any wire."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Call:
    """What a client sent. Header names are in lower case."""

    path: str
    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(frozen=True)
class Sent:
    """What goes back: `pieces` are written one after the other, as a stream would be."""

    pieces: Iterable[bytes]
    kind: str = "application/json"
    status: int = 200


Respond = Callable[[Call], Sent]


class ScriptedServer:
    """`with ScriptedServer(respond) as server:`; `server.calls` holds what was asked."""

    def __init__(self, respond: Respond) -> None:
        self.calls: list[Call] = []
        calls = self.calls

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer()

            def do_POST(self) -> None:
                self._answer()

            def _answer(self) -> None:
                data = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                calls.append(Call(self.path, json.loads(data or b"{}"), headers))
                sent = respond(calls[-1])
                self.close_connection = True
                self.send_response(sent.status)
                self.send_header("content-type", sent.kind)
                self.send_header("connection", "close")
                self.end_headers()
                for piece in sent.pieces:
                    self.wfile.write(piece)
                    self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                """Nothing: the test's output is the test's."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def as_json(value: object, status: int = 200) -> Sent:
    """A whole JSON reply."""
    return Sent([json.dumps(value).encode()], status=status)


def as_events(events: Iterable[tuple[str, object]]) -> Sent:
    """Server-sent events: (name, or "" for none; data)."""
    pieces = (
        (f"event: {name}\n" if name else "").encode()
        + (f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n").encode()
        for name, data in events
    )
    return Sent(pieces, "text/event-stream")
