"""Keeps the pages of other sites away from the service, which asks for no key.

A browser sends what any page tells it to, so a page elsewhere could activate a version or, under a
name that it has pointed at this machine, read answers. The browser itself says which name and which
page it was.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.service.problems import problem_response
from rag.settings import ServiceSettings

_ONLY_READ = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADVICE = "If this name is yours, put it into RAG_SERVICE__ALLOWED_HOSTS."


class OwnPagesOnly:
    """Answers 403 to a request under a name that is not the service's, and to one that changes or
    asks something from another site's page. Programs that are no browser send no `Origin`."""

    def __init__(self, app: ASGIApp, settings: ServiceSettings) -> None:
        self._app = app
        names = (settings.host, *settings.allowed_hosts)
        self._names = _LOOPBACK.union(name.lower() for name in names if name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hands the request on, or refuses it."""
        app = self._app
        if scope["type"] == "http":
            refusal = self._refusal(scope["method"], Headers(scope=scope))
            if refusal:
                app = problem_response(403, refusal, instance=scope["path"])
        await app(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> str:
        """Why the request is refused; empty when it is not."""
        host, origin = headers.get("host", ""), headers.get("origin")
        # No site can point an address elsewhere, as it can a name of its own.
        if host and _name(host) not in self._names and not _is_address(_name(host)):
            return f"The service does not know the host that was asked for. {_ADVICE}"
        if origin is None or method in _ONLY_READ:
            return ""
        page = origin.partition("://")[2]
        if page.lower() != host.lower() and _name(page) not in self._names:
            return f"The request comes from the page of another site. {_ADVICE}"
        return ""


def _name(host: str) -> str:
    """The host without its port, in lower case; empty when it cannot be read."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
