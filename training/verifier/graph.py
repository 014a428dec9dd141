"""The trained cross-encoder as an ONNX graph with 8-bit weights, embeddings among them.

Written node by node, as `training/encoder/graph.py` is, so that the same weights give the same
bytes. Unlike there, whole rows of activations share one scale for each run: pairs are long and
many, and this operator is several times faster on them.
"""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, TensorProto, helper

from training.encoder.graph import Float32, GraphBuilder, Tensors

_ORT = "com.microsoft"
_OPSET = 18
_IR_VERSION = 8
_LARGEST = 63  # of a weight; see `_linear`


class PairGraph(GraphBuilder):
    """A graph with the inputs and the outputs of a cross-encoder."""

    def finish(self, logit: str, wrong: str) -> ModelProto:
        """`input_ids`, `token_type_ids` (1, tokens), `sentence_end` (1,) -> `logit` (1, 1) and
        `wrong` (1, sentence tokens, 1)."""
        for name, output in (("logit", logit), ("wrong", wrong)):
            self._nodes.append(helper.make_node("Identity", [output], [name], name=name))
        graph = helper.make_graph(
            self._nodes,
            "groundedness",
            [
                helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"]),
                helper.make_tensor_value_info("token_type_ids", TensorProto.INT64, [1, "tokens"]),
                helper.make_tensor_value_info("sentence_end", TensorProto.INT64, [1]),
            ],
            [
                helper.make_tensor_value_info("logit", TensorProto.FLOAT, [1, 1]),
                helper.make_tensor_value_info("wrong", TensorProto.FLOAT, [1, "words", 1]),
            ],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)


def cross_encoder(
    weights: Tensors, *, layers: int, heads: int, epsilon: float, max_tokens: int
) -> ModelProto:
    """BERT over a pair; a linear unit over the mean and maximum of the sentence's tokens, and one
    over each of them.

    `weights` carry Hugging Face's names under `bert.`, and weight and bias of `head` and
    `token_head`.
    """
    bert = {k.removeprefix("bert."): v for k, v in weights.items() if k.startswith("bert.")}
    graph = PairGraph()
    x = _embed(graph, bert, epsilon, max_tokens)
    for layer in range(layers):
        prefix = f"encoder.layer.{layer}."
        own = {k.removeprefix(prefix): v for k, v in bert.items() if k.startswith(prefix)}
        x = _layer(graph, f"layer{layer}.", own, x, heads, epsilon)
    one = graph.constant("one", np.array([1], dtype=np.int64))
    (sentence,) = graph.node("Slice", [x, one, "sentence_end", one])
    (mean,) = graph.node("ReduceMean", [sentence, one], keepdims=0)
    (highest,) = graph.node("ReduceMax", [sentence, one], keepdims=0)
    (pooled,) = graph.node("Concat", [mean, highest], axis=1)

    def unit(name: str, y: str) -> str:
        weight = graph.constant(f"{name}.weight", weights[f"{name}.weight"].T)
        bias = graph.constant(f"{name}.bias", weights[f"{name}.bias"])
        return graph.op("Add", graph.op("MatMul", y, weight), bias)

    return graph.finish(unit("head", pooled), unit("token_head", sentence))


def _embed(graph: PairGraph, bert: Tensors, epsilon: float, max_tokens: int) -> str:
    """Word pieces as 8-bit rows with a scale each, plus positions and token types as float32."""
    words = bert["embeddings.word_embeddings.weight"]
    scales = np.abs(words).max(axis=1, keepdims=True) / np.float32(127)
    rounded = np.rint(words / scales).astype(np.int8)
    (row,) = graph.node("Gather", [graph.constant("words", rounded), "input_ids"])
    (row,) = graph.node("Cast", [row], to=TensorProto.FLOAT)
    (scale,) = graph.node("Gather", [graph.constant("word_scales", scales), "input_ids"])
    (word,) = graph.node("Mul", [row, scale])
    types = graph.constant("types", bert["embeddings.token_type_embeddings.weight"])
    (kind,) = graph.node("Gather", [types, "token_type_ids"])
    (word,) = graph.node("Add", [word, kind])
    positions = bert["embeddings.position_embeddings.weight"][np.newaxis, :max_tokens]
    zero = graph.constant("slice_start", np.array([0], dtype=np.int64))
    axis = graph.constant("slice_axis", np.array([1], dtype=np.int64))
    (length,) = graph.node("Shape", ["input_ids"], start=1, end=2)
    (place,) = graph.node("Slice", [graph.constant("positions", positions), zero, length, axis])
    gamma = graph.constant("embed.gamma", bert["embeddings.LayerNorm.weight"])
    beta = graph.constant("embed.beta", bert["embeddings.LayerNorm.bias"])
    (x,) = graph.node(
        "SkipLayerNormalization", [word, place, gamma, beta], domain=_ORT, epsilon=epsilon
    )
    return x


def _layer(graph: PairGraph, name: str, own: Tensors, x: str, heads: int, epsilon: float) -> str:
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


def _linear(graph: PairGraph, name: str, weight: Float32, x: str) -> str:
    """x @ weight.T with signed 8-bit weights, one scale per output; `weight` is (out, in).

    Weights use 7 of the 8 bits: processors without VNNI add two products in 16 bits, which full
    8-bit weights overflow.
    """
    scales = np.abs(weight).max(axis=1) / np.float32(_LARGEST)
    rounded = np.rint(weight / scales[:, np.newaxis]).astype(np.int8)
    (y,) = graph.node(
        "DynamicQuantizeMatMul",
        [
            x,
            graph.constant(f"{name}.weight", rounded.T),
            graph.constant(f"{name}.scales", scales),
            graph.constant(f"{name}.zeros", np.zeros(len(scales), dtype=np.int8)),
        ],
        domain=_ORT,
    )
    return y
