"""Asks several arms at once, and goes on without those that fail or are late."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter
from collections.abc import Collection, Mapping
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from rag.retrieval.arm import Arm, Query
from rag.retrieval.fusion import Ranking

# Calls of one arm that may be under way at once. An arm that hangs would otherwise cost one more
# thread with every question; past this many it is left out without being asked.
_MAX_CALLS = 64

_log = logging.getLogger(__name__)


class ArmRunner:
    """Runs arms side by side under one deadline. Threads may share it.

    Threads are daemons of their own rather than a pool's: a hanging arm must neither hold back
    the next question nor keep the program from ending.
    """

    def __init__(self, arms: Mapping[str, Arm], deadline_s: float) -> None:
        self._arms = dict(arms)
        self._deadline_s = deadline_s
        self._calls: Counter[str] = Counter()
        self._lock = Lock()

    def run(
        self,
        names: Collection[str],
        query: Query,
        top_k: int,
        excluded_sources: Collection[str],
    ) -> tuple[dict[str, Ranking], dict[str, str]]:
        """What each arm found, and of each arm without a result, why."""
        answers: SimpleQueue[tuple[str, Ranking | Exception]] = SimpleQueue()
        found: dict[str, Ranking] = {}
        failed: dict[str, str] = {}
        waiting: set[str] = set()
        for name in names:
            if self._begin(name):
                waiting.add(name)
                arguments = (name, query, top_k, excluded_sources, answers)
                Thread(target=self._ask, args=arguments, name=f"arm-{name}", daemon=True).start()
            else:
                failed[name] = f"{_MAX_CALLS} earlier calls have not come back"
        end = time.monotonic() + self._deadline_s
        while waiting:
            try:
                name, answer = answers.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                failed |= dict.fromkeys(waiting, f"no answer within {self._deadline_s:g} s")
                break
            waiting.remove(name)
            if isinstance(answer, Exception):
                failed[name] = f"{type(answer).__name__}: {answer}"
            else:
                found[name] = answer
        for name, reason in failed.items():
            _log.warning("retrieval arm %s left out: %s", name, reason)
        return found, failed

    def _ask(
        self,
        name: str,
        query: Query,
        top_k: int,
        excluded_sources: Collection[str],
        answers: SimpleQueue[tuple[str, Ranking | Exception]],
    ) -> None:
        try:
            arm = self._arms[name]
            found = arm.search(query, top_k, excluded_sources=excluded_sources)
            answers.put((name, _checked(found)[:top_k]))
        except Exception as error:  # an arm may be anyone's, and may raise anything
            answers.put((name, error))
        finally:
            with self._lock:
                self._calls[name] -= 1

    def _begin(self, name: str) -> bool:
        with self._lock:
            if self._calls[name] >= _MAX_CALLS:
                return False
            self._calls[name] += 1
            return True


def _checked(found: Ranking) -> Ranking:
    if not all(math.isfinite(score) for _, score in found):
        raise ValueError("a score is not a finite number")
    return found
