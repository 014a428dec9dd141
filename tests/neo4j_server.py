"""Finds or starts the real Neo4j that the tests talk to."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import neo4j
import pytest
from neo4j.exceptions import DriverError, Neo4jError

from knowledge_graph.stores.neo4j_connection import Neo4jAddress
from rag.settings import GraphSettings

STARTS_WITHIN_S = 120
USER = "neo4j"
PASSWORD = "plumbline-tests"
IMAGE = "neo4j:5.26"
ROOT = Path(__file__).resolve().parent.parent
NONE_FOUND = (
    "no Neo4j to test against: set NEO4J_URI (and NEO4J_USER, NEO4J_PASSWORD), or have "
    f"../shared/neo4j and Java 17, or Docker with the image {IMAGE}"
)


class Server:
    """A Neo4j. One that we started can also be killed, frozen and started again."""

    def __init__(self, address: Neo4jAddress, command: list[str] | None, home: Path) -> None:
        self.address = address
        self._command = command
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> GraphSettings:
        """What makes an engine ask it. Patient: what is tested is not how fast this machine is."""
        return GraphSettings(
            store="neo4j",
            uri=self.address.uri,
            user=self.address.user,
            password=self.address.password,
            timeout_s=30,
        )

    @property
    def ours(self) -> bool:
        """Whether we started it from its files, and may do to it what we like."""
        return self._command is not None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        if self._command is not None:
            with (self._home / "out.log").open("ab") as log:
                self._process = subprocess.Popen(
                    self._command,
                    stdout=log,
                    stderr=log,
                    env={**os.environ, "NEO4J_PASSWORD": self.address.password},
                )
        end = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                with neo4j.GraphDatabase.driver(**self.address.options()) as driver:
                    driver.verify_connectivity()
                return
            except (Neo4jError, DriverError):
                assert time.monotonic() < end, f"Neo4j did not start; see {self._home}"
                time.sleep(0.25)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the server."""
        assert self._process is not None
        self._process.send_signal(number)

    def freeze(self) -> None:
        """Stops every thread of the server, and waits until they stand still."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        tasks = Path(f"/proc/{self._process.pid}/task")
        for _ in range(200):
            states = [
                (task / "stat").read_text().rpartition(")")[2].split()[0]
                for task in tasks.iterdir()
            ]
            if set(states) <= {"T"}:
                return
            time.sleep(0.01)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it cleanly."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)


@contextmanager
def running_server(home: Path) -> Iterator[Server]:
    """A Neo4j: the one that NEO4J_URI names, or one from ../shared/neo4j, or one in Docker.

    Without any, the test is skipped with a plain word, and in CI it fails.
    """
    uri = os.environ.get("NEO4J_URI")
    if uri:
        user, password = os.environ.get("NEO4J_USER", USER), os.environ.get("NEO4J_PASSWORD", "")
        server = Server(Neo4jAddress(uri, user, password), None, home)
        server.start()
        yield server
    elif (script := _shared()) and shutil.which("java"):
        bolt, http = _free_port(), _free_port()
        address = Neo4jAddress(f"bolt://127.0.0.1:{bolt}", USER, PASSWORD)
        server = Server(address, [str(script), str(home), str(bolt), str(http)], home)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    elif shutil.which("docker") and _quiet("docker", "image", "inspect", IMAGE):
        with _container(home) as server:
            yield server
    elif os.environ.get("CI"):
        pytest.fail(NONE_FOUND)
    else:
        pytest.skip(NONE_FOUND)


def _shared() -> Path | None:
    found = (folder / "shared" / "neo4j" / "start" for folder in ROOT.parents)
    return next((script for script in found if script.is_file()), None)


@contextmanager
def _container(home: Path) -> Iterator[Server]:
    port, name = _free_port(), f"plumbline-tests-{os.getpid()}"
    publish, auth = f"127.0.0.1:{port}:7687", f"NEO4J_AUTH={USER}/{PASSWORD}"
    assert _quiet("docker", "run", "-d", "--rm", "--name", name, "-p", publish, "-e", auth, IMAGE)
    try:
        address = Neo4jAddress(f"bolt://127.0.0.1:{port}", USER, PASSWORD)
        server = Server(address, None, home)
        server.start()
        yield server
    finally:
        _quiet("docker", "rm", "-f", name)


def _quiet(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
