"""One writer at a time: builds and deletions under one lock, moves of CURRENT under another.

Readers take neither. A rollback must not wait for a long build, hence two locks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import BuildInProgressError
from rag.index.files import build_errors

POINTER_WAIT_S = 10.0
"""How long to wait for another process that moves CURRENT: it needs milliseconds."""


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """Held by a build, and by whatever deletes versions. Makes the folder when it is missing.

    Raises:
        BuildInProgressError: another process or thread holds it.
        BuildError: the folder cannot be written.
    """
    with build_errors(index_dir):
        index_dir.mkdir(parents=True, exist_ok=True)
    with _held(index_dir, ".lock", 0):
        yield


@contextmanager
def pointer_lock(index_dir: Path) -> Iterator[None]:
    """Held while CURRENT is read and replaced.

    Raises:
        BuildInProgressError: another process held it for longer than POINTER_WAIT_S.
        BuildError: the folder cannot be written.
    """
    with _held(index_dir, ".pointer-lock", POINTER_WAIT_S):
        yield


@contextmanager
def _held(index_dir: Path, name: str, timeout: float) -> Iterator[None]:
    lock = FileLock(index_dir / name, timeout=timeout, is_singleton=False, thread_local=False)
    with build_errors(index_dir):
        try:
            lock.acquire()
        except Timeout:  # an OSError too, so it is caught before build_errors sees it
            raise BuildInProgressError(
                f"Another build is at work in {index_dir}: wait until it is done, then run this "
                "again"
            ) from None
    try:
        yield
    finally:
        lock.release()
