"""The cross-encoder in torch: MiniLM, then mean and maximum over the sentence's own tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from transformers import BertConfig, BertModel

MAX_TOKENS = 384
MAX_SENTENCE_TOKENS = 128
BEFORE_ANSWERS = "before-answers"  # the folder of a run with its checkpoint before the last stage


class GroundednessModel(nn.Module):
    """One logit for "the passage supports the sentence", and one a token for "unsupported".

    Reads `[CLS] sentence [SEP] passage [SEP]`. Where it is known which words of a sentence are
    wrong, the token head learns to find them.
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.bert = BertModel(config, add_pooling_layer=False)
        self.head = nn.Linear(2 * config.hidden_size, 1)
        self.token_head = nn.Linear(config.hidden_size, 1)

    @classmethod
    def from_minilm(cls, folder: Path) -> GroundednessModel:
        """Starts from the weights in `folder`; dropout is off, attention is plain (fast on CPU)."""
        bert = BertModel.from_pretrained(
            folder,
            add_pooling_layer=False,
            attn_implementation="eager",
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        model = cls(bert.config)
        model.bert = bert
        # The word pieces stay as they are: rarer words than training holds keep their meaning.
        model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
        for head in (model.head, model.token_head):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)
        return model

    def forward(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits of the pairs, shape (rows,), and of their tokens, shape (rows, tokens)."""
        hidden = self.bert(
            input_ids=batch.input_ids,
            token_type_ids=batch.token_type_ids,
            attention_mask=batch.attention_mask,
        ).last_hidden_state
        inside = batch.sentence_mask.unsqueeze(-1)
        mean = (hidden * inside).sum(1) / inside.sum(1)
        highest = hidden.masked_fill(inside == 0, -1e4).amax(1)
        logits = self.head(torch.cat([mean, highest], dim=-1)).squeeze(-1)
        return logits, self.token_head(hidden).squeeze(-1)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One pair as word pieces. `wrong` marks the sentence's tokens, None where nobody knows."""

    ids: list[int]
    sentence_tokens: int
    label: float
    wrong: list[int] | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded tensors, shape (rows, tokens) each; `token_labels` is -1 where there is none."""

    input_ids: torch.Tensor
    token_type_ids: torch.Tensor
    attention_mask: torch.Tensor
    sentence_mask: torch.Tensor
    labels: torch.Tensor
    token_labels: torch.Tensor

    @classmethod
    def of(cls, pairs: list[Encoded], dtype: torch.dtype) -> Batch:
        """Pads pairs to the longest."""
        width = max(len(pair.ids) for pair in pairs)
        shape = (len(pairs), width)
        ids = torch.zeros(shape, dtype=torch.long)
        types = torch.zeros(shape, dtype=torch.long)
        mask = torch.zeros(shape, dtype=torch.long)
        inside = torch.zeros(shape, dtype=dtype)
        token_labels = torch.full(shape, -1.0)
        for row, pair in enumerate(pairs):
            end = 1 + pair.sentence_tokens
            ids[row, : len(pair.ids)] = torch.tensor(pair.ids)
            types[row, end + 1 : len(pair.ids)] = 1
            mask[row, : len(pair.ids)] = 1
            inside[row, 1:end] = 1
            if pair.wrong is not None:
                token_labels[row, 1:end] = torch.tensor(pair.wrong, dtype=torch.float)
        labels = torch.tensor([pair.label for pair in pairs])
        return cls(ids, types, mask, inside, labels, token_labels)
