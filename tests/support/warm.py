"""Commands in separate processes that do not have to import what all of them need.

Starting Python and importing half the packages takes longer than what most commands do, and the
tests start hundreds. So a process that has imported them (the `forkserver` of the standard library)
becomes each command, with its own arguments, environment and output, and an exit status.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing.context import ForkServerContext
from pathlib import Path

MODULES = [
    "layoff_ledger.app",
    "layoff_ledger.assistants.server",
    "layoff_ledger.cli",
    "layoff_ledger.curation.backup",
    "layoff_ledger.curation.publish",
    "layoff_ledger.curation.verify",
    "layoff_ledger.exports.bucket",
    "layoff_ledger.exports.columns",
    "layoff_ledger.exports.postings",
    "layoff_ledger.exports.write",
    "layoff_ledger.imports.commands",
    "layoff_ledger.observation.sampling",
    "layoff_ledger.server",
    "layoff_ledger.webhooks.run",
    # Litestar looks for pydantic when an application is made, and finds it.
    "litestar.plugins.pydantic",
    # A service imports it when the first assistant connects.
    "mcp.server.streamable_http_manager",
    "support.warm",
]


@functools.cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(MODULES)
    return context


class Process:
    """A running command, like that of `subprocess.Popen`."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], output: Path, errors: Path
    ) -> None:
        self.args = arguments
        self._process = _context().Process(
            target=_become, args=(arguments, environment, str(output), str(errors))
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, return the exit status; raise `TimeoutExpired` after some seconds."""
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        """Send a signal, if it is still running."""
        if self.poll() is None:
            # It may have ended without its exit status being known yet.
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)


def run(
    arguments: list[str], environment: dict[str, str], patience_seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, return what it printed; raise `TimeoutExpired` after a while."""
    with tempfile.TemporaryDirectory() as name:
        output, errors = Path(name) / "output", Path(name) / "errors"
        process = Process(arguments, environment, output, errors)
        try:
            status = process.wait(patience_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        return subprocess.CompletedProcess(
            arguments, status, output.read_text(), errors.read_text()
        )


def _become(arguments: list[str], environment: dict[str, str], output: str, errors: str) -> None:
    """Do in a new process what the installed command does."""
    for number, path in ((1, output), (2, errors)):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    # The garbage collector leaves what all of them share alone, so that it is not copied.
    gc.freeze()
    # As when an operator starts it: a worker is a copy of the serving process, and imports
    # nothing again.
    multiprocessing.set_start_method("fork", force=True)
    from layoff_ledger import cli

    sys.argv = ["layoff-ledger", *arguments]
    cli.run()
