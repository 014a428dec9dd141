"""The tables of questions beside the documents: each fits its document, and says nothing unsafe."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rag.corpus.documents import CorpusDocument
from rag.corpus.findings import Finding, error, warning
from rag.errors import DocumentError
from rag.index.asked import SUFFIX, with_questions
from rag.ingest.chunking import passages
from rag.safety.output import blocked
from rag.settings import IngestSettings


def check_questions(
    documents: Sequence[CorpusDocument], folder: Path, count_tokens: Callable[[str], int]
) -> Iterator[Finding]:
    """Tables that fit no document, headings that nobody asks about, questions that no answer of
    ours may hold.

    Args:
        folder: where the documents and their tables are.
        count_tokens: the encoder's, so that passages are cut as the index cuts them.
    """
    tables = {path.name.removesuffix(SUFFIX) for path in folder.glob(f"*{SUFFIX}")}
    for name in sorted(tables - {document.path.stem for document in documents}):
        yield error("questions", name, f"{name}{SUFFIX} lies beside no document")
    for document in documents:
        name = document.path.stem
        if name not in tables:
            continue
        cut = passages(document.document, count_tokens, IngestSettings())
        try:
            asked = with_questions(document.path, cut)
        except DocumentError as problem:
            yield error("questions", name, str(problem))
            continue
        for heading in dict.fromkeys(p.heading[-1] for p in asked if not p.asked):
            yield warning("questions", name, f"nobody asks about {heading!r}")
        for question in dict.fromkeys(question for p in asked for question in p.asked):
            for reason in blocked(f"{question.rstrip('?')}?"):
                yield error("questions", name, f"{reason}: {question!r}")
