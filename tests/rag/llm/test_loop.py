from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator

import pytest

from rag.llm.loop import LoopThread


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    thread = LoopThread()
    yield thread
    thread.close()


async def double(number: int) -> int:
    await asyncio.sleep(0)
    return 2 * number


async def fail() -> None:
    raise ValueError("no")


def test_results_and_errors_come_back(loop: LoopThread) -> None:
    assert loop.run(double(2)) == 4
    assert asyncio.run(loop.arun(double(3))) == 6
    assert asyncio.run(loop.arun(double(4))) == 8  # another loop, the same thread
    with pytest.raises(ValueError, match="no"):
        loop.run(fail())
    with pytest.raises(ValueError, match="no"):
        asyncio.run(loop.arun(fail()))


def test_a_cancelled_caller_waits_for_the_end_of_the_work(loop: LoopThread) -> None:
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.1)
            ended.append("work")

    async def caller() -> None:
        task = asyncio.create_task(loop.arun(work()))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        ended.append("caller")

    asyncio.run(caller())
    assert ended == ["work", "caller"]


def test_leaving_an_iteration_ends_it(loop: LoopThread) -> None:
    ended: list[int] = []

    async def numbers() -> AsyncGenerator[int]:
        try:
            for number in range(1000):
                yield number
                await asyncio.sleep(0.01)
        finally:
            ended.append(1)

    async def some() -> list[int]:
        found = []
        items = loop.iterate(numbers())
        async for number in items:
            found.append(number)
            if number == 2:
                break
        await items.aclose()
        return found

    assert asyncio.run(some()) == [0, 1, 2]
    assert ended == [1]
