"""A loopback server that behaves, or not, as each path asks, and a way to reach it."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from rag.corpus.net import Connect

PAGE = b"<html><body><h1>Sleep</h1><p>" + b"Regular hours help many people. " * 40 + b"</p></html>"


@dataclass
class Site:
    """What the server serves, and the requests that it saw: (host, path, range)."""

    pages: dict[str, bytes] = field(default_factory=lambda: {"/page": PAGE})
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    break_off: int = 0  # requests that end half-way from now on


@contextmanager
def serving(site: Site) -> Iterator[Connect]:
    """Serves `site` on 127.0.0.1; yields what leads a Downloader there, whatever the host."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            site.seen.append((self.headers["Host"], self.path, asked))
            site.times.append(time.monotonic())
            getattr(self, "_" + self.path.strip("/").replace("-", "_"), self._page)()

        def _send(self, status: int, body: bytes, kind: str = "text/html", **more: str) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, "Content-Length": str(len(body)), **more}
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def _page(self) -> None:
            body = site.pages.get(self.path)
            if body is None:
                self._send(404, b"gone")
                return
            etag = f'"{hash(body)}"'
            asked = self.headers.get("Range", "")
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
            goes_on = bool(start) and self.headers.get("If-Range") == etag
            part = body[start:] if goes_on else body
            self.send_response(206 if goes_on else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(part)))
            self.send_header("ETag", etag)
            if goes_on:
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            self.end_headers()
            if site.break_off:
                site.break_off -= 1
                self.wfile.write(part[: len(part) // 2])
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self.wfile.write(part)

        def _to_private(self) -> None:
            self._send(302, b"", Location="http://169.254.169.254/latest/meta-data")

        def _moved(self) -> None:
            self._send(301, b"", Location="/page")

        def _zip(self) -> None:
            self._send(200, b"PK\x03\x04", "application/zip")

        def _no_type(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
            self.close_connection = True

        def _false_pdf(self) -> None:
            self._send(200, PAGE, "application/pdf")

        def _false_html(self) -> None:
            self._send(200, b"%PDF-1.7 and so on < %%EOF", "text/html")

        def _empty(self) -> None:
            self._send(200, b"")

        def _packed(self) -> None:
            self._send(200, PAGE, Content_Encoding="gzip")

        def _large(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(10**12))
            self.end_headers()

        def _endless(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(PAGE)
            except OSError:
                pass

        def _drip(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>")
            self._drop_by_drop(b"x")

        def _drip_head(self) -> None:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self._drop_by_drop(b"y")

        def _drop_by_drop(self, drop: bytes) -> None:
            self.close_connection = True
            try:
                while True:
                    self.wfile.write(drop)
                    self.wfile.flush()
                    time.sleep(0.05)
            except OSError:
                pass

        def _hang_up(self) -> None:
            self.close_connection = True

        def _silence(self) -> None:
            self.close_connection = True
            time.sleep(2)

        def _other_part(self) -> None:
            if self.headers.get("Range"):
                self._send(206, b"zzz", Content_Range="bytes 0-2/9")
            else:
                site.break_off = 1
                site.pages[self.path] = PAGE
                self._page()

        def _busy(self) -> None:
            self._send(503, b"later")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def connect(host: str, timeout_s: float) -> http.client.HTTPConnection:
        port = server.server_address[1]
        connection = http.client.HTTPConnection(host, timeout=timeout_s)
        connection.sock = socket.create_connection(("127.0.0.1", port), timeout_s)
        return connection

    try:
        yield connect
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
