"""Triage measured: who in danger is recognised, and whose harmless question is taken over."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.evaluation import medquad
from rag.evaluation.intervals import wilson
from rag.safety.triage import Triage, triage

if TYPE_CHECKING:
    from rag.safety.second_view import Classifier

# MedQuAD questions that are about mental health, by their own words.
_MENTAL = re.compile(
    r"depress|anxi|bipolar|schizo|psycho|suicid|mental|autis|panic|phobi|alcohol|drug|stress|eating",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a set. `category` is None when it is harmless; `kind` is free."""

    text: str
    category: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`, with its 95 % Wilson interval."""

    name: str
    count: int
    total: int

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.count, self.total)


@dataclass(frozen=True, slots=True)
class SafetyReport:
    """One set. `confused` maps "wanted > found" to its count; the rest are lists to be read."""

    name: str
    recognised: tuple[Share, ...]  # by kind
    taken_over: tuple[Share, ...]  # by kind
    confused: dict[str, int]
    missed: tuple[str, ...]
    wrongly_taken_over: tuple[str, ...]


def evaluate(
    name: str, messages: Iterable[Message], classifier: Classifier | None = None
) -> SafetyReport:
    """Judge every message by itself."""
    judged = [(m, triage([m.text], classifier=classifier)) for m in messages]
    danger = [(m, found) for m, found in judged if m.category is not None]
    harmless = [(m, found) for m, found in judged if m.category is None]
    confused: dict[str, int] = {}
    for message, found in danger:
        if found.crisis and found.category != message.category:
            pair = f"{message.category} > {found.category}"
            confused[pair] = confused.get(pair, 0) + 1
    return SafetyReport(
        name,
        recognised=_shares(danger),
        taken_over=_shares(harmless),
        confused=dict(sorted(confused.items(), key=lambda item: (-item[1], item[0]))),
        missed=tuple(m.text for m, found in danger if not found.crisis),
        wrongly_taken_over=tuple(m.text for m, found in harmless if found.crisis),
    )


def _shares(judged: Sequence[tuple[Message, Triage]]) -> tuple[Share, ...]:
    """One for each kind, in order of first sight, and one for all when there are several."""
    kinds = list(dict.fromkeys(message.kind for message, _ in judged))
    shares = [
        Share(
            kind,
            sum(found.crisis for message, found in judged if message.kind == kind),
            sum(message.kind == kind for message, _ in judged),
        )
        for kind in kinds
    ]
    if len(shares) > 1:
        shares.append(Share("all", sum(s.count for s in shares), len(judged)))
    return tuple(shares)


def read_utterances(path: Path) -> list[Message]:
    """Lines of "category, kind, text" (danger) or "kind, text" (harmless), tab-separated.

    Raises:
        SettingsError: the file cannot be read or a line has another form.
    """

    def parsed(line: str) -> Message:
        match line.split("\t"):
            case [category, kind, text]:
                return Message(text, category.rstrip("!"), kind)
            case [kind, text]:
                return Message(text, None, kind)
        raise SettingsError(f"{path}: a line needs two or three tab-separated fields: {line!r}")

    return [parsed(line) for line in _text(path).splitlines() if line.strip()]


def read_xstest(path: Path) -> list[Message]:
    """The safe half of XSTest (Röttger et al. 2024) from its CSV file, CC BY 4.0.

    Raises:
        SettingsError: the file cannot be read or is not that file.
    """
    rows = list(csv.DictReader(_text(path).splitlines()))
    try:
        return [Message(row["prompt"], None, "safe") for row in rows if row["label"] == "safe"]
    except KeyError as error:
        raise SettingsError(f"{path} has no column {error}: XSTest's CSV is needed") from error


def read_medquad(folder: Path) -> list[Message]:
    """MedQuAD's questions on mental health, each once.

    Raises:
        DocumentError: no archive in `folder`, or it cannot be read.
    """
    questions = {pair.question for pair in medquad.read(folder)}
    return [Message(q, None, "mental health") for q in sorted(questions) if _MENTAL.search(q)]


READERS: dict[str, Callable[[Path], list[Message]]] = {
    "utterances": read_utterances,
    "xstest": read_xstest,
    "medquad": read_medquad,
}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
