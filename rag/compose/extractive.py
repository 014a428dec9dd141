"""Answers made of sentences of the evidence, chosen and ordered for the question that was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from rag.compose.asked_words import AskedWords
from rag.compose.facets import Facet, facets_of_heading, facets_of_question
from rag.compose.named_substances import Admitted, ClassesOf, on_named_substances
from rag.compose.units import Unit, units
from rag.encoders.base import Vectors
from rag.model import Evidence
from rag.verify.words import content_stems

# Weights of a unit's score; they sum to 1 before the facet bonus. Set by reading answers to the
# development questions in `bench/questions/development.jsonl`.
_SENTENCE_WEIGHT = 0.5  # cosine of question and sentence
_PASSAGE_WEIGHT = 0.25  # cosine of question and passage
_WORDS_WEIGHT = 0.25  # share of the question's weighted words in title, headings and sentence
_FACET_BONUS = 0.12  # the section is about what was asked
_OPENING_BONUS = 0.06  # it opens its passage: writers put what matters first
_TITLE_BONUS = 0.10  # times the share of the source's title that the question names
# Maximal marginal relevance (Carbonell & Goldstein 1998): what a cosine with a sentence already
# chosen costs, above the cosine that any two sentences on one topic have.
_REDUNDANCY = 0.35
_SAME_TOPIC = 0.6
_TOO_ALIKE = 0.86  # cosine above which two sentences say the same
_KEEP_SHARE = 0.8  # a unit below this share of the best unit's score is not worth adding
_FEWEST = 2
_KEEP_SHARE_OF_FIRST = 0.65  # the same for the first two, since one sentence rarely is an answer


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that waits for the gate, with the ids of the passages it cites."""

    text: str
    cites: tuple[str, ...]
    leans: bool = False  # makes sense only right after the sentence before it
    note: str = ""  # what must be said with it: it speaks of a group, not of the medicine asked for


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed answer before it is checked, and how well its best unit fits the question."""

    sentences: tuple[DraftSentence, ...]
    best_cosine: float  # highest cosine of the question and a chosen sentence
    passage_cosine: float  # highest cosine of the question and a passage that is cited
    words_covered: float  # share of the question's weighted words that the chosen units hold
    heaviest_missing: float  # weight of the rarest question word they lack, as a share of all


@dataclass(frozen=True, slots=True)
class _Scored:
    unit: Unit
    score: float
    cosine: float
    passage_cosine: float
    vector: Vectors
    facets: frozenset[Facet]
    stems: frozenset[str]
    note: str


class ExtractiveComposer:
    """Chooses sentences by relevance, the parts of the question, and novelty."""

    def __init__(
        self,
        sentence_vectors: Callable[[str], Vectors],
        word_weight: Callable[[str], float],
        max_sentences: int,
        classes_of: ClassesOf | None = None,
    ) -> None:
        """`sentence_vectors`: passage id -> (sentences, d). `word_weight`: stem -> its idf.
        `classes_of`: substance -> groups that may stand in for it; None: none may."""
        self._classes_of = classes_of
        self._sentence_vectors = sentence_vectors
        self._word_weight = word_weight
        self._max_sentences = max_sentences

    def compose(self, question: str, vector: Vectors, evidence: Sequence[Evidence]) -> Draft:
        """A draft of up to `max_sentences` sentences; empty when no unit is quotable."""
        asked = facets_of_question(question)
        words = AskedWords.of(question, self._word_weight)
        scored = [
            s
            for admitted in on_named_substances(question, evidence, self._classes_of)
            for s in self._score(admitted, vector, asked, words)
        ]
        chosen = self._choose(scored, asked)
        covered = frozenset(stem for s in chosen for stem in s.stems)
        return Draft(
            sentences=tuple(
                DraftSentence(text, (s.unit.evidence.passage.id,), leans=place > 0, note=s.note)
                for s in _in_reading_order(chosen)
                for place, text in enumerate(s.unit.texts)
            ),
            best_cosine=max((s.cosine for s in chosen), default=0.0),
            passage_cosine=max((s.passage_cosine for s in chosen), default=0.0),
            words_covered=words.covered(covered),
            heaviest_missing=words.heaviest_missing(covered),
        )

    def fit(
        self,
        question: str,
        vector: Vectors,
        worded: Sequence[tuple[str, Sequence[str]]],
        vectors: Vectors,
        evidence: Sequence[Evidence],
    ) -> Draft:
        """How well sentences that were worded otherwise fit the question.

        `worded`: sentences, each with the ids of the passages it cites; `vectors`: (sentences, d).
        """
        words = AskedWords.of(question, self._word_weight)
        by_id = {e.passage.id: e for e in evidence}
        cited = [by_id[i] for i in dict.fromkeys(i for _, ids in worded for i in ids)]
        told = (" ".join((e.source.title, *e.passage.heading)) for e in cited)
        stems = frozenset(content_stems(" ".join((*told, *(text for text, _ in worded)))))
        return Draft(
            sentences=tuple(DraftSentence(text, tuple(ids)) for text, ids in worded),
            best_cosine=float((vectors @ vector).max()) if worded else 0.0,
            passage_cosine=max((self._passage_cosine(e, vector) for e in cited), default=0.0),
            words_covered=words.covered(stems),
            heaviest_missing=words.heaviest_missing(stems),
        )

    def _passage_cosine(self, evidence: Evidence, question: Vectors) -> float:
        known = evidence.hit.arms.get("dense")
        if known is not None:
            return known
        mean = self._sentence_vectors(evidence.passage.id).mean(axis=0)
        return float(mean @ question / max(float(np.linalg.norm(mean)), 1e-9))

    def _score(
        self,
        admitted: Admitted,
        question: Vectors,
        asked: frozenset[Facet],
        words: AskedWords,
    ) -> list[_Scored]:
        evidence = admitted.evidence
        vectors = self._sentence_vectors(evidence.passage.id)
        if not len(vectors):
            return []
        cosines = vectors @ question
        passage_cosine = self._passage_cosine(evidence, question)
        heading_stems = admitted.stems | frozenset(
            content_stems(" ".join((evidence.source.title, *evidence.passage.heading)))
        )
        facets = facets_of_heading(evidence.passage.heading)
        bonus = _FACET_BONUS if asked & facets else 0.0
        title = AskedWords({s: self._word_weight(s) for s in content_stems(evidence.source.title)})
        bonus += _TITLE_BONUS * title.covered(words.weights.keys())
        found: list[_Scored] = []
        for unit in units(evidence):
            if not admitted.speaks(" ".join(unit.texts)):
                continue
            stems = heading_stems | frozenset(content_stems(" ".join(unit.texts)))
            cosine = float(cosines[list(unit.indices)].max())
            score = (
                _SENTENCE_WEIGHT * cosine
                + _PASSAGE_WEIGHT * passage_cosine
                + _WORDS_WEIGHT * words.covered(stems)
                + bonus
                + (_OPENING_BONUS if unit.indices[0] == 0 else 0.0)
            )
            found.append(
                _Scored(
                    unit,
                    score,
                    cosine,
                    passage_cosine,
                    vectors[unit.indices[-1]],
                    asked & facets,
                    stems,
                    admitted.note(" ".join(unit.texts)),
                )
            )
        return found

    def _choose(self, scored: list[_Scored], asked: frozenset[Facet]) -> list[_Scored]:
        """Greedy maximal marginal relevance; a part of the question not yet met goes first."""
        if not scored:
            return []
        best_score = max(s.score for s in scored)
        chosen: list[_Scored] = []
        pool = list(scored)
        used: set[tuple[str, int]] = set()
        while pool:
            length = sum(len(s.unit.indices) for s in chosen)
            floor = best_score * (_KEEP_SHARE if length >= _FEWEST else _KEEP_SHARE_OF_FIRST)
            missing = asked - {facet for s in chosen for facet in s.facets}
            pool = [
                s
                for s in pool
                if s.score >= floor
                and length + len(s.unit.indices) <= self._max_sentences
                and not used & _places(s.unit)
                and _overlap(s, chosen) < _TOO_ALIKE
            ]
            if not pool:
                break
            best = max(
                pool,
                key=lambda s: _novel(s, chosen) + (_FACET_BONUS if s.facets & missing else 0.0),
            )
            if _novel(best, chosen) < floor:
                break
            chosen.append(best)
            used |= _places(best.unit)
        return chosen


def _places(unit: Unit) -> set[tuple[str, int]]:
    return {(unit.evidence.passage.id, index) for index in unit.indices}


def _overlap(candidate: _Scored, chosen: list[_Scored]) -> float:
    return max((float(candidate.vector @ other.vector) for other in chosen), default=0.0)


def _novel(candidate: _Scored, chosen: list[_Scored]) -> float:
    return candidate.score - _REDUNDANCY * max(0.0, _overlap(candidate, chosen) - _SAME_TOPIC)


def _in_reading_order(chosen: list[_Scored]) -> list[_Scored]:
    """Sources by their best unit; inside a source as it stands there, from what to whom to ask."""
    best: dict[str, float] = {}
    for s in chosen:
        source = s.unit.evidence.source.id
        best[source] = max(best.get(source, 0.0), s.score)
    return sorted(
        chosen,
        key=lambda s: (
            -best[s.unit.evidence.source.id],
            s.unit.evidence.source.id,
            s.unit.evidence.passage.start,
            s.unit.indices,
        ),
    )
