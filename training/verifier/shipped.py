"""The shipped weights as float32 tensors, for training on from where they stand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

from rag.verify.cross_encoder import DEFAULT_FOLDER, MODEL_NAME
from training.encoder.graph import Tensors

# Of a linear layer in `training/verifier/graph.py`, and of the same layer in Hugging Face's BERT.
_JOINED = {"attention_out": "attention.output", "intermediate": "intermediate", "out": "output"}
_HEADS = ("head.weight", "head.bias", "token_head.weight", "token_head.bias")


def shipped_tensors(folder: Path = DEFAULT_FOLDER) -> Tensors:
    """What `training.verifier.graph.cross_encoder` was given, but for the rounding to 8 bits, and
    without the word pieces, which are MiniLM's own."""
    constants = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in onnx.load(folder / MODEL_NAME).graph.initializer
    }
    found = {
        "bert.embeddings.token_type_embeddings.weight": constants["types"],
        "bert.embeddings.LayerNorm.weight": constants["embed.gamma"],
        "bert.embeddings.LayerNorm.bias": constants["embed.beta"],
        "bert.embeddings.position_embeddings.weight": constants["positions"][0],
    }
    found |= {name: constants[name].T for name in _HEADS}
    layers = {name.partition(".")[0] for name in constants if name.startswith("layer")}
    for layer in sorted(layers):
        theirs = f"bert.encoder.layer.{layer.removeprefix('layer')}."
        parts = np.split(_linear(constants, f"{layer}.qkv"), 3)
        biases = np.split(constants[f"{layer}.qkv.bias"], 3)
        for part, weight, bias in zip(("query", "key", "value"), parts, biases, strict=True):
            found[f"{theirs}attention.self.{part}.weight"] = weight
            found[f"{theirs}attention.self.{part}.bias"] = bias
        for ours, their in _JOINED.items():
            found[f"{theirs}{their}.dense.weight"] = _linear(constants, f"{layer}.{ours}")
            found[f"{theirs}{their}.dense.bias"] = constants[f"{layer}.{ours}.bias"]
            if ours != "intermediate":
                found[f"{theirs}{their}.LayerNorm.weight"] = constants[f"{layer}.{ours}.gamma"]
                found[f"{theirs}{their}.LayerNorm.bias"] = constants[f"{layer}.{ours}.beta"]
    return {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in found.items()}


def _linear(constants: Tensors, name: str) -> np.ndarray:
    rounded = constants[f"{name}.weight"].T.astype(np.float32)
    return rounded * constants[f"{name}.scales"][:, np.newaxis]
