"""Who asks: the address of a client, also behind proxies, and the hosts that may be asked for.

What a proxy says is only believed if the proxy is trusted, and only in the one header that it
writes: anybody can send such a header, and a proxy passes on headers that it does not know.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Sequence

from litestar.types import HTTPScope

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

X_FORWARDED_FOR, FORWARDED = "x-forwarded-for", "forwarded"
"""Headers in which proxies name the client; the second one is from RFC 7239."""
# An address never contains a comma, so a quote that a client leaves open ends before what the proxy
# adds.
_FORWARDED_FOR = re.compile(r'(?:^|[;,])\s*for=(?:"([^",]*)"|([^;,\s]*))', re.IGNORECASE)
_IPV6_SITE_BITS = 64
"""The bits of an IPv6 address that identify a network; a client may choose the rest."""


def address_of(
    scope: HTTPScope, trusted: Sequence[Network], header: str = X_FORWARDED_FOR
) -> Address | None:
    """Return the client's address: the last one that does not belong to a trusted proxy.

    `header` is the one that the trusted proxies write; no other one counts. None if the server has
    no address, such as on a Unix socket.
    """
    client = scope["client"]
    address = None if client is None else _parse(client[0])
    if address is None or not _is_in(address, trusted):
        return address
    for written in _forwarded(scope, header):
        following = _parse(written)
        if following is None:
            # `unknown`, or a name that the proxy made up: then only the proxy itself is known.
            break
        address = following
        if not _is_in(address, trusted):
            break
    return address


def is_forwarded(scope: HTTPScope) -> bool:
    """Return whether there is a proxy in between: proxies say so themselves."""
    written = {FORWARDED.encode(), X_FORWARDED_FOR.encode()}
    return any(name in written for name, _ in scope["headers"])


def site(address: Address | None) -> str:
    """Return what belongs to one client: its IPv4 address, or the network of its IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _IPV6_SITE_BITS), strict=False))
    return str(address)


def _forwarded(scope: HTTPScope, header: str) -> Iterator[str]:
    """Yield the addresses that proxies have added, the last one first.

    A proxy may add a line of its own: the lines form one list (RFC 9110, 5.3).
    """
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == header.encode()]
    written = ",".join(lines)
    if header == FORWARDED:
        found = _FORWARDED_FOR.findall(written)
        yield from reversed([quoted or plain for quoted, plain in found])
        return
    yield from reversed(written.split(","))


def _parse(written: str) -> Address | None:
    """Read an address, with or without a port and brackets."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == one.version and address in one for one in networks)
