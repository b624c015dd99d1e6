"""Files over HTTP (RFC 9110, 13 and 14): strong validators, one range, never whole in memory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

from litestar import Response
from litestar.response import Stream

from layoff_ledger.http import policy
from layoff_ledger.http.conditional import matches
from layoff_ledger.http.context import Context
from layoff_ledger.http.problems import LedgerError

PIECE_BYTES = 256 * 1024
_RANGE = re.compile(rb"(?i:bytes)=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*")


class RangeNotSatisfiableError(LedgerError):
    """The range begins after the end of the file."""

    code = "range_not_satisfiable"

    def __init__(self, size: int) -> None:
        """State the size, so that the client can correct its request."""
        super().__init__(
            f"the file has {size} bytes; ask for a range within them",
            headers={"content-range": f"bytes */{size}", "accept-ranges": "bytes"},
        )


Read = Callable[[int, int], AsyncIterator[bytes]]
"""Reads a file from one byte to another, piece by piece."""


async def file_response(
    context: Context,
    open_: Callable[[], Awaitable[Read]],
    *,
    size: int,
    sha256: str,
    media_type: str,
    name: str,
) -> Response[bytes] | Stream:
    """Answer with a file of an export, or with the requested part of it.

    `open_` returns a reader of the file; `name` is the file name that a browser saves it under.
    Raises `RangeNotSatisfiableError`, and `OSError` if the file is gone.
    """
    tag = f'"{sha256}"'
    headers = {
        "accept-ranges": "bytes",
        "cache-control": policy.EXPORTED.decode(),
        "content-disposition": f'attachment; filename="{name}"',
        "etag": tag,
    }
    if context.matches_anything or matches(context.if_none_match, tag.encode()):
        return Response(b"", status_code=304, headers=headers)
    read = await open_()
    # A client that has another file than this one gets all of it, and so does any method but GET:
    # only GET has ranges (RFC 9110, 14.2).
    applies = context.if_range is None or context.if_range == tag.encode()
    applies = applies and not context.is_head
    part = _part(context.range, size) if context.range is not None and applies else None
    start, end = (0, size) if part is None else part
    headers["content-length"] = str(end - start)
    if part is not None:
        headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    return Stream(
        read(start, end if context.needs_body else start),
        status_code=200 if part is None else 206,
        media_type=media_type,
        headers=headers,
    )


def _part(requested: bytes, size: int) -> tuple[int, int] | None:
    """Return where the part begins and ends; None for the whole file, also if that is unclear.

    Several ranges in one request get the whole file, as RFC 9110 allows.
    """
    match = _RANGE.fullmatch(requested)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        # An empty file has no last byte that `Content-Range` could name.
        if int(suffix) == 0 or size == 0:
            raise RangeNotSatisfiableError(size)
        return max(0, size - int(suffix)), size
    start = int(first)
    end = size if not last else min(int(last) + 1, size)
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeNotSatisfiableError(size)
    return start, end


async def open_file(path: Path, size: int) -> Read:
    """Return a reader of a file on disk; raise `OSError` if its size differs."""
    found = (await asyncio.to_thread(path.stat)).st_size
    if found != size:
        message = f"{path} has {found} bytes and not {size}"
        raise OSError(message)
    return lambda start, end: _pieces(path, start, end)


async def _pieces(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    """Read a part of a file piece by piece, without delaying other requests."""
    if start == end:
        return
    file = await asyncio.to_thread(path.open, "rb")
    try:
        await asyncio.to_thread(file.seek, start)
        left = end - start
        while left:
            piece = await asyncio.to_thread(file.read, min(PIECE_BYTES, left))
            if not piece:
                message = f"{path} ended {left} bytes early"
                raise OSError(message)
            left -= len(piece)
            yield piece
    finally:
        file.close()
