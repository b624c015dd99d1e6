"""How a tool asks the API: by an address, like any client, whatever lies in between."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec import Struct

from layoff_ledger.resources.base import Json

Pairs = Sequence[tuple[str, str]]
_MOVED = 301
_REFUSED = 400
_MAX_MOVES = 3


class Answer(Struct, frozen=True):
    """What the API answered."""

    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes

    @property
    def is_refused(self) -> bool:
        """Return whether it is a problem."""
        return self.status >= _REFUSED

    def link(self, relation: str) -> str:
        """Return the address of a relation in the header `Link`; empty if there is none."""
        pattern = rf'<([^>]*)>; rel="{relation}"'
        found = re.search(pattern, self.headers.get("link", ""))
        return "" if found is None else found[1]

    def json(self) -> Json:
        """Return its content as JSON."""
        found: Json = msgspec.json.decode(self.body)
        return found


Send = Callable[[str], Awaitable[Answer]]
"""Sends a GET for a path with its query, asking for JSON."""


def target(path: str, pairs: Pairs) -> str:
    """Write a path, which is not encoded yet, with its query."""
    query = urlencode(pairs)
    return quote(path, safe="/") + (f"?{query}" if query else "")


async def ask(send: Send, address: str) -> Answer:
    """Request a path with its query, and follow redirects: a merged record has a new id."""
    for _ in range(_MAX_MOVES):
        answer = await send(address)
        if answer.status != _MOVED:
            break
        moved = urlsplit(answer.headers["location"])
        address = moved.path + (f"?{moved.query}" if moved.query else "")
    return answer
