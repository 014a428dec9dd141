"""How we reach a Neo4j server, and what its errors mean to the user. Wants the extra `neo4j`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
)

from knowledge_graph.errors import GraphUnavailableError

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
USER_AGENT = "plumbline"
IDLE_S = 1.0
"""Seconds unused after which a connection is tried before it is trusted."""

_TOO_SLOW = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration")
_DENIED = "Neo.ClientError.Security."


@dataclass(frozen=True, slots=True)
class Neo4jAddress:
    """A server, who we are to it, and how long we wait."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    """Empty: the server runs without authentication."""
    database: str = "neo4j"
    connect_timeout_s: float = 3.0
    """Seconds to open a connection, and to wait for a free one."""

    def options(self) -> dict[str, Any]:
        """What both drivers, sync and async, are opened with.

        Raises:
            GraphUnavailableError: the address cannot be one of a Neo4j server.
        """
        if urlsplit(self.uri).scheme not in SCHEMES or not urlsplit(self.uri).hostname:
            raise GraphUnavailableError(
                f"{self.uri!r} is no address of a Neo4j server: RAG_GRAPH__URI takes "
                f"SCHEME://HOST:PORT with one of {', '.join(SCHEMES)}"
            )
        return {
            "uri": self.uri,
            "auth": (self.user, self.password) if self.password else None,
            "connection_timeout": self.connect_timeout_s,
            "connection_acquisition_timeout": self.connect_timeout_s,
            # A read that failed is not tried again: its answer goes on without the graph. What a
            # second try would mend, a connection that died while idle, is looked for beforehand.
            "max_transaction_retry_time": 0.0,
            "liveness_check_timeout": IDLE_S,
            "keep_alive": True,
            "user_agent": USER_AGENT,
            "telemetry_disabled": True,
            "notifications_min_severity": "OFF",
        }


@contextmanager
def explained(address: Neo4jAddress) -> Iterator[None]:
    """Turns what the driver and the server say into GraphUnavailableError, with what to do."""
    try:
        yield
    except (Neo4jError, DriverError, OSError) as error:
        raise GraphUnavailableError(_advice(address, error)) from error


def async_driver(address: Neo4jAddress) -> neo4j.AsyncDriver:
    """As `driver`, for asynchronous callers."""
    with explained(address):
        return neo4j.AsyncGraphDatabase.driver(**address.options())


def driver(address: Neo4jAddress) -> neo4j.Driver:
    """A driver. It connects when it is first used.

    Raises:
        GraphUnavailableError: the address or the options cannot be used.
    """
    with explained(address):
        return neo4j.GraphDatabase.driver(**address.options())


def not_loaded(address: Neo4jAddress, version: str) -> str:
    """What to say when the server lacks a version."""
    return (
        f"Neo4j at {address.uri} does not hold index version {version} in full: load it with "
        "`rag graph push`"
    )


def _advice(address: Neo4jAddress, error: Exception) -> str:
    where = f"Neo4j at {address.uri}"
    code = getattr(error, "code", None) or ""
    if isinstance(error, AuthError) or code.startswith(_DENIED):
        return (
            f"{where} refuses user {address.user!r}: check RAG_GRAPH__USER and "
            "RAG_GRAPH__PASSWORD, and that this user may read and write"
        )
    if code.rpartition(".")[2] in _TOO_SLOW:
        return f"{where} did not answer in time: raise RAG_GRAPH__TIMEOUT_S, or see to the server"
    if isinstance(error, ConfigurationError):
        return f"{where} cannot be used so: {_first_line(error)}; check RAG_GRAPH__URI"
    if isinstance(error, ServiceUnavailable | DriverError | OSError):
        secure = urlsplit(address.uri).scheme.partition("+")[2]
        tls = (
            "If the server speaks without TLS, take bolt:// or neo4j://"
            if secure
            else "If the server wants TLS, take bolt+s:// or neo4j+s://"
        )
        return (
            f"{where} cannot be reached ({_first_line(error)}): check that it runs and that "
            f"RAG_GRAPH__URI names it. {tls}"
        )
    if isinstance(error, ClientError):
        return f"{where} refused a request ({code}): {_first_line(error)}"
    return f"{where} is not able to answer now ({code or type(error).__name__}): try again"


def _first_line(error: Exception) -> str:
    lines = str(getattr(error, "message", None) or error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
