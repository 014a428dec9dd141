from __future__ import annotations

import time

from rag.llm.breaker import Breaker


def test_opens_after_failures_in_a_row_and_lets_one_try_after_the_pause() -> None:
    breaker = Breaker(2, 0.2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    time.sleep(0.25)
    assert breaker.allows()
    assert not breaker.allows()
    breaker.succeeded()
    assert breaker.allows()
