"""The tuned encoder as one ONNX graph: shared lower layers, a branch of upper ones for each seed.

Its vector is the branches' unit vectors one after the other. Rounding to 8 bits is that of
`training/encoder`, calibrated on each branch by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from onnx import ModelProto

from training.encoder.bert import Config, Linear, Weights
from training.encoder.graph import SentenceEncoderGraph
from training.encoder.quantise import InputStatistics, calibrate
from training.triage.branch import LOWER


class BranchedGraph(SentenceEncoderGraph):
    """Layers 3, 4, 5 are the first branch, 6, 7, 8 the second, and so on."""

    def build(self) -> ModelProto:
        """The whole model."""
        graph, upper = self._graph, range(LOWER, self._config.layers)
        shared = self._embed()
        for layer in range(LOWER):
            shared = self._layer(layer, shared)
        units = []
        for first in upper[:: _upper_layers()]:
            x = shared
            for layer in range(first, first + _upper_layers()):
                x = self._layer(layer, x)
            axis = graph.constant("token_axis", np.array([1]))
            mean = graph.op("ReduceMean", x, axis, keepdims=0)
            units.append(graph.op("LpNormalization", mean, p=2, axis=-1))
        joined = graph.op("Concat", *units, axis=1)
        return graph.model(joined, self._config.dimensions * len(units))


def branched(
    weights: Weights, branches: Sequence[Weights], config: Config, texts: Sequence[list[int]]
) -> ModelProto:
    """`weights` are the original encoder's; each of `branches` holds layers 0.. of one branch."""
    merged = dict(weights)
    statistics: dict[Linear, InputStatistics] = {}
    for number, branch in enumerate(branches):
        alone = {**weights, **_renumbered(branch, LOWER)}
        first = LOWER + number * _upper_layers()
        merged.update(_renumbered(branch, first))
        for (layer, kind), found in calibrate(alone, config, texts).items():
            place = layer if layer < LOWER else layer - LOWER + first
            statistics[place, kind] = found
    layers = LOWER + len(branches) * _upper_layers()
    longer = Config(layers, config.heads, config.dimensions, config.epsilon, config.max_tokens)
    return BranchedGraph(merged, longer, statistics).build()


def _upper_layers() -> int:
    return 6 - LOWER


def _renumbered(branch: Weights, first: int) -> Mapping[str, object]:
    """ "layers.0.x" as "encoder.layer.FIRST.x"."""
    out = {}
    for name, value in branch.items():
        if name.startswith("layers."):
            _, number, rest = name.split(".", 2)
            out[f"encoder.layer.{int(number) + first}.{rest}"] = value
    return out
