"""Whole results: a worker never holds one in memory, and one that broke off does not look whole."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import psutil
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

import generate
from support.databases import make_database
from support.services import Started, started

pytestmark = pytest.mark.slow

MANY = 40_000
MOST_GROWTH_KB = 64 * 1024
CURL_PARTIAL_FILE = 18
NAMES = ["ndjson", "csv"]


@pytest.fixture(scope="module")
def large_database(server: str, fixture_template: str) -> str:
    """A database with the made-up ledger, its waves repeated; a single test may break it."""

    async def make() -> str:
        url = await make_database(server, fixture_template)
        connection = await asyncpg.connect(url)
        await connection.execute(generate.multiply(), MANY)
        await connection.execute("analyze ledger.document, ledger.wave_facet")
        await connection.close()
        return url

    return asyncio.run(make())


@pytest.fixture
def service(large_database: str, tmp_path: Path) -> Iterator[Started]:
    """A service of its own, so that its peak memory means something."""
    exports = str(tmp_path / "exports")
    with started(DATABASE_URL=large_database, LEDGER_EXPORTS=exports) as one:
        yield one


@pytest.fixture
def large(service: Started) -> httpx.Client:
    return service.client


def peak_kb(process: psutil.Process) -> int:
    """Return the most memory that a process ever had, in kB."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"^VmHWM:\s+(\d+) kB", status, flags=re.MULTILINE)[0])


def read_lines(client: httpx.Client, path: str) -> tuple[int, int]:
    """Read a whole result piece by piece; return its lines and its bytes."""
    lines = size = 0
    with client.stream("GET", path, headers={"accept-encoding": "identity"}) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_bytes():
            lines += piece.count(b"\n")
            size += len(piece)
    return lines, size


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_holds_no_whole_result(name: str, service: Started, large: httpx.Client) -> None:
    (worker,) = service.workers()
    few, _ = read_lines(large, f"/v1/waves?format={name}&company=hooli")
    before = peak_kb(worker)

    lines, size = read_lines(large, f"/v1/waves?format={name}")

    assert few < MANY / 4
    assert lines == MANY + (name == "csv")
    assert peak_kb(worker) - before <= MOST_GROWTH_KB
    # Anything less would have fitted into memory, and proved nothing; CSV is shorter than its
    # source.
    assert name == "csv" or size > MOST_GROWTH_KB * 1024


@pytest.mark.parametrize("name", ["parquet", "xlsx"])
def test_a_worker_writes_files_in_bounded_memory(
    name: str, service: Started, large: httpx.Client, tmp_path: Path
) -> None:
    (worker,) = service.workers()
    # Loads what writes such files, and what it needs for any.
    assert large.get(f"/v1/waves?format={name}&limit=200").status_code == 200
    before = peak_kb(worker)
    path = tmp_path / f"waves.{name}"
    with large.stream("GET", f"/v1/waves?format={name}", timeout=300) as answer:
        assert answer.status_code == 200
        with path.open("wb") as file:
            for piece in answer.iter_bytes():
                file.write(piece)

    assert path.stat().st_size == int(answer.headers["content-length"])
    assert peak_kb(worker) - before <= MOST_GROWTH_KB
    if name == "parquet":
        assert pq.ParquetFile(path).metadata.num_rows == MANY
        assert pq.ParquetFile(path).metadata.num_row_groups == MANY // 10_000
    else:
        book = CalamineWorkbook.from_path(str(path))
        assert book.get_sheet_by_name("Data").height == MANY + 1


async def break_off(url: str) -> int:
    """End the connections that read a whole result; return how many there were.

    One may be that of the service itself, which reads what each record has when it starts.
    """
    connection = await asyncpg.connect(url)
    try:
        ended = await connection.fetch(
            """
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
                and xact_start is not null and backend_type = 'client backend'
            """
        )
        return len(ended)
    finally:
        await connection.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_notices_a_result_that_broke_off(
    name: str, large: httpx.Client, large_database: str
) -> None:
    read: list[bytes] = []

    def read_and_break_off() -> None:
        with large.stream("GET", f"/v1/waves?format={name}") as answer:
            assert answer.status_code == 200
            for piece in answer.iter_bytes():
                if not read:
                    assert asyncio.run(break_off(large_database)) >= 1
                read.append(piece)

    with pytest.raises(httpx.RemoteProtocolError):
        read_and_break_off()

    assert 0 < b"".join(read).count(b"\n") < MANY
    # The next one is whole again.
    assert read_lines(large, f"/v1/waves?format={name}")[0] >= MANY


def test_curl_notices_a_result_that_broke_off(large: httpx.Client, large_database: str) -> None:
    command = ["curl", "--silent", "--limit-rate", "1M", f"{large.base_url}/v1/waves?format=ndjson"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as curl:
        assert curl.stdout is not None
        assert curl.stdout.readline()
        assert asyncio.run(break_off(large_database)) >= 1
        rest = curl.stdout.read()

    assert curl.returncode == CURL_PARTIAL_FILE
    assert rest.count(b"\n") < MANY
