"""Rows from `answers/` and `hard_answers/`, written for this project over real passages.

Each line of a file there is `{"passages": [keys of segments.py], "question", "sentences": [[text,
true] or [text, false, kind, unsupported words], ...]}`; a sentence is judged against its three
passages together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).parent / "answers"
HARD_ANSWERS = Path(__file__).parent / "hard_answers"  # never trained on
_HELD_OUT_SHARE = 0.12  # of the answers, by hash of their passages


def answers(folder: Path) -> Iterator[dict[str, Any]]:
    """The lines of its files."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def is_held_out(answer: Mapping[str, Any]) -> bool:
    """Whether an answer of `ANSWERS` is left out of training."""
    digest = hashlib.sha256("".join(answer["passages"]).encode()).hexdigest()
    return int(digest[:8], 16) / 0xFFFFFFFF < _HELD_OUT_SHARE


def rows(
    segments: Mapping[str, str], written: Iterable[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Sentence, passages joined by blank lines, label, and the character spans that are wrong.

    Raises:
        KeyError: a passage is not among the segments; the texts are not those of the data card.
    """
    for answer in written:
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
