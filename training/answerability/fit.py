"""Fits `rag/compose/answerability.json`: when the engine abstains. One command, about a minute.

    python training/answerability/fit.py ../shared/data/sources/medquad

The questions: `bench/questions/topics.toml` with and without their topic's sources, the
development questions, and MedQuAD questions on diseases that the corpus does not hold. Half of
the topics and MedQuAD's tuning half fit the model; the other halves and `held_out.jsonl` judge it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tempfile
import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpora import documents_dir
from rag.compose.answerability import FEATURES
from rag.compose.extractive import ExtractiveComposer
from rag.evaluation import medquad
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.dense import DenseArm
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.lexical import LexicalArm
from rag.settings import Settings

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "bench/questions"
TARGET = ROOT / "rag/compose/answerability.json"
MENTIONS = 0  # a source that uses a topic's words more often than this is about the topic
OTHER_DISEASES = 150  # MedQuAD questions a half
# Share of the hard unanswerable tuning questions (mental health, topic absent) that may pass.
ANSWERED_WRONGLY = 0.01
L2 = 0.1
SEED = 0
# MedQuAD topics that the corpus may answer, so that its questions are no example of silence.
MENTAL = re.compile(
    r"depress|anxi|panic|ptsd|trauma|bipolar|schizo|psych|autis|eating|insomn|sleep|alcohol|drug|"
    r"opioid|obsess|phobi|attention|suicid|grief|postpartum|dement|alzheim|stress|memory|mental|"
    r"smok|caregiv|teen|child",
    re.IGNORECASE,
)


class Without:
    """An arm that leaves some sources out, as a corpus without that topic would."""

    def __init__(self, arm: DenseArm | LexicalArm, sources: Collection[str]) -> None:
        self._arm, self._sources, self.name = arm, frozenset(sources), arm.name

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        return self._arm.search(
            query, top_k, excluded_sources=self._sources | set(excluded_sources)
        )


@dataclass(frozen=True)
class Example:
    kind: str
    question: str
    answerable: bool
    tune: bool
    without: tuple[str, ...] = ()


def examples(version: IndexVersion, medquad_folder: Path) -> list[Example]:
    found: list[Example] = []
    topics = tomllib.loads((QUESTIONS / "topics.toml").read_text("utf-8"))
    texts = {
        source.id: " ".join(
            p.indexed_text for p in version.passages(version.passage_ids(source.id))
        )
        for source in version.sources()
    }
    for topic in topics.values():
        mark = re.compile(rf"\b(?:{'|'.join(map(re.escape, topic['terms']))})\w*", re.IGNORECASE)
        about = tuple(i for i, text in texts.items() if len(mark.findall(text)) > MENTIONS)
        tune = topic["half"] == "tune"
        for question in topic["questions"]:
            found.append(Example("topic present", question, True, tune))
            found.append(Example("topic absent", question, False, tune, about))
    for name, tune in (("development", True), ("held_out", False)):
        for line in (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            kind = "own, answerable" if row["answerable"] else "own, unanswerable"
            found.append(Example(kind, row["question"], row["answerable"], tune))
    rng = random.Random(SEED)  # noqa: S311 - a repeatable sample, not a secret
    for half, tune in zip(
        medquad.halves(medquad.read(medquad_folder), SEED), (True, False), strict=True
    ):
        others = [p.question for p in half if not MENTAL.search(p.topic + p.question)]
        found += [
            Example("other diseases", q, False, tune) for q in rng.sample(others, OTHER_DISEASES)
        ]
    return found


def measure(version: IndexVersion, settings: Settings, rows: list[Example]) -> np.ndarray:
    """Shape (len(rows), len(FEATURES))."""
    composer = ExtractiveComposer(
        version.sentence_vectors, version.idf, settings.compose.max_sentences
    )
    features = []
    for row in rows:
        arms = [Without(DenseArm(version), row.without), Without(LexicalArm(version), row.without)]
        found = HybridRetriever(version, settings, arms=arms).retrieve(
            row.question, top_k=settings.retrieval.top_k
        )
        draft = composer.compose(row.question, found.vector, found.evidence)
        features.append([getattr(draft, name) for name in FEATURES])
    return np.array(features)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("medquad", type=Path)
    folder = parser.parse_args().medquad
    with tempfile.TemporaryDirectory() as index_dir:
        settings = Settings(index_dir=Path(index_dir))
        build([documents_dir()], settings)
        version = IndexVersion.open(settings.index_dir)
        rows = examples(version, folder)
        x = measure(version, settings, rows)
        version.close()
    y = np.array([row.answerable for row in rows], float)
    tune = np.array([row.tune for row in rows])

    # Classes weigh the same, so that the many diseases do not drown the answerable questions.
    weight = np.where(y == 1, 1 / y[tune].sum(), 1 / (1 - y[tune]).sum()) * tune.sum() / 2
    a = np.column_stack([x, np.ones(len(x))])
    b = np.zeros(a.shape[1])
    penalty = L2 * np.append(np.ones(x.shape[1]), 0.0)
    for _ in range(100):
        p = 1 / (1 + np.exp(-a[tune] @ b))
        w = weight[tune]
        b += np.linalg.solve(
            (a[tune] * (w * p * (1 - p))[:, None]).T @ a[tune] + np.diag(penalty + 1e-9),
            a[tune].T @ (w * (y[tune] - p)) - penalty * b,
        )
    probability = 1 / (1 + np.exp(-a @ b))
    kinds = np.array([row.kind for row in rows])
    hard = tune & np.isin(kinds, ("topic absent", "own, unanswerable"))
    threshold = float(np.quantile(probability[hard], 1 - ANSWERED_WRONGLY))
    TARGET.write_text(
        json.dumps(
            {
                "coefficients": [round(float(c), 4) for c in b[:-1]],
                "intercept": round(float(b[-1]), 4),
                "threshold": round(threshold, 3),
            },
            indent=2,
        )
        + "\n"
    )
    print(f"weights {dict(zip(FEATURES, b[:-1].round(2), strict=True))}, threshold {threshold:.3f}")
    print(f"{'questions':<20} {'half':<6} {'n':>4}  answered")
    for kind in dict.fromkeys(kinds):
        for name, half in (("tune", tune), ("test", ~tune)):
            part = (kinds == kind) & half
            answered = (probability[part] >= threshold).mean()
            print(f"{kind:<20} {name:<6} {part.sum():>4}  {answered:.2f}")
    print("threshold: answerable answered / topic absent or own unanswerable answered (test)")
    answerable, silent = ~tune & (y == 1), ~tune & (y == 0) & (kinds != "other diseases")
    for at in np.arange(0.3, 0.95, 0.1):
        yes, no = (probability[answerable] >= at).mean(), (probability[silent] >= at).mean()
        print(f"  {at:.1f}: {yes:.2f} / {no:.2f}")
    for row, p in zip(rows, probability, strict=True):
        if row.answerable != (p >= threshold) and row.kind != "topic absent":
            what = "missed" if row.answerable else "answered"
            print(f"  {what} {p:.2f} [{row.kind}] {row.question}")


if __name__ == "__main__":
    main()
