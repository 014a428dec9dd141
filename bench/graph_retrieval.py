"""Four arms side by side on the multi-hop questions: none, vector + BM25, graph, all.

    python bench/graph_retrieval.py --half held_out

Builds an index of `corpora/documents` where none is given, asks each question of each arm, and
prints the share of the answering passages among the first five (recall@5), hits among five, and
the mean reciprocal rank of the first. A passage answers when one sentence of it holds the words
that the question's file names.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path

from knowledge_graph.names import normal
from rag.index.build import build
from rag.index.version import IndexVersion
from rag.retrieval.hybrid import HybridRetriever
from rag.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ARMS = {
    "none": (),
    "vector + BM25": ("dense", "lexical"),
    "graph": ("graph",),
    "all": ("dense", "lexical", "graph"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--half", choices=("tuning", "held_out"), default="tuning")
    parser.add_argument("--index", type=Path)
    parser.add_argument("--show", action="store_true", help="print what each arm misses")
    arguments = parser.parse_args()
    questions = _questions(ROOT / f"bench/questions/multihop_{arguments.half}.jsonl")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index_dir=arguments.index or Path(folder))
        if arguments.index is None:
            build([ROOT / "corpora/documents"], settings)
        with IndexVersion.open(settings.index_dir) as version:
            _compare(version, settings, questions, arguments.show)


def _questions(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _compare(
    version: IndexVersion, settings: Settings, questions: list[dict[str, object]], show: bool
) -> None:
    wanted = {str(q["id"]): _answers(version, q["answers"]) for q in questions}
    unanswerable = [name for name, answers in wanted.items() if not all(answers)]
    if unanswerable:
        print("no passage holds the words of:", ", ".join(unanswerable))
    retriever = HybridRetriever(version, settings)
    print(f"{len(questions)} questions, {version.manifest.counts.passages} passages")
    print(f"{'arm':15}{'recall@5':>10}{'any in 5':>10}{'MRR':>8}{'ms':>8}")
    for name, arms in ARMS.items():
        recalls, hits, reciprocal, took = [], [], [], []
        for question in questions:
            answers = wanted[str(question["id"])]
            began = time.perf_counter()
            found = (
                retriever.retrieve(str(question["question"]), top_k=12, arms=arms).evidence
                if arms
                else ()
            )
            took.append(time.perf_counter() - began)
            ids = [e.passage.id for e in found]
            recall = statistics.fmean(any(i in ids[:5] for i in answer) for answer in answers)
            ranks = [ids.index(i) + 1 for answer in answers for i in answer if i in ids]
            recalls.append(recall)
            hits.append(recall > 0)
            reciprocal.append(1 / min(ranks) if ranks else 0.0)
            if show and recall < 1 and name in ("vector + BM25", "all"):
                print(f"  {name}: {recall:.2f} {question['id']} {question['question']}")
        row = (recalls, hits, reciprocal)
        print(
            f"{name:15}{statistics.fmean(row[0]):10.3f}{statistics.fmean(row[1]):10.3f}"
            f"{statistics.fmean(row[2]):8.3f}{statistics.median(took) * 1000:8.1f}"
        )


def _answers(version: IndexVersion, answers: object) -> list[set[str]]:
    """For each answer, the passages of its document with a sentence that holds its words."""
    found = []
    for answer in answers:  # type: ignore[attr-defined]
        words = f" {normal(answer['words'])} "
        passages = version.passages(version.passage_ids(answer["document"]))
        found.append(
            {
                p.id
                for p in passages
                if any(words in f" {normal(s)} " for s in p.sentence_texts())
            }
        )
    return found


if __name__ == "__main__":
    main()
