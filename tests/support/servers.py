"""PostgreSQL for a session of tests: the embedded one, or one from the system's packages.

Each process of pytest-xdist has a server of its own: tests look at locks, sessions and roles of the
whole server. Tests need not survive a power failure, so nothing is synced.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from layoff_ledger import postgres

PROGRAMS = Path("/usr/lib/postgresql")
"""Where Debian has the programs of each version, in `VERSION/bin`."""
USER = "postgres"
"""The user that a server runs as if the tests run as root, which PostgreSQL refuses; from the
package.
"""
UNSYNCED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
IDLE = {"autovacuum": "off", "checkpoint_timeout": "'1h'", "max_wal_size": "'1GB'"}
"""A server of tests has hundreds of databases, each of which lives for seconds: looking after them
takes more time than they do. Publishing analyses what it writes.
"""


@contextlib.contextmanager
def started(version: str | None, home: Path) -> Iterator[str]:
    """Run a server and yield the address of its database `postgres`.

    `version` is the major version of an installed one; None is the embedded one.
    """
    with postgres.embedded(home) if version is None else installed(version) as url:
        asyncio.run(_configure(url, {**UNSYNCED, **IDLE}))
        yield url


async def _configure(url: str, settings: dict[str, str]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for name, value in settings.items():
            await connection.execute(f"alter system set {name} = {value}")
        await connection.execute("select pg_reload_conf()")
    finally:
        await connection.close()


@contextlib.contextmanager
def installed(version: str) -> Iterator[str]:
    """Run a new cluster of an installed version, which is gone afterwards."""
    programs = PROGRAMS / version / "bin"
    assert programs.is_dir(), f"there is no PostgreSQL {version} in {PROGRAMS}"
    user = USER if os.getuid() == 0 else None

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [programs / program, *arguments],
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            cwd=folder,
            stdout=log,
            stderr=log,
            check=False,
        )
        assert done.returncode == 0, (folder / "log").read_text()

    # The path of a socket has at most 107 bytes, so it is not in the folder of the tests.
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        folder = Path(name)
        if user is not None:
            shutil.chown(folder, user, user)
        with (folder / "log").open("wb") as log:
            data = str(folder / "data")
            run(
                "initdb", "--pgdata", data, "--auth=trust", "--username=postgres", "--encoding=UTF8"
            )
            options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
            run("pg_ctl", "--pgdata", data, "--wait", "--options", options, "start")
            try:
                yield f"postgresql://postgres:@/postgres?host={folder}"
            finally:
                run("pg_ctl", "--pgdata", data, "--wait", "--mode=immediate", "stop")
