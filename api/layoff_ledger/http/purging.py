"""Tells the caches in front of the service about each new revision (`LEDGER_PURGE`).

Every process tells them once it answers from the new revision, and not before: a cache that the
publisher told could fetch the old answer again from a process that does not know the revision yet.
What the last process tells comes after the last old answer. A cache is told again a little later,
because an answer that was begun before may have reached it since.

No request waits for this: it is a task of its own, and a thread makes the requests to the caches.
"""

from __future__ import annotations

import asyncio
import http.client
import logging
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 2.0
"""How long a cache may take."""
AGAIN_SECONDS = (1.0, 10.0)
"""How long after a cache was told it is told again: by then, what was begun before has ended."""
PAUSES_SECONDS = (0.1, 0.5, 2.0, 10.0)
"""How long after a failure it is tried again; the last pause repeats until it succeeds."""
_OK, _TOO_HIGH = 200, 300


class Purger:
    """Tells the caches on behalf of one process."""

    def __init__(
        self,
        caches: Sequence[str],
        revision: Callable[[], int],
        observe: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """Begin; `observe` is called after each attempt with whether the cache accepted it."""
        self._caches, self._revision, self._observe = caches, revision, observe
        self._news = [asyncio.Event() for _ in caches]

    def notice(self) -> None:
        """Tell the caches as soon as possible that another revision is the newest one."""
        for news in self._news:
            news.set()

    async def run(self) -> None:
        """Tell every cache separately: one that is down delays no other."""
        async with asyncio.TaskGroup() as group:
            for cache, news in zip(self._caches, self._news, strict=True):
                group.create_task(self._serve(cache, news))

    async def _serve(self, cache: str, news: asyncio.Event) -> None:
        while True:
            await news.wait()
            news.clear()
            await self._tell(cache, news)
            for seconds in AGAIN_SECONDS:
                if await _comes(news, seconds):
                    break
                await self._tell(cache, news)

    async def _tell(self, cache: str, news: asyncio.Event) -> None:
        """Try until the cache has accepted it, or there is something newer to tell."""
        tries = 0
        while (failure := await self._try(cache)) is not None:
            pause = PAUSES_SECONDS[min(tries, len(PAUSES_SECONDS) - 1)]
            if tries in {0, len(PAUSES_SECONDS) - 1}:
                # Not for every attempt.
                logger.warning("the cache %s is not told of the revision: %s", cache, failure)
            tries += 1
            if await _comes(news, pause):
                return
        if tries:
            logger.warning("the cache %s is told again of revisions", cache)

    async def _try(self, cache: str) -> str | None:
        failure = await asyncio.to_thread(purge, cache, self._revision())
        self._observe(failure is None)
        return failure


async def _comes(news: asyncio.Event, seconds: float) -> bool:
    """Wait this long for something newer; return whether it came."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    return True


def purge(cache: str, revision: int) -> str | None:
    """Send `PURGE` to a cache; return what went wrong, or None if the cache accepted it."""
    parts = urlsplit(cache)
    kinds = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
    connection = kinds[parts.scheme](parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("PURGE", target, headers={"x-ledger-revision": str(revision)})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return None if _OK <= status < _TOO_HIGH else f"it answers {status}"
