from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rag.engine import Engine
from rag.errors import IndexUnavailableError
from rag.service.slot import EngineSlot
from rag.settings import Settings


class Watched(Engine):
    """An engine that remembers how often it was closed."""

    closed = 0

    def close(self) -> None:
        self.closed += 1
        super().close()


def _engine(index_dir: Path) -> Watched:
    return Watched.open(Settings(index_dir=index_dir))


def test_an_empty_slot_says_why() -> None:
    slot = EngineSlot()
    slot.clear("there is no index; run `rag build`")
    with pytest.raises(IndexUnavailableError, match="rag build"), slot.lease():
        pass
    assert slot.version() is None


def test_an_idle_engine_is_closed_at_once(built_index: Path) -> None:
    slot, first, second = EngineSlot(), _engine(built_index), _engine(built_index)
    slot.swap(first)
    slot.swap(second)
    assert (first.closed, second.closed) == (1, 0)
    slot.clear("done")
    assert (first.closed, second.closed) == (1, 1)


def test_an_engine_in_use_is_closed_after_its_last_lease(built_index: Path) -> None:
    slot, first, second = EngineSlot(), _engine(built_index), _engine(built_index)
    slot.swap(first)
    with slot.lease() as outer:
        with slot.lease() as inner:
            slot.swap(second)
            assert outer is inner is first
            assert first.ask("What helps with panic attacks?").sentences
        assert first.closed == 0
        with slot.lease() as newer:
            assert newer is second
    assert first.closed == 1
    slot.clear("done")


def test_many_threads_and_swaps_close_every_engine_once(built_index: Path) -> None:
    slot = EngineSlot()
    engines = [_engine(built_index) for _ in range(6)]
    slot.swap(engines[0])
    stop = threading.Event()
    failures: list[BaseException] = []

    def ask() -> None:
        while not stop.is_set():
            try:
                with slot.lease() as engine:
                    engine.retrieve("panic attacks", top_k=1)
            except BaseException as error:
                failures.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for engine in engines[1:]:
        slot.swap(engine)
    stop.set()
    for thread in threads:
        thread.join()
    slot.clear("done")
    assert failures == []
    assert [engine.closed for engine in engines] == [1] * len(engines)
