"""The drill: back up, destroy, restore, and compare every digest of the copy with the original.

    python deploy/drill.py                       a ledger of the curated files, which it destroys
    DATABASE_URL=… python deploy/drill.py        your own ledger, which it only reads

It restores the copy into a separate embedded PostgreSQL in a temporary folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg

from layoff_ledger import postgres

DIGESTS = {
    "revisions": "select number::text, encode(digest, 'hex') from ledger.revision",
    "documents": "select concat_ws(' ', resource, id, first_revision, last_revision), "
    "encode(sha256(convert_to(body, 'UTF8')), 'hex') from ledger.document",
    "changes": "select concat_ws(' ', revision, position, change, resource, id), "
    "coalesce(encode(digest, 'hex'), '-') from ledger.change",
}


def command(*arguments: str, **environment: str) -> str:
    """Run `layoff-ledger`; return what it prints, or exit with what it says is wrong."""
    done = subprocess.run(
        [sys.executable, "-m", "layoff_ledger.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"drill: {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


async def digests(url: str) -> dict[str, dict[str, str]]:
    """Return every digest of a ledger, by what it is of."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        found = {}
        for name, statement in DIGESTS.items():
            rows = await connection.fetch(statement)
            found[name] = {row[0]: row[1] for row in rows}
        return found
    finally:
        await connection.close()


@contextlib.contextmanager
def timed(what: str) -> Iterator[None]:
    """Print what was done, and how long it took."""
    begun = time.monotonic()
    yield
    print(f"{what:<44} {time.monotonic() - begun:6.1f} s", flush=True)


def main() -> int:
    """Run the drill; return 0 if every digest is the same."""
    own = os.environ.get("DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="layoff-ledger-drill-") as name:
        folder = Path(name)
        # As root, the embedded server runs as another user, who needs access to its folder.
        folder.chmod(0o755)
        home, backup = folder / "home", folder / "ledger.dump"
        if own is None:
            with timed("published the curated files"):
                command("publish", "--note", "A ledger for the drill.", LEDGER_HOME=str(home))
        source = {"DATABASE_URL": own} if own else {"LEDGER_HOME": str(home)}
        with timed("backed up"):
            command("backup", str(backup), **source)
        before = asyncio.run(digests(own)) if own else of_home(home)
        if own is None:
            with timed("destroyed"):
                shutil.rmtree(home)
        copy = {"DATABASE_URL": "", "LEDGER_HOME": str(folder / "copy")}
        with timed("restored"):
            command("restore", str(backup), **copy)
        with timed("verified"):
            print(command("verify", **copy))
        after = of_home(folder / "copy")
    return compare(before, after)


def of_home(home: Path) -> dict[str, dict[str, str]]:
    """Return every digest of the ledger of an embedded server."""
    with postgres.embedded(home) as url:
        return asyncio.run(digests(url))


def compare(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> int:
    """Print how many digests differ; return 1 if any does."""
    is_wrong = False
    for name, expected in before.items():
        found = after[name]
        different = [key for key in expected | found if expected.get(key) != found.get(key)]
        is_wrong |= bool(different) or not expected
        print(
            f"{name:<12} {len(expected):>9,} digests, {len(different)} differ {different[:3] or ''}"
        )
    print("the drill FAILED" if is_wrong else "the drill passed: the copy is the original")
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
