"""What sort of reply it is: an answer, "the sources do not say", a refusal, another language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from rag.compose.prompts import NOT_IN_SOURCES
from rag.compose.reply.sentences import ReplySentence
from rag.verify.alignment import Analysed
from rag.verify.no_claim import no_claim


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
# The commonest English words: every text of some length holds them.
_ENGLISH = frozenset(
    "the a an and or of to in is are was be been it its that this these those for with on as at by "
    "from not can may might will would should have has had do does people you your they their them "
    "some many most who which when if but also more than such other help helps".split()
)
_ENOUGH_WORDS = 12
_ENGLISH_SHARE = 0.15


def kind_of(reply: str, sentences: Sequence[ReplySentence]) -> Kind:
    """Judged on the whole reply. A sentence of refusal beside an answer changes nothing."""
    if NOT_IN_SOURCES.lower() in " ".join(reply.lower().split()) and len(sentences) <= 2:
        return Kind.SILENCE
    if not sentences:
        return Kind.EMPTY
    if not english(" ".join(sentence.text for sentence in sentences)):
        return Kind.FOREIGN
    if any(sentence.cites for sentence in sentences):
        return Kind.ANSWER
    said = " ".join(sentence.text for sentence in sentences)
    if len(sentences) <= 4 and _REFUSAL.search(sentences[0].text) and not _SOURCES.search(said):
        return Kind.REFUSAL
    kinds = [no_claim(Analysed.of(sentence.text)) for sentence in sentences]
    if all(kind in ("refusal", "courtesy") for kind in kinds) and "refusal" in kinds:
        return Kind.SILENCE
    return Kind.ANSWER


def english(text: str) -> bool:
    """Whether a text reads as English; short ones do."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    letters = sum(map(len, words))
    if letters and sum(c.isascii() for word in words for c in word) < letters / 2:
        return False
    if len(words) < _ENOUGH_WORDS:
        return True
    return sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)
