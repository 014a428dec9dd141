"""The documents of a corpus folder, read for checking."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.corpus.findings import Finding, error
from rag.errors import CorpusError, DocumentError
from rag.ingest import parse
from rag.ingest.chunking import passages
from rag.ingest.frontmatter import split_front_matter
from rag.model import Document, Passage, Source
from rag.sentences import sentence_spans
from rag.settings import IngestSettings

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")


@dataclass(frozen=True, slots=True)
class CorpusDocument:
    """A document as parsed, and its Markdown after the front matter."""

    path: Path
    document: Document
    body: str

    @property
    def source(self) -> Source:
        """What the front matter says."""
        return self.document.source

    @property
    def prose(self) -> str:
        """The body without its headings."""
        return "\n".join("" if line.startswith("#") else line for line in self.body.split("\n"))

    def sentences(self) -> Iterator[str]:
        """The sentences of the prose, in order."""
        text = self.prose
        return (text[start:end] for start, end in sentence_spans(text))

    def headings(self) -> list[tuple[int, str]]:
        """Level and text of each heading, in order."""
        found = re.findall(r"^(#+) (.+)$", self.body, re.MULTILINE)
        return [(len(marks), text) for marks, text in found]


def load(folder: Path) -> tuple[list[CorpusDocument], list[Finding]]:
    """Every document in `folder`, by name, and a finding for each that cannot be read.

    Raises:
        CorpusError: the folder is not there or holds no Markdown.
    """
    paths = sorted(folder.glob("*.md"))
    if not paths:
        raise CorpusError(f"{folder}: no Markdown document in it. Name a folder of documents.")
    documents: list[CorpusDocument] = []
    findings: list[Finding] = []
    for path in paths:
        try:
            document = parse(path, IngestSettings())
            front_matter, body = split_front_matter(path.read_text(encoding="utf-8"), path)
        except (DocumentError, UnicodeDecodeError) as problem:
            message = str(problem).removeprefix(f"{path}: ")
            findings.append(error("front matter", path.stem, message))
            continue
        if front_matter is None:
            findings.append(error("front matter", path.stem, "the document has none; give it one"))
        else:
            documents.append(CorpusDocument(path, document, body))
    return documents, findings


def cut(
    documents: Sequence[CorpusDocument], count_tokens: Callable[[str], int]
) -> list[tuple[CorpusDocument, tuple[Passage, ...]]]:
    """Each document with its passages, as the index cuts them; `count_tokens`: the encoder's."""
    return [(one, passages(one.document, count_tokens, IngestSettings())) for one in documents]


def words(text: str) -> list[str]:
    """Lower-case words; an apostrophe within one is part of it."""
    return _WORD.findall(text.lower().replace("’", "'"))
