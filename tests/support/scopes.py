"""Requests as a server hands them to an ASGI app."""

from __future__ import annotations

from typing import Any

HOST = (b"host", b"ledger.example")


def make_scope(
    query: bytes = b"",
    *headers: tuple[bytes, bytes],
    path: str = "/v1/waves",
    method: str = "GET",
    version: str = "1.1",
) -> Any:
    """Make the scope of a request; `headers` are all that it has."""
    return {
        "type": "http",
        "http_version": version,
        "method": method,
        "scheme": "http",
        "server": ("192.0.2.1", 8000),
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": [*headers],
        "state": {},
    }
