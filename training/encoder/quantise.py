"""Float32 linear layers to 8 bits: smoothing, overflow-free rounding, bias correction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.encoder.bert import Config, Linear, Weights, linear_inputs

Float32 = npt.NDArray[np.float32]

_MAX = 127
# CPUs without VNNI add two products of an unsigned byte (up to 255) and a weight in a signed
# 16-bit number, which saturates above 32,767. 255 * 128.5 = 32,767.5.
_MAX_PAIR = 127.5  # leaves room for two halves of rounding: round(a) + round(b) <= 128


@dataclass(frozen=True, slots=True)
class InputStatistics:
    """Over the tokens of the calibration texts, by input channel: shape (in,)."""

    largest: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class QuantisedLinear:
    """y = (x * input_scale) @ (weight * weight_scale) + bias, nearly the layer it came from."""

    weight: npt.NDArray[np.int8]  # (in, out)
    weight_scale: Float32  # (out,)
    input_scale: Float32 | None  # (in,)
    bias: Float32  # (out,)


def calibrate(
    weights: Weights, config: Config, texts: Iterable[list[int]]
) -> dict[Linear, InputStatistics]:
    """The statistics of every linear layer's input; `texts` are token ids."""
    seen: dict[Linear, list[npt.NDArray[np.float64]]] = {}
    for ids in texts:
        for linear, x in linear_inputs(weights, config, ids):
            seen.setdefault(linear, []).append(x)
    stacked = {linear: np.concatenate(parts) for linear, parts in seen.items()}
    return {
        linear: InputStatistics(np.abs(x).max(axis=0), x.mean(axis=0))
        for linear, x in stacked.items()
    }


def quantise_linear(
    weight: npt.NDArray[Any],
    bias: npt.NDArray[Any],
    statistics: InputStatistics,
    smoothing: float | None,
) -> QuantisedLinear:
    """`weight` is (out, in). `smoothing` is the alpha of SmoothQuant, None leaves inputs alone.

    Smoothing moves the range of an input channel into the weights (Xiao et al. 2023,
    arXiv:2211.10438, equation 4). The bias takes up the mean error that rounding causes (Nagel et
    al. 2019, arXiv:1906.04721, section 4.2).
    """
    exact = weight.T.astype(np.float64)
    factor = np.ones(len(exact))
    if smoothing is not None:
        factor = statistics.largest**smoothing / np.abs(exact).max(axis=1) ** (1 - smoothing)
    # float32 first, so that the correction below sees the numbers that will be used.
    input_scale = (1 / factor).astype(np.float32)
    smoothed = exact / input_scale.astype(np.float64)[:, np.newaxis]
    scale = _overflow_free_scale(smoothed).astype(np.float32)
    rounded = np.rint(smoothed / scale.astype(np.float64)).astype(np.int8)
    used = rounded * scale.astype(np.float64) * input_scale.astype(np.float64)[:, np.newaxis]
    corrected = bias.astype(np.float64) + statistics.mean @ (exact - used)
    return QuantisedLinear(
        weight=rounded,
        weight_scale=scale,
        input_scale=None if smoothing is None else input_scale,
        bias=corrected.astype(np.float32),
    )


def _overflow_free_scale(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Scale per column of `weight` (in, out) at which no pair of products can saturate.

    The pairs are inputs 2i and 2i+1. Products of unlike sign cannot both count.
    """
    pairs = weight.reshape(-1, 2, weight.shape[1])
    like_sign = pairs[:, 0] * pairs[:, 1] > 0
    sums = np.where(like_sign, np.abs(pairs.sum(axis=1)), 0.0)
    needed = np.maximum(np.abs(weight).max(axis=0) / _MAX, sums.max(axis=0) / _MAX_PAIR)
    return np.where(needed > 0, needed, 1.0)
