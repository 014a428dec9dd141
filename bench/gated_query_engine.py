"""What llama-index's citation engine lets out, plain and behind the gate.

    python bench/gated_query_engine.py [--json FILE]

The same recorded answers, over the same documents and over real HTTP, go through
`CitationQueryEngine` as it comes and through `gated(CitationQueryEngine)`. A sentence is an error
where its recording marks it as unsupported; see tests/rag/evaluation/data.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from llama_index.core import VectorStoreIndex
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import TextNode
from llama_index.llms.openai_like import OpenAILike

from rag.evaluation.intervals import wilson
from rag.evaluation.matching import Released
from rag.evaluation.recorded_answers import RecordedAnswer, read_recorded
from rag.evaluation.recorded_server import RecordedServer, Reply, Request
from rag.integrations.llama_index import PlumblineEmbedding, gated
from rag.integrations.llama_index.gates import shipped_gate

ANSWERS = Path(__file__).parents[1] / "tests/rag/evaluation/data/recorded_answers.jsonl"
MARK = re.compile(r"(\[|\((?:Sources?)\s)(\d{1,3})(?=[\])])")


@dataclass
class Row:
    """Counts of one engine."""

    wrong: list[tuple[tuple[str, ...], bool]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    abstained: int = 0
    took_ms: list[float] = field(default_factory=list)


def renumbered(answer: RecordedAnswer, prompt: str) -> str:
    """The recorded answer with the numbers under which the prompt shows its passages."""
    shown = {
        text.strip(): number
        for number, text in re.findall(r"^Source (\d+):\n(.+?)\n", prompt, re.M | re.S)
    }

    def number(mark: re.Match[str]) -> str:
        n = int(mark[2])
        text = answer.passages[n - 1] if 0 < n <= len(answer.passages) else ""
        return f"{mark[1]}{shown.get(text.strip(), 900 + n)}"

    return MARK.sub(number, answer.answer)


def measure(answers: tuple[RecordedAnswer, ...]) -> dict[str, Row]:
    rows = {"CitationQueryEngine": Row(), "gated(CitationQueryEngine)": Row()}
    embedding, gate = PlumblineEmbedding(), shipped_gate()
    said: list[RecordedAnswer] = []

    def respond(request: Request) -> Reply:
        return Reply(renumbered(said[-1], request.text.rsplit("Below are several", 1)[-1]))

    with RecordedServer(respond) as server:
        llm = OpenAILike(
            model="recorded", api_base=server.base_url, api_key="none", is_chat_model=True
        )
        for answer in answers:
            said.append(answer)
            nodes = [TextNode(text=text) for text in answer.passages]
            index = VectorStoreIndex(nodes, embed_model=embedding)
            plain = CitationQueryEngine.from_args(
                index, llm=llm, similarity_top_k=len(nodes), citation_chunk_size=2048
            )
            engines = zip(rows.values(), (plain, gated(plain, gate=gate)), strict=True)
            for row, engine in engines:
                began = time.perf_counter()
                response = engine.query(answer.question)
                row.took_ms.append((time.perf_counter() - began) * 1000)
                report = (response.metadata or {}).get("plumbline", {})
                row.abstained += report.get("status") == "abstained"
                count(row, answer, str(response))
    return rows


def count(row: Row, answer: RecordedAnswer, text: str) -> None:
    released = Released([MARK.sub("", text)], by_llm=True)
    for sentence in answer.sentences():
        if sentence.kinds:
            row.wrong.append((sentence.kinds, released.holds(sentence.text)))
        else:
            row.right.append(released.holds(sentence.text))


def lines(rows: dict[str, Row]) -> Iterator[str]:
    for name, row in rows.items():
        out = [released for _, released in row.wrong]
        yield (
            f"{name:<28} errors released {share(out)}   faithful kept {share(row.right)}   "
            f"abstained {row.abstained}   median {statistics.median(row.took_ms):.0f} ms"
        )
    yield ""
    plain, checked = rows.values()
    yield f"{'kind of error':<24}{'plain':>10}{'gated':>10}"
    for kind in dict.fromkeys(kind for kinds, _ in plain.wrong for kind in kinds):
        counts = [[out for kinds, out in row.wrong if kind in kinds] for row in (plain, checked)]
        cells = "".join(f"{f'{sum(out)} of {len(out)}':>10}" for out in counts)
        yield f"{kind:<24}{cells}"


def share(flags: list[bool]) -> str:
    low, high = wilson(sum(flags), len(flags))
    return f"{sum(flags)} of {len(flags)} ({sum(flags) / len(flags):.2f}, {low:.2f}-{high:.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=ANSWERS, help="recorded answers")
    parser.add_argument("--json", type=Path, help="where to write the counts as well")
    options = parser.parse_args()
    rows = measure(read_recorded(options.input))
    print("\n".join(lines(rows)))
    if options.json:
        counts = {
            name: {"wrong": row.wrong, "right": row.right, "abstained": row.abstained}
            for name, row in rows.items()
        }
        options.json.write_text(json.dumps(counts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
