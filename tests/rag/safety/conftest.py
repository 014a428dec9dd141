"""The shipped classifier, and ones with other thresholds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.encoders.onnx import OnnxEncoder
from rag.safety.classifier import ENCODER, WEIGHTS, Classifier

Changed = Callable[..., Classifier]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder(ENCODER, threads=1)


@pytest.fixture(scope="module")
def shipped(encoder: OnnxEncoder) -> Classifier:
    return Classifier(encoder)


@pytest.fixture
def changed(encoder: OnnxEncoder, tmp_path: Path) -> Changed:
    """The shipped classifier with the thresholds that are given by name."""
    folder = tmp_path / "weights"
    folder.mkdir()
    shutil.copyfile(WEIGHTS / "head.bin", folder / "head.bin")
    manifest = json.loads((WEIGHTS / "manifest.json").read_text())

    def change(**thresholds: float) -> Classifier:
        (folder / "manifest.json").write_text(json.dumps({**manifest, **thresholds}))
        return Classifier(encoder, folder)

    return change
