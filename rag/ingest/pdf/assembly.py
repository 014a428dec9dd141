"""Puts lines together: which go on with the block before, across columns and pages too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from rag.ingest.pdf.chars import HYPHEN_AT_BREAK
from rag.ingest.pdf.flow import Element, FrameEnd, FrameStart, Line, TableInFlow
from rag.ingest.pdf.joining import LineJoiner
from rag.ingest.pdf.pieces import LIST_MARK
from rag.ingest.pdf.styles import Styles
from rag.ingest.pdf.tabletext import Row, rows_of
from rag.model import BlockKind

_ENDS = re.compile(r"[.!?:][\"'”’)\]]*$")
_FULL_LINE = 0.85  # share of the column's width
_INDENT = 0.8  # in units of the font size
_ITEM_GAP = 1.45  # times the usual leading, within one list item


@dataclass(slots=True)
class Draft:
    """A block in the making, with the line it ends on."""

    kind: BlockKind
    text: str
    page: int
    last: Line
    left: float  # x of its first line, list mark included
    depth: int
    style: tuple[float, bool]  # size, and whether bold
    breaks: list[tuple[int, int]] = field(default_factory=list)


Made = Draft | Row | FrameStart | FrameEnd


class Assembly:
    """Takes the flow element by element and keeps what it has made of it in `made`."""

    def __init__(self, flow: Sequence[Element]) -> None:
        self.made: list[Made] = []
        self.styles = Styles(flow)
        self.joiner = LineJoiner(line.text for line in flow if isinstance(line, Line))
        index = 0
        while index < len(flow):
            element = flow[index]
            if isinstance(element, Line):
                index += self._lines(flow, index, element)
                continue
            if isinstance(element, TableInFlow):
                self.made += rows_of(element, self.joiner)
            else:
                self.made.append(element)
            index += 1

    def _lines(self, flow: Sequence[Element], index: int, first: Line) -> int:
        """Adds the heading that begins with `first`, or its text; returns how many lines."""
        styles = self.styles
        group = [first]
        if styles.is_large(first) or styles.is_bold(first):
            for element in islice(flow, index + 1, None):
                if not isinstance(element, Line) or not styles.same(first, element):
                    break
                if not styles.follows(group[-1], element):
                    break
                group.append(element)
            text = ""
            for line in group:
                text = self.joiner.join(text, line.text)
            end = index + len(group)
            after = flow[end] if end < len(flow) else None
            if styles.is_heading(group, text, after if isinstance(after, Line) else None):
                self._add(BlockKind.HEADING, text, first, group[-1])
                return len(group)
        for line in group:
            self._text(line)
        return len(group)

    def _add(self, kind: BlockKind, text: str, first: Line, last: Line) -> None:
        style = (first.size, self.styles.is_bold(first))
        self.made.append(Draft(kind, text, first.page, last, first.box.x0, first.depth, style))

    def _text(self, line: Line) -> None:
        mark = LIST_MARK.match(line.text)
        last = self.made[-1] if self.made else None
        if mark is None:
            goes_on = isinstance(last, Draft) and self._continues(last, line)
            before = last if goes_on else self._unfinished(line)
            if isinstance(before, Draft):
                self._extend(before, line)
                return
        kind = BlockKind.LIST_ITEM if mark else BlockKind.PARAGRAPH
        text = line.text[mark.end() :] if mark else line.text
        self._add(kind, text, line, line)

    def _continues(self, block: Draft, line: Line) -> bool:
        """Whether the line goes on with a block of the same column."""
        before = block.last
        if block.kind is BlockKind.HEADING or block.depth != line.depth:
            return False
        if before.column != line.column or before.page != line.page:
            return False
        if block.kind is BlockKind.LIST_ITEM:
            usual = self.styles.leading(max(line.size, before.size))
            hangs = line.box.x0 > block.left + 0.3 * line.size
            runs_on = line.text[:1].islower() and not _ENDS.search(block.text)
            return 0 < line.base - before.base <= _ITEM_GAP * usual and (hangs or runs_on)
        if not self.styles.follows(before, line):
            return False
        indented = line.box.x0 - line.column_box.x0 > _INDENT * line.size
        hung_before = before.box.x0 - before.column_box.x0 > _INDENT * line.size
        return not (indented and not hung_before and _ENDS.search(block.text))

    def _unfinished(self, line: Line) -> Draft | None:
        """The block before a column or page break that the line goes on with."""
        for made in reversed(self.made):
            if isinstance(made, FrameStart | FrameEnd):
                continue
            if isinstance(made, Draft) and made.depth > line.depth:
                continue  # a frame between two columns interrupts nothing
            if not isinstance(made, Draft) or made.kind is BlockKind.HEADING:
                return None
            elsewhere = made.last.column != line.column or made.last.page != line.page
            if made.depth != line.depth or not elsewhere or _ENDS.search(made.text):
                return None
            if made.text[-1] in ("-", ",", HYPHEN_AT_BREAK) or line.text[:1].islower():
                return made
            wide = made.last.box.width >= _FULL_LINE * made.last.column_box.width
            return made if wide and made.kind is BlockKind.PARAGRAPH else None
        return None

    def _extend(self, block: Draft, line: Line) -> None:
        joined = self.joiner.join(block.text, line.text)
        if line.page != block.last.page:
            block.breaks.append((len(joined) - len(line.text), line.page))
        block.text, block.last = joined, line
