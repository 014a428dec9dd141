"""Reads the utterances that we wrote for triage: tab-separated, one a line."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"


def crisis(name: str) -> list[tuple[str, bool, str, str]]:
    """(category, must be imminent, "explicit" or "indirect", text) for each line."""
    rows = [line.split("\t") for line in _lines(f"{name}_crisis.tsv")]
    return [(row[0].rstrip("!"), row[0].endswith("!"), row[1], row[2]) for row in rows]


def benign(name: str) -> list[tuple[str, str]]:
    """(kind, text) for each line."""
    return [(row[0], row[1]) for row in (line.split("\t") for line in _lines(f"{name}_benign.tsv"))]


def _lines(name: str) -> list[str]:
    return (DATA / name).read_text(encoding="utf-8").splitlines()
