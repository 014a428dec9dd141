"""How well retrieval finds the answer that belongs to a question, over MedQuAD.

The task: a question, and the answers to all questions as the pool. Only the answer's bare text
is indexed, never the question; a second setting puts the document's topic above it, as a title
stands above our own passages. Found is an answer whose text equals the question's own, since
the pool holds copies; copies and all, every answer takes its place in the ranking.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rag.encoders.base import Encoder, Vectors
from rag.evaluation.medquad import Pair, halves
from rag.evaluation.metrics import Interval, bootstrap, ndcg, recall, reciprocal_rank
from rag.evaluation.units import Unit, cached_vectors, passage_units, whole_units
from rag.index.lexical import LexicalIndex, write_lexical
from rag.index.vectors import VectorIndex, write_vectors
from rag.retrieval.fusion import WEIGHTS, Ranking, fuse

SEED = 3  # of the split into halves, and of the questions drawn
CUT = 10  # answers that count
TUNING_WEIGHTS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)  # of the lexical arm
HYBRID = "hybrid"
_RRF_K = 60  # Cormack, Clarke and Buettcher 2009

Stage = Callable[[str, int], Callable[[int], None]]
System = Callable[[Ranking, Ranking], Sequence[str]]


@dataclass(frozen=True, slots=True)
class SystemResult:
    """What one way to rank reached, each a mean over the questions."""

    system: str
    mrr_at_10: Interval
    ndcg_at_10: Interval
    recall_at_10: Interval
    gain: Interval | None
    """MRR@10 less that of the better single arm, on the same questions; None for that arm."""


@dataclass(frozen=True, slots=True)
class Report:
    """Results over one form of the pool."""

    setting: str
    half: str
    questions: int
    answers: int
    units: int
    encoder: str
    results: tuple[SystemResult, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure.

    `passages`: answers are cut into passages as the engine cuts documents, and the best passage
    counts; otherwise an answer is one unit, of which the encoder sees the first 256 word pieces.
    `topic`: the document's topic stands above each unit.
    `tuning`: questions of the half that weights are tuned on, with a row for each weight tried.
    """

    passages: bool = False
    topic: bool = False
    tuning: bool = False
    questions: int = 1000
    depth: int = 50

    @property
    def setting(self) -> str:
        """The plan's pool in words."""
        text = "engine passages" if self.passages else "whole answers"
        return f"{text}, {'topic as heading' if self.topic else 'bare'}"


def evaluate(
    pairs: Sequence[Pair], encoder: Encoder, plan: Plan, *, cache: Path | None, stage: Stage
) -> Report:
    """Asks `plan.questions` random questions of one half against all answers.

    Args:
        cache: folder that keeps vectors between runs; None keeps nothing.
        stage: given a stage's name and size, returns what to call with each count done.
    """
    make = passage_units if plan.passages else whole_units
    units = make(pairs, encoder, topic=plan.topic)
    vectors = cached_vectors([unit.text for unit in units], encoder, cache, stage)
    tuning, reporting = halves(pairs, SEED)
    half = tuning if plan.tuning else reporting
    draw = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    asked = draw.sample(half, min(plan.questions, len(half)))
    done = stage("Asking", len(asked))
    systems = _systems(plan)
    ranks: dict[str, list[tuple[float, float, float]]] = {name: [] for name in systems}
    with TemporaryDirectory(prefix="plumbline-") as folder:
        pool = _Pool(Path(folder), units, vectors)
        for pair in asked:
            dense = pool.dense(encoder.encode([pair.question])[0], plan.depth)
            lexical = pool.lexical(pair.question, plan.depth)
            for name, system in systems.items():
                found = pool.answers(system(dense, lexical))
                ranks[name].append(_measures([pairs[n].answer for n in found], pair.answer))
            done(1)
    return Report(
        setting=plan.setting,
        half="tuning" if plan.tuning else "reporting",
        questions=len(asked),
        answers=len(pairs),
        units=len(units),
        encoder=encoder.name,
        results=_results(ranks),
    )


class _Pool:
    """The units behind the engine's own vector and BM25 indexes."""

    def __init__(self, folder: Path, units: Sequence[Unit], vectors: Vectors) -> None:
        write_vectors(folder / "vectors.faiss", vectors)
        write_lexical(folder / "lexical", [unit.text for unit in units])
        self._vectors = VectorIndex(folder / "vectors.faiss")
        self._lexical = LexicalIndex(folder / "lexical")
        self._owner = {str(row): unit.answer for row, unit in enumerate(units)}

    def dense(self, vector: Vectors, depth: int) -> Ranking:
        return [(str(row), score) for row, score in self._vectors.search(vector, depth)]

    def lexical(self, text: str, depth: int) -> Ranking:
        return [(str(row), score) for row, score in self._lexical.search(text, depth)]

    def answers(self, unit_ids: Sequence[str]) -> list[int]:
        """The answers that units belong to, each at the place of its best unit."""
        return list(dict.fromkeys(self._owner[unit_id] for unit_id in unit_ids))


def _systems(plan: Plan) -> Mapping[str, System]:
    def fused(weights: Mapping[str, float]) -> System:
        def system(dense: Ranking, lexical: Ranking) -> Sequence[str]:
            hits = fuse({"dense": dense, "lexical": lexical}, plan.depth, weights)
            return [hit.passage_id for hit in hits]

        return system

    systems: dict[str, System] = {
        "dense": lambda dense, _: _ids(dense),
        "lexical": lambda _, lexical: _ids(lexical),
        "unweighted RRF": _reciprocal_rank_fusion(0.5),
        HYBRID: fused(WEIGHTS),
    }
    if plan.tuning:
        for weight in TUNING_WEIGHTS:
            name = f"lexical weight {weight:g}"
            systems[name] = fused({"dense": 1 - weight, "lexical": weight})
            systems[f"RRF, {name}"] = _reciprocal_rank_fusion(weight)
    return systems


def _reciprocal_rank_fusion(lexical_weight: float) -> System:
    """Weighted sum of 1 / (k + rank): the usual way to fuse, and so the baseline."""

    def system(dense: Ranking, lexical: Ranking) -> Sequence[str]:
        fused: dict[str, float] = {}
        for ranking, weight in ((dense, 1 - lexical_weight), (lexical, lexical_weight)):
            for rank, unit_id in enumerate(_ids(ranking), start=1):
                fused[unit_id] = fused.get(unit_id, 0.0) + weight / (_RRF_K + rank)
        return sorted(fused, key=lambda unit_id: (-fused[unit_id], int(unit_id)))

    return system


def _ids(ranking: Ranking) -> list[str]:
    return [unit_id for unit_id, _ in ranking]


def _measures(found: Sequence[str], answer: str) -> tuple[float, float, float]:
    return (
        reciprocal_rank(found, {answer}, CUT),
        ndcg(found, {answer}, CUT),
        recall(found, {answer}, CUT),
    )


def _results(ranks: Mapping[str, Sequence[tuple[float, float, float]]]) -> tuple[SystemResult, ...]:
    columns = {name: tuple(zip(*rows, strict=True)) for name, rows in ranks.items()}
    best = max(("dense", "lexical"), key=lambda name: sum(columns[name][0]))

    def gain(name: str) -> Interval | None:
        if name == best:
            return None
        pairs = zip(columns[name][0], columns[best][0], strict=True)
        return bootstrap([mine - theirs for mine, theirs in pairs])

    return tuple(
        SystemResult(name, bootstrap(mrr), bootstrap(ndcgs), bootstrap(recalls), gain(name))
        for name, (mrr, ndcgs, recalls) in columns.items()
    )
