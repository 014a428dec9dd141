"""How much time is left for everything that an LLM does for one question."""

from __future__ import annotations

import time


class Deadline:
    """A moment, `seconds` from when it was made."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, 0 when it has passed."""
        return max(0.0, self._at - time.monotonic())
