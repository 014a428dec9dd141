"""Runs the real command in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[bytes]]
COMMAND = [sys.executable, "-m", "rag.cli.main"]


@pytest.fixture
def rag(tmp_path: Path) -> Run:
    """`rag(*args, env={...}, stdin=b"...")` in an empty folder."""

    def run(
        *args: str | bytes | Path, env: dict[str, str] | None = None, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *args],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            timeout=120,
            check=False,
        )

    return run


def one_line_error(done: subprocess.CompletedProcess[bytes]) -> str:
    """The single line on standard error; fails when there is more, or anything on output."""
    lines = done.stderr.decode().splitlines()
    assert len(lines) == 1, done.stderr.decode()
    assert done.stdout == b""
    return lines[0]


@pytest.fixture
def error_line() -> Callable[[subprocess.CompletedProcess[bytes]], str]:
    """`error_line(done)`: the one line on standard error."""
    return one_line_error
