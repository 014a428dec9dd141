"""Linking by meaning: paraphrases to their entity, and questions on other things to none.

    python bench/paraphrases.py --index indexes

For each threshold of the cosine: paraphrases linked to the right entity (among up to three), linked
to others alone, and questions on other things that were linked to anything.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from rag.index.version import IndexVersion

QUESTIONS = Path(__file__).resolve().parent / "questions/paraphrases.jsonl"
THRESHOLDS = (0.4, 0.45, 0.5, 0.55, 0.6, 0.62, 0.65, 0.7)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--index", type=Path, default=Path("indexes"))
    rows = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    with IndexVersion.open(parser.parse_args().index) as version:
        linker = version.graph.linker
        rows = [row for row in rows if not linker.link(row["question"])]
        vectors = version.encoder.encode([row["question"] for row in rows])
    phrases, known = linker.phrases, linker.vectors
    assert known is not None
    print(len(rows), "questions without a name")
    print(f"{'cosine':>8}{'right':>8}{'wrong':>8}{'other':>8}")
    for threshold in THRESHOLDS:
        counts = [0, 0, 0]
        for row, vector in zip(rows, vectors, strict=True):
            cosines = known @ vector
            best = [n for n in np.argsort(-cosines)[:3] if cosines[n] >= threshold]
            keys = {phrases[n][1] for n in best}
            if not keys:
                continue
            counts[2 if not row["key"] else 0 if row["key"] in keys else 1] += 1
        print(f"{threshold:8.2f}{counts[0]:8}{counts[1]:8}{counts[2]:8}")


if __name__ == "__main__":
    main()
