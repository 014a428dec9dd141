"""Brand names beside the names that the sources use."""

from __future__ import annotations

import re

from rag.verify.medicines import substance_of

_WORD = re.compile(r"[A-Za-z]{4,}")


def with_generic_names(question: str) -> str:
    """The question with the substance in brackets after each brand, where it is not named too.

    Documents speak of fluoxetine. A search that knows only "Prozac" finds the one line that says
    what Prozac is, and misses what it does.

    >>> with_generic_names("does Prozac make you sleepy")
    'does Prozac (fluoxetine) make you sleepy'
    """
    known = substance_of()
    said = {word.lower() for word in _WORD.findall(question)}

    def add(match: re.Match[str]) -> str:
        substance = known.get(match[0].lower(), "")
        return match[0] if not substance or substance in said else f"{match[0]} ({substance})"

    return _WORD.sub(add, question)
