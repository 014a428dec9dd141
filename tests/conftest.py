"""A small, real index that tests of the command line and the service answer from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.settings import Settings
from tests.neo4j_server import Server, running_server

HEAD = """\
---
id: {id}
title: {title}
publisher: Plumbline tests
kind: digest
edition: "2026-11"
jurisdiction: INT
language: en
audience: public
published: 2026-11-01
reviewed: 2026-11-01
url: https://example.org/{id}
licence: CC-BY-4.0
grade: B
review: not clinically reviewed
rests_on:
  - publisher: National Institute of Mental Health
    title: {title}
    edition: "2024"
    url: https://www.nimh.nih.gov/health
---
"""
DOCUMENTS = {
    "panic": (
        "Panic attacks",
        """\
# Panic attacks

## What a panic attack is

A panic attack is a sudden rush of strong fear that comes with signs in the body. The heart may
pound, the hands may shake, and breathing may feel hard. Most panic attacks reach their peak within
ten minutes and then ease. A panic attack feels frightening, but it is not dangerous in itself.
Some people have one panic attack in their life, and others have many.

## What helps with panic attacks

Slow, steady breathing helps many people during a panic attack. Cognitive behavioural therapy is a
talking treatment that helps most people with panic attacks. In this therapy people learn to face
the feelings that they fear, step by step. Some antidepressant medicines also help with panic
attacks. Cutting down on coffee can make panic attacks less likely. A doctor can talk through which
treatment fits best.
""",
    ),
    "insomnia": (
        "Insomnia",
        """\
# Insomnia

## Signs of insomnia

People with insomnia find it hard to fall asleep or to stay asleep. They may wake up too early and
feel tired during the day. Insomnia is called long-term when it happens three nights a week for
three months. Worry about sleep itself can keep insomnia going.

## Treatment of insomnia

Cognitive behavioural therapy for insomnia is the treatment that experts advise first. It teaches
people to go to bed only when sleepy and to get up at the same time each day. Sleeping tablets may
help for a short time, but they are not a lasting answer. Keeping the bedroom dark, quiet and cool
also helps some people to sleep.
""",
    ),
    "hoarding": (
        "Hoarding disorder",
        """\
# Hoarding disorder

## What hoarding disorder is

People with hoarding disorder find it very hard to part with things, whatever they are worth. Rooms
fill up until they can no longer be used as they were meant. Hoarding disorder often begins in the
teenage years and grows worse with age. It is not laziness, and it is more than collecting.

## Help for hoarding disorder

Cognitive behavioural therapy made for hoarding disorder helps many people. A therapist may visit
the home and practise sorting things together with the person. Clearing a home without the person's
consent causes great distress and rarely helps for long.
""",
    ),
}


def write_documents(folder: Path) -> None:
    """Writes the test documents as Markdown with front matter."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (title, text) in DOCUMENTS.items():
        (folder / f"{name}.md").write_text(HEAD.format(id=name, title=title) + text)


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small Markdown documents. Read only: copy it to change it."""
    folder = tmp_path_factory.mktemp("documents")
    write_documents(folder)
    return folder


@pytest.fixture(scope="session")
def built_index(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder built from `documents` with the shipped encoder. Read only."""
    from rag.index.build import build

    index_dir = tmp_path_factory.mktemp("indexes")
    report = build([documents], Settings(index_dir=index_dir))
    assert not report.quarantined
    return index_dir


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Neo4j; the test is skipped where there is none, and in CI fails."""
    with running_server(tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.upper().startswith("RAG_"):
            monkeypatch.delenv(name)
