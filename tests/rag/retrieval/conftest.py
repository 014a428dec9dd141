"""One small index with editions, withdrawals and copies, built for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from rag.index.build import build
from rag.index.version import IndexVersion
from rag.settings import Settings

BREATHING = (
    "Slow breathing can calm the body when a panic attack begins. Breathe in through the nose, "
    "pause, and let the air out slowly through the mouth. Most attacks pass in a few minutes."
)
DOCUMENTS = {
    "sleep-2019": (
        {"published": "2019-05-01", "effective_from": "2019-05-01"},
        "Poor sleep gets better with an early supper and a warm bath before bed.",
    ),
    "sleep-2024": (
        {"effective_from": "2024-03-01", "supersedes": "[sleep-2019]"},
        "Poor sleep gets better when you get up at the same hour every day.",
    ),
    "sleep-2999": (
        {"effective_from": "2999-01-01"},
        "Poor sleep gets better with a device that nobody has made yet.",
    ),
    "worry": ({}, "Writing a worry down can stop it from going round in your head."),
    "tea": (
        {"withdrawn_on": "2023-06-01"},
        "Herbal tea cures worry in everyone who drinks it.",
    ),
    "panic-charity": ({"grade": "C"}, BREATHING),
    "panic-guideline": (
        {"grade": "A"},
        BREATHING.replace("calm the body", "calm the whole body"),
    ),
    "listening": ({}, "Listening without hurry is often the kindest help for a friend."),
    "drinking": ({}, "Drinking less alcohol can lift a low mood within a few weeks."),
}


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return indexed(tmp_path_factory.mktemp("retrieval"), DOCUMENTS)


@pytest.fixture(scope="session")
def version(settings: Settings) -> Iterator[IndexVersion]:
    with IndexVersion.open(settings.index_dir) as opened:
        yield opened


def indexed(folder: Path, documents: Mapping[str, tuple[dict[str, str], str]]) -> Settings:
    """Settings of an index in `folder` of documents: name -> (further front matter, text)."""
    for name, (fields, text) in documents.items():
        _write(folder / "documents" / f"{name}.md", name, fields, text)
    settings = Settings(index_dir=folder / "indexes")
    report = build([folder / "documents"], settings)
    assert report.quarantined == ()
    assert report.sources == len(documents)
    return settings


def _write(path: Path, name: str, fields: dict[str, str], text: str) -> None:
    front = {
        "id": name,
        "title": name.capitalize(),
        "publisher": "Plumbline",
        "kind": "digest",
        "edition": '"1"',
        "jurisdiction": "INT",
        "language": "en",
        "audience": "public",
        "licence": "CC-BY-4.0",
        "grade": "B",
        **fields,
    }
    lines = "\n".join(f"{key}: {value}" for key, value in front.items())
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\n{lines}\n---\n# What helps\n\n{text}\n", encoding="utf-8")
