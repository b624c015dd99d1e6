"""Stands before the middleware if metrics, logs or traces are enabled; otherwise it is absent."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from layoff_ledger.http import clients, timing
from layoff_ledger.http.context import make_request_id
from layoff_ledger.observation.names import Observed, OperationNames

if TYPE_CHECKING:
    from layoff_ledger.observation.logs import RequestLog
    from layoff_ledger.observation.metrics import Metrics
    from layoff_ledger.observation.traces import Traces

LOOPBACK = "loopback"
METRICS_PATH = "/metrics"
_NOT_MODIFIED = 304


class Observer:
    """An ASGI app that counts and logs requests, and answers `/metrics` to those who may ask."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        names: OperationNames,
        formats: dict[str, str],
        revision: Callable[[], int],
        metrics: Metrics | None = None,
        metrics_for: str = LOOPBACK,
        log: RequestLog | None = None,
        traces: Traces | None = None,
    ) -> None:
        """Wrap an app.

        `metrics_for` is `loopback` or the token that has to be sent; `formats` has the names of
        media types.
        """
        self._app, self._names, self._formats = app, names, formats
        self._revision = revision
        self._metrics, self._metrics_for = metrics, metrics_for
        self._writers = [one for one in (log, traces) if one is not None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and record how."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        http: HTTPScope = scope
        if self._metrics is not None and http["path"] == METRICS_PATH and self._may_ask(http):
            await _send_page(self._metrics.page(), send)
            return
        begun = time.perf_counter()
        # Read before the middleware changes the scope.
        method, path = http["method"], http["path"]
        response = _Response(send)
        try:
            await self._app(http, receive, response.send)
        finally:
            one = Observed(
                self._names.find(path),
                method if method in {"GET", "HEAD", "OPTIONS"} else "other",
                response.status,
                self._formats.get(response.media_type, "other"),
                response.cache or http["state"].get("cache", "none"),
                time.perf_counter() - begun,
                response.bytes,
                response.request_id or make_request_id(),
            )
            if self._metrics is not None:
                self._metrics.observe(one)
            for writer in self._writers:
                writer.write(one, http, path=path, revision=self._revision())

    def _may_ask(self, scope: HTTPScope) -> bool:
        """Return whether a client may read the numbers; for others, the path does not exist."""
        if self._metrics_for == LOOPBACK:
            # What comes through a proxy also comes from this machine.
            address = clients.address_of(scope, ())
            is_own = address is None or address.is_loopback
            return is_own and not clients.is_forwarded(scope)
        sent = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(sent, b"Bearer " + self._metrics_for.encode())


class _Response:
    """What goes to the client, as far as it is recorded."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status, self.bytes = 0, 0
        self.media_type = self.request_id = self.cache = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.status == _NOT_MODIFIED:
                self.cache = "validator"
            for name, value in message["headers"]:
                if name == b"content-type":
                    self.media_type = value.partition(b";")[0].decode("latin-1")
                elif name == b"x-request-id":
                    self.request_id = value.decode("latin-1")
                elif name == b"server-timing" and value == timing.HIT:
                    self.cache = "ready"
        elif message["type"] == "http.response.body":
            self.bytes += len(message["body"])
        await self._send(message)


async def _send_page(body: bytes, send: Send) -> None:
    from layoff_ledger.observation.metrics import CONTENT_TYPE  # noqa: PLC0415

    headers = [
        (b"content-type", CONTENT_TYPE),
        (b"cache-control", b"no-store"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
