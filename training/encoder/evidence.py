"""Questions with their whole evidence, judged sentence by sentence, as texts to tune on."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.compose.relevance import Relevance
from rag.encoders.base import Vectors
from rag.index.version import IndexVersion
from rag.settings import Settings
from training.encoder.questions import Asked
from training.relevance.examples import WORTH, labelled

_NEEDED, _FITTING = 2, 1  # sentences of each kind that are drawn
_HARD, _OF_HARD = 5, 15  # wrong ones, of the fifteen that seem best
_OTHERS, _KEPT = 3, 30  # wrong ones, of the thirty that seem best
_COSINE, _NET = 3.0, 0.3  # what the cosine and the network count in "seem best"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A question and what was found for it; `wrong` the indices that bear no mark, those first
    that seem best."""

    question: str
    sentences: Sequence[str]
    passages: Vectors  # (n, d), of the passage of each
    passage_ids: Sequence[str]
    labels: npt.NDArray[np.int64]  # 2 where it is needed, 1 where it fits, 0
    wrong: Sequence[int]

    def drawn(self, rng: random.Random) -> tuple[list[int], list[float]]:
        """Some marked and some wrong sentences, and what each is worth (sums to 1)."""
        chosen: list[int] = []
        for value, most in ((2, _NEEDED), (1, _FITTING)):
            rows = np.flatnonzero(self.labels == value).tolist()
            chosen += rng.sample(rows, min(most, len(rows)))
        hard = self.wrong[:_OF_HARD]
        chosen += rng.sample(hard, min(_HARD, len(hard)))
        rest = [i for i in self.wrong if i not in chosen]
        chosen += rng.sample(rest, min(_OTHERS, len(rest)))
        worth = np.choose(self.labels[chosen], WORTH)
        return chosen, (worth / worth.sum()).tolist()


def evidence_of(
    version: IndexVersion, settings: Settings, relevance: Relevance, paths: Sequence[Path]
) -> Iterator[Evidence]:
    """The questions of `training.relevance.examples.labelled`, with texts."""
    for one in labelled(version, settings, paths):
        said, passages = one.vectors(version)
        beside = relevance.scores(one.vector, said, passages)
        seems = _COSINE * (said @ one.vector) + _NET * beside
        wrong = [int(i) for i in np.argsort(-seems) if one.labels[i] == 0][:_KEPT]
        texts = [unit.texts[-1] for unit in one.units]
        ids = [unit.evidence.passage.id for unit in one.units]
        yield Evidence(one.question, texts, passages, ids, one.labels, wrong)


def as_asked(version: IndexVersion, judged: Sequence[Evidence]) -> list[Asked]:
    """Each question with the passage of the first sentence that is needed."""
    source_of = {
        passage_id: name
        for name in (f"{source.id}@{source.edition}" for source in version.sources())
        for passage_id in version.passage_ids(name)
    }
    found = []
    for one in judged:
        passage_id = one.passage_ids[int(np.flatnonzero(one.labels == 2)[0])]
        passage = version.passage(passage_id)
        of_it = zip(one.sentences, one.passage_ids, one.labels, strict=True)
        right = tuple(text for text, i, value in of_it if i == passage_id and value == 2)
        fits = {t for t, value in zip(one.sentences, one.labels, strict=True) if value}
        beside = tuple(text for text in passage.sentence_texts() if text not in fits)
        found.append(
            Asked(
                one.question, passage_id, passage.indexed_text, right, beside, source_of[passage_id]
            )
        )
    return found
