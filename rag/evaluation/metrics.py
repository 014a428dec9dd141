"""Measures of ranked lists, and how sure a mean or a difference of means is."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


def reciprocal_rank(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """1 / rank of the first relevant item among the first `k`, else 0."""
    for rank, item in enumerate(ranked[:k], start=1):
        if item in relevant:
            return 1.0 / rank
    return 0.0


def recall(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Share of the relevant items that stand among the first `k`. Raises ValueError on none."""
    wanted = _distinct(relevant)
    return len(wanted.intersection(ranked[:k])) / len(wanted)


def ndcg(ranked: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Normalised discounted cumulative gain with gains of 0 and 1 (Järvelin and Kekäläinen 2002).

    An item that is listed twice counts once, where it first stands. Raises ValueError when
    nothing is relevant.
    """
    left = _distinct(relevant)
    ideal = sum(_discount(rank) for rank in range(1, min(len(left), k) + 1))
    gain = 0.0
    for rank, item in enumerate(ranked[:k], start=1):
        if item in left:
            left.remove(item)
            gain += _discount(rank)
    return gain / ideal


def bootstrap(values: Sequence[float], *, draws: int = 2_000, seed: int = 0) -> Interval:
    """The mean of `values` with its percentile bootstrap interval (Efron 1979).

    For two systems on the same questions pass the differences: that is the paired bootstrap.
    """
    if not values:
        raise ValueError("no values to average")
    data = np.asarray(values, dtype=np.float64)
    generator = np.random.default_rng(seed)
    # Drawing how often each value is taken equals drawing the values, and needs less memory.
    counts = generator.multinomial(len(data), np.full(len(data), 1 / len(data)), size=draws)
    low, high = np.percentile(counts @ data / len(data), [2.5, 97.5])
    return Interval(float(data.mean()), float(low), float(high))


def _discount(rank: int) -> float:
    return 1.0 / math.log2(rank + 1)


def _distinct(relevant: Collection[Hashable]) -> set[Hashable]:
    if not relevant:
        raise ValueError("a question needs at least one relevant item")
    return set(relevant)
