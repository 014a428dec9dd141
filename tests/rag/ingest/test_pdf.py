"""PDFs drawn on the spot, and the real brochures."""

from __future__ import annotations

import re
from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from rag.ingest.chunking import passages
from rag.model import BlockKind, Document
from rag.settings import IngestSettings
from tests.rag.ingest.drawing import count_tokens, prose, write

Read = Callable[..., Document]
Texts = Callable[..., list[str]]

PARAGRAPH, ITEM, HEADING = BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING


# Reading order


def test_two_columns_are_read_one_after_the_other(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 740, "A heading that spans both of the columns", size=18, bold=True)
        for left, right, y in zip(
            prose("Left", 20), prose("Right", 20), range(700, 440, -13), strict=True
        ):
            write(canvas, 320, y, right)  # the file's own order is no help
            write(canvas, 72, y, left)

    document = read_pdf(draw)
    assert texts(document, HEADING) == ["A heading that spans both of the columns"]
    text = " ".join(texts(document, PARAGRAPH))
    assert text == " ".join([*prose("Left", 20), *prose("Right", 20)])


def test_a_wide_empty_band_parts_the_page_before_columns_do(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        for x, name in ((72, "Left"), (320, "Right")):
            write(canvas, x, 740, *prose(f"Upper{name}", 8))
            write(canvas, x, 560, *prose(f"Lower{name}", 8))

    order = re.findall(r"(\w+) 0 is", " ".join(texts(read_pdf(draw), PARAGRAPH)))
    assert order == ["UpperLeft", "UpperRight", "LowerLeft", "LowerRight"]


def test_a_heading_amid_columns_parts_them(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        for x, name in ((72, "Left"), (320, "Right")):
            write(canvas, x, 740, *prose(f"Upper{name}", 8))
            write(canvas, x, 604, *prose(f"Lower{name}", 8))
        write(
            canvas, 72, 622, "A heading across the whole page between columns", size=14, bold=True
        )

    found = " ".join(texts(read_pdf(draw)))
    order = re.findall(r"(\w+) 0 is|(A heading)", found)
    assert ["".join(pair) for pair in order] == [
        "UpperLeft",
        "UpperRight",
        "A heading",
        "LowerLeft",
        "LowerRight",
    ]


def test_labels_are_read_with_the_text_beside_them(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        for row, y in enumerate(range(700, 600, -20)):
            write(canvas, 72, y, f"Step {row}")
            write(canvas, 140, y, f"Breathe out slowly and count up to {row} before you go on.")

    text = " ".join(texts(read_pdf(draw)))
    assert re.findall(r"Step (\d).*?up to (\d)", text) == [(str(n), str(n)) for n in range(5)]


def test_a_rotated_page_reads_as_it_shows(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageRotation(90)
        canvas.translate(612, 0)
        canvas.rotate(90)
        write(canvas, 72, 500, *prose("Turned", 6))

    assert " ".join(texts(read_pdf(draw), PARAGRAPH)) == " ".join(prose("Turned", 6))


def test_text_up_the_margin_is_left_out(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 700, *prose("Level", 6))
        canvas.rotate(90)
        write(canvas, 300, -30, "Printed by the house press")

    assert " ".join(texts(read_pdf(draw))) == " ".join(prose("Level", 6))


# Furniture


def test_running_heads_feet_and_page_numbers_go(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        for page in range(1, 7):
            write(canvas, 72, 770, "A guide to better sleep, second edition", size=8)
            write(canvas, 72, 700, *prose("ABCDEF"[page - 1], 10))
            write(canvas, 300, 30, str(page), size=8)
            write(canvas, 72, 40, f"Example House - page {page} of 6", size=8)
            canvas.showPage()

    text = " ".join(texts(read_pdf(draw)))
    assert "second edition" not in text
    assert "Example House" not in text
    assert text == " ".join(line for name in "ABCDEF" for line in prose(name, 10))


def test_a_number_in_the_text_is_no_page_number(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 400, "The line to call for help is", "988", "and it is open all day.")

    assert texts(read_pdf(draw)) == ["The line to call for help is 988 and it is open all day."]


# Words and lines


def test_hyphens_at_line_ends(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 700, "Many people find that treat-", "ment helps, and their self-")
        write(canvas, 72, 674, "image grows with it. The Smith-", "Jones study says so too.")

    assert texts(read_pdf(draw)) == [
        "Many people find that treatment helps, and their self-image grows with it. "
        "The Smith-Jones study says so too."
    ]


def test_addresses_over_two_lines(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 700, "There are pages about sleep at www.example.", "org/sleep or at")
        write(canvas, 72, 674, "https://example.org/rest/", "well and talk to a doctor about it.")

    assert texts(read_pdf(draw)) == [
        "There are pages about sleep at www.example.org/sleep or at https://example.org/rest/well "
        "and talk to a doctor about it."
    ]


def test_footnote_marks_go_and_exponents_stay(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 700)
        text.setFont("Helvetica", 10)
        text.textOut("Most adults need seven hours.")
        text.setFont("Helvetica", 6)
        text.setRise(4)
        text.textOut("12")
        text.setFont("Helvetica", 10)
        text.setRise(0)
        text.textOut(" A bed takes 2 m")
        text.setFont("Helvetica", 6)
        text.setRise(4)
        text.textOut("2")
        text.setFont("Helvetica", 10)
        text.setRise(0)
        text.textOut(" of the room.")
        canvas.drawText(text)

    (found,) = texts(read_pdf(draw))
    assert found.startswith("Most adults need seven hours. A bed takes 2 m")
    assert re.search(r"2 m ?2 of the room\.$", found)


def test_paragraphs_by_gap_and_by_indent(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        y = write(canvas, 72, 700, *prose("Gap", 3))
        y = write(canvas, 72, y - 8, *prose("Next", 3))
        y = write(canvas, 90, y, "Indented lines begin a new one too, as in old books.")
        write(canvas, 72, y, *prose("More", 2))

    first = [text.split()[0] for text in texts(read_pdf(draw), PARAGRAPH)]
    assert first == ["Gap", "Next", "Indented"]


def test_a_sentence_goes_on_over_columns_and_pages(
    read_pdf: Read, settings: IngestSettings
) -> None:
    def draw(canvas: Canvas) -> None:
        write(
            canvas, 72, 700, "Sleep is good for the mind, and it", "helps most of all when nights"
        )
        write(
            canvas, 320, 700, "are calm and days have their own", "rhythm, which takes some weeks"
        )
        canvas.showPage()
        write(canvas, 72, 700, "to find and to keep. Rest well.", "Then take a walk in the light.")

    document = read_pdf(draw)
    (block,) = document.blocks
    assert block.text.startswith(
        "Sleep is good for the mind, and it helps most of all when nights are"
    )
    assert block.page_breaks == ((block.text.index("to find"), 2),)
    (passage,) = passages(document, count_tokens, settings)
    assert passage.pages == (1, 2)


# Headings and lists


def guide(canvas: Canvas) -> None:
    write(canvas, 72, 740, "Sleeping well", size=28, bold=True)
    write(canvas, 72, 712, "What everyone can do", size=18)
    y = write(canvas, 72, 660, "Why sleep matters", size=16, bold=True)
    y = write(canvas, 72, y, *prose("Why", 4))
    y = write(canvas, 72, y - 14, "For the mind", size=12, bold=True)
    y = write(canvas, 72, y, *prose("Mind", 4))
    y = write(canvas, 72, y - 14, "What helps", size=16, bold=True)
    y = write(canvas, 72, y, "These can help you to sleep:")
    for text in ("go to bed at the same time", "leave the telephone in another"):
        y = write(canvas, 80, y - 3, "• " + text)
    y = write(canvas, 88, y, "room until the morning")
    y = write(canvas, 72, y - 8, "Most people sleep better after some weeks of this.")
    canvas.showPage()
    y = write(canvas, 72, 740, "Bold words at the start of a line", bold=True)
    y = write(canvas, 72, y, "go on in plain ones here, so they are no heading at all.")
    y = write(canvas, 72, y - 14, "When to see a doctor", bold=True)
    write(canvas, 72, y - 4, "See a doctor if you sleep badly for more than a month.")


def test_headings_by_size_and_weight(read_pdf: Read) -> None:
    document = read_pdf(guide)

    headings = [(b.text, b.level, b.page) for b in document.blocks if b.kind is HEADING]
    assert headings == [
        ("Sleeping well What everyone can do", 1, 1),
        ("Why sleep matters", 2, 1),
        ("For the mind", 3, 1),
        ("What helps", 2, 1),
        ("When to see a doctor", 4, 2),
    ]
    assert document.source.title == "Sleeping well What everyone can do"


def test_list_items_keep_their_lines_and_end_with_the_list(read_pdf: Read, texts: Texts) -> None:
    document = read_pdf(guide)
    assert texts(document, ITEM) == [
        "go to bed at the same time",
        "leave the telephone in another room until the morning",
    ]
    assert "Most people sleep better after some weeks of this." in texts(document, PARAGRAPH)


def test_drawn_list_marks(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        y = write(canvas, 72, 700, "These can help you to sleep:")
        for text in ("a dark and quiet room", "a walk in the light of day", "less tea at night"):
            canvas.circle(80, y + 3.5, 2, stroke=0, fill=1)
            y = write(canvas, 92, y, text)

    assert texts(read_pdf(draw), ITEM) == [
        "a dark and quiet room",
        "a walk in the light of day",
        "less tea at night",
    ]


def test_a_frame_s_heading_ends_with_the_frame(read_pdf: Read, settings: IngestSettings) -> None:
    def draw(canvas: Canvas) -> None:
        y = write(canvas, 72, 740, "Why sleep matters", size=16, bold=True)
        y = write(canvas, 72, y, *prose("Before", 6))
        canvas.rect(66, y - 90, 400, 90)
        inner = write(canvas, 80, y - 22, "Did you know?", size=14, bold=True)
        write(canvas, 80, inner, *prose("Inside", 3))
        write(canvas, 72, y - 110, *prose("After", 6))
        y = write(canvas, 72, y - 220, "What helps", size=16, bold=True)
        write(canvas, 72, y, *prose("Last", 6))

    made = passages(read_pdf(draw), count_tokens, settings)
    under = {p.text.split()[0]: p.heading[-1] for p in made}
    assert under == {
        "Before": "Why sleep matters",
        "Inside": "Did you know?",
        "After": "Why sleep matters",
        "Last": "What helps",
    }


# Tables


def grid(canvas: Canvas, xs: list[float], ys: list[float]) -> None:
    for x in xs:
        canvas.line(x, ys[0], x, ys[-1])
    for y in ys:
        canvas.line(xs[0], y, xs[-1], y)


def test_a_ruled_table_is_read_by_rows(read_pdf: Read, texts: Texts) -> None:
    def draw(canvas: Canvas) -> None:
        write(canvas, 72, 740, *prose("Before", 3))
        grid(canvas, [72, 200, 330, 460], [680, 655, 615, 590])
        for x, head, first, second in (
            (76, "Habit", "A walk in", "Less tea"),
            (204, "When", "the morning", "at night"),
            (334, "How long", "half an hour", "every day"),
        ):
            write(canvas, x, 664, head, bold=True)
            write(canvas, x, 641, first)
            write(canvas, x, 598, second)
        write(canvas, 76, 628, "daylight")
        write(canvas, 72, 560, *prose("After", 3))

    document = read_pdf(draw)
    assert texts(document, BlockKind.TABLE_ROW) == [
        "Habit: A walk in daylight; When: the morning; How long: half an hour",
        "Habit: Less tea; When: at night; How long: every day",
    ]
    kinds = [block.kind for block in document.blocks]
    assert kinds == [PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.TABLE_ROW, PARAGRAPH]


def test_a_table_of_lists_is_read_by_columns(read_pdf: Read) -> None:
    def draw(canvas: Canvas) -> None:
        grid(canvas, [72, 270, 470], [700, 675, 600])
        for x, name in ((76, "day"), (274, "night")):
            write(canvas, x, 684, f"By {name} these can help:", bold=True)
            for row, y in enumerate((655, 640, 625)):
                write(canvas, x, y, f"• habit {row} of the {name}")

    found = [(block.kind, block.text) for block in read_pdf(draw).blocks]
    assert found == [
        (kind, text)
        for name in ("day", "night")
        for kind, text in [
            (PARAGRAPH, f"By {name} these can help:"),
            *((ITEM, f"habit {row} of the {name}") for row in range(3)),
        ]
    ]
