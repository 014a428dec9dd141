"""Reads the utterances that we wrote for triage: tab-separated, one a line.

The rules and the classifier learnt from all but "fresh", the blind sets and, the classifier,
"heard".
"""

from __future__ import annotations

from pathlib import Path

HELD_OUT = Path(__file__).parent / "data"
LEARNT = Path(__file__).parents[3] / "training" / "triage" / "data"


def crisis(name: str) -> list[tuple[str, bool, str, str]]:
    """(category, must be imminent, "explicit" or "indirect", text) for each line."""
    rows = [line.split("\t") for line in _lines(f"{name}_crisis.tsv")]
    return [(row[0].rstrip("!"), row[0].endswith("!"), row[1], row[2]) for row in rows]


def benign(name: str) -> list[tuple[str, str]]:
    """(kind, text) for each line."""
    return [(row[0], row[1]) for row in (line.split("\t") for line in _lines(f"{name}_benign.tsv"))]


def _lines(name: str) -> list[str]:
    folder = HELD_OUT if "blind" in name or name.startswith("fresh") else LEARNT
    return (folder / name).read_text(encoding="utf-8").splitlines()
