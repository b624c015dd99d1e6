"""Whole responses in memory: collected from the router, completed, and sent to the server."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    # Not imported at run time: `context` says why.
    from litestar.types import ASGIApp, HTTPScope, Message, Send

Headers = list[tuple[bytes, bytes]]

STALLED_SECONDS = 30.0
"""How long a piece of a body waits for its reader before the answer is broken off."""
PIECE_BYTES = 256 * 1024
"""A larger body is sent in such pieces: otherwise the server would keep what nobody reads."""


class Response(Struct, frozen=True):
    """A whole response, ready to be sent."""

    status: int
    headers: Headers
    body: bytes

    @property
    def size(self) -> int:
        """Return its size in memory, in bytes; its headers include the query."""
        return len(self.body) + header_bytes(self.headers)


def header_bytes(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """Return how many bytes the names and values of some headers have."""
    return sum(map(len, itertools.chain.from_iterable(headers)))


async def collect(app: ASGIApp, scope: HTTPScope) -> Response:
    """Run the router and collect what it sends.

    The router gets a `receive` of ours: the server's own cannot be cancelled before everything is
    sent. No request here has a body, and a client that leaves cancels the task.
    """
    # Made when somebody waits for the end, which hardly any handler does.
    ended: asyncio.Event | None = None
    is_whole = False

    async def receive() -> Any:
        nonlocal ended
        if not is_whole:
            ended = ended or asyncio.Event()
            await ended.wait()
        return {"type": "http.disconnect"}

    status = 500
    headers: Headers = []
    parts: list[bytes] = []

    async def take(message: Message) -> None:
        nonlocal status, is_whole
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.extend(
                [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
            )
        elif message["type"] == "http.response.body":
            parts.append(message["body"])
            if not message["more_body"]:
                is_whole = True
                if ended is not None:
                    ended.set()

    await app(scope, receive, take)
    return Response(status, headers, b"".join(parts))


async def send_response(
    response: Response,
    send: Send,
    *,
    request_id: str,
    server_timing: bytes = b"",
    more: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    """Send a completed response with the id of this request and what else only this one has."""
    headers = [*response.headers, (b"x-request-id", request_id.encode()), *more]
    if server_timing:
        headers.append((b"server-timing", server_timing))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = response.body
    if len(body) <= PIECE_BYTES:
        await send({"type": "http.response.body", "body": body, "more_body": False})
        return
    for begin in range(0, len(body), PIECE_BYTES):
        end = begin + PIECE_BYTES
        async with asyncio.timeout(STALLED_SECONDS):
            await send(
                {
                    "type": "http.response.body",
                    "body": body[begin:end],
                    "more_body": end < len(body),
                }
            )
