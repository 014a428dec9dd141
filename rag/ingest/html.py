"""HTML: the main content of a page, without navigation, hidden text and scripts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path

import lxml.etree
import lxml.html
import trafilatura
from lxml.html import HtmlElement

from rag.errors import DocumentError
from rag.ingest.clean import decode, one_line
from rag.ingest.draft import Draft
from rag.ingest.tables import row_texts
from rag.model import Block, BlockKind
from rag.settings import IngestSettings

_HIDDEN = (
    "//*[@hidden or @aria-hidden='true' or @inert]"
    " | //script | //style | //template | //noscript | //svg | //iframe | //object | //dialog"
)
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)"
    r"|font-size\s*:\s*(?:0(?![.\d])|(?:0?\.\d+|1(?:\.\d+)?)\s*p[xt])"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_NAMED = "translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
_PUBLISHER = (
    f"//meta[{_NAMED}='dc.publisher' or {_NAMED}='dcterms.publisher' or {_NAMED}='publisher'"
    f" or {_NAMED}='citation_publisher']/@content"
)
_LICENCE = (
    "//link[@rel='license']/@href"
    f" | //meta[{_NAMED}='dcterms.license' or {_NAMED}='dc.rights' or {_NAMED}='license'"
    f" or {_NAMED}='copyright']/@content"
)
_MOST = 300  # characters of a stated name
_COLOUR = re.compile(r"(?:^|;)\s*(color|background)\s*:\s*([^;\s]+)")
_CODE = frozenset("script style template noscript svg iframe object".split())
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_CHARSET_BYTES = 2048
# lxml refuses a text that is decoded already and still names an encoding.
_XML_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*>")
_HEADING = re.compile(r"h([1-6])")
_LISTS = ("ul", "ol", "dl")
_BLOCK_TAGS = frozenset({"p", "pre", "blockquote", "table", "div", *_LISTS})


def read(data: bytes, path: Path, settings: IngestSettings) -> Draft:
    """The blocks of a page's main content, and what its head says about the page.

    Raises DocumentError for bytes that are not text, and for a page without main content.
    """
    del settings
    text, warnings = _decode(data, path)
    try:
        page = lxml.html.document_fromstring(_XML_DECLARATION.sub("", text))
    except (lxml.etree.LxmlError, ValueError) as error:
        raise DocumentError(f"{path}: this is not an HTML page that can be read.") from error
    language = str(page.get("lang") or "").strip()
    about = trafilatura.extract_metadata(page)
    if hidden := _drop_hidden(page):
        warnings += (f"hidden text left out: {hidden} words that no reader of the page can see",)
    main = trafilatura.extract(
        page,
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_formatting=False,
        include_links=False,
    )
    blocks = tuple(_blocks(lxml.html.fromstring(main))) if main else ()
    if not blocks:
        raise DocumentError(
            f"{path}: no main content found in this page. Save the article itself, "
            "not a page that a script fills or a list of links."
        )
    return Draft(
        blocks,
        title=one_line(about.title or ""),
        publisher=_stated(page, _PUBLISHER) or one_line(about.sitename or ""),
        licence=_stated(page, _LICENCE) or one_line(about.license or ""),
        url=about.url or "",
        published=_date(about.date),
        language=language if re.fullmatch(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", language) else "",
        warnings=warnings,
    )


def _stated(page: HtmlElement, query: str) -> str:
    """The first text that the head gives for `query`."""
    return next((text for found in page.xpath(query) if (text := one_line(found))), "")[:_MOST]


def _decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    declared = _CHARSET.search(data[:_CHARSET_BYTES])
    if declared:
        try:
            return data.decode(declared[1].decode("ascii")), ()
        except (LookupError, UnicodeError):
            pass  # pages often declare what they are not
    return decode(data, path)


def _drop_hidden(page: HtmlElement) -> int:
    """Takes out what is not shown; returns how many words of text that was, code left aside."""
    hidden = list(page.xpath(_HIDDEN))
    hidden += [e for e in page.xpath("//*[@style]") if _is_hiding(e.get("style"))]
    words = 0
    for element in hidden:
        if element.getparent() is not None:
            if element.tag not in _CODE:
                words += len(element.text_content().split())
            element.drop_tree()
    return words


def _is_hiding(style: str) -> bool:
    if _HIDING_STYLE.search(style):
        return True
    colours = dict(_COLOUR.findall(style.lower().replace("-color", "")))
    return "background" in colours and colours.get("color") == colours["background"]


def _blocks(element: HtmlElement) -> Iterator[Block]:
    """Blocks of an element, depth first; text outside any block is a paragraph."""
    loose = [element.text or ""]
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        heading = _HEADING.fullmatch(tag)
        if not (heading or tag in _BLOCK_TAGS or _holds_blocks(child)):
            loose.append(child.text_content() if tag else "")
            loose.append(child.tail or "")
            continue
        yield from _paragraph(loose)
        loose = [child.tail or ""]
        if heading:
            if text := one_line(child.text_content()):
                yield Block(BlockKind.HEADING, text, level=int(heading[1]))
        elif tag in _LISTS:
            yield from _items(child)
        elif tag == "table":
            rows = [[one_line(c.text_content()) for c in row] for row in child.iter("tr")]
            yield from (Block(BlockKind.TABLE_ROW, text) for text in row_texts(rows))
        else:
            yield from _blocks(child)
    yield from _paragraph(loose)


def _paragraph(pieces: list[str]) -> Iterator[Block]:
    if text := one_line(" ".join(pieces)):
        yield Block(BlockKind.PARAGRAPH, text)


def _items(element: HtmlElement) -> Iterator[Block]:
    for item in element:
        own = [item.text or ""]
        nested = []
        for child in item:
            if child.tag in _LISTS:
                nested.append(child)
            elif isinstance(child.tag, str):
                own.append(child.text_content())
            own.append(child.tail or "")
        if text := one_line(" ".join(own)):
            yield Block(BlockKind.LIST_ITEM, text)
        for child in nested:
            yield from _items(child)


def _holds_blocks(element: HtmlElement) -> bool:
    return any(
        isinstance(child.tag, str) and (child.tag in _BLOCK_TAGS or _HEADING.fullmatch(child.tag))
        for child in element.iterdescendants()
    )


def _date(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if value else None
    except ValueError:
        return None
