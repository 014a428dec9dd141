"""Retrieval: how long a warm question takes, step by step, beside the dense arm alone.

    python bench/retrieval.py [--index-dir DIR] [--data ../shared/data/sources/medquad]
        [--passages 5000] [--questions 300]

Fills an index of MedQuAD answers with about `--passages` passages through the ordinary build
(once: the folder is used again when it holds an active version), then asks questions one at a
time in one thread. The baseline is the least that can be done: encode, then search one FAISS
index.
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from rag.errors import IndexUnavailableError
from rag.evaluation import medquad
from rag.index.build import build_documents
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.model import Block, BlockKind, Document, Source, sha256_text
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.policy import excluded_sources
from rag.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "shared/data/sources/medquad"
WARM_UP = 20
TOP_K = 8
PASSAGES_PER_ANSWER = 1.9  # MedQuAD's mean with the default passage size


def fill(settings: Settings, pairs: list[medquad.Pair], passages: int) -> None:
    """Builds the index unless the folder has an active one."""
    try:
        IndexStore(settings.index_dir).active()
        return
    except IndexUnavailableError:
        pass
    chosen = pairs[:: max(1, round(len(pairs) * PASSAGES_PER_ANSWER / passages))]
    documents = [(pair.id, _document(number, pair)) for number, pair in enumerate(chosen)]
    build_documents(documents, settings, progress=_show)


def _document(number: int, pair: medquad.Pair) -> Document:
    published = dt.date(2020, 1, 1)
    source = Source(
        f"answer-{number}", pair.topic, "MedQuAD", sha256_text(pair.answer), published=published
    )
    heading = Block(BlockKind.HEADING, pair.topic or "Health", level=1)
    return Document(source, (heading, Block(BlockKind.PARAGRAPH, pair.answer)))


def _show(stage: str, done: int, total: int) -> None:
    print(f"\r{stage}: {done} of {total}", end="\n" if done == total else "", flush=True)


def timed(work: Callable[[str], object], questions: list[str]) -> np.ndarray:
    """Milliseconds for each question, after a warm-up."""
    for question in questions[:WARM_UP]:
        work(question)
    took = []
    for question in questions:
        start = time.perf_counter()
        work(question)
        took.append((time.perf_counter() - start) * 1e3)
    return np.array(took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index-dir", type=Path, default=Path("indexes/bench-retrieval"))
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--passages", type=int, default=5000)
    parser.add_argument("--questions", type=int, default=300)
    options = parser.parse_args()
    settings = Settings(index_dir=options.index_dir)
    pairs = list(medquad.read(options.data))
    fill(settings, pairs, options.passages)
    questions = [pair.question for pair in pairs[5 :: len(pairs) // options.questions]]
    with IndexVersion.open(settings.index_dir) as version:
        hybrid = HybridRetriever(version, settings)
        vectors = {q: version.encoder.encode([q])[0] for q in questions}
        depth = settings.retrieval.depth
        sources = version.sources()
        steps: dict[str, Callable[[str], object]] = {
            "encode the question": lambda q: version.encoder.encode([q]),
            "dense search": lambda q: version.dense(vectors[q], depth),
            "lexical search": lambda q: version.lexical(q, depth),
            f"sources in force, of {len(sources):,}": lambda _: excluded_sources(sources),
            "baseline: encode, dense search": lambda q: version.dense(
                version.encoder.encode([q])[0], depth
            ),
            "hybrid retrieval, whole": lambda q: hybrid.retrieve(q, top_k=TOP_K),
        }
        counts = version.manifest.counts
        table = Table(title=f"Retrieval over {counts.passages:,} passages, {len(questions)} asked")
        table.add_column("")
        for heading in ("median ms", "p95 ms", "p99 ms"):
            table.add_column(heading, justify="right")
        for name, work in steps.items():
            took = timed(work, questions)
            cells = (f"{np.percentile(took, share):.2f}" for share in (50, 95, 99))
            table.add_row(name, *cells)
    Console().print(table)


if __name__ == "__main__":
    main()
