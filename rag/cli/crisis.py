"""The crisis check of the command line: before settings and index, which may both be broken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.model import Answer
    from rag.safety.carers import Topic
    from rag.safety.second_view import Classifier


def crisis_in(
    said: Sequence[str], country: str | None, classifier: Classifier | None
) -> tuple[Answer | None, Topic | None]:
    """The crisis answer, if what was `said` (oldest first) asks for one, and what a carer asks to
    help with."""
    from rag.safety.carers import helping_with
    from rag.safety.crisis import crisis_answer
    from rag.safety.triage import triage

    concern = triage(said, classifier=classifier)
    if not concern.crisis:
        return None, None
    return crisis_answer(concern, said[-1], country=country), helping_with(concern, said)
