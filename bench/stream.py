"""Measures how much a worker's memory grows while it sends a whole list, and how long it takes.

Usage: bench/stream.py [--waves 1000000]. The waves are those of `generate.py`, repeated in the
tables of documents and of facets (`multiply.sql`), because publishing a million takes far longer.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import re
import sys
import time
from pathlib import Path

import psutil
from msgspec import Struct

import database
import generate
import servers
import service
from layoff_ledger import paths, postgres
from layoff_ledger.curation import migrate, publish
from layoff_ledger.statement import Connection

GENERATED = 10_000
WARM_UP = "announced_gte=2026-03-01"
MOST_GROWTH_MB = 64


class StreamError(Exception):
    """The answer is not the whole list."""


class Streamed(Struct, frozen=True):
    """The measurement of one whole list."""

    lines: int
    size: int
    seconds: float


def main() -> int:
    """Run all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waves", type=int, default=1_000_000, help="rows to send (%(default)s)")
    given = parser.parse_args()
    try:
        return _measure(given.waves)
    except (StreamError, servers.ServerError, postgres.PostgresError, OSError) as error:
        print(f"stream: {error}", file=sys.stderr)
        return 1


def _measure(waves: int) -> int:
    folder = database.CACHE / f"stream-{waves}"
    failed = False
    with postgres.embedded(folder) as url:
        _load(url, folder / "loaded", waves)
        for name in ("ndjson", "csv"):
            # A new service for each, because a peak never goes down.
            with service.serving(url, folder) as port:
                # Reading them needs memory, too, whatever is sent meanwhile.
                service.wait_for_files(port)
                worker = servers.worker(port)
                few = read(port, f"/v1/waves?format={name}&{WARM_UP}")
                before = _peak_mb(worker)
                whole = read(port, f"/v1/waves?format={name}")
                growth = _peak_mb(worker) - before
            if whole.lines != waves + (name == "csv") or few.lines >= whole.lines:
                message = f"{name}: {whole.lines:,} lines of {waves:,} waves"
                raise StreamError(message)
            failed |= growth > MOST_GROWTH_MB
            print(
                f"{name}: {whole.lines:,} lines, {whole.size / 1e6:,.0f} MB in "
                f"{whole.seconds:.0f} s ({whole.lines / whole.seconds:,.0f} lines/s); the worker's "
                f"peak grew from {before:.0f} MB (after {few.lines:,} lines) by {growth:.1f} MB "
                f"(target ≤ {MOST_GROWTH_MB}) {'✗' if growth > MOST_GROWTH_MB else '✓'}"
            )
    return 1 if failed else 0


def _load(url: str, note: Path, waves: int) -> None:
    digest = database.stored_digest().hex() + generate.multiply()
    with contextlib.suppress(FileNotFoundError):
        if note.read_text() == digest:
            return
    note.unlink(missing_ok=True)
    print(f"loading {waves:,} waves …", file=sys.stderr, flush=True)

    async def load(connection: Connection) -> None:
        await connection.execute(
            "drop schema if exists api, ledger, ledger_migration, bench cascade;"
            "set synchronous_commit to off"
        )
        await migrate.migrate(connection)
        await publish.publish(
            connection, generate.collection_input(min(GENERATED, waves), paths.DATA)
        )
        # Whole lists use none of these, and filling them takes most of the time.
        for row in await connection.fetch(
            "select indexname from pg_indexes where schemaname = 'ledger' "
            "and tablename = 'wave_facet' and indexdef ilike '%using gin%'"
        ):
            await connection.execute(f"drop index ledger.{row['indexname']}")
        await connection.execute(
            "alter table ledger.document drop constraint document_versions_do_not_overlap"
        )
        await connection.execute(generate.multiply(), waves)
        for table in ("document", "wave_facet"):
            await connection.execute(f"vacuum (analyze) ledger.{table}")

    database.run(url, load)
    note.write_text(digest)


def _peak_mb(process: psutil.Process) -> float:
    """Return the peak memory of a process (VmHWM), in MB of 2^20 bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB", status, flags=re.MULTILINE)[0]) / 1024


def read(port: int, path: str) -> Streamed:
    """Read a whole list; raise `StreamError` if the answer is not one."""
    begun = time.perf_counter()
    lines = size = 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    with contextlib.closing(connection):
        connection.request("GET", path)
        response = connection.getresponse()
        if response.status != 200:
            message = f"{path} is answered with {response.status}: {response.read()[:500]!r}"
            raise StreamError(message)
        while piece := response.read1(1 << 18):
            lines += piece.count(b"\n")
            size += len(piece)
    return Streamed(lines, size, time.perf_counter() - begun)


if __name__ == "__main__":
    sys.exit(main())
