"""Rows of JSON Lines as word pieces, and batches of like length."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from training.verifier.model import MAX_SENTENCE_TOKENS, MAX_TOKENS, Encoded

_CLS, _SEP = 101, 102
_CHUNK = 4000  # rows tokenised at once


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def encode(rows: Sequence[dict[str, Any]], tokenizer: Tokenizer) -> list[Encoded]:
    """Each row as `[CLS] sentence [SEP] passage [SEP]`, the passage cut at the end if need be."""
    found = []
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        sentences = tokenizer.encode_batch([r["sentence"] for r in chunk], add_special_tokens=False)
        passages = tokenizer.encode_batch([r["passage"] for r in chunk], add_special_tokens=False)
        for row, sentence, passage in zip(chunk, sentences, passages, strict=True):
            left = sentence.ids[:MAX_SENTENCE_TOKENS]
            right = passage.ids[: MAX_TOKENS - 3 - len(left)]
            spans = row.get("wrong")
            wrong = None
            if spans is not None:
                wrong = [
                    int(any(a < stop and start < b for start, stop in spans))
                    for a, b in sentence.offsets[: len(left)]
                ]
            ids = [_CLS, *left, _SEP, *right, _SEP]
            found.append(Encoded(ids, len(left), float(row["supported"]), wrong))
    return [pair for pair in found if pair.sentence_tokens]


def batches(pairs: Sequence[Encoded], tokens: int, seed: int) -> list[list[Encoded]]:
    """Batches of at most `tokens` padded tokens, of like length within, in random order."""
    rng = random.Random(seed)  # noqa: S311  a reproducible order, not a secret
    order = list(range(len(pairs)))
    rng.shuffle(order)
    made: list[list[Encoded]] = []
    pool = 2048  # rows sorted together: batches stay mixed, padding stays small
    for start in range(0, len(order), pool):
        part = sorted((pairs[i] for i in order[start : start + pool]), key=lambda p: len(p.ids))
        batch: list[Encoded] = []
        for pair in part:
            if batch and len(pair.ids) * (len(batch) + 1) > tokens:
                made.append(batch)
                batch = []
            batch.append(pair)
        made.append(batch)
    rng.shuffle(made)
    return made
