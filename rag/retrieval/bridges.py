"""Entities in the middle: what the passages nearest to a question name and the question does not.

"What could go wrong with the bowels on the drug that is tried in schizophrenia once the others have
failed?" names no clozapine. The sentence nearest to it does, and from there the graph leads on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from knowledge_graph.linking import Link
from knowledge_graph.schema import Kind, kind_of
from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.dense import DenseArm
from rag.retrieval.fusion import fuse
from rag.retrieval.lexical import LexicalArm

_NEAREST = 4  # passages looked at, the first ones of vectors and BM25 together
_LEAST_COSINE = 0.3  # of the question and the sentence of a passage that is nearest to it
_MOST = 3  # entities
_CONFIDENCE = 0.4  # of the best of them; a name in the question has 1
_KINDS = frozenset(
    {
        Kind.DISORDER,
        Kind.DRUG_CLASS,
        Kind.INSTRUMENT,
        Kind.MEDICATION,
        Kind.SELF_HELP,
        Kind.THERAPY,
    }
)


class Bridges:
    """Over one index version. Threads may share it."""

    def __init__(self, version: IndexVersion) -> None:
        self._version = version
        self._dense, self._lexical = DenseArm(version), LexicalArm(version)

    def between(
        self,
        query: Query,
        links: Sequence[Link],
        depth: int,
        excluded_sources: Collection[str] = (),
    ) -> Mapping[str, float]:
        """Keys of up to three entities that the nearest sentences name, with their confidence.

        Args:
            links: what the question itself names; none of it is given back.
            depth: passages asked of each arm, before the two are fused.
        """
        known = {link.key for link in links}
        found: dict[str, float] = defaultdict(float)
        for passage, score in self._nearest(query, depth, excluded_sources):
            vectors = self._version.sentence_vectors(passage)
            if not len(vectors):
                continue
            cosines = vectors @ query.vector
            nearest = int(cosines.argmax())
            if cosines[nearest] < _LEAST_COSINE:
                continue
            sentence = self._version.passage(passage).sentence_texts()[nearest]
            for span in self._version.graph.linker.spans(sentence):
                key = span.keys[0]
                if key not in known and kind_of(key) in _KINDS:
                    found[key] += float(cosines[nearest]) * score
        best = sorted(found, key=lambda key: (-found[key], key))[:_MOST]
        return {key: _CONFIDENCE * found[key] / found[best[0]] for key in best}

    def _nearest(
        self, query: Query, depth: int, excluded_sources: Collection[str]
    ) -> list[tuple[str, float]]:
        rankings = {
            arm.name: arm.search(query, depth, excluded_sources=excluded_sources)
            for arm in (self._dense, self._lexical)
        }
        return [(hit.passage_id, hit.score) for hit in fuse(rankings, depth)[:_NEAREST]]
