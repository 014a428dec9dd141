"""A BERT sentence encoder as an ONNX graph with 8-bit weights.

The graph is written node by node from the weights, so that the same weights always give the same
bytes and nothing is left for the runtime to fuse: sessions open it with optimisation off. (Left
on, ONNX Runtime 1.32 fuses Add and LayerNormalization into SkipLayerNormalization, which is six
times slower than the two on AVX-512.)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from training.encoder.bert import Config, Linear, Weights, linear_parameters
from training.encoder.quantise import InputStatistics, quantise_linear

# Chosen by measurement, see MODEL_CARD.md.
SMOOTHING = {"qkv": 0.8, "intermediate": 0.6}
EXACT_NEURONS = 8  # hidden neurons of each layer that stay in float32

Float32 = npt.NDArray[np.float32]
Tensors = Mapping[str, Float32]

_ORT = "com.microsoft"
_OPSET = 18
_IR_VERSION = 8  # the oldest that knows opset 18
# GELU's least value is about -0.17; a row divided by this or more stays within -1..1.
_LEAST_ROW_RANGE = np.array(0.17, dtype=np.float32)


class GraphBuilder:
    """Collects nodes and constants. Names count up, so that they are the same in every run."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        """Adds a constant, once for each name, and returns the name."""
        if all(known.name != name for known in self._constants):
            self._constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def node(
        self, op: str, inputs: Sequence[str], *, outputs: int = 1, domain: str = "", **kw: Any
    ) -> list[str]:
        """Adds a node and returns the names of its outputs."""
        name = f"{op}_{len(self._nodes)}"
        names = [f"{name}:{i}" for i in range(outputs)]
        self._nodes.append(
            helper.make_node(op, inputs, names, name=name, domain=domain or None, **kw)
        )
        return names

    def op(self, op: str, *inputs: str, **kw: Any) -> str:
        """`node` for an operator with one output, of which it returns the name."""
        return self.node(op, inputs, **kw)[0]

    def model(self, output: str, dimensions: int) -> ModelProto:
        """The finished model: `input_ids` (1, tokens) -> `vector` (1, dimensions)."""
        self._nodes.append(helper.make_node("Identity", [output], ["vector"], name="vector"))
        graph = helper.make_graph(
            self._nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, dimensions])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


class SentenceEncoderGraph:
    """BERT, the mean over the tokens, unit length.

    One text a run: every token counts, so the graph needs no attention mask.
    """

    def __init__(
        self, weights: Weights, config: Config, statistics: Mapping[Linear, InputStatistics]
    ) -> None:
        self._weights = weights
        self._config = config
        self._statistics = statistics
        self._graph = GraphBuilder()

    def build(self) -> ModelProto:
        """The whole model."""
        graph = self._graph
        x = self._embed()
        for layer in range(self._config.layers):
            x = self._layer(layer, x)
        mean = graph.op("ReduceMean", x, graph.constant("token_axis", np.array([1])), keepdims=0)
        unit = graph.op("LpNormalization", mean, p=2, axis=-1)
        return graph.model(unit, self._config.dimensions)

    def _embed(self) -> str:
        """Word pieces as 8-bit rows with a scale each, plus positions and token type 0."""
        graph, weights = self._graph, self._weights
        words = weights["embeddings.word_embeddings.weight"].astype(np.float64)
        scales = (np.abs(words).max(axis=1, keepdims=True) / 127).astype(np.float32)
        rounded = graph.constant("words", np.rint(words / scales).astype(np.int8))
        row = graph.op("Cast", graph.op("Gather", rounded, "input_ids"), to=TensorProto.FLOAT)
        scale = graph.op("Gather", graph.constant("word_scales", scales), "input_ids")
        positions = (
            weights["embeddings.position_embeddings.weight"][: self._config.max_tokens]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        place = graph.op(
            "Slice",
            graph.constant("positions", positions[np.newaxis]),
            graph.constant("slice_start", np.array([0])),
            graph.op("Shape", "input_ids", start=1, end=2),
            graph.constant("slice_axis", np.array([1])),
        )
        word = graph.op("Mul", row, scale)
        return self._add_and_norm(word, place, "embeddings.LayerNorm")

    def _layer(self, layer: int, x: str) -> str:
        graph, prefix = self._graph, f"encoder.layer.{layer}."
        parameters = linear_parameters(self._weights, layer)

        y, bias = self._linear((layer, "qkv"), *parameters["qkv"], x)
        split = graph.node("Split", [y], outputs=3, axis=2, num_outputs=3)
        heads = self._config.heads
        y = graph.op("MultiHeadAttention", *split, bias, domain=_ORT, num_heads=heads)
        y, bias = self._linear((layer, "attention"), *parameters["attention"], y)
        y = graph.op("Add", y, bias)
        x = self._add_and_norm(y, x, f"{prefix}attention.output.LayerNorm")

        # A few neurons carry activations tens of times larger than all others', on one token of
        # each text. In the 8-bit product they would set the scale for the rest.
        up, up_bias = (array.copy() for array in parameters["intermediate"])
        down, down_bias = (array.copy() for array in parameters["output"])
        top = np.sort(np.argsort(-np.abs(down).max(axis=0), kind="stable")[:EXACT_NEURONS])
        exact = graph.op("MatMul", x, graph.constant(f"{prefix}exact.up", up[top].T))
        exact_bias = graph.constant(f"{prefix}exact.bias", up_bias[top])
        exact = graph.op("BiasGelu", exact, exact_bias, domain=_ORT)
        exact_down = graph.constant(f"{prefix}exact.down", down[:, top].T)
        exact = graph.op("MatMul", exact, exact_down)
        up[top], up_bias[top], down[:, top] = 0, 0, 0

        y, bias = self._linear((layer, "intermediate"), up, up_bias, x)
        y = graph.op("BiasGelu", y, bias, domain=_ORT)
        y, bias = self._linear((layer, "output"), down, down_bias, y)
        y = graph.op("Add", graph.op("Add", y, exact), bias)
        return self._add_and_norm(y, x, f"{prefix}output.LayerNorm")

    def _linear(
        self, linear: Linear, weight: npt.NDArray[Any], bias: npt.NDArray[Any], x: str
    ) -> tuple[str, str]:
        """The product without its bias, and the name of the bias.

        Each row of `x` is divided by its largest magnitude before the product and multiplied
        afterwards: the runtime quantises a whole tensor with one scale, so this gives every
        token a scale of its own.
        """
        graph, (layer, kind) = self._graph, linear
        name = f"encoder.layer.{layer}.{kind}"
        layer_8bit = quantise_linear(weight, bias, self._statistics[linear], SMOOTHING.get(kind))
        if layer_8bit.input_scale is not None:
            scale = graph.constant(f"{name}.input_scale", layer_8bit.input_scale)
            x = graph.op("Mul", x, scale)
        last = graph.constant("last_axis", np.array([-1]))
        if kind == "output":
            largest = graph.op("ReduceMax", x, last, keepdims=1)
            largest = graph.op("Max", largest, graph.constant("least_row_range", _LEAST_ROW_RANGE))
        else:
            largest = graph.op("ReduceMax", graph.op("Abs", x), last, keepdims=1)
        product = graph.op(
            "DynamicQuantizeMatMul",
            graph.op("Div", x, largest),
            graph.constant(f"{name}.weight", layer_8bit.weight),
            graph.constant(f"{name}.scale", layer_8bit.weight_scale),
            domain=_ORT,
        )
        bias_name = graph.constant(f"{name}.bias", layer_8bit.bias)
        return graph.op("Mul", product, largest), bias_name

    def _add_and_norm(self, x: str, residual: str, name: str) -> str:
        gamma = self._graph.constant(f"{name}.weight", self._weights[f"{name}.weight"])
        beta = self._graph.constant(f"{name}.bias", self._weights[f"{name}.bias"])
        total = self._graph.op("Add", x, residual)
        epsilon = self._config.epsilon
        return self._graph.op("LayerNormalization", total, gamma, beta, epsilon=epsilon)
