"""The brands arm: for each brand that a question names, the passage that says whose it is.

"Will the pill still work while I take Tegretol?" is answered by passages on carbamazepine, and its
reader also needs the one that says that Tegretol is carbamazepine.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from knowledge_graph.names import normal
from knowledge_graph.schema import Kind, kind_of
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query

_LOOKED_AT = 20  # passages that BM25 gives for a brand and its substance
_DEADLINE_S = 1.0


class BrandsArm:
    """Finds one passage for each name of a medicine that is not the substance's own."""

    name = "brands"

    def __init__(self, version: IndexVersion) -> None:
        self._version = version

    def search(
        self, query: Query, top_k: int, *, excluded_sources: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """Up to `top_k` (passage id, confidence of the name), best first."""
        graph = self._version.graph
        links = [
            link for link in graph.linker.link(query.text) if kind_of(link.key) is Kind.MEDICATION
        ]
        known = graph.reader.entities([link.key for link in links], deadline_s=_DEADLINE_S)
        found: dict[str, float] = {}
        for link in links:
            substance = known[link.key].name
            if normal(link.words) != normal(substance):
                passage = self._that_names(link.words, substance, excluded_sources)
                if passage is not None:
                    found[passage] = max(link.confidence, found.get(passage, 0.0))
        return sorted(found.items(), key=lambda hit: (-hit[1], hit[0]))[:top_k]

    def _that_names(
        self, brand: str, substance: str, excluded_sources: Collection[str]
    ) -> str | None:
        """The best passage by BM25 that says that the one is the other."""
        hits = self._version.lexical(f"{brand} {substance}", _LOOKED_AT, excluded_sources)
        for passage, _ in hits:
            if any(
                _says(t, brand, substance) for t in self._version.passage(passage).sentence_texts()
            ):
                return passage
        return None


def _says(sentence: str, brand: str, substance: str) -> bool:
    """Whether both names stand in a sentence that speaks of brands, or one of them in brackets
    behind the other. "Low spirits" and alcohol, or "crack" and cocaine, do not."""
    told = normal(sentence)
    if not all(f" {normal(name)} " in f" {told} " for name in (brand, substance)):
        return False
    ends = re.escape(brand), re.escape(substance)
    beside = rf"\b(?:{ends[0]}\s*\({ends[1]}|{ends[1]}\s*\({ends[0]})\b"
    return "brand" in told.split() or bool(re.search(beside, sentence, re.IGNORECASE))
