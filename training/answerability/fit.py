"""Fits `rag/compose/answerability.json`: when the engine abstains. One command, a few minutes.

    python -m training.answerability.fit ../shared/data/sources/medquad [--index indexes]

Two steps. The domain, from vectors of questions alone, tells mental health from anything else
(`examples.domain_examples`). Then a logistic model weighs it with what can be read off a draft, on
the tuning half of `examples.examples`; the domain of a question that it was fitted on is taken out
of fold there. The other half only judges. A second set of weights, without the domain, serves
other encoders.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from corpora import documents_dir
from rag.compose.answerability import DRAFT_FEATURES
from rag.compose.generic_names import with_generic_names
from rag.compose.opening import open_composer
from rag.compose.sections import completing
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.retrieval.hybrid import HybridRetriever, default_arms
from rag.settings import Settings
from training.answerability.examples import (
    ROOT,
    SEED,
    Example,
    Without,
    domain_examples,
    examples,
)
from training.answerability.report import report
from training.logistic import fit, logit, out_of_fold

TARGET = ROOT / "rag/compose/answerability.json"
# Share of the unanswerable tuning questions that may pass, those with the topic taken away apart:
# what is left then often answers in part.
ANSWERED_WRONGLY = 0.02
# Share of the judged tuning questions that are answered, those of which it is least sure, to which
# the answer begins with a caveat.
UNSURE = 0.12
DOMAIN_L2, L2 = 1.0, 0.1
# What a row of these kinds counts, where others count 1: there are many of them, and what somebody
# judged as no answer often answers in part.
COUNTS = {"judged": 0.5, "nothing answers": 0.3}
FOLDS = 5


def measure(version: IndexVersion, settings: Settings, rows: list[Example]) -> tuple[Any, Any]:
    """(len(rows), len(DRAFT_FEATURES)) and the questions' vectors, (len(rows), d)."""
    composer = open_composer(version, settings.compose.max_sentences)
    completed = completing(version)
    own = default_arms(version, settings, version.graph.reader)
    features, vectors = [], []
    for row in rows:
        question = with_generic_names(row.question)
        arms = [Without(arm, row.without) for arm in own]
        found = HybridRetriever(version, settings, arms=arms).retrieve(
            question, top_k=settings.retrieval.top_k
        )
        evidence = found.evidence if row.without else completed(question, found.evidence)
        draft = composer.compose(question, found.vectors, evidence)
        features.append([getattr(draft, name) for name in DRAFT_FEATURES])
        vectors.append(found.vector)
    return np.array(features), np.array(vectors)


def domain(version: IndexVersion, folder: Path) -> tuple[np.ndarray, dict[str, float]]:
    """Weights and intercept, and out of fold the logit of each question that they were fitted on.

    The vectors are of the questions as the engine sees them, with substances beside brands.
    """
    kept = domain_examples(version, folder)
    texts = [with_generic_names(text) for text, _ in kept]
    x = version.encoder.encode(texts)
    y = np.array([about for _, about in kept], float)
    print(f"domain: {int(y.sum())} questions on mental health, {int((1 - y).sum())} others")
    seen = out_of_fold(x, y, DOMAIN_L2, FOLDS, SEED)
    print(f"  right out of fold: {((seen > 0) == (y == 1)).mean():.3f}")
    return fit(x, y, DOMAIN_L2, balanced=True), {
        text: float(z) for (text, _), z in zip(kept, seen, strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medquad", type=Path)
    parser.add_argument(
        "--index", type=Path, help="an index of the shipped corpus; else one is built"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index_dir=options.index or Path(folder))
        if options.index is None:
            build([documents_dir()], settings)
        version = IndexVersion.open(settings.index_dir)
        told, seen = domain(version, options.medquad)
        rows = examples(version, options.medquad)
        x, vectors = measure(version, settings, rows)
        encoder = version.encoder.sha256
        version.close()
    whole = logit(vectors, told)
    z = np.array([seen.get(row.question, w) for row, w in zip(rows, whole, strict=True)])
    y = np.array([row.answerable for row in rows], float)
    tune = np.array([row.tune for row in rows])
    kinds = np.array([row.kind for row in rows])
    counts = np.array([COUNTS.get(kind, 1.0) for kind in kinds])
    hard = tune & np.isin(kinds, ("other diseases", "own, unanswerable"))
    data: dict[str, Any] = {"encoder_sha256": encoder, "domain": _weights(told, "weights")}
    for name, features in (("any_encoder", x), ("with_domain", np.column_stack([x, z]))):
        b = fit(features[tune], y[tune], L2, balanced=True, weight=counts[tune])
        p = 1 / (1 + np.exp(-logit(features, b)))
        threshold = round(float(np.quantile(p[hard], 1 - ANSWERED_WRONGLY)), 3)
        answered = p[tune & (kinds == "judged") & (p >= threshold)]
        sure = round(float(np.quantile(answered, UNSURE)), 3)
        data[name] = {**_weights(b, "coefficients"), "threshold": threshold, "sure_from": sure}
        print(f"\n{name}: {dict(zip((*DRAFT_FEATURES, 'domain'), b[:-1].round(2), strict=False))}")
        report(rows, p, threshold, sure)
    TARGET.write_text(json.dumps(data) + "\n")


def _weights(b: np.ndarray, name: str) -> dict[str, Any]:
    return {name: [round(float(w), 4) for w in b[:-1]], "intercept": round(float(b[-1]), 4)}


if __name__ == "__main__":
    main()
