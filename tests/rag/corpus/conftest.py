"""A small corpus of one document that keeps every rule, to be broken one rule at a time."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import corpora
from rag.corpus.catalogue import read_catalogue, to_toml, updated
from rag.corpus.check import CorpusFiles, CorpusReport, check_corpus
from rag.corpus.documents import load
from rag.encoders import open_encoder
from rag.settings import EncoderSettings

TODAY = dt.date(2026, 12, 1)
PUBLISHERS = "National Institute of Mental Health | nimh.nih.gov\n"
HEAD = """\
---
id: {id}
title: "Low mood"
publisher: Plumbline
kind: digest
edition: "2026-11"
jurisdiction: INT
language: en
audience: public
published: 2026-11-22
reviewed: 2026-11-22
licence: CC-BY-4.0
grade: B
review: not clinically reviewed
rests_on:
  - publisher: National Institute of Mental Health
    title: "Depression"
    edition: "2024"
    url: https://www.nimh.nih.gov/health/publications/depression
---
"""
FIRST = "When sleep makes a person feel tired, a small plan about sleep can help."
TOPICS = "sleep food work school rest walks music friends family talking reading writing".split()
WORDS = (
    "people often find that small steps early walks warm meals kind words fresh air old friends "
    "quiet rooms soft light good books long talks slow breaths calm music short rests plain food "
    "help them feel safe and bring some ease after hard days while bad nights pass with time"
).split()


def body() -> str:
    """About 800 words in short sentences, no two passages alike."""
    words = random.Random(1)
    sections = []
    for topic in TOPICS:
        lines = [" ".join(words.choices(WORDS, k=12)).capitalize() + "." for _ in range(5)]
        sections.append(f"## How {topic} can change mood\n\n" + " ".join(lines))
    sections[0] = sections[0].replace("mood\n\n", f"mood\n\n{FIRST} ")
    urgent = "If anyone may be in danger, call your local emergency number or a crisis line."
    return "\n\n".join(["# Low mood", *sections, f"## Getting urgent help\n\n{urgent}"]) + "\n"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A corpus folder with one sound document, `low-mood`."""
    folder = tmp_path / "corpus"
    (folder / "documents").mkdir(parents=True)
    write(folder, "low-mood", HEAD.format(id="low-mood") + body())
    (folder / "publishers.txt").write_text(PUBLISHERS)
    shutil.copytree(corpora.crisis_dir(), folder / "crisis")
    shutil.copy(corpora.catalogue_file(), folder / "catalogue.toml")
    renew_catalogue(folder)
    return folder


def write(corpus: Path, name: str, text: str) -> None:
    (corpus / "documents" / f"{name}.md").write_text(text, encoding="utf-8")


def renew_catalogue(corpus: Path) -> None:
    path = corpus / "catalogue.toml"
    documents, _ = load(corpus / "documents")
    path.write_text(to_toml(updated(read_catalogue(path), documents)))


@pytest.fixture
def edit(corpus: Path) -> Callable[[str, str], None]:
    """Replaces a text in the document, which must be there."""

    def change(old: str, new: str) -> None:
        path = corpus / "documents" / "low-mood.md"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change


@pytest.fixture(scope="session")
def count_tokens() -> Callable[[str], int]:
    """The shipped encoder's."""
    return open_encoder(EncoderSettings()).count_tokens


@pytest.fixture
def check(corpus: Path, count_tokens: Callable[[str], int]) -> Callable[..., CorpusReport]:
    """Checks the corpus as it now stands."""

    def run(today: dt.date = TODAY, sources: Path | None = None) -> CorpusReport:
        files = CorpusFiles.below(corpus)
        return check_corpus(files, count_tokens, today=today, sources=sources)

    return run
