"""Brings a database to the schema of this version: numbered migrations, then views, then grants.

Migrations only go forward and are never edited once applied. The views are dropped and created
again whenever any file under `sql/` differs from what was applied last, in one transaction.
"""

from __future__ import annotations

import hashlib
import logging
import re
from typing import TextIO

from layoff_ledger import __version__, paths
from layoff_ledger.curation import facets
from layoff_ledger.statement import Connection

logger = logging.getLogger(__name__)

LOCK = 0x1ED6E5
"""Advisory lock of everything that writes: one migration or publication at a time."""


_MADE_OF = re.compile(r"\b(?:from|join)\s+api\.(\w+)")


class MigrationError(Exception):
    """The database cannot be brought to the schema of this version."""


async def take_turn(connection: Connection) -> None:
    """Hold the lock of writers until the transaction ends; log that it waits if another has it."""
    if not await connection.fetchval("select pg_try_advisory_xact_lock($1)", LOCK):
        logger.warning("waiting for another process that is publishing, importing or migrating")
        await connection.execute("select pg_advisory_xact_lock($1)", LOCK)


async def migrate(connection: Connection, progress: TextIO | None = None) -> bool:
    """Apply what is missing; return whether anything changed. Raises `MigrationError`.

    If there is anything to do, which may take seconds, it says so on `progress` before it begins.
    """
    async with connection.transaction():
        await take_turn(connection)
        server = connection.get_server_version()
        if server.major < 15:  # noqa: PLR2004 `unique nulls not distinct` came with 15
            message = f"PostgreSQL {server.major} is too old: use 15 to 18"
            raise MigrationError(message)
        await connection.execute(paths.statement("migration_log.sql"))
        await refuse_newer(connection)
        await connection.execute(
            "insert into ledger_migration.version (version) values ($1) on conflict do nothing",
            __version__,
        )
        if await _is_as_made_here(connection):
            return False
        if progress:
            print("Bringing the ledger's tables up to this version.", file=progress, flush=True)
        await _apply_missing(connection, await _applied(connection))
        await facets.bring_up(connection)
        await _rebuild_views(connection, paths.digest(paths.SQL))
        return True


async def newer_version(connection: Connection) -> str | None:
    """Return the newest version that brought this database up, if it is newer than this one."""
    if await connection.fetchval("select to_regclass('ledger_migration.version')") is None:
        return None
    rows = await connection.fetch("select version from ledger_migration.version")
    newest = max((row["version"] for row in rows), key=_in_order, default=__version__)
    return newest if _in_order(newest) > _in_order(__version__) else None


def _in_order(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


async def refuse_newer(connection: Connection) -> None:
    """Raise `MigrationError` if a newer version made what this one would make again.

    This comes before any change, so that readers that run the newer version can go on.
    """
    newer = await newer_version(connection)
    if newer is not None and not await _is_as_made_here(connection):
        raise MigrationError(is_of_newer(newer))


def is_of_newer(version: str) -> str:
    """Say that a ledger belongs to a newer version, and what to do."""
    return (
        f"this ledger was brought up to layoff-ledger {version}, and this is {__version__}: "
        "start that version or a newer one, or restore a backup from before it "
        "(docs/operations.md, 'Upgrade')"
    )


async def _is_as_made_here(connection: Connection) -> bool:
    made = {int(name[:4]): _digest(text) for name, text in paths.statements("migrations").items()}
    made[0] = paths.digest(paths.SQL)
    return await _applied(connection) == made and not await facets.are_due(connection)


def _digest(migration: str) -> bytes:
    return hashlib.sha256(migration.encode()).digest()


async def _applied(connection: Connection) -> dict[int, bytes]:
    """Return the digests of the migrations that were applied, by number."""
    rows = await connection.fetch("select number, digest from ledger_migration.applied")
    return {row["number"]: row["digest"] for row in rows}


async def _apply_missing(connection: Connection, applied: dict[int, bytes]) -> None:
    known = paths.statements("migrations")
    newest = max((int(name[:4]) for name in known), default=0)
    if max(applied, default=0) > newest:
        message = (
            f"the database is at migration {max(applied)}, this version only knows up to "
            f"{newest}: install a newer layoff-ledger or use another database"
        )
        raise MigrationError(message)
    for name, text in known.items():
        number, digest = int(name[:4]), _digest(text)
        if number not in applied:
            await connection.execute(text)
            await connection.execute(
                "insert into ledger_migration.applied (number, name, digest) values ($1, $2, $3)",
                number,
                name,
                digest,
            )
        elif applied[number] != digest:
            message = f"migration {name} was edited after it was applied: write a new one instead"
            raise MigrationError(message)


async def _create_views(connection: Connection, waiting: dict[str, str]) -> None:
    """Create each view after those it depends on, which are found by name."""
    while waiting:
        made_of = {
            name: {other for other in _MADE_OF.findall(text) if other in waiting}
            for name, text in waiting.items()
        }
        ready = [name for name in waiting if not made_of[name]]
        if not ready:
            message = f"the views {', '.join(sorted(waiting))} depend on each other"
            raise MigrationError(message)
        for name in ready:
            await connection.execute(waiting.pop(name))


async def _rebuild_views(connection: Connection, shape: bytes) -> None:
    await connection.execute("drop schema if exists api cascade; create schema api")
    await connection.execute("comment on schema api is 'The public shape: all that readers see.'")
    await _create_views(connection, {**paths.statements("views"), **facets.views()})
    await connection.execute(paths.statement("grants.sql"))
    # Number 0 stands for everything that is rebuilt and has no number.
    await connection.execute(
        "insert into ledger_migration.applied (number, name, digest) values (0, 'views', $1) "
        "on conflict (number) do update set digest = excluded.digest, applied_at = now()",
        shape,
    )
