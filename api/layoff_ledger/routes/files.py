"""Answers that are files, an Excel workbook or Parquet: written to disk, then sent.

The rows come as for any list: from one snapshot, a batch at a time, so that a file of any size is
written in bounded memory, and in a thread, so that others are answered meanwhile. The file lies in
a folder of its own, which is removed with the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from litestar.response import Stream

from layoff_ledger.formats.base import Format, Provenance
from layoff_ledger.formats.citation import TEXT
from layoff_ledger.http.problems import InvalidParametersError, UnavailableError, mistake
from layoff_ledger.resources.base import Column
from layoff_ledger.routes.citations import question_entries, question_title
from layoff_ledger.routes.links import addresses, cited_address, link
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of
from layoff_ledger.routes.responses import saved_as
from layoff_ledger.store.revisions import Snapshot

CHUNK_BYTES = 256 * 1024
MAX_AT_WORK = 2
"""Files that a process writes at once: each takes a core away from requests for pages."""
MAX_WAITING = 16
"""Files that may wait to be written; whoever asks for one more is asked to come back."""
Rows = Iterable[Sequence[Any]]
T = TypeVar("T")


def refuse_too_many(format_: Format, rows: int, *, most: int | None = None) -> None:
    """Raise `InvalidParametersError` if a format cannot hold this many rows; `most` is its own."""
    most = format_.max_rows if most is None else most
    if most is not None and rows > most:
        raise InvalidParametersError(
            mistake(
                "format",
                f"{format_.name} has room for {most:,} rows, and this question has {rows:,}",
                "narrow the question by a filter, ask for a page by limit, or for csv or parquet",
            )
        )


async def respond_with_file(
    request: AnyRequest,
    what: str,
    columns: Sequence[Column],
    batches: AsyncGenerator[T, None],
    rows_of: Callable[[T], Rows],
    *,
    snapshot: Snapshot,
    following: str | None = None,
) -> Stream:
    """Answer with a file of all batches; `rows_of` turns each into rows in a thread.

    Anything that can fail fails before the first byte.
    """
    format_ = format_of(request)
    headers = {
        **link(request, snapshot, following=following),
        **saved_as(what, format_, snapshot),
    }
    if asked_of(request).context.needs_no_rows:
        # Mistakes in the question show before its first row.
        await anext(batches, None)
        await batches.aclose()
        return Stream(iter(()), media_type=format_.response_type, headers=headers)
    title = await question_title(request, snapshot)
    provenance = _provenance(request, title, snapshot, following=following)
    folder = tempfile.TemporaryDirectory(prefix="layoff-ledger-")
    path = Path(folder.name) / f"answer{format_.suffix}"
    try:
        async with _turns.take(batches):
            await _write(format_, path, columns, batches, rows_of, provenance)
        headers["content-length"] = str(path.stat().st_size)
    except BaseException:
        folder.cleanup()
        raise

    async def pieces() -> AsyncIterator[bytes]:
        try:
            with path.open("rb") as file:
                while piece := file.read(CHUNK_BYTES):
                    yield piece
        finally:
            folder.cleanup()

    return Stream(pieces(), media_type=format_.response_type, headers=headers)


class _Turns:
    """Bounds how many files are written at once, and how many wait for that."""

    def __init__(self) -> None:
        self._at_work = asyncio.Semaphore(MAX_AT_WORK)
        self._waiting = 0

    @contextlib.asynccontextmanager
    async def take(self, batches: AsyncGenerator[T, None]) -> AsyncIterator[None]:
        """Wait for a turn; raise `UnavailableError` if too many are already waiting."""
        if self._waiting >= MAX_WAITING:
            await batches.aclose()
            message = "too many files are being written; try again in a few seconds"
            raise UnavailableError(message)
        self._waiting += 1
        try:
            await self._at_work.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._at_work.release()


_turns = _Turns()


async def _write(
    format_: Format,
    path: Path,
    columns: Sequence[Column],
    batches: AsyncGenerator[T, None],
    rows_of: Callable[[T], Rows],
    provenance: Provenance,
) -> None:
    if format_.open is None:
        raise TypeError(format_.name)
    try:
        file = await asyncio.to_thread(format_.open, path, columns, provenance)
        async for batch in batches:
            await asyncio.to_thread(lambda some: file.add(rows_of(some)), batch)
        await asyncio.to_thread(file.close)
    finally:
        await batches.aclose()


def _provenance(
    request: AnyRequest, title: str, snapshot: Snapshot, *, following: str | None
) -> Provenance:
    # Without the day of access, so that the same question to the same revision gives the same file.
    entries = [
        msgspec.structs.replace(entry, accessed=())
        for entry in question_entries(request, title, snapshot)
    ]
    citation = b"" if TEXT.cite is None else TEXT.cite(entries)
    links = addresses(request, snapshot, following=following)
    return Provenance(
        title=title,
        url=cited_address(request, snapshot),
        latest=links.latest,
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
        citation=citation.decode().strip(),
        next=links.next,
    )
