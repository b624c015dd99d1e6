"""What a process caches from the ledger: bounded documents, and nothing of a former ledger."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import settings
from layoff_ledger.curation import migrate
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.query.lists import read_page
from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import Statement
from layoff_ledger.store.document_memory import OVERHEAD_BYTES, DocumentMemory
from layoff_ledger.store.hosts import Hosts
from layoff_ledger.store.ledger import Ledger, connect
from support.databases import execute, make_database, publish_files, publish_folder
from support.filters import FUZZ
from support.revisions import edit
from support.services import NOWHERE, run
from support.waiting import PATIENCE_SECONDS

pytestmark = pytest.mark.thorough

WAVE = RESOURCES["wave"]
MAX_BYTES = 10_000
NAMESPACE = ("", "wave")


def key(number: int) -> tuple[str, int]:
    return str(number), 1


def kept(memory: DocumentMemory, number: int) -> bytes | None:
    (found,) = memory.find(NAMESPACE, [key(number)])
    return found


@FUZZ
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2_000))))
def test_the_memory_never_takes_more_than_its_bound(asked: list[tuple[int, int]]) -> None:
    memory = DocumentMemory(MAX_BYTES)
    bodies: dict[int, bytes] = {}

    for number, size in asked:
        body = bodies.setdefault(number, bytes([number]) * size)
        found = kept(memory, number)
        assert found in {None, body}
        if found is None:
            memory.put(NAMESPACE, {key(number): body}, memory.generation)
        present = [one for one in memory.find(NAMESPACE, [*map(key, bodies)]) if one is not None]
        assert memory.bytes == sum(len(one) + OVERHEAD_BYTES for one in present) <= MAX_BYTES


def test_what_was_asked_for_last_is_kept() -> None:
    memory = DocumentMemory(MAX_BYTES)
    for number in range(10):
        memory.put(NAMESPACE, {key(number): bytes(800)}, memory.generation)
        assert kept(memory, 0) is not None
    for number in range(10, 13):
        memory.put(NAMESPACE, {key(number): bytes(800)}, memory.generation)

    numbers = [number for number in range(13) if kept(memory, number) is not None]
    assert numbers == [0, *range(4, 13)]


def test_a_body_that_would_drive_out_many_others_is_not_kept() -> None:
    memory = DocumentMemory(MAX_BYTES)
    memory.put(NAMESPACE, {key(1): bytes(MAX_BYTES // 8)}, memory.generation)

    assert kept(memory, 1) is None
    assert memory.bytes == 0


def test_what_was_read_before_everything_was_forgotten_is_not_kept() -> None:
    memory = DocumentMemory(MAX_BYTES)
    memory.put(NAMESPACE, {key(1): b"of the old ledger"}, memory.generation)
    before = memory.generation
    memory.clear()
    memory.put(NAMESPACE, {key(1): b"of the old ledger"}, before)

    assert kept(memory, 1) is None
    assert memory.bytes == 0
    memory.put(NAMESPACE, {key(1): b"of the new ledger"}, memory.generation)
    assert kept(memory, 1) == b"of the new ledger"


async def low(ledger: Ledger, first_revision: int) -> bytes:
    """Read a wave by its version, as a page of a list does, and return its size."""
    (document,) = await ledger.documents.render(WAVE, [("globex-2023-09", first_revision)], base="")
    _, _, rest = document.partition(b'"headcount":{"low":')
    return rest[:3]


async def test_a_version_is_read_once(server: str, data: Path, template: str) -> None:
    """So a page costs one narrow query; here the body is gone, and the page is still there."""
    url = await make_database(server, template)
    await publish_folder(url, data)
    async with connect(settings.read({}), url) as ledger:
        assert await low(ledger, 1) == b"300"
        await execute(url, "update ledger.document set body = replace(body, '300', '301')")
        assert await low(ledger, 1) == b"300"

    async with connect(settings.read({}), url) as another:
        assert await low(another, 1) == b"301"


async def test_a_page_whose_documents_are_gone_is_unavailable(fixture_database: str) -> None:
    """A ledger that is restored between the two queries of a page; an empty body is not JSON."""
    async with connect(settings.read({}), fixture_database) as ledger:
        with pytest.raises(UnavailableError, match="restored while it was read"):
            await ledger.documents.render(WAVE, [("globex-2023-09", 77)], base="")


async def test_a_process_that_starts_without_a_database_waits_for_it() -> None:
    async with connect(settings.read({}), NOWHERE) as ledger:
        with pytest.raises(UnavailableError, match="has not answered yet"):
            await ledger.snapshot_at(None)


async def test_a_ledger_that_is_read_in_part_is_not_taken_for_an_empty_one(
    server: str, fixture_template: str
) -> None:
    """Its revision is there; what belongs to it is locked for longer than the wait."""
    url = await make_database(server, fixture_template)
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("lock table ledger.driver_facet in access exclusive mode")
            async with connect(settings.read({}), url) as ledger:
                with pytest.raises(UnavailableError, match="has not answered yet"):
                    await ledger.snapshot_at(None)
    finally:
        await connection.close()


async def test_a_new_revision_leaves_the_memory_as_it_is(
    server: str, data: Path, template: str
) -> None:
    url = await make_database(server, template)
    await publish_folder(url, data)
    async with connect(settings.read({}), url) as ledger:
        await low(ledger, 1)
        taken = ledger.documents.memory.bytes
        edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
        await publish_folder(url, data)
        await ledger.revisions.refresh()

        assert ledger.revisions.number == 2
        assert ledger.documents.memory.bytes == taken > 0
        assert (await low(ledger, 1), await low(ledger, 2)) == (b"300", b"400")


async def test_a_process_ends_also_in_the_moment_of_a_publication(
    fixture_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both come at the same moment: with `asyncio.wait_for`, the process would go on."""
    told: list[Callable[..., None]] = []
    listen = asyncpg.Connection.add_listener

    async def add_listener(session: Any, channel: str, callback: Any) -> None:
        await listen(session, channel, callback)
        told.append(callback)

    monkeypatch.setattr(asyncpg.Connection, "add_listener", add_listener)
    async with connect(settings.read({}), fixture_database) as ledger:
        watcher = asyncio.create_task(ledger.revisions.watch(Hosts(fixture_database)))
        while len(told) < 2:
            await asyncio.sleep(0.01)
        await ledger.revisions.refresh()
        # Until it waits for the next one.
        await asyncio.sleep(0.1)
        told[-1]()
        await asyncio.sleep(0)
        watcher.cancel()

        done, _ = await asyncio.wait([watcher], timeout=PATIENCE_SECONDS)

        assert done == {watcher}


async def test_what_is_known_of_a_ledger_that_was_restored_is_forgotten(
    server: str, data: Path, template: str, tmp_path: Path
) -> None:
    """The versions of the other history have the same keys, and say something else."""
    url, other = await make_database(server, template), await make_database(server, template)
    backup = tmp_path / "ledger.backup"
    await publish_folder(url, data)
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    await publish_folder(url, data)
    edit(data, "waves/globex-2023-09.toml", "low = 400", "low = 500")
    await publish_folder(other, data)
    assert run("backup", str(backup), DATABASE_URL=other).returncode == 0
    async with connect(settings.read({}), url) as ledger:
        assert (await low(ledger, 1), await low(ledger, 2)) == (b"300", b"400")

        restored = await asyncio.to_thread(
            run, "restore", str(backup), "--replace", DATABASE_URL=url
        )
        await ledger.revisions.refresh()

        assert restored.returncode == 0, restored.stderr
        assert ledger.revisions.number == 1
        assert await low(ledger, 1) == b"500"


async def test_what_is_known_of_a_ledger_that_was_dropped_is_forgotten(
    server: str, data: Path, template: str
) -> None:
    """Also by a process that looks while the new one has no revision yet."""
    url = await make_database(server, template)
    await publish_folder(url, data)
    async with connect(settings.read({}), url) as ledger:
        assert await low(ledger, 1) == b"300"
        connection = await asyncpg.connect(url)
        await connection.execute("drop schema api, ledger, ledger_migration cascade")
        await migrate.migrate(connection)
        await ledger.revisions.refresh()
        with pytest.raises(UnavailableError):
            await ledger.snapshot_at(None)
        edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
        await publish_files(connection, data)
        await connection.close()
        await ledger.revisions.refresh()

        assert ledger.revisions.number == 1
        assert await low(ledger, 1) == b"400"


async def test_costly_questions_leave_connections_for_pages(
    fixture_database: str, tmp_path: Path
) -> None:
    configured = settings.Settings(home=tmp_path, exports=tmp_path, pool_size=2)
    quick, slow = Statement("select 1", ()), Statement("select pg_sleep(1.5)", ())
    async with connect(configured, fixture_database) as ledger:
        # Both connections are made.
        await asyncio.gather(ledger.fetch(slow), ledger.fetch(slow))
        begun = time.monotonic()
        costly = [asyncio.create_task(ledger.fetch_costly(slow)) for _ in range(2)]
        await asyncio.sleep(0.05)

        await ledger.fetch(quick)

        assert not any(one.done() for one in costly)
        await asyncio.gather(*costly)
        # One after the other.
        assert time.monotonic() - begun >= 3


async def test_connections_that_were_closed_while_idle_cost_nobody_an_answer(
    fixture_database: str, tmp_path: Path
) -> None:
    """As after a restart of PostgreSQL, or when a firewall forgets connections."""
    configured = settings.Settings(home=tmp_path, exports=tmp_path, pool_size=6)
    slow = Statement("select pg_sleep(0.3), pg_backend_pid() as pid", ())
    async with connect(configured, fixture_database) as ledger:
        # All six are made, and kept for the next statements.
        sessions = [rows[0]["pid"] for rows in await asyncio.gather(*map(ledger.fetch, [slow] * 6))]
        for pid in sessions:
            await execute(fixture_database, f"select pg_terminate_backend({pid})")
        await asyncio.sleep(0.3)

        again = await asyncio.gather(*map(ledger.fetch, [slow] * 6))

    assert len(set(sessions)) == 6
    assert not {rows[0]["pid"] for rows in again} & set(sessions)


async def test_who_waits_for_a_connection_gets_one_in_the_order_of_asking(
    fixture_database: str, tmp_path: Path
) -> None:
    configured = settings.Settings(home=tmp_path, exports=tmp_path, pool_size=2)
    quick, slow = Statement("select 1", ()), Statement("select pg_sleep(0.3)", ())
    wrong = Statement("select 1 / (pg_sleep(0.3)::text || '0')::integer", ())
    left = Statement("select pg_sleep(60)", ())
    answered: list[int] = []
    async with connect(configured, fixture_database) as ledger:

        async def ask(number: int) -> None:
            await ledger.fetch(quick)
            answered.append(number)

        for failing in (None, wrong, left):
            # Failures, and clients that leave, also pass their connection on to the next one.
            first = [slow, slow] if failing is None else [slow, failing]
            busy = [asyncio.create_task(ledger.fetch(one)) for one in first]
            await asyncio.sleep(0.05)
            waiting = [asyncio.create_task(ask(number)) for number in range(20)]
            await asyncio.sleep(0.05)
            waiting[3].cancel()
            if failing is left:
                busy[1].cancel()
            await asyncio.gather(*busy, *waiting, return_exceptions=True)

            assert sorted(answered) == [number for number in range(20) if number != 3]
            # One of the two connections may have to be made again first.
            assert max(answered[:8]) < 12
            answered.clear()


@pytest.mark.parametrize("asked", [{"sample": 2}, {"q": "globex", "sort": "-relevance"}])
async def test_what_looks_at_all_that_matches_waits_for_its_turn(
    fixture_database: str, tmp_path: Path, asked: dict[str, Any]
) -> None:
    configured = settings.Settings(home=tmp_path, exports=tmp_path, pool_size=2)
    listing = WAVE.listing
    assert listing is not None
    async with connect(configured, fixture_database) as ledger:
        costly = asyncio.create_task(ledger.fetch_costly(Statement("select pg_sleep(1.5)", ())))
        await asyncio.sleep(0.05)
        parameters = listing.parameters(count="none", **asked)
        page = asyncio.create_task(read_page(ledger, WAVE, parameters, base="http://l"))

        plain = await read_page(ledger, WAVE, listing.parameters(count="none"), base="http://l")

        assert plain.documents
        assert not costly.done()
        assert not page.done()
        await costly
        assert (await page).documents


async def test_a_stream_is_read_ahead_while_its_reader_is_busy(
    fixture_database: str, tmp_path: Path
) -> None:
    """The database goes on with the next batch, and stops when the reader leaves."""
    configured = settings.Settings(home=tmp_path, exports=tmp_path, pool_size=1)
    numbers = Statement(
        "select number, case number when 201 then pg_sleep(600) end "
        "from generate_series(1, 1000) as number",
        (),
    )
    states = (
        "select state from pg_stat_activity "
        "where datname = current_database() and query like 'select number, case %'"
    )
    watching = await asyncpg.connect(fixture_database)
    async with connect(configured, fixture_database) as ledger:
        stream = ledger.pool.stream(numbers, lambda row: row["number"])
        assert await anext(stream) == list(range(1, 201))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await watching.fetchval(states) != "active":
                await asyncio.sleep(0.02)

            await stream.aclose()

            # By the only connection that there is.
            await ledger.fetch(Statement("select 1", ()))
    await watching.close()
