"""The section that a question asks for, where its words lead only to the rest of the document.

"My brother is an alcoholic and says he is fine" finds what alcohol use disorder is. That somebody
asks for him is said in two words of it, and the section on helping others is the one to quote.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache

from rag.compose.facets import Facet, facets_of_heading, facets_of_question
from rag.index.version import IndexVersion
from rag.model import Evidence, Hit, Passage

_MAIN = 0.35  # share of what was found from which a source is what the question is about
_MOST = 2  # sections added
# Parts that stand in sections of their own; others run through a whole document.
_ADDED = frozenset(
    {Facet.HELPING_OTHERS, Facet.SELF_HELP, Facet.STOPPING, Facet.SIDE_EFFECTS, Facet.SEEKING_HELP}
)

Completed = Callable[[str, Sequence[Evidence]], tuple[Evidence, ...]]


def completing(version: IndexVersion) -> Completed:
    """Adds to evidence, at its end, up to two sections of the source that most of it comes from:
    those on a part that the question asks for and that nothing of that source speaks of yet."""

    @lru_cache(maxsize=256)
    def sections(source: str) -> tuple[tuple[Passage, frozenset[Facet]], ...]:
        passages = version.passages(version.passage_ids(source))
        passages.sort(key=lambda passage: passage.start)
        return tuple((p, facets_of_heading(p.heading) & _ADDED) for p in passages)

    def completed(question: str, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
        asked = facets_of_question(question) & _ADDED
        main = _main(evidence)
        if not asked or main is None:
            return tuple(evidence)
        there = [e for e in evidence if e.passage.source_id == main.passage.source_id]
        missing = asked - {f for e in there for f in facets_of_heading(e.passage.heading)}
        found = [p for p, facets in sections(main.passage.source_id) if facets & missing]
        lowest = min(e.hit.score for e in evidence)
        added = (Evidence(Hit(p.id, lowest, {}), p, main.source) for p in found[:_MOST])
        return (*evidence, *added)

    return completed


def _main(evidence: Sequence[Evidence]) -> Evidence | None:
    """The first hit of the source that most of what was found lies in, if it is the main one."""
    share: dict[str, float] = defaultdict(float)
    for one in evidence:
        share[one.passage.source_id] += one.hit.score
    best = max(share, key=lambda source: share[source], default="")
    if not best or share[best] < _MAIN * sum(share.values()):
        return None
    return next(one for one in evidence if one.passage.source_id == best)
