"""Sentences with their evidence and what people said of them, from the forms that sets come in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import SettingsError
from rag.sentences import sentence_spans

_SUPPORTED_WORDS = frozenset({"attributable", "supported", "yes", "true", "1"})


@dataclass(frozen=True, slots=True)
class Case:
    """One sentence. Cases of one `response` belong to one answer, of one `question` together."""

    question: str
    response: str
    sentence: str
    before: str  # the sentence before it in the answer, "" for the first
    passages: tuple[str, ...]
    supported: bool


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a JSON Lines file. Each line is one of three forms, told by its fields.

    - an answer with marked stretches, as in RAGTruth: `answer` (or `response`), `passages`,
      `spans` (or `labels`) of `{"start", "end"}`; a sentence that a stretch touches is unsupported;
    - a claim with its references, as in AttributionBench: `claim`, `references`,
      `attribution_label`;
    - a plain pair: `sentence`, `passages` (or `passage`), `supported`.

    `question` and `id` are optional in all of them.

    Raises:
        SettingsError: the file cannot be read, or a line has none of the forms; names the line.
    """
    cases: list[Case] = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"Cannot read {path}: {error}. Give a JSON Lines file") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            cases.extend(_cases(json.loads(line), f"line {number}"))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SettingsError(
                f"{path}, line {number}: {type(error).__name__}: {error}. "
                "Each line needs answer, passages and spans; or claim, references and "
                "attribution_label; or sentence, passages and supported"
            ) from error
    if not cases:
        raise SettingsError(f"{path} holds no sentences. Give a JSON Lines file with at least one")
    return tuple(cases)


def _cases(row: Mapping[str, Any], place: str) -> Iterator[Case]:
    response = str(row.get("id", place))
    if "spans" in row or "labels" in row:
        yield from _marked(row, response)
        return
    if "attribution_label" in row:
        passages = tuple(str(text) for text in row["references"])
        label = row["attribution_label"]
        sentence = str(row.get("claim_raw_string") or row["claim"])
    else:
        passages = _passages(row)
        label = row["supported"]
        sentence = str(row["sentence"])
    supported = label if isinstance(label, bool) else str(label).lower() in _SUPPORTED_WORDS
    question = str(row.get("question") or response)
    yield Case(question, response, sentence, "", passages, supported)


def _marked(row: Mapping[str, Any], response: str) -> Iterator[Case]:
    answer = str(row["answer"] if "answer" in row else row["response"])
    marked = row["spans"] if "spans" in row else row["labels"]
    spans = [(int(span["start"]), int(span["end"])) for span in marked]
    passages = _passages(row)
    question = str(row.get("question") or response)
    before = ""
    for start, end in sentence_spans(answer):
        touched = any(a < end and start < b for a, b in spans)
        sentence = answer[start:end]
        yield Case(question, response, sentence, before, passages, not touched)
        before = sentence


def _passages(row: Mapping[str, Any]) -> tuple[str, ...]:
    if "passages" in row:
        found = row["passages"]
        if isinstance(found, str) or not all(isinstance(text, str) for text in found):
            raise TypeError('"passages" must be a list of texts')
        return tuple(found)
    return (str(row["passage"]),)
