"""Reads the utterances in `data/` and makes noisy copies of them to learn from."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.safety.classifier import NONE, without_outer_breaks
from rag.safety.normalise import BREAK, tokens
from rag.safety.ruleset import CATEGORIES, shipped_rules

DATA = Path(__file__).parent / "data"
CLASSES = (NONE, *CATEGORIES)
_SHORT = 20  # words; a shorter message may get a harmless one beside it
_BESIDE = 0.15
_REPEATED, _TIMES = 0.03, 8  # a short message may be pasted over and over, so many times at most
_LEFT_OUT, _SWAPPED, _UNBROKEN = 0.25, 0.15, 0.35


@dataclass(frozen=True, slots=True)
class Utterance:
    """One line. `words` as triage sees them; `label` is an index of `CLASSES`."""

    text: str
    words: tuple[str, ...]
    label: int
    kind: str


def groups() -> tuple[str, ...]:
    """Names of the batches in `data/`, each written at another time and in other styles."""
    return tuple(sorted({path.name.partition("_")[0] for path in DATA.glob("*.tsv")}))


def read(names: Sequence[str]) -> list[Utterance]:
    """All utterances of the batches `names`, each text once."""
    lexicon = shipped_rules().lexicon
    found: dict[str, Utterance] = {}
    for path in sorted(path for name in names for path in DATA.glob(f"{name}_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            *labels, text = line.split("\t")
            label = CLASSES.index(labels[0].rstrip("!")) if len(labels) == 2 else 0
            words = tuple(without_outer_breaks(tokens(text, lexicon)))
            found.setdefault(text, Utterance(text, words, label, labels[-1]))
    return list(found.values())


def copies(rows: Sequence[Utterance], noisy: int, seed: int) -> Iterator[tuple[str, int]]:
    """(text, index of its row): every row as it is, then `noisy` changed copies of each."""
    rng = random.Random(seed)  # noqa: S311 - reproducible on purpose
    harmless = [row.words for row in rows if row.label == 0 and len(row.words) < _SHORT]
    for index, row in enumerate(rows):
        yield " ".join(row.words), index
    for _ in range(noisy):
        for index, row in enumerate(rows):
            words = _changed(row.words, rng)
            if len(words) < _SHORT and rng.random() < _BESIDE:
                other = [*rng.choice(harmless)]
                pair = (words, other) if rng.random() < 0.5 else (other, words)
                words = [*pair[0], BREAK, *pair[1]]
            elif len(words) < _SHORT and rng.random() < _REPEATED:
                words = [*words, BREAK] * rng.randint(2, _TIMES)
            yield " ".join(words), index


def _changed(words: Sequence[str], rng: random.Random) -> list[str]:
    """A word left out, two letters swapped, or no full stops: what normalising cannot undo."""
    out = list(words)
    if len(out) > 3 and rng.random() < _LEFT_OUT:
        out.pop(rng.randrange(len(out)))
    if out and rng.random() < _SWAPPED:
        at = rng.randrange(len(out))
        word = out[at]
        if len(word) > 3:
            cut = rng.randrange(len(word) - 1)
            out[at] = word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :]
    if rng.random() < _UNBROKEN:
        out = [word for word in out if word != BREAK]
    return out
