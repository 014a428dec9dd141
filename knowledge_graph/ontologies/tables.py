"""What every reader gives, and small helpers for tab-separated files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_graph.errors import GraphDataError
from knowledge_graph.schema import Entity, Fact


@dataclass(slots=True)
class Table:
    """Entities and Facts of one source, and what was left out and why."""

    source: str
    entities: list[Entity] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)

    def leave_out(self, reason: str) -> None:
        """Counts one row that is not taken over."""
        self.left_out[reason] = self.left_out.get(reason, 0) + 1


def rows(path: Path, *columns: str) -> Iterator[dict[str, str]]:
    """The rows of a tab-separated file that has these columns.

    Raises:
        GraphDataError: the file is missing, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise GraphDataError(f"{path}: no column {missing[0]!r}")
            yield from reader
    except OSError as error:
        raise GraphDataError(f"{path}: {error.strerror}") from error


def as_spoken(name: str) -> str:
    """ "Hypotension, Orthostatic" as people say it: "orthostatic hypotension".

    >>> as_spoken("Sleep Apnea, Obstructive")
    'obstructive sleep apnea'
    """
    parts = [part.strip() for part in name.split(",")]
    return " ".join(reversed(parts)).lower() if len(parts) == 2 else name.lower()
