"""Fits `combination.json` in the folder of a quantised model and prints its numbers.

    python -m training.verifier.fit_combined ../shared/data/verifier DATA [--model FOLDER]

Logistic regression on `dev-real.jsonl.gz` and on the held-out written answers in `DATA`, which
`training.verifier.data` made; the cross-encoder saw nothing of either. Numbers are out of sample:
each row is scored by a fit on the other folds, folds by question. At the threshold at most
`FALSE_ACCEPT_TARGET` of the unsupported sentences of each of `CALIBRATED_ON` pass the whole gate; a
label in five of `expertqa` is wrong, both ways, and says little about where to draw a line.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from rag.encoders import open_encoder
from rag.evaluation.classification import (
    Array,
    auroc,
    balanced_accuracy,
    f1_unsupported,
    folds,
    interval,
    released_at,
)
from rag.settings import EncoderSettings
from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.checks import contradictions
from rag.verify.combined import NAMES, WEIGHTS_NAME, combined_features
from rag.verify.cross_encoder import DEFAULT_FOLDER, CrossEncoderModel
from rag.verify.lexical_embedding import LexicalEmbeddingModel
from training import logistic
from training.verifier.data import Row, read
from training.verifier.pairs import read_rows

FALSE_ACCEPT_TARGET = 0.25
CALIBRATED_ON = ("gensearch", "written")
FALSE_REJECT_TARGET = 0.10  # of supported sentences may lie below "unsure"
FOLDS = 10
L2 = 3.0
REFUTED_SHARE = 0.25  # as in `rag.verify.gate`


def measure(rows: list[Row], lexical: LexicalEmbeddingModel, model: CrossEncoderModel) -> Array:
    """Features, shape (n, len(NAMES) + 1): the last column is 1 where a certain check refutes."""
    found = []
    for row in rows:
        claim, evidence = Analysed.of(row["sentence"]), EvidenceText.of([row["passage"]])
        aligned = align(claim, evidence)
        refuted = aligned is not None and bool(contradictions(claim, evidence, aligned))
        x = combined_features(claim, evidence, lexical, model)
        found.append(np.append(x, float(refuted)))
    return np.array(found)


def fit(x: Array, y: Array, real: Array) -> tuple[Array, float]:
    """Coefficients and intercept for the features as they are; the penalty is on scaled ones.

    Real sentences together weigh as much as the written ones, of which there are more: those share
    words with their passages on purpose, right or wrong, and would teach that words tell nothing.
    """
    mean, deviation = x.mean(0), x.std(0) + 1e-9
    weight = np.where(real, (~real).sum() / max(1, real.sum()), 1.0)
    fitted = logistic.fit((x - mean) / deviation, y, L2, weight=weight)
    weights, intercept = fitted[:-1], float(fitted[-1])
    return weights / deviation, intercept - float(weights @ (mean / deviation))


def out_of_sample(x: Array, y: Array, real: Array, fold: Array) -> Array:
    """Probabilities, each from a fit on the other folds."""
    found = np.zeros(len(y))
    for k in range(FOLDS):
        coefficients, intercept = fit(x[fold != k], y[fold != k], real[fold != k])
        found[fold == k] = 1 / (1 + np.exp(-(x[fold == k] @ coefficients + intercept)))
    return found


def table(name: str, y: Array, score: Array, threshold: float, questions: list[str]) -> str:
    """One line of the report."""
    low, high = interval(lambda i: auroc(y[i], score[i]), questions)
    return (
        f"  {name:<34} AUROC {auroc(y, score):.3f} [{low:.3f}, {high:.3f}]  "
        f"balanced {balanced_accuracy(y, score, threshold):.3f}  "
        f"F1 {f1_unsupported(y, score, threshold):.3f}  "
        f"released at 90% kept {released_at(y, score):.2f}"
    )


def _threshold(score: Array, y: Array) -> float:
    return float(np.quantile(score[y == 0], 1 - FALSE_ACCEPT_TARGET))


def _gain(y: Array, score: Array, other: Array) -> Callable[[Array], float]:
    return lambda rows: auroc(y[rows], score[rows]) - auroc(y[rows], other[rows])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path, help="the folder of dev-real.jsonl.gz")
    parser.add_argument("data", type=Path, help="the folder of written.jsonl")
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--dry-run", action="store_true", help="print, write nothing")
    arguments = parser.parse_args()
    lexical = LexicalEmbeddingModel(open_encoder(EncoderSettings()))
    model = CrossEncoderModel(arguments.model, threads=2)
    rows = read(arguments.sets / "dev-real.jsonl.gz") + read_rows(arguments.data / "written.jsonl")
    questions = [row["question"] for row in rows]
    sets = np.array([row["set"] for row in rows])
    real = sets != "written"
    y = np.array([float(row["supported"]) for row in rows])
    measured = measure(rows, lexical, model)
    x, penalty = measured[:, :-1], np.where(measured[:, -1] > 0, REFUTED_SHARE, 1.0)
    fold = folds(questions, FOLDS)

    lexical_only = NAMES.index("whole_supported")
    scores = {
        "lexical features": out_of_sample(x[:, :lexical_only], y, real, fold) * penalty,
        "cross-encoder alone, sentence": out_of_sample(x[:, [lexical_only]], y, real, fold),
        "cross-encoder alone, words": out_of_sample(x[:, [lexical_only + 1]], y, real, fold),
        "cross-encoder alone": out_of_sample(x[:, lexical_only:], y, real, fold),
        "combined, no checks": out_of_sample(x, y, real, fold),
        "combined": out_of_sample(x, y, real, fold) * penalty,
    }
    short = np.array([len(row["passage"].split()) < 60 for row in rows])
    parts = {"dev-real": real, "its passages under 60 words": real & short}
    parts |= {name: sets == name for name in ("expertqa", "gensearch", "written")}
    for part, inside in parts.items():
        print(f"{part}: {int(inside.sum()):,} rows, {int(y[inside].sum()):,} supported")
        asked = [question for question, here in zip(questions, inside, strict=True) if here]
        for name, score in scores.items():
            threshold = _threshold(score[real], y[real])
            print(table(name, y[inside], score[inside], threshold, asked))
        lexical_score, combined = scores["lexical features"][inside], scores["combined"][inside]
        labels = y[inside]
        low, high = interval(_gain(labels, combined, lexical_score), asked)
        print(f"  paired gain in AUROC over the lexical features: [{low:+.3f}, {high:+.3f}]")

    coefficients, intercept = fit(x, y, real)
    for name, weight in zip(NAMES, coefficients * x.std(0), strict=True):
        print(f"  {name:<20} weight {weight:+.2f}")
    score = scores["combined"]
    threshold = max(_threshold(score[sets == name], y[sets == name]) for name in CALIBRATED_ON)
    passed = score >= threshold
    print(f"threshold {threshold:.3f}")
    for part, inside in parts.items():
        kept, released = (passed[inside & (y == label)].mean() for label in (1, 0))
        print(f"  {part}: supported kept {kept:.2f}, unsupported released {released:.2f}")
    supported = score[real & (y == 1)]
    doubtful = min(threshold, float(np.quantile(supported, FALSE_REJECT_TARGET)))
    if arguments.dry_run:
        return
    (arguments.model / WEIGHTS_NAME).write_text(
        json.dumps(
            {
                "model": model.sha256,
                "features": NAMES,
                "coefficients": [round(float(c), 5) for c in coefficients],
                "intercept": round(intercept, 5),
                "threshold": round(threshold, 3),
                "doubtful": round(doubtful, 3),
            },
            indent=2,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
