from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.encoders.base import Vectors
from rag.index.sentence_vectors import SentenceVectors, write_sentence_vectors
from rag.index.vectors import VectorIndex, write_vectors

ROWS, DIMENSIONS = 300, 24


def unit_vectors(rows: int, seed: int = 1) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(rows, DIMENSIONS)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> VectorIndex:
    path = tmp_path_factory.mktemp("vectors") / "vectors.faiss"
    write_vectors(path, unit_vectors(ROWS))
    return VectorIndex(path)


def by_hand(query: Vectors, top_k: int, allowed: set[int]) -> list[tuple[int, float]]:
    cosines = unit_vectors(ROWS).astype(np.float64) @ query.astype(np.float64)
    ranked = sorted(allowed, key=lambda row: (-cosines[row], row))
    return [(row, cosines[row]) for row in ranked[:top_k]]


@given(
    seed=st.integers(0, 50),
    top_k=st.integers(1, ROWS + 10),
    excluded=st.sets(st.integers(0, ROWS - 1)),
)
def test_search_is_exact_and_excluded_rows_use_no_place(
    index: VectorIndex, seed: int, top_k: int, excluded: set[int]
) -> None:
    query = unit_vectors(1, seed + 100)[0]
    allowed = np.ones(ROWS, dtype=np.bool_)
    allowed[list(excluded)] = False
    found = index.search(query, top_k, allowed)
    expected = by_hand(query, top_k, set(range(ROWS)) - excluded)
    assert [row for row, _ in found] == [row for row, _ in expected]
    assert [s for _, s in found] == pytest.approx([s for _, s in expected], abs=1e-5)


def test_without_exclusion_the_nearest_is_the_vector_itself(index: VectorIndex) -> None:
    (row, cosine), *_ = index.search(unit_vectors(ROWS)[17], 5)
    assert row == 17
    assert cosine == pytest.approx(1.0, abs=1e-6)


def test_nothing_is_found_when_all_is_excluded(index: VectorIndex) -> None:
    nothing = np.zeros(ROWS, dtype=np.bool_)
    assert index.search(unit_vectors(1)[0], 5, nothing) == []


def test_vectors_come_back_as_they_were_stored(index: VectorIndex) -> None:
    assert np.array_equal(index.all(), unit_vectors(ROWS))


def test_threads_share_an_index(index: VectorIndex) -> None:
    queries = list(unit_vectors(200, seed=9))
    alone = [index.search(query, 10) for query in queries]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda query: index.search(query, 10), queries)) == alone


def test_sentence_vectors_by_passage(tmp_path: Path) -> None:
    path = tmp_path / "sentences.npy"
    vectors = unit_vectors(7)
    halves = vectors.astype(np.float16)
    write_sentence_vectors(path, iter([halves[:3], halves[3:]]), 7, DIMENSIONS)
    stored = SentenceVectors(path, [2, 0, 5])
    assert stored.of_row(1).shape == (0, DIMENSIONS)
    for row, expected in ((0, vectors[:2]), (2, vectors[2:])):
        found = stored.of_row(row)
        assert found.dtype == np.float32
        assert np.allclose(found, expected, atol=1e-3)
        assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)


def test_sentence_file_is_what_numpy_itself_writes(tmp_path: Path) -> None:
    halves = unit_vectors(5).astype(np.float16)
    write_sentence_vectors(tmp_path / "a.npy", iter([halves]), 5, DIMENSIONS)
    np.save(tmp_path / "b.npy", halves)
    assert (tmp_path / "a.npy").read_bytes() == (tmp_path / "b.npy").read_bytes()


def test_a_corpus_without_sentences_opens(tmp_path: Path) -> None:
    write_sentence_vectors(tmp_path / "a.npy", iter([]), 0, DIMENSIONS)
    assert SentenceVectors(tmp_path / "a.npy", [0]).of_row(0).shape == (0, DIMENSIONS)
