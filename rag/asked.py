"""One question on its way down the corridor, and what the engine says in its own words beside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rag.audience import Audience
from rag.clock import Clock
from rag.compose.extractive import Draft
from rag.compose.generic_names import with_generic_names
from rag.compose.words import NEAREST
from rag.conversation import Turn, said_by_user
from rag.errors import QuestionError
from rag.llm.redaction import Redaction
from rag.model import Answer, Evidence, Notice, Sentence
from rag.retrieval.hybrid import Retrieval
from rag.safety.readers import words_for


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with everything that was said and chosen around it."""

    question: str
    turns: tuple[Turn, ...] = ()  # what was said before it, oldest first
    country: str | None = None
    as_of: dt.date | None = None
    audience: Audience = Audience.PUBLIC
    trouble: QuestionError | None = None  # what of it cannot be used; raised unless it is a crisis
    clock: Clock = field(default_factory=Clock)


@dataclass(frozen=True, slots=True)
class Found:
    """A question with its evidence, and the extractive draft made of it."""

    asked: Asked
    question: str  # standing alone
    note: str  # of names that nothing was found on, and what the scope check says of such questions
    retrieval: Retrieval
    evidence: tuple[Evidence, ...]  # what an LLM's answer may rest on
    draft: Draft
    enough: bool  # whether the evidence seems to hold an answer
    sure: bool  # whether it seems to hold just what was asked


def plain_question(asked: Asked, question: str) -> str:
    """The question without names that the conversation gave away, brands with their substances."""
    redaction = Redaction()
    for text in (*said_by_user(asked.turns), asked.question):
        redaction.learn(text)
    stripped = redaction.strip(question)
    return with_generic_names(stripped if any(c.isalpha() for c in stripped) else question)


def notice_for(found: Found, notes: Iterable[str] = ()) -> str:
    """The engine's own words before an answer: on such questions, on its sentences (`notes`), to
    the reader, and where it may not be just what was asked."""
    caveat = "" if found.sure or found.note else NEAREST
    return " ".join(filter(None, (found.note, *notes, words_for(found.asked.audience), caveat)))


def spoken(answer: Answer) -> Iterator[Notice | Sentence]:
    """What a stream gives of an answer before the Answer itself."""
    if answer.notice and answer.sentences:
        yield Notice(answer.notice)
    yield from answer.sentences


def understood_as(found: Found) -> str:
    """The question as it was understood, where that differs from how it was put, else ""."""
    return "" if found.question == " ".join(found.asked.question.split()) else found.question
