"""The tuned encoder as one ONNX graph: shared word pieces, a branch of layers for each seed.

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


class BranchedGraph(SentenceEncoderGraph):
    """As many layers as the branches have together, those of the first branch first."""

    def __init__(
        self,
        weights: Weights,
        config: Config,
        statistics: Mapping[Linear, InputStatistics],
        branch: int,
    ) -> None:
        """`branch`: layers of one branch; the others as `SentenceEncoderGraph` takes them."""
        super().__init__(weights, config, statistics)
        self._branch = branch

    def build(self) -> ModelProto:
        """The whole model."""
        graph = self._graph
        shared = self._embed()
        units = []
        for first in range(0, self._config.layers, self._branch):
            x = shared
            for layer in range(first, first + self._branch):
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
        alone = {**weights, **_renumbered(branch, 0)}
        first = number * config.layers
        merged.update(_renumbered(branch, first))
        for (layer, kind), found in calibrate(alone, config, texts).items():
            statistics[layer + first, kind] = found
    layers = len(branches) * config.layers
    longer = Config(layers, config.heads, config.dimensions, config.epsilon, config.max_tokens)
    return BranchedGraph(merged, longer, statistics, config.layers).build()


def _renumbered(branch: Weights, first: int) -> Mapping[str, object]:
    """ "layers.0.x" as "encoder.layer.FIRST.x"."""
    out = {}
    for name, value in branch.items():
        if name.startswith("layers."):
            _, number, rest = name.split(".", 2)
            out[f"encoder.layer.{int(number) + first}.{rest}"] = value
    return out
