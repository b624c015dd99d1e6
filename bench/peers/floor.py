"""The floor: a bare ASGI app that sends the same bytes as we do, and does nothing else.

`/v1/waves` costs one fetch by primary key; `/cached` and `/unchanged` only cost sending.
"""

from __future__ import annotations

import os
from typing import Any

import asyncpg
import msgspec

POOL_SIZE = 8

pool: asyncpg.Pool[asyncpg.Record]
headers: list[tuple[bytes, bytes]]
cached: bytes
unchanged: dict[str, Any]


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer one request."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["path"] == "/cached":
        await _send(send, cached)
    elif scope["path"] == "/unchanged":
        await send(unchanged)
        await send({"type": "http.response.body", "body": b""})
    else:
        body = await pool.fetchval(
            "select body from bench.answer where query = $1", scope["query_string"].decode()
        )
        await _send(send, body)


async def _send(send: Any, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


async def _live(receive: Any, send: Any) -> None:
    global pool, headers, cached, unchanged  # noqa: PLW0603 an app without any object
    await receive()
    pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=1, max_size=POOL_SIZE, reset=_keep
    )
    row = await pool.fetchrow(
        "select headers, body from bench.answer where query = $1", os.environ["BENCH_CACHED"]
    )
    if row is None:
        message = "bench.answer does not have what BENCH_CACHED names"
        raise LookupError(message)
    headers, cached = _encoded(row["headers"]), row["body"]
    unchanged = {
        "type": "http.response.start",
        "status": 304,
        "headers": _encoded(os.environ["BENCH_UNCHANGED"]),
    }
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


def _encoded(written: str) -> list[tuple[bytes, bytes]]:
    given = msgspec.json.decode(written, type=list[tuple[str, str]])
    return [(name.encode(), value.encode()) for name, value in given]


async def _keep(_: object) -> None:
    """Leave a connection as it is: these statements set nothing, so nothing has to be reset."""
