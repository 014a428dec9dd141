from __future__ import annotations

from collections.abc import Callable

from rag.model import BlockKind, Document

Read = Callable[..., Document]

LEAFLET = """\
Panic attacks

A panic attack is a rush of
strong fear that passes.

WHAT HELPS

These can help:
- breathe slowly and count
- look at five things
  around you
2) Walk a little.

When to see a doctor
--------------------

See a doctor if the attacks
come back often.
"""


def test_paragraphs_lists_and_headings(read_text: Read) -> None:
    document = read_text(LEAFLET, name="leaflet.txt")

    assert [(block.kind, block.text, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, "Panic attacks", 1),
        (BlockKind.PARAGRAPH, "A panic attack is a rush of strong fear that passes.", 0),
        (BlockKind.HEADING, "WHAT HELPS", 2),
        (BlockKind.PARAGRAPH, "These can help:", 0),
        (BlockKind.LIST_ITEM, "breathe slowly and count", 0),
        (BlockKind.LIST_ITEM, "look at five things around you", 0),
        (BlockKind.LIST_ITEM, "Walk a little.", 0),
        (BlockKind.HEADING, "When to see a doctor", 2),
        (BlockKind.PARAGRAPH, "See a doctor if the attacks come back often.", 0),
    ]
    assert document.source.title == "Panic attacks"


def test_windows_line_ends_and_form_feeds(read_text: Read) -> None:
    document = read_text(LEAFLET.replace("\n", "\r\n").replace("WHAT", "\fWHAT"), name="a.txt")
    plain = read_text(LEAFLET, name="b.txt")
    assert document.blocks == plain.blocks


def test_a_last_short_line_is_text(read_text: Read) -> None:
    document = read_text("Sleep is good for most people.\n\nRest well and often", name="a.txt")
    assert all(block.kind is BlockKind.PARAGRAPH for block in document.blocks)
