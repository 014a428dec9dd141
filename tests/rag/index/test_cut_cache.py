"""A build reads what changed, and a remembered cut is what reading again would give."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.encoders import open_encoder
from rag.index.build import build
from rag.index.cut_cache import CUTS, CutCache
from rag.settings import EncoderSettings, IngestSettings, Settings

ENCODER = "0" * 64


def known(library: Path, settings: Settings, **changes: Any) -> set[str]:
    """Names of the documents that would not be read again."""
    ingest = settings.ingest.model_copy(update=changes)
    cache = CutCache(settings.index_dir, ingest, _encoder())
    return {path.name for path in library.iterdir() if cache.document(path)}


def _encoder() -> str:
    return open_encoder(EncoderSettings()).sha256


def test_only_a_changed_document_is_read_again(library: Path, settings: Settings) -> None:
    build([library], settings)
    assert known(library, settings) == {"sleep.md", "worry.md", "friends.md"}
    (library / "worry.md").write_text((library / "worry.md").read_text() + "\nOne more line.\n")
    assert known(library, settings) == {"sleep.md", "friends.md"}


def test_a_side_car_another_name_or_other_sizes_are_a_change(
    library: Path, settings: Settings
) -> None:
    build([library], settings)
    (library / "sleep.md.toml").write_text('title = "Sleep"\n')
    (library / "worry.md").rename(library / "worries.md")
    assert known(library, settings) == {"friends.md"}
    assert known(library, settings, max_tokens=100) == set()
    assert (
        CutCache(settings.index_dir, settings.ingest, ENCODER).document(library / "friends.md")
        is None
    )


def test_the_same_version_comes_of_it(
    library: Path, settings: Settings, write_document: Callable[..., Path]
) -> None:
    build([library], settings)
    write_document("walking", "A walk each day lifts the mood of many people a little.")
    again = build([library], settings)
    full = build([library], settings.model_copy(update={"index_dir": library.parent / "other"}))
    assert again.version_id == full.version_id
    assert again.warnings == full.warnings


@pytest.mark.parametrize("damage", ["bytes", "row"])
def test_a_damaged_cache_is_not_believed(library: Path, settings: Settings, damage: str) -> None:
    first = build([library], settings)
    path = settings.index_dir / CUTS
    if damage == "bytes":
        path.write_bytes(b"no database at all")
    else:
        with sqlite3.connect(path) as database:
            changed = "CAST(replace(CAST(data AS TEXT), 'sleep', 'death') AS BLOB)"
            database.execute(f"UPDATE cuts SET data = {changed}")  # noqa: S608
    assert "sleep.md" not in known(library, settings)
    assert build([library], settings).version_id == first.version_id


def test_what_is_too_large_or_no_file_is_not_opened(tmp_path: Path, settings: Settings) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    with (tmp_path / "vast.md").open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    cache = CutCache(tmp_path, IngestSettings(), ENCODER)
    assert cache.document(tmp_path / "pipe.md") is None
    assert cache.document(tmp_path / "vast.md") is None
    assert cache.document(tmp_path / "none.md") is None
