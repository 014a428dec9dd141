"""How well a score separates supported sentences from unsupported ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def auroc(y: Array, score: Array) -> float:
    """Area under the ROC curve; ties count half."""
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    yes = y.sum()
    return float((ranks[y == 1].sum() - yes * (yes + 1) / 2) / (yes * (len(y) - yes)))


def balanced_accuracy(y: Array, score: Array, threshold: float) -> float:
    """Mean of the shares judged rightly of either label."""
    accepted = score >= threshold
    return float((accepted[y == 1].mean() + (~accepted[y == 0]).mean()) / 2)


def f1_unsupported(y: Array, score: Array, threshold: float) -> float:
    """F1 of finding unsupported sentences, as benchmarks of hallucination detection count."""
    flagged = score < threshold
    right = (flagged & (y == 0)).sum()
    return float(2 * right / (flagged.sum() + (y == 0).sum())) if right else 0.0


def released_at(y: Array, score: Array, kept: float = 0.90) -> float:
    """Share of unsupported sentences released when `kept` of the supported ones are."""
    return float((score[y == 0] >= np.quantile(score[y == 1], 1 - kept)).mean())


def interval(
    measure: Callable[[npt.NDArray[np.int64]], float], groups: Sequence[str], draws: int = 1000
) -> tuple[float, float]:
    """95% bootstrap interval of a measure of row indices, whole groups (questions) drawn.

    Draws for which the measure is not defined (NaN), as where all have one label, do not count.
    """
    names = sorted(set(groups))
    rows = {name: np.flatnonzero(np.array(groups) == name) for name in names}
    rng = np.random.default_rng(0)
    found = []
    for _ in range(draws):
        drawn = rng.choice(len(names), len(names))
        found.append(measure(np.concatenate([rows[names[i]] for i in drawn])))
    low, high = np.nanquantile(found, (0.025, 0.975))
    return float(low), float(high)


def folds(groups: Sequence[str], count: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """A fold for each row; rows of one group share theirs."""
    names = sorted(set(groups))
    drawn = np.random.default_rng(seed).permutation(len(names)) % count
    fold = dict(zip(names, drawn, strict=True))
    return np.array([fold[group] for group in groups])
