"""A word list for mending words that a page break or a scraper broke.

It says whether a string is an English word; it never says that one is wrong.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """About 65,000 lower-case words (SCOWL size 60; licence in COPYING.txt)."""
    packed = resources.files(__package__).joinpath("words_en.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split())
