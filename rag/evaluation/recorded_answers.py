"""Answers that language models gave, with the stretches that their passages do not support.

JSON Lines: `{"id", "question", "passages": ["…"], "answer", "spans": [{"start", "end", "kind"}]}`.
`start` and `end` are character offsets into `answer`; `kind` names the sort of error.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.compose.reply.claims import claims
from rag.errors import SettingsError

_NO_KIND = "unnamed"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an answer that its passages do not support."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence of an answer, and the kinds of error in it: none if it is supported."""

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One line of the file."""

    id: str
    question: str
    passages: tuple[str, ...]
    answer: str
    spans: tuple[Span, ...]

    def sentences(self) -> tuple[MarkedSentence, ...]:
        """Sentences and list items in order; one is unsupported where a span reaches into it."""
        return tuple(
            MarkedSentence(
                claim.text,
                tuple(
                    dict.fromkeys(
                        span.kind
                        for span in self.spans
                        if self._says(max(span.start, claim.start), min(span.end, claim.end))
                    )
                ),
            )
            for claim in claims(self.answer)
        )

    def _says(self, start: int, end: int) -> bool:
        return any(c.isalnum() for c in self.answer[start:end]) if start < end else False


def read_recorded(path: Path) -> tuple[RecordedAnswer, ...]:
    """Every answer of the file, in order.

    Raises:
        SettingsError: the file cannot be read, is empty, or a line is not as it must be; the
            message names the line and what is wrong with it.
    """
    try:
        lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        raise SettingsError(f"--input {path}: {error.strerror}") from error
    found = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(_parsed(line))
        except ValueError as error:
            raise SettingsError(f"--input {path}, line {number}: {error}") from error
    if not found:
        raise SettingsError(f"--input {path}: there is no answer in it")
    return tuple(found)


def _parsed(line: bytes) -> RecordedAnswer:
    """Raises ValueError, which says what is wrong."""
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from None
    if not isinstance(record, dict):
        raise ValueError("it is not a JSON object")
    answer = _text(record, "answer")
    passages = record.get("passages")
    if not isinstance(passages, list) or not all(isinstance(p, str) for p in passages):
        raise ValueError('"passages" must be a list of texts')
    if not any(any(c.isalnum() for c in passage) for passage in passages):
        raise ValueError('"passages" holds no text: an answer needs at least one passage')
    question = _text(record, "question")
    if not question.strip():
        raise ValueError('"question" is empty')
    identity = record.get("id")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise ValueError('"id" must be a text or a whole number')
    spans = record.get("spans")
    if not isinstance(spans, list):
        raise ValueError('"spans" must be a list; it is empty for a faithful answer')
    marked = tuple(_span(span, answer) for span in spans)
    return RecordedAnswer(str(identity), question, tuple(passages), answer, marked)


def _text(record: dict[str, Any], name: str) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise ValueError(f'"{name}" must be a text')
    return value


def _offset(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError('"start" and "end" of a span must be whole numbers')
    return value


def _span(span: Any, answer: str) -> Span:
    if not isinstance(span, dict):
        raise ValueError('each of "spans" must be an object with "start", "end" and "kind"')
    start, end = (_offset(span.get(name)) for name in ("start", "end"))
    kind = span.get("kind", _NO_KIND)
    if not 0 <= start < end <= len(answer):
        raise ValueError(
            f"a span from {start} to {end} is not inside the answer of {len(answer)} characters"
        )
    if not isinstance(kind, str):
        raise ValueError('"kind" of a span must be a text')
    return Span(start, end, kind)


def in_groups(
    answers: Sequence[RecordedAnswer], most: int
) -> tuple[tuple[RecordedAnswer, ...], ...]:
    """`answers` in runs of `most` or a little more: neighbours with the same passages stay
    together, so that these are indexed once."""
    groups: list[list[RecordedAnswer]] = []
    for answer in answers:
        same = bool(groups) and groups[-1][-1].passages == answer.passages
        if not groups or (len(groups[-1]) >= most and not same):
            groups.append([])
        groups[-1].append(answer)
    return tuple(tuple(group) for group in groups)
