"""Fits `rag/verify/weights/lexical_embedding.json`: one command, a few minutes on two cores.

    python training/verifier/fit_lexical.py ../shared/data/verifier

Trains on sets with real or document-level evidence (`SETS`), calibrates by Platt scaling and sets
the threshold on `dev-real.jsonl.gz`, which is never trained on, and prints the numbers that
`docs/verifier.md` quotes. Sets of sentence NLI are left out: a bag of words learns nothing there.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.encoders import open_encoder
from rag.evaluation.classification import auroc
from rag.settings import EncoderSettings
from rag.verify.alignment import Analysed, EvidenceText, align
from rag.verify.checks import contradictions
from rag.verify.features import NAMES, features
from rag.verify.lexical_embedding import LexicalEmbeddingModel
from training import logistic

SETS = frozenset(
    "kqa qafeedback wice frank scifact defacto bump fm2 summedits factcheck cg2c_doc checkcovid "
    "begin".split()
)
PER_SET = 700
FALSE_ACCEPT_TARGET = 0.25
FALSE_REJECT_TARGET = 0.10  # of supported sentences may lie below "unsure"
L2 = 1.0
SEED = 0

Array = npt.NDArray[np.float64]


def rows(path: Path) -> list[dict[str, str]]:
    """The JSON objects of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def measure(pairs: list[dict[str, str]], model: LexicalEmbeddingModel) -> tuple[Array, Array]:
    """Features, shape (n, len(NAMES) + 1): the last column is 1 where a certain check refutes."""
    found = []
    for pair in pairs:
        claim, evidence = Analysed.of(pair["sentence"]), EvidenceText.of([pair["passage"]])
        aligned = align(claim, evidence)
        refuted = aligned is not None and bool(contradictions(claim, evidence, aligned))
        cosine = model.cosine(claim, evidence) if claim.stems else 0.0
        found.append(np.append(features(claim, evidence, cosine), float(refuted)))
    return np.array(found), np.array([float(pair["supported"]) for pair in pairs])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    target = Path(__file__).parents[2] / "rag/verify/weights/lexical_embedding.json"
    if not target.exists():  # the model class wants a file; only its cosine is used here
        start = {
            "features": NAMES,
            "coefficients": [0.0] * len(NAMES),
            "intercept": 0,
            "threshold": 0.5,
            "doubtful": 0.5,
        }
        target.write_text(json.dumps(start))
    model = LexicalEmbeddingModel(open_encoder(EncoderSettings()))

    rng = np.random.default_rng(SEED)
    pool = [
        row
        for name in ("train.jsonl.gz", "train-2.jsonl.gz")
        for row in rows(data / name)
        if row["set"] in SETS
    ]
    by_set: dict[str, list[dict[str, str]]] = {}
    for i in rng.permutation(len(pool)):
        by_set.setdefault(pool[i]["set"], []).append(pool[i])
    train = [row for name in sorted(by_set) for row in by_set[name][:PER_SET]]
    dev = rows(data / "dev-real.jsonl.gz")
    x, y = measure(train, model)
    xd, yd = measure(dev, model)

    mean, deviation = x[:, :-1].mean(0), x[:, :-1].std(0) + 1e-9
    fitted = logistic.fit((x[:, :-1] - mean) / deviation, y, L2)
    weights, intercept = fitted[:-1], float(fitted[-1])
    raw = ((xd[:, :-1] - mean) / deviation) @ weights + intercept
    slope, offset = logistic.fit(raw[:, None], yd, 0.0)
    coefficients = slope * weights / deviation
    shift = slope * (intercept - float(weights @ (mean / deviation))) + offset
    probability = 1 / (1 + np.exp(-(xd[:, :-1] @ coefficients + shift)))
    gated = np.where(xd[:, -1] > 0, 0.25 * probability, probability)
    threshold = float(np.quantile(gated[yd == 0], 1 - FALSE_ACCEPT_TARGET))

    sets = np.array([row["set"] for row in dev])
    print(f"trained on {len(y):,} pairs; calibrated on {len(yd):,} of dev-real")
    for i, name in enumerate(NAMES):
        print(f"  {name:<20} weight {weights[i]:+.2f}   dev AUROC alone {auroc(yd, xd[:, i]):.3f}")
    for name in ("all", *sorted(set(sets))):
        part = np.ones(len(yd), bool) if name == "all" else sets == name
        yes, no = gated[part & (yd == 1)], gated[part & (yd == 0)]
        kept90 = np.quantile(yes, 0.10)
        print(
            f"  {name:<10} AUROC {auroc(yd[part], gated[part]):.3f} | at {threshold:.2f}: "
            f"supported kept {(yes >= threshold).mean():.2f}, "
            f"unsupported released {(no >= threshold).mean():.2f} | "
            f"at 90% kept: released {(no >= kept90).mean():.2f}"
        )
    target.write_text(
        json.dumps(
            {
                "features": NAMES,
                "coefficients": [round(float(c), 5) for c in coefficients],
                "intercept": round(shift, 5),
                "threshold": round(threshold, 3),
                "doubtful": round(float(np.quantile(gated[yd == 1], FALSE_REJECT_TARGET)), 3),
            },
            indent=2,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
