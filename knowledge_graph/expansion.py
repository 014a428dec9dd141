"""Walks of one and two hops over any store, each step typed and weighted."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.schema import Fact, Relation
from knowledge_graph.store import GraphReader


@dataclass(frozen=True, slots=True)
class Reached:
    """An entity that a walk reached, by its best path."""

    entity: str
    score: float
    """Product of the seed's weight and, for each Fact, its strength and its type's weight."""
    path: tuple[Fact, ...]
    """The Facts walked, from the seed on; empty for a seed."""


def expand(
    reader: GraphReader,
    seeds: Mapping[str, float],
    *,
    weights: Mapping[Relation, float],
    hops: int,
    fan_out: int,
    frontier: int,
    deadline_s: float,
) -> list[Reached]:
    """Entities within `hops` of the seeds, best first, ties by key. Seeds come first.

    Args:
        seeds: entity key to its weight, 0..1.
        weights: types to walk, each with the share of the score that a step keeps, 0..1.
        fan_out: Facts followed from one entity.
        frontier: entities that a further hop starts from, the best ones.
        deadline_s: seconds for all of it.

    Raises:
        GraphUnavailableError: the store cannot be reached, or the deadline passed.
    """
    end = time.monotonic() + deadline_s
    best = {key: Reached(key, weight, ()) for key, weight in seeds.items()}
    edge = sorted(best.values(), key=_order)[:frontier]
    for _ in range(hops):
        left = end - time.monotonic()
        if left <= 0:
            raise GraphUnavailableError(f"The graph took longer than {deadline_s} s")
        found = reader.neighbours(
            [reached.entity for reached in edge],
            relations=frozenset(weights),
            limit=fan_out,
            deadline_s=left,
        )
        new: dict[str, Reached] = {}
        for reached in edge:
            for fact in found.get(reached.entity, ()):
                key = fact.other(reached.entity)
                score = reached.score * fact.strength * weights[fact.relation]
                known = new.get(key) or best.get(key)
                if known is None or score > known.score:
                    new[key] = Reached(key, score, (*reached.path, fact))
        best |= new
        edge = sorted(new.values(), key=_order)[:frontier]
    return sorted(best.values(), key=_order)


def _order(reached: Reached) -> tuple[float, str]:
    return -reached.score, reached.entity
