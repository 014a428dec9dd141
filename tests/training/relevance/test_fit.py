"""A network that is trained anew tells answers from what stands beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'models' is not installed")

from rag.compose.relevance import Relevance
from rag.index.version import IndexVersion
from training.relevance.examples import Bank, Marked, bank_and_marked
from training.relevance.fit import train, write


def test_learns_which_of_the_sentences_is_marked(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    sentences = rng.normal(size=(400, 32)).astype(np.float32)
    sentences /= np.linalg.norm(sentences, axis=1, keepdims=True)
    turned = np.roll(sentences, 1, axis=1)  # what is asked lies elsewhere than what answers
    marked = [
        Marked(turned[i], [i], [], [], [j for j in range(400) if j != i][:40]) for i in range(400)
    ]
    net = train(Bank(sentences, sentences), marked * 8, (), seed=0)
    write([net], "an encoder", tmp_path)
    with np.load(tmp_path / "relevance.npz") as arrays:
        relevance = Relevance.of(arrays)
    places = [
        int((relevance.scores(turned[i], sentences, sentences) > score).sum())
        for i in range(0, 400, 20)
        for score in relevance.scores(turned[i], sentences[i : i + 1], sentences[i : i + 1])
    ]
    by_cosine = [int((sentences @ turned[i] > sentences[i] @ turned[i]).sum()) for i in range(400)]
    assert np.median(places) < 20 < 100 < np.median(by_cosine)


def test_examples_are_the_questions_beside_the_documents(built_index: Path) -> None:
    with IndexVersion.open(built_index, threads=1) as version:
        bank, marked = bank_and_marked(version)
    assert len(bank.sentences) == len(bank.passages) == version.manifest.counts.sentences
    for one in marked:
        others = {*one.beside, *one.source, *one.others}
        assert one.right
        assert others.isdisjoint(one.right)
