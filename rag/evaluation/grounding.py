"""How well the gate tells supported sentences from unsupported ones, beside word overlap alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.evaluation.classification import (
    Array,
    auroc,
    balanced_accuracy,
    f1_unsupported,
    interval,
    released_at,
)
from rag.evaluation.grounding_data import Case
from rag.verify.gate import Gate

_KEPT_SHARES = (0.95, 0.90, 0.80, 0.70)
_COVERAGES = 50  # points of the risk-coverage curve


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its 95 % bootstrap interval, whole questions drawn; None where undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """One level (sentences or whole answers) of one gate."""

    count: int
    unsupported: int
    auroc: Figure
    balanced_accuracy: Figure
    f1: Figure  # of finding what is unsupported
    precision: Figure
    recall: Figure


@dataclass(frozen=True, slots=True)
class GateReport:
    """One gate. `released_at` maps a share of supported sentences kept to unsupported released.

    `risk_coverage` are (coverage, risk): of the sentences with the highest support, the share that
    is unsupported.
    """

    name: str
    threshold: float
    sentences: Scores
    answers: Scores
    supported_kept: float
    unsupported_released: float
    unsure: float
    released_at: dict[str, float]
    risk_coverage: tuple[tuple[float, float], ...]


def evaluate(
    cases: Sequence[Case],
    gates: Mapping[str, Gate],
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> tuple[GateReport, ...]:
    """Judges every case with every gate. The first gate named is the one that ships."""
    return tuple(_evaluate(name, cases, gate, advance) for name, gate in gates.items())


def _evaluate(
    name: str, cases: Sequence[Case], gate: Gate, advance: Callable[[int], None]
) -> GateReport:
    verdicts = []
    for case in cases:
        verdicts.append(gate.judge(case.sentence, case.passages, before=case.before))
        advance(1)
    score = np.array([v.support for v in verdicts])
    passed = np.array([float(v.supported) for v in verdicts])
    y = np.array([float(case.supported) for case in cases])
    questions = [case.question for case in cases]
    both = 0 < y.sum() < len(y)
    return GateReport(
        name=f"{name} ({gate.model.name})",
        threshold=gate.model.threshold,
        sentences=_scores(y, score, passed, questions),
        answers=_answers(cases, y, score, passed),
        supported_kept=float(passed[y == 1].mean()) if y.any() else 0.0,
        unsupported_released=float(passed[y == 0].mean()) if (y == 0).any() else 0.0,
        unsure=float(np.mean([v.outcome == "unsure" for v in verdicts])),
        released_at={f"{k:.2f}": released_at(y, score, k) for k in _KEPT_SHARES} if both else {},
        risk_coverage=_risk_coverage(y, score),
    )


def _answers(cases: Sequence[Case], y: Array, score: Array, passed: Array) -> Scores:
    """Whole answers: supported if every sentence is; scored by the product of the supports."""
    rows: dict[str, list[int]] = {}
    for i, case in enumerate(cases):
        rows.setdefault(case.response, []).append(i)
    whole = [(y[i].min(), float(np.prod(score[i])), passed[i].min()) for i in rows.values()]
    labels, scores, through = (np.array(column) for column in zip(*whole, strict=True))
    return _scores(labels, scores, through, [cases[i[0]].question for i in rows.values()])


def _scores(y: Array, score: Array, passed: Array, questions: Sequence[str]) -> Scores:
    def figure(measure: Callable[[Array, Array, Array], float]) -> Figure:
        if not 0 < y.sum() < len(y):
            return Figure(None)

        def drawn(i: np.ndarray) -> float:
            return measure(y[i], score[i], passed[i]) if 0 < y[i].sum() < len(i) else float("nan")

        low, high = interval(drawn, questions)
        return Figure(measure(y, score, passed), low, high)

    return Scores(
        count=len(y),
        unsupported=int((y == 0).sum()),
        auroc=figure(lambda y, s, _: auroc(y, s)),
        balanced_accuracy=figure(lambda y, _, p: balanced_accuracy(y, p, 0.5)),
        f1=figure(lambda y, _, p: f1_unsupported(y, p, 0.5)),
        precision=figure(lambda y, _, p: float((y[p == 0] == 0).mean()) if (p == 0).any() else 1.0),
        recall=figure(lambda y, _, p: float((p[y == 0] == 0).mean())),
    )


def _risk_coverage(y: Array, score: Array) -> tuple[tuple[float, float], ...]:
    order = np.argsort(-score, kind="stable")
    wrong = np.cumsum(y[order] == 0) / np.arange(1, len(y) + 1)
    places = np.unique(np.linspace(1, len(y), min(_COVERAGES, len(y))).astype(int))
    return tuple((float(k / len(y)), float(wrong[k - 1])) for k in places)
