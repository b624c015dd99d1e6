"""Runs `layoff-ledger webhooks` beside the service, where there are subscribers."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from layoff_ledger.settings import Settings

STOP_SECONDS = 5.0


@contextlib.contextmanager
def beside(configured: Settings, url: str) -> Iterator[None]:
    """Send in one process of its own, however many workers answer; it ends with the block."""
    if configured.webhooks is None:
        yield
        return
    command = [sys.executable, "-m", "layoff_ledger.cli", "webhooks"]
    with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}) as process:  # noqa: S603 ours
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                # It waits for a receiver; what was not dealt with is sent after the next start.
                process.kill()
