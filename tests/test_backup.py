"""Backups: one file has every revision, is restored whole or not at all, and fits its digests."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx
import psutil
import pytest
from msgspec import Struct

from layoff_ledger import postgres
from layoff_ledger.curation import backup
from layoff_ledger.store.hosts import without_password
from support.databases import address, copy_of, execute, make_database, publish_folder, value
from support.history import READS, pinned
from support.revisions import FIXTURE, edit, retire
from support.services import NOWHERE, command, failed, run, serving, started, wait_for_revision
from support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

BASE = "https://ledger.example"
SCHEMAS_OF_A_LEDGER = "select count(*) from pg_namespace where nspname ~ '^(api|ledger)'"


class Kept(Struct):
    """A ledger with three revisions, the files of the last of them, and a backup of it."""

    url: str
    data: Path
    file: Path


async def three_revisions(server: str, fixture_template: str, data: Path) -> str:
    """Publish an edit, a withdrawal and an addition to the made-up ledger; return its address."""
    url = await make_database(server, fixture_template)
    shutil.copytree(FIXTURE, data)
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    await publish_folder(url, data)
    (data / "waves" / "hooli-2023-12.toml").unlink()
    retire(data, "wave", "hooli-2023-12")
    added = (data / "waves" / "globex-2023-09.toml").read_text()
    (data / "waves" / "globex-2023-11.toml").write_text(added.replace("2023-09", "2023-11"))
    await publish_folder(url, data)
    return url


@pytest.fixture(scope="module")
def kept(server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    url = asyncio.run(three_revisions(server, fixture_template, folder / "data"))
    file = folder / "ledger.dump"
    done = run("backup", str(file), DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert (
        f"wrote {file}: everything up to revision 3, {file.stat().st_size:,} bytes" in done.stdout
    )
    assert list(folder.glob(".*")) == []
    return Kept(url, folder / "data", file)


def told(url: str, data: Path) -> dict[str, bytes]:
    """Return what the real command answers as of each revision."""
    environment = {"DATABASE_URL": url, "LEDGER_URL": BASE}
    with serving("--data", str(data), environment=environment) as client:
        assert client.get("/health/ready").json()["revision"] == 3
        answers = {}
        for path in (*READS, "/v1/waves/hooli-2023-12", "/v1/changes?format=ndjson"):
            for revision in (1, 2, 3):
                answer = client.get(pinned(path, revision))
                gone = path == "/v1/waves/hooli-2023-12" and revision == 3
                assert answer.status_code == (410 if gone else 200), path
                told = answer.json()["tombstone"] if gone else answer.content
                answers[pinned(path, revision)] = told
        return answers


@pytest.mark.slow
async def test_a_restored_ledger_tells_its_whole_past_byte_for_byte(
    server: str, kept: Kept
) -> None:
    url = await make_database(server)

    done = run("restore", str(kept.file), DATABASE_URL=url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("restored revision 3: 8 waves of 4 companies, ")
    assert "every digest correct" in done.stdout
    assert told(url, kept.data) == told(kept.url, kept.data)


async def test_a_restored_ledger_is_published_on(server: str, kept: Kept, data: Path) -> None:
    """It equals a ledger that was never away: the same changes give the same digest."""
    restored, original = await make_database(server), await copy_of(server, kept.url)
    run("restore", str(kept.file), DATABASE_URL=restored)
    shutil.copytree(kept.data, data, dirs_exist_ok=True)
    (data / "waves" / "hooli-2023-12.toml").unlink()
    edit(data, "waves/globex-2023-09.toml", "low = 400", "low = 500")
    digests = []
    for url in (restored, original):
        published = await publish_folder(url, data)
        assert published is not None
        assert published.number == 4
        digests.append(await value(url, "select digest from ledger.revision where number = 4"))

    assert digests[0] == digests[1]


async def test_a_ledger_is_not_replaced_unless_it_is_said(
    server: str, fixture_template: str, kept: Kept
) -> None:
    url = await make_database(server, fixture_template)

    refused = run("restore", str(kept.file), DATABASE_URL=url)

    assert (
        "already has a ledger, at revision 1: restore into an empty database, or give --replace"
        in failed(refused)
    )
    assert await value(url, "select max(number) from ledger.revision") == 1
    assert run("restore", str(kept.file), "--replace", DATABASE_URL=url).returncode == 0
    assert await value(url, "select max(number) from ledger.revision") == 3
    assert await value(url, SCHEMAS_OF_A_LEDGER) == 3


async def test_a_ledger_without_a_revision_is_empty(
    server: str, template: str, kept: Kept, tmp_path: Path
) -> None:
    url = await make_database(server, template)

    nothing = run("backup", str(tmp_path / "file"), DATABASE_URL=url)
    restored = run("restore", str(kept.file), DATABASE_URL=url)

    assert "there is nothing to back up" in failed(nothing)
    assert restored.returncode == 0
    none = run("backup", str(tmp_path / "file"), DATABASE_URL=await make_database(server))
    assert "there is no ledger in this database" in failed(none)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
async def test_a_running_service_turns_to_what_was_restored(
    server: str, kept: Kept, tmp_path: Path
) -> None:
    """To a smaller number, and to the same number in a ledger with another history."""
    url = await copy_of(server, kept.url)
    older = tmp_path / "older.dump"
    other = await make_database(server)
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    await publish_folder(other, data)
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 700")
    await publish_folder(other, data)
    run("backup", str(older), DATABASE_URL=other)
    edit(data, "waves/globex-2023-09.toml", "low = 700", "low = 900")
    await publish_folder(other, data)
    newer = tmp_path / "newer.dump"
    run("backup", str(newer), DATABASE_URL=other)
    paths = [
        "/v1/waves/globex-2023-09",
        "/v1/waves/globex-2023-09?as_of=2",
        "/v1/waves?format=ndjson",
        "/v1/waves?format=ndjson&as_of=2",
        "/v1/revisions/2",
    ]
    environment = {"DATABASE_URL": url}
    with serving("--data", str(kept.data), environment=environment) as client:
        before = {path: client.get(path) for path in paths}
        unchanged = client.get("/v1/waves?as_of=1")
        count = client.get("/v1/waves?company=hooli&limit=1").json()["meta"]["count"]

        assert run("restore", str(newer), "--replace", DATABASE_URL=url).returncode == 0
        wait_until(lambda: low(client) == 900)
        after = {
            path: client.get(path, headers={"if-none-match": before[path].headers["etag"]})
            for path in paths
        }
        recounted = client.get("/v1/waves?company=hooli&limit=1").json()["meta"]["count"]
        assert run("restore", str(older), "--replace", DATABASE_URL=url).returncode == 0
        wait_for_revision(client, 2)
        down = client.get(paths[0]).json()
        never = client.get("/v1/waves?as_of=3")

    for path in paths:
        assert after[path].status_code == 200, path
        assert after[path].content != before[path].content, path
    assert (count, recounted) == (0, 1)
    assert json.loads(after[paths[1]].content)["headcount"]["low"] == 700
    assert down["headcount"]["low"] == 700
    assert never.status_code == 404
    assert unchanged.status_code == 200


def low(client: httpx.Client) -> object:
    return client.get("/v1/waves/globex-2023-09").json()["headcount"]["low"]


async def wait_for_lock(url: str, application: str, query: str) -> None:
    """Wait until a session waits for a lock."""
    connection = await asyncpg.connect(url)
    try:
        for _ in range(1_200):
            if await connection.fetchval(
                "select count(*) from pg_stat_activity where datname = current_database() "
                "and wait_event_type = 'Lock' and application_name = $1 and query ilike $2",
                application,
                query,
            ):
                return
            await asyncio.sleep(0.05)
        pytest.fail("nobody waits for the lock")
    finally:
        await connection.close()


async def kill_while_it_waits(
    url: str, arguments: list[str], lock: str, waits: Callable[[], Awaitable[None]]
) -> list[list[str]]:
    """Kill a command while it waits for a lock; return the command lines of what it had started."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(lock)
            process = subprocess.Popen(
                command(*arguments),
                env={**os.environ, "DATABASE_URL": url},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                await waits()
                children = psutil.Process(process.pid).children(recursive=True)
                lines = [child.cmdline() for child in children]
            finally:
                process.kill()
                process.wait(timeout=60)
            for child in children:
                child.kill()
    finally:
        await connection.close()
    return lines


@pytest.mark.parametrize(
    ("lock", "query", "revision"),
    [
        # All is loaded, and not yet verified.
        ("lock table pg_catalog.pg_statistic in share mode", "analyze %", 1),
        # The new ledger is in its place, and somebody still reads the old one.
        ("lock table ledger.scope_country in access share mode", "drop schema %", 3),
    ],
)
@pytest.mark.slow
async def test_a_killed_restore_leaves_a_whole_ledger(
    server: str, fixture_template: str, kept: Kept, lock: str, query: str, revision: int
) -> None:
    url = await make_database(server, fixture_template)
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": url}) as client:

        async def waits() -> None:
            await wait_for_lock(url, "", query)
            # Readers are not held up meanwhile.
            wait_for_revision(client, revision)
            assert client.get("/v1/companies?count=none").json()["meta"]["revision"] == revision

        await kill_while_it_waits(url, ["restore", str(kept.file), "--replace"], lock, waits)

        page = client.get("/v1/waves?limit=20").json()
        again = run("restore", str(kept.file), "--replace", DATABASE_URL=url)
        wait_for_revision(client, 3)
    assert page["meta"]["revision"] == revision
    assert page["meta"]["count"] == len(page["data"]) == 8
    assert again.returncode == 0, again.stderr
    assert await value(url, SCHEMAS_OF_A_LEDGER) == 3


async def test_a_killed_backup_leaves_no_file(server: str, kept: Kept, tmp_path: Path) -> None:
    url = await copy_of(server, kept.url)
    target = tmp_path / "ledger.dump"

    started = await kill_while_it_waits(
        url.replace("postgres:@", "postgres:very-secret@"),
        ["backup", str(target)],
        "lock table ledger.document in access exclusive mode",
        lambda: wait_for_lock(url, "pg_dump", "%"),
    )

    assert not target.exists()
    assert any("pg_dump" in line[0] for line in started)
    assert "very-secret" not in str(started)


def test_a_backup_does_not_overwrite_unless_it_is_said(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "ledger.dump"
    target.write_text("something")

    refused = run("backup", str(target), DATABASE_URL=kept.url)

    assert f"{target} already exists" in failed(refused)
    assert target.read_text() == "something"
    assert run("backup", str(target), "--force", DATABASE_URL=kept.url).returncode == 0
    assert target.read_bytes()[:5] == b"PGDMP"
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.dump"]
    for wrong in (tmp_path, tmp_path / "nowhere" / "file"):
        assert "folder" in failed(run("backup", str(wrong), "--force", DATABASE_URL=kept.url))


@pytest.mark.parametrize("size", [0, 4, 3_000, -20_000, -200])
async def test_a_file_that_is_not_whole_is_refused(
    server: str, kept: Kept, tmp_path: Path, size: int
) -> None:
    url = await make_database(server)
    file = tmp_path / "half.dump"
    file.write_bytes(kept.file.read_bytes()[:size])

    done = run("restore", str(file), DATABASE_URL=url)

    assert "incomplete" in failed(done)
    assert await value(url, "select to_regnamespace('ledger')") is None


async def test_a_file_that_is_no_backup_is_refused(server: str, tmp_path: Path) -> None:
    url = await make_database(server)
    garbage, other = tmp_path / "garbage", tmp_path / "other"
    garbage.write_bytes(os.urandom(5_000))
    strange = await make_database(server)
    await execute(strange, "create table fruit (name text)")
    program = backup._program("pg_dump")
    subprocess.run([program, "-Fc", "-f", other, strange], check=True)

    assert f"{garbage} is not a backup" in failed(run("restore", str(garbage), DATABASE_URL=url))
    assert f"{other} is a dump, but not of a ledger" in failed(
        run("restore", str(other), DATABASE_URL=url)
    )
    assert f"No such file or directory: {tmp_path / 'no'}" in failed(
        run("restore", str(tmp_path / "no"), DATABASE_URL=url)
    )


async def test_a_backup_of_a_newer_version_is_refused(
    server: str, kept: Kept, tmp_path: Path
) -> None:
    newer = await copy_of(server, kept.url)
    await execute(newer, "insert into ledger_migration.applied values (999, '0999_x', '')")
    file = tmp_path / "newer.dump"
    run("backup", str(file), DATABASE_URL=newer)

    line = failed(run("restore", str(file), DATABASE_URL=await make_database(server)))

    assert (
        f"{file} was made by a newer version: it is at migration 999, and this version only knows"
        in line
    )


@pytest.mark.parametrize(
    ("tampering", "said"),
    [
        (
            "update ledger.document set body = replace(body, '400', '401') "
            "where resource = 'wave' and id = 'globex-2023-09' and first_revision = 2",
            "wave globex-2023-09 of revision 2 is not the document that was published",
        ),
        (
            "delete from ledger.document where resource = 'source' and first_revision = 1 "
            "and id = 'weekly-2023'",
            "source weekly-2023 of revision 1 is not the document that was published",
        ),
        (
            "update ledger.change set id = 'x' where change = 'withdrawn'",
            "revision 3 has a digest that does not match its changes",
        ),
        (
            "delete from ledger.change where revision = 3 and change = 'withdrawn'",
            "of revision 3 is missing",
        ),
        (
            "update ledger.revision set digest = sha256('') where number = 1",
            "revision 1 has a digest that does not match its changes",
        ),
    ],
)
@pytest.mark.slow
async def test_what_was_not_published_is_found(
    server: str, kept: Kept, tmp_path: Path, tampering: str, said: str
) -> None:
    url = await copy_of(server, kept.url)
    await execute(url, tampering)
    file = tmp_path / "tampered.dump"
    run("backup", str(file), DATABASE_URL=url)
    empty = await make_database(server)

    assert said in failed(run("verify", DATABASE_URL=url))
    assert said in failed(run("restore", str(file), DATABASE_URL=empty))
    assert await value(empty, "select to_regnamespace('ledger')") is None


@pytest.mark.slow
def test_the_embedded_ledger_is_backed_up_and_restored_while_it_is_served(tmp_path: Path) -> None:
    environment = {"LEDGER_HOME": str(tmp_path / "home")}
    file = tmp_path / "ledger.dump"
    with started(**environment) as serve:
        written = run("backup", str(file), **environment)
        refused = run("restore", str(file), **environment)
        replaced = run("restore", str(file), "--replace", **environment)
        answer = serve.client.get("/v1/waves?company=globex&limit=7")
        output = serve.end()

    assert written.returncode == 0, written.stderr
    assert "give --replace" in failed(refused)
    assert replaced.returncode == 0, replaced.stderr
    assert answer.json()["meta"]["count"] == 2
    assert "Traceback" not in output
    assert run("verify", **environment).stdout.startswith("revision 1: ")


@pytest.mark.parametrize("verb", [("backup", "FILE"), ("verify",)])
def test_an_unreachable_database_is_said_without_its_password(verb: tuple[str, ...]) -> None:
    line = failed(run(*verb, DATABASE_URL=NOWHERE))

    assert "cannot reach the database" in line
    assert "secret" not in line


@pytest.mark.parametrize(
    ("url", "place", "password"),
    [
        ("postgresql://a:s%40x@h:1/d", "postgresql://a@h:1/d", "s@x"),
        ("postgresql://a:p@q@h/d?sslmode=require", "postgresql://a@h/d?sslmode=require", "p@q"),
        ("postgresql://a@h/d?password=s&host=%2Ftmp", "postgresql://a@h/d?host=%2Ftmp", "s"),
        ("postgresql:///d?user=a&password=s", "postgresql:///d?user=a", "s"),
        ("postgresql:///d?password=s", "postgresql:///d", "s"),
        ("postgresql://postgres:@/d?host=/a%20b", "postgresql://postgres@/d?host=/a%20b", None),
        ("postgresql://a:s@h1:1,h2:2/d", "postgresql://a@h1:1,h2:2/d", "s"),
        ("postgresql://h/d", "postgresql://h/d", None),
        ("nonsense", "nonsense", None),
    ],
)
def test_the_password_is_taken_out_of_an_address(
    url: str, place: str, password: str | None
) -> None:
    assert without_password(url) == (place, password)


@pytest.mark.slow
async def test_a_streaming_replica_is_served_and_backed_up(
    server: str, home: Path, kept: Kept, tmp_path: Path
) -> None:
    """It follows what is published on the primary, and nothing is written to it."""
    url = await copy_of(server, kept.url)
    folder = tmp_path / "replica" / "postgres"
    folder.mkdir(mode=0o700, parents=True)
    program = backup._program("pg_basebackup")
    arguments = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync"]
    subprocess.run(
        [program, "-D", folder, "-d", server, *arguments], check=True, stderr=subprocess.DEVNULL
    )
    # The primary's own socket and users are part of its data.
    for own in (*folder.glob(".s.*"), *folder.glob(".handle_pids.json")):
        own.unlink()
    owner = (home / "postgres" / "PG_VERSION").stat()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
    file = tmp_path / "ledger.dump"
    with postgres.embedded(tmp_path / "replica") as other:
        replica = address(other, str(await value(url, "select current_database()")))
        # Files that the primary has not published: nobody tries to publish them here.
        with serving("--data", str(FIXTURE), environment={"DATABASE_URL": replica}) as client:
            before = client.get("/health/ready").json()["revision"]
            await publish_folder(url, await asyncio.to_thread(one_more, kept.data, tmp_path))
            wait_until(lambda: client.get("/v1/revisions/4").status_code == 200)
        written = run("backup", str(file), DATABASE_URL=replica)
        verified = run("verify", DATABASE_URL=replica)

    assert before == 3
    assert "everything up to revision 4" in written.stdout, written.stderr
    assert verified.stdout.startswith("revision 4: ")


def one_more(data: Path, folder: Path) -> Path:
    """Copy curated files, with an edit."""
    copied = Path(shutil.copytree(data, folder / "data"))
    edit(copied, "waves/globex-2023-09.toml", "low = 400", "low = 500")
    return copied
