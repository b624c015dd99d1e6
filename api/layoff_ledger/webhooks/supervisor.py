"""Runs `layoff-ledger webhooks` beside the service if there are subscribers.

It is supervised like the workers: if it dies it is started again, if it hangs it is killed first.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import threading
import time
from collections.abc import Iterator

from layoff_ledger import backoff, subcommand
from layoff_ledger.processes import RunFolder
from layoff_ledger.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

STOP_SECONDS = 5.0
LOOK_SECONDS = 1.0
"""How often to check whether the process lives."""
MAX_SILENT_LOOKS = 30
"""It hangs if its loop has not turned for this many checks, which is longer than any turn takes."""
STEADY_SECONDS = 60.0
"""A process that has run for this long is restarted at once."""
MAX_PAUSE_SECONDS = 60.0
"""The longest pause before a process that keeps ending is restarted."""


def check(configured: Settings) -> None:
    """Raise `SettingsError` if the file of subscribers is wrong, before anything begins."""
    if configured.webhooks is None:
        return
    from layoff_ledger.webhooks import subscribers  # noqa: PLC0415 most have none

    try:
        subscribers.read(configured.webhooks)
    except subscribers.WebhooksError as error:
        message = f"LEDGER_WEBHOOKS: {error}"
        raise SettingsError(message) from error


@contextlib.contextmanager
def supervised(configured: Settings, url: str, folder: RunFolder) -> Iterator[None]:
    """Run one process that sends, however many workers answer; it ends with the block."""
    if configured.webhooks is None:
        yield
        return
    supervisor = _Supervisor(url, folder)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


class _Supervisor(threading.Thread):
    """Starts the process, and restarts it: at once, then after longer pauses."""

    def __init__(self, url: str, folder: RunFolder) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._url = url
        self._folder = folder
        self._stopped = threading.Event()

    def stop(self) -> None:
        """End the process."""
        self._stopped.set()
        self.join()

    def run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            begun = time.monotonic()
            with subcommand.begin("webhooks", DATABASE_URL=self._url) as process:
                self._watch(process)
            self._folder.forget(process.pid)
            if self._stopped.is_set():
                return
            is_steady = time.monotonic() - begun > STEADY_SECONDS
            pause = 0.0 if is_steady else backoff.longer(pause, MAX_PAUSE_SECONDS)
            self._folder.count("webhook_restarts")
            logger.error(
                "the webhook process ended with %s; starting it again in %.1f s",
                process.returncode,
                pause,
            )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Wait until the process has ended, and end it if necessary."""
        while not self._stopped.is_set():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
                return
            silent, has_begun = self._folder.silent_looks(process.pid)
            # Before it has begun it may wait for the database, for as long as that takes.
            if has_begun and silent > MAX_SILENT_LOOKS:
                logger.error("the webhook process hangs: killing it")
                process.kill()
        # It may be waiting for a receiver; what was not handled is sent after the next start.
        subcommand.end(process, STOP_SECONDS)
