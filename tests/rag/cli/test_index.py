from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
ErrorLine = Callable[[subprocess.CompletedProcess[bytes]], str]


@pytest.fixture
def folder(documents: Path, tmp_path: Path) -> Path:
    """A copy of the test documents that a test may change."""
    shutil.copytree(documents, tmp_path / "documents")
    return tmp_path / "documents"


@pytest.fixture
def indexes(built_index: Path, tmp_path: Path) -> Path:
    """A copy of the index over `folder`."""
    shutil.copytree(built_index, tmp_path / "indexes")
    return tmp_path / "indexes"


def built(rag: Run, *args: str | Path) -> dict[str, Any]:
    done = rag("build", *args, "--json")
    assert done.returncode == 0, done.stderr.decode()
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def shorten(path: Path) -> None:
    path.write_text(path.read_text().split("\n## Help for", maxsplit=1)[0])


def test_build_says_what_it_did(rag: Run, folder: Path, tmp_path: Path) -> None:
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 and no more")
    done = rag("build", folder)
    assert done.returncode == 0, done.stderr.decode()
    out = done.stdout.decode()
    assert "of 3 sources" in out
    assert "1 document was left out" in out
    assert out.count("scan.pdf") == 1
    assert (tmp_path / "indexes" / "CURRENT").is_file()
    assert b"\x1b" not in done.stdout + done.stderr  # no bar where there is no terminal


def test_build_reuses_and_gives_one_json_document(rag: Run, folder: Path, indexes: Path) -> None:
    same = built(rag, folder)
    assert (same["created"], same["added"], same["removed"]) == (False, 0, 0)
    shorten(folder / "hoarding.md")
    changed = built(rag, folder)
    assert (changed["created"], changed["added"], changed["removed"]) == (True, 0, 1)
    assert changed["reused"] == changed["passages"] == same["passages"] - 1
    full = built(rag, folder, "--full")
    assert (full["version_id"], full["reused"]) == (changed["version_id"], 0)


def test_building_without_activation(rag: Run, folder: Path, indexes: Path) -> None:
    before = (indexes / "CURRENT").read_text()
    shorten(folder / "hoarding.md")
    report = built(rag, folder, "--no-activate")
    assert report["activated"] is False
    assert (indexes / "CURRENT").read_text() == before
    shown = rag("index", "show", report["version_id"])
    assert shown.returncode == 0
    assert "hoarding@2026-11: Hoarding disorder (1 passages)" in shown.stdout.decode()


def test_build_with_nothing_usable(rag: Run, error_line: ErrorLine, indexes: Path) -> None:
    before = (indexes / "CURRENT").read_text()
    done = rag("build", "nowhere")
    assert done.returncode == 1
    assert "nowhere" in error_line(done)
    assert (indexes / "CURRENT").read_text() == before


def test_versions_are_listed_activated_rolled_back_and_pruned(
    rag: Run, folder: Path, indexes: Path, error_line: ErrorLine
) -> None:
    (first,) = json.loads(rag("index", "list", "--json").stdout)["versions"]
    assert first["active"] is True
    shorten(folder / "hoarding.md")
    second = built(rag, folder)["version_id"]
    listed = rag("index", "list").stdout.decode().splitlines()
    assert [line.split()[:2] for line in listed if line.startswith("*")] == [["*", second]]
    assert len(listed) == 2

    back = rag("index", "rollback", "--json")
    assert json.loads(back.stdout) == {"active": first["id"]}
    assert (indexes / "CURRENT").read_text().splitlines() == [first["id"]]
    again = rag("index", "rollback")
    assert again.returncode == 3
    assert "no earlier version" in error_line(again)
    assert rag("index", "activate", second).stdout.decode() == f"Version {second} is active.\n"

    (folder / "panic.md").unlink()
    # A canary question on panic loses its answer, so the version has to be forced.
    third = built(rag, folder, "--force")["version_id"]
    pruned = rag("index", "prune", "--keep", "2", "--json")
    assert json.loads(pruned.stdout) == {"deleted": [first["id"]]}
    ids = {
        version["id"] for version in json.loads(rag("index", "list", "--json").stdout)["versions"]
    }
    assert ids == {second, third}


def test_show_is_the_manifest(rag: Run, indexes: Path) -> None:
    manifest = json.loads(rag("index", "show", "--json").stdout)
    assert {source["id"] for source in manifest["sources"]} == {"panic", "insomnia", "hoarding"}
    assert "vectors.faiss" in manifest["files"]


def test_verify_names_a_damaged_file(rag: Run, indexes: Path, error_line: ErrorLine) -> None:
    done = rag("index", "verify", "--json")
    assert json.loads(done.stdout)["intact"] is True
    (vectors,) = indexes.glob("versions/*/vectors.faiss")
    vectors.write_bytes(vectors.read_bytes()[:-1] + b"x")
    done = rag("index", "verify")
    assert done.returncode == 3
    line = error_line(done)
    assert "vectors.faiss" in line
    assert "rag index rollback" in line


@pytest.mark.parametrize("command", ["show", "verify", "rollback"])
def test_without_an_index(rag: Run, command: str, error_line: ErrorLine) -> None:
    done = rag("index", command)
    assert done.returncode == 3
    assert "rag build" in error_line(done)


def test_without_an_index_the_list_is_empty(rag: Run) -> None:
    assert json.loads(rag("index", "list", "--json").stdout) == {"versions": []}
    assert b"rag build" in rag("index", "list").stdout
    assert json.loads(rag("index", "prune", "--json").stdout) == {"deleted": []}


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("index", "activate", "../../etc"), 1),
        (("index", "activate"), 2),
        (("index", "prune", "--keep", "1"), 2),
        (("index", "nothing"), 2),
    ],
)
def test_wrong_usage(rag: Run, indexes: Path, args: tuple[str, ...], code: int) -> None:
    assert rag(*args).returncode == code
