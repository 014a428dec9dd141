from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import corpora

Rag = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped corpus that a test may break."""
    return Path(shutil.copytree(corpora.documents_dir().parent, tmp_path / "corpora"))


def test_the_shipped_corpus_is_clean(rag: Rag) -> None:
    done = rag("corpus", "check", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert [f for f in report["findings"] if f["level"] == "error"] == []
    assert report["documents"] == len(list(corpora.documents_dir().glob("*.md")))


def test_a_broken_document_fails_the_check(rag: Rag, folder: Path) -> None:
    path = folder / "documents" / "grief.md"
    path.write_text(path.read_text() + "\nCall 988 at any time of the day or night.\n")
    done = rag("corpus", "check", "--corpus", folder)
    assert done.returncode == 1
    assert "error: grief: safe messaging: a number to dial: 'Call 988'" in done.stdout.decode()


def test_the_catalogue_follows_the_documents(rag: Rag, folder: Path) -> None:
    path = folder / "documents" / "grief.md"
    lines = path.read_text().splitlines(keepends=True)
    at = lines.index("rests_on:\n") + 1
    new = (
        "  - publisher: National Institute of Mental Health\n    title: New\n"
        "    url: https://www.nimh.nih.gov/new\n"
    )
    path.write_text("".join([*lines[:at], new, *lines[at:]]))
    done = rag("corpus", "check", "--corpus", folder)
    assert done.returncode == 1
    assert "https://www.nimh.nih.gov/new is missing" in done.stdout.decode()
    assert (
        "1 added, 0 removed"
        in rag("corpus", "catalogue", "--update", "--corpus", folder).stdout.decode()
    )
    assert rag("corpus", "check", "--corpus", folder).returncode == 0


def test_a_folder_without_documents_is_an_error(rag: Rag, tmp_path: Path) -> None:
    done = rag("corpus", "check", "--corpus", tmp_path)
    assert done.returncode == 1
    assert "no Markdown document" in done.stderr.decode()
