"""What everything of ours adds to an answer of six sentences by an LLM.

    python bench/llm_overhead.py [INDEX_DIR]

A chat server on loopback replays six sentences at once, so that all time but the server's own is
ours: triage, retrieval, the prompt, the wire, reading the reply, the gate, and the Answer. The
second row has three sentences in it that fail, so that each is compared with other passages and
goes back for one rewrite. The baseline is the same call of the same server by llama-index alone.
Aim: under 250 ms on 2 cores.
"""

from __future__ import annotations

import statistics
import sys
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
    """Prints one line: milliseconds of each call, after two that are not counted.

    The processor's time counts the replaying server as well, and no other program.
    """
    taken, worked = [], []
    for turn in range(ROUNDS + 2):
        began, busy = time.perf_counter(), time.process_time()
        work()
        if turn > 1:
            taken.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - busy) * 1000)
    median, slowest = statistics.median(taken), statistics.quantiles(taken, n=20)[18]
    processor = statistics.median(worked)
    print(
        f"{name:<48} median {median:6.1f} ms   p95 {slowest:6.1f} ms   "
        f"processor {processor:6.1f} ms"
    )


def measure(index_dir: Path) -> None:
    """Prints all rows."""
    reply = FAITHFUL

    def respond(request: Request) -> Reply:
        return Reply("" if "did not pass" in request.messages[-1]["content"] else reply)

    with RecordedServer(respond) as server:
        llm = LLMSettings(
            provider="openai-like", model="recorded", base_url=server.base_url, redact="always"
        )
        with Engine.open(Settings(index_dir=index_dir, llm=llm)) as engine:
            for name, said in (("six that hold", FAITHFUL), ("six, three inventions", FAILING)):
                reply = said
                answer = engine.ask(QUESTION)
                kept = f"{len(answer.sentences)} released, {answer.composed_by}"
                timed(f"{name} ({kept})", lambda: engine.ask(QUESTION))
        alone = open_llm(llm)
        timed("baseline: llama-index calls the same server", lambda: alone.complete(QUESTION))


def main() -> None:
    if len(sys.argv) > 1:
        measure(Path(sys.argv[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        build([documents_dir()], Settings(index_dir=Path(folder)))
        measure(Path(folder))


if __name__ == "__main__":
    main()
