"""Lines of JSON (`LEDGER_LOG=json`): one for each request, and one for everything else logged.

No line has an address of a client unless this is enabled (`LEDGER_LOG_ADDRESSES`), and none has a
header, so none has a secret. What a client writes is inside JSON strings and cannot end a line.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import structlog
from litestar.types import HTTPScope

from layoff_ledger.http import clients
from layoff_ledger.observation.names import MAX_LOGGED

if TYPE_CHECKING:
    from layoff_ledger.observation.names import Observed


def _encode(value: Any, **_: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()


_COMMON: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configure() -> dict[str, Any]:
    """Write what any library logs as lines of JSON, on standard error.

    Returns the `dictConfig` by which Granian's own messages come here, too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_COMMON, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(serializer=_encode),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    return {"loggers": {"_granian": {"handlers": [], "propagate": True}}, "handlers": {}}


class RequestLog:
    """Writes a line for each request."""

    def __init__(
        self,
        *,
        with_addresses: bool,
        trusted: Sequence[clients.Network],
        header: str = clients.X_FORWARDED_FOR,
    ) -> None:
        """Write to standard error, with addresses of clients only if this is enabled.

        `header` is the one in which `trusted` proxies name the client.
        """
        self._with_addresses, self._trusted, self._header = with_addresses, trusted, header
        self._log = structlog.wrap_logger(
            structlog.BytesLogger(sys.stderr.buffer),
            processors=[
                *_COMMON,
                structlog.processors.JSONRenderer(
                    serializer=lambda value, **_: msgspec.json.encode(value)
                ),
            ],
        )
        self._worker = os.getpid()

    def write(self, one: Observed, scope: HTTPScope, *, path: str, revision: int) -> None:
        """Write the line of a request."""
        whose = {}
        if self._with_addresses:
            address = clients.address_of(scope, self._trusted, self._header)
            whose["address"] = str(address)
        self._log.info(
            "request",
            request_id=one.request_id,
            method=one.method,
            path=path[:MAX_LOGGED],
            query=scope["query_string"].decode("latin-1")[:MAX_LOGGED],
            status=one.status,
            bytes=one.bytes,
            ms=round(one.seconds * 1000, 3),
            operation=one.operation,
            format=one.format,
            cache=one.cache,
            revision=revision,
            worker=self._worker,
            **whose,
        )
