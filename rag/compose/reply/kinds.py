"""What sort of reply it is: an answer, "the sources do not say", a refusal, another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.compose.prompts import NOT_IN_SOURCES
from rag.verify.alignment import Analysed
from rag.verify.language import is_english
from rag.verify.no_claim import no_claim
from rag.verify.words import words


class Kind(StrEnum):
    """What to do with a reply."""

    ANSWER = "answer"
    SILENCE = "silence"  # it says that the sources do not hold the answer
    REFUSAL = "refusal"  # it will not speak of this
    FOREIGN = "foreign"  # not in the language of the evidence
    EMPTY = "empty"


_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|afraid)|i(?: can(?:'t|not)| won't| will not| am not able to|"
    r"'m not able to| am unable to| must decline| decline to)|as an ai\b|"
    r"against (?:my|our) (?:policy|guidelines|programming)|not (?:comfortable|able) (?:with|to)|"
    r"(?:unable|not permitted|not allowed) to (?:help|assist|answer|provide|discuss))",
    re.IGNORECASE,
)
_SOURCES = re.compile(r"\b(?:sources?|evidence|passages?|information|context|documents?)\b", re.I)


def kind_of(reply: str, sentences: Sequence[str], *, cited: bool) -> Kind:
    """Judged on the whole reply: its text, its sentences, and whether any of them has a citation.

    A sentence of refusal beside an answer changes nothing.
    """
    said = " ".join(sentences)
    if NOT_IN_SOURCES.lower() in " ".join(reply.lower().split()) and len(sentences) <= 2:
        return Kind.SILENCE
    if not said:
        return Kind.EMPTY
    if not is_english(words(said), said):
        return Kind.FOREIGN
    if cited:
        return Kind.ANSWER
    if len(sentences) <= 4 and _REFUSAL.search(sentences[0]) and not _SOURCES.search(said):
        return Kind.REFUSAL
    kinds = [no_claim(Analysed.of(sentence)) for sentence in sentences]
    if all(kind in ("refusal", "courtesy") for kind in kinds) and "refusal" in kinds:
        return Kind.SILENCE
    return Kind.ANSWER
