"""Parts that users bring from llama-index, inside our engine."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import (
    IndexNode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)
from llama_index.core.vector_stores import SimpleVectorStore

from rag.engine import Engine
from rag.errors import EncoderError, IndexUnavailableError, SettingsError
from rag.index.version import IndexVersion
from rag.integrations.llama_index import (
    EmbeddingEncoder,
    PlumblineEmbedding,
    PlumblineRetriever,
    build_with,
    open_engine,
)
from rag.settings import Settings
from tests.rag.integrations.llama_index.conftest import Replies

KLEPTOMANIA = (
    "Kleptomania is a rare condition in which people cannot resist urges to steal things. "
    "People with kleptomania often feel tense before they steal and guilty afterwards. "
    "Cognitive behavioural therapy can help people with kleptomania."
)
QUESTION = "What is kleptomania?"


class Given(BaseRetriever):
    """Returns what it was given."""

    def __init__(self, *found: NodeWithScore) -> None:
        self._found = list(found)
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._found


class Hashed(BaseEmbedding):
    """Words hashed into a few dimensions: small, but a real embedding."""

    size: int = 64

    def _get_text_embedding(self, text: str) -> list[float]:
        vector = [0.0] * self.size
        for word in re.findall(r"[a-z]+", text.lower()):
            vector[zlib.crc32(word.encode()) % self.size] += 1.0
        return vector

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def node(text: str, score: float | None = 0.9, **metadata: Any) -> NodeWithScore:
    source = {NodeRelationship.SOURCE: RelatedNodeInfo(node_id="theirs")}
    return NodeWithScore(
        node=TextNode(text=text, metadata=metadata, relationships=source), score=score
    )


@pytest.fixture
def settings(built_index: Path) -> Settings:
    return Settings(index_dir=built_index)


def test_their_nodes_become_evidence_that_answers_quote(settings: Settings) -> None:
    store = VectorStoreIndex(
        [node(KLEPTOMANIA, title="Kleptomania", url="https://example.org/k").node],
        storage_context=None,
        embed_model=PlumblineEmbedding(),
    )
    assert isinstance(store.vector_store, SimpleVectorStore)
    with open_engine(settings, retrievers=[store.as_retriever(similarity_top_k=1)]) as engine:
        answer = engine.ask(QUESTION)
        assert answer.status == "answered"
        assert "urges to steal" in answer.text
        citation = answer.citations[0]
        assert (citation.title, citation.url) == ("Kleptomania", "https://example.org/k")
        assert engine.passage(citation.passage_id).text == KLEPTOMANIA
        assert engine.source(citation.source_id).grade == "D"
        assert engine.ask("What helps with panic attacks?").citations[0].title == "Panic attacks"
    with Engine.open(settings) as alone:
        assert alone.ask(QUESTION).status == "abstained"


def test_their_retrievers_alone(settings: Settings) -> None:
    with open_engine(settings, retrievers=[Given(node(KLEPTOMANIA))], own_index=False) as engine:
        found = engine.retrieve("What helps with panic attacks?")
    assert [e.passage.text for e in found.evidence] == [KLEPTOMANIA]


def test_their_language_model_words_the_answer_and_is_checked(
    settings: Settings, llm: Replies
) -> None:
    words = (
        "When a panic attack comes, slow and steady breathing helps many people [1]. "
        "Sertraline ends panic attacks within 12 days [1]."
    )
    with open_engine(settings, llm=llm(words)) as engine:
        answer = engine.ask("What helps with panic attacks?")
    assert answer.composed_by == "llm"
    assert "slow and steady breathing" in answer.text
    assert "12 days" not in answer.text
    assert any("12 days" in dropped.text for dropped in answer.dropped)


def test_their_language_model_over_their_retriever(settings: Settings, llm: Replies) -> None:
    words = "People with kleptomania often feel tense before stealing and guilty afterwards [1]."
    given = Given(node(KLEPTOMANIA, title="Kleptomania"))
    with open_engine(settings, retrievers=[given], llm=llm(words)) as engine:
        answer = engine.ask(QUESTION)
    assert answer.composed_by == "llm"
    assert [c.title for c in answer.citations] == ["Kleptomania"]


def test_no_arm_at_all_is_an_error(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="retriever"):
        open_engine(settings, own_index=False)


@pytest.mark.parametrize("retrievers", [(), (Given(),)])
def test_an_engine_that_cannot_be_made_leaves_no_version_open(
    unusable_llm: Settings, open_versions: list[IndexVersion], retrievers: tuple[Given, ...]
) -> None:
    with pytest.raises(SettingsError):
        open_engine(unusable_llm, retrievers=retrievers)
    assert open_versions == []


def test_our_own_nodes_keep_their_identity(settings: Settings) -> None:
    with Engine.open(settings) as ours:
        roundabout = PlumblineRetriever(ours, top_k=2)
        own = {n.node.node_id for n in roundabout.retrieve(QUESTION)}
        with open_engine(settings, retrievers=[roundabout], own_index=False) as engine:
            assert {e.passage.id for e in engine.retrieve(QUESTION).evidence} == own


@pytest.mark.parametrize("scores", [(None, None), (0.1, 0.9), (0.9, None)])
def test_order_counts_where_scores_do_not_fall(
    settings: Settings, scores: Sequence[float | None]
) -> None:
    given = Given(*(node(f"Fact number {i} about stealing.", s) for i, s in enumerate(scores)))
    with open_engine(settings, retrievers=[given], own_index=False) as engine:
        evidence = engine.retrieve(QUESTION).evidence
    assert [e.passage.text[:13] for e in evidence] == ["Fact number 0", "Fact number 1"]


def test_nodes_without_sentences_are_passed_over(settings: Settings) -> None:
    given = Given(node("  "), NodeWithScore(node=IndexNode(text="", index_id="x"), score=0.5),
                  node(KLEPTOMANIA, 0.4, page_label="12"))  # fmt: skip
    with open_engine(settings, retrievers=[given], own_index=False) as engine:
        evidence = engine.retrieve(QUESTION).evidence
    assert [e.passage.pages for e in evidence] == [(12,)]


def test_a_retriever_that_fails_is_left_out_and_named(settings: Settings) -> None:
    class Broken(BaseRetriever):
        def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
            raise ConnectionError("no such host")

    with open_engine(settings, retrievers=[Broken()]) as engine:
        answer = engine.ask("What helps with panic attacks?")
    assert answer.degraded == ("llama_index",)
    assert answer.sentences


def test_an_index_with_their_embedding(documents: Path, tmp_path: Path) -> None:
    settings = Settings(index_dir=tmp_path)
    report = build_with(Hashed(model_name="hashed"), [documents], settings)
    assert report.sources == 3
    with open_engine(settings, embedding=Hashed(model_name="hashed")) as engine:
        found = engine.retrieve("What helps with panic attacks?", arms=["dense"])
        assert found.vector.shape == (64,)
        assert found.evidence[0].source.title == "Panic attacks"
    with pytest.raises(IndexUnavailableError, match="Hashed"):
        open_engine(settings)
    with pytest.raises(IndexUnavailableError, match="once more"):
        open_engine(settings, embedding=Hashed(model_name="another"))


def test_their_embedding_gives_unit_vectors() -> None:
    encoder = EmbeddingEncoder(Hashed(model_name="hashed"))
    vectors = encoder.encode(["one two two", "", "three"])
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), [1, 0, 1], atol=1e-5)
    assert encoder.encode([]).shape == (0, 64)
    assert encoder.count_tokens("one two") >= 2
    assert encoder.sha256 == EmbeddingEncoder(Hashed(model_name="hashed")).sha256
    assert encoder.sha256 != EmbeddingEncoder(Hashed(model_name="other")).sha256


def test_our_embedding_is_the_shipped_encoder() -> None:
    vector = PlumblineEmbedding().get_query_embedding("What helps with panic attacks?")
    assert len(vector) == 384
    assert math.isclose(sum(x * x for x in vector), 1.0, abs_tol=1e-4)


def test_an_embedding_that_fails_is_named() -> None:
    class Failing(Hashed):
        def _get_text_embedding(self, text: str) -> list[float]:
            if "bad" in text:
                raise TimeoutError("too slow")
            return super()._get_text_embedding(text)[: 3 if "short" in text.split() else None]

    encoder = EmbeddingEncoder(Failing(model_name="hashed"))
    with pytest.raises(EncoderError, match="TimeoutError: too slow"):
        encoder.encode(["bad"])
    with pytest.raises(EncoderError, match="3 finite numbers"):
        encoder.encode(["this is longer"])
