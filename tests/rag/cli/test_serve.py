from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

STARTS_WITHIN_S = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _served(index_dir: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "rag.cli.main", "serve", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--index-dir", index_dir], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline and process.poll() is None:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz")
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serves_on_loopback_and_stops_when_told(built_index: Path, stop: signal.Signals) -> None:
    port = _free_port()
    with _served(built_index, port) as process:
        reply = httpx.post(
            f"http://127.0.0.1:{port}/v1/ask",
            json={"question": "What helps with panic attacks?"},
            timeout=60,
        )
        assert reply.json()["status"] == "answered"
        process.send_signal(stop)
        _, said = process.communicate(timeout=30)
    assert b"Traceback" not in said
    assert f"http://127.0.0.1:{port}".encode() in said


def test_a_port_that_is_taken(
    rag: Callable[..., subprocess.CompletedProcess[bytes]], built_index: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = rag("serve", "--port", port, "--index-dir", built_index)
    assert done.returncode == 1
    assert port.encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_listening_beyond_loopback_is_said_aloud(
    rag: Callable[..., subprocess.CompletedProcess[bytes]], built_index: Path
) -> None:
    # An address of documentation networks: no machine has it, so nothing ever listens.
    done = rag("serve", "--host", "192.0.2.1", "--index-dir", built_index)
    assert done.returncode == 1
    assert b"others can reach this service" in done.stderr
