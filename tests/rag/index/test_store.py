from __future__ import annotations

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from rag.errors import (
    BuildError,
    BuildInProgressError,
    IndexCorruptError,
    IndexUnavailableError,
    NotFoundError,
)
from rag.index.build import build
from rag.index.pointer import Pointer, read_pointer
from rag.index.store import IndexStore
from rag.index.version import IndexVersion
from rag.settings import Settings


@pytest.fixture
def store(settings: Settings) -> IndexStore:
    return IndexStore(settings.index_dir)


def damage(store: IndexStore, version_id: str) -> None:
    path = store.folder(version_id) / "sentences.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"\x00\x01")


def test_versions_are_listed_newest_first(store: IndexStore, two_versions: tuple[str, str]) -> None:
    older, newer = two_versions
    assert [(state.id, state.active) for state in store.versions()] == [
        (newer, True),
        (older, False),
    ]
    assert all(state.manifest and not state.problem for state in store.versions())


def test_rolling_back_and_activating(store: IndexStore, two_versions: tuple[str, str]) -> None:
    older, newer = two_versions
    assert store.active() == newer
    assert store.rollback().id == older
    with IndexVersion.open(store.index_dir) as version:
        assert version.id == older
    with pytest.raises(IndexUnavailableError, match="no earlier version"):
        store.rollback()
    assert store.active() == older
    assert store.activate(newer).id == newer
    assert store.rollback().id == older


def test_rolling_back_twice_goes_back_twice(
    store: IndexStore, two_versions: tuple[str, str], library: Path, settings: Settings
) -> None:
    older, newer = two_versions
    (library / "walking.md").unlink()
    (library / "sleep.md").unlink()
    third = build([library], settings).version_id
    assert (store.rollback().id, store.rollback().id) == (newer, older)
    assert third in store.ids()


def test_rolling_back_passes_over_damaged_versions(
    store: IndexStore, two_versions: tuple[str, str], library: Path, settings: Settings
) -> None:
    older, newer = two_versions
    (library / "sleep.md").unlink()
    build([library], settings)
    damage(store, newer)
    assert store.rollback().id == older


def test_a_damaged_version_is_never_activated(
    store: IndexStore, two_versions: tuple[str, str]
) -> None:
    older, newer = two_versions
    damage(store, older)
    with pytest.raises(IndexCorruptError, match=r"sentences\.npy"):
        store.activate(older)
    assert store.active() == newer
    with pytest.raises(IndexUnavailableError, match="no earlier version"):
        store.rollback()
    assert store.active() == newer


@pytest.mark.parametrize("name", ["", "..", "../..", "0" * 16, "zz", ".lock", "0" * 15 + "/"])
def test_an_id_that_is_none_is_not_found(
    store: IndexStore, two_versions: tuple[str, str], name: str
) -> None:
    for call in (store.manifest, store.verify, store.activate, store.folder):
        with pytest.raises(NotFoundError, match="rag index list"):
            call(name)


def test_without_an_index_the_message_says_build(store: IndexStore) -> None:
    assert store.versions() == []
    assert store.prune(2) == []
    for call in (store.active, store.verify, store.rollback):
        with pytest.raises(IndexUnavailableError, match="rag build"):
            call()
    with pytest.raises(IndexUnavailableError, match="rag build") as caught:
        IndexVersion.open(store.index_dir)
    assert caught.value.exit_code == 3
    assert not store.index_dir.exists()


def test_without_current_the_message_says_activate(
    store: IndexStore, two_versions: tuple[str, str]
) -> None:
    (store.index_dir / "CURRENT").unlink()
    with pytest.raises(IndexUnavailableError, match="rag index activate"):
        IndexVersion.open(store.index_dir)
    store.activate(two_versions[0])
    assert store.active() == two_versions[0]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../etc\n", b"not an id at all\n"])
def test_a_damaged_current_is_named_and_can_be_mended(
    store: IndexStore, two_versions: tuple[str, str], content: bytes
) -> None:
    (store.index_dir / "CURRENT").write_bytes(content)
    with pytest.raises(IndexCorruptError, match="CURRENT"):
        IndexVersion.open(store.index_dir)
    with pytest.raises(IndexCorruptError, match="CURRENT"):
        store.prune(2)
    assert {state.id for state in store.versions()} == set(two_versions)
    store.activate(two_versions[1])
    assert store.active() == two_versions[1]


def test_current_names_a_version_that_is_gone(
    store: IndexStore, two_versions: tuple[str, str]
) -> None:
    older, newer = two_versions
    store.folder(newer).rename(store.index_dir / "away")
    with pytest.raises(IndexUnavailableError, match=newer):
        IndexVersion.open(store.index_dir)
    assert store.rollback().id == older


def test_pruning_keeps_the_active_one_and_the_way_back(
    store: IndexStore, library: Path, settings: Settings, write_document
) -> None:
    ids = [build([library], settings).version_id]
    for number in range(4):
        write_document("walking", f"A walk of {number + 2} miles lifts the mood a little.")
        ids.append(build([library], settings).version_id)
    store.activate(ids[1])
    store.activate(ids[0])
    assert set(store.prune(3)) == {ids[2], ids[3]}
    assert set(store.ids()) == {ids[0], ids[1], ids[4]}
    assert store.prune(3) == []
    assert store.active() == ids[0]
    assert store.rollback().id == ids[1]


def test_a_version_in_use_outlives_its_deletion(
    store: IndexStore, two_versions: tuple[str, str], library: Path, settings: Settings
) -> None:
    older, _ = two_versions
    with IndexVersion.open(store.index_dir, older) as version:
        (library / "sleep.md").unlink()
        build([library], settings)
        assert store.prune(2) == [older]
        found = version.lexical("worry", 3)
        assert found
        assert version.passage(found[0][0]).text
        assert version.dense(version.encoder.encode(["worry"])[0], 3)
        assert version.sentence_vectors(found[0][0]).any()


def test_a_second_build_is_refused_and_the_lock_is_given_back(
    store: IndexStore, library: Path, settings: Settings, two_versions: tuple[str, str]
) -> None:
    (library / "sleep.md").unlink()
    started, go_on = threading.Event(), threading.Event()

    def wait(stage: str, done: int, total: int) -> None:
        if stage == "Embedding passages":
            started.set()
            go_on.wait(20)

    first = threading.Thread(target=build, args=([library], settings), kwargs={"progress": wait})
    first.start()
    try:
        assert started.wait(20)
        with pytest.raises(BuildInProgressError, match="Another build"):
            build([library], settings)
        with pytest.raises(BuildInProgressError, match="Another build"):
            store.prune(2)
    finally:
        go_on.set()
        first.join()
    assert build([library], settings).created is False


def test_a_rollback_does_not_wait_for_a_build(
    store: IndexStore, two_versions: tuple[str, str]
) -> None:
    with FileLock(store.index_dir / ".lock"):
        assert store.rollback().id == two_versions[0]


def test_an_index_folder_that_is_a_file_is_an_error(library: Path, settings: Settings) -> None:
    settings.index_dir.write_text("a file")
    with pytest.raises(BuildError, match="--index-dir"):
        build([library], settings)
    assert settings.index_dir.read_text() == "a file"


def test_the_pointer_remembers_each_version_once() -> None:
    pointer = Pointer("a").moved_to("b").moved_to("a").moved_to("c").moved_to("c")
    assert pointer == Pointer("c", ("a", "b"))
    for number in range(50):
        pointer = pointer.moved_to(str(number))
    assert len(pointer.earlier) == 20


def test_current_is_one_id_a_line(store: IndexStore, two_versions: tuple[str, str]) -> None:
    older, newer = two_versions
    assert (store.index_dir / "CURRENT").read_text() == f"{newer}\n{older}\n"
    assert read_pointer(store.index_dir) == Pointer(newer, (older,))
