from __future__ import annotations

import pytest

from rag.ingest.lists import without_flattened
from rag.model import Block, BlockKind


def mended(*items: str, kind: BlockKind = BlockKind.LIST_ITEM) -> list[str]:
    return [block.text for block in without_flattened([Block(kind, item) for item in items])]


def test_nested_items_that_follow_are_cut_from_their_parent() -> None:
    assert mended("Kinds of fear:SpidersHigh places", "Spiders", "High places") == [
        "Kinds of fear:",
        "Spiders",
        "High places",
    ]


def test_two_levels_of_nesting() -> None:
    assert mended("All:Fears:SpidersSnakes", "Fears:SpidersSnakes", "Spiders", "Snakes") == [
        "All:",
        "Fears:",
        "Spiders",
        "Snakes",
    ]


def test_where_items_are_missing_the_parent_stays_whole() -> None:
    parent = "It can lead to:Poor sleep.Low mood.Pain."
    assert mended(parent, "Poor sleep.", "Low mood.") == [parent]


def test_items_on_one_line_are_items() -> None:
    assert mended("First thing.- Second thing.- Third thing - really.") == [
        "First thing.",
        "Second thing.",
        "Third thing - really.",
    ]


def test_unrelated_items_stay() -> None:
    assert mended("a fast heart", "short breath") == ["a fast heart", "short breath"]


@pytest.mark.parametrize("kind", [BlockKind.LIST_ITEM, BlockKind.PARAGRAPH])
def test_a_title_run_into_its_text_is_set_apart(kind: BlockKind) -> None:
    assert mended("For Parents and CaregiversIt can be hard to talk about worry.", kind=kind) == [
        "For Parents and Caregivers: It can be hard to talk about worry."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "MedlinePlus has a page about worry and sleep.",
        "People with OCD often know that they worry.",
    ],
)
def test_names_are_not_taken_for_titles(text: str) -> None:
    assert mended(text) == [text]
