"""How much a client may ask for (`LEDGER_RATE_LIMIT`), measured by what answering costs.

A request that is answered from memory, with 304 or with a problem of the middleware costs nothing.
Any other one costs a unit, and another unit for each tenth of a second that it took, without the
time that it only waited (`timing.forgive`); a whole list or a file costs ten. The first unit is
taken before the answer is made, so that concurrent requests are bounded like successive ones. Units
are counted for a window of time that begins with a client's first request.

The counters are in memory that the workers share, so that there is one limit for all of them. If it
were divided by the number of workers, a client that keeps one connection, and so one worker, would
only get its part.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import math
import mmap
import os
import struct
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import limits
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from litestar.types import HTTPScope

from layoff_ledger.http import clients, timing
from layoff_ledger.http.problems import TooManyRequestsError
from layoff_ledger.http.responses import Headers

UNIT_SECONDS = 0.1
"""Seconds of work that cost one more unit."""
WHOLE_UNITS = 10
"""What a whole list or a file costs, however slowly it is read."""


class RateLimits:
    """The limit of a service, and what its clients have used of it."""

    def __init__(
        self,
        policy: str,
        *,
        trusted: Sequence[clients.Network] = (),
        header: str = clients.X_FORWARDED_FOR,
        folder: Path | None = None,
    ) -> None:
        """Begin; `policy` is like `120/minute`, `folder` is shared with the other workers.

        `header` is the one in which `trusted` proxies name the client.
        """
        self._limit = limits.parse(policy)
        self._counters = SharedCounters(folder)
        self._limiter = FixedWindowRateLimiter(self._counters)
        self._trusted, self._header = trusted, header
        seconds = self._limit.get_expiry()
        self._policy = f'"default";q={self._limit.amount};w={seconds}'.encode()

    def client(self, scope: HTTPScope) -> str:
        """Return the client for which a request is counted."""
        return clients.site(clients.address_of(scope, self._trusted, self._header))

    def take(self, client: str) -> None:
        """Count the unit that any request costs; raise `TooManyRequestsError` if none is left."""
        # Looking first and counting later would let through everything that comes in between.
        if not self._limiter.hit(self._limit, client):
            self._refuse(client)

    def charge(self, client: str, seconds: float) -> None:
        """Count the rest of the cost: the time that the answer took, without what is forgiven."""
        worked = max(0.0, seconds - timing.take_forgiven())
        units = int(worked / UNIT_SECONDS)
        if units:
            # The workers share one lock, and most requests cost no more than their first unit.
            self._limiter.hit(self._limit, client, cost=units)

    def take_whole(self, client: str) -> None:
        """Count what a whole list or a file costs; raise `TooManyRequestsError` if nothing is left.

        A single unit that is left is enough: a limit may be lower than what one list costs.
        """
        # All at once: between a first unit and the others, another worker could let a request pass.
        key, seconds = self._limit.key_for(client), self._limit.get_expiry()
        used = self._counters.incr(key, seconds, WHOLE_UNITS)
        if used - WHOLE_UNITS >= self._limit.amount:
            self._refuse(client)

    def headers(self, client: str) -> Headers:
        """Return what is left as headers (draft-ietf-httpapi-ratelimit-headers-10)."""
        remaining = self._limiter.get_window_stats(self._limit, client).remaining
        left = f'"default";r={remaining};t={self._seconds_left(client)}'.encode()
        return [(b"ratelimit-policy", self._policy), (b"ratelimit", left)]

    def _refuse(self, client: str) -> NoReturn:
        reset = self._seconds_left(client)
        message = (
            f"more than {self._limit.amount} units in {self._limit.get_expiry()} seconds; "
            f"try again in {reset} seconds"
        )
        raise TooManyRequestsError(message, headers={"retry-after": str(reset)})

    def _seconds_left(self, client: str) -> int:
        reset: float = self._limiter.get_window_stats(self._limit, client).reset_time
        return min(self._limit.get_expiry(), max(1, math.ceil(reset - time.time())))


_SLOT = struct.Struct("<QdQ")
"""Digest of a client, when its window ends, units used."""
_SLOTS = 32_768
_TRIES = 16


class SharedCounters(Storage):
    """Counters for `limits` in memory that processes share, of a bounded size.

    If a client finds no free place among sixteen, it takes the one whose window ends first: with
    more than about ten thousand clients in a window, a few start from zero again.
    """

    STORAGE_SCHEME = None

    def __init__(self, folder: Path | None) -> None:
        """Begin with what other workers have counted; without a folder, on its own."""
        super().__init__()
        with contextlib.ExitStack() as stack:
            if folder is None:
                file = stack.enter_context(tempfile.TemporaryFile())
            else:
                path = folder / "limits"
                file = stack.enter_context(
                    os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
                )
            self._file = os.dup(file.fileno())
        with self._locked():
            if os.fstat(self._file).st_size == 0:
                # A salt, so that nobody can find out who is counted, or aim at another client's
                # counter.
                os.write(self._file, os.urandom(16))
                # All its space is reserved now: the kernel would kill a process that later finds
                # none for a page.
                os.posix_fallocate(self._file, 0, 16 + _SLOTS * _SLOT.size)
        self._memory = mmap.mmap(self._file, 0)
        self._salt = self._memory[:16]

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return the exceptions that can occur."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter whose window has this many seconds; return its new value."""
        with self._locked():
            digest, place = self._find(key)
            found, ends, used = _SLOT.unpack_from(self._memory, place)
            now = time.time()
            # If the clock was set back, a window would otherwise stay open for long.
            if found != digest or not now < ends <= now + expiry:
                ends, used = now + expiry, 0
            used += amount
            _SLOT.pack_into(self._memory, place, digest, ends, used)
        return int(used)

    def get(self, key: str) -> int:
        """Return a counter; 0 if its window is over."""
        digest, place = self._find(key)
        found, ends, used = _SLOT.unpack_from(self._memory, place)
        return int(used) if found == digest and time.time() < ends else 0

    def get_expiry(self, key: str) -> float:
        """Return when the window of a counter ends, in seconds of Unix time; now if it has none."""
        digest, place = self._find(key)
        found, ends, _ = _SLOT.unpack_from(self._memory, place)
        return float(ends) if found == digest else time.time()

    def check(self) -> bool:
        """Report that it works."""
        return True

    def reset(self) -> int | None:
        """Forget everything that was counted."""
        with self._locked():
            self._memory[16:] = bytes(_SLOTS * _SLOT.size)
        return None

    def clear(self, key: str) -> None:
        """Forget a counter."""
        with self._locked():
            digest, place = self._find(key)
            if _SLOT.unpack_from(self._memory, place)[0] == digest:
                _SLOT.pack_into(self._memory, place, 0, 0.0, 0)

    def _find(self, key: str) -> tuple[int, int]:
        """Return the digest of a key, and its place or the one that it may take."""
        hashed = hashlib.blake2b(key.encode(), digest_size=8, key=self._salt).digest()
        digest = int.from_bytes(hashed, "little") or 1
        best, best_end = 0, math.inf
        for step in range(_TRIES):
            place = 16 + (digest + step) % _SLOTS * _SLOT.size
            found, ends, _ = _SLOT.unpack_from(self._memory, place)
            if found == digest:
                return digest, place
            if ends < best_end:
                best, best_end = place, ends
        return digest, best

    @contextlib.contextmanager
    def _locked(self) -> Iterator[Any]:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
