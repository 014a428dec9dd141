"""One document over HTTPS into a file: limited in size, type and time, and resumable."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from rag.corpus.net import Connect, connect_publicly
from rag.errors import FetchError

_CHUNK = 65_536
_PART = ".part"
_SNIFF = 1024
_TYPES = {"text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf"}
_HEADERS = {
    "User-Agent": "plumbline-corpus-fetch/0.1",
    "Accept": ", ".join(_TYPES),
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one download. `timeout_s` is for each step, `total_s` for all of it."""

    max_bytes: int = 30 * 1024 * 1024
    timeout_s: float = 30.0
    total_s: float = 180.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is complete. `etag` is the server's name for these bytes, or ""."""

    path: Path
    sha256: str
    size: int
    etag: str


class Downloader:
    """Fetches from allow-listed hosts only.

    >>> Downloader({"www.nimh.nih.gov"}).fetch(
    ...     "https://www.nimh.nih.gov/health", Path("fetched/health")
    ... )  # doctest: +SKIP
    """

    def __init__(
        self,
        hosts: Collection[str],
        limits: Limits | None = None,
        *,
        connect: Connect = connect_publicly,
    ) -> None:
        """`connect` replaces the way to a host; tests alone pass it, to reach a loopback server."""
        self._hosts = frozenset(hosts)
        self._limits = limits or Limits()
        self._connect = connect

    def fetch(self, url: str, stem: Path) -> Downloaded:
        """Downloads `url` to `stem` plus the suffix of its type. What an earlier call left
        unfinished is continued when the server still has the same bytes.

        Raises:
            FetchError: the address, the reply, its type or its size is not acceptable, or the
                reply broke off; the message says which. A part that can be continued stays.
        """
        host, target = self._allowed(url)
        part = stem.with_name(stem.name + _PART)
        mark = part.with_name(part.name + ".json")
        held, validator = _held(part, mark)
        goes_on = {"Range": f"bytes={held}-", "If-Range": validator} if held and validator else {}
        watch = _Watch(self._limits.total_s)
        try:
            with watch, self._reply(host, target, _HEADERS | goes_on, watch) as reply:
                suffix, start = self._accepted(reply, held, host)
                etag = reply.getheader("ETag", "")
                strong = "" if etag.startswith("W/") else etag
                mark.write_text(json.dumps(strong or reply.getheader("Last-Modified", "")))
                missing = self._read(reply, part, start)
        except (OSError, http.client.HTTPException) as error:
            watch.check()
            raise FetchError(
                f"the connection broke off ({error}); fetch again to go on", again=True
            ) from error
        watch.check()
        if missing:
            raise FetchError(f"{missing} bytes are missing; fetch again to go on", again=True)
        data = part.read_bytes()
        _check_content(data, suffix)
        path = stem.with_name(stem.name + suffix)
        part.replace(path)
        mark.unlink(missing_ok=True)
        return Downloaded(path, hashlib.sha256(data).hexdigest(), len(data), etag)

    def _allowed(self, url: str) -> tuple[str, str]:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise FetchError(f"{url}: this is no address") from error
        host = parts.hostname or ""
        if parts.scheme != "https" or parts.username or port not in (None, 443):
            raise FetchError(f"{url}: only plain https addresses are fetched")
        if host not in self._hosts:
            raise FetchError(f"{url}: {host} is not among the hosts of the catalogue")
        return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    @contextmanager
    def _reply(
        self, host: str, target: str, headers: dict[str, str], watch: _Watch
    ) -> Iterator[http.client.HTTPResponse]:
        connection = self._connect(host, self._limits.timeout_s)
        watch.over(connection)
        try:
            connection.request("GET", target, headers=headers)
            reply = connection.getresponse()
            watch.check()  # headers that were cut off look like headers that ended
            yield reply
        finally:
            connection.close()

    def _accepted(self, reply: http.client.HTTPResponse, held: int, host: str) -> tuple[str, int]:
        """The suffix of the type, and the byte at which the reply begins."""
        status = reply.status
        if 300 <= status < 400:
            where = reply.getheader("Location", "somewhere else")
            raise FetchError(
                f"{host} sends on to {where}; redirects are not followed: "
                "check the page, then put its new address into the documents"
            )
        start = 0
        if status == http.client.PARTIAL_CONTENT and held:
            if not reply.getheader("Content-Range", "").startswith(f"bytes {held}-"):
                raise FetchError(f"{host} sent another part than the one asked for; fetch again")
            start = held
        elif status != http.client.OK:
            raise FetchError(f"{host} replied {status} {reply.reason}")
        if reply.getheader("Content-Encoding", "identity") != "identity":
            raise FetchError(f"{host} sent packed bytes, which were not asked for")
        kind = reply.getheader("Content-Type", "").partition(";")[0].strip().lower()
        if kind not in _TYPES:
            raise FetchError(f"the type is {kind or 'not stated'}; only HTML and PDF are fetched")
        if start + int(reply.length or 0) > self._limits.max_bytes:
            raise FetchError(_too_large(self._limits.max_bytes))
        return _TYPES[kind], start

    def _read(self, reply: http.client.HTTPResponse, part: Path, start: int) -> int:
        """Appends the body to the part from `start` on; returns how many bytes did not come."""
        stated = reply.length  # None where the server does not say
        size = start
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            while (stated is None or size < start + stated) and (chunk := reply.read1(_CHUNK)):
                size += len(chunk)
                if size > self._limits.max_bytes:
                    part.unlink()
                    raise FetchError(_too_large(self._limits.max_bytes))
                file.write(chunk)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        return 0 if stated is None else start + stated - size


class _Watch:
    """Ends a download that takes too long in all. A server may send a byte at a time for ever,
    and every single step would be in time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._expired = threading.Event()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def over(self, connection: http.client.HTTPConnection) -> None:
        """Watches this connection. Its socket is kept: a connection lets go of it when the
        server says that it will close, while the reply is still being read."""
        self._socket = connection.sock

    def check(self) -> None:
        """Raises FetchError when time ran out."""
        if self._expired.is_set():
            raise FetchError(f"took more than {self._seconds:g} s; fetch again to go on")

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self._expired.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _held(part: Path, mark: Path) -> tuple[int, str]:
    """How many bytes an earlier call left, and what the server called them."""
    try:
        return part.stat().st_size, str(json.loads(mark.read_text()))
    except (OSError, ValueError):
        return 0, ""


def _check_content(data: bytes, suffix: str) -> None:
    """Bytes that are not what their type says are refused."""
    head = data[:_SNIFF].lstrip()
    if not head:
        raise FetchError("the document is empty")
    if (suffix == ".pdf") != head.startswith(b"%PDF-") or (suffix == ".html" and b"<" not in head):
        raise FetchError(f"the bytes are no {suffix[1:].upper()}, whatever the server says")


def _too_large(most: int) -> str:
    return f"over the limit of {most // (1024 * 1024)} MiB"
