"""Begins to load a large graph, says so, and goes on until it is killed.

python -m tests.knowledge_graph.stores.killed_loads URI USER PASSWORD VERSION
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from knowledge_graph.schema import Fact, GraphData, Relation
from knowledge_graph.stores.neo4j import Neo4jStore
from knowledge_graph.stores.neo4j_connection import Neo4jAddress
from tests.knowledge_graph.stores.conftest import CBT, DATA, ENTITIES, PANIC, fact


def endless() -> Iterator[Fact]:
    """Facts in full batches, then silence: the nodes and the first batches are in by then."""
    for number in range(25_000):
        yield fact(PANIC, Relation.TREATED_BY, CBT, qualifier=str(number))
    print("loading", flush=True)
    time.sleep(600)


if __name__ == "__main__":
    uri, user, password, version = sys.argv[1:]
    with Neo4jStore(Neo4jAddress(uri, user, password)) as store:
        store.load(version, GraphData(ENTITIES, endless(), passages=DATA.passages))
