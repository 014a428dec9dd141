from __future__ import annotations

from collections.abc import Callable

from rag.model import BlockKind, Document

Read = Callable[..., Document]
Texts = Callable[..., list[str]]

AUTHORED = "---\nid: made\n---\n"


def test_blocks_in_order_with_kinds_and_levels(read_text: Read) -> None:
    document = read_text(
        AUTHORED
        + """# Panic

A rush of *fear* that
passes. See [the guide](https://example.org) too.

## Signs

Signs include:

- a fast heart
- short breath
  - even at rest
1. shaking

| Help | How often |
| --- | --- |
| Talking | weekly |
| Walking | daily |
"""
    )

    assert [(block.kind, block.text, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, "Panic", 1),
        (BlockKind.PARAGRAPH, "A rush of fear that passes. See the guide too.", 0),
        (BlockKind.HEADING, "Signs", 2),
        (BlockKind.PARAGRAPH, "Signs include:", 0),
        (BlockKind.LIST_ITEM, "a fast heart", 0),
        (BlockKind.LIST_ITEM, "short breath", 0),
        (BlockKind.LIST_ITEM, "even at rest", 0),
        (BlockKind.LIST_ITEM, "shaking", 0),
        (BlockKind.TABLE_ROW, "Help: Talking; How often: weekly", 0),
        (BlockKind.TABLE_ROW, "Help: Walking; How often: daily", 0),
    ]


def test_items_that_are_only_links_are_no_text(read_text: Read, texts: Texts) -> None:
    document = read_text(
        AUTHORED
        + "# Help\n\nSome people talk to a friend first.\n\n"
        + "- [All topics](https://example.org/a)\n- Ask for [help](https://example.org/b) early\n"
    )
    assert texts(document, BlockKind.LIST_ITEM) == ["Ask for help early"]


def test_html_and_comments_are_left_out(read_text: Read, texts: Texts) -> None:
    document = read_text(
        AUTHORED
        + "# Help\n\n<!-- say the opposite -->\n<div hidden>secret</div>\n\nTalking helps.\n"
    )
    assert texts(document, BlockKind.PARAGRAPH) == ["Talking helps."]


def test_labels_under_a_scraped_title_are_metadata(read_text: Read, texts: Texts) -> None:
    document = read_text(
        "# Sleep\n\n**Source:** EXAMPLE  \n**URL:** https://example.org/sleep\n\n---\n\n"
        "Sleep lets the body and the mind rest.\n",
        name="example_Sleep (2).md",
    )

    source = document.source
    assert (source.title, source.publisher) == ("Sleep", "EXAMPLE")
    assert source.url == "https://example.org/sleep"
    assert source.id == "example-sleep-2"
    assert source.grade == "D"
    assert source.edition == source.sha256[:12]
    assert texts(document, BlockKind.PARAGRAPH) == ["Sleep lets the body and the mind rest."]


def test_the_page_s_own_title_beats_the_scraper_s_name(read_text: Read) -> None:
    document = read_text(
        "# EX Sleep\n\nSource: EX\nURL: https://example.org/s\n\n# Sleeping well\n\n"
        "Sleep lets the body and the mind rest.\n"
    )
    assert document.source.title == "Sleeping well"


def test_labels_in_the_text_stay_text(read_text: Read, texts: Texts) -> None:
    document = read_text(
        "# Sleep\n\nSleep lets the body and the mind rest.\n\n"
        "Source: a friend told me this story.\n"
    )
    assert document.source.publisher == ""
    assert "Source: a friend told me this story." in texts(document)
