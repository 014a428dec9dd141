"""A reply as plain text, whatever it is wrapped in: JSON, HTML, Markdown, a train of thought.

Nothing is mended. What cannot be parsed is refused, so that no half of a structure is ever taken
for a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from rag.compose.reply.markdown import plain_from_markdown
from rag.errors import LLMError

# Models that think aloud mark their thoughts so; a thought that has not ended goes to the end.
_THOUGHTS = re.compile(
    r"<(think|thinking|reasoning|scratchpad)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE
)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
_TAG = re.compile(
    r"</?(?:html|head|body|div|p|br|hr|span|b|i|u|em|strong|ul|ol|li|table|thead|tbody|tr|td|th|a|"
    r"h[1-6]|sup|sub|cite|script|style|section|article|main|pre|code|blockquote|img)\b[^<>]*>"
    r"|<!doctype|<!--",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# A "<" that opens no whole tag: the parser would look for its end again and again, or give up.
_STRAY = re.compile(r"<(?!/?[a-z][^<>]*>|!doctype[^<>]*>)", re.IGNORECASE)
_BLOCKS = frozenset(
    "p div br hr ul ol table tr h1 h2 h3 h4 h5 h6 section article main pre blockquote body".split()
)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_HIDDEN = frozenset("script style head title template noscript".split())
_MARKS = frozenset("sup cite".split())
_TEXT_KEYS = frozenset(
    "answer text content response reply message sentence sentences claim claims statement "
    "statements output result summary paragraphs points items".split()
)
_CITE_KEYS = frozenset("citation citations cite cites source sources refs references".split())


def plain_text(reply: str) -> str:
    """The words of a reply, with one line a block, list items marked "- ", marks as written.

    Raises:
        LLMError: it begins like JSON and is none.
    """
    text = _FENCE.sub("", _THOUGHTS.sub("", reply)).strip()
    if text.startswith("{") or re.match(r'\[\s*[{"]', text):
        text = _from_json(text)
    if _TAG.search(text):
        text = _from_html(text)
    return plain_from_markdown(text)


def _from_json(text: str) -> str:
    try:
        lines = list(_texts(json.loads(text)))
    except (ValueError, RecursionError):
        raise LLMError("it sent JSON that cannot be read") from None
    if not lines:
        raise LLMError("it sent JSON without an answer in it")
    return "\n\n".join(lines)


def _texts(data: Any) -> Iterator[str]:
    """The texts under keys that speak of an answer, each with the citations beside it."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from _texts(item)
    elif isinstance(data, dict):
        cited = [value for key, value in data.items() if key.lower() in _CITE_KEYS]
        numbers = [n for value in cited for n in _numbers(value)]
        marks = "".join(f"[{n}]" for n in numbers)
        for key, value in data.items():
            if key.lower() in _TEXT_KEYS:
                for text in _texts(value):
                    yield f"{text} {marks}".strip()


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, int) and not isinstance(value, bool):
        yield value
    elif isinstance(value, str):
        yield from (int(n) for n in re.findall(r"\d{1,3}", value)[:5])
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)


def _from_html(text: str) -> str:
    reader = _Reader()
    reader.feed(_STRAY.sub("&lt;", _COMMENT.sub("", text)))
    reader.close()
    return "".join(reader.parts)


class _Reader(HTMLParser):
    """Collects text; blocks become lines, <sup>1</sup> becomes [1], hidden parts nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._mark = 0
        self._cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in ("td", "th"):
            self.parts.append("; " if self._cell else "")
            self._cell = True
        elif tag in _HEADINGS:
            self.parts.append("\n\n# ")
        elif tag in _BLOCKS:
            self._cell = False
            self.parts.append("\n" if tag in ("br", "tr") else "\n\n")
        elif tag in _MARKS:
            self._mark += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _MARKS:
            self._mark = max(0, self._mark - 1)
        elif tag == "tr":
            self.parts.append(".")
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._mark and re.fullmatch(r"\s*\[?\d{1,3}(?:\s*,\s*\d{1,3})*\]?\s*", data):
            data = f"[{data.strip(' []')}]"
        self.parts.append(data)
