from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[bytes]]


def test_a_whole_installation_is_ready(rag: Run, built_index: Path) -> None:
    done = rag("doctor", "--json", "--index-dir", built_index)
    report = json.loads(done.stdout)
    assert report["ready"] is True
    assert report["install"]["base"]["numpy"]
    assert report["install"]["service"]["fastapi"]
    assert report["encoder"]["dimensions"] == 384
    assert report["index"]["sources"] == 3
    assert report["index"]["active"] == (built_index / "CURRENT").read_text().split()[0]


def test_a_missing_index_comes_with_what_to_do(rag: Run) -> None:
    done = rag("doctor", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["ready"] is False
    assert any("rag build" in line for line in report["advice"])


def test_a_damaged_index_is_found(rag: Run, built_index: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(built_index, copy)
    file = next(copy.glob("versions/*/sentences.npy"))
    damaged = bytearray(file.read_bytes())
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    report = json.loads(rag("doctor", "--json", "--index-dir", copy).stdout)
    assert report["index"]["ok"] is False
    assert any("sentences.npy" in line for line in report["advice"])


def test_settings_come_from_the_environment_and_typos_are_named(rag: Run) -> None:
    env = {"RAG_RETRIEVAL__TOP_K": "5", "RAG_TOPK": "5"}
    report = json.loads(rag("doctor", "--json", env=env).stdout)
    assert report["settings"]["RAG_RETRIEVAL__TOP_K"] == 5
    assert any("RAG_TOPK" in line for line in report["advice"])


def test_a_broken_setting_does_not_stop_the_doctor(rag: Run) -> None:
    done = rag("doctor", env={"RAG_RETRIEVAL__TOP_K": "many"})
    assert done.returncode == 0
    assert b"RAG_RETRIEVAL__TOP_K" in done.stdout
    assert b"Not ready" in done.stdout


def test_credentials_in_a_setting_are_masked(rag: Run) -> None:
    done = rag("doctor", "--json", env={"RAG_SERVICE__HOST": "http://user:hunter2@example.org"})
    report = json.loads(done.stdout)
    assert report["settings"]["RAG_SERVICE__HOST"] == "http://***@example.org"
    assert b"hunter2" not in done.stdout
