"""Numbers with units, as the gate compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.verify.quantities import quantities, shares


def read(text: str) -> list[tuple[float, str]]:
    return [(q.value, q.dimension) for q in quantities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 to 10 mg", [(5, "mass"), (10, "mass")]),
        ("5, 10 or 20 mg", [(5, "mass"), (10, "mass"), (20, "mass")]),
        ("two weeks", [(20160, "time")]),
        ("14 days", [(20160, "time")]),
        ("1 in 5 adults (21%) [3]", [(1, ""), (5, ""), (21, "percent")]),
        ("twenty-five percent", [(25, "percent")]),
        ("2.5 million people", [(2_500_000, "")]),
        ("1,000 mg", [(1000, "mass")]),
        ("1 g", [(1000, "mass")]),
        ("18- to 25-year-olds", [(216, "months"), (300, "months")]),
        ("one of the reasons", []),
        ("one week", [(10080, "time")]),
    ],
)
def test_reads_values_in_base_units(text: str, expected: list[tuple[float, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("one person in five", [20]),
        ("8 out of 10", [80]),
        ("3 in every 100 women", [3]),
        ("1 in 1,000", [0.1]),
        ("zero people in ten", []),
        ("one in five hundred", []),
        ("1 in 100 million", []),
        ("2.5 in 100", []),
        ("1,250 out of 5,000", []),
        ("one tablet in 10 ml", []),
        ("904 people in 2004", []),
        ("three in zero", []),
    ],
)
def test_a_share_is_read_only_where_it_stands_whole(text: str, percent: list[float]) -> None:
    assert [share.value for share in shares(text)] == pytest.approx(percent)


def test_agreement_needs_the_same_dimension() -> None:
    (days,) = quantities("14 days")
    (weeks,) = quantities("two weeks")
    (mass,) = quantities("14 mg")
    (bare,) = quantities("14")
    assert days.agrees_with(weeks)
    assert not days.agrees_with(mass)
    assert bare.agrees_with(mass)
    assert not mass.agrees_with(bare)


@given(st.integers(1, 9999), st.sampled_from(["mg", "weeks", "%", "hours"]))
def test_any_number_with_a_unit_is_found_once(number: int, unit: str) -> None:
    found = quantities(f"About {number} {unit} is usual.")
    assert [q.number for q in found] == [number]
    assert found[0].dimension


@given(st.text(max_size=300))
def test_never_fails_on_free_text(text: str) -> None:
    assert all(q.surface for q in (*quantities(text), *shares(text)))
