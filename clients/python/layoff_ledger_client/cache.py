"""Answers of earlier requests, by address: revalidated by their ETag, or used as they are."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored answer with its ETag."""

    body: bytes
    headers: dict[str, str]

    @property
    def is_immutable(self) -> bool:
        """Whether it never changes, as everything that is requested `as_of` a revision."""
        return "immutable" in self.headers.get("cache-control", "")


class Cache:
    """The most recently used answers, up to a number of bytes. Threads may share it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._stored: OrderedDict[str, Stored] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> Stored | None:
        """Return what is stored, and mark it as recently used."""
        with self._lock:
            if key in self._stored:
                self._stored.move_to_end(key)
            return self._stored.get(key)

    def put(self, key: str, stored: Stored) -> None:
        """Store an answer, and drop the least recently used ones."""
        if len(stored.body) > self._max_bytes or not self._max_bytes:
            return
        with self._lock:
            if before := self._stored.pop(key, None):
                self._bytes -= len(before.body)
            self._stored[key] = stored
            self._bytes += len(stored.body)
            while self._bytes > self._max_bytes:
                _, oldest = self._stored.popitem(last=False)
                self._bytes -= len(oldest.body)
