"""Whole answers: is what can be answered answered, and does the engine keep silent otherwise?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rag.engine import Engine
from rag.errors import SettingsError
from rag.evaluation.intervals import wilson
from rag.model import Answer, Status


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the set, whether the sources can answer it, and what the engine said."""

    id: str
    answerable: bool
    answer: Answer
    unsupported: tuple[str, ...]  # released, yet not supported by the passages looked up by id

    @property
    def outcome(self) -> str:
        """What became of the question, with the reason where it was not answered."""
        status = self.answer.status
        if status.is_answer or status is Status.CRISIS:
            return status.value
        if status is Status.OUT_OF_SCOPE:
            return "out_of_scope: no source may answer it"
        if self.answer.dropped:
            kinds = {d.reasons[0].partition(":")[0] for d in self.answer.dropped if d.reasons}
            return f"abstained: too little passed the checks ({', '.join(sorted(kinds))})"
        return "abstained: the sources do not hold an answer"

    @property
    def right(self) -> bool:
        """Answered when it can be, silent when not."""
        return self.answer.status.is_answer == self.answerable


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Shares with 95 % Wilson intervals, and every question asked."""

    asked: tuple[Asked, ...]

    def share(self, *, answerable: bool) -> tuple[int, int, tuple[float, float]]:
        """(right, total, interval) over the answerable or the unanswerable questions."""
        part = [a for a in self.asked if a.answerable == answerable]
        right = sum(a.right for a in part)
        return right, len(part), wilson(right, len(part))

    def outcomes(self) -> list[tuple[str, int]]:
        """How often each outcome came about, most often first."""
        return Counter(a.outcome for a in self.asked).most_common()

    @property
    def sentences(self) -> int:
        """Sentences released over all answers."""
        return sum(len(a.answer.sentences) for a in self.asked)

    @property
    def unsupported(self) -> tuple[str, ...]:
        """Released sentences that their passages, read again from the index, do not support."""
        return tuple(text for a in self.asked for text in a.unsupported)


def evaluate(engine: Engine, rows: Iterable[Mapping[str, Any]]) -> AnswerReport:
    """Ask every `{"id", "question", "answerable"}`.

    Raises:
        SettingsError: a row lacks one of the three fields.
    """
    asked: list[Asked] = []
    for number, row in enumerate(rows, start=1):
        try:
            name, question, answerable = row["id"], row["question"], row["answerable"]
        except KeyError as error:
            raise SettingsError(
                f"row {number} has no field {error}: it needs id, question, answerable"
            ) from error
        answer = engine.ask(str(question))
        asked.append(Asked(str(name), bool(answerable), answer, _unsupported(engine, answer)))
    return AnswerReport(tuple(asked))


def _unsupported(engine: Engine, answer: Answer) -> tuple[str, ...]:
    passages = {c.number: engine.passage(c.passage_id).text for c in answer.citations}
    return tuple(
        sentence.text
        for sentence in answer.sentences
        if not engine.verify(sentence.text, [passages[n] for n in sentence.citations]).supported
    )
