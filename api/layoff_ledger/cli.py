"""The command `layoff-ledger`: serve, check, publish, and what helps curators and operators.

Every failure that an operator can do something about is one sentence on standard error and a
non-zero exit, never a traceback.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import asyncpg

from layoff_ledger import __version__, curators, postgres, serving, settings, unused_imports
from layoff_ledger.commands import (
    CommandError,
    Files,
    TemporaryError,
    add_data_folder,
    connect,
    data_folder,
    database,
    is_of_the_database,
    on_database,
    read_and_validate,
    read_files,
    reason_of,
    refuse_no_address,
    validate,
)
from layoff_ledger.imports import arguments as import_arguments
from layoff_ledger.imports import shipped
from layoff_ledger.openapi import command
from layoff_ledger.statement import Connection
from layoff_ledger.stopping import stopped_by_signals
from layoff_ledger.webhooks import supervisor as webhooks

if TYPE_CHECKING:
    from layoff_ledger.curation import backup, verify

# What a command needs is imported when it runs: `check`, which curators run all the time, does not
# need what works on the database, and `serve` does not need what reads files if nothing changed.

FAILED = 1

_FAILURES = (CommandError, postgres.PostgresError, settings.SettingsError)
"""Errors that end a command with a sentence for the operator."""


def main(argv: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        failure = _failure(error)
        if failure is None:
            raise
        message, status = failure
        print(f"layoff-ledger: {message}", file=sys.stderr)
    return status


def _failure(error: Exception) -> tuple[str, int] | None:
    """Return the message for an operator, and the exit status; None for a fault of this program."""
    if is_of_the_database(error):
        return (
            f"the database gave up: {reason_of(error)}; what had been begun was rolled back",
            os.EX_TEMPFAIL,
        )
    if isinstance(error, _FAILURES):
        may_pass = isinstance(error, TemporaryError | postgres.NoRoomError)
        return str(error), os.EX_TEMPFAIL if may_pass else FAILED
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError):
        is_right = isinstance(error, asyncpg.InsufficientPrivilegeError)
        return f"PostgreSQL refused: {reason_of(error)}{_RIGHTS if is_right else ''}", FAILED
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename or 'network or disk'}", FAILED
    return (str(error), FAILED) if _is_explained(error) else None


_RIGHTS = (
    "; docs/operations.md, 'A PostgreSQL of your own', says what the user of DATABASE_URL needs "
    "to be granted"
)


def _is_explained(error: Exception) -> bool:
    """Return whether an error's own words tell an operator what to do."""
    from layoff_ledger.curation import backup, migrate, verify  # noqa: PLC0415
    from layoff_ledger.imports import run as import_run  # noqa: PLC0415

    return isinstance(
        error,
        backup.BackupError
        | import_run.ImportFailedError
        | migrate.MigrationError
        | verify.VerifyError,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layoff-ledger",
        description="A curated, citable knowledge base of layoffs, served as a public REST API.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="publish changed files, and serve the API")
    serving.add_arguments(serve)
    serve.set_defaults(run=_serve)

    curators.add_parsers(commands)

    publish_ = commands.add_parser("publish", help="check the files and publish them as a revision")
    add_data_folder(publish_, "data")
    publish_.add_argument("--note", help="note that describes the revision")
    publish_.set_defaults(run=_publish)

    import_arguments.add_parsers(commands)

    migrate_ = commands.add_parser(
        "migrate", help="migrate the database to the schema of this version"
    )
    migrate_.set_defaults(run=_migrate)

    commands.add_parser("webhooks", help="post changes to webhook subscribers").set_defaults(
        run=_webhooks
    )

    mcp = commands.add_parser("mcp", help="answer an assistant on standard input and output")
    mcp.add_argument(
        "--url", help="address of a running service (default: start a ledger of its own)"
    )
    add_data_folder(mcp, "--data")
    mcp.set_defaults(run=_mcp)

    _add_archives(commands)
    _add_openapi(commands)
    return parser


def _add_archives(commands: Any) -> None:
    """Add the commands that write, read or check a whole ledger."""
    export = commands.add_parser("export", help="write a revision as CSV, NDJSON and Parquet")
    export.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    export.add_argument("--revision", type=int, help="number of the revision (default: the newest)")
    export.set_defaults(run=_export)
    columns = commands.add_parser(
        "columns", help="write the DuckDB file that statistics count from (serve runs this itself)"
    )
    columns.add_argument("folder", type=Path, metavar="DIR", help="folder for these files")
    columns.set_defaults(run=_columns)

    backup_ = commands.add_parser("backup", help="save all revisions to one file (pg_dump)")
    backup_.add_argument(
        "file", type=Path, metavar="FILE", help="file to write; it appears once it is complete"
    )
    backup_.add_argument("--force", action="store_true", help="overwrite an existing file")
    backup_.set_defaults(run=_backup)

    restore = commands.add_parser(
        "restore", help="restore a backup into the database, all or nothing"
    )
    restore.add_argument("file", type=Path, metavar="FILE", help="file that `backup` wrote")
    restore.add_argument(
        "--replace", action="store_true", help="replace the existing ledger, which is lost"
    )
    restore.set_defaults(run=_restore)

    verify_ = commands.add_parser("verify", help="recompute and check every digest of the ledger")
    verify_.set_defaults(run=_verify)


def _add_openapi(commands: Any) -> None:
    parser = commands.add_parser("openapi", help="write the OpenAPI document, or compare two")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)


MAX_PRINTED = 10
"""Violations that are printed to those who only want to serve: `publish` prints all of them."""
_LACKING = (
    "; {} of them are records that were published here but are missing from these files: if "
    "newer files were published, start the version that has them, or restore a backup from "
    "before"
)


async def _bring_up(
    url: str,
    data: Path,
    *,
    note: str | None = None,
    force: bool,
    files: Callable[[], Files] | None = None,
    approve: Callable[[], None] | None = None,
    progress: TextIO | None = None,
) -> str:
    """Migrate, and publish unless these very files are published; say what was done.

    `files` returns what is being read already, and `approve` waits until it is checked; anything
    that takes seconds is announced on `progress` before it begins.
    """
    from layoff_ledger.curation import inputs, migrate  # noqa: PLC0415

    connection = await connect(url)
    try:
        if not force and await connection.fetchval("select pg_is_in_recovery()"):
            await migrate.refuse_newer(connection)
            return "this is a replica: nothing can be published here"
        await migrate.migrate(connection, progress)
        if not force and await inputs.is_published(connection, data):
            return "nothing changed"
        newer = None if force else await migrate.newer_version(connection)
        if newer is not None:
            # What was published last may equal what was published before it.
            raise CommandError(migrate.is_of_newer(newer))
        from layoff_ledger.curation import publish, tombstones  # noqa: PLC0415

        if progress:
            what = f"Publishing {data} as the next revision; the first one takes about ten seconds."
            print(what, file=progress, flush=True)
        found = files() if files else read_files(data)
        approve = approve or functools.partial(validate, found, data)
        if not found.are_whole:
            approve()
        given, digests = publish.collection_input(found.curated), {inputs.INPUT: found.digest}
        try:
            revision = await publish.publish(
                connection, given, note=note, digests=digests, approve=approve
            )
        except publish.PublishError as error:
            printed = error.violations if force else error.violations[:MAX_PRINTED]
            for violation in printed:
                print(violation, file=sys.stderr)
            lacking = sum(one.rule == tombstones.RULE for one in error.violations)
            is_older = lacking > MAX_PRINTED and not force
            message = f"{error}{_LACKING.format(lacking)}" if is_older else str(error)
            raise CommandError(message) from error
    finally:
        await connection.close()
    if revision is None:
        return "nothing changed"
    line = f"published revision {revision.number}: {revision.added} records added"
    if revision.number > 1:
        return f"{line}, {revision.changed} changed, {revision.withdrawn} withdrawn"
    # For a new ledger: ids that an earlier one had.
    return f"{line}, {revision.withdrawn} tombstones" if revision.withdrawn else line


def _publish(arguments: argparse.Namespace) -> int:
    configured = settings.read()
    data = data_folder(arguments, configured)
    # First the files: a mistake in them needs no database to be reported.
    files = read_and_validate(data)
    with stopped_by_signals() as stopping, database(configured) as url:
        work = _bring_up(
            url,
            data,
            note=arguments.note,
            force=True,
            files=lambda: files,
            approve=lambda: None,
        )
        print(stopping.run(work))
    return 0


def _migrate(_: argparse.Namespace) -> int:
    from layoff_ledger.curation import migrate  # noqa: PLC0415

    changed = on_database(settings.read(), lambda connection, _: migrate.migrate(connection))
    print("migrated" if changed else "nothing to migrate")
    return 0


def _export(arguments: argparse.Namespace) -> int:
    # Imports pyarrow, which the other commands do not need.
    from layoff_ledger.exports import write  # noqa: PLC0415

    configured = settings.read()
    folder: Path = arguments.folder.absolute()

    async def work(connection: Connection, _: str) -> write.Done:
        base = configured.url or ""
        return await write.export(connection, folder, revision=arguments.revision, base=base)

    try:
        done = on_database(configured, work)
    except write.ExportError as error:
        raise CommandError(str(error)) from error
    what = f"revision {done.revision}: {done.files} files, {done.bytes:,} bytes"
    print(f"wrote {folder}, {what}" if done.written else f"{folder} already has {what}")
    return 0


def _columns(arguments: argparse.Namespace) -> int:
    try:
        # Need not be installed.
        import sqlite3  # noqa: PLC0415

        import duckdb  # noqa: PLC0415

        from layoff_ledger.exports.columns import write  # noqa: PLC0415
        from layoff_ledger.store.columns import ColumnsError  # noqa: PLC0415
    except ModuleNotFoundError as error:
        message = f"{error.name} is not installed: pip install 'layoff-ledger[columns]'"
        raise CommandError(message) from error

    folder: Path = arguments.folder.absolute()
    try:
        path, is_new = on_database(settings.read(), lambda one, _: write(one, folder))
    except (ColumnsError, duckdb.Error, sqlite3.Error) as error:
        # The last two say what is wrong with a disk or with a file on it, in several lines.
        raise CommandError(" ".join(str(error).split())) from error
    print(f"{'wrote' if is_new else 'already has'} {path}")
    return 0


def _backup(arguments: argparse.Namespace) -> int:
    from layoff_ledger.curation import backup  # noqa: PLC0415

    target: Path = arguments.file.absolute()

    async def work(connection: Connection, url: str) -> backup.BackedUp:
        return await backup.back_up(connection, url, target, force=arguments.force)

    done = on_database(settings.read(), work)
    print(f"wrote {target}: everything up to revision {done.revision}, {done.bytes:,} bytes")
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    from layoff_ledger.curation import backup  # noqa: PLC0415

    async def work(connection: Connection, _: str) -> backup.Restored:
        return await backup.restore(connection, arguments.file, replace=arguments.replace)

    done = on_database(settings.read(), work)
    print(
        f"restored revision {done.revision}: {done.counts['wave']} waves of "
        f"{done.companies} companies, {done.counts['source']} sources; "
        f"{_right(done.verified)}"
    )
    return 0


def _verify(_: argparse.Namespace) -> int:
    from layoff_ledger.curation import verify  # noqa: PLC0415

    done = on_database(settings.read(), lambda connection, _: verify.verify(connection))
    print(f"revision {done.revision}: {_right(done)}")
    return 0


def _right(done: verify.Verified) -> str:
    return (
        f"{done.changes} changes and {done.documents} versions of documents, every digest correct"
    )


def _serve(arguments: argparse.Namespace) -> int:
    # Imports the server, which the other commands do not need.
    from layoff_ledger import processes, server  # noqa: PLC0415

    configured = settings.read()
    for one in settings.unknown():
        print(f"layoff-ledger: {one}", file=sys.stderr)
    data = data_folder(arguments, configured)
    try:
        webhooks.check(configured)
        server.refuse_taken_port(arguments.host, arguments.port)
        serving.check(configured)
        beginning = serving.Beginning(
            configured, lambda: read_files(data), lambda files: validate(files, data)
        )
        with (
            stopped_by_signals() as stopping,
            processes.run_folder() as folder,
            database(configured, folder) as url,
            webhooks.supervised(configured, url, folder),
        ):
            beginning.tell(url)
            done = stopping.run(
                _bring_up(
                    url,
                    data,
                    force=False,
                    files=beginning.files,
                    approve=beginning.approve,
                    progress=sys.stdout,
                )
            )
            place = serving.address(arguments.host, arguments.port)
            print(f"Layoff Ledger {__version__}: {done}.", flush=True)
            print(f"Serving on {place}; try {place}/v1/waves?company=meta", flush=True)
            os.environ["DATABASE_URL"] = url
            shipped_in = data if configured.notices else None
            is_new = beginning.files is not None
            with shipped.published_beside(url, shipped_in, folder, is_new=is_new):
                serving.serve(arguments, configured, url, folder, beginning, stopping)
    except server.ServerError as error:
        raise CommandError(str(error)) from error
    return 0


def _webhooks(_: argparse.Namespace) -> int:
    from layoff_ledger import orphans, processes  # noqa: PLC0415 only this command needs it
    from layoff_ledger.webhooks import run as sender  # noqa: PLC0415 only this command needs it
    from layoff_ledger.webhooks.subscribers import WebhooksError  # noqa: PLC0415

    configured = settings.read()
    if processes.folder_of_worker() is not None:
        orphans.end_with_parent()
    try:
        with stopped_by_signals() as stopping, database(configured) as url:
            stopping.run(sender.run(configured, url))
    except WebhooksError as error:
        raise CommandError(str(error)) from error
    return 0


def _mcp(arguments: argparse.Namespace) -> int:
    from layoff_ledger.assistants import transport  # noqa: PLC0415 only this command needs it

    if not transport.is_installed():
        message = (
            f"assistants need a package that is not installed: pip install '{transport.EXTRA}'"
        )
        raise CommandError(message)
    from layoff_ledger import stdio  # noqa: PLC0415 imports that package

    if arguments.url is not None:
        refuse_no_address("--url", arguments.url)
        asyncio.run(stdio.serve_from_service(arguments.url))
        return 0
    configured = settings.read()
    data = data_folder(arguments, configured)
    with stopped_by_signals() as stopping, database(configured) as url:
        # Standard output belongs to the assistant.
        done = stopping.run(_bring_up(url, data, force=False, progress=sys.stderr))
        print(done, file=sys.stderr)
        stopping.run(stdio.serve_from_ledger(configured, url))
    return 0


def run() -> None:
    """Run the command and exit: what the installed script calls."""
    unused_imports.prevent()
    sys.exit(main())


if __name__ == "__main__":
    run()
