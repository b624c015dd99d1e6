"""`Ledger` and `AsyncLedger`: the operations, pinning, paging and downloads, over httpx."""

from __future__ import annotations

import asyncio
import copy
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Self, TypeVar

import httpx

from layoff_ledger_client.cache import Cache
from layoff_ledger_client.download import download
from layoff_ledger_client.exchange import (
    Ask,
    Content,
    Exchange,
    Operation,
    Page,
    Retries,
    Talk,
    Wait,
)
from layoff_ledger_client.operations import (
    LIST_REVISIONS,
    SERVER,
    AsyncOperations,
    Operations,
    __version__,
)
from layoff_ledger_client.queries import AsOf

T = TypeVar("T")
_Item = TypeVar("_Item")
CACHE_BYTES = 64 * 1024 * 1024
AGENT = f"layoff-ledger-client/{__version__}"
TIMEOUT_SECONDS = 30.0
RETRIES = Retries()


class _Session:
    """What both clients are set to: the ledger's address, the revision, and the retries."""

    _owns: bool

    def __init__(
        self,
        base_url: str,
        *,
        as_of: AsOf | None,
        retries: Retries,
        cache_bytes: int,
    ) -> None:
        self.as_of = as_of
        """The revision, or the past day, to which all answers are pinned; None is the newest."""
        if not base_url.startswith(("http://", "https://")):
            message = f"{base_url!r} is not the address of a service: it needs http:// or https://"
            raise ValueError(message)
        self._exchange = Exchange(base_url.rstrip("/"), Cache(cache_bytes), retries)

    def _pinned(self, revision: int) -> Self:
        pinned = copy.copy(self)
        pinned.as_of = revision
        pinned._owns = False  # noqa: SLF001 an object of the same class
        return pinned

    def _query(
        self, operation: Operation[object], query: Mapping[str, object]
    ) -> dict[str, object]:
        pinned = {"as_of": self.as_of} if operation.as_of and self.as_of is not None else {}
        return {**pinned, **query}

    def _newest(self, as_of: AsOf | None) -> Talk[int]:
        """Get the number of the newest revision, or of the newest one on a day."""
        query = {"limit": 1, "as_of": as_of}
        page = yield from self._exchange.ask(LIST_REVISIONS, {}, query)
        return page.data[0].number

    def _export(self, revision: int | None) -> Talk[int | None]:
        """Get the revision whose files are wanted: the given one, or else the pinned one."""
        if revision is not None or self.as_of is None:
            return revision
        return (yield from self._newest(self.as_of))

    def _download(self, name: str, to: str | Path, revision: int | None) -> Talk[Path]:
        number = yield from self._export(revision)
        return (yield from download(self._exchange, name, to, number))


class Ledger(_Session, Operations):
    """A blocking client of a Layoff Ledger.

    `as_of` pins all answers to a revision or to a past day; `pin` does so later. Answers are cached
    and revalidated by their ETag (`cache_bytes`; 0 turns the cache off). If the service is
    overloaded or unreachable, requests are retried (`retries`). If you pass your own
    `httpx.Client`, for proxies or certificates, you have to close it. Threads may share a ledger.
    """

    def __init__(
        self,
        base_url: str = SERVER,
        *,
        as_of: AsOf | None = None,
        retries: Retries = RETRIES,
        cache_bytes: int = CACHE_BYTES,
        client: httpx.Client | None = None,
    ) -> None:
        super().__init__(base_url, as_of=as_of, retries=retries, cache_bytes=cache_bytes)
        self._owns = client is None
        self._client = client or httpx.Client(timeout=TIMEOUT_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that it opened itself."""
        if self._owns:
            self._client.close()

    def pin(self, as_of: AsOf | None = None) -> Self:
        """Return a client that is pinned to one revision: the newest one, or the given one.

        It shares connections and the cache with this one, which has to stay open.
        """
        return self._pinned(self._run(self._newest(as_of)))

    def download_export(self, name: str, to: str | Path, *, revision: int | None = None) -> Path:
        """Download a file of a bulk export into a file or folder, and check its SHA-256.

        An interrupted download is resumed, even by another process. `revision` defaults to the
        pinned one, or else the newest. Raises `ValueError` if the export has no such file.
        """
        return self._run(self._download(name, to, revision))

    def _ask(
        self,
        operation: Operation[T],
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> T:
        return self._run(self._exchange.ask(operation, path, self._query(operation, query)))

    def _ask_as(
        self,
        operation: Operation[object],
        format: str,
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Content:
        asked = self._query(operation, query)
        return self._run(self._exchange.ask_as(operation, format, path, asked))

    def _walk(
        self, operation: Operation[Page[_Item]], query: Mapping[str, object]
    ) -> Iterator[_Item]:
        page = self._ask(operation, {}, {"limit": operation.page_size, **query})
        yield from page.data
        while url := self._exchange.next_url(operation, page):
            page = self._run(self._exchange.get(url, operation))
            yield from page.data

    def _run(self, talk: Talk[T]) -> T:
        """Carry out what a conversation yields, until it ends."""
        try:
            step = next(talk)
            while True:
                try:
                    done = self._do(step)
                except httpx.TransportError as error:
                    step = talk.throw(error)
                else:
                    step = talk.send(done)
        except StopIteration as end:
            answer: T = end.value
            return answer

    def _do(self, step: Ask | Wait) -> httpx.Response | None:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return None
        headers = {"user-agent": AGENT, **step.headers}
        with self._client.stream(
            "GET", step.url, headers=headers, follow_redirects=True
        ) as response:
            if step.sink is None or not response.is_success:
                response.read()
            else:
                take = step.sink(response)
                for piece in response.iter_bytes():
                    take(piece)
        return response


class AsyncLedger(_Session, AsyncOperations):
    """An asyncio client of a Layoff Ledger; otherwise like `Ledger`."""

    def __init__(
        self,
        base_url: str = SERVER,
        *,
        as_of: AsOf | None = None,
        retries: Retries = RETRIES,
        cache_bytes: int = CACHE_BYTES,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        super().__init__(base_url, as_of=as_of, retries=retries, cache_bytes=cache_bytes)
        self._owns = client is None
        self._client = client or httpx.AsyncClient(timeout=TIMEOUT_SECONDS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that it opened itself."""
        if self._owns:
            await self._client.aclose()

    async def pin(self, as_of: AsOf | None = None) -> Self:
        """Return a client that is pinned to one revision: the newest one, or the given one.

        It shares connections and the cache with this one, which has to stay open.
        """
        return self._pinned(await self._run(self._newest(as_of)))

    async def download_export(
        self, name: str, to: str | Path, *, revision: int | None = None
    ) -> Path:
        """Download a file of a bulk export into a file or folder, and check its SHA-256.

        An interrupted download is resumed, even by another process. `revision` defaults to the
        pinned one, or else the newest. Raises `ValueError` if the export has no such file.
        """
        return await self._run(self._download(name, to, revision))

    async def _ask(
        self,
        operation: Operation[T],
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> T:
        return await self._run(self._exchange.ask(operation, path, self._query(operation, query)))

    async def _ask_as(
        self,
        operation: Operation[object],
        format: str,
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Content:
        asked = self._query(operation, query)
        return await self._run(self._exchange.ask_as(operation, format, path, asked))

    async def _walk(
        self, operation: Operation[Page[_Item]], query: Mapping[str, object]
    ) -> AsyncIterator[_Item]:
        page = await self._ask(operation, {}, {"limit": operation.page_size, **query})
        for one in page.data:
            yield one
        while url := self._exchange.next_url(operation, page):
            page = await self._run(self._exchange.get(url, operation))
            for one in page.data:
                yield one

    async def _run(self, talk: Talk[T]) -> T:
        """Carry out what a conversation yields, until it ends."""
        try:
            step = next(talk)
            while True:
                try:
                    done = await self._do(step)
                except httpx.TransportError as error:
                    step = talk.throw(error)
                else:
                    step = talk.send(done)
        except StopIteration as end:
            answer: T = end.value
            return answer

    async def _do(self, step: Ask | Wait) -> httpx.Response | None:
        if isinstance(step, Wait):
            await asyncio.sleep(step.seconds)
            return None
        headers = {"user-agent": AGENT, **step.headers}
        async with self._client.stream(
            "GET", step.url, headers=headers, follow_redirects=True
        ) as response:
            if step.sink is None or not response.is_success:
                await response.aread()
            else:
                take = step.sink(response)
                async for piece in response.aiter_bytes():
                    take(piece)
        return response
