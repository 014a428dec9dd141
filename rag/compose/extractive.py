"""Answers made of sentences of the evidence, chosen and ordered for the question that was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.compose.asked_words import brands_beside_substances, tells_of_oneself
from rag.compose.choice import introduced
from rag.compose.named_substances import ClassesOf, on_named_substances
from rag.compose.other_topics import DisordersIn, NamesIn, on_topic
from rag.compose.relevance import Relevance
from rag.compose.scoring import PassageVectors, Question, Scorer
from rag.encoders.base import Vectors
from rag.model import Evidence
from rag.verify.words import content_stems, words


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence that waits for the gate, with the ids of the passages it cites."""

    text: str
    cites: tuple[str, ...]
    leans: bool = False  # makes sense only right after the sentence before it
    notes: tuple[str, ...] = ()  # to be said with it: it speaks of a group, not of a medicine


@dataclass(frozen=True, slots=True)
class Draft:
    """A composed answer before it is checked, and how well it fits the question."""

    sentences: tuple[DraftSentence, ...]
    best_cosine: float  # highest cosine of the question and a chosen sentence
    passage_cosine: float  # highest cosine of the question and a passage that is cited
    words_covered: float  # share of the question's weighted words that the chosen units hold,
    # those of a name also where the passages cited call the same thing otherwise
    heaviest_missing: float  # weight of the rarest question word they lack, as a share of all
    headed: float  # share of the question's weighted words in titles and headings that are cited
    bare_missing: float  # share of those words they lack; 0 where someone tells of their own life
    named: float  # share of the names in the question that the passages cited hold; 1 without any


class ExtractiveComposer:
    """Chooses sentences by relevance, the parts of the question, and novelty."""

    def __init__(
        self,
        vectors: PassageVectors,
        word_weight: Callable[[str], float],
        max_sentences: int,
        classes_of: ClassesOf | None = None,
        disorders_in: DisordersIn | None = None,
        names_in: NamesIn | None = None,
        relevance: Relevance | None = None,
    ) -> None:
        """`word_weight`: stem -> its idf.
        `classes_of`: substance -> groups that may stand in for it; None: none may.
        `disorders_in`: text -> disorders that it names; None: none are known.
        `names_in`: text -> names of anything that the graph knows; None: none are known.
        `relevance`: for vectors of its encoder; None: cosines and words alone decide."""
        self._classes_of = classes_of
        self._disorders_in = disorders_in or (lambda _: frozenset())
        self._names_in = names_in or (lambda _: ())
        self._word_weight = word_weight
        self._scorer = Scorer(vectors, word_weight, relevance)
        self._max_sentences = max_sentences

    def compose(self, question: str, vectors: Vectors, evidence: Sequence[Evidence]) -> Draft:
        """A draft of up to `max_sentences` sentences; empty when no unit is quotable.

        `vectors`: (d,) of the question, or (1 + clauses, d) with its clauses below it.
        """
        asked = Question.of(question, vectors, self._word_weight)
        usable = on_topic(question, evidence, self._disorders_in)
        scored = self._scorer.score(on_named_substances(question, usable, self._classes_of), asked)
        brands = brands_beside_substances(words(question))
        chosen = introduced(scored, asked.facets, self._max_sentences, brands)
        sentences = tuple(
            DraftSentence(text, (s.unit.evidence.passage.id,), leans=place > 0, notes=s.notes)
            for s in chosen
            for place, text in enumerate(s.unit.texts)
        )
        covered = frozenset(stem for s in chosen for stem in s.stems)
        best = max((s.cosine for s in chosen), default=0.0)
        return self._draft(question, sentences, asked, best, covered, evidence)

    def fit(
        self,
        question: str,
        vectors: Vectors,
        worded: Sequence[tuple[str, Sequence[str]]],
        worded_vectors: Vectors,
        evidence: Sequence[Evidence],
    ) -> Draft:
        """How well sentences that were worded otherwise fit the question.

        `worded`: sentences, each with the ids of the passages it cites; `worded_vectors`:
        (sentences, d).
        """
        asked = Question.of(question, vectors, self._word_weight)
        sentences = tuple(DraftSentence(text, tuple(ids)) for text, ids in worded)
        told = _headings(_cited(sentences, evidence))
        stems = frozenset(content_stems(" ".join((told, *(text for text, _ in worded)))))
        best = float(asked.cosines(worded_vectors).max()) if worded else 0.0
        return self._draft(question, sentences, asked, best, stems, evidence)

    def _draft(
        self,
        question: str,
        sentences: tuple[DraftSentence, ...],
        asked: Question,
        best_cosine: float,
        stems: frozenset[str],
        evidence: Sequence[Evidence],
    ) -> Draft:
        cited = _cited(sentences, evidence)
        names = self._names_in(question)
        told = frozenset(
            k for one in cited for name in self._names_in(_told(one)) for k in name.keys
        )
        met = [name for name in names if not told.isdisjoint(name.keys)]
        # "Alcohol addiction" is met where alcohol use disorder is, whatever it is called there.
        stems = stems.union(*(name.stems for name in met))
        covered = asked.words.covered(stems)
        near = [self._scorer.passage_cosine(one, asked) for one in cited]
        return Draft(
            sentences=sentences,
            best_cosine=best_cosine,
            passage_cosine=max(near, default=0.0),
            words_covered=covered,
            heaviest_missing=asked.words.heaviest_missing(stems),
            headed=asked.words.covered(frozenset(content_stems(_headings(cited)))),
            bare_missing=0.0 if tells_of_oneself(question) else 1.0 - covered,
            named=len(met) / len(names) if names else 1.0,
        )


def _cited(sentences: Sequence[DraftSentence], evidence: Sequence[Evidence]) -> list[Evidence]:
    by_id = {one.passage.id: one for one in evidence}
    return [by_id[i] for i in dict.fromkeys(i for s in sentences for i in s.cites)]


def _headings(cited: Sequence[Evidence]) -> str:
    return " ".join(word for one in cited for word in (one.source.title, *one.passage.heading))


def _told(evidence: Evidence) -> str:
    return f"{evidence.source.title}. {evidence.passage.indexed_text}"
