"""How well each quotable piece of the evidence fits the question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from rag.compose.asked_words import AskedWords
from rag.compose.facets import Facet, facets_of_heading, facets_of_question
from rag.compose.named_substances import Admitted
from rag.compose.relevance import Relevance
from rag.compose.units import Unit, units
from rag.encoders.base import Vectors
from rag.model import Evidence
from rag.retrieval.clauses import CLAUSE_DISCOUNT
from rag.verify.words import content_stems

# Weights of a unit's score; the first four sum to 1. Fitted on questions whose answers are known
# sentence by sentence (`bench/questions/pointed_tuning*.jsonl`); see docs/answers.md.
_SENTENCE_WEIGHT = 0.30  # cosine of question and sentence
_PASSAGE_WEIGHT = 0.43  # cosine of question and passage
_WORDS_WEIGHT = 0.14  # share of the question's weighted words in title, headings and sentence
_LEXICAL_WEIGHT = 0.13  # BM25 of the passage, as a share of the best one found
FACET_BONUS = 0.04  # the section is about what was asked, in a source that is about the topic
_ASKED_WEIGHT = 0.35  # cosine with a question that the sentence is known to answer
_ASKED_RANKS = (1.0, 0.85, 0.8)  # times that cosine, where it is the best, second ... of them
_RELEVANCE_WEIGHT = 0.08  # times what the relevance network says of it more than of the best one
_SOURCE_BONUS = 0.15  # times what retrieval found in the source, as a share of the best source's
_WHOLE = 0.99  # share of a title that is all of it
_ABOUT = 0.4  # that share from which a source counts as being about the topic
# Words of titles that say nothing of the topic here, where every source is on mental health.
_TITLE_FRAME = frozenset(content_stems("mental health disorder getting help"))


@dataclass(frozen=True, slots=True)
class Question:
    """A question as the scores see it."""

    vectors: Vectors  # (1 + clauses, d): of the whole first
    facets: frozenset[Facet]
    words: AskedWords

    @classmethod
    def of(cls, text: str, vectors: Vectors, word_weight: Callable[[str], float]) -> Question:
        """`vectors`: (d,) of the question, or (1 + clauses, d)."""
        rows = np.atleast_2d(vectors)
        return cls(rows, facets_of_question(text), AskedWords.of(text, word_weight))

    def cosines(self, vectors: Vectors) -> Vectors:
        """(n,) for (n, d): the cosine with the whole, or with a part where that is clearly more."""
        all_of = vectors @ self.vectors.T
        all_of[:, 1:] -= CLAUSE_DISCOUNT
        return all_of.max(axis=1)  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit with what speaks for it."""

    unit: Unit
    score: float
    cosine: float
    passage_cosine: float
    vector: Vectors
    facets: frozenset[Facet]
    stems: frozenset[str]
    notes: tuple[str, ...]

    @property
    def source(self) -> str:
        """The id of its source."""
        return self.unit.evidence.source.id

    @property
    def passage_id(self) -> str:
        """The id of its passage."""
        return self.unit.evidence.passage.id


class PassageVectors(Protocol):
    """The part of `rag.index.version.IndexVersion` that is used here."""

    def sentence_vectors(self, passage_id: str) -> Vectors: ...

    def passage_vector(self, passage_id: str) -> Vectors: ...

    def asked_vectors(self, passage_id: str) -> Vectors: ...


class Scorer:
    """Over the vectors of one index version."""

    def __init__(
        self,
        vectors: PassageVectors,
        word_weight: Callable[[str], float],
        relevance: Relevance | None = None,
    ) -> None:
        """`word_weight`: stem -> its idf."""
        self._vectors = vectors
        self._word_weight = word_weight
        self._relevance = relevance

    def score(self, admitted: Sequence[Admitted], question: Question) -> list[Scored]:
        """Every quotable unit of the evidence, scored."""
        evidence = [one.evidence for one in admitted]
        support, lexical = _support(evidence), _lexical(evidence)
        return self._answering(
            question,
            [
                scored
                for one in admitted
                for scored in self._units(
                    one,
                    question,
                    support[one.evidence.source.id],
                    lexical[one.evidence.passage.id],
                )
            ],
        )

    def passage_cosine(self, evidence: Evidence, question: Question) -> float:
        """The cosine of the passage with the question."""
        known = evidence.hit.arms.get("dense")
        if known is not None:
            return known
        return float(self._vectors.passage_vector(evidence.passage.id) @ question.vectors[0])

    def _answering(self, question: Question, scored: list[Scored]) -> list[Scored]:
        """Each with what the relevance network says of it."""
        if not self._relevance or not scored:
            return scored
        beside = {i: self._vectors.passage_vector(i) for i in {s.passage_id for s in scored}}
        said = self._relevance.scores(
            question.vectors[0],
            np.stack([s.vector for s in scored]),
            np.stack([beside[s.passage_id] for s in scored]),
        )
        # Only differences mean something: what was best before stays as it is.
        best = max(range(len(scored)), key=lambda place: scored[place].score)
        more = _RELEVANCE_WEIGHT * (said - said[best])
        return [
            replace(s, score=s.score + float(change))
            for s, change in zip(scored, more, strict=True)
        ]

    def _units(
        self, admitted: Admitted, question: Question, support: float, lexical: float
    ) -> list[Scored]:
        evidence = admitted.evidence
        vectors = self._vectors.sentence_vectors(evidence.passage.id)
        if not len(vectors):
            return []
        cosines = question.cosines(vectors)
        known = self._known(evidence, question)
        passage_cosine = self.passage_cosine(evidence, question)
        heading_stems = admitted.stems | _stems(
            " ".join((evidence.source.title, *evidence.passage.heading))
        )
        titled = self._named(evidence.source.title, question)
        if titled >= _WHOLE and len(_telling(evidence.source.title)) > 1:
            support = 1.0  # the document on just that; "Depression" alone is in many questions
        facets = question.facets & facets_of_heading(evidence.passage.heading)
        bonus = _LEXICAL_WEIGHT * lexical + _SOURCE_BONUS * support
        if facets and (titled or support >= _ABOUT):
            bonus += FACET_BONUS
        found: list[Scored] = []
        for unit in units(evidence):
            text = " ".join(unit.texts)
            if not admitted.speaks(text):
                continue
            own = admitted.stems | _stems(text)
            stems = heading_stems | own
            cosine = float(cosines[list(unit.indices)].max())
            score = (
                _SENTENCE_WEIGHT * cosine
                + _PASSAGE_WEIGHT * passage_cosine
                + _WORDS_WEIGHT * question.words.covered(stems)
                + _ASKED_WEIGHT * max(known.get(index, 0.0) for index in unit.indices)
                + bonus
            )
            vector = vectors[unit.indices[-1]]
            notes = admitted.notes(text)
            found.append(Scored(unit, score, cosine, passage_cosine, vector, facets, stems, notes))
        return found

    def _known(self, evidence: Evidence, question: Question) -> dict[int, float]:
        """Sentence -> the most of the cosines with the questions that it is known to answer."""
        asked = evidence.passage.asked
        if not any(each.answered_by for each in asked):
            return {}
        cosines = question.cosines(self._vectors.asked_vectors(evidence.passage.id))
        found: dict[int, float] = defaultdict(float)
        for each, cosine in zip(asked, cosines, strict=True):
            for place, index in enumerate(each.answered_by):
                share = _ASKED_RANKS[min(place, len(_ASKED_RANKS) - 1)]
                found[index] = max(found[index], share * float(cosine))
        return found

    def _named(self, title: str, question: Question) -> float:
        """The share of a title that the question names, 0..1."""
        words = AskedWords({s: self._word_weight(s) for s in _telling(title)})
        return words.covered(question.words.weights.keys())


def _lexical(evidence: Sequence[Evidence]) -> Mapping[str, float]:
    """BM25 of each passage, as a share of the best one's, 0..1; 0 where that arm found nothing."""
    found = {one.passage.id: one.hit.arms.get("lexical", 0.0) for one in evidence}
    most = max(found.values(), default=0.0)
    return {name: score / most if most > 0 else 0.0 for name, score in found.items()}


def _telling(title: str) -> frozenset[str]:
    return _stems(title) - _TITLE_FRAME


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    """The sentences of an index come up again and again; a few MiB of them are kept."""
    return frozenset(content_stems(text))


def _support(evidence: Sequence[Evidence]) -> Mapping[str, float]:
    """What retrieval found in each source, as a share of the best source's, 0..1."""
    found: dict[str, float] = defaultdict(float)
    for one in evidence:
        found[one.source.id] += one.hit.score
    most = max(found.values(), default=0.0)
    return {source: score / most if most > 0 else 0.0 for source, score in found.items()}
