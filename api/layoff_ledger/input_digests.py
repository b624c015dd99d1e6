"""Digests of the inputs from which stored things were made: they tell what has to be remade."""

from __future__ import annotations

from layoff_ledger.statement import Connection


async def read(connection: Connection, name: str) -> bytes | None:
    """Return the digest of the inputs of something; None if it was never made."""
    digest: bytes | None = await connection.fetchval(
        "select digest from ledger.input where name = $1", name
    )
    return digest


async def write(connection: Connection, name: str, digest: bytes) -> None:
    """Store the digest of the inputs of something that was just made."""
    await connection.execute(
        "insert into ledger.input (name, digest) values ($1, $2) "
        "on conflict (name) do update set digest = excluded.digest",
        name,
        digest,
    )
