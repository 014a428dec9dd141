"""What everything of ours adds to an answer of six sentences by an LLM.

    python bench/llm_overhead.py

A chat server on loopback replays six sentences at once, so that all time but the server's own is
ours: triage, retrieval, the prompt, the wire, reading the reply, the gate, and the Answer. The
second row has three sentences in it that fail, so that each is compared with other passages and
goes back for one rewrite. The baseline is the same call of the same server by llama-index alone.
Aim: under 250 ms on 2 cores.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from corpora import documents_dir
from rag import Engine, Settings
from rag.evaluation.recorded_server import RecordedServer, Reply, Request
from rag.index.build import build
from rag.llm.opening import open_llm
from rag.settings import LLMSettings

ROUNDS = 20
QUESTION = "What helps with panic attacks?"
FAITHFUL = (
    "Panic disorder is treated with talking therapy, medicine, or both. [1] "
    "SSRI antidepressants are usually the first medicine that is tried. [2] "
    "Tell yourself during an attack that panic is not dangerous and will pass. [3] "
    "Regular exercise and enough sleep may help with panic disorder. [4] "
    "Avoiding caffeine, alcohol and smoking may help to prevent panic attacks. [4] "
    "You can help someone by being patient and by noticing small progress. [5]"
)
FAILING = (
    "Panic disorder is treated with talking therapy, medicine, or both. [1] "
    "Most people are cured by SSRI antidepressants within 3 days. [2] "
    "Tell yourself during an attack that panic is not dangerous and will pass. [9] "
    "Regular exercise makes panic attacks impossible in 95% of people. [4] "
    "Avoiding caffeine, alcohol and smoking may help to prevent panic attacks. [4] "
    "A breathing lamp from the chemist ends every attack. [5]"
)


def timed(name: str, work: Callable[[], object]) -> None:
    """Prints one line: milliseconds of each call, after two that are not counted."""
    taken = []
    for turn in range(ROUNDS + 2):
        began = time.perf_counter()
        work()
        if turn > 1:
            taken.append((time.perf_counter() - began) * 1000)
    slowest = statistics.quantiles(taken, n=20)[18]
    print(f"{name:<52} median {statistics.median(taken):6.1f} ms   p95 {slowest:6.1f} ms")


def main() -> None:
    reply = FAITHFUL

    def respond(request: Request) -> Reply:
        return Reply("" if "did not pass" in request.messages[-1]["content"] else reply)

    with tempfile.TemporaryDirectory() as folder, RecordedServer(respond) as server:
        llm = LLMSettings(
            provider="openai-like", model="recorded", base_url=server.base_url, redact="always"
        )
        build([documents_dir()], Settings(index_dir=Path(folder)))
        with Engine.open(Settings(index_dir=Path(folder), llm=llm)) as engine:
            answer = engine.ask(QUESTION)
            print(f"{len(answer.sentences)} of 6 sentences released, {answer.composed_by}")
            timed("six faithful sentences", lambda: engine.ask(QUESTION))
            reply = FAILING
            answer = engine.ask(QUESTION)
            print(f"{len(answer.sentences)} of 6 sentences released, {answer.composed_by}")
            timed("six sentences, three of which fail", lambda: engine.ask(QUESTION))
        alone = open_llm(llm)
        timed("baseline: llama-index calls the same server", lambda: alone.complete(QUESTION))


if __name__ == "__main__":
    main()
