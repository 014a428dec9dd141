"""Rows from the answers in `answers/`, written for this project over real passages.

Each line of a file there is `{"passages": [keys of segments.py], "question", "sentences": [[text,
true] or [text, false, kind, unsupported words], ...]}`; a sentence is judged against its three
passages together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent / "answers"
_HELD_OUT_SHARE = 0.12  # of the answers, by hash of their passages


def rows(segments: Mapping[str, str], *, held_out: bool) -> Iterator[dict[str, Any]]:
    """Sentence, passages joined by blank lines, label, and the character spans that are wrong.

    Raises:
        KeyError: a passage is not among the segments; the texts are not those of the data card.
    """
    for path in sorted(ANSWERS.glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            answer = json.loads(line)
            if _is_held_out(answer["passages"]) is not held_out:
                continue
            passage = "\n\n".join(segments[key] for key in answer["passages"])
            for text, supported, *error in answer["sentences"]:
                wrong = []
                if not supported:
                    start = text.index(error[1])
                    wrong = [[start, start + len(error[1])]]
                yield {
                    "set": "written", "kind": "supported" if supported else error[0],
                    "passage": passage, "sentence": text, "supported": supported, "wrong": wrong,
                    "question": answer["question"],
                }  # fmt: skip


def _is_held_out(passages: list[str]) -> bool:
    digest = hashlib.sha256("".join(passages).encode()).hexdigest()
    return int(digest[:8], 16) / 0xFFFFFFFF < _HELD_OUT_SHARE
