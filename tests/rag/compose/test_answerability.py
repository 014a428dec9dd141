"""When the engine answers: the shipped weights, with and without the domain of a question."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from rag.compose.answerability import Answerability
from rag.compose.extractive import Draft, DraftSentence
from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder


def draft(cosine: float, covered: float, missing: float) -> Draft:
    sentence = DraftSentence("Any sentence will do here.", ("p",))
    return Draft((sentence,), cosine, cosine, covered, missing, covered, 0.0, 1.0)


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(DEFAULT_FOLDER, threads=1)


def test_a_near_and_complete_draft_is_answered_and_a_far_one_is_not(encoder: OnnxEncoder) -> None:
    shipped = Answerability.shipped(encoder.sha256)
    (vector,) = encoder.encode(["How is panic disorder treated?"])
    assert shipped.enough(draft(0.8, 1.0, 0.0), vector)
    assert not shipped.enough(draft(0.2, 0.0, 1.0), vector)
    assert not shipped.enough(Draft((), 0.9, 0.9, 1.0, 0.0, 1.0, 0.0, 1.0), vector)


def test_a_worry_about_the_mind_weighs_more_than_one_about_a_car(encoder: OnnxEncoder) -> None:
    shipped = Answerability.shipped(encoder.sha256)
    mind, car = encoder.encode(
        ["I feel empty and cry every day since my wife left", "my car won't start in the morning"]
    )
    story = draft(0.35, 0.3, 0.3)
    assert shipped.enough(story, mind)
    assert not shipped.enough(story, car)


def test_vectors_of_another_encoder_are_not_read() -> None:
    other = Answerability.shipped("0" * 64)
    story = draft(0.5, 0.3, 0.3)
    assert other.domain is None
    assert other.probability(story, np.zeros(7, np.float32)) == pytest.approx(
        other.probability(story, np.ones(7, np.float32))
    )


def test_the_file_holds_weights_for_the_shipped_encoder(encoder: OnnxEncoder) -> None:
    data = json.loads(files("rag.compose").joinpath("answerability.json").read_text("utf-8"))
    assert data["encoder_sha256"] == encoder.sha256
    assert len(data["domain"]["weights"]) == encoder.dimensions
    assert 0 < data["with_domain"]["threshold"] < 1
