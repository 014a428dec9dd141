"""Examples for the OpenAPI document; a test holds them against the engine's own types."""

from __future__ import annotations

import json

_SENTENCE = {
    "text": "Slow, steady breathing can help a panic attack to pass.",
    "citations": [1],
    "verdict": {
        "outcome": "supported",
        "support": 0.97,
        "reasons": [],
        "checked_by": "lexical-embedding",
        "supported": True,
    },
}
ANSWER = {
    "status": "answered",
    "question": "What helps with panic attacks?",
    "text": "Slow, steady breathing can help a panic attack to pass. [1]",
    "sentences": [_SENTENCE],
    "citations": [
        {
            "number": 1,
            "passage_id": "0f3a6d1c2b4e5f60718a",
            "passage_sha256": "9f" * 32,
            "source_id": "panic-disorder",
            "title": "Panic attacks and panic disorder",
            "publisher": "Plumbline",
            "edition": "2026-11",
            "year": 2026,
            "pages": [],
            "heading": ["Panic attacks and panic disorder", "What helps"],
            "url": "",
            "licence": "CC-BY-4.0",
            "grade": "B",
            "jurisdiction": "INT",
            "quote": "Slow, steady breathing can help a panic attack to pass.",
            "rests_on": [
                {
                    "publisher": "National Health Service",
                    "title": "Panic disorder",
                    "url": "https://www.nhs.uk/mental-health/conditions/panic-disorder/",
                    "edition": "2023",
                }
            ],
        }
    ],
    "dropped": [],
    "resources": [],
    "searched": [],
    "index_version": "1c0ffee1c0ffee1c",
    "degraded": [],
    "timings_ms": {"total": 31.4},
    "composed_by": "extractive",
    "llm": None,
    "understood_as": "",
}
EVENTS = (
    f"event: sentence\ndata: {json.dumps(_SENTENCE)}\n\n"
    f"event: answer\ndata: {json.dumps(ANSWER)}\n\n"
)
COMPLETION = {
    "id": "chatcmpl-1c0ffee1c0ffee1c0ffee1c0",
    "object": "chat.completion",
    "created": 1795000000,
    "model": "plumbline",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": ANSWER["text"]},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    "plumbline": ANSWER,
}
