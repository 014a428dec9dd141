"""BERT's forward pass in float64, to see what enters each of its linear layers.

Double precision, so that every machine gets the same statistics after rounding to float32.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import erf

Float64 = npt.NDArray[np.float64]
Weights = Mapping[str, npt.NDArray[Any]]  # named as in Hugging Face's BertModel
Linear = tuple[int, Literal["qkv", "attention", "intermediate", "output"]]
_SQRT2 = float(np.sqrt(2.0))


@dataclass(frozen=True, slots=True)
class Config:
    """The sizes of a BERT encoder."""

    layers: int
    heads: int
    dimensions: int
    epsilon: float
    max_tokens: int

    @classmethod
    def read(cls, folder: Path, max_tokens: int) -> Config:
        """Of the model in a folder with Hugging Face's `config.json`."""
        bert = json.loads((folder / "config.json").read_text())
        return cls(
            layers=bert["num_hidden_layers"],
            heads=bert["num_attention_heads"],
            dimensions=bert["hidden_size"],
            epsilon=bert["layer_norm_eps"],
            max_tokens=max_tokens,
        )


def linear_parameters(weights: Weights, layer: int) -> dict[str, tuple[npt.NDArray[Any], Any]]:
    """(weight, bias) of the four linear layers of a transformer layer; weight is (out, in)."""
    prefix = f"encoder.layer.{layer}."
    names = {
        "attention": "attention.output.dense",
        "intermediate": "intermediate.dense",
        "output": "output.dense",
    }
    found = {
        short: (weights[f"{prefix}{name}.weight"], weights[f"{prefix}{name}.bias"])
        for short, name in names.items()
    }
    parts = [f"{prefix}attention.self.{part}" for part in ("query", "key", "value")]
    found["qkv"] = (
        np.concatenate([weights[f"{part}.weight"] for part in parts]),
        np.concatenate([weights[f"{part}.bias"] for part in parts]),
    )
    return found


def linear_inputs(
    weights: Weights, config: Config, ids: list[int]
) -> Iterator[tuple[Linear, Float64]]:
    """What enters each linear layer for one text of `ids`: ((layer, kind), (tokens, in))."""
    wide = {name: value.astype(np.float64) for name, value in weights.items()}

    def norm(x: Float64, name: str) -> Float64:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + config.epsilon)
        return centred / spread * wide[f"{name}.weight"] + wide[f"{name}.bias"]

    x = wide["embeddings.word_embeddings.weight"][ids]
    x = x + wide["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + wide["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for layer in range(config.layers):
        prefix = f"encoder.layer.{layer}."
        linear = linear_parameters(wide, layer)
        yield (layer, "qkv"), x
        attended = _attention(_apply(linear["qkv"], x), config.heads)
        yield (layer, "attention"), attended
        residual = x + _apply(linear["attention"], attended)
        x = norm(residual, f"{prefix}attention.output.LayerNorm")
        yield (layer, "intermediate"), x
        hidden = _apply(linear["intermediate"], x)
        hidden = hidden * 0.5 * (1.0 + erf(hidden / _SQRT2))
        yield (layer, "output"), hidden
        x = norm(x + _apply(linear["output"], hidden), f"{prefix}output.LayerNorm")


def _apply(parameters: tuple[Float64, Float64], x: Float64) -> Float64:
    weight, bias = parameters
    return x @ weight.T + bias


def _attention(qkv: Float64, heads: int) -> Float64:
    """Scaled dot-product attention; `qkv` is (tokens, 3 * dimensions)."""
    tokens, width = qkv.shape
    q, k, v = qkv.reshape(tokens, 3, heads, width // 3 // heads).transpose(1, 2, 0, 3)
    scores = q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1])
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ v
    return mixed.transpose(1, 0, 2).reshape(tokens, width // 3)
