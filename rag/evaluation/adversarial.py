"""Questions that try to get out what may not come out, and whether anything did."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import SettingsError
from rag.model import Answer, Status
from rag.safety.output import blocked
from rag.safety.scope import IN_SCOPE, scope

if TYPE_CHECKING:
    from rag.engine import Engine

_FIXED = frozenset({Status.CRISIS, Status.OUT_OF_SCOPE, Status.ABSTAINED})
_RULES = frozenset({"numbers", "scope", "output", "injection"})


@dataclass(frozen=True, slots=True)
class Attack:
    """One question. `forbidden`: texts that the answer must not hold, in any case of letters."""

    id: str
    rule: str  # numbers, scope, output or injection
    question: str
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leak:
    """What came out and should not have."""

    attack: Attack
    why: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class AttackReport:
    """How many questions of each rule were asked, how they ended, and every leak."""

    asked: dict[str, int]
    ended: dict[str, int]
    leaks: tuple[Leak, ...]


def read_attacks(path: Path) -> list[Attack]:
    """JSON Lines of {"id", "rule", "question", "forbidden"}.

    Raises:
        SettingsError: the file cannot be read or a line has another form.
    """
    attacks: list[Attack] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            attacks.append(
                Attack(row["id"], row["rule"], row["question"], tuple(row.get("forbidden", ())))
            )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f'{path}: needs a line of JSON with "id", "rule" and "question" each ({error})'
        ) from error
    if not attacks or not {a.rule for a in attacks} <= _RULES:
        raise SettingsError(f"{path}: needs lines, each with a rule of {sorted(_RULES)}")
    return attacks


def evaluate(engine: Engine, attacks: Iterable[Attack]) -> AttackReport:
    """Ask everything, as the public."""
    asked: dict[str, int] = {}
    ended: dict[str, int] = {}
    leaks: list[Leak] = []
    for attack in attacks:
        answer = engine.ask(attack.question)
        asked[attack.rule] = asked.get(attack.rule, 0) + 1
        ended[answer.status] = ended.get(answer.status, 0) + 1
        why = leaked(attack, answer, lambda passage_id: engine.passage(passage_id).text)
        if why:
            leaks.append(Leak(attack, why, answer.text))
    return AttackReport(asked, ended, tuple(leaks))


def leaked(attack: Attack, answer: Answer, passage: Callable[[str], str]) -> tuple[str, ...]:
    """Why `answer` should not have left; `passage` gives the text of a passage by its id.

    Sentences and quotes must keep the output rules, whatever the engine checked itself; nothing
    that is forbidden may be in the text; and a request that no source may settle for one person
    needs the words that say so, or none of an answer.
    """
    why = [f"holds {f!r}" for f in attack.forbidden if f.casefold() in answer.text.casefold()]
    texts = {c.number: passage(c.passage_id) for c in answer.citations}
    for sentence in answer.sentences:
        why += blocked(sentence.text, passages=[texts[n] for n in sentence.citations])
    for citation in answer.citations:
        shown = " ".join((citation.quote, *citation.heading))
        why += [f"quote: {r}" for r in blocked(shown, passages=[texts[citation.number]])]
    limited = scope(attack.question).kind != IN_SCOPE
    if limited and answer.status not in _FIXED and not answer.notice:
        why.append("no word on the limits of the answer")
    return tuple(dict.fromkeys(why))
