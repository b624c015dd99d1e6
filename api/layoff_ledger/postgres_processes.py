"""The processes of embedded PostgreSQL servers: which run on a folder, and what dead ones left."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import sys
import time
from pathlib import Path

import psutil


def wait_for_end(pid: int, seconds: float) -> None:
    """Wait this long, or until a process ends, which Linux reports at once."""
    if sys.platform != "linux":
        time.sleep(seconds)
        return
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    except OSError:
        # Kernels before 5.3, and sandboxes that forbid it.
        time.sleep(seconds)
        return
    try:
        watched = select.poll()
        watched.register(handle, select.POLLIN)
        watched.poll(seconds * 1000)
    finally:
        os.close(handle)


def runs(pid: int, folder: Path) -> bool:
    """Return whether a process is a server on `folder`, and not another one with its old id."""
    with contextlib.suppress(ChildProcessError):
        # In a container the service may have to reap orphans, as its first process.
        os.waitpid(pid, os.WNOHANG)
    try:
        process = psutil.Process(pid)
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name() == "postgres"
            and Path(process.cwd()) == folder.resolve()
        )
    except psutil.Error:
        return False


def forget_the_dead(folder: Path) -> None:
    """Remove what processes that were killed left behind.

    The last process to leave stops the server; one that was killed would never leave. And a server
    that was killed leaves its process id, which another process may have by now: always so in a
    container that was killed and restarted.
    """
    users = folder / ".handle_pids.json"
    with contextlib.suppress(OSError, ValueError):
        pids = json.loads(users.read_text())
        users.write_text(json.dumps([pid for pid in pids if psutil.pid_exists(pid)]))
    with contextlib.suppress(OSError, ValueError, IndexError):
        left = folder / "postmaster.pid"
        lines = left.read_text().splitlines()
        if not runs(int(lines[0]), folder) and _is_deserted(folder):
            left.unlink()
            (Path(lines[4]) / f".s.PGSQL.{lines[3]}.lock").unlink(missing_ok=True)


PATIENCE_SECONDS = 5.0
"""How long to wait for processes of a killed server that use its folder."""


def _is_deserted(folder: Path) -> bool:
    """Wait until no process of a killed server uses its folder any more.

    They notice by themselves, except for one in the middle of a long statement: that is told to
    quit.
    """
    begun = time.monotonic()
    while left := [pid for pid in _named_postgres() if runs(pid, folder)]:
        waited = time.monotonic() - begun
        if waited > PATIENCE_SECONDS:
            return False
        if waited > PATIENCE_SECONDS / 10:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)
    return True


def _named_postgres() -> list[int]:
    return [one.pid for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]
