from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from rag.compose import relevance as module
from rag.compose.relevance import Relevance
from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder
from rag.errors import CorpusError

WEIGHTS = Path(module.__file__).parent / "weights"
QUESTION = "how long do antidepressants take to work"
ANSWERS = "Antidepressants often take four to eight weeks to work."
BESIDE = (
    "Antidepressants are medicines for depression and anxiety.",
    "Some antidepressants can change a person's weight.",
    "Tell the doctor about every medicine that you take.",
)


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(DEFAULT_FOLDER, threads=1)


@pytest.mark.parametrize(
    ("question", "on_the_topic", "answers"),
    [
        (
            "how long will i feel sick on sertraline",
            "You may feel sick on sertraline.",
            "Nausea from sertraline mostly fades within two weeks.",
        ),
        (
            "how do i know if my child has adhd",
            "A child with ADHD has a disorder of the brain's development.",
            "Signs are fidgeting, losing things and acting before thinking, at home and in school.",
        ),
        (
            "can i drink wine on mirtazapine",
            "People take mirtazapine in the evening, often with a drink of water.",
            "Alcohol adds to the drowsiness that this medicine causes, so it is best left out.",
        ),
        (
            "who can diagnose autism in adults",
            "Autism in adults is often diagnosed late.",
            "A team of specialists makes the assessment, after a referral by a doctor.",
        ),
    ],
)
def test_what_answers_scores_above_what_is_nearer_in_meaning(
    encoder: OnnxEncoder, question: str, on_the_topic: str, answers: str
) -> None:
    relevance = Relevance.shipped(encoder.sha256)
    assert relevance
    asked, sentences = encoder.encode([question])[0], encoder.encode([on_the_topic, answers])
    passages = np.repeat(encoder.encode([f"{on_the_topic} {answers}"]), 2, axis=0)
    nearer, other = sentences @ asked
    assert nearer > other
    below, above = relevance.scores(asked, sentences, passages)
    assert above > below


def test_a_sentence_scores_the_same_in_any_company(encoder: OnnxEncoder) -> None:
    relevance = Relevance.shipped(encoder.sha256)
    assert relevance
    question, sentences = encoder.encode([QUESTION])[0], encoder.encode([ANSWERS, *BESIDE])
    together = relevance.scores(question, sentences, sentences)
    alone = [relevance.scores(question, row[None], row[None])[0] for row in sentences]
    assert together == pytest.approx(alone, abs=1e-4)


def test_vectors_of_another_encoder_are_not_judged() -> None:
    assert Relevance.shipped("0" * 64) is None


@pytest.mark.parametrize("harm", ["changed", "gone", "no manifest"])
def test_weights_that_are_not_the_shipped_ones_are_refused(
    encoder: OnnxEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    shutil.copytree(WEIGHTS, tmp_path / "weights")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    assert Relevance.shipped(encoder.sha256)
    numbers = tmp_path / "weights" / "relevance.npz"
    if harm == "changed":
        numbers.write_bytes(numbers.read_bytes()[:-1] + b"x")
    elif harm == "gone":
        numbers.unlink()
    else:
        (tmp_path / "weights" / "relevance.json").write_text(json.dumps(["nothing"]))
    with pytest.raises(CorpusError, match="weights"):
        Relevance.shipped(encoder.sha256)
