"""The graph's errors as the engine's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from knowledge_graph.errors import GraphDataError, GraphError
from rag.errors import GraphImportError, GraphStoreError


@contextmanager
def graph_errors() -> Iterator[None]:
    """Turns the graph's errors into those of the engine's tree; the messages stay."""
    try:
        yield
    except GraphDataError as error:
        raise GraphImportError(str(error)) from error
    except GraphError as error:
        raise GraphStoreError(str(error)) from error
