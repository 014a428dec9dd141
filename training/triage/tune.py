"""Tunes the upper layers of a BERT encoder to tell concerns apart, in torch.

The word pieces and, of a deep encoder, the lowest layers stay as they are, so that words that no
utterance holds keep their meaning, and so that what goes into the upper layers is computed once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from training.encoder.padding import padded
from training.precision import has_bfloat16
from training.triage.utterances import CLASSES, Utterance, copies

SCALE = 10.0  # of the logits: the vectors have unit length
_TUNED = 8  # layers at most; those below stay as they are
_SEED = 0
_EPOCHS = 4
_BATCH = 32
_RATE = 1e-4
_HEAD_RATE = 10.0  # times the rate of the layers
_WARM_UP = 40  # steps
_NOISY = 2  # changed copies of each utterance
_AS_IT_IS = 0.3  # share of an epoch that is drawn from any copy
_LABEL_NOISE = 0.05
_MOST_TOKENS = 128
_ROWS = 64

Hidden = list[torch.Tensor]  # (tokens, width) for each text


def frozen(folder: Path) -> int:
    """How many of the lowest layers of the encoder in `folder` stay as they are."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return max(0, int(config["num_hidden_layers"]) - _TUNED)


class Lower:
    """Tokeniser, word pieces and the layers that stay as they are."""

    def __init__(self, folder: Path) -> None:
        self.bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.1,
            attention_probs_dropout_prob=0.0,
        ).eval()
        self.layers = self.bert.encoder.layer[frozen(folder) :]
        self._frozen = self.bert.encoder.layer[: frozen(folder)]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()

    @torch.no_grad()
    def __call__(self, texts: Sequence[str]) -> Hidden:
        """What goes into the first tuned layer, in half precision."""
        encoded = [self.tokenizer.encode(text).ids[:_MOST_TOKENS] for text in texts]
        out: Hidden = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
        for start in range(0, len(order), _ROWS):
            rows = order[start : start + _ROWS]
            ids, mask = padded([encoded[i] for i in rows])
            hidden = self.bert.embeddings(input_ids=ids)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
                hidden = _through(self._frozen, hidden, mask)
            for at, i in enumerate(rows):
                out[i] = hidden[at, : len(encoded[i])].half()
        return out


class Upper(nn.Module):
    """The tuned layers, the mean over the tokens at unit length, and one logit a class."""

    def __init__(self, layers: nn.ModuleList, width: int) -> None:
        super().__init__()
        self.layers = layers
        self.head = nn.Linear(width, len(CLASSES))
        nn.init.normal_(self.head.weight, std=0.05)
        nn.init.zeros_(self.head.bias)

    def forward(self, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Logits, shape (rows, classes)."""
        hidden = _through(self.layers, hidden, mask)
        inside = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * inside).sum(1) / inside.sum(1)
        return self.head(nn.functional.normalize(mean.float(), dim=-1)) * SCALE  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Judged:
    """Logits of utterances, shape (rows, classes)."""

    logits: npt.NDArray[np.float32]

    @property
    def margins(self) -> npt.NDArray[np.float32]:
        """Of any concern over none: as `rag.safety.classifier` computes it."""
        crisis = np.logaddexp.reduce(self.logits[:, 1:], axis=1)
        return np.asarray(crisis - self.logits[:, 0])

    @property
    def concerns(self) -> npt.NDArray[np.intp]:
        """Index in `CLASSES` of the likeliest concern."""
        return self.logits[:, 1:].argmax(axis=1) + 1


def tune(
    folder: Path,
    rows: Sequence[Utterance],
    *,
    epochs: int = _EPOCHS,
    rate: float = _RATE,
    head: npt.NDArray[np.float32] | None = None,
) -> Upper:
    """The upper layers of the encoder in `folder`, tuned on `rows`.

    `head`: (classes, 1 + width), a bias after each row, to start from; None: at random.
    """
    torch.manual_seed(_SEED)
    rng = random.Random(_SEED)  # noqa: S311 - reproducible on purpose
    lower = Lower(folder)
    made = list(copies(rows, _NOISY, _SEED))
    hidden = lower([text for text, _ in made])
    upper = Upper(lower.layers, lower.bert.config.hidden_size).train()
    if head is not None:
        upper.head.weight.data = torch.tensor(head[:, :-1])
        upper.head.bias.data = torch.tensor(head[:, -1])
    count = len(rows)
    steps = epochs * -(-count // _BATCH)
    optimiser = torch.optim.AdamW(
        [
            {"params": upper.head.parameters(), "lr": rate * _HEAD_RATE},
            {"params": upper.layers.parameters(), "lr": rate},
        ],
        weight_decay=0.01,
    )
    falling = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / _WARM_UP) * max(0.02, 1 - step / steps)
    )
    for epoch in range(epochs):
        turn = epoch % (_NOISY + 1)
        drawn = [
            i + count * (rng.randrange(_NOISY + 1) if rng.random() < _AS_IT_IS else turn)
            for i in range(count)
        ]
        # Messages of like length together, so that little of a batch is padding.
        drawn.sort(key=lambda i: len(hidden[i]) // 6 + rng.random() * 2)
        batches = [drawn[i : i + _BATCH] for i in range(0, count, _BATCH)]
        rng.shuffle(batches)
        for batch in batches:
            labels = torch.tensor([rows[made[i][1]].label for i in batch])
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=has_bfloat16()):
                logits = upper(*_padded([hidden[i] for i in batch]))
            loss = _loss(logits.float(), labels)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            falling.step()
        print(f"epoch {epoch + 1} of {epochs}", flush=True)
    return upper.eval()


@torch.no_grad()
def judge(folder: Path, upper: Upper, texts: Sequence[str]) -> Judged:
    """The logits for `texts`, which are normalised words."""
    hidden = Lower(folder)(texts)
    out = np.zeros((len(texts), len(CLASSES)), dtype=np.float32)
    for start in range(0, len(texts), _ROWS):
        out[start : start + _ROWS] = upper(*_padded(hidden[start : start + _ROWS])).numpy()
    return Judged(out)


def _loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Which class, and, once more, whether it is any concern at all: that matters most."""
    which = nn.functional.cross_entropy(logits, labels, label_smoothing=_LABEL_NOISE)
    margin = torch.logsumexp(logits[:, 1:], 1) - logits[:, 0]
    wanted = (labels > 0).float() * (1 - _LABEL_NOISE) + _LABEL_NOISE / 2
    return which + nn.functional.binary_cross_entropy_with_logits(margin, wanted)


def _through(layers: nn.ModuleList, hidden: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    hide = ((1 - mask) * -1e4)[:, None, None, :].to(hidden.dtype)
    for layer in layers:
        found = layer(hidden, hide)
        hidden = found[0] if isinstance(found, tuple) else found
    return hidden


def _padded(hidden: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    longest = max(len(row) for row in hidden)
    filled = torch.zeros(len(hidden), longest, hidden[0].shape[1])
    mask = torch.zeros(len(hidden), longest)
    for at, row in enumerate(hidden):
        filled[at, : len(row)] = row.float()
        mask[at, : len(row)] = 1
    return filled, mask
