"""What is left out of a scraped page, and what only looks like noise."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rag.ingest.noise import without_noise
from rag.model import Block, BlockKind, Document

Read = Callable[..., Document]
Texts = Callable[..., list[str]]

PROSE = "Worry is a normal part of life, but it can grow too strong."


def blocks(*lines: str) -> list[Block]:
    """Blocks from "# heading", "- item" and plain paragraphs."""
    made = []
    for line in lines:
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            made.append(Block(BlockKind.HEADING, line[level:].strip(), level=level))
        elif line.startswith("- "):
            made.append(Block(BlockKind.LIST_ITEM, line[2:]))
        else:
            made.append(Block(BlockKind.PARAGRAPH, line))
    return made


def left(*lines: str) -> list[str]:
    """The texts that stay of `lines`, headings aside."""
    return [b.text for b in without_noise(blocks(*lines)) if b.kind is not BlockKind.HEADING]


@pytest.mark.parametrize(
    "line",
    [
        "Skip to main content",
        "On this page",
        "No links available",
        "Share this page on your network",
        "Learn more about worry and its treatment.",
        "We use cookies to make this site work. Accept all cookies or change your preferences.",
        "Last Reviewed: May 2024",
        "Figure 2. Worry by age group",
        "* Numbers may not add up because of rounding.",
        "© 2024 Example House. All rights reserved.",
        "This text is in the public domain and may be copied without permission.",
        "Example Office 12 Long Road, Town, MD 20892 Phone: 555-0100 Email: a@example.org",
        "Smith J, Jones K, et al. Worry in adults. Mood J. 2015;1(2):40-43.",
        "Example House https://example.org https://example.org/es",
        "National Example Institute",
        "Mobile Terms of Service",
    ],
)
def test_lines_that_say_nothing_go(line: str) -> None:
    assert left("# Worry", PROSE, line) == [PROSE]


@pytest.mark.parametrize(
    "line",
    [
        "Talking therapy helps many people who worry.",
        "Call 911 in life-threatening situations.",
        "People often share worries with a friend, and that helps them to rest.",
        "Some find printed notes useful when they see a doctor.",
        "You may be asked to download an app that teaches slow breathing, which can calm the body "
        "when worry comes in the night.",
        "See a doctor if worry lasts for months.",
    ],
)
def test_prose_stays(line: str) -> None:
    assert left("# Worry", PROSE, line) == [PROSE, line]


def test_a_menu_of_titles_goes() -> None:
    menu = ["- Children and Families", "- Serious Mental Illness", "- Recovery", "- Find Support"]
    assert left("# Worry", *menu, PROSE) == [PROSE]


def test_items_that_repeat_headings_are_a_table_of_contents() -> None:
    contents = ["- What is worry?", "- What helps?"]
    lines = [
        "# Worry",
        *contents,
        "## What is worry?",
        PROSE,
        "## What helps?",
        "Rest helps a lot.",
    ]
    assert left(*lines) == [PROSE, "Rest helps a lot."]


def test_links_with_their_publisher_go() -> None:
    links = [
        "- Worry in Adults(Example House for Health)Also inSpanish",
        "- Worry and Sleep(Other House) - PDF",
        "- Article: Worry among the students of a large...",
        "- Worry -- see more articles",
    ]
    assert left("# Worry", PROSE, "## More", *links) == [PROSE]


def test_a_list_with_a_lead_in_stays_even_in_title_case() -> None:
    items = ["- Panic Disorder", "- Social Anxiety Disorder"]
    lead = "The main kinds of anxiety disorder are:"
    assert left("# Worry", lead, *items) == [lead, "Panic Disorder", "Social Anxiety Disorder"]


def test_a_plain_list_without_a_lead_in_stays() -> None:
    items = ["- feeling tense or restless", "- trouble falling asleep", "- headaches"]
    assert left("# Worry", "## Signs of worry", *items) == [item[2:] for item in items]


def test_a_lead_in_that_sends_the_reader_away_goes_with_its_list() -> None:
    lines = ["For more information about worry, visit:", "- Example House", "- Other House"]
    assert left("# Worry", PROSE, *lines) == [PROSE]


def test_text_after_a_menu_is_not_under_the_menu_s_heading() -> None:
    kept = without_noise(blocks("# Worry", "### Related topics", "- Clinical Trials", PROSE))
    assert [block.text for block in kept] == ["Worry", PROSE]


def test_prose_under_a_link_heading_stays_under_it() -> None:
    prose = "Clinical trials look at new ways to treat worry."
    kept = without_noise(blocks("# Worry", "## Clinical trials", prose))
    assert [block.text for block in kept] == ["Worry", "Clinical trials", prose]


def test_advertising_sections_go() -> None:
    assert left("# Worry", PROSE, "## Featured videos", "Watch a short video about worry.") == [
        PROSE
    ]


def test_a_paragraph_that_repeats_its_heading_goes() -> None:
    assert left("# Worry", "## Tips for Carers", "Tips for carers", PROSE) == [PROSE]


def test_a_long_text_stays_once() -> None:
    assert left("# Worry", PROSE, "## Again", PROSE) == [PROSE]


def test_the_same_item_may_stand_in_two_lists() -> None:
    item = "- trouble with sleep on most days of the week or month"
    kept = left("# W", "## Worry", "Signs are:", item, "## Low mood", "Signs are:", item)
    assert kept.count(item[2:]) == 2


def test_table_rows_stay() -> None:
    row = Block(BlockKind.TABLE_ROW, "Kind: Panic; Lasts: minutes")
    assert without_noise([row]) == (row,)


def test_an_authored_text_keeps_its_lists(read_text: Read, texts: Texts) -> None:
    page = "# Kinds\n\n- Panic Disorder\n- Social Anxiety Disorder\n\nSome people have both.\n"

    authored = read_text("---\nid: kinds\n---\n" + page)
    scraped = read_text(page)

    assert "Panic Disorder" in texts(authored)
    assert "Panic Disorder" not in texts(scraped)
    assert scraped.warnings == ("2 blocks left out as navigation, links or repeats",)
