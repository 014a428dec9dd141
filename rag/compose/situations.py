"""Documents on people in one situation, and whether a question is from such people or about them.

"Prison and mental health" says true things of fear and of sleep. To somebody who never was in a
prison they are beside the point, and strange.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files


def in_its_situation(title: str, question: str) -> bool:
    """Whether `question` names the situation that the document `title` is about; True where the
    title names none.

    >>> in_its_situation("Prison and mental health", "I can't sleep")
    False
    >>> in_its_situation("Prison and mental health", "my son comes out of jail on Friday")
    True
    >>> in_its_situation("Insomnia", "I can't sleep")
    True
    """
    return all(asked.search(question) for asked in _asked_of(title))


@lru_cache(maxsize=1024)
def _asked_of(title: str) -> tuple[re.Pattern[str], ...]:
    return tuple(asked for titled, asked in _situations() if titled.search(title))


@cache
def _situations() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """(in a title, in a question) of each situation."""
    text = files("rag.compose").joinpath("situations.toml").read_text("utf-8")
    return tuple(
        (_whole_words([titled]), _whole_words([titled, *asked]))
        for titled, asked in tomllib.loads(text).items()
    )


def _whole_words(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
