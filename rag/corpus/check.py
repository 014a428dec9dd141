"""Every check of the shipped corpus, in one call."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.corpus import form, wording
from rag.corpus.catalogue import read_catalogue
from rag.corpus.copied import check_copied
from rag.corpus.documents import CorpusDocument, cut, load
from rag.corpus.duplicates import check_duplicates
from rag.corpus.facts import check_facts
from rag.corpus.findings import Finding, Level, error, warning
from rag.corpus.publishers import check_catalogue, check_publishers, read_publishers
from rag.corpus.questions import check_questions
from rag.safety.resources import STALE_FACTOR, ResourceTable, load_resources


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """How much was looked at, and what was found."""

    documents: int
    statements: int
    reading_grade: float
    """Mean Flesch-Kincaid grade of the documents."""
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return all(finding.level is not Level.ERROR for finding in self.findings)


@dataclass(frozen=True, slots=True)
class CorpusFiles:
    """Where the parts of a corpus are. The folder of facts may be missing."""

    documents: Path
    catalogue: Path
    publishers: Path
    crisis: Path
    facts: Path

    @classmethod
    def below(cls, root: Path) -> CorpusFiles:
        """The parts of a corpus at their usual places in one folder."""
        return cls(
            documents=root / "documents",
            catalogue=root / "catalogue.toml",
            publishers=root / "publishers.txt",
            crisis=root / "crisis",
            facts=root / "facts",
        )


def check_corpus(
    files: CorpusFiles,
    count_tokens: Callable[[str], int],
    *,
    today: dt.date,
    sources: Path | None = None,
) -> CorpusReport:
    """Hold the corpus to `docs/corpus.md`.

    Args:
        count_tokens: the encoder's, so that passages are cut as the index cuts them.
        sources: a folder of original texts that no sentence may be copied from.

    Raises:
        CorpusError: a list or table of the corpus cannot be read at all.
    """
    documents, findings = load(files.documents)
    for document in documents:
        findings += check_document(document, today)
    findings += wording.check_reading_age(documents)
    passages = cut(documents, count_tokens)
    findings += check_duplicates(passages)
    findings += check_questions(passages, files.documents)
    findings += check_publishers(documents, read_publishers(files.publishers))
    findings += check_catalogue(documents, read_catalogue(files.catalogue))
    findings += check_resources(load_resources(files.crisis), today)
    findings += check_facts(files.facts, documents)
    if sources is not None:
        findings += check_copied(documents, sources)
    grades = [wording.reading_grade(document) for document in documents]
    return CorpusReport(
        documents=len(documents),
        statements=sum(1 for document in documents for _ in document.sentences()),
        reading_grade=round(sum(grades) / len(grades), 2) if grades else 0.0,
        findings=tuple(findings),
    )


def check_document(document: CorpusDocument, today: dt.date) -> Sequence[Finding]:
    """What can be said of one document without its neighbours."""
    return [
        *form.check_front_matter(document),
        *form.check_age(document, today),
        *form.check_headings(document),
        *wording.check_safe_messaging(document),
        *wording.check_length(document),
    ]


def check_resources(table: ResourceTable, today: dt.date) -> Iterator[Finding]:
    """Crisis lines that were last checked too long ago: an error once they are no longer served."""
    expired = dt.timedelta(days=(STALE_FACTOR - 1) * table.recheck_days)
    too_old = set(table.due(today - expired))
    for row in table.due(today):
        finding = error if row in too_old else warning
        yield finding("crisis lines", "resources.toml", f"{row}: check it again")
