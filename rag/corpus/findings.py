"""What a check of the corpus has to say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """An error breaks a promise of `docs/corpus.md`; a warning wants a look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: `rule` names the check, `where` the document, row or file."""

    level: Level
    rule: str
    where: str
    message: str


def error(rule: str, where: str, message: str) -> Finding:
    """A finding that makes the check fail."""
    return Finding(Level.ERROR, rule, where, message)


def warning(rule: str, where: str, message: str) -> Finding:
    """A finding to look at."""
    return Finding(Level.WARNING, rule, where, message)
