"""An engine with parts that the user brings from llama-index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms.llm import LLM

from rag.engine import Engine
from rag.errors import SettingsError
from rag.index.build import BuildReport, build
from rag.integrations.llama_index.encoder import EmbeddingEncoder
from rag.integrations.llama_index.guests import RetrieverArm, VersionWithGuests
from rag.retrieval.arm import Arm
from rag.retrieval.dense import DenseArm
from rag.retrieval.fusion import WEIGHTS
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.lexical import LexicalArm
from rag.settings import Settings


def build_with(
    embedding: BaseEmbedding, paths: Sequence[Path], settings: Settings | None = None
) -> BuildReport:
    """Builds and activates an index version whose vectors come from `embedding`.

    Only `open_engine(embedding=...)` with the same embedding can answer from it.

    Raises:
        BuildError: no document could be used, or the version could not be written.
        EncoderError: the embedding failed.
    """
    return build(paths, settings or Settings(), encoder=EmbeddingEncoder(embedding))


def open_engine(
    settings: Settings | None = None,
    *,
    retrievers: Sequence[BaseRetriever] = (),
    llm: LLM | None = None,
    embedding: BaseEmbedding | None = None,
    own_index: bool = True,
) -> Engine:
    """An engine on the active index version, with the user's own parts.

    Args:
        retrievers: asked beside our own dense and lexical search (the graph is left out then);
            together they count as much as it does.
        llm: writes the answers, in place of the one that the settings name.
        embedding: the one that `build_with` built the version with.
        own_index: False answers from `retrievers` alone. The index version then only says how
            rare words are.

    Raises:
        IndexUnavailableError: nothing is built, or the version was built with another encoder.
        SettingsError: `own_index` is False and there is no retriever.

    >>> open_engine(retrievers=[my_index.as_retriever()])  # doctest: +SKIP
    """
    if not retrievers and not own_index:
        raise SettingsError("open_engine(): give a retriever, or leave own_index=True")
    settings = settings or Settings()
    version = VersionWithGuests.open(
        settings.index_dir,
        threads=settings.encoder.threads,
        encoder=EmbeddingEncoder(embedding) if embedding else None,
    )
    with version.closed_on_failure():
        hybrid = _hybrid(version, settings, retrievers, own_index) if retrievers else None
        return Engine(version, settings, retriever=hybrid, llm=llm)


def _hybrid(
    version: VersionWithGuests,
    settings: Settings,
    retrievers: Sequence[BaseRetriever],
    own_index: bool,
) -> HybridRetriever:
    """The user's retrievers beside, or in place of, our dense and lexical search."""
    guests = [
        RetrieverArm(retriever, version, f"llama_index_{number}" if number > 1 else "llama_index")
        for number, retriever in enumerate(retrievers, start=1)
    ]
    own: list[Arm] = [DenseArm(version), LexicalArm(version)] if own_index else []
    weight = sum(WEIGHTS[arm.name] for arm in own) / len(guests) or 1.0
    return HybridRetriever(
        version,
        settings,
        [*own, *guests],
        {**WEIGHTS, **{arm.name: weight for arm in guests}},
    )
