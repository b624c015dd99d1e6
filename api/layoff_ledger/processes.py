"""How the processes of one `serve` share their state: small files in a temporary folder.

The process that was started first writes what it knows about the database and its workers, every
worker its heartbeat. Nothing here has to be kept, and none of it is needed to answer.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
from msgspec import Struct

from layoff_ledger import disks
from layoff_ledger.postgres import Outages

logger = logging.getLogger(__name__)

MEMORY = "/dev/shm"  # noqa: S108 the folder in it is closed to others
"""Where Linux keeps files in memory: a full or read-only disk does not matter.

The kernel kills processes that write to a mapped file, such as those of metrics, on a failed disk.
"""
VARIABLE = "LEDGER_RUN"
"""The variable by which a worker finds the folder."""
PARENT_VARIABLE = "LEDGER_PARENT"
"""The variable with the id of the process that made the folder."""


class Verification(Struct, frozen=True):
    """Results of checking samples against the ledger's digests."""

    documents: int = 0
    """Documents checked against their digests."""
    failures: int = 0
    at: float = 0.0
    """When a check was last correct, in seconds of Unix time; 0 before any."""


class ServiceState(Struct, frozen=True):
    """What the main process knows, and its workers report."""

    workers: int = 0
    worker_restarts: int = 0
    """How many workers died or hung, and were replaced."""
    webhook_restarts: int = 0
    """How often the webhook process ended or hung, and was restarted."""
    database: Outages = Outages()
    """The state of the embedded PostgreSQL, if there is one."""
    writable: dict[str, bool] = {}
    """Purpose of a folder (`disks.UNWRITABLE`) → whether it can be written."""
    full: dict[str, bool] = {}
    """Purpose of a folder (`disks.FULL`) → whether its disk is full."""
    verified: Verification = Verification()


NOTICES_COMING = (
    "the shipped notices are still being published: until then questions about notices find "
    "older ones, or none"
)
"""In the words of `/health/ready`."""
_COMING = "notices-coming"


def note_coming(folder: Path | None, *, are_coming: bool) -> None:
    """Tell all processes of a service whether the shipped notices are still to come."""
    if folder is None:
        return
    with contextlib.suppress(OSError):
        if are_coming:
            (folder / _COMING).touch()
        else:
            (folder / _COMING).unlink(missing_ok=True)


def are_notices_coming(folder: Path | None) -> bool:
    """Return whether the shipped notices are still being published."""
    return folder is not None and (folder / _COMING).exists()


class RunFolder:
    """The folder, as the main process sees it."""

    def __init__(self, path: Path) -> None:
        """Begin with nothing known."""
        self.path = path
        self._lock = threading.Lock()
        self._state = ServiceState()
        self._beats: dict[int, tuple[int, int]] = {}
        self._ended = 0
        self._has_served = False

    def update(self, **changes: object) -> None:
        """Tell the workers what changed."""
        with self._lock:
            self._state = msgspec.structs.replace(self._state, **changes)
            # The state is written once there is room again; what repairs things must not end
            # because of it.
            with contextlib.suppress(OSError):
                _replace(self.path / "state.json", msgspec.json.encode(self._state))

    def report_database(self, outages: Outages) -> None:
        """Tell the workers what happened to the embedded PostgreSQL."""
        self.update(database=outages)

    def count(self, name: str) -> None:
        """Add one to a number of the state."""
        self._ended += name == "worker_restarts"
        self.update(**{name: getattr(self._state, name) + 1})

    def look_at(self, folders: dict[str, Path]) -> None:
        """See which folders can be written and have room, and log changes.

        Takes the purpose of each folder, and its path.
        """
        writable = {name: disks.is_writable(folder) for name, folder in folders.items()}
        full = {name: disks.is_full(folder) for name, folder in folders.items()}
        before = self._state
        for name, folder in folders.items():
            was_writable, was_full = before.writable.get(name, True), before.full.get(name, False)
            if writable[name] != was_writable:
                if was_writable:
                    logger.error("%s (%s)", disks.UNWRITABLE[name], folder)
                else:
                    logger.warning("%s can be written again", folder)
            if full[name] != was_full:
                if was_full:
                    logger.warning("the disk of %s has room again", folder)
                else:
                    logger.error("%s (%s)", disks.FULL[name], folder)
        if (writable, full) != (before.writable, before.full):
            self.update(writable=writable, full=full)

    def forget(self, pid: int) -> None:
        """Remove the heartbeat of a worker that ended; its counts stay."""
        # It may have begun and ended between two checks.
        self._has_served |= self._beat(pid) > 0
        self._beats.pop(pid, None)
        left = [self.path / f"beat-{pid}", *self.path.glob(f"metrics/gauge_live*_{pid}.db")]
        for path in left:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def silent_looks(self, pid: int) -> tuple[int, bool]:
        """Return for how many checks a worker's heart has been silent, and whether it ever beat.

        Checks are counted instead of seconds: a machine that was suspended has no dead workers.
        """
        beat = self._beat(pid)
        before, looks = self._beats.get(pid, (beat, 0))
        # On a disk that turned read-only, no heart can show that it beats.
        looks = looks + 1 if beat == before and disks.is_writable(self.path) else 0
        self._beats[pid] = beat, looks
        return looks, bool(beat)

    def has_begun(self) -> bool:
        """Return whether a worker has ever begun to serve."""
        return next(self.path.glob("beat-*"), None) is not None

    def false_starts(self) -> int:
        """Return how many workers ended while none had ever begun to serve."""
        self._has_served = self._has_served or self.has_begun()
        return 0 if self._has_served else self._ended

    def _beat(self, pid: int) -> int:
        with contextlib.suppress(OSError):
            return (self.path / f"beat-{pid}").stat().st_mtime_ns
        return 0


@contextlib.contextmanager
def run_folder() -> Iterator[RunFolder]:
    """Make the folder and pass it to the workers that are started from now on."""
    place = MEMORY if os.access(MEMORY, os.W_OK | os.X_OK) else None
    if place is not None:
        _remove_left(Path(place))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=place) as name:
        os.environ[VARIABLE], os.environ[PARENT_VARIABLE] = name, str(os.getpid())
        try:
            yield RunFolder(Path(name))
        finally:
            del os.environ[VARIABLE], os.environ[PARENT_VARIABLE]


_PREFIX = "layoff-ledger-run-"


def _remove_left(place: Path) -> None:
    """Remove what killed services left in memory."""
    for folder in place.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        with contextlib.suppress(OSError):
            if (
                pid.isdecimal()
                and folder.stat().st_uid == os.getuid()
                and not psutil.pid_exists(int(pid))
            ):
                shutil.rmtree(folder, ignore_errors=True)


def folder_of_worker() -> Path | None:
    """Return the folder to a worker; None if no `serve` started it."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name else None


class Heart:
    """What a worker shows its parent as long as its loop is running."""

    def __init__(self, folder: Path) -> None:
        """Begin without a beat."""
        self._path, self._beats = folder / f"beat-{os.getpid()}", 0

    def beat(self) -> None:
        """Show that the loop has turned once more: a number that changes, stored as a file time.

        That works on a full disk, and a clock that jumps cannot stop it.
        """
        self._beats += 1
        with contextlib.suppress(OSError):
            if self._beats == 1:
                self._path.touch()
            os.utime(self._path, ns=(self._beats, self._beats))


def read_state(folder: Path | None) -> ServiceState:
    """Read what the parent knows; an empty state if there is no parent."""
    if folder is not None:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return msgspec.json.decode((folder / "state.json").read_bytes(), type=ServiceState)
    return ServiceState()


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that readers find either the old content or the new one."""
    made = path.with_name(f"{path.name}.new")
    made.write_bytes(content)
    made.replace(path)
