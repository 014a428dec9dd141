from __future__ import annotations

import threading
import time

import pytest

from knowledge_graph.errors import GraphUnavailableError
from knowledge_graph.stores.deadline import FAILURES, MAX_CALLS, OPEN_S, Breaker, Calls


def test_what_work_returns_and_raises_comes_through() -> None:
    calls = Calls()
    assert calls.within(5, lambda: 7) == 7
    with pytest.raises(KeyError):
        calls.within(5, lambda: {}["none"])


def test_late_work_is_given_up_and_its_place_comes_free_again() -> None:
    calls, release = Calls(), threading.Event()
    for _ in range(MAX_CALLS):
        with pytest.raises(GraphUnavailableError, match=r"within 0\.01 s"):
            calls.within(0.01, release.wait)
    began = time.monotonic()
    with pytest.raises(GraphUnavailableError):  # every place is taken by a call that hangs
        calls.within(0.05, lambda: 7)
    assert time.monotonic() - began < 1
    release.set()
    assert calls.within(5, lambda: 7) == 7


def test_the_breaker_opens_after_failures_in_a_row_and_lets_one_call_try() -> None:
    now = [100.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES - 1):
        breaker.check()
        breaker.failed()
    breaker.check()
    breaker.succeeded()
    for _ in range(FAILURES):
        breaker.check()
        breaker.failed()
    with pytest.raises(GraphUnavailableError, match="in a row"):
        breaker.check()
    now[0] += OPEN_S + 1
    breaker.check()  # this one tries
    with pytest.raises(GraphUnavailableError):
        breaker.check()  # the others go on waiting
    breaker.succeeded()
    breaker.check()
    breaker.check()
