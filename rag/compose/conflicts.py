"""Current sources that do not say the same: both are shown, with their country and date.

Two sentences of two sources differ when they are about the same thing in nearly the same words and
yet their numbers or their negations are not the same. Which one is right nobody here can say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.compose.extractive import DraftSentence
from rag.model import Citation, Conflict, Evidence, Sentence
from rag.retrieval.duplicates import NEGATIONS, NUMBERS
from rag.verify.words import content_stems, words

_SAME_SUBJECT = 0.75  # Jaccard resemblance of the content stems, numbers left out
_FEWEST_STEMS = 3
_DIGIT = re.compile(r"\d")
# "With or without medicine" and "a sign, not an illness" deny nothing that the sentence says.
_DENIES_NOTHING = re.compile(r"\bor without\b|, not (?=(?:an?|the|one)\b)", re.IGNORECASE)
_NOT = "not"
_COUNTS = NUMBERS - {"one"}  # "no one cause" is no number


def with_other_views(
    sentences: Sequence[DraftSentence], evidence: Sequence[Evidence]
) -> tuple[DraftSentence, ...]:
    """The draft, each sentence followed by one of another source that differs from it."""
    sources = {e.passage.id: e.source.id for e in evidence}
    said = {sentence.text for sentence in sentences}
    shown: list[DraftSentence] = []
    for sentence in sentences:
        shown.append(sentence)
        own = {sources.get(passage_id) for passage_id in sentence.cites}
        for e in evidence:
            if e.source.id in own:
                continue
            other = next((t for t in e.passage.sentence_texts() if differ(sentence.text, t)), None)
            if other is not None and other not in said:
                said.add(other)
                shown.append(DraftSentence(other, (e.passage.id,)))
                break
    return tuple(shown)


def conflicts_in(
    sentences: Sequence[Sentence], citations: Sequence[Citation]
) -> tuple[Conflict, ...]:
    """Pairs of released sentences that differ, by the numbers of the citations they rest on."""
    by_number = {citation.number: citation for citation in citations}
    found: list[Conflict] = []
    for position, one in enumerate(sentences):
        for other in sentences[position + 1 :]:
            first, second = one.citations[:1], other.citations[:1]
            if not first or not second or not differ(one.text, other.text):
                continue
            if by_number[first[0]].source_id != by_number[second[0]].source_id:
                found.append(Conflict(first[0], second[0]))
    return tuple(dict.fromkeys(found))


def conflict_note(conflicts: Sequence[Conflict], citations: Sequence[Citation]) -> str:
    """The engine's own words on sources that differ; "" when they do not."""
    by_number = {citation.number: citation for citation in citations}
    pairs = [(by_number[c.first], by_number[c.second]) for c in conflicts]
    return " ".join(
        f"My sources differ here: {_side(one, other)}, and {_side(other, one)}. "
        "Ask a professional which holds for you."
        for one, other in pairs
    )


def differ(one: str, other: str) -> bool:
    """Whether two sentences are about the same thing, with other numbers or another "not".

    Where only one of them has a number, it says more, and nothing else.

    >>> differ("Adults need seven hours of sleep.", "Adults need eight hours of sleep.")
    True
    >>> differ("Adults need seven hours of sleep.", "Seven hours of sleep is what adults need.")
    False
    """
    (ours, ours_telling), (theirs, theirs_telling) = _read(one), _read(other)
    both = len(ours & theirs)
    if min(len(ours), len(theirs)) < _FEWEST_STEMS:
        return False
    alike = both >= _SAME_SUBJECT * (len(ours) + len(theirs) - both)
    if not alike or ours_telling == theirs_telling:
        return False
    numbers = ours_telling - {_NOT}, theirs_telling - {_NOT}
    return (_NOT in ours_telling) != (_NOT in theirs_telling) or all(numbers)


def _side(citation: Citation, beside: Citation) -> str:
    """Who says it, where and when; the title, too, where both are of one publisher."""
    where = {"": "", "INT": "international"}.get(citation.jurisdiction, citation.jurisdiction)
    title = f"“{citation.title}”" if citation.publisher == beside.publisher else ""
    told = ", ".join(filter(None, (title, citation.publisher, where, str(citation.year or ""))))
    return f"[{citation.number}] is from {told or citation.title}"


@lru_cache(maxsize=4096)  # the same sentences are found for one question after another
def _read(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems of what a sentence is about, and its numbers and negations."""
    about: list[str] = []
    telling: set[str] = set()
    for word in words(_DENIES_NOTHING.sub(" or ", text)):
        negates = word in NEGATIONS or word.endswith("n't")
        if negates or word in _COUNTS or _DIGIT.search(word):
            telling.add(_NOT if negates else word)
        if word not in telling:
            about.append(word)
    return frozenset(content_stems(" ".join(about))), frozenset(telling)
