"""What the graph sees of a passage: its id, its source's id, its headings and its sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as the graph reads it. Whoever owns passages makes these."""

    id: str
    source: str
    """Source id, `id` or `id@edition`."""
    heading: tuple[str, ...]
    """Headings from the document's title inwards."""
    sentences: tuple[str, ...]
    grade: str = ""
    """Evidence grade of the source, "A" to "D", or "" where unknown."""

    @property
    def document(self) -> str:
        """The source's id without its edition."""
        return self.source.partition("@")[0]
