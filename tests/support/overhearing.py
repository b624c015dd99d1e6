"""A relay in front of PostgreSQL that records which statements a service runs, unchanged."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"


@contextlib.contextmanager
def overhearing(url: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the address of a relay to a database, and the statements that are run through it.

    Each is listed as often as it is run; `folder` is the place for the socket of the relay.
    """
    (host,) = parse_qs(urlsplit(url).query)["host"]
    heard: list[str] = []
    begun: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_unix_connection(f"{host}/{SOCKET}")
        ways = [_listen(reader, to, heard), _pass_on(there, writer)]
        # If one side closes the connection, so does the other.
        _, open_ = await asyncio.wait(
            map(asyncio.ensure_future, ways), return_when="FIRST_COMPLETED"
        )
        for way in open_:
            way.cancel()
        for one in (to, writer):
            one.close()

    async def serve() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        async with await asyncio.start_unix_server(relay, folder / SOCKET):
            begun.put(lambda: loop.call_soon_threadsafe(ended.set))
            await ended.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    end = begun.get()
    try:
        yield url.replace(quote(host, safe="/"), str(folder)), heard
    finally:
        end()
        thread.join()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while piece := await reader.read(65536):
        writer.write(piece)
        await writer.drain()


async def _listen(reader: asyncio.StreamReader, to: asyncio.StreamWriter, heard: list[str]) -> None:
    """Pass on what a client sends; Parse (P) names a statement, and Bind (B) runs it."""
    named: dict[bytes, str] = {}
    kind = b""
    with contextlib.suppress(asyncio.IncompleteReadError):
        while True:
            length = await reader.readexactly(4)
            body = await reader.readexactly(struct.unpack(">I", length)[0] - 4)
            if kind == b"P":
                name, text, _ = body.split(b"\0", 2)
                named[name] = text.decode()
            elif kind == b"B":
                _, name, _ = body.split(b"\0", 2)
                heard.append(named[name])
            to.write(kind + length + body)
            await to.drain()
            # The first message has no kind.
            kind = await reader.readexactly(1)
