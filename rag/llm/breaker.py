"""Leaves a failing LLM alone for a while, so that nobody waits for what does not come."""

from __future__ import annotations

import threading
import time


class Breaker:
    """Opens after `failures` in a row; after `cooldown_s` one caller may try again."""

    def __init__(self, failures: int, cooldown_s: float) -> None:
        """`failures` is at least 1; `cooldown_s` in seconds."""
        self._limit = failures
        self._cooldown_s = cooldown_s
        self._failures = 0
        self._open_until = 0.0
        self._lock = threading.Lock()

    def allows(self) -> bool:
        """Whether to try now. The first to be let through after the pause tries for all."""
        with self._lock:
            if self._failures < self._limit:
                return True
            now = time.monotonic()
            if now < self._open_until:
                return False
            self._open_until = now + self._cooldown_s
            return True

    def succeeded(self) -> None:
        """The LLM answered: closed again."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The LLM gave nothing usable."""
        with self._lock:
            self._failures += 1
            self._open_until = time.monotonic() + self._cooldown_s
