"""Markdown: headings, paragraphs, list items and tables, with links as their text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.ingest.clean import decode, one_line, visible_text
from rag.ingest.draft import Draft
from rag.ingest.frontmatter import split_front_matter
from rag.ingest.tables import row_texts
from rag.model import Block, BlockKind
from rag.settings import IngestSettings

# "**Source:** NAME" and the like, as scrapers put them under a page's title.
_LABEL = re.compile(
    r"[*_]*(?P<label>source|publisher|author|url|link|title|date|published)\s*:[*_]*\s*(?P<value>\S.*)",
    re.IGNORECASE,
)
_BETWEEN_LABELS = re.compile(r"\s*(?:#\s.*|-{3,})?")  # a title, a rule or nothing
_MOSTLY_LINK = 0.9  # share of an item's characters that are link text


def read(data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """The blocks of a Markdown file with its front matter, or with the labels under its title.

    Raises DocumentError for bytes that are not text and for front matter that does not hold.
    """
    del settings
    text, warnings = decode(data, path)
    front_matter, body = split_front_matter(visible_text(text), path)
    parser = MarkdownIt("commonmark").enable("table").disable("code")
    if front_matter is not None:
        blocks = tuple(_blocks(parser.parse(body)))
        return Draft(blocks, front_matter=front_matter, warnings=warnings)
    labels, body = _take_labels(body)
    blocks = tuple(_blocks(parser.parse(body)))
    return Draft(
        blocks,
        title=labels.get("title") or _own_title(blocks, bool(labels)),
        publisher=labels.get("source") or labels.get("publisher") or labels.get("author") or "",
        url=_if_url(labels.get("url") or labels.get("link") or ""),
        published=_if_date(labels.get("date") or labels.get("published") or ""),
        warnings=warnings,
        scraped=True,
    )


def _take_labels(body: str) -> tuple[dict[str, str], str]:
    """Labels above the first line of text, by lower-case name, and the text without them."""
    labels: dict[str, str] = {}
    kept = []
    lines = iter(body.split("\n"))
    for line in lines:
        if match := _LABEL.fullmatch(line.strip()):
            labels.setdefault(match["label"].lower(), match["value"].strip("*_ "))
        else:
            kept.append(line)
            if not _BETWEEN_LABELS.fullmatch(line):
                break
    if not labels.keys() & {"source", "publisher", "url", "link"}:
        return {}, body
    return labels, "\n".join((*kept, *lines))


def _own_title(blocks: Sequence[Block], scraped: bool) -> str:
    """The first top heading; in a scrape the second, since the first is the scraper's name."""
    tops = [b.text for b in blocks if b.kind is BlockKind.HEADING and b.level == 1]
    return (tops[1] if scraped and len(tops) == 2 else tops[0]) if tops else ""


def _if_url(value: str) -> str:
    value = value.strip("<>")
    return value if re.fullmatch(r"https?://\S+", value) else ""


def _if_date(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None


@dataclass
class _Item:
    parts: list[str] = field(default_factory=list)


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Blocks in order. A list item is one block, without the items nested in it."""
    items: list[_Item] = []
    in_heading = 0
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.type == "table_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
            yield from (Block(BlockKind.TABLE_ROW, row) for row in _table(tokens[index:end]))
            index = end + 1
        elif token.type == "heading_open":
            in_heading = int(token.tag[1:])
        elif token.type == "list_item_open":
            yield from _flush(items)
            items.append(_Item())
        elif token.type == "list_item_close":
            yield from _flush(items)
            items.pop()
        elif token.type in ("inline", "fence"):
            text = _inline(token, drop_links=bool(items))
            if in_heading:
                if text:
                    yield Block(BlockKind.HEADING, text, level=in_heading)
                in_heading = 0
            elif items:
                items[-1].parts.append(text)
            elif text:
                yield Block(BlockKind.PARAGRAPH, text)


def _flush(items: list[_Item]) -> Iterator[Block]:
    if items and (text := " ".join(part for part in items[-1].parts if part)):
        yield Block(BlockKind.LIST_ITEM, text)
        items[-1].parts.clear()


def _inline(token: Token, *, drop_links: bool) -> str:
    """Plain text of an inline token. With `drop_links`, "" where nearly all of it is a link."""
    if token.children is None:
        return one_line(token.content)
    pieces: list[str] = []
    linked = depth = 0
    for child in token.children:
        if child.type in ("link_open", "link_close"):
            depth += 1 if child.type == "link_open" else -1
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append("\n" if child.type == "hardbreak" else " ")
        elif child.type in ("text", "code_inline"):
            pieces.append(child.content)
            linked += len(child.content) if depth else 0
    text = one_line("".join(pieces))
    return "" if drop_links and text and linked >= _MOSTLY_LINK * len(text) else text


def _table(tokens: Sequence[Token]) -> list[str]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token, drop_links=False))
    return row_texts(rows)
