"""What a cross-encoder gets to read of a long evidence."""

from __future__ import annotations

import time
from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from rag.verify.windows import Unit, best_units, best_window


def _units(*stems: str, tokens: int = 10) -> list[Unit]:
    return [Unit(tokens, frozenset(words.split())) for words in stems]


def test_the_window_is_where_the_words_are() -> None:
    units = _units("rain", "sun", "sleep memori", "mood sleep", "wind")
    assert best_window(["sleep", "memori", "mood"], units, 20, before=0) == (2, 4)


def test_a_lead_in_joins_when_it_fits() -> None:
    units = _units("rain", "sun", "sleep memori", "wind")
    assert best_window(["sleep", "memori"], units, 20) in {(1, 3), (2, 4)}


def test_words_far_apart_are_both_picked() -> None:
    units = _units("sleep", "rain", "wind", "sun", "memori")
    assert best_units(["sleep", "memori"], units, 20) == (0, 4)


def test_a_sentence_longer_than_the_budget_still_stands_alone() -> None:
    units = _units("rain", "sleep", tokens=500)
    assert best_units(["sleep"], units, 100) == (1,)
    assert best_window(["sleep"], units, 100, before=0) == (1, 2)


units = st.lists(
    st.builds(Unit, st.integers(1, 60), st.frozensets(st.sampled_from("abcdef"), max_size=4)),
    max_size=25,
)


@given(units, st.sets(st.sampled_from("abcdefg")), st.integers(5, 120))
def test_what_is_picked_fits(found: list[Unit], claim: set[str], room: int) -> None:
    picked = best_units(claim, found, room)
    assert list(picked) == sorted(set(picked))
    assert len(picked) <= 1 or sum(found[i].tokens for i in picked) <= room
    start, stop = best_window(claim, found, room)
    assert 0 <= start <= stop <= len(found)
    assert bool(found) is (stop > start)
    assert stop - start <= 1 or sum(u.tokens for u in found[start:stop]) <= room


@given(units, st.sets(st.sampled_from("abcdefg")), st.integers(5, 120))
def test_the_picks_are_those_of_a_search_through_all(
    found: list[Unit], claim: set[str], room: int
) -> None:
    missing, left, used = set(claim), list(range(len(found))), 0
    expected: list[int] = []
    while left:
        worth = [(len(missing & found[i].stems), len(claim & found[i].stems), -i) for i in left]
        index = -max(worth)[2]
        left.remove(index)
        if expected and not claim & found[index].stems:
            break
        if not expected or used + found[index].tokens <= room:
            expected.append(index)
            used += found[index].tokens
            missing -= found[index].stems
    assert best_units(claim, found, room) == tuple(sorted(expected))


@given(units, st.sets(st.sampled_from("abcdefg")), st.integers(5, 120))
def test_the_window_is_that_of_a_search_through_all(
    found: list[Unit], claim: set[str], room: int
) -> None:
    best, most = (0, 0), (-1, -1)
    for start in range(len(found)):
        sizes = list(accumulate(unit.tokens for unit in found[start:]))
        stop = start + max(1, sum(size <= room for size in sizes))
        shared = [claim & unit.stems for unit in found[start:stop]]
        worth = (len(set().union(*shared)), sum(map(len, shared)))
        if worth > most:
            best, most = (start, stop), worth
    assert best_window(claim, found, room, before=0) == best


def test_a_long_evidence_takes_no_search_through_all_for_each_sentence() -> None:
    many = 40_000  # a search each would take minutes
    begun = time.monotonic()
    assert len(best_units(["sleep"], _units("sleep") * many, 250)) == 25
    # Of a line that holds nothing but marks of no width, a tokeniser makes no word piece.
    assert best_window(["sleep"], _units("sleep", tokens=0) * many, 96) == (0, many)
    assert time.monotonic() - begun < 20
