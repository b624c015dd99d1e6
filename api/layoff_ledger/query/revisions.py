"""The publications of the ledger as a list."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec

from layoff_ledger.query.cursor import Position, limit_of, number
from layoff_ledger.resources.revision import PublishedRevision, RevisionListParameters
from layoff_ledger.statement import Conditions, Statement

_REVISION = (
    "select revision.number, revision.published_at, revision.note, revision.added, "
    "revision.changed, revision.withdrawn, revision.counts::text as counts, "
    "encode(revision.digest, 'hex') as digest from api.revision"
)


def list_revisions(
    parameters: RevisionListParameters, *, revision: int, after: Position | None
) -> Statement:
    """Give the statement of a page of the publications up to a revision."""
    descending = parameters.sort.startswith("-")
    conditions = Conditions()
    conditions.add("revision.number <= {}", revision, "integer")
    if after is not None:
        operator = "<" if descending else ">"
        conditions.add(f"revision.number {operator} {{}}", number(after.key), "integer")
    return conditions.statement(
        f"{_REVISION} where {conditions.text} order by revision.number "
        f"{'desc' if descending else 'asc'} limit {limit_of(parameters) + 1}"
    )


def get_revision(revision: int) -> Statement:
    """Give the statement of one publication."""
    return Statement(f"{_REVISION} where revision.number = $1::integer", (revision,))


def published_revision(row: asyncpg.Record, base: str) -> PublishedRevision:
    """Make a publication of a row, with its addresses."""
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
