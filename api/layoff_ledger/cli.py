"""The command `layoff-ledger`: serve, check, publish, and what helps curators and operators.

Every failure that an operator can do something about is one sentence on standard error and a
non-zero exit, never a traceback.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import inspect
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TypeVar

import asyncpg
from rich.console import Console

from layoff_ledger import __version__, paths, postgres, settings
from layoff_ledger.curation import backup, migrate, publish, read, rules, tools, verify
from layoff_ledger.imports import commands as importing
from layoff_ledger.imports import run as import_run
from layoff_ledger.settings import Settings
from layoff_ledger.statement import Connection

T = TypeVar("T")
FAILED = 1
WRONG_USE = 2


class CommandError(Exception):
    """What an operator is told."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    given = _parser().parse_args(arguments)
    try:
        status: int = given.run(given)
    except (CommandError, postgres.PostgresError, settings.SettingsError) as error:
        return _fail(str(error))
    except (
        backup.BackupError,
        import_run.ImportFailedError,
        migrate.MigrationError,
        verify.VerifyError,
    ) as error:
        return _fail(str(error))
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        return _fail(f"PostgreSQL refuses: {str(error).splitlines()[0]}")
    except OSError as error:
        return _fail(f"{error.strerror or error}: {error.filename or 'network or disk'}")
    except KeyboardInterrupt:
        return 130
    else:
        return status


def _fail(message: str) -> int:
    print(f"layoff-ledger: {message}", file=sys.stderr)
    return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="layoff-ledger",
        description="A curated, citable knowledge base of layoffs, served as a public REST API.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="publish what is new, and serve the API")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    serve.add_argument("--port", type=_port, default=8000, help="port to listen on (%(default)s)")
    serve.add_argument("--workers", type=int, default=1, help="processes that answer (%(default)s)")
    serve.add_argument("--data", type=Path, help="folder of curated files")
    serve.set_defaults(run=_serve)

    check = commands.add_parser("check", help="validate the curated files by every rule")
    check.add_argument("data", type=Path, nargs="?", help="folder of curated files")
    check.add_argument("--explain", metavar="RULE", help="say what a rule wants, and read nothing")
    check.set_defaults(run=_check)

    publish_ = commands.add_parser("publish", help="check the files and publish them as a revision")
    publish_.add_argument("data", type=Path, nargs="?", help="folder of curated files")
    publish_.add_argument("--note", help="what to say about the revision")
    publish_.set_defaults(run=_publish)

    new = commands.add_parser(
        "new", help="write the commented skeleton of a new wave, company or source"
    )
    new.add_argument("what", choices=["wave", "company", "source"], help="kind of record")
    new.add_argument("id", help="id of the company, also for a wave; of a source: its own")
    new.add_argument(
        "date", nargs="?", help="of a wave, date of the announcement: 2023-03-14 or 2023-03"
    )
    new.add_argument("--data", type=Path, help="folder of curated files")
    new.set_defaults(run=_new)

    show = commands.add_parser("show", help="print a wave with its claims and citations")
    show.add_argument("id", help="id of the wave")
    show.add_argument("--data", type=Path, help="folder of curated files")
    show.set_defaults(run=_show)

    importing.add_parser(commands, _import_warn)

    schemas = commands.add_parser("schemas", help="write JSON Schemas of the files, for editors")
    schemas.add_argument("folder", type=Path, nargs="?", default=paths.DATA / "schemas")
    schemas.set_defaults(run=_schemas)

    migrate_ = commands.add_parser("migrate", help="bring the database to this version's schema")
    migrate_.set_defaults(run=_migrate)

    export = commands.add_parser("export", help="write a revision as CSV, NDJSON and Parquet")
    export.add_argument("folder", type=Path, metavar="DIR", help="folder that is absent or empty")
    export.add_argument("--revision", type=int, help="number of the revision (the newest one)")
    export.set_defaults(run=_export)

    backup_ = commands.add_parser("backup", help="write all revisions into one file (pg_dump)")
    backup_.add_argument(
        "file", type=Path, metavar="FILE", help="file that is made when it is whole"
    )
    backup_.add_argument("--force", action="store_true", help="overwrite the file")
    backup_.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="put a backup into the database, all or nothing")
    restore.add_argument("file", type=Path, metavar="FILE", help="file that `backup` wrote")
    restore.add_argument("--replace", action="store_true", help="lose the ledger that is there")
    restore.set_defaults(run=_restore)

    verify_ = commands.add_parser("verify", help="compute every digest of the ledger anew")
    verify_.set_defaults(run=_verify)

    openapi = commands.add_parser("openapi", help="write the OpenAPI document")
    openapi.add_argument("file", type=Path, nargs="?", default=paths.OPENAPI)
    openapi.set_defaults(run=_openapi)
    return parser


def _port(written: str) -> int:
    if not written.isdecimal() or not 0 < int(written) < 65_536:  # noqa: PLR2004 TCP's own bound
        message = f"{written!r} is no port: give a number from 1 to 65535"
        raise argparse.ArgumentTypeError(message)
    return int(written)


def _data(given: argparse.Namespace, configured: Settings) -> Path:
    return given.data or configured.data or paths.DATA


@contextlib.contextmanager
def _database(configured: Settings) -> Iterator[str]:
    """Give the address of the database: the operator's own, or the embedded one while it runs."""
    if configured.database_url is not None:
        yield configured.database_url
    else:
        with postgres.embedded(configured.home) as url:
            yield url


async def connect(url: str) -> Connection:
    """Open one connection for writing; raise `CommandError` in words."""
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        place, _ = backup.without_password(url)
        message = f"cannot reach the database of DATABASE_URL ({place}): {reason}"
        raise CommandError(message) from error


def _read(data: Path) -> read.Curated:
    try:
        return read.read(data)
    except FileNotFoundError as error:
        raise CommandError(str(error)) from error


def _read_and_validate(data: Path) -> read.Curated:
    """Read the curated files; print every violation and raise if there is one."""
    curated = _read(data)
    violations = rules.validate(curated)
    if violations:
        for violation in violations:
            print(violation, file=sys.stderr)
        message = (
            f"{len(violations)} {'violation' if len(violations) == 1 else 'violations'} in {data}"
        )
        raise CommandError(message)
    return curated


def _explain(name: str) -> int:
    by_name = {rule.__name__: rule for rule in rules.base.RULES}
    if name not in by_name:
        hint = read.nearest(name, by_name) or f"known are {', '.join(sorted(by_name))}"
        message = f"no rule {name!r}; {hint}"
        raise CommandError(message)
    print(inspect.getdoc(by_name[name]))
    return 0


def _new(given: argparse.Namespace) -> int:
    data = _data(given, settings.read())
    curated = _read(data)
    if given.what == "wave":
        path = _new_wave(data, curated, given.id, given.date)
    else:
        path = _new_record(data, curated, given.what, given.id)
    print(f"wrote {path}: fill it in, then run `layoff-ledger check`")
    return 0


def _new_wave(data: Path, curated: read.Curated, company: str, date: str | None) -> Path:
    known = curated.known("companies")
    if company not in known:
        add = f"add the company first: `layoff-ledger new company {company}`"
        near = read.nearest(company, known)
        hint = f"{near} Or {add}" if near else add
        message = f"no company {company!r} in {data / 'companies.toml'}; {hint}"
        raise CommandError(message)
    if date is None:
        message = f"give the date of the announcement: `layoff-ledger new wave {company} 2023-03`"
        raise CommandError(message)
    try:
        id_ = tools.wave_id(company, date, curated.known("waves"))
        text = tools.skeleton(company, date)
    except ValueError as error:
        raise CommandError(str(error)) from error
    path = data / "waves" / f"{id_}.toml"
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def _new_record(data: Path, curated: read.Curated, what: str, id_: str) -> Path:
    kind = {"company": "companies", "source": "sources"}[what]
    if not rules.ids.SLUG.fullmatch(id_):
        message = f"{id_!r} is no id; use lower-case letters, digits and hyphens"
        raise CommandError(message)
    if id_ in curated.known(kind):
        message = f"{id_!r} is already in {data / curated.files[kind, id_]}"
        raise CommandError(message)
    if what == "company":
        return tools.add_company(data, id_)
    return tools.add_source(data, id_, curated.known("companies"))


def _show(given: argparse.Namespace) -> int:
    curated = _read(_data(given, settings.read()))
    if given.id not in curated.waves:
        hint = read.nearest(given.id, curated.waves) or "see the names of the files in waves/"
        message = f"no wave {given.id!r}; {hint}"
        raise CommandError(message)
    tools.show(curated, given.id, Console())
    return 0


def _schemas(given: argparse.Namespace) -> int:
    for path in tools.write_schemas(given.folder):
        print(f"wrote {path}")
    return 0


def _check(given: argparse.Namespace) -> int:
    if given.explain is not None:
        return _explain(given.explain)
    data = _data(given, settings.read())
    curated = _read_and_validate(data)
    claims = sum(1 for wave in curated.waves.values() for _ in rules.base.claims(wave))
    print(
        f"{data}: {len(curated.waves)} waves of "
        f"{len({wave.company for wave in curated.waves.values()})} companies, {claims} claims, "
        f"{len(curated.sources)} sources: no violation of {len(rules.base.RULES)} rules"
    )
    counts = rules.sources.described(curated)
    if counts.sources:
        print(
            f"{counts.titled / counts.sources:.0%} of {counts.sources} news sources and filings "
            f"have a title, {counts.dated / counts.sources:.0%} a date"
        )
    return 0


async def _bring_up(url: str, data: Path, *, note: str | None = None, force: bool) -> str:
    """Migrate, and publish unless these very files are published; say what was done."""
    connection = await connect(url)
    try:
        if not force and await connection.fetchval("select pg_is_in_recovery()"):
            return "this is a replica, nothing is published here"
        await migrate.migrate(connection)
        if not force and await publish.is_published(connection, data):
            return "nothing changed"
        curated = _read_and_validate(data)
        try:
            revision = await publish.publish(
                connection, publish.collection_input(curated), note=note, data=data
            )
        except publish.PublishError as error:
            for violation in error.violations:
                print(violation, file=sys.stderr)
            raise CommandError(str(error)) from error
    finally:
        await connection.close()
    if revision is None:
        return "nothing changed"
    return (
        f"published revision {revision.number}: {revision.added} records added, "
        f"{revision.changed} changed, {revision.withdrawn} withdrawn"
    )


def _publish(given: argparse.Namespace) -> int:
    configured = settings.read()
    data = _data(given, configured)
    # First the files: a mistake in them needs no database to be named.
    _read_and_validate(data)
    with _stopped_by_signals(), _database(configured) as url:
        print(asyncio.run(_bring_up(url, data, note=given.note, force=True)))
    return 0


def _on_database(configured: Settings, work: Callable[[Connection, str], Awaitable[T]]) -> T:
    """Run some work on one connection to the database, whose address it is told."""

    async def run(url: str) -> T:
        connection = await connect(url)
        try:
            return await work(connection, url)
        finally:
            await connection.close()

    with _stopped_by_signals(), _database(configured) as url:
        return asyncio.run(run(url))


def _import_warn(given: argparse.Namespace) -> int:
    configured = settings.read()
    data = _data(given, configured)
    collection = importing.described(_read(data).collections, given.collection)
    report = _on_database(
        configured, lambda connection, _: importing.execute(connection, data, collection, given)
    )
    for line in importing.lines_of(report, given.refused):
        print(line, flush=True)
    return 0


def _migrate(_: argparse.Namespace) -> int:
    changed = _on_database(settings.read(), lambda connection, _: migrate.migrate(connection))
    print("migrated" if changed else "nothing to migrate")
    return 0


def _export(given: argparse.Namespace) -> int:
    # Imports pyarrow, which the other commands do without.
    from layoff_ledger.exports import write  # noqa: PLC0415

    configured = settings.read()
    folder: Path = given.folder.absolute()

    async def work(connection: Connection, _: str) -> write.Done:
        base = configured.url or ""
        return await write.export(connection, folder, revision=given.revision, base=base)

    try:
        done = _on_database(configured, work)
    except write.ExportError as error:
        raise CommandError(str(error)) from error
    what = f"revision {done.revision}: {done.files} files, {done.bytes:,} bytes"
    print(f"wrote {folder}, {what}" if done.written else f"{folder} already has {what}")
    return 0


def _backup(given: argparse.Namespace) -> int:
    target: Path = given.file.absolute()

    async def work(connection: Connection, url: str) -> backup.BackedUp:
        return await backup.back_up(connection, url, target, force=given.force)

    done = _on_database(settings.read(), work)
    print(f"wrote {target}: all up to revision {done.revision}, {done.bytes:,} bytes")
    return 0


def _restore(given: argparse.Namespace) -> int:
    async def work(connection: Connection, _: str) -> backup.Restored:
        return await backup.restore(connection, given.file, replace=given.replace)

    done = _on_database(settings.read(), work)
    print(
        f"restored revision {done.revision}: {done.counts['wave']} waves of "
        f"{done.companies} companies, {done.counts['source']} sources; "
        f"{_right(done.verified)}"
    )
    return 0


def _verify(_: argparse.Namespace) -> int:
    done = _on_database(settings.read(), lambda connection, _: verify.verify(connection))
    print(f"revision {done.revision}: {_right(done)}")
    return 0


def _right(done: verify.Verified) -> str:
    return f"{done.changes} changes and {done.documents} versions of documents, every digest right"


def _openapi(given: argparse.Namespace) -> int:
    # Imports the framework, which the other commands do without.
    from layoff_ledger import app  # noqa: PLC0415
    from layoff_ledger.openapi.document import document  # noqa: PLC0415

    given.file.write_bytes(document(app.operations()))
    print(f"wrote {given.file}")
    return 0


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM unwind like Ctrl-C, so that the embedded server is stopped."""

    def stop(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refuse_taken_port(host: str, port: int) -> None:
    """Find out now: the server would only find out after the database was started."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        message = (
            f"cannot listen on {host} port {port}: {(error.strerror or str(error)).lower()}; "
            "choose another one with --port"
        )
        raise CommandError(message) from error


def _serve(given: argparse.Namespace) -> int:
    configured = settings.read()
    data = _data(given, configured)
    if given.workers < 1:
        message = "--workers must be at least 1"
        raise CommandError(message)
    _refuse_taken_port(given.host, given.port)
    with _stopped_by_signals(), _database(configured) as url:
        done = asyncio.run(_bring_up(url, data, force=False))
        place = f"http://{given.host}:{given.port}"
        print(f"Layoff Ledger {__version__}: {done}.", flush=True)
        print(f"Serving on {place}; try {place}/v1/waves?company=meta", flush=True)
        os.environ["DATABASE_URL"] = url
        with importing.shipped_published(url, data if configured.notices else None):
            _run_server(given.host, given.port, given.workers)
    return 0


def _run_server(host: str, port: int, workers: int) -> None:
    from granian import Granian  # noqa: PLC0415 only `serve` needs it
    from granian.constants import Interfaces, Loops  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    Granian(
        "layoff_ledger.app:serve_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        loop=Loops.uvloop,
        log_level=LogLevels.warning,
        # A client that never reads must not hold up the end.
        workers_kill_timeout=10,
        respawn_failed_workers=True,
    ).serve()


def run() -> None:
    """Run the command and exit: what the installed script calls."""
    sys.exit(main())


if __name__ == "__main__":
    run()
