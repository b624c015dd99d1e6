"""Of what something stored was made: a digest by its name, which tells whether it is due anew."""

from __future__ import annotations

from layoff_ledger.statement import Connection


async def digest_of(connection: Connection, name: str) -> bytes | None:
    """Give the digest of what something was made of; None where it never was."""
    digest: bytes | None = await connection.fetchval(
        "select digest from ledger.input where name = $1", name
    )
    return digest


async def remember(connection: Connection, name: str, digest: bytes) -> None:
    """Note of what something was made."""
    await connection.execute(
        "insert into ledger.input (name, digest) values ($1, $2) "
        "on conflict (name) do update set digest = excluded.digest",
        name,
        digest,
    )
