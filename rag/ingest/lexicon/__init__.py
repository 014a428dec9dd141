"""Word lists for mending words that a page break or a scraper broke.

They say whether a string is an English word; they never say that one is wrong.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """About 65,000 lower-case words (SCOWL size 60; licence in COPYING.txt)."""
    return _unpacked("common_en.txt.gz")


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """`common_words` and some 53,000 rarer ones (SCOWL size 70)."""
    return common_words() | _unpacked("rare_en.txt.gz")


def _unpacked(name: str) -> frozenset[str]:
    packed = resources.files(__package__).joinpath(name).read_bytes()
    return frozenset(gzip.decompress(packed).decode("ascii").split())
