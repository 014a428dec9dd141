"""A deadline and a breaker for calls over a network, whose sockets may hang for minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Lock, Thread
from typing import TypeVar

from knowledge_graph.errors import GraphUnavailableError

T = TypeVar("T")

MAX_CALLS = 32
"""Calls that may be under way at once; a hanging server never costs more threads than this."""

FAILURES = 3
"""Failures one after another that open the breaker."""

OPEN_S = 10.0
"""Seconds for which an open breaker refuses at once, before one call may try again."""


class Calls:
    """Runs calls in threads of their own, and gives up on those that are late.

    Threads are daemons rather than a pool's: one that hangs must not keep the program from ending.
    """

    def __init__(self) -> None:
        self._places = BoundedSemaphore(MAX_CALLS)

    def within(self, seconds: float, work: Callable[[], T]) -> T:
        """What `work` returns or raises, if it does so in time.

        Raises:
            GraphUnavailableError: it did not.
        """
        end = time.monotonic() + seconds
        late = GraphUnavailableError(f"The graph store gave no answer within {seconds:g} s")
        if not self._places.acquire(timeout=max(seconds, 0)):
            raise late
        answer: SimpleQueue[tuple[bool, T | BaseException]] = SimpleQueue()

        def run() -> None:
            try:
                answer.put((True, work()))
            except BaseException as error:
                answer.put((False, error))
            finally:
                self._places.release()

        Thread(target=run, name="graph-call", daemon=True).start()
        try:
            done, value = answer.get(timeout=max(end - time.monotonic(), 0))
        except Empty:
            raise late from None
        if isinstance(value, BaseException) and not done:
            raise value
        return value  # type: ignore[return-value]


class Breaker:
    """Stops calling a store that is down: the third failure in a row opens it, and until
    `OPEN_S` have passed every call is refused at once. Then one call tries again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._closed_at = 0.0

    def check(self) -> None:
        """Raises:
        GraphUnavailableError: the breaker is open.
        """
        with self._lock:
            if self._failures < FAILURES:
                return
            left = self._closed_at - self._clock()
            if left > 0:
                raise GraphUnavailableError(
                    f"The graph store failed {self._failures} times in a row; it is asked again "
                    f"in {left:.0f} s"
                )
            self._closed_at = self._clock() + OPEN_S  # this call tries, the others go on waiting

    def succeeded(self) -> None:
        """Tells of a call that was answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """Tells of a call that was not."""
        with self._lock:
            self._failures += 1
            self._closed_at = self._clock() + OPEN_S
