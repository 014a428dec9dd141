"""Plumbline as a citizen of llama-index (extra `llm`).

Ours inside theirs: `PlumblineRetriever`, `PlumblineQueryEngine`, `PlumblineEmbedding`,
`GatePostprocessor`, `GateEvaluator`, and `gated(engine)`, which checks the answers of any query
engine; `PlumblineGraphStore` and `PlumblineGraphRetriever` for a `PropertyGraphIndex`. Theirs
inside ours: `open_engine(retrievers=..., llm=..., embedding=...)` and `build_with(embedding, ...)`.

>>> from rag.integrations.llama_index import gated  # doctest: +SKIP
>>> engine = gated(index.as_query_engine())  # doctest: +SKIP
"""

from __future__ import annotations

from rag.errors import MissingExtraError

try:
    import llama_index.core  # noqa: F401
except ImportError as error:
    raise MissingExtraError(
        "rag.integrations.llama_index needs llama-index. Run: pip install 'plumbline[llm]'"
    ) from error

from rag.integrations.llama_index.embedding import PlumblineEmbedding
from rag.integrations.llama_index.encoder import EmbeddingEncoder
from rag.integrations.llama_index.evaluator import GateEvaluator
from rag.integrations.llama_index.events import AnswerCheckedEvent, SentenceJudgedEvent
from rag.integrations.llama_index.gated import GatedQueryEngine, gated
from rag.integrations.llama_index.graph_retriever import PlumblineGraphRetriever
from rag.integrations.llama_index.graph_store import PlumblineGraphStore
from rag.integrations.llama_index.guests import RetrieverArm
from rag.integrations.llama_index.opening import build_with, open_engine
from rag.integrations.llama_index.postprocessor import GatePostprocessor
from rag.integrations.llama_index.query_engine import PlumblineQueryEngine
from rag.integrations.llama_index.retriever import PlumblineRetriever

__all__ = [
    "AnswerCheckedEvent",
    "EmbeddingEncoder",
    "GateEvaluator",
    "GatePostprocessor",
    "GatedQueryEngine",
    "PlumblineEmbedding",
    "PlumblineGraphRetriever",
    "PlumblineGraphStore",
    "PlumblineQueryEngine",
    "PlumblineRetriever",
    "RetrieverArm",
    "SentenceJudgedEvent",
    "build_with",
    "gated",
    "open_engine",
]
