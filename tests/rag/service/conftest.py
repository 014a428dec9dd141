"""Runs the real service on a free loopback port."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from rag.service.app import create_app
from rag.settings import ServiceSettings, Settings

STARTS_WITHIN_S = 60
Serve = Callable[..., "contextmanager[httpx.Client]"]


@contextmanager
def running(app: FastAPI) -> Iterator[httpx.Client]:
    """A client of `app`, served by uvicorn over a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        host, port = listener.getsockname()
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=60) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="session")
def serve() -> Serve:
    """`with serve(index_dir, max_body_kib=1) as client:` a service with these settings."""

    @contextmanager
    def start(index_dir: Path, **service: object) -> Iterator[httpx.Client]:
        settings = Settings(index_dir=index_dir, service=ServiceSettings(**service))
        with running(create_app(settings)) as client:
            yield client

    return start


@pytest.fixture(scope="session")
def client(serve: Serve, built_index: Path) -> Iterator[httpx.Client]:
    """One service over the small index, for tests that change nothing."""
    with serve(built_index) as client:
        yield client


@pytest.fixture(scope="session")
def run_app() -> Callable[[FastAPI], contextmanager[httpx.Client]]:
    """`with run_app(app) as client:` any application, served for real."""
    return running
