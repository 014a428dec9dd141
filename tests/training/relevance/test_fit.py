"""A network that is trained anew tells answers from what stands beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the extra 'models' is not installed")

from rag.compose.relevance import Relevance
from rag.encoders.base import Vectors
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.settings import Settings
from training.relevance.examples import Bank, Marked, bank_and_marked, judged
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


def test_examples_are_the_questions_beside_the_documents(tmp_path: Path) -> None:
    for edition, tea in (("2025", "Green tea"), ("2026", "Black tea")):
        write_document(tmp_path / f"tea-{edition}.md", edition, f"{tea} has caffeine in it.")
    table = "Part\tdoes tea keep me awake\tCaffeine can keep | Black tea has\nPart\twhat is tea\n"
    (tmp_path / "tea-2026.questions.tsv").write_text(table)
    settings = Settings(index_dir=tmp_path / "indexes")
    build([tmp_path], settings)
    with IndexVersion.open(settings.index_dir, threads=1) as version:
        bank, (one,) = bank_and_marked(version)
        assert len(bank.sentences) == len(bank.passages) == version.manifest.counts.sentences
        told = version.encoder.encode(
            ["Caffeine can keep a person awake.", "Black tea has caffeine in it."]
        )
    assert bank.sentences[one.right] @ told[0] == pytest.approx([1.0, bank_cosine(told)], abs=0.01)
    assert len(one.beside) == 1
    assert {*one.beside, *one.source, *one.others}.isdisjoint(one.right)


def test_a_document_that_was_written_later_teaches_nothing(tmp_path: Path) -> None:
    write_document(tmp_path / "tea.md", "2025", "Green tea has caffeine in it.")
    coffee = tmp_path / "coffee.md"
    write_document(coffee, "2025", "Coffee has caffeine in it too.", "A cup at noon is enough.")
    coffee.write_text(coffee.read_text().replace("id: tea", "id: coffee").replace("Tea", "Coffee"))
    settings = Settings(index_dir=tmp_path / "indexes")
    build([tmp_path], settings)
    marks = {
        "question": "What has caffeine in it?",
        "need": ["Green tea has caffeine in it."],
        "good": [],
    }
    (tmp_path / "marks.jsonl").write_text(json.dumps(marks))
    with IndexVersion.open(settings.index_dir, threads=1) as version:
        found = list(judged(version, settings, [tmp_path / "marks.jsonl"]))
        of_coffee = version.encoder.encode(["Coffee has caffeine in it too."])[0]
    assert [list(one.labels) for one in found] == [[2, 0, 0]]
    assert float((found[0].sentences @ of_coffee).max()) < 0.95


def bank_cosine(told: Vectors) -> float:
    return float(told[0] @ told[1])


BESIDE = "Caffeine can keep a person awake. A walk is good before bed."


def write_document(path: Path, edition: str, first: str, beside: str = BESIDE) -> None:
    path.write_text(
        f"---\nid: tea\ntitle: Tea\npublisher: Plumbline\nkind: digest\nedition: '{edition}'\n"
        "jurisdiction: INT\nlanguage: en\naudience: public\npublished: 2026-11-22\n"
        "licence: CC-BY-4.0\ngrade: B\n---\n# Tea\n\n## Part\n\n"
        f"{first} {beside}\n"
    )
