"""One signed POST (Standard Webhooks), to where it may go and nowhere else.

The address of a name is looked up once, judged, and connected to: a second look-up cannot lead it
elsewhere. Redirects are not followed: they count as failures.
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from msgspec import Struct
from standardwebhooks.webhooks import Webhook

from layoff_ledger import __version__
from layoff_ledger.webhooks.subscribers import Subscriber

TIMEOUT_SECONDS = 15.0
"""How long one attempt may take in all; only the resolver may take longer to look up its name."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""The part of IPv6 assigned for public use; older forms and everything unassigned is elsewhere."""
_PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")
"""Addresses for use within a network (RFC 6890), some of which Python takes for global."""
_OK, _TOO_HIGH, _GONE = 200, 300, 410

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Outcome(Struct, frozen=True):
    """The result of one attempt."""

    delivered: bool
    detail: str
    is_final: bool = False
    """Whether the receiver says that it never wants it."""


class ForbiddenAddressError(OSError):
    """The name has an address to which nothing may be sent."""


def is_public(address: IpAddress) -> bool:
    """Return whether an address is public, also behind address translation."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
        return address in _GLOBAL_UNICAST and address.is_global
    is_assigned = address in _PROTOCOL_ASSIGNMENTS
    return address.is_global and not address.is_multicast and not is_assigned


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """Look up a name; raise `ForbiddenAddressError` if any of its addresses may not be used."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(one[4][0]) for one in found))
    if not allow_private:
        for one in addresses:
            if not is_public(ipaddress.ip_address(one.partition("%")[0])):
                message = f"{host} is {one}, which is not a public internet address"
                raise ForbiddenAddressError(message)
    return addresses


def post(subscriber: Subscriber, event_id: str, body: str) -> Outcome:
    """Send a body once."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    parts = urlsplit(subscriber.address)
    now = datetime.datetime.now(datetime.UTC)
    headers = {
        "content-type": "application/json",
        "user-agent": f"layoff-ledger/{__version__}",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(subscriber.secret).sign(event_id, now, body),
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection = _connect(subscriber, deadline)
        with contextlib.closing(connection), _broken_off(connection.sock, deadline):
            if isinstance(connection.sock, ssl.SSLSocket):
                connection.sock.do_handshake()
            connection.request("POST", target, body.encode(), headers)
            # Only its head is read, which is bounded; nobody needs the rest.
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Outcome(delivered=False, detail=f"{type(error).__name__}: {error}")
    return Outcome(
        delivered=_OK <= status < _TOO_HIGH, detail=f"status {status}", is_final=status == _GONE
    )


def _connect(subscriber: Subscriber, deadline: float) -> http.client.HTTPConnection:
    """Connect to an address that was judged, and to no other; TLS begins later."""
    parts = urlsplit(subscriber.address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    addresses = resolve(host, port, allow_private=subscriber.allow_private)
    plain = _open(addresses, port, deadline)
    try:
        if not secure:
            connection = http.client.HTTPConnection(host, port)
            connection.sock = plain
            return connection
        context = ssl.create_default_context()
        # The port of https is left out of `Host`, as in every client.
        connection = http.client.HTTPSConnection(host, port, context=context)
        # The certificate is that of the name, whichever of its addresses answers.
        connection.sock = context.wrap_socket(
            plain, server_hostname=host, do_handshake_on_connect=False
        )
    except BaseException:
        plain.close()
        raise
    return connection


def _open(addresses: list[str], port: int, deadline: float) -> socket.socket:
    """Connect to the first address that answers."""
    for left in range(len(addresses), 0, -1):
        try:
            # Leave time for the next one if one does not respond.
            seconds = _left(deadline) / left
            connected = socket.create_connection((addresses[-left], port), timeout=seconds)
        except OSError:
            if left == 1:
                raise
        else:
            connected.settimeout(TIMEOUT_SECONDS)
            return connected
    message = "the name has no address"
    raise OSError(message)


def _left(deadline: float) -> float:
    """Return how many seconds are left; raise `TimeoutError` if there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise _late()
    return seconds


def _late() -> TimeoutError:
    return TimeoutError(f"it took more than {TIMEOUT_SECONDS:g} s")


@contextlib.contextmanager
def _broken_off(connected: socket.socket, deadline: float) -> Iterator[None]:
    """Break a connection off at a moment of `time.monotonic`; raise `TimeoutError` then.

    The time-out of a socket starts again with each byte that arrives.
    """
    is_late = threading.Event()

    def break_off() -> None:
        is_late.set()
        with contextlib.suppress(OSError):
            # The socket below TLS: the TLS one would forget that it is TLS, and read on.
            socket.socket.shutdown(connected, socket.SHUT_RDWR)

    timer = threading.Timer(_left(deadline), break_off)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        if is_late.is_set():
            raise _late() from error
        raise
    finally:
        timer.cancel()
    # To http.client, a head that is broken off has simply ended.
    if is_late.is_set():
        raise _late()
