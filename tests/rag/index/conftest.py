"""Small Markdown documents, and an index folder to build them into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.index.build import build
from rag.settings import Settings

WriteDocument = Callable[..., Path]

SLEEP = (
    "Regular hours help the body to know when to sleep. Bright screens late in the evening make "
    "it harder to drift off. A short walk in daylight can steady the body clock.",
    "Talk to a doctor when poor sleep lasts for more than four weeks. Keeping a sleep diary for "
    "two weeks gives the doctor something to work with.",
)
WORRY = (
    "Worry is part of life, and it can still grow until it fills the day. Writing a worry down "
    "and setting a time to think about it gives some of the day back.",
    "Talking therapy is often the first treatment that is offered for lasting worry. Some people "
    "take medicine as well, after talking it over with a prescriber.",
)
FRIENDS = (
    "Listening without hurry is often the kindest help. You do not need to have an answer.",
    "Look after yourself too. Share the load with others who know the person.",
)


@pytest.fixture
def write_document(tmp_path: Path) -> WriteDocument:
    """Writes a Markdown document of one section a text into tmp_path/documents."""

    def write(
        source_id: str, *texts: str, edition: str = "2026", name: str = "", title: str = ""
    ) -> Path:
        path = tmp_path / "documents" / (name or f"{source_id}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        title = title or source_id.capitalize()
        sections = "".join(f"\n## Part {n}\n\n{text}\n" for n, text in enumerate(texts, start=1))
        path.write_text(
            f"---\nid: {source_id}\ntitle: {title}\npublisher: Plumbline\nkind: digest\n"
            f'edition: "{edition}"\njurisdiction: INT\nlanguage: en\naudience: public\n'
            f"published: 2026-11-22\nlicence: CC-BY-4.0\ngrade: B\n---\n# {title}\n{sections}",
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def library(tmp_path: Path, write_document: WriteDocument) -> Path:
    """A folder of three documents."""
    write_document("sleep", *SLEEP)
    write_document("worry", *WORRY)
    write_document("friends", *FRIENDS)
    return tmp_path / "documents"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an index folder of its own."""
    return Settings(index_dir=tmp_path / "indexes")


@pytest.fixture
def two_versions(
    library: Path, settings: Settings, write_document: WriteDocument
) -> tuple[str, str]:
    """Ids of an older version and of the active one, which has a document more."""
    older = build([library], settings).version_id
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    return older, build([library], settings).version_id
