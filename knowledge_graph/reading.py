"""What the graph reads off a single passage. It depends on that passage alone, so a passage that
stays as it was need not be read again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge_graph.extraction import Extractor, Statement
from knowledge_graph.mentions import MentionFinder, Span
from knowledge_graph.passages import PassageText
from knowledge_graph.schema import GraphData, Origin, Relation

# What a passage is about shows in its headings first, then in how often it says the name.
_IN_TITLE, _IN_HEADING, _IN_TEXT = 0.4, 0.3, 0.15
_MOST_IN_TEXT = 3
Triple = tuple[str, Relation, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one passage states, and what it names."""

    stated: tuple[Triple, ...]
    """Subject key, relation, object key, each triple once."""
    mentioned: tuple[tuple[str, float], ...]
    """Entity key and weight, as of a `Mention`, sorted."""


def readings(data: GraphData) -> dict[str, Reading]:
    """By passage id, what was read off each passage of a graph that is there."""
    stated: dict[str, list[Triple]] = {passage: [] for passage in data.passages}
    mentioned: dict[str, list[tuple[str, float]]] = {passage: [] for passage in data.passages}
    for fact in data.facts:
        if fact.origin is Origin.EXTRACTED:
            for passage in fact.passages:
                stated[passage].append((fact.subject, fact.relation, fact.object))
    for mention in data.mentions:
        mentioned[mention.passage].append((mention.entity, mention.weight))
    return {
        passage: Reading(tuple(stated[passage]), tuple(sorted(mentioned[passage])))
        for passage in data.passages
    }


class StatementReader(Protocol):
    """Reads statements off a sentence whose names are known."""

    def read(self, sentence: str, spans: Sequence[Span]) -> list[Statement]:
        """What the sentence states."""
        ...


class PassageReader:
    """Reads passages by the names of one vocabulary."""

    def __init__(self, finder: MentionFinder, more: Sequence[StatementReader] = ()) -> None:
        """`more`: what reads sentences besides the patterns."""
        self._finder = finder
        self._readers: list[StatementReader] = [Extractor(finder), *more]
        self._headings: dict[str, list[Span]] = {}  # one stands over many passages

    def read(self, passage: PassageText) -> Reading:
        """What the passage states and names; a triple that it also denies, it does not state."""
        spans = [self._finder.find(sentence) for sentence in passage.sentences]
        statements = [
            statement
            for sentence, found in zip(passage.sentences, spans, strict=True)
            for reader in self._readers
            for statement in reader.read(sentence, found)
        ]
        said = [((s.subject, s.relation, s.object), s.denied) for s in statements]
        denied = {triple for triple, is_denied in said if is_denied}
        stated = dict.fromkeys(triple for triple, _ in said if triple not in denied)
        return Reading(tuple(stated), self._mentioned(passage, spans))

    def _mentioned(
        self, passage: PassageText, spans: Sequence[Sequence[Span]]
    ) -> tuple[tuple[str, float], ...]:
        weights: dict[str, float] = defaultdict(float)
        for level, heading in enumerate(passage.heading):
            if heading not in self._headings:
                self._headings[heading] = self._finder.find(heading)
            for span in self._headings[heading]:
                for key in span.keys:
                    weights[key] = max(weights[key], _IN_TITLE if level == 0 else _IN_HEADING)
        in_text: dict[str, int] = defaultdict(int)
        for found in spans:
            for span in found:
                for key in span.keys:
                    in_text[key] += 1
        for key, count in in_text.items():
            weights[key] += _IN_TEXT * min(count, _MOST_IN_TEXT)
        return tuple((key, round(min(weight, 1.0), 4)) for key, weight in sorted(weights.items()))
