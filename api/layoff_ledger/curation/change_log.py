"""What a publication changes: one line per document, chained into the revision's digest.

The digest of a revision covers the previous digest and every change. Whoever replays the changes
can therefore tell that nothing was left out or altered since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from msgspec import Struct

from layoff_ledger import copying
from layoff_ledger.statement import Connection

_COLUMNS = ("revision", "position", "resource", "id", "change", "digest")


class ChangeEntry(Struct, frozen=True, order=True):
    """One document that a publication adds, changes or withdraws."""

    id: str
    change: str
    digest: bytes | None
    """SHA-256 of the body of its version; None if there no longer is one."""


class ChangeLog:
    """Writes the changes of one revision in batches, and counts them."""

    def __init__(self, connection: Connection, revision: int, before: bytes) -> None:
        """Begin the log of a revision; `before` is the digest of the previous one, or empty."""
        self._connection = connection
        self._revision = revision
        self._chain = hashlib.sha256(before)
        self._position = 0
        self.totals = {"added": 0, "changed": 0, "withdrawn": 0}
        self.growth: dict[str, int] = {}
        """Resource → change in its number of documents."""

    @property
    def digest(self) -> bytes:
        """Return the digest of everything that was written."""
        return self._chain.digest()

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was changed."""
        return self._position == 0

    async def write(self, resource: str, entries: Iterable[ChangeEntry]) -> None:
        """Write some changes of one resource, in the order of their ids."""
        rows = []
        for entry in sorted(entries):
            self._position += 1
            digest = "-" if entry.digest is None else entry.digest.hex()
            self._chain.update(f"{entry.change} {resource} {entry.id} {digest}\n".encode())
            self.totals[entry.change] += 1
            rows.append(
                (self._revision, self._position, resource, entry.id, entry.change, entry.digest)
            )
        await copying.copy(self._connection, "change", _COLUMNS, copying.lines(rows))

    def grow(self, resource: str, by: int) -> None:
        """Note that a resource has this many documents more, or fewer."""
        self.growth[resource] = self.growth.get(resource, 0) + by
