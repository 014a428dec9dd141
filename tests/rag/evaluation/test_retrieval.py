"""The evaluation on a small pool made here, with the real encoder and indexes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder
from rag.evaluation.medquad import Pair
from rag.evaluation.retrieval import Plan, Report, evaluate
from rag.evaluation.units import Unit, passage_units, whole_units

Make = Callable[..., list[Unit]]

TOPICS = {
    "Gout": "The joints of the toes swell and hurt at night.",
    "Scurvy": "Gums bleed and wounds heal slowly when food lacks fresh fruit.",
    "Hay fever": "The nose runs and the eyes itch when grass is in flower.",
    "Jet lag": "Sleep comes at odd hours after a long flight across time zones.",
    "Sunburn": "The skin turns red and sore after hours in strong light.",
    "Chilblains": "Fingers go red and itch when they warm up after the cold.",
    "Hiccups": "The muscle under the lungs jerks and closes the throat with a sound.",
    "Stye": "A small sore lump grows at the edge of the eyelid.",
}
PAIRS = [
    Pair(f"{topic}#1", topic, f"What is {topic} like? {text}", text)
    for topic, text in TOPICS.items()
] + [
    # Bare, these answers do not say what they are about.
    Pair(f"{topic}#2", topic, f"Who can get {topic}?", f"People of any age. Group {n}.")
    for n, topic in enumerate(TOPICS)
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(DEFAULT_FOLDER, threads=1)


def quiet(_name: str, _total: int) -> object:
    return lambda _done: None


def run(encoder: OnnxEncoder, plan: Plan, cache: Path | None = None) -> Report:
    return evaluate(PAIRS, encoder, plan, cache=cache, stage=quiet)  # type: ignore[arg-type]


def mrr(report: Report, system: str) -> float:
    return next(r.mrr_at_10.mean for r in report.results if r.system == system)


def test_the_four_systems_are_reported_with_gains_over_the_better_arm(
    encoder: OnnxEncoder,
) -> None:
    report = run(encoder, Plan())
    assert [r.system for r in report.results] == ["dense", "lexical", "unweighted RRF", "hybrid"]
    assert report.answers == report.units == len(PAIRS)
    assert report.questions == len(PAIRS) // 2
    assert report.half == "reporting"
    single = max(mrr(report, "dense"), mrr(report, "lexical"))
    for row in report.results:
        assert row.mrr_at_10.low <= row.mrr_at_10.mean <= row.mrr_at_10.high
        if row.gain is not None:
            assert row.gain.mean == pytest.approx(row.mrr_at_10.mean - single)
    assert sum(row.gain is None for row in report.results) == 1


def test_a_topic_as_heading_helps_answers_that_do_not_name_it(encoder: OnnxEncoder) -> None:
    assert mrr(run(encoder, Plan(topic=True)), "hybrid") == 1.0
    assert mrr(run(encoder, Plan()), "hybrid") < 0.9


@pytest.mark.parametrize("make", [whole_units, passage_units])
def test_bare_units_hold_nothing_but_the_answer(make: Make, encoder: OnnxEncoder) -> None:
    bare = make(PAIRS, encoder, topic=False)
    assert [unit.text for unit in bare] == [pair.answer for pair in PAIRS]
    headed = make(PAIRS, encoder, topic=True)
    assert [unit.text for unit in headed] == [f"{p.topic}\n{p.answer}" for p in PAIRS]


def test_an_equal_answer_of_another_question_counts_as_found(encoder: OnnxEncoder) -> None:
    twins = [Pair(f"t{n}", f"Topic {n}", "Which pets like milk?", "Cats do.") for n in range(6)]
    others = [Pair(f"o{n}", f"Other {n}", f"Other {n}?", f"Number {n}.") for n in range(6)]
    report = evaluate(
        twins + others,
        encoder,
        Plan(),
        cache=None,
        stage=quiet,  # type: ignore[arg-type]
    )
    assert mrr(report, "dense") == 1.0


def test_long_answers_are_cut_into_passages_and_the_best_one_counts(encoder: OnnxEncoder) -> None:
    filler = " ".join(f"Sentence {n} speaks of the weather in the hills." for n in range(60))
    long = [Pair(f"{topic}#1", topic, text, f"{filler} {text}") for topic, text in TOPICS.items()]
    whole = evaluate(long, encoder, Plan(), cache=None, stage=quiet)  # type: ignore[arg-type]
    cut = evaluate(
        long,
        encoder,
        Plan(passages=True),
        cache=None,
        stage=quiet,  # type: ignore[arg-type]
    )
    assert cut.units > whole.units == len(long)
    assert mrr(cut, "dense") == 1.0 > mrr(whole, "dense")


def test_tuning_adds_a_row_for_each_weight_and_asks_the_other_half(encoder: OnnxEncoder) -> None:
    report = run(encoder, Plan(tuning=True))
    assert report.half == "tuning"
    assert "lexical weight 0.35" in [row.system for row in report.results]
    assert mrr(report, "lexical weight 0.35") == mrr(report, "hybrid")


def test_cached_vectors_give_the_same_report_without_encoding_again(
    encoder: OnnxEncoder, tmp_path: Path
) -> None:
    stages: list[str] = []

    def noting(name: str, _total: int) -> object:
        stages.append(name)
        return lambda _done: None

    first = run(encoder, Plan(), tmp_path)
    again = evaluate(PAIRS, encoder, Plan(), cache=tmp_path, stage=noting)  # type: ignore[arg-type]
    assert again == first
    assert stages == ["Asking"]
