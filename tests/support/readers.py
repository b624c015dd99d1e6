"""Readers that query a service continuously, and what they saw; for what breaks it meanwhile."""

from __future__ import annotations

import hashlib
import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

CACHED = ["/v1/waves?limit=5", "/v1/companies?limit=5", "/v1/statistics?group_by=company"]


class Readers:
    """Query until told to stop, each time by a new connection.

    Every answer is compared with the first one to its question and revision: the same bytes,
    whoever answers and whatever is broken.
    """

    def __init__(
        self,
        port: int,
        cached: Sequence[str] = CACHED,
        judge: Callable[[dict[str, Any]], str] = lambda _: "",
    ) -> None:
        """`judge` says what is wrong with an answer beyond its bytes, if anything is."""
        self.port, self._asked, self._judge = port, cached, judge
        self.statuses: dict[str, int] = {}
        self.seconds: list[float] = []
        self.wrong: list[str] = []
        self.ages: list[int] = []
        """The age that answers stated when nobody could check them against the database."""
        self.revisions: set[int] = set()
        self.longest_gap = 0.0
        self.uncached_at = time.monotonic()
        """When a question that is in no memory was last answered."""
        self.uncached_gap = 0.0
        """The longest time without such an answer."""
        self._stopped = threading.Event()
        self._known: dict[tuple[str, int], str] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._answered_at = time.monotonic()
        self._threads = [
            threading.Thread(target=self._run, args=(one,))
            for one in (self._cached, self._uncached, self._cached)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def begin(self) -> None:
        """Forget what was seen, but not what answers have to be."""
        with self._lock:
            self.statuses, self.seconds, self.ages = {}, [], []
            self.longest_gap = self.uncached_gap = 0.0
            self._answered_at = time.monotonic()

    def failures(self) -> int:
        """Return how many requests got no answer or a problem."""
        with self._lock:
            return sum(self.statuses.values()) - self.statuses.get("200", 0)

    def _run(self, ask: Callable[[], None]) -> None:
        while not self._stopped.is_set():
            ask()
            time.sleep(0.01)

    def _cached(self) -> None:
        for path in self._asked:
            self._ask(path)

    def _uncached(self) -> None:
        # A sample is never in memory, whatever it is taken from.
        path = f"/v1/waves?limit=3&sample=3&headcount_gte={next(self._numbers)}"
        if self._ask(path, part="db;") == 200:
            now = time.monotonic()
            self.uncached_gap = max(self.uncached_gap, now - self.uncached_at)
            self.uncached_at = now

    def _ask(self, path: str, part: str = "") -> int:
        """Send a request; `part` is what took some of its time, by `Server-Timing`."""
        begun = time.monotonic()
        status, body, what = 0, b"", ""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=8)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            status, body = answer.status, answer.read()
            what = str(status)
            if status == 200 and part not in (answer.getheader("server-timing") or ""):
                self.wrong.append(f"{path}: answered without {part}")
            if age := answer.getheader("age"):
                self.ages.append(int(age))
            if status == 503 and not answer.getheader("retry-after"):
                what = "503 without Retry-After"
        except (OSError, http.client.HTTPException) as error:
            what = "no answer" if isinstance(error, TimeoutError) else "refused"
        finally:
            connection.close()
        now = time.monotonic()
        with self._lock:
            self.statuses[what] = self.statuses.get(what, 0) + 1
            self.seconds.append(now - begun)
            if status == 200:
                self.longest_gap = max(self.longest_gap, now - self._answered_at)
                self._answered_at = now
                self._hold(path, body)
            elif status not in {0, 503, 429}:
                self.wrong.append(f"{path}: {status}")
        return status

    def _hold(self, path: str, body: bytes) -> None:
        try:
            answer = json.loads(body)
            revision = answer["meta"]["revision"]
            if wrong := self._judge(answer):
                self.wrong.append(f"{path}: {wrong}")
        except (ValueError, KeyError) as error:
            self.wrong.append(f"{path}: {error!r}")
            return
        self.revisions.add(revision)
        digest = hashlib.sha256(body).hexdigest()
        if self._known.setdefault((path, revision), digest) != digest:
            self.wrong.append(f"{path}: two answers of revision {revision}")
