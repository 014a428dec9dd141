"""The fourth blind set: whole, well formed, and in none of the files that were learnt from.

What triage makes of it is measured by `rag eval safety`, seldom, and not here: a test that ran on
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


def test_every_concern_is_there_said_outright_and_between_the_lines() -> None:
    rows = utterances.crisis("fourth_blind")
    for kind in ("explicit", "indirect"):
        assert {concern for concern, _, of, _ in rows if of == kind} == CONCERNS
    assert {kind for _, _, kind, _ in rows} == {"explicit", "indirect"}


def test_harmless_rows_are_twins_or_ordinary_questions() -> None:
    kinds = {kind for kind, _ in utterances.benign("fourth_blind")}
    assert kinds == {"twin-explicit", "twin-indirect", "ordinary"}


def test_no_row_is_written_twice_or_was_learnt_from() -> None:
    mine = _texts("fourth_blind")
    assert len(mine) == len(set(mine))
    learnt: set[str] = set()
    for path in utterances.LEARNT.glob("*.tsv"):
        learnt |= {line.split("\t")[-1].lower() for line in path.read_text("utf-8").splitlines()}
    assert not learnt.intersection(mine)


@pytest.mark.parametrize("half", ["crisis", "benign"])
def test_each_row_is_readable_and_has_one_author(half: str) -> None:
    """`fourth_blind_styles.tsv`: half, style, first and last line of that style."""
    read = read_utterances(utterances.HELD_OUT / f"fourth_blind_{half}.tsv")
    table = (utterances.HELD_OUT / "fourth_blind_styles.tsv").read_text("utf-8").splitlines()
    spans = [row[1:] for row in (line.split("\t") for line in table) if row[0] == half]
    lines = [n for _, first, last in spans for n in range(int(first), int(last) + 1)]
    assert lines == list(range(1, len(read) + 1))
    assert len({style for style, _, _ in spans} - {"many"}) == 8


def _texts(name: str) -> list[str]:
    rows = [row[-1] for row in utterances.crisis(name)]
    return [text.lower() for text in rows + [row[-1] for row in utterances.benign(name)]]
