"""Markdown as plain lines: headings and rules out, emphasis and links unwrapped, rows as lists."""

from __future__ import annotations

import re

_HEADING = re.compile(r"\s{0,3}#{1,6}(?:\s|$)")
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)[^*_.!?]{1,80}(?:\*\*|__):?\s*")
_UNDERLINE = re.compile(r"\s*(?:=+|-{2,})\s*")
_RULE = re.compile(r"\s*(?:\*\s*){3,}|\s*(?:_\s*){3,}")
_ROW = re.compile(r"\s*\|.*\|\s*")
_ROW_RULE = re.compile(r"\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?)?")
_QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
# No stretch is looked through from each of many starts: a reply is read while it arrives, and may
# be of any shape.
_IMAGE = re.compile(r"!\[[^\]]{0,300}\]\([^)]{0,600}\)")
_LINK = re.compile(r"\[(?=[\d^,;\s–-]*[^\[\]\d^,;\s–-])([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*\*|\*\*|__|~~)(?=\S)((?:(?!\1).)++)(?<=\S)\1", re.DOTALL)
_EMPHASIS = re.compile(r"(?<![\w*])[*_](?=[^\s*_])([^*_\n]+?)(?<=[^\s*_])[*_](?![\w*])")
_CODE = re.compile(r"`([^`\n]*)`")


def plain_from_markdown(text: str) -> str:
    """The text without Markdown. Headings say nothing that could be checked, so they go."""
    lines: list[str] = []
    in_table = False
    for line in text.splitlines():
        line = _QUOTE.sub("", line)
        if _ROW_RULE.fullmatch(line.strip()):
            if in_table and lines:
                lines.pop()  # the row above the rule names the columns
            continue
        in_table = bool(_ROW.fullmatch(line))
        if in_table:
            lines.append("\n" + _row(line) + "\n")
        elif _is_heading(line):
            lines.append("")
        else:
            lines.append(line)
    return _unwrapped("\n".join(lines))


def _is_heading(line: str) -> bool:
    if _HEADING.match(line) or _BOLD_LINE.fullmatch(line):
        return True
    return bool(_UNDERLINE.fullmatch(line) or _RULE.fullmatch(line))


def _row(line: str) -> str:
    cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
    first, *rest = [cell for cell in cells if cell] or [""]
    return f"{first}: {'; '.join(rest)}".rstrip(": ").rstrip(".") + "." if first else ""


def _unwrapped(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    for _ in range(2):  # ***both*** and **bold with *emphasis* in it**
        text = _EMPHASIS.sub(r"\1", _STRONG.sub(r"\2", text))
    return _CODE.sub(r"\1", text)
