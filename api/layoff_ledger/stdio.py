"""MCP on standard input and output: for an assistant that starts the command itself.

It asks a service by HTTP, or by default the same app in this process.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import msgspec
from litestar.types import ASGIApp
from mcp.server.stdio import stdio_server

from layoff_ledger.app import create_app, operations
from layoff_ledger.assistants.ask import Answer, Send
from layoff_ledger.assistants.server import make
from layoff_ledger.assistants.transport import request_of
from layoff_ledger.settings import LOCAL_URL, Settings

TIMEOUT_SECONDS = 30.0


async def serve(send: Send) -> None:
    """Answer an assistant until it closes the input."""
    server = make(operations(), lambda _: send)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())


async def serve_from_service(url: str) -> None:
    """Answer from a service that runs somewhere."""
    async with httpx2.AsyncClient(
        base_url=url, timeout=TIMEOUT_SECONDS, headers={"accept": "application/json"}
    ) as client:

        async def send(address: str) -> Answer:
            try:
                response = await client.get(address)
            except httpx2.HTTPError as error:
                return _away(url, error)
            return Answer(response.status_code, dict(response.headers), response.content)

        await serve(send)


def _away(url: str, error: Exception) -> Answer:
    detail = f"{url} does not answer ({type(error).__name__}): is the service running?"
    problem = {"title": "No answer", "detail": detail, "errors": [], "code": "unavailable"}
    return Answer(503, {}, msgspec.json.encode(problem))


async def serve_from_ledger(configured: Settings, url: str) -> None:
    """Answer from a database, with the app in this process."""
    app = create_app(configured, url)
    around: dict[str, Any] = {
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "headers": [(b"host", LOCAL_URL.partition("://")[2].encode())],
        "client": None,
        "server": None,
    }
    async with _living(app):
        await serve(lambda address: request_of(app, around, address))


@contextlib.asynccontextmanager
async def _living(app: ASGIApp) -> AsyncIterator[None]:
    """Start and stop an app as its server would (ASGI lifespan)."""
    to_app: asyncio.Queue[Any] = asyncio.Queue()
    from_app: asyncio.Queue[Any] = asyncio.Queue()
    scope: Any = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(_run(app, scope, to_app, from_app))
    await to_app.put({"type": "lifespan.startup"})
    started = await from_app.get()
    if started["type"] != "lifespan.startup.complete":
        await life
        raise OSError(started.get("message", "the ledger could not be opened"))
    try:
        yield
    finally:
        await to_app.put({"type": "lifespan.shutdown"})
        await from_app.get()
        await life


async def _run(
    app: ASGIApp, scope: Any, to_app: asyncio.Queue[Any], from_app: asyncio.Queue[Any]
) -> None:
    await app(scope, to_app.get, from_app.put)
