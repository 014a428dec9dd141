"""Citation marks in the styles that models use, all turned into one: [1][2] behind the words."""

from __future__ import annotations

import re

_NUMBER = r"\d{1,3}"
_LIST = rf"{_NUMBER}(?:\s*(?:,|;|&|and|\+|[-–—])\s*(?:\^|#)?{_NUMBER}){{0,19}}"
_WORD = (
    r"(?:sources?|passages?|evidence|documents?|docs?\.?|refs?\.?|references?|citations?|"
    r"excerpts?|contexts?|items?)"
)
_GAP = r"\s{0,3}"
_RAISED_DIGIT = "[⁰¹²³⁴⁵⁶⁷⁸⁹]"
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_STYLES = (
    # [1]  [1, 2]  [1-3]  [^1]  [[1]](link)  [Source 2]  [Source: 2, 3]
    re.compile(
        rf"\[{{1,2}}\^?(?:{_WORD}{_GAP}[:#]?{_GAP}#?)?({_LIST})\]{{1,2}}(?:\([^()\s]*\))?(?!:)",
        re.IGNORECASE,
    ),
    re.compile(rf"【\s*({_NUMBER})[^】\n]{{0,40}}】"),  # 【1†source】
    # (Source 2)  (see sources 1 and 3)
    re.compile(rf"\((?:see\s+|from\s+)?{_WORD}{_GAP}[:#]?{_GAP}#?\[?({_LIST})\]?\)", re.IGNORECASE),
    re.compile(rf"(?<=[\w.!?,)\"”’])\^[\[{{]?({_NUMBER}(?:,{_NUMBER})*)[\]}}]?"),  # ^1
    re.compile(rf"\\cite\{{({_LIST})\}}"),
    re.compile(rf"\b{_WORD}\s+#?({_LIST})\b(?!\s*(?:%|per\s?cent))", re.IGNORECASE),  # Source 2
)
_RAISED = re.compile(
    rf"(?<!{_RAISED_DIGIT}){_RAISED_DIGIT}{{1,3}}(?:[,˒‚]\s?{_RAISED_DIGIT}{{1,3}})*"
    rf"(?!{_RAISED_DIGIT})"
)
# (1) at the end of a sentence; read so only in a reply without any other mark.
_IN_BRACKETS = re.compile(r"\((\d{1,2}(?:\s*,\s*\d{1,2})*)\)(?=\s*(?:[.!?;,]|$|\n))")
_AFTER_STOP = re.compile(r"(?<=[.!?]) ?\((\d{1,2}(?:\s*,\s*\d{1,2})*)\)")

MARK = re.compile(r"\[(\d{1,3})\]")
_MARKS = rf"(?:\[{_NUMBER}\]\s?){{1,20}}"
# "According to [2], ..." and "[2] says that ...": the mark stays, the words around it go.
_ACCORDING = re.compile(
    rf"(?:according\s+to|as\s+(?:stated|noted|described|mentioned|explained)\s+(?:in|by)|"
    rf"based\s+on|per|as\s+per)\s+(?:the\s+)?({_MARKS}),?\s*",
    re.IGNORECASE,
)
_SAYS = re.compile(
    rf"(?:^|(?<=[.!?]\s))({_MARKS})(?:(?:also|clearly)\s+)?(?:says?|states?|notes?|reports?|"
    rf"explains?|mentions?|suggests?|shows?|adds?)\s+(?:that\s+)?",
    re.IGNORECASE | re.MULTILINE,
)
_DEFINITION = re.compile(r"^[ \t]*\[\^?([\w-]{1,12})\]:[ \t]*(.+)$", re.MULTILINE)
_LIST_HEAD = re.compile(
    r"^[ \t]*(?:sources|references|citations|footnotes|works cited|bibliography)[ \t]*+:?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_ENTRY = re.compile(rf"\s*(?:$|[-*•]\s|\[?\^?{_NUMBER}[\].):]|https?://)")


def with_plain_marks(text: str) -> str:
    """`text` with every citation as [n], lists of references left out, ranges written out.

    >>> with_plain_marks("It helps (Sources 1 and 3). It passes.^2 According to [4], so does tea.")
    'It helps [1][3]. It passes.[2] [4]So does tea.'
    """
    text, notes = _without_definitions(_without_list(text))
    for label, marks in notes.items():
        text = re.sub(rf"\[\^?{re.escape(label)}\](?!:)", marks, text)
    for style in _STYLES:
        text = style.sub(lambda match: _marks(match[1]), text)
    text = _RAISED.sub(lambda match: _marks(match[0].translate(_SUPERSCRIPT)), text)
    if not MARK.search(text):
        text = _IN_BRACKETS.sub(lambda match: _marks(match[1]), text)
        text = _AFTER_STOP.sub(lambda match: _marks(match[1]), text)
    text = _capitalised(_ACCORDING, text)
    return _capitalised(_SAYS, text)


def without_marks(text: str) -> tuple[str, tuple[int, ...]]:
    """The words, and the numbers that were cited, each once, as they come."""
    numbers = tuple(dict.fromkeys(int(n) for n in MARK.findall(text)))
    words = " ".join(MARK.sub(" ", text).split())
    return re.sub(r"\s+(?=[.,;:!?](?:\s|$))", "", words), numbers


def _marks(written: str) -> str:
    numbers: list[int] = []
    for part in re.split(r"\s*(?:,|;|&|and|\+)\s*", written):
        ends = [int(n) for n in re.findall(r"\d+", part)]
        if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 9:
            numbers.extend(range(ends[0], ends[1] + 1))
        else:
            numbers.extend(ends)
    return "".join(f"[{n}]" for n in dict.fromkeys(numbers))


def _without_definitions(text: str) -> tuple[str, dict[str, str]]:
    """Footnotes: their lines go; one that names a source stands for it."""
    notes: dict[str, str] = {}
    for label, definition in _DEFINITION.findall(text):
        found = [match[1] for style in _STYLES for match in style.finditer(definition)]
        if found:
            notes[label] = _marks(found[0])
    return _DEFINITION.sub("", text), notes


def _without_list(text: str) -> str:
    """Without the list of references at the end, if all below its heading is one."""
    heads = list(_LIST_HEAD.finditer(text))
    if heads and all(_ENTRY.match(line) for line in text[heads[-1].end() :].splitlines()):
        return text[: heads[-1].start()]
    return text


def _capitalised(pattern: re.Pattern[str], text: str) -> str:
    parts: list[str] = []
    cursor = 0
    for match in pattern.finditer(text):
        starts = not text[: match.start()].rstrip(" ") or text[: match.start()].rstrip(" ")[-1] in (
            ".!?\n]"
        )
        following = text[match.end() : match.end() + 1]
        parts.append(text[cursor : match.start()])
        parts.append(match[1].replace(" ", "") + (following.upper() if starts else following))
        cursor = match.end() + len(following)
    return "".join((*parts, text[cursor:]))
