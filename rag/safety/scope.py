"""Recognises requests that no source may settle for one person, requests to do harm, and trouble
of the body that cannot wait.

The engine puts `note` beside what the sources say in general; when `refuse` is set, the note is
the whole answer. Questions about other topics are not judged here: the abstention threshold
answers for those.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.audience import Audience
from rag.safety.guards import find_all
from rag.safety.matcher import Pattern
from rag.safety.normalise import tokens
from rag.safety.ruleset import (
    RULES_FOLDER,
    SCOPE_TABLE,
    Indexed,
    index_patterns,
    shipped_rules,
)

_MOST_WORDS = 2000  # a question is shorter by far; more words add nothing to what is asked
IN_SCOPE = "in_scope"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question asks for. `kind` is `IN_SCOPE` or the name of a table in `scope.toml`."""

    kind: str = IN_SCOPE
    note: str = ""
    refuse: bool = False


@dataclass(frozen=True, slots=True)
class _Kind:
    scope: Scope
    professional: Scope
    index: Indexed
    unless: tuple[Pattern, ...]


def scope(question: str, reader: Audience = Audience.PUBLIC) -> Scope:
    """Judge one question. Harmful requests come first, then the order of the table.

    `reader` chooses the words of the note: none of them gives a verdict on one person.

    >>> scope("Should I stop taking my sertraline?").kind
    'medicine_change'
    >>> scope("What is panic disorder?").note
    ''
    """
    words = tokens(question, shipped_rules().lexicon)[:_MOST_WORDS]
    for kind in _kinds():
        if _asks(words, kind):
            return kind.professional if reader.professional else kind.scope
    return Scope()


def _asks(words: Sequence[str], kind: _Kind) -> bool:
    if not any(True for _ in find_all(words, kind.index)):
        return False
    starts = range(len(words))
    return not any(p.match(words, at) > at for p in kind.unless for at in starts)


def _scope(name: str, note: str, row: Mapping[str, Any]) -> Scope:
    return Scope(name, " ".join(note.split()), row.get("refuse", False))


@lru_cache(maxsize=1)
def _kinds() -> tuple[_Kind, ...]:
    grammar = shipped_rules().grammar
    raw = tomllib.loads((RULES_FOLDER / SCOPE_TABLE).read_text(encoding="utf-8"))
    kinds = [
        _Kind(
            _scope(name, row["note"], row),
            _scope(name, row.get("note_professional", row["note"]), row),
            index_patterns((name, p) for p in grammar.lines(row["patterns"])),
            grammar.lines(row.get("unless", "")),
        )
        for name, row in raw.items()
    ]
    return tuple(sorted(kinds, key=lambda kind: not kind.scope.refuse))
