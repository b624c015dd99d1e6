"""The known revisions, so that requests can be answered without the database."""

from __future__ import annotations

import time
from collections.abc import Sequence

RevisionKey = tuple[int, bytes]
"""Number and fingerprint of a revision: equal keys mean equal answers.

Equal numbers alone do not: a ledger that is restored from an older state assigns the same numbers
again.
"""
NO_REVISION: RevisionKey = (0, b"")
"""Stands for the newest revision until there is one."""

STALE_SECONDS = 10.0
"""After this long without knowing whether there is a newer revision, answers state their age."""


class RevisionKeys:
    """The keys of the revisions that one process knows.

    `newest` is an attribute because each answer from memory reads it, and a call would cost as much
    as finding the answer.
    """

    def __init__(self, newest: RevisionKey = NO_REVISION) -> None:
        """Begin with one revision, or with none."""
        self.newest = newest
        self.fingerprints: Sequence[bytes] = ()
        """The keys of all revisions, in order."""
        self.confirmed_at = time.monotonic()
        """When it was last known that there was no newer revision."""

    def of(self, number: int | None) -> RevisionKey:
        """Return the key of a revision; for None or an unknown revision, that of the newest one."""
        if number is not None and 1 <= number <= len(self.fingerprints):
            return number, self.fingerprints[number - 1]
        return self.newest

    def age(self) -> int:
        """Return for how many seconds it has been unknown whether there is a newer revision.

        It is 0 as long as the database is asked and answers every few seconds.
        """
        seconds = time.monotonic() - self.confirmed_at
        return int(seconds) if seconds > STALE_SECONDS else 0
