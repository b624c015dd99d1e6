"""Whole documents in the memory of a process, up to a bound; only a restored ledger empties it."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

MEMORY_BYTES = 64 * 1024**2
"""Bytes that documents may take in a process."""
OVERHEAD_BYTES = 200
"""Approximate bytes that an entry takes besides its document, for its key and its place."""

Version = tuple[str, int]
"""Id and first revision of a document."""
Namespace = tuple[str, str]
"""Address of the API and resource: what else tells whole documents apart."""


class DocumentMemory:
    """Whole documents; those that were not requested for longest are dropped first, roughly.

    Once three quarters of the memory are used, all documents are old. An old document that is
    requested becomes a recent one again, and if there are too many, the first old ones are dropped.
    So finding a recent document, which most are, costs one look-up and moves nothing.
    """

    def __init__(self, max_bytes: int = MEMORY_BYTES) -> None:
        """Begin empty."""
        self._max_bytes = max_bytes
        self._recent: defaultdict[Namespace, dict[Version, bytes]] = defaultdict(dict)
        self._old: defaultdict[Namespace, dict[Version, bytes]] = defaultdict(dict)
        # In the order in which they came; some of the old ones may be recent again.
        self._order_of_recent: deque[tuple[Namespace, Version]] = deque()
        self._order_of_old: deque[tuple[Namespace, Version]] = deque()
        self._recent_bytes = 0
        self.bytes = 0
        """Bytes in use."""
        self.hits = self.misses = 0
        """How many requested documents were found, and how many were not."""
        self.generation = 0
        """Incremented whenever everything is forgotten."""

    def find(self, namespace: Namespace, versions: Sequence[Version]) -> list[bytes | None]:
        """Return each of some versions, or None if it is not cached."""
        # A loop in Python would take three times as long for a page.
        found = list(map(self._recent.get(namespace, _NOTHING).get, versions))
        if not all(found) and (old := self._old.get(namespace)):
            again = {}
            for place, version in enumerate(versions):
                if found[place] is None and (document := old.pop(version, None)) is not None:
                    again[version] = found[place] = document
            self._add(namespace, again)
        return found

    def put(
        self, namespace: Namespace, documents: Mapping[Version, bytes], generation: int
    ) -> None:
        """Keep some versions, except those that alone would fill an eighth of the memory.

        `generation` is the one in which they were requested: what was read before a `clear` is not
        kept.
        """
        if generation != self.generation:
            return
        recent, old = self._recent.get(namespace, _NOTHING), self._old.get(namespace, _NOTHING)
        most = self._max_bytes // 8 - OVERHEAD_BYTES
        new = {
            version: document
            for version, document in documents.items()
            if len(document) <= most and version not in recent and version not in old
        }
        self.bytes += self._add(namespace, new)
        while self.bytes > self._max_bytes:
            self._drop_one()

    def clear(self) -> None:
        """Forget everything: the ledger was restored, and a key may mean another version."""
        for kept in (self._recent, self._old, self._order_of_recent, self._order_of_old):
            kept.clear()
        self.bytes = self._recent_bytes = 0
        self.generation += 1

    def _add(self, namespace: Namespace, documents: Mapping[Version, bytes]) -> int:
        """Make some documents recent ones; return how many bytes they take."""
        size = sum(map(len, documents.values())) + OVERHEAD_BYTES * len(documents)
        self._recent[namespace].update(documents)
        self._order_of_recent.extend(zip(itertools.repeat(namespace), documents, strict=False))
        self._recent_bytes += size
        if self._recent_bytes > self._max_bytes // 4 * 3 and not any(self._old.values()):
            self._make_old()
        return size

    def _make_old(self) -> None:
        self._old, self._recent = self._recent, defaultdict(dict)
        self._order_of_old, self._order_of_recent = self._order_of_recent, deque()
        self._recent_bytes = 0

    def _drop_one(self) -> None:
        """Drop the first document that is still old; if there is none, all of them become old."""
        while True:
            if not self._order_of_old:
                self._make_old()
            namespace, version = self._order_of_old.popleft()
            document = self._old[namespace].pop(version, None)
            if document is not None:
                self.bytes -= len(document) + OVERHEAD_BYTES
                return


_NOTHING: dict[Version, bytes] = {}
