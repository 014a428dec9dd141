"""Statements read by a language model, for who wants more of them than patterns find. Off unless
you pass it to `build_graph`.

Any llama-index LLM fits: `LlmReader(llm)` calls `llm.complete(prompt).text`. What the
model says is not believed as it is: both ends must be names that stand in the sentence, and the
relation must be one that can join them. What it makes of the sentence is still its own reading,
so versions built with it follow from the model too, not from the passages alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from knowledge_graph.extraction import Statement
from knowledge_graph.mentions import Span
from knowledge_graph.relations import ENDS
from knowledge_graph.schema import Relation

PROMPT = """\
Write down what this sentence states about the terms below it, one statement a line, as
term | RELATION | term
using only these terms and these relations: {relations}.
TREATED_BY runs from the condition to the treatment. Leave out what the sentence only mentions,
asks, doubts or denies. If it states nothing, write NONE.

Sentence: {sentence}
Terms: {terms}
"""


class Completion(Protocol):
    """What a model answers."""

    text: str


class Completes(Protocol):
    """A language model, as llama-index has them."""

    def complete(self, prompt: str) -> Completion:
        """The model's answer to `prompt`."""
        ...


class LlmReader:
    """Reads Statements off sentences with a language model."""

    def __init__(self, llm: Completes) -> None:
        self._llm = llm

    def read(self, sentence: str, spans: Sequence[Span]) -> list[Statement]:
        """What the model says that the sentence states, in its order, each once.

        Raises whatever the model raises.
        """
        terms = {sentence[s.start : s.end].casefold(): s for s in spans}
        if len(terms) < 2:
            return []
        prompt = PROMPT.format(
            relations=", ".join(relation.value for relation in ENDS),
            sentence=sentence,
            terms=", ".join(terms),
        )
        found: dict[Statement, None] = {}
        for line in self._llm.complete(prompt).text.splitlines():
            parts = [part.strip() for part in line.split("|")]
            if len(parts) != 3 or parts[1] not in Relation.__members__:
                continue
            relation = Relation(parts[1])
            ends = [terms.get(parts[0].casefold()), terms.get(parts[2].casefold())]
            if relation not in ENDS or None in ends:
                continue
            subject, other = (
                span.fitting(kinds)
                for span, kinds in zip(ends, ENDS[relation], strict=True)
                if span is not None
            )
            if subject and other and subject != other:
                found[Statement(subject, relation, other)] = None
        return list(found)
