"""The graph arm's expansion at 100,000 entities and 1,000,000 facts, and the load into Neo4j.

    python bench/graph.py [--entities 100000] [--facts 1000000] [--queries 500]

A synthetic graph with the degree shape, relation types and origins of the shipped one: every
entity takes the degree of one of the real graph's, scaled to the wanted mean. Seeds are drawn in
proportion to degree, since what people ask about is what much is known of. The same walks run over
the embedded store, over Neo4j on loopback (`NEO4J_URI`, ../shared/neo4j or Docker), and beside
them llama-index's `Neo4jPropertyGraphStore.get_rel_map` from the same seeds, to the same depth and
as many relationships, on the same server and nodes (pip install llama-index-graph-stores-neo4j).

Targets: p99 under 15 ms embedded, under 40 ms on Neo4j; loading at 20,000 facts/s or more.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pytest

import corpora
from knowledge_graph.expansion import expand
from knowledge_graph.graph import Sources, build_graph
from knowledge_graph.intent import relation_weights
from knowledge_graph.schema import Entity, Fact, GraphData, Kind, Origin, Relation
from knowledge_graph.store import GraphReader
from knowledge_graph.stores.embedded import EmbeddedReader
from knowledge_graph.stores.embedded_write import FILE, write
from knowledge_graph.stores.neo4j import Neo4jStore
from rag.index.version import IndexVersion
from rag.retrieval.graph import FAN_OUT, FRONTIER, HOPS
from tests.neo4j_server import Server, running_server

SEEDS = 2
PATIENCE_S = 30.0
WARM_UP = 300
VERSION = "bench"
Ints = npt.NDArray[np.int64]
T = TypeVar("T")


@dataclass(frozen=True)
class Shape:
    """What the real graph looks like."""

    degrees: Ints
    kinds: Sequence[Kind]
    relations: Sequence[Relation]
    origins: Sequence[Origin]


def real_shape(index_dir: Path | None) -> Shape:
    """The shape of an index version's graph, or of the shipped tables without passages."""
    if index_dir is not None:
        with IndexVersion.open(index_dir) as version:
            data = version.graph.reader.data()
    else:
        data = build_graph(Sources.shipped(corpora.facts_dir()), [])
    facts = list(data.facts)
    degree = dict.fromkeys((entity.key for entity in data.entities), 0)
    for fact in facts:
        degree[fact.subject] += 1
        degree[fact.object] += 1
    return Shape(
        np.array(sorted(degree.values()), dtype=np.int64),
        [entity.kind for entity in data.entities],
        [fact.relation for fact in facts],
        [fact.origin for fact in facts],
    )


def synthetic(shape: Shape, entities: int, facts: int, seed: int) -> tuple[GraphData, Ints]:
    """A graph of that shape, and each entity's degree."""
    draw = np.random.default_rng(seed)
    wanted = draw.choice(shape.degrees, entities).astype(np.float64)
    share = wanted / wanted.sum()
    nodes = [
        Entity(kind, f"s{n}", f"synthetic {n}", (f"other name {n}",))
        for n, kind in enumerate(_drawn(draw, shape.kinds, entities))
    ]
    seen: set[tuple[int, int, Relation, Origin]] = set()
    made: list[Fact] = []
    degrees = np.zeros(entities, dtype=np.int64)
    while len(made) < facts:
        count = facts - len(made)
        ends = draw.choice(entities, (count, 2), p=share)
        relations = _drawn(draw, shape.relations, count)
        origins = _drawn(draw, shape.origins, count)
        stating = draw.integers(0, entities, (count, 2))
        for (a, b), relation, origin, (p, q) in zip(
            ends.tolist(), relations, origins, stating.tolist(), strict=True
        ):
            if a == b or (a, b, relation, origin) in seen:
                continue
            seen.add((a, b, relation, origin))
            ids = () if origin is Origin.ONTOLOGY else (f"{p:020x}", f"{q:020x}")
            ends_of = nodes[a].key, relation, nodes[b].key
            made.append(Fact(*ends_of, origin, frozenset(ids), grade="B", source="synthetic"))
            degrees[[a, b]] += 1
    passages = {f"{n:020x}": f"source-{n % 500}" for n in range(entities)}
    return GraphData(nodes, made, passages=passages), degrees


def _drawn(draw: np.random.Generator, items: Sequence[T], count: int) -> list[T]:
    return [items[i] for i in draw.integers(0, len(items), count).tolist()]


def questions(data: GraphData, degrees: Ints, count: int, seed: int) -> list[list[str]]:
    """Keys of the seeds of each question."""
    draw = np.random.default_rng(seed)
    share = degrees / degrees.sum()
    keys = [entity.key for entity in data.entities]
    return [[keys[i] for i in draw.choice(len(keys), SEEDS, False, share)] for _ in range(count)]


def walked(reader: GraphReader, seeds: Sequence[str]) -> int:
    """What the arm does for one question; returns how many entities were reached."""
    reached = expand(
        reader,
        dict.fromkeys(seeds, 1.0),
        weights=relation_weights("What treats it?"),
        hops=HOPS,
        fan_out=FAN_OUT,
        frontier=FRONTIER,
        deadline_s=PATIENCE_S,
    )
    return len(reached)


def timed(name: str, ask: Callable[[list[str]], int], asked: Sequence[list[str]]) -> None:
    """Prints percentiles of each question's wall-clock milliseconds, and this process's own."""
    took, own, size = [], [], 0
    for seeds in asked:
        began, cpu = time.perf_counter(), time.process_time()
        size += ask(seeds)
        took.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - cpu) * 1000)
    p50, p90, p99 = np.percentile(took, [50, 90, 99])
    print(
        f"{name:34}{p50:9.2f}{p90:9.2f}{p99:9.2f}{max(took):9.2f}   own processor time "
        f"{np.median(own):.2f}, p99 {np.percentile(own, 99):.2f}; "
        f"{len(took)} questions, {size / len(took):.0f} found each",
        flush=True,
    )


def llama_index(server: Server, limit: int) -> Callable[[list[str]], int] | None:
    """llama-index's own expansion on the nodes that we loaded, given the label it looks for."""
    try:
        from llama_index.core.graph_stores.types import EntityNode
        from llama_index.graph_stores.neo4j import Neo4jPropertyGraphStore
    except ImportError:
        print("llama-index's store is not installed: pip install llama-index-graph-stores-neo4j")
        return None
    address = server.address
    theirs = Neo4jPropertyGraphStore(
        address.user, address.password, address.uri, refresh_schema=False, timeout=PATIENCE_S
    )
    theirs.structured_query(
        "MATCH (e:Entity {version: $version}) CALL (e) { SET e:__Entity__:__Node__ } "
        "IN TRANSACTIONS OF 5000 ROWS",
        param_map={"version": VERSION},
    )

    def ask(seeds: list[str]) -> int:
        nodes = [EntityNode(name=key.partition(":")[2]) for key in seeds]
        return len(theirs.get_rel_map(nodes, depth=HOPS, limit=limit))

    return ask


def loaded_into_neo4j(server: Server, data: GraphData) -> Neo4jStore:
    """Loads the graph and prints the rate."""
    store = Neo4jStore(server.address)
    store.remove_version(VERSION)
    began = time.perf_counter()
    counts = store.load(VERSION, data)
    took = time.perf_counter() - began
    print(
        f"Neo4j load: {took:.1f} s for {counts.entities:,} entities, {counts.passages:,} passages "
        f"and {counts.facts:,} facts: {counts.facts / took:,.0f} facts/s, all counted",
        flush=True,
    )
    return store


def main() -> None:
    """Prints the shape, the load rates and a table of latencies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=500)
    parser.add_argument("--theirs", type=int, default=100, help="questions for llama-index")
    parser.add_argument("--index-dir", type=Path, help="take the shape of this index's graph")
    options = parser.parse_args()
    shape = real_shape(options.index_dir)
    data, degrees = synthetic(shape, options.entities, options.facts, seed=1)
    gc.freeze()  # a million Facts as objects are this script's, not the engine's, to sweep
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} CPUs. Degrees, real: mean "
        f"{shape.degrees.mean():.1f}, p99 {np.percentile(shape.degrees, 99):.0f}, most "
        f"{shape.degrees.max()}; synthetic: mean {degrees.mean():.1f}, p99 "
        f"{np.percentile(degrees, 99):.0f}, most {degrees.max()}"
    )
    asked = questions(data, degrees, options.queries, seed=2)
    warm = questions(data, degrees, WARM_UP, seed=3)
    head = f"{'expansion, milliseconds':34}{'p50':>9}{'p90':>9}{'p99':>9}{'max':>9}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        began = time.perf_counter()
        write(folder, data)
        took = time.perf_counter() - began
        size = (folder / FILE).stat().st_size / 2**20
        print(f"embedded write: {took:.1f} s, {options.facts / took:,.0f} facts/s, {size:.0f} MiB")
        reader = EmbeddedReader(folder, VERSION)
        print(head)
        for seeds in warm:
            walked(reader, seeds)
        timed("embedded", lambda seeds: walked(reader, seeds), asked)
        data = reader.data()  # what `rag graph push` loads, in that order
        reader.close()
    _on_neo4j(data, asked, warm, options.theirs, head)


def _on_neo4j(
    data: GraphData, asked: list[list[str]], warm: list[list[str]], theirs: int, head: str
) -> None:
    os.environ.setdefault("NEO4J_HEAP", "1g")
    os.environ.setdefault("NEO4J_PAGECACHE", "512m")
    home = Path(tempfile.mkdtemp())
    try:
        with running_server(home) as server:
            store = loaded_into_neo4j(server, data)
            remote = store.open(VERSION)
            for seeds in warm:
                walked(remote, seeds)
            print(head)
            timed("Neo4j", lambda seeds: walked(remote, seeds), asked)
            limit = FAN_OUT * FRONTIER
            ask = llama_index(server, limit)
            if ask is not None:
                for seeds in warm[:20]:
                    ask(seeds)
                timed(f"llama-index, limit {limit}", ask, asked[:theirs])
                timed("Neo4j again, same questions", lambda s: walked(remote, s), asked[:theirs])
            remote.close()
            began = time.perf_counter()
            store.remove_version(VERSION)
            print(f"Neo4j removal: {time.perf_counter() - began:.1f} s")
            store.close()
    except pytest.skip.Exception as error:
        print(error)
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
