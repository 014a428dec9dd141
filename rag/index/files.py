"""File work that must survive a crash: hashes, flushed writes, atomic replacement."""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag.errors import BuildError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EROFS, errno.EACCES, errno.EPERM)


def sha256_file(path: Path) -> str:
    """Hex SHA-256 of the file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def flush_file(path: Path) -> None:
    """Puts the file's bytes on the disk, not only in the kernel's cache."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_folder(path: Path) -> None:
    """Puts the folder's names on the disk. Windows cannot open a folder and needs no such call."""
    if os.name != "nt":
        flush_file(path)


def replace_file(path: Path, content: bytes) -> None:
    """Writes `content` so that a reader, or a crash, finds the old bytes or the new, never a mix.

    Raises:
        OSError: the bytes could not be written; `path` is as it was.
    """
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        with beside.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        flush_folder(path.parent)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    flush_folder(path.parent)


@contextmanager
def build_errors(index_dir: Path) -> Iterator[None]:
    """Turns what the disk or SQLite says into BuildError, with what to do about it."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        advice = f"{_advice(error, index_dir)}. The active index version is unchanged."
        raise BuildError(advice) from error


def _advice(error: OSError | sqlite3.Error, index_dir: Path) -> str:
    code = error.errno if isinstance(error, OSError) else None
    said = (error.strerror if isinstance(error, OSError) else None) or str(error)
    # NumPy and SQLite report a full disk without a number: "x requested and y written",
    # "database or disk is full".
    unnumbered = code is None and any(word in said for word in ("written", "full", "I/O"))
    if code in _FULL or unnumbered:
        return (
            f"No room left to write in {index_dir} ({said}): free some space, or choose another "
            "place with --index-dir, then run `rag build` again"
        )
    if code in _FORBIDDEN:
        return (
            f"May not write in {index_dir} ({said}): make the folder writable, or choose another "
            "place with --index-dir"
        )
    return f"Cannot write in {index_dir} ({said}): mend that, or choose another with --index-dir"
