"""The graph check: a sentence that states a relation, beside what the graph says of it.

It runs after the gate and never lets through what the gate refused.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from knowledge_graph.contradiction import Compared, compare
from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.extraction import Extractor
from knowledge_graph.relations import SPOKEN
from knowledge_graph.store import GraphReader

_DEADLINE_S = 0.5


class GraphCheck:
    """Compares sentences with one version's graph. Threads may share it."""

    def __init__(self, extractor: Extractor, reader: GraphReader) -> None:
        """`reader` should be the graph inside the version: a check must not wait for a server."""
        self._reader = reader
        self._statements = lru_cache(maxsize=256)(
            lambda sentence: tuple(extractor.statements(sentence))
        )

    def reasons(self, claim_text: str, cited_passage_ids: Collection[str]) -> tuple[str, ...]:
        """Why the sentence may not stand: the Facts that say the opposite. Empty if none does."""
        found = [c for c in self._compared(claim_text, cited_passage_ids) if c.contradicts]
        return tuple(dict.fromkeys(self._reason(c, frozenset(cited_passage_ids)) for c in found))

    def strengthens(self, claim_text: str, cited_passage_ids: Collection[str]) -> bool:
        """Whether a Fact that a cited passage states says what the sentence says, and no Fact
        says the opposite of any part of it."""
        compared = self._compared(claim_text, cited_passage_ids)
        return any(c.agrees for c in compared) and not any(c.contradicts for c in compared)

    def _compared(self, claim: str, cited: Collection[str]) -> list[Compared]:
        try:
            return compare(self._statements(claim), cited, self._reader, deadline_s=_DEADLINE_S)
        except GraphUnavailableError:
            return []  # the gate has judged; the graph only adds to that

    def _reason(self, compared: Compared, cited: frozenset[str]) -> str:
        fact = compared.contradicts
        if fact is None:
            return ""
        ends = self._reader.entities([fact.subject, fact.object], deadline_s=_DEADLINE_S)
        subject, other = (ends[key].name for key in (fact.subject, fact.object))
        where = "the cited passage" if fact.passages & cited else "a passage of the index"
        return f"graph: {where} states that {subject} {SPOKEN[fact.relation]} {other}"
