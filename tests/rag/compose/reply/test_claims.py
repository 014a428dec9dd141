"""Answers of language models, cut into sentences with the sources that they cite."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.compose.reply.claims import claims


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Rest helps [2].", [("Rest helps.", (2,))]),
        ("Rest helps. [2] Walk.", [("Rest helps.", (2,)), ("Walk.", ())]),
        ("Rest helps [1][3].", [("Rest helps.", (1, 3))]),
        ("Rest helps [1, 3].", [("Rest helps.", (1, 3))]),
        ("Rest helps [2-4].", [("Rest helps.", (2, 3, 4))]),
        ("Rest helps (Source 2).", [("Rest helps.", (2,))]),
        ("Rest helps. (Sources 1 and 2)", [("Rest helps.", (1, 2))]),
        ("Rest helps.[^1] Walk.【3】", [("Rest helps.", (1,)), ("Walk.", (3,))]),
        ("Rest helps [Source 1].", [("Rest helps.", (1,))]),
        ("Rest helps [99].", [("Rest helps.", (99,))]),
        ("Rest for (2) days.", [("Rest for (2) days.", ())]),
        ("It may:\n- calm you [1]\n- help **sleep** [2]",
         [("It may:", ()), ("calm you", (1,)), ("help sleep", (2,))]),
        ("1. Rest. [1]\n2. Walk. [2]", [("Rest.", (1,)), ("Walk.", (2,))]),
        ("[1] Rest helps.\n[2] Walk.", [("Rest helps.", (1,)), ("Walk.", (2,))]),
        ("It is a stop.[1] Walk a little [2]. [3]", [("It is a stop.", (1,)),
         ("Walk a little.", (2, 3))]),
        ("[1]", []),
        ("", []),
    ],
)  # fmt: skip
def test_sentences_and_their_marks(
    answer: str, expected: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(c.text, c.cites) for c in claims(answer)] == expected


def test_a_range_without_end_is_not_written_out() -> None:
    assert claims("Rest helps [1-900].")[0].cites == (1, 900)


def test_offsets_point_into_the_answer() -> None:
    answer = "Rest helps [1].\n\n- Walk a little. [2]"
    assert [answer[c.start : c.end] for c in claims(answer)] == [
        "Rest helps [1].",
        "Walk a little. [2]",
    ]


@given(st.text(max_size=300))
def test_any_text_is_cut_in_order_and_without_overlap(answer: str) -> None:
    found = claims(answer)
    for before, after in pairwise(found):
        assert before.end <= after.start
    for claim in found:
        assert any(c.isalnum() for c in answer[claim.start : claim.end])
