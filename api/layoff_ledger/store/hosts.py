"""A database's address: which of its hosts is used, which one is next when it fails, its password.

The host that answered last is tried first, so that the connections of a process go to one server,
and a dead host costs a short time-out once instead of at every connection.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

HOST_SECONDS = 2.0
"""How long one of several hosts may take to accept a connection before the next one is tried."""
DEFAULT_PORT = "5432"
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d*))?")

LOST = (
    ConnectionError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
"""What is raised if a server was stopped, or its connection was closed."""
EXHAUSTED = (asyncpg.InsufficientResourcesError, asyncpg.PostgresIOError)
"""What is raised if its disk, its memory or its connections are used up, or its disk fails."""
NEXT = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.TargetServerAttributeNotMatched,
    asyncpg.TooManyConnectionsError,
)
"""Why the next host is tried: this one is down, starting, stopping, full, or of another kind."""
KINDS = ("any", "primary", "standby", "prefer-standby", "read-write", "read-only")
"""Which kinds of server an address may ask for (`target_session_attrs`)."""


if TYPE_CHECKING:
    _Connection = asyncpg.Connection[asyncpg.Record]
else:
    # Generic only in its stubs.
    _Connection = asyncpg.Connection


class Session(_Connection):
    """A connection that remembers which revisions its server is known to have."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        """Begin without any."""
        super().__init__(*arguments, **keywords)
        self.shown: set[bytes] = set()


class Hosts:
    """The hosts that an address names; every connection of a process is made through these."""

    def __init__(self, url: str, what: str = "the database") -> None:
        """Read the address; one with a single host is passed to asyncpg as it is.

        `what` says in words what answers there.
        """
        self._url, self.what = url, what
        self._hosts = list(_hosts_of(url))
        self._kinds: list[Any] = _kinds_of(url)

    def __str__(self) -> str:
        """Say for a log what is connected to and where, without a password."""
        return f"{self.what} at {without_password(self._url)[0]}"

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._hosts)

    def leave(self) -> None:
        """Try the other hosts first from now on: the current one does not answer."""
        self._hosts.append(self._hosts.pop(0))

    async def connect(self, *_: object, **keywords: Any) -> Any:
        """Connect to the first host that accepts; raise what the last one raised.

        Takes and returns what `asyncpg.connect` does, except for the address, which a pool does not
        need to know.
        """
        if len(self) == 1:
            return await asyncpg.connect(self._url, **keywords)
        keywords["timeout"] = HOST_SECONDS
        failure: BaseException = OSError("no host is named")
        for kind in self._kinds:
            for number, (host, port) in enumerate(list(self._hosts)):
                try:
                    made: Any = await asyncpg.connect(
                        self._url, host=host, port=port, target_session_attrs=kind, **keywords
                    )
                except NEXT as error:
                    failure = error
                else:
                    if number and (host, port) in self._hosts:
                        self._hosts.remove((host, port))
                        self._hosts.insert(0, (host, port))
                    return made
        raise failure


def _hosts_of(url: str) -> Iterator[tuple[str, int]]:
    """Yield host and port of each, from before the path or from parameters, as libpq reads them."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    named = parts.netloc.rpartition("@")[2]
    if named:
        found = [one for part in named.split(",") if (one := _HOST.fullmatch(part))]
        hosts = [unquote(one["host"]).strip("[]") for one in found]
        ports = [one["port"] or "" for one in found]
    else:
        hosts = _last(query, "host", os.environ.get("PGHOST", "")).split(",")
        ports = []
    if not any(ports):
        ports = _last(query, "port", os.environ.get("PGPORT", "")).split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    for host, port in zip(hosts, ports, strict=False):
        yield host, int(port or DEFAULT_PORT)


def _kinds_of(url: str) -> list[str]:
    """Return which kinds of server will do, the best one first (`target_session_attrs`)."""
    query = parse_qs(urlsplit(url).query)
    kind = _last(query, "target_session_attrs", os.environ.get("PGTARGETSESSIONATTRS", "any"))
    return ["standby", "any"] if kind == "prefer-standby" else [kind]


def _last(query: dict[str, list[str]], name: str, default: str) -> str:
    return query[name][-1] if name in query else default


def mistake_of_client(error: ValueError) -> str:
    """Say what is wrong with an address that asyncpg cannot use, without repeating it."""
    if "target_session_attrs" in str(error):
        # For the values, asyncpg prints a method of Python's, and it repeats what was written.
        return f"`target_session_attrs` must be one of: {', '.join(KINDS)}"
    # Its own errors; others are Python's, about an impossible host name.
    return str(error) if isinstance(error, asyncpg.InterfaceError) else "its host is invalid"


def without_password(url: str) -> tuple[str, str | None]:
    """Remove the password from a database's address, wherever it is."""
    scheme, separator, rest = url.partition("://")
    before, question, query = rest.partition("?")
    user, at, place = before.rpartition("@")
    name, colon, password = user.partition(":")
    found = unquote(password) if colon and password else None
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [pair for pair in pairs if pair[0] != "password"]
    for _, value in (pair for pair in pairs if pair[0] == "password"):
        found = value
    if len(kept) < len(pairs):
        query = urlencode(kept, quote_via=quote)
    question = question if query else ""
    return f"{scheme}{separator}{name}{at}{place}{question}{query}", found
