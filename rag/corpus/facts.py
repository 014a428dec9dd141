"""Curated facts (`corpora/facts/*.csv`): each must stand in a sentence of a document, or name the
source that states it. A fact that no passage states can ground no sentence."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.corpus.documents import CorpusDocument
from rag.corpus.findings import Finding, error

_COLUMNS = frozenset({"subject", "relation", "object", "document", "words", "source"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def check_facts(folder: Path, documents: Sequence[CorpusDocument]) -> Iterator[Finding]:
    """Rows whose words stand together in no sentence of the document that they name."""
    sentences = {
        document.path.stem: [_normal(sentence) for sentence in document.sentences()]
        for document in documents
    }
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if not set(rows.fieldnames or ()) >= _COLUMNS:
                continue  # a table of names, not of facts
            for line, row in enumerate(rows, start=2):
                if problem := _problem(row, sentences):
                    fact = f"{row['subject']} {row['relation']} {row['object']}"
                    yield error("facts", f"{path.name}:{line}", f"{fact}: {problem}")


def _problem(row: dict[str, str], sentences: dict[str, list[str]]) -> str:
    if row["source"]:
        return ""
    there = sentences.get(row["document"])
    if there is None:
        return f"there is no document {row['document']!r}"
    words = [_normal(part) for part in row["words"].split("|") if part.strip()]
    if words and any(all(word in sentence for word in words) for sentence in there):
        return ""
    return f"no sentence of {row['document']!r} holds {row['words']!r}"


def _normal(text: str) -> str:
    return f" {_NOT_WORD.sub(' ', text.lower().replace('’', chr(39))).strip()} "
