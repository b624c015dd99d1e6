"""The notices that are shipped in `data/notices/`, and how `serve` publishes them beside itself.

Light on purpose: every command imports it, and few of them need a database.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from layoff_ledger import paths

COLLECTION = "us-warn"
INPUT = "notices"
"""Name of the digest of what the shipped notices were last made of."""
_CODE = Path(__file__).parent


def files(data: Path) -> list[Path]:
    """Give the files of notices that a folder of curated files has."""
    return sorted((data / "notices").glob("**/*.csv"))


def digest(data: Path) -> bytes:
    """Give the digest of all that decides what the shipped notices say.

    Links depend on companies and waves too, so those are a part of it.
    """
    return paths.digest(data, paths.SQL, _CODE)


@contextlib.contextmanager
def published_beside(url: str, data: Path | None) -> Iterator[None]:
    """Publish the shipped notices, where that is due, while something else goes on; None: do not.

    In a process of its own and not in a thread, because the server forks. Ended early, the ledger
    stays at the revision before, and the next start does it.
    """
    if data is None or not files(data):
        yield
        return
    process = subprocess.Popen(  # noqa: S603 this very command
        [
            sys.executable, "-m", "layoff_ledger.cli", "import", "warn", "--if-due", "--data",
            str(data),
        ],
        env={**os.environ, "DATABASE_URL": url},
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)
