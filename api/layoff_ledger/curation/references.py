"""Checks the references between rows of waves all at once, when the first waves are published.

PostgreSQL looks for what a row refers to row by row, and notes that it may not go, which is a sixth
of what it does for a first publication. Where there is no wave yet, the references are taken away
before waves are loaded and brought back after it, when it looks for what refers to nothing in one
question for each. Both are part of the transaction: nobody ever sees the ledger without them.
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
"""What waves consist of and refer to, and nothing that is read while a request is answered: nobody
else may read them until the transaction ends."""


@contextlib.asynccontextmanager
async def checked_at_once(connection: Connection) -> AsyncIterator[None]:
    """Check references between what is loaded here at the end, where there is no wave yet.

    Raises what PostgreSQL raises of a row that refers to nothing, here or at the end.
    """
    if await connection.fetchval("select exists (select from ledger.wave)"):
        yield
        return
    found = await connection.fetch(
        paths.statement("queries/read_references.sql"), [f"ledger.{table}" for table in TABLES]
    )
    await connection.execute("; ".join([one["removal"] for one in found]))
    yield
    # What is checked at the end of the transaction has to be done before tables may be altered.
    await connection.execute("set constraints all immediate")
    await connection.execute("; ".join([one["addition"] for one in found]))
