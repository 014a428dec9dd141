"""The shipped classifier, and ones with other thresholds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.encoders.onnx import OnnxEncoder
from rag.safety.classifier import WEIGHTS, Classifier, encoder_folders

Changed = Callable[..., Classifier]


@pytest.fixture(scope="module")
def encoders() -> list[OnnxEncoder]:
    return [OnnxEncoder(folder, threads=1) for folder in encoder_folders()]


@pytest.fixture(scope="module")
def shipped(encoders: list[OnnxEncoder]) -> Classifier:
    return Classifier(encoders)


@pytest.fixture
def changed(encoders: list[OnnxEncoder], tmp_path: Path) -> Changed:
    """The shipped classifier with the thresholds that are given by name."""
    folder = tmp_path / "weights"
    shutil.copytree(WEIGHTS, folder, ignore=shutil.ignore_patterns("encoder"))
    manifest = json.loads((WEIGHTS / "manifest.json").read_text())

    def change(**thresholds: float) -> Classifier:
        (folder / "manifest.json").write_text(json.dumps({**manifest, **thresholds}))
        return Classifier(encoders, folder)

    return change
