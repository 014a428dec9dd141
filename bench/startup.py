"""Cold starts: `import rag`, `rag --help`, and `rag ask` as whole processes.

    python bench/startup.py [--runs 7] [--index-dir indexes]

Targets: import under 0.3 s, a cold `rag ask` under 2 s. The baseline is a bare interpreter.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

QUESTION = "What helps with panic attacks?"


def main() -> None:
    """Prints a table of wall-clock seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--index-dir", default="indexes")
    options = parser.parse_args()
    python = [sys.executable, "-c"]
    rag = [sys.executable, "-m", "rag.cli.main"]
    index = ["--index-dir", options.index_dir]
    cases = {
        "python -c pass (baseline)": [*python, "pass"],
        "import rag": [*python, "import rag"],
        "from rag import Engine": [*python, "from rag import Engine"],
        "rag --help": [*rag, "--help"],
        "rag ask, crisis": [*rag, "ask", "I want to kill myself", *index],
        "rag ask": [*rag, "ask", QUESTION, *index],
        "rag doctor": [*rag, "doctor", *index],
    }
    print(f"{'':28}{'min':>8}{'median':>8}{'max':>8}  (seconds, {options.runs} runs each)")
    for name, command in cases.items():
        took = [_seconds(command) for _ in range(options.runs + 1)][1:]  # the first warms the disk
        print(f"{name:28}{min(took):8.3f}{statistics.median(took):8.3f}{max(took):8.3f}")


def _seconds(command: list[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, env=os.environ, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.decode().strip()}")
    return took


if __name__ == "__main__":
    main()
