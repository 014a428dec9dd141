"""Walks of one and two hops over any store, each step typed and weighted."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.schema import Fact, Relation
from knowledge_graph.store import GraphReader


@dataclass(frozen=True, slots=True)
class Reached:
    """An entity that a walk reached, by its best path."""

    entity: str
    score: float
    """Sum over the seeds of the best path's product from each: the seed's weight and, for each
    Fact, its strength and its type's weight. What two seeds lead to counts for both."""
    path: tuple[Fact, ...]
    """The Facts of the best path of all, from its seed on; empty for a seed."""


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
    """Entities within `hops` of the seeds, best first, ties by key: `walks`, summed up.

    Raises:
        GraphUnavailableError: the store cannot be reached, or the deadline passed.
    """
    return _summed(
        walks(
            reader,
            seeds,
            weights=weights,
            hops=hops,
            fan_out=fan_out,
            frontier=frontier,
            deadline_s=deadline_s,
        )
    )


def walks(
    reader: GraphReader,
    seeds: Mapping[str, float],
    *,
    weights: Mapping[Relation, float],
    hops: int,
    fan_out: int,
    frontier: int,
    deadline_s: float,
) -> dict[str, dict[str, Reached]]:
    """What each seed reaches within `hops`, by key, the seed itself included.

    A walk never turns back over its own type of Fact: from one medicine to its class and down to
    another medicine, or from one disorder by a shared symptom to another, is drift. Of a seed with
    more Facts than are followed, those of the types that weigh most are not lost: a disorder has
    twenty symptoms, and its treatments come after them.

    Args:
        seeds: entity key to its weight, 0..1.
        weights: types to walk, each with the share of the score that a step keeps, 0..1.
        fan_out: Facts followed from one entity.
        frontier: entities that a further hop starts from, the best ones of all seeds.
        deadline_s: seconds for all of it.

    Raises:
        GraphUnavailableError: the store cannot be reached, or the deadline passed.
    """
    end = time.monotonic() + deadline_s
    found_by = {seed: {seed: Reached(seed, weight, ())} for seed, weight in seeds.items()}
    edges = {seed: dict(walk) for seed, walk in found_by.items()}
    heaviest = frozenset(r for r, weight in weights.items() if weight == max(weights.values()))
    for hop in range(hops):
        starts = _best_of(edges, frontier)
        found = reader.neighbours(
            starts, relations=frozenset(weights), limit=fan_out, deadline_s=_left(end, deadline_s)
        )
        full = [key for key in starts if len(found.get(key, ())) == fan_out]
        if hop == 0 and full and len(heaviest) < len(weights):
            more = reader.neighbours(
                full, relations=heaviest, limit=fan_out, deadline_s=_left(end, deadline_s)
            )
            found = found | {key: _merged(facts, found[key]) for key, facts in more.items()}
        edges = {
            seed: _step(
                {k: r for k, r in edge.items() if k in found}, found_by[seed], found, weights
            )
            for seed, edge in edges.items()
        }
        for seed, edge in edges.items():
            found_by[seed] |= edge
    return found_by


def _left(end: float, deadline_s: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise GraphUnavailableError(f"The graph took longer than {deadline_s} s")
    return left


def _merged(first: Sequence[Fact], then: Sequence[Fact]) -> list[Fact]:
    return list({fact.identity: fact for fact in (*first, *then)}.values())


def _step(
    edge: Mapping[str, Reached],
    walk: Mapping[str, Reached],
    found: Mapping[str, list[Fact]],
    weights: Mapping[Relation, float],
) -> dict[str, Reached]:
    """What one more Fact reaches from `edge`, where it is better than what `walk` has."""
    new: dict[str, Reached] = {}
    for key, reached in edge.items():
        for fact in found[key]:
            other = fact.other(key)
            if reached.path and _turns_back(reached.path[-1], fact):
                continue
            score = reached.score * fact.strength * weights[fact.relation]
            known = new.get(other) or walk.get(other)
            if known is None or score > known.score:
                new[other] = Reached(other, score, (*reached.path, fact))
    return new


def _turns_back(last: Fact, fact: Fact) -> bool:
    return last.relation is fact.relation and (
        last.object == fact.object or last.subject == fact.subject
    )


def _best_of(edges: Mapping[str, Mapping[str, Reached]], most: int) -> list[str]:
    best: dict[str, float] = {}
    for edge in edges.values():
        for key, reached in edge.items():
            best[key] = max(reached.score, best.get(key, 0.0))
    return sorted(best, key=lambda key: (-best[key], key))[:most]


def _summed(found_by: Mapping[str, Mapping[str, Reached]]) -> list[Reached]:
    total: dict[str, float] = {}
    best: dict[str, Reached] = {}
    for walk in found_by.values():
        for key, reached in walk.items():
            total[key] = total.get(key, 0.0) + reached.score
            if key not in best or reached.score > best[key].score:
                best[key] = reached
    ordered = sorted(total, key=lambda key: (-total[key], key))
    return [Reached(key, total[key], best[key].path) for key in ordered]
