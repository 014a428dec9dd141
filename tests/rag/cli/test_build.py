from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Rag = Callable[..., subprocess.CompletedProcess[bytes]]
UNKNOWN = "Walking helps many people to feel a little better. It costs nothing at all."


@pytest.fixture
def folder(documents: Path, tmp_path: Path) -> Path:
    """A copy of the small documents that a test may change."""
    return Path(shutil.copytree(documents, tmp_path / "guidelines"))


def test_a_dry_run_plans_and_builds_nothing(rag: Rag, folder: Path, tmp_path: Path) -> None:
    done = rag("build", folder, "--dry-run", "--index-dir", tmp_path / "indexes")
    assert done.returncode == 0
    shown = done.stdout.decode()
    assert "would bring" in shown
    assert "added: panic@2026-11 (Panic attacks)" in shown
    assert not (tmp_path / "indexes").exists()


def test_a_version_is_judged_before_it_answers(
    rag: Rag, folder: Path, built_index: Path, tmp_path: Path
) -> None:
    index = Path(shutil.copytree(built_index, tmp_path / "indexes"))
    before = (index / "CURRENT").read_text()
    (folder / "panic.md").unlink()
    (folder / "insomnia.md").unlink()
    refused = rag("build", folder, "--index-dir", index)
    assert refused.returncode == 1
    assert "promotion gate refused" in refused.stdout.decode()
    assert (index / "CURRENT").read_text() == before
    forced = rag("build", folder, "--force", "--json", "--index-dir", index)
    assert forced.returncode == 0
    report = json.loads(forced.stdout)
    assert (report["activated"], report["refused"]) == (True, [])
    assert (index / "CURRENT").read_text().split()[0] == report["version_id"]

    done = rag("index", "diff", before.split()[0], report["version_id"], "--index-dir", index)
    assert done.returncode == 0
    assert "- cites panic@2026-11" in done.stdout.decode()


def test_a_document_without_a_publisher_needs_a_word(
    rag: Rag, folder: Path, tmp_path: Path
) -> None:
    (folder / "notes.txt").write_text(UNKNOWN)
    build = ("build", folder, "--dry-run", "--json", "--index-dir", tmp_path / "indexes")
    ((path, reason),) = json.loads(rag(*build).stdout)["quarantined"]
    assert path.endswith("notes.txt")
    assert "notes.txt.toml" in reason
    allowed = json.loads(rag(*build, "--allow-unknown").stdout)
    assert allowed["quarantined"] == []
    (folder / "notes.txt.toml").write_text('publisher = "A clinic"\n')
    assert json.loads(rag(*build).stdout)["quarantined"] == []


def test_without_fetched_documents_the_option_says_what_to_do(
    rag: Rag, folder: Path, tmp_path: Path
) -> None:
    done = rag("build", folder, "--with-fetched", "--index-dir", tmp_path / "indexes")
    assert done.returncode == 1
    assert "rag corpus fetch" in done.stderr.decode()
