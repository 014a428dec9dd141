"""A claim laid beside its evidence: which sentence of the evidence speaks of the same thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from rag.sentences import sentence_spans
from rag.verify.quantities import Quantity, loose_quantities, quantities
from rag.verify.words import STOP_WORDS, content_stems, stem, without_citation_marks, words

_POINTS_BACK = frozenset("it they this these".split())
_LIST_MARK = re.compile(
    r"^\s*(?:(?:[-–—•*#]+|\(?\d{1,2}[.)])\s+"
    r"|(?:step|tip|stage|option|reason) \d{1,2}\s?[:.)–-]\s?)+",
    re.MULTILINE | re.IGNORECASE,
)
_NEXT_MARK = re.compile(r"\n\s*\(?\d{1,2}[.)]?\s*$")  # of the list that a sentence leads in


@dataclass(frozen=True, slots=True)
class Analysed:
    """One sentence with what the checks look at."""

    text: str
    words: tuple[str, ...]  # all, lower-cased, in order
    stems: tuple[str, ...]  # of the content words, in order
    quantities: tuple[Quantity, ...]

    @classmethod
    def of(cls, text: str) -> Analysed:
        """Analyse one sentence; citation marks and list marks are left out."""
        text = _NEXT_MARK.sub("", _LIST_MARK.sub("", without_citation_marks(text)))
        return cls(text, tuple(words(text)), tuple(content_stems(text)), quantities(text))

    @property
    def stem_set(self) -> frozenset[str]:
        """The distinct content stems."""
        return frozenset(self.stems)


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """The passages that a claim cites, as analysed sentences."""

    text: str
    sentences: tuple[Analysed, ...]
    stems: frozenset[str]
    quantities: tuple[Quantity, ...]
    # Sentences that open with "it" or "they", each with the one before, which says what that is.
    continued: tuple[Analysed, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, passages: Sequence[str]) -> EvidenceText:
        """Analyse passages; together they are the union that the claim may rest on."""
        sentences = tuple(
            Analysed.of(passage[start:end])
            for passage in passages
            for start, end in sentence_spans(passage)
        )
        return cls(
            text="\n".join(passages),
            sentences=sentences,
            stems=frozenset(s for sentence in sentences for s in sentence.stems),
            quantities=tuple(
                q for one in sentences for q in (*one.quantities, *loose_quantities(one.text))
            ),
            continued=tuple(
                Analysed.of(f"{one.text} {two.text}")
                for one, two in pairwise(sentences)
                if set(two.words[:1]) & _POINTS_BACK
            ),
        )


@dataclass(frozen=True, slots=True)
class Alignment:
    """The evidence sentence closest to a claim, and the share of the claim's words in it."""

    sentence: Analysed
    coverage: float


def align(claim: Analysed, evidence: EvidenceText, *, continued: bool = False) -> Alignment | None:
    """The sentence that holds most of the claim's content words; shorter ones win ties.

    With `continued`, a sentence that opens with "it" may be joined to the one before it.
    """
    wanted = claim.stem_set
    if not wanted or not evidence.sentences:
        return None
    sentences = (*evidence.sentences, *evidence.continued) if continued else evidence.sentences
    best = max(sentences, key=lambda s: (len(wanted & s.stem_set), -len(s.stem_set)))
    return Alignment(best, len(wanted & best.stem_set) / len(wanted))


def coverage(claim: Analysed, evidence: EvidenceText) -> float:
    """Share of the claim's distinct content words found anywhere in the evidence, 0..1."""
    wanted = claim.stem_set
    return len(wanted & evidence.stems) / len(wanted) if wanted else 0.0


NEGATORS = frozenset(
    "not no never neither nor without cannot none nobody nothing hardly rarely seldom "
    "aren't isn't wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't "
    "hasn't haven't hadn't mustn't needn't ain't unable unlikely lack lacks lacking".split()
)
_WHAT = frozenset("that which what".split())
_UNTIL_WITHIN = 7  # words after a "not"
_SCOPE_END = frozenset("but although though however because while whereas unless except".split())
_INTERJECTION = re.compile(r"\s*no[.,!;:]", re.IGNORECASE)


def without_interjection(sentence: Analysed) -> tuple[str, ...]:
    """The words, less an answering "No," at the start."""
    return sentence.words[1:] if _INTERJECTION.match(sentence.text) else sentence.words


def denies(words: Sequence[str], place: int) -> bool:
    """Whether the word in that place denies something.

    "Not only" denies nothing, nor does "not until they are adults": that is when it happens.
    """
    if words[place] not in NEGATORS:
        return False
    if words[place] == "no" and place + 1 < len(words) and words[place + 1][0].isdigit():
        return False  # "No. 1"
    if words[place] == "lacking" and set(words[max(0, place - 2) : place - 1]) & _WHAT:
        return False  # "the hormone that is lacking" is missing, and nothing is denied
    if set(words[place + 1 : place + 2]) & {"only", "just", "all"}:
        return False
    return not {"until", "till"} & set(words[place + 1 : place + _UNTIL_WITHIN])


def barely(words: Sequence[str]) -> bool:
    """Whether so few are spoken of that the sentence is nearly a denial: "only about 5%", "few"."""
    for i, word in enumerate(words):
        if word == "few" and not set(words[max(0, i - 1) : i]) & {"a", "quite"}:
            return True
        if word == "only" and any(w[0].isdigit() for w in words[i + 1 : i + 4]):
            return True
    return False


def negated_stems(sentence: Analysed) -> frozenset[str]:
    """What each negator denies: the stem of the first content word after it.

    An answering "No," at the start denies nothing.
    """
    found: set[str] = set()
    reaching = False
    words = without_interjection(sentence)
    for i, word in enumerate(words):
        if word in NEGATORS:
            reaching = denies(words, i)
        elif word in _SCOPE_END:
            reaching = False
        elif reaching and word not in STOP_WORDS and len(word) > 1:
            found.add(stem(word))
            reaching = False
    return frozenset(found)
