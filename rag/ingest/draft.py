"""What a format reader hands on, before metadata and noise are dealt with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from rag.ingest.frontmatter import FrontMatter
from rag.model import Block


@dataclass(frozen=True, slots=True)
class Draft:
    """Blocks in reading order, and what the file itself says about where it comes from.

    `authored` marks a text with front matter: its lists are meant, so none is taken for
    navigation. `scraped` marks Markdown without it, in which a scraper may have lost line breaks
    and spaces. The other fields are guesses that a side-car overrules.
    """

    blocks: tuple[Block, ...]
    title: str = ""
    publisher: str = ""
    url: str = ""
    published: dt.date | None = None
    language: str = ""
    licence: str = ""
    front_matter: FrontMatter | None = None
    warnings: tuple[str, ...] = ()
    scraped: bool = False

    @property
    def authored(self) -> bool:
        """Whether the text carries its own front matter."""
        return self.front_matter is not None
