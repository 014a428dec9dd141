"""Calls an LLM within limits: a deadline for all of a question, retries, a breaker, a length."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeVar

from rag.conversation import Turn
from rag.errors import LLMError
from rag.llm.breaker import Breaker
from rag.llm.deadline import Deadline
from rag.llm.failures import TIMED_OUT, failure_of
from rag.llm.loop import LoopThread
from rag.llm.opening import is_local
from rag.settings import LLMSettings

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage, ChatResponse

T = TypeVar("T")
# A reply is cut here, whatever the server makes of the token limit. English has 4 to 5 characters
# a token, other languages fewer.
_CHARS_PER_TOKEN = 6
_FIRST_PAUSE_S = 0.4
_LONGEST_PAUSE_S = 8.0
_READ_AHEAD = 256  # pieces of a stream that may wait while sentences are judged
_BLOCKING_CALLS = 4  # at once, of models that run inside this process


class LLMClient:
    """One LLM for an engine's life. Its coroutines run in `loop` only."""

    def __init__(self, llm: LLM, settings: LLMSettings) -> None:
        """`llm` may be any of llama-index; `settings` gives the limits."""
        from llama_index.core.llms import CustomLLM

        self.llm = llm
        self.loop = LoopThread()
        self.local = is_local(llm, settings.base_url)
        self._settings = settings
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_cooldown_s)
        self._most_chars = settings.max_output_tokens * _CHARS_PER_TOKEN
        # These are synchronous under an asynchronous face: in the loop they would hold it up.
        self._blocking = isinstance(llm, CustomLLM)
        self._threads = ThreadPoolExecutor(_BLOCKING_CALLS, thread_name_prefix="llm-call")

    @property
    def model(self) -> str:
        """The model's name, for the record."""
        return self._settings.model or str(getattr(self.llm, "model", type(self.llm).__name__))

    async def reply(self, prompt: Sequence[Turn], deadline: Deadline) -> str:
        """The whole reply, no longer than the output budget allows.

        Raises:
            LLMError: none came in time, or the breaker is open; says why.
        """
        async with aclosing(self._tries(self._whole, prompt, deadline)) as replies:
            async for text in replies:
                return text
        return ""

    async def stream(self, prompt: Sequence[Turn], deadline: Deadline) -> AsyncGenerator[str]:
        """The reply in pieces, as they come. A reply that has begun is not begun again.

        Raises:
            LLMError: it broke off, none came in time, or the breaker is open; says why.
        """
        async with aclosing(self._tries(self._pieces, prompt, deadline)) as pieces:
            async for piece in pieces:
                yield piece

    def close(self) -> None:
        """Cancels what is running."""
        self.loop.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _tries(
        self,
        call: Callable[[list[ChatMessage]], AsyncGenerator[str]],
        prompt: Sequence[Turn],
        deadline: Deadline,
    ) -> AsyncGenerator[str]:
        if not self._breaker.allows():
            raise LLMError("it has failed too often and is left alone for a while")
        messages = [_message(turn) for turn in prompt]
        for attempt in itertools.count():
            begun = False
            try:
                async with aclosing(call(messages)) as pieces:
                    while True:
                        # Around each piece, never around a yield: a time-out there would strike
                        # whatever the caller is doing meanwhile.
                        async with asyncio.timeout(deadline.left()):
                            piece = await anext(pieces, None)
                        if piece is None:
                            break
                        begun = True
                        yield piece
            except (asyncio.CancelledError, GeneratorExit):
                raise  # the caller has left
            except Exception as error:
                failure = failure_of(error)
                pause = max(failure.wait_s, _pause_s(attempt))
                last = begun or not failure.again or attempt >= self._settings.max_retries
                if last or pause >= deadline.left():
                    self._breaker.failed()
                    reason = failure.reason if deadline.left() else TIMED_OUT
                    raise LLMError(reason) from error
                await asyncio.sleep(pause)
            else:
                self._breaker.succeeded()
                return

    async def _whole(self, messages: list[ChatMessage]) -> AsyncGenerator[str]:
        if self._blocking:
            response = await self._in_thread(lambda: self.llm.chat(messages))
        else:
            response = await self.llm.achat(messages)
        yield _text(response)[: self._most_chars]

    async def _pieces(self, messages: list[ChatMessage]) -> AsyncGenerator[str]:
        length = 0
        async with aclosing(self._deltas(messages)) as deltas:
            async for response in deltas:
                piece = response.delta or ""
                length += len(piece)
                if piece:
                    yield piece
                if length > self._most_chars:
                    return

    async def _deltas(self, messages: list[ChatMessage]) -> AsyncGenerator[ChatResponse]:
        if self._blocking:
            responses = await self._in_thread(lambda: iter(self.llm.stream_chat(messages)))
            while (found := await self._in_thread(lambda: next(responses, None))) is not None:
                yield found
            return
        async with aclosing(_read_ahead(self.llm, messages)) as arrived:
            async for response in arrived:
                yield response

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


async def _read_ahead(llm: LLM, messages: list[ChatMessage]) -> AsyncGenerator[ChatResponse]:
    """A streamed reply, read in a task of its own.

    A generator of llama-index that is closed between two pieces leaves its connection open; a task
    that is cancelled where it waits for the network closes it.
    """
    queue: asyncio.Queue[ChatResponse | Exception | None] = asyncio.Queue(_READ_AHEAD)

    async def read() -> None:
        try:
            async for response in await llm.astream_chat(messages):
                await queue.put(response)
        except Exception as error:
            await queue.put(error)
        else:
            await queue.put(None)

    reader = asyncio.create_task(read())
    try:
        while (found := await queue.get()) is not None:
            if isinstance(found, Exception):
                raise found
            yield found
    finally:
        reader.cancel()
        await asyncio.wait([reader])


def _message(turn: Turn) -> ChatMessage:
    from llama_index.core.llms import ChatMessage

    return ChatMessage(role=turn.role, content=turn.text)


def _text(response: ChatResponse) -> str:
    return response.message.content or ""


def _pause_s(attempt: int) -> float:
    """Full jitter (Brooker, "Exponential Backoff and Jitter", 2015), so that callers spread out."""
    longest = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**attempt)
    return random.uniform(0, longest)  # noqa: S311  (not a secret)
