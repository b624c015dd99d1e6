"""Cancels the making of an answer once the client that asked for it has left.

A whole list as a workbook takes minutes if there are many waves, and only a few are made at once:
those for clients that have left would keep others waiting.
"""

from __future__ import annotations

import asyncio
from typing import Any

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Send


async def answer(app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    """Let an app answer; cancel it if its client leaves before the last piece is sent.

    All that the app receives is that its client has left; it never gets a body.
    """
    left = asyncio.Event()
    is_sent = False

    async def wait() -> Any:
        await left.wait()
        return {"type": "http.disconnect"}

    async def note(message: Message) -> None:
        nonlocal is_sent
        await send(message)
        if message["type"] == "http.response.body" and not message["more_body"]:
            is_sent = True

    async def watch() -> None:
        # The server also says so once everything was sent.
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()
        if not is_sent:
            work.cancel()

    work = asyncio.ensure_future(app(scope, wait, note))
    # It ends with the connection: what waits for the server itself cannot be cancelled.
    watching = asyncio.ensure_future(watch())
    _WATCHING.add(watching)
    watching.add_done_callback(_WATCHING.discard)
    try:
        await work
    except asyncio.CancelledError:
        if not left.is_set():
            raise


_WATCHING: set[asyncio.Task[None]] = set()
"""The event loop alone does not keep a task alive."""
