from __future__ import annotations

import datetime as dt
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import NotFoundError
from rag.index.passages import PassageStore, write_passages
from rag.model import EvidenceGrade, Passage, RestsOn, Source, SourceKind, passage_id, sha256_text

SLEEP = Source(
    id="sleep",
    title="Sleep — “rest”",
    publisher="Plumbline",
    sha256="0" * 64,
    edition="2026-11",
    kind=SourceKind.DIGEST,
    published=dt.date(2026, 11, 22),
    supersedes=("rest@2020",),
    grade=EvidenceGrade.B,
    rests_on=(RestsOn("An institute", "Sleeping well", "https://example.org"),),
)
OLD = Source(id="mood", title="Mood", publisher="Plumbline", sha256="1" * 64, edition="2024")
NEW = Source(id="mood", title="Mood", publisher="Plumbline", sha256="2" * 64, edition="2026")


def passage(source: Source, text: str) -> Passage:
    middle = len(text) // 2
    return Passage(
        id=passage_id(source.id, source.edition, text),
        source_id=source.id,
        text=text,
        heading=("Top", "Détail > more"),
        start=3,
        end=3 + len(text),
        pages=(2, 3),
        sentences=((0, middle), (middle, len(text))),
        sha256=sha256_text(text),
    )


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, list[tuple[int, Passage]]]:
    sources = [OLD, NEW, SLEEP]
    texts = [(row, f"A text, number {n} 😴 of {row}.") for row in range(3) for n in range(400)]
    rows = [(row, passage(sources[row], text)) for row, text in texts]
    rows.sort(key=lambda pair: pair[1].id)
    path = tmp_path / "odd # name?%20" / "passages.sqlite"
    path.parent.mkdir()
    write_passages(path, sources, rows)
    return path, rows


def test_what_is_written_is_read_back(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    path, rows = written
    with closing(PassageStore(path)) as store:
        assert store.sources == [OLD, NEW, SLEEP]
        assert store.ids == [kept.id for _, kept in rows]
        assert store.source_rows == [source for source, _ in rows]
        assert set(store.sentence_counts) == {2}
        names = {0: "mood@2024", 1: "mood@2026", 2: "sleep"}
        for (source, expected), found in zip(rows, store, strict=True):
            assert found.source_id == names[source]
            assert found.text == expected.text
            assert found.heading == expected.heading
            assert found.pages == expected.pages
            assert found.sentence_texts() == expected.sentence_texts()
            assert (found.start, found.end, found.sha256) == (
                expected.start,
                expected.end,
                expected.sha256,
            )


def test_passages_come_in_the_order_asked(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    path, rows = written
    asked = [kept.id for _, kept in reversed(rows)] + [rows[5][1].id]
    with closing(PassageStore(path)) as store:
        assert [found.id for found in store.get(asked)] == asked
        assert store.get([]) == []


def test_an_unknown_id_is_named(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    path, rows = written
    with closing(PassageStore(path)) as store, pytest.raises(NotFoundError, match="feed5eed"):
        store.get([rows[0][1].id, "feed5eed"])


def test_a_bare_id_names_every_edition(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    with closing(PassageStore(written[0])) as store:
        assert store.source_rows_named("mood") == [0, 1]
        assert store.source_rows_named("mood@2024") == [0]
        assert store.source_rows_named("sleep") == store.source_rows_named("sleep@2026-11") == [2]
        assert store.source_rows_named("nothing") == []


def test_the_store_cannot_be_written(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    path, _ = written
    before = path.read_bytes()
    with closing(PassageStore(path)) as store:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._database.execute("DELETE FROM passages")
        assert [p.name for p in path.parent.iterdir()] == ["passages.sqlite"]
    assert path.read_bytes() == before


def test_threads_share_a_store(written: tuple[Path, list[tuple[int, Passage]]]) -> None:
    path, rows = written
    ids = [kept.id for _, kept in rows]
    with closing(PassageStore(path)) as store, ThreadPoolExecutor(8) as pool:
        slices = [ids[n : n + 50] for n in range(0, 1000, 5)]
        for asked, found in zip(slices, pool.map(store.get, slices), strict=True):
            assert [kept.id for kept in found] == asked


def test_the_same_passages_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [(0, passage(SLEEP, "One text."))]
    for name in ("a", "b"):
        write_passages(tmp_path / name, [SLEEP], rows)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
