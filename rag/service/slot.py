"""Holds the engine that answers now, and swaps it without failing a request in flight."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rag.engine import Engine
from rag.errors import IndexUnavailableError


@dataclass(slots=True)
class _Held:
    engine: Engine
    leases: int = 0
    retired: bool = False


class EngineSlot:
    """One engine at a time. Safe to use from any thread.

    Whoever works with the engine holds a lease; an engine that was swapped out is closed when
    its last lease ends.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._reason = "the service is still starting"

    @contextmanager
    def lease(self) -> Iterator[Engine]:
        """The engine, kept open for as long as the block runs.

        Raises:
            IndexUnavailableError: there is none; the message says why.
        """
        with self._lock:
            held = self._held
            if held is None:
                raise IndexUnavailableError(f"Nothing to answer from: {self._reason}")
            held.leases += 1
        try:
            yield held.engine
        finally:
            with self._lock:
                held.leases -= 1
                last = held.retired and held.leases == 0
            if last:
                held.engine.close()

    def swap(self, engine: Engine) -> None:
        """From now on `engine` answers; the one before is closed after its last lease."""
        self._replace(_Held(engine), "")

    def clear(self, reason: str) -> None:
        """From now on nothing answers, because of `reason`."""
        self._replace(None, reason)

    def version(self) -> str | None:
        """The index version that answers now."""
        with self._lock:
            return self._held.engine.version_id if self._held else None

    def _replace(self, held: _Held | None, reason: str) -> None:
        with self._lock:
            before, self._held, self._reason = self._held, held, reason
            idle = before is not None and before.leases == 0
            if before is not None:
                before.retired = True
        if before is not None and idle:
            before.engine.close()
