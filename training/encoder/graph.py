"""A BERT sentence encoder as an ONNX graph with 8-bit weights.

The graph is written node by node from the weights, with ONNX Runtime's fused operators
(domain com.microsoft), so that nothing is left to fuse or to fold when it is opened, and the
same weights always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Float32 = npt.NDArray[np.float32]
Tensors = Mapping[str, Float32]

BLOCK = 32  # weights that share one scale; also the block in which activations are quantised
_ORT = "com.microsoft"
_OPSET = 18
_IR_VERSION = 8  # the oldest that knows opset 18


class GraphBuilder:
    """Collects nodes and constants. Names count up, so that they are the same in every run."""

    def __init__(self) -> None:
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def constant(self, name: str, array: npt.NDArray[Any]) -> str:
        """Adds a constant and returns its name."""
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def node(
        self, op: str, inputs: Sequence[str], *, outputs: int = 1, domain: str = "", **kw: Any
    ) -> list[str]:
        """Adds a node and returns the names of its outputs."""
        name = f"{op}_{len(self._nodes)}"
        names = [f"{name}:{i}" for i in range(outputs)]
        self._nodes.append(helper.make_node(op, inputs, names, name=name, domain=domain, **kw))
        return names

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


def sentence_encoder(
    weights: Tensors, *, layers: int, heads: int, epsilon: float, max_tokens: int
) -> ModelProto:
    """BERT, mean over the tokens, unit length. `weights` carry the names of Hugging Face's BERT.

    One text per run: every token counts, so the graph needs no attention mask.
    """
    graph = GraphBuilder()
    x = _embed(graph, weights, epsilon, max_tokens)
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        own = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
        x = _layer(graph, f"layer{layer}.", own, x, heads, epsilon)
    axes = graph.constant("token_axis", np.array([1], dtype=np.int64))
    (mean,) = graph.node("ReduceMean", [x, axes], keepdims=0)
    (unit,) = graph.node("LpNormalization", [mean], p=2, axis=-1)
    return graph.model(unit, weights["embeddings.LayerNorm.weight"].shape[0])


def _embed(graph: GraphBuilder, weights: Tensors, epsilon: float, max_tokens: int) -> str:
    """Word pieces as 8-bit rows with a scale each, plus positions and token type 0 as float32."""
    words = weights["embeddings.word_embeddings.weight"]
    scales = np.abs(words).max(axis=1, keepdims=True) / np.float32(127)
    rounded = np.rint(words / scales).astype(np.int8)
    (row,) = graph.node("Gather", [graph.constant("words", rounded), "input_ids"])
    (row,) = graph.node("Cast", [row], to=TensorProto.FLOAT)
    (scale,) = graph.node("Gather", [graph.constant("word_scales", scales), "input_ids"])
    (word,) = graph.node("Mul", [row, scale])
    positions = (
        weights["embeddings.position_embeddings.weight"][:max_tokens]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    zero = graph.constant("slice_start", np.array([0], dtype=np.int64))
    axis = graph.constant("slice_axis", np.array([1], dtype=np.int64))
    (length,) = graph.node("Shape", ["input_ids"], start=1, end=2)
    (place,) = graph.node(
        "Slice", [graph.constant("positions", positions[np.newaxis]), zero, length, axis]
    )
    gamma = graph.constant("embed.gamma", weights["embeddings.LayerNorm.weight"])
    beta = graph.constant("embed.beta", weights["embeddings.LayerNorm.bias"])
    (x,) = graph.node(
        "SkipLayerNormalization", [word, place, gamma, beta], domain=_ORT, epsilon=epsilon
    )
    return x


def _layer(graph: GraphBuilder, name: str, own: Tensors, x: str, heads: int, epsilon: float) -> str:
    """One transformer layer; `own` are its weights, named without the layer's prefix."""
    parts = ("query", "key", "value")
    qkv = np.concatenate([own[f"attention.self.{part}.weight"] for part in parts])
    bias = np.concatenate([own[f"attention.self.{part}.bias"] for part in parts])
    projected = _linear(graph, f"{name}qkv", qkv, x)
    split = graph.node("Split", [projected], outputs=3, axis=2, num_outputs=3)
    (attended,) = graph.node(
        "MultiHeadAttention",
        [*split, graph.constant(f"{name}qkv.bias", bias)],
        domain=_ORT,
        num_heads=heads,
    )

    def join(tag: str, key: str, y: str, residual: str) -> str:
        y = _linear(graph, name + tag, own[f"{key}.dense.weight"], y)
        gamma = graph.constant(f"{name}{tag}.gamma", own[f"{key}.LayerNorm.weight"])
        beta = graph.constant(f"{name}{tag}.beta", own[f"{key}.LayerNorm.bias"])
        dense_bias = graph.constant(f"{name}{tag}.bias", own[f"{key}.dense.bias"])
        inputs = [y, residual, gamma, beta, dense_bias]
        (out,) = graph.node("SkipLayerNormalization", inputs, domain=_ORT, epsilon=epsilon)
        return out

    x = join("attention_out", "attention.output", attended, x)
    y = _linear(graph, f"{name}intermediate", own["intermediate.dense.weight"], x)
    hidden_bias = graph.constant(f"{name}intermediate.bias", own["intermediate.dense.bias"])
    (y,) = graph.node("BiasGelu", [y, hidden_bias], domain=_ORT)
    return join("out", "output", y, x)


def _linear(graph: GraphBuilder, name: str, weight: Float32, x: str) -> str:
    """x @ weight.T with 8-bit weights and one scale per block; `weight` is (out, in)."""
    n, k = weight.shape
    blocks = weight.reshape(n, k // BLOCK, BLOCK)
    scales = np.abs(blocks).max(axis=2) / np.float32(127)
    # The operator stores unsigned bytes around a zero point of 128.
    rounded = (np.rint(blocks / scales[:, :, np.newaxis]) + 128).astype(np.uint8)
    (y,) = graph.node(
        "MatMulNBits",
        [x, graph.constant(f"{name}.weight", rounded), graph.constant(f"{name}.scales", scales)],
        domain=_ORT,
        K=k,
        N=n,
        bits=8,
        block_size=BLOCK,
        accuracy_level=4,  # activations are quantised to int8, block by block
    )
    return y
