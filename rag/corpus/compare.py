"""What two index versions say differently to the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.corpus.promotion import Canaries
from rag.engine import Engine
from rag.model import Answer, Status
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Said:
    """An answer in brief: its status, the sources that it cites, its sentences."""

    status: Status
    cites: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A question to which the two versions do not say the same."""

    question: str
    before: Said
    after: Said

    @property
    def no_longer_cited(self) -> tuple[str, ...]:
        """Sources that only the first version's answer rests on."""
        return tuple(name for name in self.before.cites if name not in self.after.cites)

    @property
    def newly_cited(self) -> tuple[str, ...]:
        """Sources that only the second version's answer rests on."""
        return tuple(name for name in self.after.cites if name not in self.before.cites)


def compare(
    settings: Settings, before: str, after: str, questions: Sequence[str] | None = None
) -> tuple[int, tuple[Difference, ...]]:
    """How many questions were asked, and those with another answer.

    Args:
        questions: by default the canary questions of the package.

    Raises:
        IndexUnavailableError, NotFoundError: a version cannot be opened.
    """
    asked = Canaries.shipped().ask if questions is None else questions
    with Engine.open(settings, version_id=before) as engine:
        first = [_said(engine.ask(question)) for question in asked]
    with Engine.open(settings, version_id=after) as engine:
        second = [_said(engine.ask(question)) for question in asked]
    rows = zip(asked, first, second, strict=True)
    return len(asked), tuple(Difference(*row) for row in rows if row[1] != row[2])


def _said(answer: Answer) -> Said:
    cites = dict.fromkeys(f"{c.source_id.partition('@')[0]}@{c.edition}" for c in answer.citations)
    return Said(answer.status, tuple(cites), tuple(s.text for s in answer.sentences))
