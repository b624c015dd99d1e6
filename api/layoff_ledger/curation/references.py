"""Checks the references between rows of waves all at once, when the first waves are published.

PostgreSQL looks up what each row refers to, row by row, and locks it against deletion; that is a
sixth of its work in a first publication. While there are no waves yet, the references are dropped
before waves are loaded and added again afterwards, when one query each finds the rows that refer to
nothing. All of it is part of the transaction: nobody ever sees the ledger without the references.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from layoff_ledger import paths
from layoff_ledger.statement import Connection

TABLES = (
    "source", "driver", "role", "wave", "relation", "claim", "citation", "claim_citation", "event",
    "magnitude", "magnitude_inclusion", "driver_claim", "role_claim", "context", "scope",
    "scope_country", "form",
)  # fmt: skip
"""The tables of waves and what they refer to, and nothing that is read while a request is answered:
nobody else may read them until the transaction ends.
"""


@contextlib.asynccontextmanager
async def checked_at_once(connection: Connection) -> AsyncIterator[None]:
    """Check the references in what is loaded here at the end, if there is no wave yet.

    Raises what PostgreSQL raises for a row that refers to nothing, here or at the end.
    """
    if await connection.fetchval("select exists (select from ledger.wave)"):
        yield
        return
    found = await connection.fetch(
        paths.statement("queries/read_references.sql"), [f"ledger.{table}" for table in TABLES]
    )
    await connection.execute("; ".join([one["removal"] for one in found]))
    yield
    # Deferred checks have to be done before tables may be altered.
    await connection.execute("set constraints all immediate")
    await connection.execute("; ".join([one["addition"] for one in found]))
