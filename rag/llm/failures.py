"""What went wrong with an LLM, in words that help, and whether another try makes sense.

The integrations of llama-index raise whatever their own client raises, so errors are told apart
by what all of them carry: a status, a kind of time-out, or neither.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

_TRY_AGAIN = frozenset({408, 409, 425, 429})
_SERVER_ERROR = 500
_ADVICE = {
    400: "it refused the request (400): check RAG_LLM__MODEL and RAG_LLM__MAX_OUTPUT_TOKENS",
    401: "it refused the key (401): check RAG_LLM__API_KEY",
    403: "it refused the key (403): check RAG_LLM__API_KEY",
    404: "it knows no such model or address (404): check RAG_LLM__MODEL and RAG_LLM__BASE_URL",
    413: "the prompt is too long for it (413): lower RAG_LLM__MAX_PROMPT_TOKENS",
    429: "it has too many requests (429)",
}
TIMED_OUT = "it gave no whole reply in time"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call gave nothing. `reason` goes on after "The language model gave no answer: "."""

    reason: str
    again: bool  # whether the same call may work later
    wait_s: float = 0.0  # the server asked to wait at least this long


def failure_of(error: BaseException) -> Failure:
    """What an exception of a call means."""
    status = _status(error)
    if status is not None:
        reason = _ADVICE.get(status, f"it answered with an error ({status})")
        return Failure(reason, status in _TRY_AGAIN or status >= _SERVER_ERROR, _wait(error))
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    if "Timeout" in kinds:
        return Failure(TIMED_OUT, again=True)
    if "Connect" in kinds or isinstance(error, OSError):
        return Failure("it cannot be reached: check RAG_LLM__BASE_URL", again=True)
    if isinstance(error, asyncio.InvalidStateError | RuntimeError):
        return Failure("its client broke off", again=True)
    if isinstance(error, ValueError):
        return Failure("what it sent cannot be read", again=True)
    return Failure(f"its client failed ({type(error).__name__})", again=True)


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            value = getattr(holder, name, None)
            if isinstance(value, int) and 400 <= value < 600:
                return value
    return None


def _wait(error: BaseException) -> float:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers.get("retry-after", 0)))
    except (TypeError, ValueError, AttributeError):
        return 0.0  # a date: our own pause will do
