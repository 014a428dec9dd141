"""Each measure against a second definition, written from its formula with other means."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.evaluation.metrics import bootstrap, ndcg, recall, reciprocal_rank

items = st.integers(0, 30)
rankings = st.lists(items, max_size=25, unique=True)
relevants = st.sets(items, min_size=1, max_size=8)
cutoffs = st.integers(1, 20)


def test_values_worked_by_hand() -> None:
    ranked = ["a", "b", "c", "d"]
    assert reciprocal_rank(ranked, {"c", "d"}, 10) == pytest.approx(1 / 3)
    assert reciprocal_rank(ranked, {"c"}, 2) == 0.0
    assert recall(ranked, {"a", "d", "z"}, 3) == pytest.approx(1 / 3)
    # DCG = 1/log2(2) + 1/log2(4) = 1.5; ideal of two = 1 + 1/log2(3)
    assert ndcg(["a", "x", "b"], {"a", "b"}, 10) == pytest.approx(1.5 / (1 + 1 / np.log2(3)))


@given(rankings, relevants, cutoffs)
def test_reciprocal_rank_is_the_best_inverse_position(
    ranked: list[int], relevant: set[int], k: int
) -> None:
    positions = [ranked.index(item) + 1 for item in relevant if item in ranked]
    expected = max((1 / p for p in positions if p <= k), default=0.0)
    assert reciprocal_rank(ranked, relevant, k) == pytest.approx(expected)


@given(rankings, relevants, cutoffs)
def test_ndcg_is_the_gain_over_the_best_possible_gain(
    ranked: list[int], relevant: set[int], k: int
) -> None:
    gains = np.array([1.0 if item in relevant else 0.0 for item in ranked[:k]])
    discounts = np.log2(np.arange(2, k + 2))
    best = (1 / discounts[: min(k, len(relevant))]).sum()
    expected = (gains / discounts[: len(gains)]).sum() / best
    assert ndcg(ranked, relevant, k) == pytest.approx(expected)
    assert 0.0 <= ndcg(ranked, relevant, k) <= 1.0 + 1e-12


@given(rankings, relevants, cutoffs)
def test_recall_counts_found_over_wanted(ranked: list[int], relevant: set[int], k: int) -> None:
    found = [item for item in relevant if item in ranked and ranked.index(item) < k]
    assert recall(ranked, relevant, k) == pytest.approx(len(found) / len(relevant))


def test_a_copy_in_the_list_earns_nothing_twice() -> None:
    assert ndcg(["a", "a", "b"], {"a"}, 10) == pytest.approx(1.0)
    assert recall(["a", "a"], {"a", "b"}, 10) == pytest.approx(0.5)


@pytest.mark.parametrize("measure", [recall, ndcg])
def test_a_question_without_relevant_items_is_refused(measure: object) -> None:
    with pytest.raises(ValueError, match="relevant"):
        measure(["a"], set(), 10)  # type: ignore[operator]


def test_bootstrap_agrees_with_the_normal_theory_and_is_repeatable() -> None:
    values = np.random.default_rng(5).random(2000).tolist()
    interval = bootstrap(values, seed=1)
    half = 1.96 * statistics.stdev(values) / len(values) ** 0.5
    assert interval.mean == pytest.approx(statistics.fmean(values))
    assert interval.low == pytest.approx(interval.mean - half, abs=0.002)
    assert interval.high == pytest.approx(interval.mean + half, abs=0.002)
    assert interval == bootstrap(values, seed=1)


def test_bootstrap_of_equal_values_has_no_width() -> None:
    interval = bootstrap([0.5] * 40)
    assert interval.low == pytest.approx(0.5)
    assert interval.high == pytest.approx(0.5)


def test_bootstrap_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        bootstrap([])
