"""Finished blocks: heading levels, the title, and headings restored after a frame."""

from __future__ import annotations

from collections.abc import Sequence

from rag.ingest.clean import one_line
from rag.ingest.pdf.assembly import Assembly, Draft
from rag.ingest.pdf.chars import HYPHEN_AT_BREAK
from rag.ingest.pdf.flow import Element, FrameEnd, FrameStart
from rag.ingest.pdf.styles import rank
from rag.ingest.pdf.tabletext import Row
from rag.model import Block, BlockKind


def blocks_of(flow: Sequence[Element]) -> tuple[tuple[Block, ...], str]:
    """The blocks in reading order, and the title, "" where the first page shows none."""
    assembly = Assembly(flow)
    headings = [m for m in assembly.made if isinstance(m, Draft) and m.kind is BlockKind.HEADING]
    title = _title(assembly, headings)
    name = ""
    for part in title:
        name = assembly.joiner.join(name, part.text)
    levels = rank(heading.style for heading in headings if heading not in title)
    blocks: list[Block] = []
    current: list[Block] = []  # open headings, outermost first
    outside: list[list[Block]] = []  # those before each frame that is open
    for made in assembly.made:
        if isinstance(made, FrameStart):
            outside.append(current)
        elif isinstance(made, FrameEnd):
            before = outside.pop()
            if made.amid_text:
                if current != before:  # the last one again, to end those within the frame
                    blocks += [h for h in before if h not in current or h is before[-1]]
                current = before
        elif isinstance(made, Draft) and made.kind is BlockKind.HEADING:
            if made in title[1:]:
                continue
            text, level = (name, 1) if made in title else (made.text, levels[made.style])
            heading = Block(BlockKind.HEADING, _text(text), level=level, page=made.page)
            blocks.append(heading)
            current = [*(h for h in current if h.level < level), heading]
        else:
            blocks.append(_block(made))
    return tuple(blocks), _text(name)


def _block(made: Draft | Row) -> Block:
    breaks = tuple(made.breaks) if isinstance(made, Draft) else ()
    return Block(made.kind, _text(made.text), page=made.page, page_breaks=breaks)


def _text(text: str) -> str:
    return one_line(text.replace(HYPHEN_AT_BREAK, "-"))


def _title(assembly: Assembly, headings: Sequence[Draft]) -> list[Draft]:
    """The large headings that open the first page, in styles that no other heading has."""
    least = assembly.styles.title_size(h.style[0] for h in headings if h.page == 1)
    run: list[Draft] = []
    for made in assembly.made:
        if isinstance(made, Draft) and _is_large_heading(made, least):
            run.append(made)
        elif run:
            break
    return [
        part
        for part in run
        if sum(heading.style == part.style for heading in headings)
        == sum(other.style == part.style for other in run)
    ]


def _is_large_heading(made: Draft, least: float) -> bool:
    return made.kind is BlockKind.HEADING and made.page == 1 and made.style[0] >= least
