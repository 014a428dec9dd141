"""Makes `rag/retrieval/second_look.json`: the order of what is found for questions of two steps.

    python -m training.two_steps.fit [--dry-run]

Learns from the questions of `LEARNT_FROM`, each set asked of the documents that it was written for:
logistic regression over the features of the passages that the fusion puts first, and over how far
each stays behind the best of its question, so that hard questions do not teach that cosines are
low. The second half only moves a whole question up or down, so one weight a feature is left. Prints
recall@5 of five folds by question, before and after.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.index.build import build
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.fusion import fuse
from rag.retrieval.hybrid import default_arms
from rag.retrieval.second_look import (
    FEATURES,
    LOOKED_AT,
    SPEAK_UP,
    WEIGHTS_NAME,
    Features,
    features,
)
from rag.settings import Settings
from training import logistic
from training.two_steps.questions import LEARNT_FROM, OF_SOME, Question, documents, read

OUTPUT = Path(__file__).resolve().parents[2] / "rag/retrieval" / WEIGHTS_NAME
L2 = 10.0
FOLDS = 5
FIRST = 5  # passages


@dataclass(frozen=True, slots=True)
class Asked:
    """What was found for a question. `right`: (steps, passages), which passage answers which."""

    set_name: str
    features: Features
    right: np.ndarray


def asked(version: IndexVersion, name: str, settings: Settings) -> Iterator[Asked]:
    """The questions of a set on which the graph or a brand speaks up."""
    arms = default_arms(version, settings, version.graph.reader)
    depth = settings.retrieval.depth
    for question in read(version, name):
        query = Query.of(question.text, version.encoder)
        found = {arm.name: arm.search(query, depth) for arm in arms}
        if any(found[arm] for arm in SPEAK_UP):
            hits = fuse(found, depth)[:LOOKED_AT]
            ids = [hit.passage_id for hit in hits]
            yield Asked(name, features(version, query, hits, found), _right(question, ids))


def _right(question: Question, ids: Sequence[str]) -> np.ndarray:
    return np.array([[passage in answer for passage in ids] for answer in question.answers])


def fit(questions: Sequence[Asked]) -> Features:
    """One weight a feature."""
    x = np.vstack([np.hstack([q.features, q.features - q.features.max(0)]) for q in questions])
    y = np.concatenate([q.right.any(0).astype(float) for q in questions])
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    fitted = logistic.fit((x - mean) / deviation, y, L2, balanced=True)[:-1] / deviation
    weights: Features = fitted[: len(FEATURES)] + fitted[len(FEATURES) :]
    return weights


def recall(question: Asked, order: np.ndarray) -> float:
    """Share of the steps with a passage among the first `FIRST`."""
    return float(question.right[:, order[:FIRST]].any(1).mean())


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    arguments = parser.parse_args()
    questions: list[Asked] = []
    encoder = ""
    for some in (True, False):
        names = [name for name in LEARNT_FROM if (name in OF_SOME) == some]
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(index_dir=Path(folder))
            build(documents(names[0]), settings)
            with IndexVersion.open(settings.index_dir) as version:
                encoder = version.encoder.sha256
                for name in names:
                    questions += asked(version, name, settings)
    before: dict[str, list[float]] = {name: [] for name in LEARNT_FROM}
    after: dict[str, list[float]] = {name: [] for name in LEARNT_FROM}
    for fold in range(FOLDS):
        weights = fit([q for i, q in enumerate(questions) if i % FOLDS != fold])
        for question in questions[fold::FOLDS]:
            order = np.argsort(-(question.features @ weights), kind="stable")
            before[question.set_name].append(recall(question, np.arange(len(order))))
            after[question.set_name].append(recall(question, order))
    for name in LEARNT_FROM:
        print(
            f"{name:14}{len(before[name]):4} questions, recall@{FIRST} "
            f"{statistics.fmean(before[name]):.3f} -> {statistics.fmean(after[name]):.3f}"
        )
    weights = fit(questions)
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"  {name:18} {weight:+.3f}")
    if not arguments.dry_run:
        named = {name: round(float(w), 4) for name, w in zip(FEATURES, weights, strict=True)}
        made = {"encoder_sha256": encoder, "weights": named}
        OUTPUT.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
