"""MCP over HTTP: `POST /mcp`, without sessions, so that any process answers any request.

A request by a tool is a request to the API like any other, from the same client to the same host:
it goes through the middleware, with its cache and its limits. The SDK is imported when the first
assistant comes: it takes a second and 40 MB, and most services never meet one.
"""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from litestar.types import ASGIApp, HTTPScope, Receive, Scope
from litestar.types import Send as AsgiSend

from layoff_ledger.assistants.ask import Answer, Send
from layoff_ledger.http import context
from layoff_ledger.http.problems import NotInstalledError, problem_response
from layoff_ledger.http.responses import Response, collect
from layoff_ledger.routes.operation import Operation

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
PACKAGE = "mcp"
EXTRA = "layoff-ledger[mcp]"
MAX_BODY_BYTES = 64 * 1024
"""Bytes of a request: a tool with all its arguments has a few hundred."""
# What the API is told about the client, so that limits, logs and addresses are right.
_PASSED = frozenset(
    {b"host", b"x-forwarded-for", b"x-forwarded-proto", b"forwarded", b"user-agent"}
)


def is_installed() -> bool:
    """Return whether the SDK is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def not_installed() -> NotInstalledError:
    """Say what an operator can do about it."""
    message = f"this server has no tools for assistants: its operator can install {EXTRA}"
    return NotInstalledError(message)


class Assistants:
    """The ASGI app of `/mcp`; made once for each process of the service."""

    def __init__(self, operations: Iterable[Operation], api: Callable[[], ASGIApp]) -> None:
        """Take the operations of the API, and what returns the app that answers its requests."""
        self._operations, self._api = list(operations), api
        self._manager: StreamableHTTPSessionManager | None = None
        self._starting = asyncio.Lock()
        self._stopped = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: AsgiSend) -> None:
        """Answer one request of a client, with the SDK."""
        given: Any = scope
        manager = await self._started()
        await manager.handle_request(given, receive, send)  # type: ignore[arg-type]

    def refusal(self, request: context.Context) -> Response | None:
        """Return the problem if the SDK is not installed."""
        return None if is_installed() else problem_response(request, not_installed())

    async def close(self) -> None:
        """Cancel what is being answered."""
        self._stopped.set()
        if self._running is not None:
            await self._running

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._manager is None:
                # In a thread, so that others are answered meanwhile.
                self._manager = await asyncio.to_thread(self._make)
                is_ready = asyncio.Event()
                self._running = asyncio.create_task(self._run(self._manager, is_ready))
                await is_ready.wait()
            return self._manager

    def _make(self) -> StreamableHTTPSessionManager:
        from mcp.server.streamable_http_manager import (  # noqa: PLC0415
            StreamableHTTPSessionManager,
        )

        from layoff_ledger.assistants import server  # noqa: PLC0415

        return StreamableHTTPSessionManager(
            server.make(self._operations, self._send_for),
            json_response=True,
            stateless=True,
            max_request_body_size=MAX_BODY_BYTES,
            # The middleware has already checked the host; nothing here is for one client only.
            security_settings=None,
        )

    async def _run(self, manager: StreamableHTTPSessionManager, is_ready: asyncio.Event) -> None:
        """Keep the manager open: one task has to open and close it."""
        async with manager.run():
            is_ready.set()
            await self._stopped.wait()

    def _send_for(self, request: Any) -> Send:
        scope: HTTPScope = request.scope

        async def send(address: str) -> Answer:
            return await request_of(self._api(), scope, address)

        return send


def request_of(api: ASGIApp, around: HTTPScope | dict[str, Any], address: str) -> Awaitable[Answer]:
    """Send a GET for a path with its query to an app, on behalf of another request's client."""
    path, _, query = address.partition("?")
    passed = [pair for pair in around["headers"] if pair[0] in _PASSED]
    scope: Any = {
        "type": "http",
        "asgi": around["asgi"],
        "http_version": around["http_version"],
        "scheme": around["scheme"],
        "method": "GET",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [*passed, (b"accept", b"application/json")],
        "client": around["client"],
        "server": around["server"],
        "state": {},
    }
    return _answer(api, scope)


async def _answer(api: ASGIApp, scope: HTTPScope) -> Answer:
    response = await collect(api, scope)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, headers, response.body)
