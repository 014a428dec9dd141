"""What counts as a question, and the form in which the engine reads it."""

from __future__ import annotations

import unicodedata

from rag.errors import QuestionError

# Invisible characters that can hide or reorder text; nobody needs them to ask something.
_INVISIBLE_RANGES = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2069), (0xFEFF, 0xFEFF))
_INVISIBLE = dict.fromkeys(c for first, last in _INVISIBLE_RANGES for c in range(first, last + 1))
_MOST_CONTROL_SHARE = 0.05


def clean_question(text: str, max_chars: int) -> str:
    """The question in NFC, one line, without invisible characters.

    Raises:
        QuestionError: empty, longer than `max_chars`, not text (control characters, lone
            surrogates), or without a letter or digit.
    """
    if len(text) > max_chars:
        raise QuestionError(
            f"the question has {len(text):,} characters and {max_chars:,} are allowed: "
            "ask it in a few sentences"
        )
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise QuestionError("the question is not valid Unicode text: send it as UTF-8")
    controls = sum(unicodedata.category(c) == "Cc" and not c.isspace() for c in text)
    if controls > _MOST_CONTROL_SHARE * len(text):
        raise QuestionError("the question looks like binary data: ask it in words")
    kept = "".join(
        " " if unicodedata.category(c) == "Cc" else c for c in text.translate(_INVISIBLE)
    )
    question = " ".join(unicodedata.normalize("NFC", kept).split())
    if not any(c.isalnum() for c in question):
        raise QuestionError("the question is empty: ask something in words")
    return question
