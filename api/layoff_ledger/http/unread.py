"""Reads and drops request bodies that no handler reads, so that the connection stays usable.

The rest of a body on a connection comes before the next request; a server that does not read it has
to close the connection, and if it closes with unread bytes, its own answer may be lost (RFC 9112,
9.6). So a short rest is read and thrown away; if there is more, the client is told that the
connection ends.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

from litestar.types import HTTPScope, Receive, Send

MAX_BYTES = 1024 * 1024
"""Bytes of a body that are read only to be thrown away."""
MAX_SECONDS = 1.0
"""How long to wait for them."""
MAX_READING_SECONDS = 10.0
"""How long to wait for a piece of a body; then the client counts as gone."""


def guard(scope: HTTPScope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Return a `receive` and a `send` that read the rest of a request's body before it ends.

    The app that answers may read all of the body, a part of it, or nothing.
    """
    is_read = is_late = False

    async def note() -> Any:
        nonlocal is_read
        if is_read:
            return await receive()
        async with asyncio.timeout(MAX_READING_SECONDS):
            message: Any = await receive()
        is_read = message["type"] != "http.request" or not message.get("more_body", False)
        return message

    async def read() -> Any:
        nonlocal is_late
        try:
            return await note()
        except TimeoutError:
            is_late = True
            return {"type": "http.disconnect"}

    async def drain() -> bool:
        size = 0
        try:
            async with asyncio.timeout(MAX_SECONDS):
                while not is_read and size <= MAX_BYTES:
                    message = await note()
                    size += len(message.get("body", b""))
        except TimeoutError:
            pass
        return is_read

    async def answer(message: Any) -> None:
        if message["type"] == "http.response.start":
            if is_late:
                message["status"] = HTTPStatus.REQUEST_TIMEOUT
            # HTTP/2 ends a stream, not a connection.
            if (is_late or not await drain()) and scope["http_version"].startswith("1"):
                message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return read, answer
