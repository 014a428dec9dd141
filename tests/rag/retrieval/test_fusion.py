from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.fusion import WEIGHTS, fuse

DEPTH = 6
scores = st.floats(-10, 10, allow_nan=False).map(lambda x: round(x, 3))
rankings = st.dictionaries(st.sampled_from("abcdefgh"), scores, max_size=DEPTH)
arms = st.dictionaries(st.sampled_from(["dense", "lexical", "graph"]), rankings, max_size=3)
Arms = dict[str, dict[str, float]]


def lists(found: Arms) -> dict[str, list[tuple[str, float]]]:
    return {
        name: sorted(ranking.items(), key=lambda pair: -pair[1]) for name, ranking in found.items()
    }


def place(found: Arms, passage_id: str) -> int:
    return [hit.passage_id for hit in fuse(lists(found), DEPTH)].index(passage_id)


def test_values_worked_by_hand() -> None:
    dense = [("a", 0.9), ("b", 0.6), ("c", 0.5)]  # full: scaled 1, 1/4, 0
    lexical = [("b", 8.0), ("d", 2.0)]  # not full: scaled 1, 1/4
    hits = fuse({"dense": dense, "lexical": lexical}, 3, {"dense": 3.0, "lexical": 1.0})
    assert [hit.passage_id for hit in hits] == ["a", "b", "d", "c"]
    assert [hit.score for hit in hits] == pytest.approx([3 / 4, 3 / 16 + 1 / 4, 1 / 16, 0])
    assert hits[1].arms == {"dense": 0.6, "lexical": 8.0}
    assert hits[2].arms == {"lexical": 2.0}


def test_both_arms_are_heard_with_the_measured_weights() -> None:
    first = [(f"p{n}", 0.9 - n / 20) for n in range(10)]
    other = [(f"p{n}", 20.0 - abs(n - 3)) for n in range(3, 13)]
    order = [hit.passage_id for hit in fuse({"dense": first, "lexical": other}, 10)]
    assert order[0] == "p3"  # fourth for one arm, first for the other
    assert order.index("p0") < order.index("p12")
    assert WEIGHTS["dense"] > WEIGHTS["lexical"] > 0


@given(arms, st.randoms(use_true_random=False))
def test_the_order_of_arms_and_of_hits_does_not_matter(found: Arms, shuffle: object) -> None:
    shuffled = {}
    names = list(found)
    shuffle.shuffle(names)  # type: ignore[attr-defined]
    for name in names:
        pairs = list(found[name].items())
        shuffle.shuffle(pairs)  # type: ignore[attr-defined]
        shuffled[name] = pairs
    assert fuse(shuffled, DEPTH) == fuse(lists(found), DEPTH)


@given(arms)
def test_every_passage_comes_once_with_a_score_in_0_to_1(found: Arms) -> None:
    hits = fuse(lists(found), DEPTH)
    assert sorted(hit.passage_id for hit in hits) == sorted(set().union(*found.values()))
    assert all(0 <= hit.score <= 1 + 1e-9 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        expected = {n: ranking[hit.passage_id] for n, ranking in found.items() if hit.arms.get(n)}
        assert {n: s for n, s in hit.arms.items() if s} == expected


@given(arms.filter(lambda found: any(found.values())), st.data())
def test_a_better_score_in_one_arm_never_lowers_a_passage(found: Arms, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name, ranking in found.items() if ranking]))
    passage_id = data.draw(st.sampled_from(sorted(found[name])))
    more = data.draw(st.floats(0.001, 20))
    raised = {**found, name: {**found[name], passage_id: found[name][passage_id] + more}}
    gap_before = _gaps(found, passage_id)
    for other, gap in _gaps(raised, passage_id).items():
        assert gap >= gap_before[other] - 1e-9


def _gaps(found: Arms, passage_id: str) -> dict[str, float]:
    fused = {hit.passage_id: hit.score for hit in fuse(lists(found), DEPTH)}
    return {other: fused[passage_id] - score for other, score in fused.items()}


@given(arms.filter(lambda found: "graph" in found))
def test_an_arm_of_weight_zero_is_as_if_not_asked(found: Arms) -> None:
    weights = {"dense": 0.7, "lexical": 0.3, "graph": 0.0}
    without = {name: ranking for name, ranking in found.items() if name != "graph"}
    assert fuse(lists(found), DEPTH, weights) == fuse(lists(without), DEPTH, weights)


@given(rankings)
def test_one_arm_alone_keeps_its_order(ranking: dict[str, float]) -> None:
    hits = fuse({"lexical": list(ranking.items())}, DEPTH)
    values = [ranking[hit.passage_id] for hit in hits]
    assert values == sorted(values, reverse=True)


@given(rankings.filter(bool), st.floats(0.5, 100))
def test_the_unit_of_an_arms_scores_does_not_matter(
    ranking: dict[str, float], factor: float
) -> None:
    other = [("a", 0.7), ("z", 0.2)]
    plain = fuse({"dense": other, "lexical": list(ranking.items())}, DEPTH)
    times = [(passage_id, score * factor) for passage_id, score in ranking.items()]
    scaled = fuse({"dense": other, "lexical": times}, DEPTH)
    before = {hit.passage_id: hit.score for hit in plain}
    assert {hit.passage_id: hit.score for hit in scaled} == pytest.approx(before)


def test_no_arms_and_empty_arms_give_nothing() -> None:
    assert fuse({}, DEPTH) == []
    assert fuse({"dense": [], "lexical": []}, DEPTH) == []
