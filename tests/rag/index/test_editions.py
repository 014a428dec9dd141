from __future__ import annotations

import datetime as dt
from itertools import permutations
from typing import Any

import pytest

from rag.index.editions import link_editions
from rag.model import Source
from rag.retrieval.policy import excluded_sources

DAY = {year: dt.date(year, 3, 1) for year in (2019, 2021, 2023, 2025)}


def source(name: str, year: int | None, **changes: Any) -> Source:
    fields: dict[str, Any] = {
        "id": name,
        "title": name,
        "publisher": "NIMH",
        "sha256": "0" * 64,
        "edition": str(year),
        "published": DAY[year] if year else None,
    }
    return Source(**{**fields, **changes})


def linked(*sources: Source) -> tuple[dict[str, tuple[str, ...]], list[tuple[str, str]]]:
    found, notes = link_editions([(one, ()) for one in sources])
    return {f"{one.id}@{one.edition}": one.supersedes for one, _ in found}, notes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("depression-2023", "depression-2025"),
        ("depression", "depression-2025"),
        ("depression-2023-05", "depression-2025-01-31"),
        ("depression-v1", "depression-v2-1"),
        ("depression-first-edition", "depression-2nd-edition"),
        ("depression", "depression"),
        ("depression-2023", "depression-revised"),
    ],
)
def test_a_later_edition_supersedes_the_one_before(old: str, new: str) -> None:
    found, notes = linked(source(old, 2023), source(new, 2025))
    assert found[f"{new}@2025"] == (f"{old}@2023",)
    assert found[f"{old}@2023"] == ()
    assert "superseded" in notes[0][1]


def test_the_order_of_the_files_does_not_matter() -> None:
    editions = [source(f"sleep-{year}", year) for year in (2019, 2021, 2025)]
    results = {tuple(sorted(linked(*order)[0].items())) for order in permutations(editions)}
    assert len(results) == 1
    found, _ = link_editions([(one, ()) for one in editions])
    assert excluded_sources([one for one, _ in found]) == {"sleep-2019", "sleep-2021"}


def test_the_same_address_is_the_same_document() -> None:
    page = "https://www.nimh.nih.gov/depression"
    found, _ = linked(source("a", 2023, url=page), source("b", 2025, url=page + "/"))
    assert found["b@2025"] == ("a@2023",)


@pytest.mark.parametrize(
    "other",
    [
        source("anxiety-2023", 2023),
        source("depression-2023", 2023, publisher="WHO"),
        source("depression-2023", 2023, language="es"),
        source("depression-in-women-2023", 2023),
        source("depression-9", 2023),
    ],
)
def test_other_documents_are_left_alone(other: Source) -> None:
    found, notes = linked(other, source("depression-2025", 2025))
    assert set(found.values()) == {()}
    assert notes == []


def test_without_a_publisher_nothing_is_linked() -> None:
    sources = (source("a-2023", 2023, publisher=""), source("a-2025", 2025, publisher=""))
    assert linked(*sources)[1] == []


@pytest.mark.parametrize(("first", "second"), [(2025, 2025), (None, 2025), (None, None)])
def test_where_dates_do_not_tell_nothing_is_guessed(first: int | None, second: int | None) -> None:
    found, notes = linked(source("a", first, edition="x"), source("a", second, edition="y"))
    assert set(found.values()) == {()}
    assert "state" in notes[0][1]
    assert "supersedes" in notes[0][1]


def test_what_a_document_states_stays() -> None:
    stated = source("a", 2023, edition="x", supersedes=("a@y",))
    found, notes = linked(stated, source("a", 2025, edition="y"))
    assert found == {"a@x": ("a@y",), "a@y": ()}
    assert notes == []
