"""Fits `rag/safety/weights`: the classifier beside the triage rules. One command, a minute or two.

    python -m training.triage.fit

Kernel logistic regression on the utterances in `data/`, with the square of the inner product of
two vectors plus the share of words and word pairs as kernel. A squared inner product is a
quadratic form of the vector, so only its strongest directions need to be shipped. The threshold is
set on cross-validated margins: `FALSE_TAKEOVER` of our own hard harmless utterances pass it.
`tests/rag/safety/data/heldout_*` is never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder
from rag.safety.classifier import WEIGHTS, WORD_BUCKETS, without_outer_breaks, word_buckets
from rag.safety.normalise import tokens
from rag.safety.ruleset import CATEGORIES, shipped_rules

Array = npt.NDArray[np.float64]
DATA = Path(__file__).parent / "data"
FALSE_TAKEOVER = 0.03
WORDS = 1.0  # weight of shared words beside the squared inner product
L2 = 0.01
CATEGORY_L2 = 0.1
RANK = 64
FOLDS = 8
ROUNDS = 30


@dataclass(frozen=True)
class Utterances:
    """Everything that is learnt from. `category` is empty for harmless ones."""

    words: list[list[str]]
    category: list[str]
    vectors: Array
    grams: npt.NDArray[np.float32]

    @property
    def crisis(self) -> npt.NDArray[np.bool_]:
        return np.array([bool(name) for name in self.category])


@dataclass(frozen=True)
class Fitted:
    """What the classifier holds, before rounding."""

    bias: float
    signs: Array
    directions: Array
    words: Array

    def margins(self, vectors: Array, grams: npt.NDArray[np.float32]) -> Array:
        shape = (vectors @ self.directions.T) ** 2 @ self.signs
        return np.asarray(shape + grams @ self.words + self.bias)


def read(encoder: OnnxEncoder) -> Utterances:
    """All files of `data/`, normalised as triage does it."""
    lexicon = shipped_rules().lexicon
    rows: list[tuple[str, str]] = []
    for path in sorted(DATA.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            *labels, text = line.split("\t")
            rows.append((labels[0].rstrip("!") if len(labels) == 2 else "", text))
    words = [without_outer_breaks(tokens(text, lexicon)) for _, text in rows]
    vectors = encoder.encode([" ".join(each) for each in words]).astype(np.float64)
    return Utterances(words, [name for name, _ in rows], vectors, grams_of(words))


def grams_of(messages: list[list[str]]) -> npt.NDArray[np.float32]:
    """A row of unit length for each message, with a place for each word and word pair."""
    grams = np.zeros((len(messages), WORD_BUCKETS), dtype=np.float32)
    for row, words in zip(grams, messages, strict=True):
        places = list(word_buckets(words))
        row[places] = 1 / np.sqrt(len(places))
    return grams


def fit(data: Utterances, rows: npt.NDArray[np.intp]) -> Fitted:
    """Kernel logistic regression on `rows`, both classes of equal weight, made explicit."""
    vectors, grams, target = data.vectors[rows], data.grams[rows], data.crisis[rows] * 2.0 - 1
    kernel = (vectors @ vectors.T) ** 2 + WORDS * (grams @ grams.T) + 1
    share = np.where(target > 0, (target > 0).mean(), (target < 0).mean())
    weight = 0.5 / share
    alpha = np.zeros(len(rows))
    for _ in range(ROUNDS):
        margin = kernel @ alpha
        chance = 1 / (1 + np.exp(-margin))
        curve = np.maximum(weight * chance * (1 - chance), 1e-6)
        wanted = margin + weight * ((target > 0) - chance) / curve
        fresh = np.linalg.solve(kernel + L2 * np.diag(1 / curve), wanted)
        if np.abs(fresh - alpha).max() < 1e-4:
            break
        alpha = fresh
    form = (vectors * alpha[:, None]).T @ vectors
    strength, axes = np.linalg.eigh(form)
    keep = np.argsort(-np.abs(strength))[:RANK]
    directions = (axes[:, keep] * np.sqrt(np.abs(strength[keep]))).T
    return Fitted(float(alpha.sum()), np.sign(strength[keep]), directions, WORDS * grams.T @ alpha)


def fit_categories(data: Utterances, rows: npt.NDArray[np.intp]) -> Array:
    """One logistic regression for each category against the others: (categories, width + 1)."""
    rows = rows[data.crisis[rows]]
    inputs = np.hstack([data.vectors[rows], np.ones((len(rows), 1))])
    names = np.array(data.category)[rows]
    weights = np.zeros((len(CATEGORIES), inputs.shape[1]))
    targets = np.stack([names == name for name in CATEGORIES], axis=1).astype(np.float64)
    for _ in range(600):
        logits = inputs @ weights.T
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        slope = (chances - targets).T @ inputs + CATEGORY_L2 * weights
        weights -= 0.02 * slope
    return weights


def cross_validated(data: Utterances) -> tuple[Array, npt.NDArray[np.str_]]:
    """(margin, category) of each utterance from a fit that did not see it."""
    count = len(data.category)
    fold = np.random.default_rng(0).permutation(count) % FOLDS
    margins, categories = np.zeros(count), np.array(data.category, dtype="U24")
    for number in range(FOLDS):
        seen, unseen = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        margins[unseen] = fit(data, seen).margins(data.vectors[unseen], data.grams[unseen])
        table = fit_categories(data, seen)
        likeness = data.vectors[unseen] @ table[:, :-1].T + table[:, -1]
        categories[unseen] = np.array(CATEGORIES)[likeness.argmax(axis=1)]
    return margins, categories


def main() -> None:
    """Fit, print the cross-validated numbers, and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--dry-run", action="store_true", help="print the numbers, write nothing")
    options = parser.parse_args()
    encoder = OnnxEncoder(DEFAULT_FOLDER, threads=2)
    data = read(encoder)
    crisis = data.crisis
    margins, categories = cross_validated(data)
    threshold = float(np.quantile(margins[~crisis], 1 - FALSE_TAKEOVER))
    named = categories[crisis] == np.array(data.category)[crisis]
    numbers = {
        "utterances": {"crisis": int(crisis.sum()), "harmless": int((~crisis).sum())},
        "cross_validated_recall": round(float((margins[crisis] > threshold).mean()), 3),
        "cross_validated_false_takeover": FALSE_TAKEOVER,
        "cross_validated_category": round(float(named.mean()), 3),
    }
    print(json.dumps(numbers, indent=1))
    if not options.dry_run:
        everything = np.arange(len(crisis))
        write(fit(data, everything), fit_categories(data, everything), threshold, encoder, numbers)


def write(
    fitted: Fitted, table: Array, threshold: float, encoder: OnnxEncoder, numbers: dict[str, object]
) -> None:
    """`head.bin` (half-precision numbers in the order that the classifier reads) and manifest."""
    blocks = [
        np.array([fitted.bias]),
        fitted.signs,
        fitted.directions.ravel(),
        fitted.words,
        table[:, -1],
        table[:, :-1].ravel(),
    ]
    flat = np.concatenate(blocks)
    content = struct.pack(f"<{len(flat)}e", *flat)
    manifest = {
        "encoder": encoder.name,
        "encoder_sha256": encoder.sha256,
        "dimensions": encoder.dimensions,
        "rank": len(fitted.signs),
        "categories": list(CATEGORIES),
        "threshold": round(threshold, 4),
        "sha256": hashlib.sha256(content).hexdigest(),
        "fit": numbers,
    }
    WEIGHTS.mkdir(exist_ok=True)
    (WEIGHTS / "head.bin").write_bytes(content)
    (WEIGHTS / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
