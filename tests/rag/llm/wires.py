"""The wires of Anthropic's and Ollama's APIs, as far as a chat needs them, spoken on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from tests.scripted_server import Call, Sent, as_events, as_json

Words = Callable[[Call], str]
_PIECE = 20  # characters


def anthropic(words: Words) -> Callable[[Call], Sent]:
    """`POST /v1/messages`, whole or streamed."""

    def respond(call: Call) -> Sent:
        if call.path.split("?")[0] != "/v1/messages":
            return as_json({"type": "error", "error": {"type": "not_found_error"}}, 404)
        text = words(call)
        usage = {"input_tokens": 1, "output_tokens": 1}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "scripted",
                   "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}  # fmt: skip
        if not call.body.get("stream"):
            return as_json({**message, "content": [{"type": "text", "text": text}]})
        return as_events(_anthropic_events({**message, "content": [], "stop_reason": None}, text))

    return respond


def _anthropic_events(message: object, text: str) -> Iterator[tuple[str, object]]:
    yield "message_start", {"type": "message_start", "message": message}
    block = {"type": "text", "text": ""}
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": 0, "content_block": block},
    )
    for piece in _pieces(text):
        delta = {"type": "text_delta", "text": piece}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    end = {"stop_reason": "end_turn", "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": end, "usage": {"output_tokens": 1}}
    yield "message_stop", {"type": "message_stop"}


def ollama(words: Words) -> Callable[[Call], Sent]:
    """`POST /api/chat`, whole or streamed, and `POST /api/show`."""

    def respond(call: Call) -> Sent:
        if call.path == "/api/show":
            return as_json({"model_info": {"llama.context_length": 8192}, "capabilities": []})
        if call.path != "/api/chat":
            return as_json({"error": "not found"}, 404)
        text = words(call)
        if not call.body.get("stream"):
            return as_json({**_ollama(text), "done": True, "done_reason": "stop"})
        lines = [{**_ollama(piece), "done": False} for piece in _pieces(text)]
        lines.append({**_ollama(""), "done": True, "done_reason": "stop"})
        return Sent([f"{json.dumps(line)}\n".encode() for line in lines], "application/x-ndjson")

    return respond


def _ollama(text: str) -> dict[str, object]:
    message = {"role": "assistant", "content": text}
    return {"model": "scripted", "created_at": "2026-11-28T12:00:00Z", "message": message}


def _pieces(text: str) -> list[str]:
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
