"""The publications of the ledger: as a list, and one by the number in a path."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec

from layoff_ledger.http.problems import UnknownRevisionError
from layoff_ledger.query.cursor import Position, number
from layoff_ledger.resources.base import columns
from layoff_ledger.resources.revision import PublishedRevision, RevisionListParameters
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

_REVISION = (
    "select revision.number, revision.published_at, revision.note, revision.added, "
    "revision.changed, revision.withdrawn, revision.counts::text as counts, "
    "encode(revision.digest, 'hex') as digest from api.revision"
)

COLUMNS = columns(
    """
= number
url                      string!   Address of the revision.
= published_at note added changed withdrawn
counts                   string!   Records of each kind as of this revision, as JSON.
digest                   string!   SHA-256 of all that was published up to it.
= changes_url
""",
    {"counts": ("counts", lambda one: msgspec.json.encode(one["counts"]).decode())},
    of=PublishedRevision,
)


def list_revisions(
    parameters: RevisionListParameters,
    *,
    revision: int,
    after: Position | None,
    limit: int | None,
) -> Statement:
    """Return the statement of the publications up to a revision, in their order.

    It returns one more than `limit`, as for lists; None means all of them, to be read through a
    cursor.
    """
    descending = parameters.sort.startswith("-")
    conditions = Conditions()
    conditions.add("revision.number <= {}", revision, "integer")
    if after is not None:
        operator = "<" if descending else ">"
        conditions.add(f"revision.number {operator} {{}}", number(after.key), "integer")
    limited = "" if limit is None else f"limit {limit + 1}"
    return conditions.statement(
        f"{_REVISION} where {conditions.text} order by revision.number "
        f"{'desc' if descending else 'asc'} {limited}"
    )


def get_revision(revision: int) -> Statement:
    """Return the statement of one publication."""
    return Statement(f"{_REVISION} where revision.number = $1::integer", (revision,))


def published_revision(row: asyncpg.Record, base: str) -> PublishedRevision:
    """Make a publication from a row, with its addresses."""
    fields: dict[str, Any] = dict(row)
    revision = fields["number"]
    return msgspec.convert(
        {
            **fields,
            "url": f"{base}/v1/revisions/{revision}",
            "counts": msgspec.json.decode(fields["counts"]),
            "changes_url": f"{base}/v1/changes?since={revision - 1}&as_of={revision}",
        },
        PublishedRevision,
    )


def revision_renderer(base: str) -> Callable[[asyncpg.Record], bytes]:
    """Return the function that makes a publication from a row, as JSON."""
    return lambda row: msgspec.json.encode(published_revision(row, base))


LATEST = "latest"
"""Stands for the number of the newest revision in a path."""
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


async def snapshot_of_path(ledger: Ledger, written: str) -> Snapshot:
    """Read a revision's number from a path; raise `UnknownRevisionError` if there is none."""
    if written == LATEST:
        return ledger.revisions.newest
    if _NUMBER.fullmatch(written) is None:
        newest = ledger.revisions.number
        message = f"there is no revision {written[:50]!r}: the newest one is {newest}"
        raise UnknownRevisionError(message)
    return await ledger.snapshot_at(int(written))
