"""Which store the graph is read from, as the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge_graph.store import GraphReader
from rag.errors import MissingExtraError
from rag.index.graph_errors import graph_errors
from rag.index.version import IndexVersion
from rag.settings import GraphSettings

if TYPE_CHECKING:
    from knowledge_graph.stores.neo4j import Neo4jStore
    from knowledge_graph.stores.neo4j_connection import Neo4jAddress


def open_reader(version: IndexVersion, settings: GraphSettings) -> GraphReader:
    """The graph of `version`, from the store that the settings name. It connects when first used;
    the caller closes it. Closing it does not close `version`.

    Raises:
        MissingExtraError: the driver is not installed.
        GraphStoreError: the address cannot be one of a Neo4j server.
    """
    if settings.store == "embedded":
        return version.graph.reader
    address = neo4j_address(settings)
    from knowledge_graph.stores.neo4j_reader import Neo4jReader

    with graph_errors():
        return Neo4jReader.connect(address, version.id)


def close_reader(reader: GraphReader, version: IndexVersion) -> None:
    """Closes what `open_reader` opened, unless it is part of `version`."""
    if reader is not version.graph.reader:
        reader.close()


def open_neo4j(settings: GraphSettings) -> Neo4jStore:
    """The Neo4j server of the settings, to load versions into and to remove them from.

    Raises:
        MissingExtraError, GraphStoreError: as `open_reader`.
    """
    address = neo4j_address(settings)
    from knowledge_graph.stores.neo4j import Neo4jStore

    with graph_errors():
        return Neo4jStore(address)


def neo4j_address(settings: GraphSettings) -> Neo4jAddress:
    """Server, user and time-outs, as the settings say.

    Raises:
        MissingExtraError: the driver is not installed.
    """
    try:
        from knowledge_graph.stores.neo4j_connection import Neo4jAddress
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            "Neo4j wants its driver: pip install 'plumbline[neo4j]', or set "
            "RAG_GRAPH__STORE=embedded"
        ) from error
    return Neo4jAddress(
        uri=settings.uri,
        user=settings.user,
        password=settings.password.get_secret_value(),
        database=settings.database,
        connect_timeout_s=settings.connect_timeout_s,
    )
