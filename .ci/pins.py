"""Writes constraints.txt: every version that a fresh install of all extras brings, nothing else.

python3 .ci/pins.py
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
# The one torch whose CPU build the project is tested with; anything newer may bring CUDA along.
TORCH = "torch==2.13.0"
BUILD_BACKEND = ("hatchling", "editables")  # the second is for editable installs
HEAD = """\
# Every version that the project is tested with. Written by .ci/pins.py; do not edit.
# Linux, CPython 3.11. torch is the CPU build.
"""


def main() -> None:
    """Installs into a temporary environment and freezes it."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = Path(folder, "bin", "python")
        pins = Path(folder, "torch.txt")
        pins.write_text(TORCH + "\n")
        pip = [str(python), "-m", "pip"]
        wanted = [f"{ROOT}[service,models,llm,neo4j,dev]", *BUILD_BACKEND, TORCH]
        environment = {**os.environ, "PIP_CONSTRAINT": str(pins)}
        subprocess.run([*pip, "install", "--quiet", *wanted], check=True, env=environment)
        frozen = subprocess.run([*pip, "freeze"], check=True, capture_output=True, text=True)
    lines = [re.sub(r"\+cpu$", "", line) for line in frozen.stdout.splitlines()]
    kept = sorted((line for line in lines if re.fullmatch(r"[\w.-]+==\S+", line)), key=str.lower)
    foreign = [line for line in kept if re.match(r"nvidia|cuda|triton", line, re.IGNORECASE)]
    if foreign:
        raise SystemExit(f"a CUDA build of torch slipped in: {', '.join(foreign)}")
    CONSTRAINTS.write_text(HEAD + "".join(f"{line}\n" for line in kept))
    print(f"{len(kept)} pins in {CONSTRAINTS.name}")


if __name__ == "__main__":
    main()
