"""The shipped corpus holds to its own rules: `rag corpus check` is the judge."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import pytest

import corpora
from rag.corpus.check import CorpusFiles, CorpusReport, check_corpus
from rag.encoders import open_encoder
from rag.index.asked import SUFFIX
from rag.settings import EncoderSettings

SOURCES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "sources"
# What the starter corpus promises to cover (docs/corpus.md).
PROMISED = frozenset(
    "depression generalised-anxiety-disorder panic-disorder social-anxiety-disorder "
    "obsessive-compulsive-disorder post-traumatic-stress-disorder bipolar-disorder "
    "schizophrenia-and-psychosis adhd autism eating-disorders borderline-personality-disorder "
    "insomnia self-harm-and-suicide-prevention perinatal-mental-health substance-use "
    "helping-someone-else antidepressants talking-therapies self-help-skills getting-help".split()
)
DOCUMENTS = sorted(corpora.documents_dir().glob("*.md"))
IDS = {path.stem for path in DOCUMENTS}


@cache
def report() -> CorpusReport:
    files = CorpusFiles.below(corpora.documents_dir().parent)
    encoder = open_encoder(EncoderSettings())
    sources = SOURCES if SOURCES.is_dir() else None
    return check_corpus(files, encoder.count_tokens, today=dt.date.today(), sources=sources)


def errors(where: str | None) -> list[str]:
    """What is wrong with a document; None: with what is no single document."""
    return [
        f"{finding.where}: {finding.rule}: {finding.message}"
        for finding in report().findings
        if finding.level == "error"
        and (finding.where == where if where else finding.where not in IDS)
    ]


def test_the_promised_documents_are_there() -> None:
    assert IDS >= PROMISED
    assert report().documents == len(DOCUMENTS)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_keeps_the_rules(path: Path) -> None:
    assert not errors(path.stem)


def test_people_ask_about_every_section() -> None:
    tables = {path.name.removesuffix(SUFFIX) for path in corpora.documents_dir().glob(f"*{SUFFIX}")}
    assert tables == IDS
    assert not [finding for finding in report().findings if finding.rule == "questions"]


def test_catalogue_publishers_and_crisis_lines_keep_the_rules() -> None:
    assert not errors(None)


@pytest.mark.skipif(not SOURCES.is_dir(), reason=f"source texts are not at {SOURCES}")
def test_copied_sentences_were_looked_for() -> None:
    from rag.corpus.copied import source_texts

    assert sum(len(text.split()) for _, text in source_texts(SOURCES)) > 1_000_000
