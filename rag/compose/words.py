"""What the engine itself says, beside or instead of sentences from passages."""

from __future__ import annotations

from rag.languages import Language
from rag.model import Answer, Dropped, Resource, Status

# The scope notes end with this sentence; it is left out when nothing follows.
_IN_GENERAL = "Here is what my sources say in general."
NEAREST = "I am not sure that my sources answer just this. The nearest that they say:"
_ABSTENTION = (
    "I'm sorry, I can't answer that from my sources, and I won't guess. "
    "A doctor, a pharmacist or a mental-health professional can help with your own situation, and "
    "someone you trust can listen. If anyone may be in danger now, call your local emergency "
    "number. If you asked about mental health, asking in other words may help."
)
_LOOKED_IN_AT_MOST = 5
_ENGLISH_ONLY = (
    "Your question seems to be in {name}. I answer in English only: my sources and my checks are "
    "in English, and I do not translate, since a wrong word about health can do harm. Please ask "
    "in English if you can. If anyone may be in danger now, call your local emergency number."
)


def abstention(
    question: str,
    *,
    note: str,
    searched: tuple[str, ...],
    dropped: tuple[Dropped, ...],
    index_version: str,
    degraded: tuple[str, ...],
) -> Answer:
    """Says plainly that the sources do not hold an answer, what was searched and where to turn.

    `note` is what the scope check has to say of such questions; it comes first.
    """
    notice = f"{note.removesuffix(_IN_GENERAL).strip()} {_ABSTENTION}".strip()
    return Answer(
        status=Status.ABSTAINED,
        question=question,
        text=notice,
        notice=notice,
        dropped=dropped,
        searched=searched[:_LOOKED_IN_AT_MOST],
        index_version=index_version,
        degraded=degraded,
    )


def refusal(question: str, note: str) -> Answer:
    """The reply to a question that no source may answer."""
    return Answer(status=Status.OUT_OF_SCOPE, question=question, text=note, notice=note)


def in_english_only(question: str, language: Language, resources: tuple[Resource, ...]) -> Answer:
    """Says, in English and where possible in a few words of the other language, that answers are
    in English alone. Nothing of the question is translated or answered."""
    notice = f"{language.message} {_ENGLISH_ONLY.format(name=language.name)}".strip()
    return Answer(
        status=Status.OUT_OF_SCOPE,
        question=question,
        text=notice,
        notice=notice,
        resources=resources,
    )
