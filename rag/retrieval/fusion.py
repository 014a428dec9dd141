"""Several rankings into one: a weighted sum of scores, each arm's scaled to 0..1.

Convex combination with min-max scaling (Bruch, Gai and Ingber 2023, "An analysis of fusion
functions for hybrid retrieval", ACM TOIS 42). It took the place of weighted reciprocal rank
fusion (Cormack, Clarke and Buettcher 2009), whose best weight reaches an MRR@10 of 0.592 on the
tuning half of MedQuAD, against 0.606: see `docs/retrieval.md`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rag.model import Hit

Ranking = Sequence[tuple[str, float]]

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"dense": 0.65, "lexical": 0.35, "graph": 0.5, "brands": 0.8}
)
"""What each arm counts. The first two were measured on the tuning half of MedQuAD, where the best
weight lies in the middle of a flat top: 0.25 to 0.45 for the lexical arm differ by 0.003 in MRR@10.
The graph's and that of brands are from questions of two steps, see `docs/graph.md`; the graph
speaks up on no other."""
UNMEASURED_WEIGHT = 0.25
"""What an arm counts whose weight nobody has measured: it can lift a passage that others found
too, but alone it stays behind what both measured arms put first."""


def fuse(
    rankings: Mapping[str, Ranking], depth: int, weights: Mapping[str, float] = WEIGHTS
) -> list[Hit]:
    """One list of hits, best first, ties by passage id. Fused scores are in 0..1.

    An arm's best score counts 1. What it did not return counts 0, like the last score of a full
    list, since it cannot have scored more; a list that is not full ends where nothing more
    scored above 0, so there 0 is 0. The same passages with the same scores give the same list,
    in whatever order they and the arms come.

    Args:
        rankings: (passage id, score) of each arm; higher is better.
        depth: how many passages each arm was asked for: a list of so many is full.
        weights: what each arm counts, 0 or more; at 0, or silent, an arm is as if not asked.
    """
    told = sorted(name for name, ranking in rankings.items() if ranking)
    used = {name: weights.get(name, UNMEASURED_WEIGHT) for name in told}
    total = sum(used.values())
    fused: dict[str, float] = defaultdict(float)
    own: dict[str, dict[str, float]] = defaultdict(dict)
    for name, weight in used.items():
        if weight == 0:
            continue
        for passage_id, score, scaled in _scaled(rankings[name], depth):
            fused[passage_id] += weight / total * scaled
            own[passage_id][name] = score
    ordered = sorted(fused, key=lambda passage_id: (-fused[passage_id], passage_id))
    return [Hit(passage_id, fused[passage_id], own[passage_id]) for passage_id in ordered]


def _scaled(ranking: Ranking, depth: int) -> list[tuple[str, float, float]]:
    """(passage id, score, score scaled to 0..1); of a passage listed twice, the better score."""
    best: dict[str, float] = {}
    for passage_id, score in ranking:
        best[passage_id] = max(score, best.get(passage_id, score))
    if not best:
        return []
    top, last = max(best.values()), min(best.values())
    floor = last if len(best) >= depth else min(0.0, last)
    span = top - floor
    return [
        (passage_id, score, (score - floor) / span if span > 0 else 1.0)
        for passage_id, score in best.items()
    ]
