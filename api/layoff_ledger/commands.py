"""What commands share: the folder, the database while they run, signals, and how they fail."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import asyncpg
from msgspec import Struct

from layoff_ledger import paths, postgres
from layoff_ledger.settings import LOCAL_URL, Settings, mistake_in_address
from layoff_ledger.statement import Connection
from layoff_ledger.stopping import stopped_by_signals
from layoff_ledger.store.hosts import EXHAUSTED, LOST, mistake_of_client, without_password

if TYPE_CHECKING:
    from layoff_ledger.curation import read
    from layoff_ledger.processes import RunFolder

# Those who read and check files import what does so: a service that finds them published does not,
# and starts faster.

T = TypeVar("T")


class CommandError(Exception):
    """What an operator is told."""


class TemporaryError(CommandError):
    """The database is down: the same command may succeed later; it ends with `os.EX_TEMPFAIL`."""


def add_data_folder(parser: argparse.ArgumentParser, name: str) -> None:
    """Have a command take the folder of curated files: as an option, or as an argument."""
    parser.add_argument(
        name,
        type=Path,
        # None is argparse's default, which options use.
        nargs=None if name.startswith("-") else "?",
        help="folder of curated files (default: LEDGER_DATA, or the packaged one)",
    )


def data_folder(arguments: argparse.Namespace, configured: Settings) -> Path:
    """Return the folder of curated files: from the option, the setting, or the package."""
    return arguments.data or configured.data or paths.DATA


def refuse_no_address(option: str, address: str) -> None:
    """Raise `CommandError` if an option does not contain the address of a service."""
    mistake = mistake_in_address(address)
    if mistake is not None:
        message = f"{option} is not the address of a service: {mistake}; write it as {LOCAL_URL}"
        raise CommandError(message)


def read_folder(data: Path) -> read.Curated:
    """Read the curated files; raise `CommandError` if there is no such folder."""
    from layoff_ledger.curation import read  # noqa: PLC0415

    try:
        return read.read(data)
    except FileNotFoundError as error:
        raise CommandError(str(error)) from error


class Files(Struct, frozen=True):
    """What the curated files contain, which `validate` has to be asked about."""

    curated: read.Curated
    digest: bytes
    """The digest of the files, from before they were read.

    A file that is saved meanwhile differs from it, and so is published the next time.
    """

    @property
    def are_whole(self) -> bool:
        """Whether all could be read, so that they can be loaded before they are checked."""
        return not self.curated.violations and "curated" in self.curated.collections


def read_files(data: Path) -> Files:
    """Read the curated files; raise `CommandError` if there is no such folder."""
    from layoff_ledger import garbage  # noqa: PLC0415
    from layoff_ledger.curation import inputs  # noqa: PLC0415

    with garbage.seldom_collected():
        digest = inputs.input_digest(data)
        return Files(read_folder(data), digest)


def validate(files: Files, data: Path) -> None:
    """Print every violation of the files in a folder; raise `CommandError` if there is one."""
    from layoff_ledger import garbage  # noqa: PLC0415
    from layoff_ledger.curation import rules  # noqa: PLC0415

    with garbage.seldom_collected():
        violations = rules.validate(files.curated)
    if violations:
        for violation in violations:
            sys.stderr.write(f"{violation}\n")
        message = (
            f"{len(violations)} {'violation' if len(violations) == 1 else 'violations'} in {data}"
        )
        raise CommandError(message)


def read_and_validate(data: Path) -> Files:
    """Read the curated files; print every violation and raise if there is one."""
    files = read_files(data)
    validate(files, data)
    return files


@contextlib.contextmanager
def database(configured: Settings, served: RunFolder | None = None) -> Iterator[str]:
    """Yield the address of the database: the operator's own, or the embedded one while it runs.

    If it is `served` from, the embedded one is restarted when it crashes.
    """
    if configured.database_url is not None:
        yield configured.database_url
        return

    report = None if served is None else served.report_database
    with postgres.embedded(configured.home, report=report) as url:
        yield url


async def connect(url: str) -> Connection:
    """Open one connection for writing; raise `CommandError`, or `TemporaryError` if it may pass."""
    place, _ = without_password(url)
    try:
        return await asyncpg.connect(url, timeout=10)
    except ValueError as error:
        message = f"DATABASE_URL is not a usable address: {mistake_of_client(error)}"
        raise CommandError(message) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        message = f"cannot reach the database of DATABASE_URL ({place}): {reason}"
        raise TemporaryError(message) from error


def on_database(configured: Settings, work: Callable[[Connection, str], Awaitable[T]]) -> T:
    """Run some work on one connection to the database, whose address it gets."""

    async def run(url: str) -> T:
        connection = await connect(url)
        try:
            return await work(connection, url)
        finally:
            await connection.close()

    with stopped_by_signals() as stopping, database(configured) as url:
        return stopping.run(run(url))


def is_of_the_database(error: BaseException) -> bool:
    """Return whether the database is full, went away or is a replica: not the command's fault."""
    is_lost = isinstance(error, asyncpg.InterfaceError) and _LOST in str(error)
    away = (*LOST, *EXHAUSTED, asyncpg.CannotConnectNowError, asyncpg.ReadOnlySQLTransactionError)
    return is_lost or isinstance(error, away)


_LOST = "connection is closed"
"""Part of what asyncpg says about a connection that was lost during a statement."""


def reason_of(error: BaseException) -> str:
    """Return why a database did not do what it was asked, on one line."""
    if isinstance(error, asyncpg.InterfaceError) and _LOST in str(error):
        return "the connection was lost"
    return str(error).splitlines()[0] if str(error) else type(error).__name__
