"""The blind sets: whole, well formed, and in none of the files that were learnt from.

What triage makes of them is measured by `rag eval safety`, seldom, and not here: a test that ran on
every change would soon be tuned on.
"""

from __future__ import annotations

import pytest

from rag.evaluation.safety import read_utterances
from tests.rag.safety import utterances

CONCERNS = {
    "overdose", "perinatal", "suicide", "harm_to_others", "medication_reaction", "withdrawal",
    "psychosis", "child", "abuse", "eating_disorder", "self_harm", "mania", "third_party",
}  # fmt: skip
WRITTEN = ["eighth_blind", "ninth_blind", "tenth_blind", "eleventh_blind", "twelfth_blind"]
VOICES = dict.fromkeys(WRITTEN, 8) | {"twelfth_blind": 20}
SETS = pytest.mark.parametrize("name", WRITTEN)


@SETS
def test_every_concern_is_there_said_outright_and_between_the_lines(name: str) -> None:
    rows = utterances.crisis(name)
    for kind in ("explicit", "indirect"):
        assert {concern for concern, _, of, _ in rows if of == kind} == CONCERNS
    assert {kind for _, _, kind, _ in rows} == {"explicit", "indirect"}


@SETS
def test_harmless_rows_are_twins_or_ordinary_questions(name: str) -> None:
    kinds = {kind for kind, _ in utterances.benign(name)}
    twins = {"twin-explicit", "twin-indirect"} if name == "eighth_blind" else {"twin"}
    assert kinds == {*twins, "ordinary"}


def test_the_troubled_ask_what_is_no_crisis() -> None:
    assert {kind for kind, _ in utterances.benign("troubled_blind")} == {"ordinary"}


@pytest.mark.parametrize("name", [*WRITTEN, "troubled_blind"])
def test_no_row_is_written_twice_or_was_learnt_from(name: str) -> None:
    mine = _texts(name)
    assert len(mine) == len(set(mine))
    learnt: set[str] = set()
    for path in utterances.LEARNT.glob("*.tsv"):
        learnt |= {line.split("\t")[-1].lower() for line in path.read_text("utf-8").splitlines()}
    assert not learnt.intersection(mine)


@SETS
@pytest.mark.parametrize("half", ["crisis", "benign"])
def test_each_row_is_readable_and_has_one_author(name: str, half: str) -> None:
    """`NAME_styles.tsv`: half, style, first and last line of that style."""
    read = read_utterances(utterances.HELD_OUT / f"{name}_{half}.tsv")
    table = (utterances.HELD_OUT / f"{name}_styles.tsv").read_text("utf-8").splitlines()
    spans = [row[1:] for row in (line.split("\t") for line in table) if row[0] == half]
    lines = [n for _, first, last in spans for n in range(int(first), int(last) + 1)]
    assert lines == list(range(1, len(read) + 1))
    assert len({style for style, _, _ in spans} - {"many"}) == VOICES[name]


def _texts(name: str) -> list[str]:
    rows = [row[-1] for row in utterances.crisis(name)]
    return [text.lower() for text in rows + [row[-1] for row in utterances.benign(name)]]
