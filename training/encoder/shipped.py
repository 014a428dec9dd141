"""Float weights of an encoder that `training.encoder.export` wrote, for training on from there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

from rag.encoders.manifest import MODEL_NAME
from training.encoder.bert import Linear

Arrays = dict[str, npt.NDArray[Any]]
_PARTS = ("query", "key", "value")


def shipped_weights(folder: Path) -> Arrays:
    """What the graph in `folder` was built from, but for the rounding to 8 bits, by the names of
    Hugging Face's BertModel. Positions hold the first token type's vector, whose own is 0."""
    constants = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in onnx.load(folder / MODEL_NAME).graph.initializer
    }
    positions = constants["positions"][0]
    found: Arrays = {
        "embeddings.word_embeddings.weight": constants["words"] * constants["word_scales"],
        "embeddings.position_embeddings.weight": positions,
        "embeddings.token_type_embeddings.weight": np.zeros((2, positions.shape[1])),
    }
    found |= {name: array for name, array in constants.items() if "LayerNorm" in name}
    layers = sum(name.endswith(".qkv.weight") for name in constants)
    for layer in range(layers):
        found |= _layer(constants, layer)
    return {name: np.ascontiguousarray(array, np.float32) for name, array in found.items()}


def write_float(shipped: Path, source: Path, target: Path) -> Path:
    """Writes to `target` the model folder `source` with the weights of the graph in `shipped`, for
    sentence-transformers; gives `target`."""
    shutil.copytree(source, target)
    weights = load_file(source / "model.safetensors")
    for name, array in shipped_weights(shipped).items():
        weights[name][: len(array)] = array  # of positions, as many as the graph reads
    save_file(weights, target / "model.safetensors", {"format": "pt"})
    return target


def _layer(constants: Arrays, layer: int) -> Arrays:
    prefix = f"encoder.layer.{layer}."
    weight, bias = _linear(constants, (layer, "qkv"))
    parts = zip(_PARTS, np.split(weight, 3), np.split(bias, 3), strict=True)
    found = {}
    for part, part_weight, part_bias in parts:
        found[f"{prefix}attention.self.{part}.weight"] = part_weight
        found[f"{prefix}attention.self.{part}.bias"] = part_bias
    weight, bias = _linear(constants, (layer, "attention"))
    found |= {f"{prefix}attention.output.dense.{n}": a for n, a in _named(weight, bias)}
    up, up_bias = _linear(constants, (layer, "intermediate"))
    down, down_bias = _linear(constants, (layer, "output"))
    # The neurons that stayed in floats: their columns in 8 bits are all zero.
    exact = np.flatnonzero(~constants[f"{prefix}intermediate.weight"].any(axis=0))
    up[exact] = constants[f"{prefix}exact.up"].T
    up_bias[exact] = constants[f"{prefix}exact.bias"]
    down[:, exact] = constants[f"{prefix}exact.down"].T
    found |= {f"{prefix}intermediate.dense.{n}": a for n, a in _named(up, up_bias)}
    found |= {f"{prefix}output.dense.{n}": a for n, a in _named(down, down_bias)}
    return found


def _linear(constants: Arrays, linear: Linear) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """(weight, bias); weight is (out, in), what smoothing took from the input put back."""
    name = "encoder.layer.{}.{}".format(*linear)
    weight = constants[f"{name}.weight"] * constants[f"{name}.scale"]
    smoothed = constants.get(f"{name}.input_scale")
    if smoothed is not None:
        weight = weight * smoothed[:, np.newaxis]
    return weight.T.copy(), constants[f"{name}.bias"].copy()


def _named(weight: npt.NDArray[Any], bias: npt.NDArray[Any]) -> list[tuple[str, npt.NDArray[Any]]]:
    return [("weight", weight), ("bias", bias)]
