"""What the encoder learns from: questions with the passages and sentences that answer them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rag.evaluation import medquad
from rag.evaluation.retrieval import SEED
from rag.index.version import IndexVersion

_OF_A_SOURCE = 4  # questions of one document that stand in a batch together
SOURCES = 12  # documents a batch
_BEST = 0.75  # how often the best of the sentences that answer is taken, else any of them
_BESIDE = 0.7  # how often the wrong sentence is of the same passage, else of the same document
_WORDS, _CUT, _INSIDE = 110, 120, 0.4  # of a long answer: words read; from anywhere how often


@dataclass(frozen=True, slots=True)
class Asked:
    """A question beside a document, and what is known of the passage that answers it."""

    question: str
    passage_id: str
    passage: str
    """As it is embedded, under its headings."""
    right: tuple[str, ...]
    """The sentences of the passage that answer, the best first."""
    beside: tuple[str, ...]
    """Its other sentences."""
    source: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one step compares: for each question its passage, a right sentence and a wrong one."""

    asked: Sequence[Asked]
    right: Sequence[str]
    wrong: Sequence[str]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of MedQuAD and a stretch of its answer."""

    question: str
    answer: str


def asked_of(version: IndexVersion) -> list[Asked]:
    """The questions of an index version that are marked with the sentences that answer them."""
    found = []
    for source in version.sources():
        name = f"{source.id}@{source.edition}"
        for passage in version.passages(version.passage_ids(name)):
            sentences = passage.sentence_texts()
            for one in passage.asked:
                if one.answered_by:
                    right = tuple(sentences[i] for i in one.answered_by)
                    beside = tuple(s for s in sentences if s not in right)
                    found.append(
                        Asked(one.text, passage.id, passage.indexed_text, right, beside, name)
                    )
    return found


class Batches:
    """Endless batches, each of a few documents, so that what is near is told apart."""

    def __init__(self, asked: Sequence[Asked], rng: random.Random, sources: int = SOURCES) -> None:
        """`sources`: documents a batch."""
        self._of: dict[str, list[Asked]] = defaultdict(list)
        for one in asked:
            self._of[one.source].append(one)
        self._rng = rng
        self._groups: list[list[Asked]] = []
        self._sources = sources

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch:
        if len(self._groups) < self._sources:
            self._groups = self._shuffled()
        drawn, self._groups = self._groups[: self._sources], self._groups[self._sources :]
        chosen = [one for group in drawn for one in group]
        return Batch(chosen, [self._right(x) for x in chosen], [self._wrong(x) for x in chosen])

    def _shuffled(self) -> list[list[Asked]]:
        groups = []
        for own in self._of.values():
            order = self._rng.sample(own, len(own))
            groups += [order[i : i + _OF_A_SOURCE] for i in range(0, len(order), _OF_A_SOURCE)]
        self._rng.shuffle(groups)
        return groups

    def _right(self, one: Asked) -> str:
        best = self._rng.random() < _BEST
        return one.right[0] if best else self._rng.choice(one.right)

    def _wrong(self, one: Asked) -> str:
        if one.beside and self._rng.random() < _BESIDE:
            return self._rng.choice(one.beside)
        others = [s for other in self._of[one.source] for s in other.right if s not in one.right]
        return self._rng.choice(others or one.beside or one.right)


def pairs(folder: Path, rng: random.Random) -> Iterator[Pair]:
    """Pairs of MedQuAD's tuning half, again and again; half of them under their topic."""
    tuning, _ = medquad.halves(medquad.read(folder), SEED)
    while True:
        for pair in rng.sample(tuning, len(tuning)):
            words = pair.answer.split()
            inside = len(words) > _CUT and rng.random() < _INSIDE
            first = rng.randrange(len(words) - _WORDS + 10) if inside else 0
            answer = " ".join(words[first : first + _WORDS])
            yield Pair(pair.question, f"{pair.topic}\n{answer}" if rng.random() < 0.5 else answer)
