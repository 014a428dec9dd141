"""Whether two words mean the opposite of each other."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from rag.verify.words import stem

_NEGATIVE = ("un", "in", "im", "ab", "non", "dis", "ir", "il")
_SHORTEST = 4  # letters of a word that a prefix may deny: "able" and "unable", not "it" and "unit"


@cache
def _pairs() -> frozenset[frozenset[str]]:
    lines = files("rag.verify").joinpath("antonyms.txt").read_text("utf-8").splitlines()
    return frozenset(
        frozenset(stem(word) for word in line.split())
        for line in lines
        if line and not line.startswith("#")
    )


def opposite(one: str, other: str) -> bool:
    """True for a listed pair of stems, or a stem and itself with a negative prefix.

    >>> opposite(stem("normal"), stem("abnormal")), opposite(stem("rises"), stem("falls"))
    (True, True)
    """
    return frozenset((one, other)) in _pairs() or prefixed(one, other)


def prefixed(one: str, other: str) -> bool:
    """Whether one word is the other with a negative prefix."""
    return _denied_form(one, other) or _denied_form(other, one)


def _denied_form(plain: str, denied: str) -> bool:
    # The stemmer takes the "al" off "abnormal", and leaves it on "normal".
    forms = (plain, plain.removesuffix("al"))
    return len(plain) >= _SHORTEST and any(
        denied == prefix + form for prefix in _NEGATIVE for form in forms
    )
