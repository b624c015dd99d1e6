"""The command `layoff-ledger import`, and how `serve` publishes the notices that are shipped."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from layoff_ledger import paths
from layoff_ledger.curation import migrate, publish, records
from layoff_ledger.imports import linking, mapping, run
from layoff_ledger.statement import Connection

COLLECTION = "us-warn"
INPUT = "notices"
"""Name of the digest of what the shipped notices were last made of."""
_CODE = Path(__file__).parent


def add_parser(commands: Any, run_it: Callable[[argparse.Namespace], int]) -> None:
    """Add what the command `import` takes to the parser of all commands."""
    import_ = commands.add_parser("import", help="bring in what others collected")
    layouts = import_.add_subparsers(required=True, metavar="WHAT")
    warn = layouts.add_parser("warn", help="notices, as one revision; the same again is none")
    warn.add_argument("files", type=Path, nargs="*", metavar="FILE", help="CSV (those of --data)")
    warn.add_argument("--collection", default=COLLECTION, help="whose (%(default)s)")
    warn.add_argument("--mapping", type=Path, help="TOML: which column of the files is which field")
    warn.add_argument("--refused", type=Path, metavar="CSV", help="write the refused rows there")
    warn.add_argument("--if-due", action="store_true", help=argparse.SUPPRESS)
    warn.add_argument("--data", type=Path, help="folder of curated files")
    warn.set_defaults(run=run_it)


def shipped_files(data: Path) -> list[Path]:
    """Give the files of notices that a folder of curated files has."""
    return sorted((data / "notices").glob("**/*.csv"))


def shipped_digest(data: Path) -> bytes:
    """Give the digest of all that decides what the shipped notices say.

    Links depend on companies and waves too, so those are a part of it.
    """
    return paths.digest(data, paths.SQL, _CODE)


async def is_due(connection: Connection, data: Path) -> bool:
    """Say whether the shipped notices were not published from what there is now."""
    if not shipped_files(data):
        return False
    stored = await connection.fetchval("select digest from ledger.input where name = $1", INPUT)
    return bool(stored != shipped_digest(data))


async def execute(
    connection: Connection, data: Path, collection: records.Collection, given: argparse.Namespace
) -> run.Report | None:
    """Do what `import warn` asks; None where it is only to be done if due, and is not."""
    if given.if_due:
        if not await is_due(connection, data):
            return None
        print(f"Publishing the notices of {data / 'notices'} as the next revision.", flush=True)
    await migrate.migrate(connection)
    return await import_warn(connection, data, collection, given.files, given.mapping)


def lines_of(report: run.Report | None, refused: Path | None) -> Iterator[str]:
    """Give what an operator reads, and write what was refused where a file is named."""
    if report is None:
        return
    if refused is not None:
        run.write_refused(refused, report.refused)
    yield from report.lines()
    number = report.revision
    yield "nothing changed" if number is None else f"published revision {number}"


async def import_warn(
    connection: Connection,
    data: Path,
    collection: records.Collection,
    files: list[Path],
    own_mapping: Path | None,
) -> run.Report:
    """Import files, or with none the shipped ones; raise `run.ImportFailedError`."""
    try:
        judgements = linking.read_judgements(data / "links")
        columns = None if own_mapping is None else mapping.read(own_mapping)
    except (linking.LinksError, mapping.MappingError) as error:
        raise run.ImportFailedError(str(error)) from error
    try:
        return await run.import_notices(
            connection,
            files or shipped_files(data),
            collection,
            judgements,
            own_mapping=columns,
            inputs=None if files else {INPUT: shipped_digest(data)},
            note=f"Notices of the collection {collection.id}",
        )
    except publish.PublishError as error:
        raise run.ImportFailedError("; ".join(map(str, error.violations[:5]))) from error


def described(collections: dict[str, records.Collection], name: str) -> records.Collection:
    """Give the collection that is imported into; raise `run.ImportFailedError`."""
    if name not in collections:
        message = (
            f"no collection {name!r}: known are {', '.join(sorted(collections))}; "
            "describe it in collections.toml"
        )
        raise run.ImportFailedError(message)
    return msgspec.structs.replace(collections[name], id=name)


@contextlib.contextmanager
def shipped_published(url: str, data: Path | None) -> Iterator[None]:
    """Publish the shipped notices, where that is due, while something else goes on; None: do not.

    In a process of its own and not in a thread, because the server forks. Ended early, the ledger
    stays at the revision before, and the next start does it.
    """
    if data is None or not shipped_files(data):
        yield
        return
    process = subprocess.Popen(  # noqa: S603 this very command
        [
            sys.executable, "-m", "layoff_ledger.cli", "import", "warn", "--if-due", "--data",
            str(data),
        ],
        env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
