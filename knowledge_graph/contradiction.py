"""What the graph says against a statement, and what it says for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from knowledge_graph.extraction import Statement
from knowledge_graph.schema import Fact, Origin, Relation
from knowledge_graph.store import GraphReader

_FOR = frozenset({Relation.TREATED_BY})
_AGAINST = frozenset({Relation.NOT_RECOMMENDED_FOR, Relation.CONTRAINDICATED_WITH})


@dataclass(frozen=True, slots=True)
class Compared:
    """A statement beside the graph. At most one of the two is set."""

    statement: Statement
    agrees: Fact | None
    """A Fact that a cited passage states and that says the same."""
    contradicts: Fact | None
    """A Fact that says the opposite."""


def compare(
    statements: Iterable[Statement],
    cited: Collection[str],
    reader: GraphReader,
    *,
    deadline_s: float,
) -> list[Compared]:
    """Each statement beside the Facts that the graph holds of the same two entities.

    What the cited passages state decides: guidelines differ, and a passage that says "sometimes
    prescribed in the United States" is not refuted by one that quotes NICE. Only where they say
    nothing, a curated Fact from elsewhere contradicts, unless another passage of the index agrees.
    Facts with a qualifier ("children") contradict nothing: the statement may be about others.

    Raises:
        GraphUnavailableError: the store is down, or slower than the deadline.
    """
    return [_compared(s, frozenset(cited), reader, deadline_s) for s in statements]


def _compared(
    statement: Statement, cited: frozenset[str], reader: GraphReader, deadline_s: float
) -> Compared:
    facts = [
        fact
        for fact in reader.facts_between(statement.subject, statement.object, deadline_s=deadline_s)
        if fact.grounds
    ]
    agreeing = [fact for fact in facts if _agrees(statement, fact)]
    opposing = [fact for fact in facts if _opposes(statement, fact) and not fact.qualifier]
    here = next((fact for fact in agreeing if fact.passages & cited), None)
    if here is not None:
        return Compared(statement, here, None)
    against = next((fact for fact in opposing if fact.passages & cited), None)
    if against is None and not agreeing:
        against = next((fact for fact in opposing if fact.origin is Origin.CURATED), None)
    return Compared(statement, None, against)


def _agrees(statement: Statement, fact: Fact) -> bool:
    same_ends = (fact.subject, fact.object) == (statement.subject, statement.object)
    return same_ends and fact.relation is statement.relation and not statement.denied


def _opposes(statement: Statement, fact: Fact) -> bool:
    if statement.denied:
        return fact.relation is statement.relation and fact.subject == statement.subject
    return (statement.relation in _FOR and fact.relation in _AGAINST) or (
        statement.relation in _AGAINST and fact.relation in _FOR
    )
