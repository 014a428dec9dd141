"""Connections to public hosts only: HTTPS, to the very address that was checked."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any

from rag.errors import FetchError

_HTTPS = 443

Connect = Callable[[str, float], http.client.HTTPConnection]
"""Host and seconds to a connection whose socket is open. Raises FetchError or OSError."""


def public_address(host: str, resolve: Callable[..., Sequence[tuple[Any, ...]]]) -> str:
    """An address of `host`, all of whose addresses must be public.

    Args:
        resolve: called as `socket.getaddrinfo` is.

    Raises:
        FetchError: the name is unknown, or leads to a private, local or reserved address.
    """
    try:
        found = resolve(host, _HTTPS, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchError(f"the name {host} is not known: check the connection ({error})") from error
    addresses = [str(info[4][0]) for info in found]
    for address in addresses:
        known = ipaddress.ip_address(address.partition("%")[0])
        if not known.is_global or known.is_multicast or known.is_reserved:
            raise FetchError(f"{host} leads to {address}, which is no public address: refused")
    if not addresses:
        raise FetchError(f"the name {host} has no address")
    return addresses[0]


def connect_publicly(host: str, timeout_s: float) -> http.client.HTTPConnection:
    """An HTTPS connection, certificate and name checked. The address is resolved once, so that
    a name cannot lead somewhere else between the check and the connection.

    Raises:
        FetchError: see `public_address`; or the certificate does not hold.
        OSError: the host cannot be reached.
    """
    address = public_address(host, socket.getaddrinfo)
    plain = socket.create_connection((address, _HTTPS), timeout=timeout_s)
    try:
        secure = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except ssl.SSLError as error:
        plain.close()
        raise FetchError(
            f"{host} has no certificate that can be trusted: {error.reason}"
        ) from error
    except OSError:
        plain.close()
        raise
    connection = http.client.HTTPSConnection(host, timeout=timeout_s)
    connection.sock = secure
    return connection
