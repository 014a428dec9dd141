"""Logistic regression with a ridge, by Newton's method; the intercept is not penalised."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_ROUNDS = 60


def fit(
    x: Array, y: Array, l2: float, *, balanced: bool = False, weight: Array | None = None
) -> Array:
    """Coefficients and, last, the intercept. `x`: (n, d); `y`: (n,) of 0 and 1.

    `weight`, (n,), says what each row weighs; with `balanced` both classes weigh the same in all.
    """
    weight = np.ones(len(y)) if weight is None else weight
    if balanced:
        weight = weight / np.where(y == 1, weight @ y, weight @ (1 - y)) * len(y) / 2
    a = np.column_stack([x, np.ones(len(x))])
    b = np.zeros(a.shape[1])
    penalty = l2 * np.append(np.ones(x.shape[1]), 0.0)
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(a @ b, -30, 30)))
        slope = a.T @ (weight * (y - p)) - penalty * b
        curve = (a.T * (weight * p * (1 - p))) @ a + np.diag(penalty + 1e-9)
        b += np.linalg.solve(curve, slope)
    return b


def logit(x: Array, b: Array) -> Array:
    """(n,) from (n, d) and what `fit` gave."""
    return np.asarray(x @ b[:-1] + b[-1])


def out_of_fold(x: Array, y: Array, l2: float, folds: int, seed: int) -> Array:
    """(n,) logits, each from a balanced fit that has not seen its row."""
    fold = np.random.default_rng(seed).integers(0, folds, len(y))
    found = np.zeros(len(y))
    for k in range(folds):
        b = fit(x[fold != k], y[fold != k], l2, balanced=True)
        found[fold == k] = logit(x[fold == k], b)
    return found
