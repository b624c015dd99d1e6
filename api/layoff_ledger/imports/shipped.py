"""The notices that are shipped in `data/notices/`, and how `serve` publishes them in parallel.

It is light on purpose: every command imports it, and few of them need a database.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

from layoff_ledger import paths, subcommand
from layoff_ledger.processes import RunFolder, note_coming

logger = logging.getLogger(__name__)

COLLECTION = "us-warn"
INPUT = "notices"
"""Name of the digest of what the shipped notices were last made from."""
_CODE = Path(__file__).parent


def files(data: Path) -> list[Path]:
    """Return the files of notices in a folder of curated files."""
    return sorted((data / "notices").glob("**/*.csv"))


def digest(data: Path) -> bytes:
    """Return the digest of everything that decides what the shipped notices say.

    Links depend on companies and waves, too, so those are part of it.
    """
    return paths.digest(data, paths.SQL, _CODE)


LOOK_SECONDS = 0.5
"""How often to check whether the service ends."""
STOP_SECONDS = 30.0
"""How long the process may take to roll back."""
PAUSES_SECONDS = (2.0, 5.0, 15.0, 60.0)
"""How long to wait before each retry after the database went away."""


@contextlib.contextmanager
def published_beside(
    url: str, data: Path | None, folder: RunFolder, *, is_new: bool = False
) -> Iterator[None]:
    """Publish the shipped notices of `data` if due, while the block runs; None: do not.

    In a ledger that `is_new` they are due, and readers are told so from the first answer on.
    Publishing starts once a worker of `folder` has begun, which would otherwise have to wait.

    This takes a process and not a thread, because the server forks. If it loses the database,
    another one follows; if it ends early, the ledger stays at the previous revision, and the next
    start publishes the notices.
    """
    if data is None or not files(data):
        yield
        return
    note_coming(folder.path, are_coming=is_new)
    publisher = _Publisher(url, data, folder)
    publisher.start()
    try:
        yield
    finally:
        publisher.stop()


class _Publisher(threading.Thread):
    """Runs the process, and again if the database went away or the process was killed."""

    def __init__(self, url: str, data: Path, folder: RunFolder) -> None:
        super().__init__(name="notices", daemon=True)
        self._url, self._data, self._folder = url, data, folder
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the process."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        try:
            self._publish()
        finally:
            note_coming(self._folder.path, are_coming=False)

    def _publish(self) -> None:
        while not self._folder.has_begun():
            if self._stopped.wait(LOOK_SECONDS / 10):
                return
        for pause in (*PAUSES_SECONDS, None):
            command = ("import", "warn", "--if-due", "--data", str(self._data))
            with subcommand.begin(*command, DATABASE_URL=self._url) as process:
                status = self._wait_for(process)
            is_temporary = status == os.EX_TEMPFAIL or status < 0
            if self._stopped.is_set() or not is_temporary or pause is None:
                return
            logger.warning("the notices were not published; trying again in %.0f s", pause)
            if self._stopped.wait(pause):
                return

    def _wait_for(self, process: subprocess.Popen[bytes]) -> int:
        while not self._stopped.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                return process.wait(LOOK_SECONDS)
        return subcommand.end(process, STOP_SECONDS)
