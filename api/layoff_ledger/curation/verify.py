"""Checks the ledger against its own digests: it is what was published, and nothing is missing.

It only reads the tables, so it can check a ledger that nobody serves yet.
"""

from __future__ import annotations

import hashlib

from msgspec import Struct

from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import Connection

_CHAIN = """
select
    revision.number,
    revision.digest as stored,
    change.position,
    concat_ws(
        ' ', change.change, change.resource, change.id,
        coalesce(encode(change.digest, 'hex'), '-')
    ) as line
from ledger.revision
left join ledger.change on change.revision = revision.number
order by revision.number, change.position
"""


class VerifyError(Exception):
    """The ledger is not what was published; the message says where it first differs."""


class Verified(Struct, frozen=True):
    """What was found to be correct."""

    revision: int
    """Number of the newest revision; 0 if nothing was published."""
    changes: int
    documents: int
    """Versions of documents."""


async def verify(connection: Connection) -> Verified:
    """Recompute every digest: of each version of a document, and of each revision.

    Raises `VerifyError`. Holds no more than a batch of changes in memory.
    """
    async with connection.transaction():
        if await connection.fetchval("select to_regclass('ledger.change')") is None:
            message = (
                "there is no ledger of this version in the database, so there is nothing to verify"
            )
            raise VerifyError(message)
        documents = 0
        for name in RESOURCES:
            documents += await _verify_documents(connection, name)
        revision, changes = await _verify_chain(connection)
    return Verified(revision, changes, documents)


SAMPLE = 500
"""Approximate number of versions in a sample."""


async def verify_sample(connection: Connection) -> int:
    """Recompute the digests of some versions of documents; return how many there were.

    Raises `VerifyError`. It reads a few pages of the table, however large that is; `verify` checks
    everything.
    """
    total = await connection.fetchval(
        "select reltuples from pg_class where oid = to_regclass('ledger.document')"
    )
    if total is None:
        message = (
            "there is no ledger of this version in the database, so there is nothing to verify"
        )
        raise VerifyError(message)
    percent = min(100.0, 100.0 * SAMPLE / total) if total > 0 else 100.0
    rows = await connection.fetch(
        f"""
        select
            version.resource, version.id, version.first_revision,
            sha256(convert_to(version.body, 'UTF8')) is not distinct from change.digest as is_right
        from ledger.document as version tablesample system ({percent})
        left join ledger.change on change.resource = version.resource
            and change.id = version.id and change.revision = version.first_revision
            and change.digest is not null
        limit {10 * SAMPLE}
        """
    )
    for row in rows:
        if not row["is_right"]:
            message = (
                f"{row['resource']} {row['id']} of revision {row['first_revision']} is not the "
                "document that was published"
            )
            raise VerifyError(message)
    return len(rows)


async def _verify_chain(connection: Connection) -> tuple[int, int]:
    """Check each revision against the changes up to it; yield its number and its changes."""
    chain, stored = hashlib.sha256(), b""
    number = position = changes = 0
    async for row in connection.cursor(_CHAIN, prefetch=10_000):
        if row["number"] != number:
            _end_revision(number, chain.digest(), stored)
            if row["number"] != number + 1:
                message = f"revision {number + 1} is missing"
                raise VerifyError(message)
            # The first one begins with no digest before it.
            chain = hashlib.sha256(chain.digest() if number else b"")
            number, position, stored = row["number"], 0, row["stored"]
        if row["position"] is not None:
            position, changes = position + 1, changes + 1
            if row["position"] != position:
                message = f"change {position} of revision {number} is missing"
                raise VerifyError(message)
            chain.update(f"{row['line']}\n".encode())
    _end_revision(number, chain.digest(), stored)
    return number, changes


def _end_revision(number: int, found: bytes, stored: bytes) -> None:
    if number and found != stored:
        message = f"revision {number} has a digest that does not match its changes"
        raise VerifyError(message)


async def _verify_documents(connection: Connection, name: str) -> int:
    """Check each version of a resource against the change that made it; return their number."""
    wrong = await connection.fetchrow(
        """
        select
            coalesce(version.id, change.id) as id,
            coalesce(version.first_revision, change.revision) as revision
        from (
            select id, first_revision, sha256(convert_to(body, 'UTF8')) as digest
            from ledger.document
            where resource = $1
        ) as version
        full join (
            select id, revision, digest
            from ledger.change
            where resource = $1 and digest is not null
        ) as change on change.id = version.id and change.revision = version.first_revision
        where version.digest is distinct from change.digest
        order by 2, 1
        limit 1
        """,
        name,
    )
    if wrong is not None:
        message = (
            f"{name} {wrong['id']} of revision {wrong['revision']} is not the document that was "
            "published"
        )
        raise VerifyError(message)
    return int(
        await connection.fetchval("select count(*) from ledger.document where resource = $1", name)
    )
