"""A chat server on loopback that replays recorded answers over OpenAI's wire, and fails on order.

It stands in for an LLM where an answer must be known beforehand: `rag eval gate` replays answers
with marked hallucinations, tests replay each way in which a server can go wrong.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

_CHUNK_CHARS = 24  # of text in one event of a stream
_TRICKLE_S = 0.2  # between the characters of a server that never ends
_GARBAGE = b'data: {"choices": [{"delta": {"con\n\n<html>\x00\xff not an answer\n\n'


class Fault(StrEnum):
    """How a reply goes wrong."""

    HANG = "hang"  # no byte comes back
    HANG_MIDSTREAM = "hang_midstream"  # half of the answer, then nothing
    TRICKLE = "trickle"  # a character at a time, for ever
    CUT = "cut"  # half of the answer, then the connection is closed
    GARBAGE = "garbage"  # bytes that are no answer


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server sends back for one request."""

    text: str = ""
    status: int = 200  # any other status is sent as an error, with `text` as its message
    fault: Fault | None = None
    delay_s: float = 0.0  # before the first byte
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent."""

    messages: tuple[dict[str, str], ...]  # {"role", "content"}
    body: dict[str, Any]
    key: str  # the bearer token

    @property
    def text(self) -> str:
        """Everything that the messages say."""
        return "\n".join(message["content"] for message in self.messages)


Respond = Callable[[Request], Reply]


class RecordedServer:
    """`POST /v1/chat/completions` on a free loopback port, streamed or whole.

    >>> with RecordedServer(lambda request: Reply("Slow breathing helps. [1]")) as server:
    ...     server.base_url.startswith("http://127.0.0.1:")
    True
    """

    def __init__(self, respond: Respond, *, key: str | None = None) -> None:
        """`respond` is called in the thread of its request. With `key`, others get 401."""
        self.requests: list[Request] = []
        self.left = threading.Event()  # a client closed its connection before the reply's end
        self._respond = respond
        self._key = key
        self._stopping = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.owner = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def reply_to(self, request: Request) -> Reply:
        """The reply to one request, which is kept in `requests`."""
        self.requests.append(request)
        if self._key is not None and request.key != self._key:
            return Reply("Incorrect API key provided.", status=HTTPStatus.UNAUTHORIZED)
        return self._respond(request)

    def wait(self, seconds: float) -> bool:
        """Sleeps, unless the server is stopping; whether it may go on."""
        return not self._stopping.wait(seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: RecordedServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        """Reads a request and replays its reply."""
        length = int(self.headers.get("content-length", 0))
        body: dict[str, Any] = json.loads(self.rfile.read(length))
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        messages = tuple(_message(message) for message in body["messages"])
        reply = self.server.owner.reply_to(Request(messages, body, key))
        self.close_connection = True
        try:
            self._send(reply, streamed=bool(body.get("stream")))
        except OSError:
            self.server.owner.left.set()

    def _send(self, reply: Reply, *, streamed: bool) -> None:
        owner = self.server.owner
        if reply.delay_s and not owner.wait(reply.delay_s):
            return
        if reply.fault is Fault.HANG:
            self._hang()
        elif reply.status != HTTPStatus.OK:
            self._head(reply, "application/json")
            error = {"message": reply.text, "type": "recorded", "code": reply.status}
            self.wfile.write(json.dumps({"error": error}).encode())
        elif streamed:
            self._head(reply, "text/event-stream")
            for piece in self._stream(reply):
                self.wfile.write(piece)
                self.wfile.flush()
        else:
            self._whole(reply)

    def _whole(self, reply: Reply) -> None:
        self._head(reply, "application/json")
        message = {"role": "assistant", "content": reply.text}
        data = json.dumps(_completion("chat.completion", message=message)).encode()
        if reply.fault is Fault.GARBAGE:
            self.wfile.write(_GARBAGE)
        elif reply.fault is Fault.TRICKLE:
            while self.server.owner.wait(_TRICKLE_S):
                self.wfile.write(b" ")
        else:
            self.wfile.write(data if reply.fault is None else data[: len(data) // 2])
            if reply.fault is Fault.HANG_MIDSTREAM:
                self._hang()

    def _stream(self, reply: Reply) -> Iterator[bytes]:
        if reply.fault is Fault.GARBAGE:
            yield _GARBAGE
            return
        if reply.fault is Fault.TRICKLE:
            while self.server.owner.wait(_TRICKLE_S):
                yield _event("a")
            return
        text = reply.text if reply.fault is None else reply.text[: len(reply.text) // 2]
        for start in range(0, len(text), _CHUNK_CHARS):
            yield _event(text[start : start + _CHUNK_CHARS])
        if reply.fault is Fault.HANG_MIDSTREAM:
            self._hang()
        elif reply.fault is None:
            yield _event("", finish="stop")
            yield b"data: [DONE]\n\n"

    def _hang(self) -> None:
        """Until the client has gone, which is noticed, or the server stops."""
        self.connection.settimeout(0.05)
        while self.server.owner.wait(0):
            try:
                if not self.connection.recv(1):
                    raise ConnectionResetError
            except TimeoutError:
                continue

    def _head(self, reply: Reply, kind: str) -> None:
        self.send_response(reply.status)
        self.send_header("content-type", kind)
        if reply.retry_after_s is not None:
            self.send_header("retry-after", f"{reply.retry_after_s:g}")
        self.send_header("connection", "close")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: standard error belongs to whoever runs the server."""


def _message(message: dict[str, Any]) -> dict[str, str]:
    """A message with its content as text, in whichever of the two forms it was sent."""
    content = message.get("content") or ""
    if not isinstance(content, str):
        content = "\n".join(part.get("text", "") for part in content)
    return {"role": str(message["role"]), "content": content}


def _completion(kind: str, **choice: object) -> dict[str, object]:
    made = int(time.time())
    choices = [{"index": 0, "finish_reason": "stop", **choice}]
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    head = {"id": "recorded", "object": kind, "created": made, "model": "recorded"}
    return {**head, "choices": choices, "usage": usage}


def _event(text: str, finish: str | None = None) -> bytes:
    delta = {"role": "assistant", "content": text}
    data = _completion("chat.completion.chunk", delta=delta, finish_reason=finish)
    del data["usage"]
    return f"data: {json.dumps(data)}\n\n".encode()


def recorded(answers: Sequence[Reply]) -> Respond:
    """Replays `answers` in order, one a request; the last one again when they run out."""
    left = list(answers)
    lock = threading.Lock()

    def respond(_: Request) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return respond
