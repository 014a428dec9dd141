"""Questions with sentences that answer them and sentences that do not, as vectors."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.compose.units import Unit, units
from rag.encoders.base import Vectors
from rag.index.version import IndexVersion
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings

WORTH = (0.0, 0.4, 1.0)  # of a sentence that bears no mark, that fits, that is needed
_NEAR = 60  # sentences by cosine, of which those of other sources may be drawn as wrong ones
_HARD = 8  # of the same source, from other passages
_ALIKE = 0.72  # cosine with a right sentence from which a sentence may be right as well


@dataclass(frozen=True, slots=True)
class Bank:
    """Every sentence of an index version: its vector, and its passage's, (n, d) each."""

    sentences: Vectors
    passages: Vectors


@dataclass(frozen=True, slots=True)
class Marked:
    """A question beside a document: rows of the bank that answer it, the best first, and rows
    that do not, of the same passage, of the same source and of other sources."""

    question: Vectors
    right: Sequence[int]
    beside: Sequence[int]
    source: Sequence[int]
    others: Sequence[int]

    def drawn(self, count: int, rng: random.Random, rows: int) -> list[int]:
        """A right row, then `count - 1` wrong ones."""
        first = self.right[0]
        if len(self.right) > 1 and rng.random() < 0.25:
            first = rng.choice(self.right[1:])
        wrong = [
            *rng.sample(self.beside, min(len(self.beside), 4)),
            *rng.sample(self.source, min(len(self.source), 4)),
        ]
        wrong += rng.sample(self.others, min(len(self.others), count - 1 - len(wrong)))
        wrong += [rng.randrange(rows) for _ in range(count - 1 - len(wrong))]
        return [first, *wrong]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with all sentences of its evidence: 2 where one is needed, 1 where it fits."""

    question: Vectors
    sentences: Vectors
    passages: Vectors
    labels: npt.NDArray[np.int64]


def bank_and_marked(version: IndexVersion) -> tuple[Bank, list[Marked]]:
    """From the passages of a version, and the questions that they are known to answer."""
    sentences: list[Vectors] = []
    passages: list[Vectors] = []
    owners: list[str] = []
    sources: list[str] = []
    first: dict[str, int] = {}
    asked = []
    for source in version.sources():
        name = f"{source.id}@{source.edition}"
        for passage_id in version.passage_ids(name):
            passage = version.passage(passage_id)
            first[passage_id] = len(owners)
            vectors = version.sentence_vectors(passage_id)
            sentences.append(vectors)
            passages.append(np.repeat(version.passage_vector(passage_id)[None], len(vectors), 0))
            owners += [passage_id] * len(vectors)
            sources += [name] * len(vectors)
            of_it = zip(passage.asked, version.asked_vectors(passage_id), strict=True)
            asked += [(passage_id, one, vector) for one, vector in of_it if one.answered_by]
    bank = Bank(np.concatenate(sentences), np.concatenate(passages))
    source_of, owner_of = np.array(sources), np.array(owners)
    marked = []
    for passage_id, one, vector in asked:
        start = first[passage_id]
        right = [start + index for index in one.answered_by]
        cosines = bank.sentences @ vector
        maybe = (bank.sentences @ bank.sentences[right].T).max(axis=1) >= _ALIKE
        here = source_of == source_of[start]
        near = [int(i) for i in np.argsort(-cosines)[:_NEAR] if not here[i] and not maybe[i]]
        own = owner_of == passage_id
        same = np.flatnonzero(here & ~own & ~maybe).tolist()
        hard = sorted(same, key=lambda i: -cosines[i])[:_HARD]
        beside = [i for i in np.flatnonzero(own).tolist() if i not in right]
        marked.append(Marked(vector, right, beside, hard, near))
    return bank, marked


def judged(version: IndexVersion, settings: Settings, paths: Sequence[Path]) -> Iterator[Judged]:
    """The questions of `labelled`, as vectors."""
    for one in labelled(version, settings, paths):
        yield Judged(one.vector, *one.vectors(version), one.labels)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with all units of its evidence."""

    question: str
    vector: Vectors
    units: Sequence[Unit]
    labels: npt.NDArray[np.int64]  # 2 where it is needed, 1 where it fits, 0

    def vectors(self, version: IndexVersion) -> tuple[Vectors, Vectors]:
        """(n, d) of the sentences, and of their passages."""
        at = [(unit.evidence.passage.id, unit.indices[-1]) for unit in self.units]
        return (
            np.stack([version.sentence_vectors(i)[place] for i, place in at]),
            np.stack([version.passage_vector(i) for i, _ in at]),
        )


def labelled(
    version: IndexVersion, settings: Settings, paths: Sequence[Path]
) -> Iterator[Labelled]:
    """The questions of `bench/pointed.py` in those files, with what is found for them.

    Of a source in which a file marks nothing, the evidence is left out: it was written after the
    file was, and its sentences bear no mark whether they answer or not.
    """
    with closing(HybridRetriever(version, settings)) as retriever:
        for path in paths:
            rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            known = _marked_sources(version, rows)
            for row in rows:
                found = retriever.retrieve(row["question"], top_k=settings.retrieval.top_k)
                of_it = [u for one in found.evidence if one.source.id in known for u in units(one)]
                labels = np.array([_label(unit.texts, row) for unit in of_it])
                if (labels == 2).any() and (labels == 0).any():
                    yield Labelled(row["question"], found.vector, of_it, labels)


def _marked_sources(version: IndexVersion, rows: Sequence[dict[str, list[str]]]) -> set[str]:
    """The ids of the sources of which some row marks a sentence."""
    marked = {text for row in rows for text in (*row["need"], *row["good"])}
    return {
        source.id
        for source in version.sources()
        for passage_id in version.passage_ids(f"{source.id}@{source.edition}")
        if not marked.isdisjoint(version.passage(passage_id).sentence_texts())
    }


def _label(texts: Sequence[str], row: dict[str, list[str]]) -> int:
    """2 where one of the texts is needed, 1 where one fits, else 0."""
    return 2 if set(texts) & set(row["need"]) else int(bool(set(texts) & set(row["good"])))
