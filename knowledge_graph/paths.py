"""The shortest way from one entity to another."""

from __future__ import annotations

import time
from collections.abc import Sequence

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.schema import STRUCTURAL, Fact, Relation
from knowledge_graph.store import GraphReader

CLINICAL = tuple(relation for relation in Relation if relation not in STRUCTURAL)
MOST_HOPS = 6
FAN_OUT = 500
"""Facts followed from one entity; a hub with more is followed along its strongest ones."""
FRONTIER = 2_000
"""Entities that one more hop starts from."""

Ways = dict[str, tuple[Fact, ...]]


def shortest_path(
    reader: GraphReader, start: str, end: str, *, deadline_s: float, most_hops: int = MOST_HOPS
) -> tuple[Fact, ...] | None:
    """The Facts from `start` to `end`, fewest first, then the strongest; None where there is no
    way of `most_hops` or fewer. From an entity to itself the way is empty.

    Searches from both ends at once, always from the side that has fewer entities to go on from.

    Raises:
        GraphUnavailableError: the store cannot be reached, or the deadline passed.
    """
    stop = time.monotonic() + deadline_s
    near: tuple[Ways, Ways] = ({start: ()}, {end: ()})
    edges: list[Sequence[str]] = [[start], [end]]
    for _ in range(most_hops + 1):
        meeting = [key for key in edges[0] if key in near[1]]
        meeting += [key for key in edges[1] if key in near[0]]
        if meeting:
            ways = [near[0][key] + near[1][key][::-1] for key in meeting]
            return min(ways, key=_weakness)
        side = 0 if len(edges[0]) <= len(edges[1]) else 1
        if not edges[side]:
            return None
        left = stop - time.monotonic()
        if left <= 0:
            raise GraphUnavailableError(f"No way was found within {deadline_s:g} s")
        edges[side] = _further(reader, near[side], edges[side], left)
    return None


def _further(
    reader: GraphReader, known: Ways, edge: Sequence[str], deadline_s: float
) -> Sequence[str]:
    """Adds what is one hop further to `known`; returns those keys."""
    found = reader.neighbours(
        edge[:FRONTIER], relations=CLINICAL, limit=FAN_OUT, deadline_s=deadline_s
    )
    new: Ways = {}
    for key in edge:
        for fact in found.get(key, ()):
            other = fact.other(key)
            way = (*known[key], fact)
            if other not in known and (other not in new or _weakness(way) < _weakness(new[other])):
                new[other] = way
    known |= new
    return sorted(new)


def _weakness(way: Sequence[Fact]) -> tuple[int, float, list[tuple[str, str, str, str]]]:
    return len(way), -sum(fact.strength for fact in way), [fact.identity for fact in way]
