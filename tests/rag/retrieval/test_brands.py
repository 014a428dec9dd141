"""The brands arm on a real version: the passage that says what a brand is, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.index.version import IndexVersion
from rag.retrieval.arm import Query
from rag.retrieval.brands import BrandsArm
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings
from tests.rag.retrieval.conftest import indexed

DOCUMENTS: dict[str, tuple[dict[str, str], str]] = {
    "names": ({}, "Tegretol is a brand of carbamazepine."),
    "pill": ({}, "Carbamazepine makes the contraceptive pill work less well."),
    "praise": ({}, "Tegretol has been sold for many years in many countries."),
    "spirits": ({}, "Spirits such as gin hold more alcohol than wine does."),
    "panic": ({}, "SSRIs are usually the first medicine for panic disorder."),
}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexVersion]:
    with IndexVersion.open(
        indexed(tmp_path_factory.mktemp("brands"), DOCUMENTS).index_dir
    ) as opened:
        yield opened


def sources(
    version: IndexVersion, question: str, excluded_sources: frozenset[str] = frozenset()
) -> list[str]:
    query = Query(question, version.encoder.encode([question])[0])
    found = BrandsArm(version).search(query, 10, excluded_sources=excluded_sources)
    return [version.passage(passage).source_id for passage, _ in found]


@pytest.mark.parametrize("brand", ["Tegretol", "tegretol", "Tegretoll"])
def test_the_passage_that_says_what_a_brand_is(version: IndexVersion, brand: str) -> None:
    assert sources(version, f"Does the pill still work while I take {brand}?") == ["names"]


@pytest.mark.parametrize(
    "question",
    [
        "Does the pill still work with carbamazepine?",  # the substance's own name
        "What comes first for panic disorder?",
        "Does Zoloft upset the stomach?",  # no passage says what it is
        "I am in low spirits all the time",  # names alcohol to the graph, and no brand
        "",
    ],
)
def test_silent_otherwise(version: IndexVersion, question: str) -> None:
    assert sources(version, question) == []


def test_an_excluded_source_names_nothing(version: IndexVersion) -> None:
    question = "Does the pill still work while I take Tegretol?"
    assert sources(version, question, frozenset({"names"})) == []


def test_both_steps_are_among_the_evidence(version: IndexVersion) -> None:
    retriever = HybridRetriever(version, Settings())
    found = retriever.retrieve("Will my pill work while I take Tegretol?", top_k=2).evidence
    assert {one.source.id for one in found} == {"names", "pill"}
    assert "brands" in next(one for one in found if one.source.id == "names").hit.arms
