"""How the graph leads from the question to the answer, as far as cited passages state it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.intent import relation_weights
from knowledge_graph.relations import SPOKEN
from knowledge_graph.schema import Fact, Relation
from rag.index.graph import VersionGraph
from rag.model import Citation, GraphPath, Sentence

_MOST = 4
_FAN_OUT = 60
_TURNED = 0.5  # a path that only ends at what the question names
_DEADLINE_S = 0.5


def graph_paths(
    graph: VersionGraph,
    question: str,
    sentences: Sequence[Sentence],
    citations: Sequence[Citation],
) -> tuple[GraphPath, ...]:
    """Up to four paths from what the question names to what the answer names.

    The last step is always stated by a passage that the answer cites; a step before it may only
    be that a medicine belongs to a class, and then some passage of the index states that.
    Empty where the graph has none, or is not to be had.
    """
    numbers = {citation.passage_id: citation.number for citation in citations}
    linker = graph.linker
    asked = [link.key for link in linker.link(question)]
    said = {key for s in sentences for span in linker.spans(s.text) for key in span.keys}
    if not asked or not said:
        return ()
    try:
        return _paths(graph, question, asked, said, numbers)
    except GraphUnavailableError:
        return ()


def _paths(
    graph: VersionGraph,
    question: str,
    asked: Sequence[str],
    said: set[str],
    numbers: Mapping[str, int],
) -> tuple[GraphPath, ...]:
    weights = relation_weights(question)

    def around(keys: Sequence[str]) -> dict[str, list[Fact]]:
        return graph.reader.neighbours(
            keys, relations=frozenset(weights), limit=_FAN_OUT, deadline_s=_DEADLINE_S
        )

    near = around(asked)
    classes: dict[str, Fact] = {}
    for key in asked:
        for fact in near.get(key, ()):
            if fact.relation is Relation.IN_CLASS and fact.subject == key and fact.grounds:
                classes.setdefault(fact.object, fact)
    walks: list[tuple[Fact, ...]] = [(fact,) for key in asked for fact in near.get(key, ())]
    for group, facts in around(list(classes)).items():
        walks += [
            (classes[group], fact)
            for fact in facts
            if fact.subject == group and fact.relation is not Relation.IN_CLASS
        ]
    best: dict[tuple[str, str, str], tuple[float, GraphPath]] = {}
    for walk in walks:
        last = walk[-1]
        cited = tuple(sorted(numbers[i] for i in last.passages if i in numbers))
        start = walk[0].subject if len(walk) > 1 else _asked_end(last, asked)
        end = last.other(walk[0].object if len(walk) > 1 else start)
        if not cited or not last.grounds or end not in said or end == start:
            continue
        score = weights[last.relation] * (1.0 if walk[0].subject in asked else _TURNED)
        score += end in asked  # it joins two things that the question names
        said_so = (start, last.relation.value, end)
        if said_so not in best or score > best[said_so][0]:
            best[said_so] = (score, GraphPath(_text(graph, walk), cited))
    ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))
    paths = [path for _, (_, path) in ranked]
    # "sertraline → belongs to → SSRIs → can cause → nausea" makes its own second half needless.
    whole = [p for p in paths if not any(_ends(other, p) for other in paths)]
    return tuple(whole[:_MOST])


def _ends(longer: GraphPath, path: GraphPath) -> bool:
    return longer.text != path.text and longer.text.endswith(path.text)


def _asked_end(fact: Fact, asked: Sequence[str]) -> str:
    return fact.subject if fact.subject in asked else fact.object


def _text(graph: VersionGraph, walk: Sequence[Fact]) -> str:
    keys = [walk[0].subject, *(key for fact in walk for key in (fact.subject, fact.object))]
    names = graph.reader.entities(keys, deadline_s=_DEADLINE_S)
    parts = [names[walk[0].subject].name]
    for fact in walk:
        parts += [SPOKEN[fact.relation], names[fact.object].name]
    return " → ".join(parts)
