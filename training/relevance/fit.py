"""Makes `rag/compose/weights`: which sentence of the evidence answers a question.

    rag build && python -m training.relevance.fit [--output FOLDER] [--without FILE]

Learns from the questions beside the shipped documents, in the active index version, and from the
questions of `bench/questions/pointed_tuning*.jsonl`; some ten minutes a network on one core. Wants
the extra `models`. `--without` leaves a file of questions out, to measure on it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import torch
from torch import nn

from rag.compose.relevance import Net
from rag.encoders.base import Vectors
from rag.index.version import IndexVersion
from rag.settings import Settings
from training.relevance.examples import WORTH, Bank, Judged, Marked, bank_and_marked, judged

OUTPUT = Path("rag/compose/weights")
QUESTIONS = Path("bench/questions")
_NETS = 3
_WIDTH, _HIDDEN = 128, 512
_DROPPED = 0.2
_EPOCHS, _BATCH, _RATE = 6, 64, 1e-3
_OF_EACH = 16  # sentences a question: one right, the others wrong
_JUDGED = 24  # questions with their whole evidence beside each batch
_JUDGED_WEIGHT = 1.0
_LAYERS = ("q", "s", "p", "hidden")


class RelevanceNet(nn.Module):
    """In torch what `rag.compose.relevance.Net` is in numpy."""

    def __init__(self, dimensions: int) -> None:
        super().__init__()
        self.q, self.s, self.p = (nn.Linear(dimensions, _WIDTH) for _ in range(3))
        self.hidden = nn.Linear(6 * _WIDTH + 2, _HIDDEN)
        self.dropout = nn.Dropout(_DROPPED)
        self.out = nn.Linear(_HIDDEN, 1, bias=False)
        self.direct = nn.Parameter(torch.tensor([2.0, 1.0]))

    def forward(
        self, question: torch.Tensor, sentences: torch.Tensor, passages: torch.Tensor
    ) -> torch.Tensor:
        """(b, n) of (b, 1, d), (b, n, d) and (b, n, d)."""
        asked = self.q(question).expand(-1, sentences.shape[1], -1)
        said, beside = self.s(sentences), self.p(passages)
        cosines = torch.stack([(question * x).sum(-1) for x in (sentences, passages)], -1)
        features = [asked, asked * said, said, asked * beside, beside, said * beside, cosines]
        inner = self.dropout(torch.relu(self.hidden(torch.cat(features, -1))))
        return self.out(inner)[..., 0] + (cosines * self.direct).sum(-1)  # type: ignore[no-any-return]

    def start_from(self, net: Net) -> Self:
        """Takes over the weights of a finished network."""
        for name in _LAYERS:
            layer, weights = getattr(self, name), torch.tensor(getattr(net, name))
            layer.weight.data, layer.bias.data = weights[:-1].T.contiguous(), weights[-1]
        self.out.weight.data = torch.tensor(net.out)[None]
        self.direct.data = torch.tensor(net.direct)
        return self

    def arrays(self) -> dict[str, Vectors]:
        """As `rag.compose.relevance.Net` has them."""
        layers = {name: getattr(self, name) for name in _LAYERS}
        found = {
            name: np.vstack([layer.weight.detach().T.numpy(), layer.bias.detach().numpy()])
            for name, layer in layers.items()
        }
        found["out"] = self.out.weight.detach()[0].numpy()
        found["direct"] = self.direct.detach().numpy()
        return {name: array.astype(np.float16) for name, array in found.items()}


def train(
    bank: Bank, marked: Sequence[Marked], beside: Sequence[Judged], seed: int
) -> RelevanceNet:
    """One network: of each question's sentences the right one is to have the highest score."""
    torch.manual_seed(seed)
    rng = random.Random(seed)  # noqa: S311 - reproducible on purpose
    sentences, passages = torch.tensor(bank.sentences), torch.tensor(bank.passages)
    questions = torch.tensor(np.stack([one.question for one in marked]))
    net = RelevanceNet(questions.shape[1]).train()
    optimiser = torch.optim.AdamW(net.parameters(), _RATE, weight_decay=0.02)
    steps = _EPOCHS * -(-len(marked) // _BATCH)
    falling = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / steps))
    order = list(range(len(marked)))
    for epoch in range(_EPOCHS):
        rng.shuffle(order)
        right = 0
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            rows = np.array([marked[i].drawn(_OF_EACH, rng, len(sentences)) for i in batch])
            scores = net(questions[batch][:, None], sentences[rows], passages[rows])
            right += int((scores.argmax(1) == 0).sum())
            loss = nn.functional.cross_entropy(scores, torch.zeros(len(batch), dtype=torch.long))
            if beside:
                some = rng.sample(beside, min(_JUDGED, len(beside)))
                loss = loss + _JUDGED_WEIGHT * sum(_missed(net, one) for one in some) / len(some)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            falling.step()
        print(f"seed {seed}, epoch {epoch + 1}: right one first {right / len(order):.3f}")
    return net.eval()


def _missed(net: RelevanceNet, one: Judged) -> torch.Tensor:
    scores = net(
        *(torch.tensor(x)[None] for x in (one.question[None], one.sentences, one.passages))
    )
    wanted = torch.tensor(np.choose(one.labels, WORTH), dtype=torch.float32)
    return -(wanted / wanted.sum() * torch.log_softmax(scores[0], 0)).sum()


def write(nets: Sequence[RelevanceNet], encoder_sha256: str, folder: Path) -> None:
    """`relevance.npz`, and its manifest with the hash of it and of the encoder."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f"{k}{n}": v for n, net in enumerate(nets) for k, v in net.arrays().items()}
    numbers = folder / "relevance.npz"
    np.savez(numbers, **arrays)
    manifest = {
        "encoder_sha256": encoder_sha256,
        "sha256": hashlib.sha256(numbers.read_bytes()).hexdigest(),
    }
    (folder / "relevance.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--index-dir", type=Path, default=Path("indexes"))
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--without", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    settings = Settings(index_dir=options.index_dir)
    files = {path.resolve() for path in QUESTIONS.glob("pointed_tuning*.jsonl")}
    without = {path.resolve() for path in options.without}
    if not files or without - files:
        parser.error(f"run it where {QUESTIONS} lies, and leave out files that are there")
    paths = sorted(files - without)
    with IndexVersion.open(options.index_dir) as version:
        bank, marked = bank_and_marked(version)
        beside = list(judged(version, settings, paths))
        print(f"{len(marked)} questions beside documents, {len(beside)} with their evidence")
        nets = [train(bank, marked, beside, seed) for seed in range(_NETS)]
        write(nets, version.encoder.sha256, options.output)


if __name__ == "__main__":
    main()
