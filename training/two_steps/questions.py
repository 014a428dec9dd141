"""Questions of two steps, with the passages that answer them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import corpora
from knowledge_graph.names import normal
from rag.index.version import IndexVersion

ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "bench/questions"
OF_SOME = ("tuning", "practice", "held_out", "second")  # of the first 32 documents
OF_ALL = ("practice_all", "practice_more", "third", "fourth", "fifth", "sixth")
LEARNT_FROM = ("tuning", "practice", "practice_all", "practice_more", "third")


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `answers`: for each step, the ids of the passages that hold it."""

    id: str
    text: str
    answers: Sequence[set[str]]


def documents(name: str) -> list[Path]:
    """The documents that the questions of this set were written for."""
    if name in OF_ALL:
        return [corpora.documents_dir()]
    names = (QUESTIONS / "multihop_documents.txt").read_text("utf-8").split()
    return [ROOT / f"corpora/documents/{document}.md" for document in names]


def read(version: IndexVersion, name: str) -> list[Question]:
    """The questions of `multihop_{name}.jsonl`. A passage answers when one sentence of it holds
    the words that the file names."""
    lines = (QUESTIONS / f"multihop_{name}.jsonl").read_text("utf-8").splitlines()
    asked = [json.loads(line) for line in lines]
    return [Question(q["id"], q["question"], _answers(version, q["answers"])) for q in asked]


def _answers(version: IndexVersion, answers: Iterable[dict[str, Any]]) -> list[set[str]]:
    found = []
    for answer in answers:
        words = f" {normal(answer['words'])} "
        passages = version.passages(version.passage_ids(answer["document"]))
        found.append(
            {p.id for p in passages if any(words in f" {normal(s)} " for s in p.sentence_texts())}
        )
    return found
