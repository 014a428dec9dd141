"""How long triage takes for one message, and the crisis answer with everything else removed.

    python bench/triage.py

Targets: p99 under 20 ms; a crisis answer, its first import included, within 200 ms. The baselines
are the rules alone, and an interpreter that imports `json`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from asking import row

from rag.safety.triage import triage
from rag.triage_model import open_classifier

ROOT = Path(__file__).resolve().parent.parent
MESSAGES = ROOT / "training" / "triage" / "data"
BATCH = "dev"  # 475 harmless messages and 625 cries
RUNS = 7
ALONE = """
import time
began = time.perf_counter()
from rag.safety.triage import triage
from rag.safety.crisis import crisis_answer
assert "911" in crisis_answer(triage(["I took 40 pills"]), "q", country="US").text
print(time.perf_counter() - began)
"""
BARE = "import time; began = time.perf_counter(); import json; print(time.perf_counter() - began)"


def main() -> None:
    """Prints milliseconds."""
    files = sorted(MESSAGES.glob(f"{BATCH}_*.tsv"))
    texts = [
        line.split("\t")[-1] for file in files for line in file.read_text("utf-8").splitlines()
    ]
    classifier = open_classifier()
    row("triage, rules alone (baseline)", timed(texts, lambda text: triage([text])))
    judged = timed(texts, lambda text: triage([text], classifier=classifier))
    row("triage, rules and classifier", judged)
    with tempfile.TemporaryDirectory() as folder:
        bare_copy(Path(folder))
        for name, script in {"import json (baseline)": BARE, "crisis answer alone": ALONE}.items():
            row(name, [1000 * seconds(script, folder) for _ in range(RUNS + 1)][1:])


def timed(texts: list[str], work: Callable[[str], object]) -> list[float]:
    """Milliseconds for each message, after one that is not counted."""
    work(texts[0])
    taken = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def bare_copy(folder: Path) -> None:
    """What crises need, and nothing else of ours."""
    shutil.copytree(ROOT / "rag" / "safety", folder / "rag" / "safety")
    shutil.copytree(ROOT / "corpora" / "crisis", folder / "corpora" / "crisis")
    for name in ("__init__.py", "model.py", "errors.py"):
        shutil.copy(ROOT / "rag" / name, folder / "rag" / name)


def seconds(script: str, folder: str) -> float:
    """What the script prints."""
    command = [sys.executable, "-c", script]
    # Bytecode is kept from the first run on, as it is once a package is installed.
    kept = {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=kept)
    return float(done.stdout)


if __name__ == "__main__":
    main()
