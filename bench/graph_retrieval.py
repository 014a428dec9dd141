"""Four arms side by side: none, vector + BM25, graph, all.

    python bench/graph_retrieval.py --half held_out
    python bench/graph_retrieval.py --medquad ../shared/data/sources/medquad --half held_out

The first asks our multi-hop questions of the documents that they were written for: the 32 of
`bench/questions/multihop_documents.txt` (later ones answer many of them too), or all
(`training/two_steps/questions.py`); the sets for practice were written to tune on. A passage
answers when one sentence of it holds the words that the question's file names. The second asks
MedQuAD's questions on mental health of their own answers, one document an answer under its topic,
so that the question is nowhere in the index; the halves are split by topic. Both print recall@5
(the share of answers with a passage among the first five), whether any is there, the mean
reciprocal rank of the first, and the median time of a question, its encoding included.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from pagerank import PageRankArm

import corpora
from knowledge_graph.graph import Sources
from knowledge_graph.schema import Kind, kind_of
from rag.evaluation.medquad import Pair, halves, read
from rag.index.build import build, build_documents
from rag.index.version import IndexVersion
from rag.model import Block, BlockKind, Document, Source, sha256_text
from rag.retrieval.dense import DenseArm
from rag.retrieval.hybrid import HybridRetriever
from rag.retrieval.lexical import LexicalArm
from rag.settings import Settings
from training.two_steps.questions import OF_ALL, OF_SOME, Question, documents
from training.two_steps.questions import read as read_questions

ARMS = {
    "none": (),
    "vector + BM25": ("dense", "lexical"),
    "graph": ("graph", "brands"),
    "all": ("dense", "lexical", "graph", "brands"),
}
SEED = 3
BESIDE = frozenset({"anxiety", "bereavement", "self-harm", "stress", "suicide"})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--half",
        choices=(*OF_SOME, *OF_ALL),
        default="tuning",
    )
    parser.add_argument("--medquad", type=Path)
    parser.add_argument("--index", type=Path, help="an index to use, or to build into")
    parser.add_argument("--pagerank", action="store_true", help="PageRank in the walk's place")
    parser.add_argument("--show", action="store_true", help="print what each arm misses")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(index_dir=arguments.index or Path(folder))
        pairs = _mental_health(read(arguments.medquad)) if arguments.medquad else ()
        if not (settings.index_dir / "CURRENT").exists():
            if pairs:
                build_documents(_documents(pairs), settings)
            else:
                build(documents(arguments.half), settings)
        with IndexVersion.open(settings.index_dir) as version:
            if pairs:
                half = halves(pairs, SEED)[arguments.half in ("held_out", "second")]
                questions = _medquad(version, half)
            else:
                questions = read_questions(version, arguments.half)
            _compare(
                version,
                _retriever(version, settings, arguments.pagerank),
                questions,
                arguments.show,
            )


def _mental_health(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs whose topic is a disorder that the graph names, or one of a few beside."""
    vocabulary = Sources.shipped(corpora.facts_dir()).vocabulary
    return [
        pair
        for pair in pairs
        if pair.topic.casefold() in BESIDE
        or any(kind_of(key) is Kind.DISORDER for key in vocabulary.named(pair.topic))
    ]


def _documents(pairs: Iterable[Pair]) -> list[tuple[str, Document]]:
    return [
        (
            pair.id,
            Document(
                Source(_source_id(pair), pair.topic, "MedQuAD", sha256_text(pair.answer)),
                (
                    Block(BlockKind.HEADING, pair.topic, level=1),
                    Block(BlockKind.PARAGRAPH, pair.answer),
                ),
            ),
        )
        for pair in pairs
    ]


def _source_id(pair: Pair) -> str:
    return sha256_text(pair.id)[:16]


def _medquad(version: IndexVersion, pairs: Sequence[Pair]) -> list[Question]:
    known = {source.id: source for source in version.sources()}
    same: dict[str, set[str]] = {}
    for source in known.values():
        same.setdefault(source.sha256, set()).update(version.passage_ids(source.id))
    return [
        Question(pair.id, pair.question, [same[known[_source_id(pair)].sha256]])
        for pair in pairs
        if _source_id(pair) in known
    ]


def _retriever(version: IndexVersion, settings: Settings, pagerank: bool) -> HybridRetriever:
    if not pagerank:
        return HybridRetriever(version, settings)
    arms = (DenseArm(version), LexicalArm(version), PageRankArm(version))
    return HybridRetriever(version, settings, arms)


def _compare(
    version: IndexVersion, retriever: HybridRetriever, questions: list[Question], show: bool
) -> None:
    lost = [q.id for q in questions if not all(q.answers)]
    if lost:
        print("no passage holds an answer to:", ", ".join(lost))
    print(f"{len(questions)} questions, {version.manifest.counts.passages} passages")
    print(f"{'arm':15}{'recall@5':>10}{'any in 5':>10}{'MRR':>8}{'ms':>8}")
    for name, arms in ARMS.items():
        rows = []
        for question in questions:
            began = time.perf_counter()
            found = retriever.retrieve(question.text, top_k=12, arms=arms).evidence if arms else ()
            took = time.perf_counter() - began
            ids = [e.passage.id for e in found]
            recall = statistics.fmean(any(i in ids[:5] for i in a) for a in question.answers)
            ranks = [ids.index(i) + 1 for answer in question.answers for i in answer if i in ids]
            rows.append((recall, recall > 0, 1 / min(ranks) if ranks else 0.0, took))
            if show and recall < 1 and name in ("vector + BM25", "all"):
                print(f"  {name}: {recall:.2f} {question.id} {question.text}")
        recalls, hits, reciprocal, times = zip(*rows, strict=True)
        print(
            f"{name:15}{statistics.fmean(recalls):10.3f}{statistics.fmean(hits):10.3f}"
            f"{statistics.fmean(reciprocal):8.3f}{statistics.median(times) * 1000:8.1f}"
        )


if __name__ == "__main__":
    main()
