"""The second look: an order for questions of two steps, and the fusion's order for all others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import corpora
from rag.errors import CorpusError
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.model import Hit
from rag.retrieval import second_look
from rag.retrieval.arm import Query
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.second_look import FEATURES, LOOKED_AT, SecondLook, shipped_weights
from rag.settings import Settings

QUESTION = "Does drinking less lift a low mood?"
SHIPPED = (
    "antidepressants",
    "antipsychotics-and-mood-stabilisers",
    "anxiety-and-sleep-medicines",
    "bipolar-disorder",
    "dementia-and-memory",
    "depression",
    "insomnia",
    "psychosis-first-help",
    "schizophrenia-and-psychosis",
    "ssris",
)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexVersion]:
    """Ten of the shipped documents."""
    settings = Settings(index_dir=tmp_path_factory.mktemp("larger"))
    build([corpora.documents_dir() / f"{name}.md" for name in SHIPPED], settings)
    with IndexVersion.open(settings.index_dir) as opened:
        yield opened


@pytest.fixture(scope="module")
def look(version: IndexVersion) -> SecondLook:
    weights = shipped_weights(version.encoder.sha256)
    assert weights is not None
    return SecondLook(version, weights)


def query(version: IndexVersion) -> Query:
    return Query(QUESTION, version.encoder.encode([QUESTION])[0])


def passages(version: IndexVersion) -> dict[str, str]:
    """The first passage of each source."""
    return {source.id: version.passage_ids(source.id)[0] for source in version.sources()}


def test_what_answers_goes_before_what_was_as_good_to_the_arms(
    version: IndexVersion, look: SecondLook
) -> None:
    known = passages(version)
    hits = [Hit(known["listening"], 0.51), Hit(known["drinking"], 0.50)]
    moved = look.reordered(query(version), hits, {"graph": [(known["drinking"], 1.0)]})
    assert [(hit.passage_id, hit.score) for hit in moved] == [
        (known["drinking"], 0.51),
        (known["listening"], 0.50),
    ]


def test_the_order_stays_where_neither_graph_nor_brands_speak(
    version: IndexVersion, look: SecondLook
) -> None:
    known = passages(version)
    hits = [Hit(known["listening"], 0.51), Hit(known["drinking"], 0.50)]
    for silent in ({}, {"graph": [], "brands": []}, {"dense": [(known["drinking"], 1.0)]}):
        assert look.reordered(query(version), hits, silent) == hits


def test_a_passage_of_another_version_leaves_the_order_alone(
    version: IndexVersion, look: SecondLook
) -> None:
    known = passages(version)
    hits = [Hit(known["listening"], 0.51), Hit("0" * 20, 0.5), Hit(known["drinking"], 0.4)]
    assert look.reordered(query(version), hits, {"graph": [("0" * 20, 1.0)]}) == hits


@given(data=st.data())
def test_hits_change_places_and_nothing_is_lost(
    version: IndexVersion, look: SecondLook, data: st.DataObject
) -> None:
    ids = data.draw(st.permutations(sorted(passages(version).values())))
    scores = sorted((data.draw(st.floats(0, 1)) for _ in ids), reverse=True)
    hits = [Hit(i, score, {"dense": score}) for i, score in zip(ids, scores, strict=True)]
    moved = look.reordered(query(version), hits, {"graph": [(ids[0], 1.0)]})
    assert [hit.score for hit in moved] == scores
    assert {hit.passage_id: hit.arms for hit in moved} == {h.passage_id: h.arms for h in hits}


def test_what_comes_after_the_first_forty_stays_there(larger: IndexVersion) -> None:
    weights = shipped_weights(larger.encoder.sha256)
    assert weights is not None
    ids = [i for source in larger.sources() for i in larger.passage_ids(source.id)]
    hits = [Hit(i, 1 - n / 100) for n, i in enumerate(ids[: LOOKED_AT + 10])]
    found = {"graph": [(ids[30], 1.0)]}
    moved = SecondLook(larger, weights).reordered(query(larger), hits, found)
    assert moved[LOOKED_AT:] == hits[LOOKED_AT:]
    assert moved[:LOOKED_AT] != hits[:LOOKED_AT]


def test_weights_of_another_encoder_are_not_used(version: IndexVersion) -> None:
    assert shipped_weights("0" * 64) is None


def test_damaged_weights_are_one_clear_error(
    version: IndexVersion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(second_look, "files", lambda _: tmp_path)
    name = second_look.WEIGHTS_NAME
    few = {"encoder_sha256": version.encoder.sha256, "weights": {FEATURES[0]: 1.0}}
    for damaged in ("", "{", "[]", json.dumps(few)):
        (tmp_path / name).write_text(damaged, "utf-8")
        with pytest.raises(CorpusError, match="Install the package again"):
            shipped_weights(version.encoder.sha256)
    (tmp_path / name).unlink()
    with pytest.raises(CorpusError, match="Install the package again"):
        shipped_weights(version.encoder.sha256)


def test_both_steps_are_among_the_first_five(larger: IndexVersion) -> None:
    """The fusion alone puts the one that says what Geodon is behind five on dementia."""
    retriever = HybridRetriever(larger, Settings())
    found = retriever.retrieve(
        "Why can Geodon be risky for a grandmother with Alzheimer's?", top_k=5
    )
    sources = {evidence.passage.source_id for evidence in found.evidence}
    assert {"dementia-and-memory", "antipsychotics-and-mood-stabilisers"} <= sources
