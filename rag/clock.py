"""Milliseconds that each step of one question took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._steps: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Times the block; a name used again adds up."""
        began = time.perf_counter()
        try:
            yield
        finally:
            taken = (time.perf_counter() - began) * 1000
            self._steps[name] = round(self._steps.get(name, 0.0) + taken, 2)

    def read(self) -> dict[str, float]:
        """Each step, and `total`."""
        total = round((time.perf_counter() - self._began) * 1000, 2)
        return {**self._steps, "total": total}
