"""Makes `rag/safety/weights`: the classifier beside the triage rules.

    python -m training.triage.fit BASE --output WEIGHTS     # hours on a slow machine
    python -m training.triage.fit BASE --hold-out former    # numbers only, on an unseen batch
    python -m training.triage.fit BASE --onward lines       # on from what is shipped, for a batch

BASE is what `training.encoder.dequantise` wrote. `--onward` starts from the shipped weights and
learns the batches that it names, with `_BESIDE` times as many rows of the others, so that they are
not forgotten. Wants the extras `models` and `dev`.
`tests/rag/safety/data` is never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import shutil
import struct
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load, save_file

from rag.safety.classifier import ENCODER, WEIGHTS
from training.encoder.bert import Config, Weights
from training.encoder.export import write as write_encoder
from training.encoder.shipped import shipped_weights
from training.triage.tune import FROZEN, SCALE, Upper, judge, tune
from training.triage.utterances import CLASSES, Utterance, groups, read

NAME = "triage-bge-small-int8"
_MAX_TOKENS = 256
THRESHOLD = -0.25  # see the card for how these were chosen
QUESTION_THRESHOLD = 1.5  # of a message that is one question
PART_THRESHOLD = 4.0  # of one part of a message that is short enough to be judged whole
HARMLESS_THRESHOLD = -2.0  # below it a whole message overrules rules that yield
SURE_THRESHOLD = -3.0  # the same for other rules that are not firm; margins end at about -3.3
PLAIN_THRESHOLD = 2.5  # of a whole message of which the rules explained a part
_CALIBRATED_ON = 30  # utterances, evenly spread
_BESIDE = 3
_ONWARD_EPOCHS = 2
_ONWARD_RATE = 5e-5
_RATES = (0.01, 0.03, 0.05, 0.08)  # false takeovers at which recall is printed


def measure(judged_rows: Sequence[Utterance], upper: Upper, folder: Path) -> None:
    """Prints recall at several rates of false takeovers, and both at `THRESHOLD`."""
    found = judge(folder, upper, [" ".join(row.words) for row in judged_rows])
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


def onward(base: Path, rows: Sequence[Utterance], new: Sequence[str]) -> Upper:
    """The shipped upper layers, tuned on: the rows of the batches `new`, and others beside them."""
    texts = {row.text for row in read(new)}
    first = [row for row in rows if row.text in texts]
    rest = [row for row in rows if row.text not in texts]
    rng = random.Random(0)  # noqa: S311 - reproducible on purpose
    beside = rng.sample(rest, min(len(rest), _BESIDE * len(first)))
    head = np.frombuffer((WEIGHTS / "head.bin").read_bytes(), np.float32) / SCALE
    shipped = shipped_weights(ENCODER)
    upper = {name: shipped[name] for name in shipped if _layer(name) >= FROZEN}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = {**load((base / "model.safetensors").read_bytes()), **upper}
        save_file(start, folder / "model.safetensors")
        for each in ("config.json", "tokenizer.json"):
            shutil.copyfile(base / each, folder / each)
        return tune(
            folder,
            [*first, *beside],
            epochs=_ONWARD_EPOCHS,
            rate=_ONWARD_RATE,
            head=head.reshape(len(CLASSES), -1),
        )


def _layer(name: str) -> int:
    """The number of the layer that a weight belongs to; -1 of the embeddings."""
    return int(name.split(".")[2]) if name.startswith("encoder.layer.") else -1


def write(upper: Upper, rows: Sequence[Utterance], folder: Path, out: Path) -> None:
    """The encoder's folder, `head.bin` (float32, a row and its bias for each class), manifest."""
    tuned = {name: value.detach().numpy() for name, value in upper.named_parameters()}
    weights = {**load((folder / "model.safetensors").read_bytes()), **_in_place(tuned)}
    sample = rows[:: max(1, len(rows) // _CALIBRATED_ON)]
    texts = [" ".join(row.words) for row in sample]
    config = Config.read(folder, _MAX_TOKENS)
    encoder = write_encoder(NAME, weights, config, folder, texts, out / "encoder")
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
        "sure_threshold": SURE_THRESHOLD,
        "plain_threshold": PLAIN_THRESHOLD,
        "sha256": hashlib.sha256(content).hexdigest(),
        "utterances": {
            "crisis": sum(row.label > 0 for row in rows),
            "harmless": sum(row.label == 0 for row in rows),
        },
    }
    (out / "head.bin").write_bytes(content)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _in_place(tuned: Weights) -> Weights:
    """ "layers.0.x" as the layer of the whole encoder that it is."""
    found = {}
    for name, value in tuned.items():
        if name.startswith("layers."):
            _, number, rest = name.split(".", 2)
            found[f"encoder.layer.{int(number) + FROZEN}.{rest}"] = value
    return found


def _packed(tuned: Weights) -> bytes:
    """The head, so that its product with the unit vector gives the logits."""
    rows = np.column_stack([tuned["head.weight"], tuned["head.bias"]]) * SCALE
    flat = rows.astype(np.float32).ravel()
    return struct.pack(f"<{len(flat)}f", *flat)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("--hold-out", nargs="*", default=[], choices=groups())
    parser.add_argument("--onward", nargs="*", default=[], choices=groups())
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    unseen = read(options.hold_out)
    texts = {row.text for row in unseen}
    learnt = [name for name in groups() if name not in options.hold_out]
    rows = [row for row in read(learnt) if row.text not in texts]
    upper = (
        onward(options.base, rows, options.onward) if options.onward else tune(options.base, rows)
    )
    if unseen:
        measure(unseen, upper, options.base)
    if options.output:
        write(upper, rows, options.base, options.output)


if __name__ == "__main__":
    main()
