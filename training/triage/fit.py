"""Makes `rag/safety/weights`: the classifier beside the triage rules.

    python -m training.triage.fit BASE --output WEIGHTS     # hours on a slow machine
    python -m training.triage.fit BASE --hold-out former    # numbers only, on an unseen batch
    python -m training.triage.fit BASE --onward lines       # on from what is shipped, for a batch

BASE is what `training.encoder.dequantise` wrote. `--onward` starts from the shipped weights, or
those of `--start`, and learns the batches that it names, with `--beside` times as many rows of the
others, so that they are not forgotten; what comes out is the mean of the weights before and after
(Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", CVPR). Wants the extras `models`
and `dev`.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load, save_file

from rag.safety.classifier import WEIGHTS
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


@dataclass(frozen=True, slots=True)
class Onward:
    """What to learn on from `start`, and how long."""

    batches: Sequence[str]
    start: Path
    beside: int
    epochs: int
    rate: float


def onward(base: Path, rows: Sequence[Utterance], how: Onward) -> Upper:
    """The upper layers of `how.start`, half-way to what they become when tuned on."""
    texts = {row.text for row in read(how.batches)}
    first = [row for row in rows if row.text in texts]
    rest = [row for row in rows if row.text not in texts]
    rng = random.Random(0)  # noqa: S311 - reproducible on purpose
    beside = rng.sample(rest, min(len(rest), how.beside * len(first)))
    head = np.frombuffer((how.start / "head.bin").read_bytes(), np.float32) / SCALE
    head = head.reshape(len(CLASSES), -1)
    before = shipped_weights(how.start / "encoder")
    upper = {name: before[name] for name in before if _layer(name) >= FROZEN}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = {**load((base / "model.safetensors").read_bytes()), **upper}
        save_file(start, folder / "model.safetensors")
        for each in ("config.json", "tokenizer.json"):
            shutil.copyfile(base / each, folder / each)
        rows = [*first, *beside]
        tuned = tune(folder, rows, epochs=how.epochs, rate=how.rate, head=head)
    return half_way(tuned, {**upper, "head.weight": head[:, :-1], "head.bias": head[:, -1]})


def half_way(tuned: Upper, before: Weights) -> Upper:
    """`tuned` with each weight at the mean of itself and of what it was, by its place."""
    with torch.no_grad():
        for name, value in tuned.named_parameters():
            was = torch.tensor(np.ascontiguousarray(before[_place(name)]))
            value.add_(was.reshape(value.shape)).div_(2)
    return tuned


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
    """ "layers.0.x" as the layer of the whole encoder that it is; the head left out."""
    return {_place(name): tuned[name] for name in tuned if name.startswith("layers.")}


def _place(name: str) -> str:
    """Where a weight of `Upper` stands in the whole encoder; of the head its own name."""
    if not name.startswith("layers."):
        return name
    _, number, rest = name.split(".", 2)
    return f"encoder.layer.{int(number) + FROZEN}.{rest}"


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
    parser.add_argument("--start", type=Path, default=WEIGHTS, help="weights to go on from")
    parser.add_argument("--beside", type=int, default=3, help="other rows beside each new one")
    parser.add_argument("--epochs", type=int, default=2, help="of --onward")
    parser.add_argument("--rate", type=float, default=7e-5, help="of --onward")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    unseen = read(options.hold_out)
    texts = {row.text for row in unseen}
    learnt = [name for name in groups() if name not in options.hold_out]
    rows = [row for row in read(learnt) if row.text not in texts]
    if options.onward:
        how = Onward(options.onward, options.start, options.beside, options.epochs, options.rate)
        upper = onward(options.base, rows, how)
    else:
        upper = tune(options.base, rows)
    if unseen:
        measure(unseen, upper, options.base)
    if options.output:
        write(upper, rows, options.base, options.output)


if __name__ == "__main__":
    main()
