"""Whether answers are to the point: the sentences that a wise helper would have quoted.

    python bench/pointed.py --questions bench/questions/pointed_held_out.jsonl

Each question was written first, then the sentences of the shipped documents that answer it: `need`
(without them the answer misses the point) and `good` (fit as well). Printed are the share of
questions of which a needed sentence is quoted, the share of needed sentences that are, of quoted
sentences that are needed or good, and of answers whose first sentence is one; and, of the needed
sentences, how many lie in the evidence. A crisis answer quotes nothing, unless a carer asked how to
help; the last line counts them. `--show` prints the questions whose point was missed.
`pointed_tuning` was tuned on.
"""

from __future__ import annotations

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

import corpora
from rag.corpus.documents import load
from rag.engine import Engine
from rag.model import Status
from rag.settings import Settings


def main() -> None:
    """Prints five shares and a count."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--questions", type=Path, required=True)
    parser.add_argument("--index-dir", type=Path, default=Path("indexes"))
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    rows = [json.loads(line) for line in arguments.questions.read_text("utf-8").splitlines()]
    gone = _gone(rows)
    if gone:
        print(f"{len(gone)} sentences no longer stand in a document, as: {min(gone)}")
    with Engine.open(Settings(index_dir=arguments.index_dir)) as engine:
        found = [_judged(engine, row, show=arguments.show) for row in rows]
    names = ("a needed one quoted", "needed ones quoted", "quoted ones that fit",
             "first one fits", "needed ones in the evidence")  # fmt: skip
    print(f"{len(rows)} questions")
    *shares, crises = zip(*found, strict=True)
    for name, values in zip(names, shares, strict=True):
        print(f"{name:28s} {statistics.fmean(values):.3f}")
    print(f"{'crisis answers':28s} {sum(crises):.0f}")


def _judged(engine: Engine, row: dict[str, Any], *, show: bool) -> tuple[float, ...]:
    need = set(row["need"])
    fits = need | set(row["good"])
    answer = engine.ask(row["question"])
    said = [sentence.text for sentence in answer.sentences]
    evidence = engine.retrieve(row["question"]).evidence
    held = [s for s in need if any(s in one.passage.text for one in evidence)]
    quoted = need.intersection(said)
    if show and not quoted:
        print(f"\n{row['id']} [{answer.status.value}] {row['question']}", *said, sep="\n    ")
        print("  needed:", *need, sep="\n    ")
    return (
        float(bool(quoted)),
        len(quoted) / len(need),
        sum(s in fits for s in said) / max(1, len(said)),
        float(bool(said) and said[0] in fits),
        len(held) / len(need),
        float(answer.status is Status.CRISIS),
    )


def _gone(rows: list[dict[str, Any]]) -> set[str]:
    documents, _ = load(corpora.documents_dir())
    text = "\n".join(document.body for document in documents)
    return {s for row in rows for s in (*row["need"], *row["good"]) if s not in text}


if __name__ == "__main__":
    main()
