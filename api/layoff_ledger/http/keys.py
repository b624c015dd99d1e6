"""The known revisions, for those who answer without asking the database."""

from __future__ import annotations

import time
from collections.abc import Sequence

RevisionKey = tuple[int, bytes]
"""Number and fingerprint of a revision: equal keys mean equal answers.

A number alone does not: a ledger that is restored from an older state goes on with numbers that it
had before.
"""
NO_REVISION: RevisionKey = (0, b"")
"""Stands for the newest revision before there is any."""

STALE_SECONDS = 10.0
"""Answers say their age once it has been unknown for longer whether there is a newer revision."""


class RevisionKeys:
    """The keys of the revisions that one process knows.

    `newest` is an attribute: each answer from memory reads it, and a call costs as much as to find
    the answer.
    """

    def __init__(self, newest: RevisionKey = NO_REVISION) -> None:
        """Begin with one revision, or without any."""
        self.newest = newest
        self.fingerprints: Sequence[bytes] = ()
        """Of all revisions, in order."""
        self.confirmed_at = time.monotonic()
        """When it was last known that there is no newer one."""

    def of(self, number: int | None) -> RevisionKey:
        """Return the key of a revision: of the newest one for None and for what never was."""
        if number is not None and 1 <= number <= len(self.fingerprints):
            return number, self.fingerprints[number - 1]
        return self.newest

    def age(self) -> int:
        """Return for how many seconds nobody could say whether there is a newer revision.

        0 as long as the database is asked and answers every few seconds.
        """
        seconds = time.monotonic() - self.confirmed_at
        return int(seconds) if seconds > STALE_SECONDS else 0
