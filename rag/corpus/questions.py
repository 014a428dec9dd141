"""The tables of questions beside the documents: each fits its document, and says nothing unsafe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.corpus.documents import CorpusDocument
from rag.corpus.findings import Finding, error, warning
from rag.errors import DocumentError
from rag.index.asked import SUFFIX, with_questions
from rag.model import Passage
from rag.safety.output import blocked


def check_questions(
    documents: Sequence[tuple[CorpusDocument, Sequence[Passage]]], folder: Path
) -> Iterator[Finding]:
    """Tables that fit no document, headings that nobody asks about, questions that no answer of
    ours may hold. `folder`: where the documents and their tables are."""
    tables = {path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(tables - {document.path.stem for document, _ in documents}):
        yield error("questions", name, f"{name}{SUFFIX} lies beside no document")
    for document, cut in documents:
        name = document.path.stem
        if name not in tables:
            continue
        try:
            asked = with_questions(document.path, cut)
        except DocumentError as problem:
            yield error("questions", name, str(problem))
            continue
        for heading in dict.fromkeys(" > ".join(p.heading) for p in asked if not p.asked):
            yield warning("questions", name, f"nobody asks about {heading!r}")
        for question in dict.fromkeys(each.text for p in asked for each in p.asked):
            # "can tablets cure it" promises nothing, with a question mark or without.
            for reason in blocked(f"{question.rstrip('?')}?"):
                yield error("questions", name, f"{reason}: {question!r}")
