from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from rag.errors import DocumentError
from rag.model import BlockKind, Document

Read = Callable[..., Document]
Texts = Callable[..., list[str]]


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def guide() -> Any:
    document = docx.Document()
    document.add_heading("Panic attacks", 0)
    document.add_paragraph("A panic attack is a rush of strong fear.")
    document.add_heading("Signs", 1)
    document.add_paragraph("Signs include:")
    document.add_paragraph("a fast heart", style="List Bullet")
    document.add_paragraph("short breath", style="List Number")
    document.add_paragraph("• shaking hands")
    document.add_heading("What helps", 2)
    table = document.add_table(rows=3, cols=2)
    for row, cells in enumerate([("Help", "Often"), ("Talking", "weekly"), ("Walking", "daily")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph("See a doctor if it lasts.")
    return document


def test_headings_lists_and_tables(read_text: Read) -> None:
    document = read_text(saved(guide()), name="guide.docx")

    assert [(block.kind.value, block.text, block.level) for block in document.blocks] == [
        ("heading", "Panic attacks", 1),
        ("paragraph", "A panic attack is a rush of strong fear.", 0),
        ("heading", "Signs", 2),
        ("paragraph", "Signs include:", 0),
        ("list_item", "a fast heart", 0),
        ("list_item", "short breath", 0),
        ("list_item", "shaking hands", 0),
        ("heading", "What helps", 3),
        ("table_row", "Help: Talking; Often: weekly", 0),
        ("table_row", "Help: Walking; Often: daily", 0),
        ("paragraph", "See a doctor if it lasts.", 0),
    ]
    assert document.source.title == "Panic attacks"


def test_merged_cells(read_text: Read, texts: Texts) -> None:
    document = guide()
    table = document.add_table(rows=4, cols=3)
    rows = [("Kind", "Help", "Often"), ("Fear", "Talking", "weekly"), ("", "Walking", "daily")]
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 2)).text = "All of these help."

    found = texts(read_text(saved(document), name="guide.docx"), BlockKind.TABLE_ROW)
    assert found[-3:] == [
        "Kind: Fear; Help: Talking; Often: weekly",
        "Kind: Fear; Help: Walking; Often: daily",
        "All of these help.",
    ]


def test_hidden_and_deleted_text_is_left_out(read_text: Read, texts: Texts) -> None:
    document = guide()
    paragraph = document.add_paragraph("Rest helps many people")
    paragraph.add_run(" to stop all treatment").font.hidden = True
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = " and never call anyone"
    run.append(text)
    deleted.append(run)
    paragraph._p.append(deleted)
    inserted = OxmlElement("w:ins")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = " to feel better."
    text.set(qn("xml:space"), "preserve")
    run.append(text)
    inserted.append(run)
    paragraph._p.append(inserted)

    found = texts(read_text(saved(document), name="guide.docx"))
    assert found[-1] == "Rest helps many people to feel better."


def test_a_style_based_on_a_heading_is_a_heading(read_text: Read) -> None:
    document = guide()
    style = document.styles.add_style("House Heading", 1)
    style.base_style = document.styles["Heading 3"]
    document.add_paragraph("Later on", style="House Heading")
    document.add_paragraph("Most people feel better in time.")

    block = read_text(saved(document), name="guide.docx").blocks[-2]
    assert (block.kind, block.text, block.level) == (BlockKind.HEADING, "Later on", 4)


def test_a_zip_bomb_is_refused(read_text: Read) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<x>" + b" " * 30_000_000 + b"</x>")
    with pytest.raises(DocumentError, match="unpacks to 28 MiB"):
        read_text(buffer.getvalue(), name="bomb.docx", max_file_mib=1)


def test_other_packages_and_broken_ones_are_refused(read_text: Read) -> None:
    whole = saved(guide())
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w") as package:
        package.writestr("xl/workbook.xml", "<x/>")
    broken = io.BytesIO()
    with zipfile.ZipFile(broken, "w") as package:
        package.writestr("word/document.xml", "<not closed")
    for content, what in [
        (whole[: len(whole) // 2], "not a whole DOCX"),
        (sheet.getvalue(), "not a Word document"),
        (broken.getvalue(), "the DOCX is broken"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "under a password"),
    ]:
        with pytest.raises(DocumentError, match=what):
            read_text(content, name="guide.docx")


def test_a_package_whose_properties_are_damaged_is_refused(read_text: Read) -> None:
    packed = io.BytesIO(saved(guide()))
    company = b"<Company>Example House</Company>"
    # A part that nothing refers to, as some programs write it, and stored as it is.
    with (
        zipfile.ZipFile(packed) as whole,
        zipfile.ZipFile(changed := io.BytesIO(), "w") as package,
    ):
        for name in whole.namelist():
            if name not in ("docProps/app.xml", "_rels/.rels"):
                package.writestr(name, whole.read(name))
        rels = re.sub(rb"<Relationship [^>]*app\.xml[^>]*/>", b"", whole.read("_rels/.rels"))
        package.writestr("_rels/.rels", rels)
        package.writestr("docProps/app.xml", company)
    sound = changed.getvalue()
    assert read_text(sound, name="guide.docx").source.publisher == "Example House"
    with pytest.raises(DocumentError, match="the DOCX is broken"):
        read_text(sound.replace(company, company.upper()), name="guide.docx")
