"""What goes wrong around a service: a full disk, a clock that jumps, a slow database."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil

FAKE_CLOCK = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)
"""Debian's `faketime`, if it is installed: `.ci/run` does that."""


def faked_clock(clock: Path) -> dict[str, str]:
    """Return the environment of a process whose clock is off by what a file says, such as `+3d`."""
    clock.write_text("+0")
    return {
        "LD_PRELOAD": str(FAKE_CLOCK or ""),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        # Measuring how long something takes uses another clock, which nobody sets.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


class Slow:
    """Stands between a service and its database and delays every answer."""

    def __init__(self, socket: str) -> None:
        self.seconds, self._socket = 0.0, socket
        self.port = 0
        self.ready = threading.Event()
        self._ended: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def _pass_on(
        self, source: asyncio.StreamReader, to: asyncio.StreamWriter, *, slowly: bool
    ) -> None:
        while part := await source.read(65_536):
            await asyncio.sleep(self.seconds if slowly else 0)
            to.write(part)
            await to.drain()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_unix_connection(self._socket)
        ways = [
            asyncio.create_task(self._pass_on(reader, questions, slowly=False)),
            asyncio.create_task(self._pass_on(answers, writer, slowly=True)),
        ]
        try:
            # Whoever runs the loop cancels it in the end.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for one in (writer, questions):
                one.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _listen(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        listening = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self.port = listening.sockets[0].getsockname()[1]
        self.ready.set()
        await self._ended.wait()
        listening.close()

    def run(self) -> None:
        asyncio.run(self._listen())

    def end(self) -> None:
        assert self._loop is not None
        assert self._ended is not None
        self._loop.call_soon_threadsafe(self._ended.set)


@contextlib.contextmanager
def held_up(url: str) -> Iterator[tuple[Slow, str]]:
    """Yield what delays a database, and the address that leads through it."""
    before, _, folder = url.partition("?host=")
    between = Slow(f"{folder}/.s.PGSQL.5432")
    thread = threading.Thread(target=between.run)
    thread.start()
    assert between.ready.wait(10)
    try:
        yield between, before.replace("@/", f"@127.0.0.1:{between.port}/")
    finally:
        between.end()
        thread.join(10)


class Disk:
    """A disk of the service's own that can be filled.

    Without the right to mount, the closest substitute is used: a limit on what the database may
    write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_mounted = False

    def mount(self, options: str = "size=400m") -> None:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "ledger-test", self.folder],
            capture_output=True,
            check=False,
        )
        self.is_mounted = done.returncode == 0
        if self.is_mounted:
            self.folder.chmod(0o755)

    def fill(self) -> None:
        if not self.is_mounted:
            self._bound(0)
            return
        with contextlib.suppress(OSError), (self.folder / "ballast").open("wb") as file:
            while True:
                file.write(bytes(1 << 20))
                file.flush()

    def empty(self) -> None:
        if self.is_mounted:
            (self.folder / "ballast").unlink()
        else:
            self._bound(-1)

    def _bound(self, size: int) -> None:
        left = (self.folder / "home" / "postgres" / "postmaster.pid").read_text()
        first = psutil.Process(int(left.splitlines()[0]))
        for one in [first, *first.children()]:
            with contextlib.suppress(psutil.Error):
                one.rlimit(psutil.RLIMIT_FSIZE, (size, -1))

    def unmount(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=True)


@contextlib.contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Make a folder unwritable, like a disk that turned read-only.

    If the process may ask for it, the kernel does this, and open files cannot be written, either.
    (A mount with open files cannot be turned read-only by hand, and one that an error turned stays
    so.) Otherwise, only no new files can be made in it.
    """
    folders = [folder, *(one for one in folder.rglob("*") if one.is_dir())]
    # Its status also reports sockets, which have no such flag.
    with contextlib.suppress(FileNotFoundError):
        subprocess.run(["chattr", "-f", "-R", "+i", folder], capture_output=True, check=False)
    is_immutable = not os.access(folder, os.W_OK)
    if not is_immutable:
        for one in folders:
            one.chmod(one.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        if is_immutable:
            subprocess.run(["chattr", "-f", "-R", "-i", folder], capture_output=True, check=False)
        else:
            for one in folders:
                one.chmod(one.stat().st_mode | 0o200)
