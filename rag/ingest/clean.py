"""Bytes to text, and text to text without anything that a reader cannot see.

Control characters, bidirectional overrides, zero-width characters and Unicode tags can hide
words from the person who vets a document and still reach an index or a model.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from rag.errors import DocumentError

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_LIGATURE = re.compile("[" + "".join(_LIGATURES) + "]")
_LINE_BREAKS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
# Joiners carry meaning in scripts from Arabic on and in emoji, and hide things elsewhere.
_STRAY_JOINER = re.compile("(?<![\u0590-\u1fff\u2600-\u27bf\U0001f000-\U0001faff])[\u200c\u200d]")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MAX_CONTROL_SHARE = 0.02  # more control bytes than this and a file is not text
_BINARY_SNIFF_BYTES = 65_536
_FALLBACK = "cp1252"
_MIN_COHERENCE = 0.2  # charset-normalizer's 0..1: how much the text looks like some language


def visible_text(text: str) -> str:
    r"""`text` in NFC with unseen characters gone and every line break as "\n".

    >>> visible_text("a\u200bb\u202e c\r\nd")
    'ab c\nd'
    """
    text = _LINE_BREAKS.sub("\n", text)
    text = _LIGATURE.sub(lambda match: _LIGATURES[match[0]], text)
    text = _STRAY_JOINER.sub("", text)
    kept = []
    for char in text:
        if char in "\n\t\u200c\u200d" or unicodedata.category(char) not in _UNSEEN:
            if not _is_variation_selector(char):
                kept.append(char)
        elif unicodedata.category(char) == "Cc":
            kept.append(" ")
    return unicodedata.normalize("NFC", "".join(kept))


def one_line(text: str) -> str:
    """`visible_text` with each stretch of white space as one space, ends trimmed."""
    return _SPACES.sub(" ", visible_text(text)).strip()


def decode(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    """Text of a text file, and a warning if it was not UTF-8.

    Raises DocumentError if the bytes are binary, or text that is neither UTF-8 nor clearly in
    another encoding.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16")):
        if data.startswith(mark):
            return _strict(data, encoding, path), ()
    if data.startswith(b"\xfe\xff"):
        return _strict(data, "utf-16", path), ()
    if _is_binary(data):
        raise DocumentError(
            f"{path}: this is a binary file, not text. Give a .md, .txt, .html, .pdf or .docx file."
        )
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        return _decode_other(data, path, error.start)


def _strict(data: bytes, encoding: str, path: Path) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(
            f"{path}: broken {encoding} at byte {error.start}. Save the file as UTF-8."
        ) from error


def _decode_other(data: bytes, path: Path, at: int) -> tuple[str, tuple[str, ...]]:
    lenient = data.decode("utf-8", errors="replace")
    broken = lenient.count("\ufffd")
    multibyte = sum(1 for char in lenient if ord(char) > 127) - broken
    if multibyte < broken:  # else it is UTF-8 with damage, and another encoding would be a guess
        encoding = _detect(data)
        if encoding:
            return data.decode(encoding), (f"read as {encoding}, since it is not UTF-8",)
    raise DocumentError(f"{path}: not valid UTF-8 at byte {at}. Save the file as UTF-8.")


def _detect(data: bytes) -> str | None:
    """The encoding, where the text reads well in it; Windows-1252 wins a tie, as on the web."""
    from charset_normalizer import from_bytes

    matches = from_bytes(data)
    best = matches.best()
    if best is None:
        return None
    for match in matches:
        if match.chaos == best.chaos and _FALLBACK in (
            match.encoding,
            *match.could_be_from_charset,
        ):
            return _FALLBACK
    return best.encoding if best.coherence >= _MIN_COHERENCE else None


def _is_binary(data: bytes) -> bool:
    head = data[:_BINARY_SNIFF_BYTES]
    if b"\x00" in head:
        return True
    control = sum(1 for byte in head if byte < 32 and byte not in b"\t\n\r\f\x1b")
    return control > _MAX_CONTROL_SHARE * max(len(head), 1)


def _is_variation_selector(char: str) -> bool:
    return "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
