"""What an operator sees: numbers of all workers, a line for each request, and what is wrong."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from layoff_ledger import paths
from layoff_ledger.curation import verify
from layoff_ledger.observation.names import OperationNames
from layoff_ledger.observation.sampling import take_sample
from layoff_ledger.processes import Verification
from support.databases import execute, make_database
from support.replay import NO_TLS
from support.services import Started, started
from support.waiting import wait_until

pytestmark = pytest.mark.thorough

DEPLOY = paths.PACKAGE.parents[1] / "deploy"
TOKEN = "a-token-that-nobody-guesses"  # noqa: S105 of these tests
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def observed(fixture_database: str) -> Iterator[Started]:
    environment = {
        "DATABASE_URL": fixture_database,
        "LEDGER_METRICS": TOKEN,
        "LEDGER_LOG": "json",
        "LEDGER_RATE_LIMIT": "1000/minute",
    }
    with started("--workers", "2", **environment) as one:
        yield one


def page(observed: Started) -> str:
    answer = observed.client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return answer.text


def samples(observed: Started) -> Samples:
    return {
        (one.name, frozenset(one.labels.items())): one.value
        for family in text_string_to_metric_families(page(observed))
        for one in family.samples
    }


def requests(of: Samples, **labels: str) -> float:
    """Add up the requests with some labels."""
    wanted = set(labels.items())
    return sum(
        value
        for (name, given), value in of.items()
        if name == "ledger_requests_total" and wanted <= given
    )


def ask(observed: Started, path: str, **headers: str) -> httpx.Response:
    """Ask over a separate connection, which either worker may get."""
    address = f"{observed.client.base_url}{path}"
    return httpx.get(address, headers=headers, timeout=30, verify=NO_TLS)


def test_requests_of_all_workers_are_counted_once(observed: Started) -> None:
    before = samples(observed)
    for _ in range(20):
        ask(observed, "/v1/waves?limit=3")
    ask(observed, "/v1/waves?format=csv")
    tag = ask(observed, "/v1/drivers/closure").headers["etag"]
    ask(observed, "/v1/drivers/closure", **{"if-none-match": tag})
    ask(observed, "/nothing/here")
    ask(observed, "/v1/waves?lmit=3")
    # A request is counted once its answer is sent.
    wait_until(lambda: requests(samples(observed)) - requests(before) >= 25)
    after = samples(observed)

    def grew(**labels: str) -> float:
        return requests(after, **labels) - requests(before, **labels)

    assert grew(operation="list_waves", format="json", status="200") == 20
    assert grew(operation="list_waves", cache="ready") >= 16
    assert grew(operation="list_waves", format="csv") == 1
    assert grew(operation="list_waves", status="400", format="problem") == 1
    assert grew(operation="get_driver", status="304", cache="validator") == 1
    assert grew(operation="unknown", status="404") == 1
    assert grew() == 25


def test_a_worker_that_dies_takes_no_number_with_it(observed: Started) -> None:
    ask(observed, "/v1/waves?limit=4")
    before = requests(samples(observed))
    killed = observed.workers()[0]
    killed.kill()
    killed.wait(timeout=60)
    found: Samples = {}
    for _ in range(1_200):
        time.sleep(0.05)
        try:
            found = samples(observed)
        except httpx.TransportError:
            continue
        if found["ledger_worker_restarts_total", frozenset()] == 1:
            break

    assert requests(found) >= before
    assert found["ledger_worker_restarts_total", frozenset()] == 1


def test_numbers_say_what_is_so(observed: Started) -> None:
    for _ in range(1_200):
        found = samples(observed)
        # A worker that has just begun knows of none yet.
        if found["ledger_revision_min", frozenset()] == 1:
            break
        time.sleep(0.05)

    assert found["ledger_revision", frozenset()] == 1
    assert found["ledger_revision_min", frozenset()] == 1
    assert found["ledger_workers", frozenset()] == 2
    assert found["ledger_database_down", frozenset()] == 0
    assert 0 < found["ledger_pool_size", frozenset()] <= 16
    published = observed.client.get("/v1/waves?limit=1").json()["meta"]["published_at"]
    assert abs(time.time() - found["ledger_revision_published_seconds", frozenset()]) < 3600
    assert published


@pytest.mark.parametrize("sent", [None, "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN])
def test_numbers_are_for_who_has_the_token(observed: Started, sent: str | None) -> None:
    answer = observed.client.get(
        "/metrics", headers={} if sent is None else {"authorization": sent}
    )

    assert answer.status_code == 404
    assert "ledger_requests" not in answer.text


def test_there_are_no_numbers_unless_they_are_asked_for(api: httpx.Client) -> None:
    assert api.get("/metrics").status_code == 404


def lines(observed: Started) -> list[dict[str, Any]]:
    text = observed.log.read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def line_of(observed: Started, request_id: str) -> dict[str, Any]:
    for _ in range(3_000):
        found = [one for one in lines(observed) if one.get("request_id") == request_id]
        if found:
            (one,) = found
            return one
        time.sleep(0.02)
    pytest.fail("no line has the request")


def test_a_request_is_a_line_of_json(observed: Started) -> None:
    answer = ask(observed, "/v1/waves?limit=5&format=json", **{"x-request-id": "mine-1"})
    line = line_of(observed, "mine-1")

    assert (line["method"], line["path"], line["query"]) == (
        "GET",
        "/v1/waves",
        "limit=5&format=json",
    )
    assert (line["status"], line["operation"], line["format"]) == (200, "list_waves", "json")
    assert line["bytes"] == len(answer.content) or answer.headers["content-encoding"]
    assert line["revision"] == 1
    assert line["ms"] > 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])


def test_no_line_has_an_address_or_a_header(observed: Started) -> None:
    ask(
        observed,
        "/v1/waves?limit=6",
        **{"x-request-id": "mine-2", "authorization": "secret", "x-forwarded-for": "192.0.2.77"},
    )
    line = json.dumps(line_of(observed, "mine-2"))

    assert "127.0.0.1" not in line
    assert "192.0.2.77" not in line
    assert "secret" not in line
    assert TOKEN not in observed.log.read_text()


def test_nobody_writes_lines_of_their_own(observed: Started) -> None:
    written = "%0a%7b%22status%22:200%7d%1b[31m"
    ask(observed, f"/v1/waves/{written}?q={written}", **{"x-request-id": "mine-3"})

    assert line_of(observed, "mine-3")["path"] == '/v1/waves/\n{"status":200}\x1b[31m'
    assert "\x1b" not in observed.log.read_text()


def test_what_libraries_log_is_json_too(observed: Started) -> None:
    written = [one for one in observed.log.read_text().splitlines() if one]
    plain = [one for one in written if not one.startswith("{")]

    beginning = ("Bringing the ledger's tables", "Publishing", "Layoff Ledger", "Serving on")
    assert all(one.startswith(beginning) for one in plain), plain


def test_a_path_is_known_by_its_operation() -> None:
    names = OperationNames({"/v1/a": "list", "/v1/a/{id:str}": "get", "/v1/a/{id:str}/b": "b"})

    found = [names.find(path) for path in ("/v1/a", "/v1/a/x", "/v1/a/x/b", "/v1/a/x/c", "/v2")]
    assert found == ["list", "get", "b", "unknown", "unknown"]
    for number in range(10_000):
        names.find(f"/{number}")
    assert len(names._known) <= 4_096


NAMES = re.compile(r"\bledger_[a-z_]+")


@pytest.mark.parametrize("file", ["alerts.yml", "alerts_test.yml", "dashboard.json"])
def test_what_is_watched_is_there(observed: Started, file: str) -> None:
    watched = set(NAMES.findall((DEPLOY / file).read_text()))
    given = {name for name, _ in samples(observed)}

    assert len(watched) > 5
    assert watched <= given


def test_the_rules_are_rules(tmp_path: Path) -> None:
    """By Prometheus' own tool, if it is installed; the names are checked above in any case."""
    panels = json.loads((DEPLOY / "dashboard.json").read_text())["panels"]
    assert len({one["title"] for one in panels}) == len(panels) > 10
    assert len({one["id"] for one in panels}) == len(panels)
    asked = [target["expr"] for one in panels for target in one["targets"]]
    rules = [
        {"record": f"panel:{number}", "expr": _filled_in(expression)}
        for number, expression in enumerate(asked)
    ]
    dashboard = tmp_path / "dashboard.yml"
    # YAML has all of JSON.
    dashboard.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": rules}]}))

    promtool = shutil.which("promtool")
    if promtool is not None:
        for arguments in (
            ["check", "rules", DEPLOY / "alerts.yml", dashboard],
            ["test", "rules", DEPLOY / "alerts_test.yml"],
            ["check", "config", "--syntax-only", DEPLOY / "prometheus.yml"],
        ):
            subprocess.run([promtool, *map(str, arguments)], check=True)


def _filled_in(expression: str) -> str:
    """Put into an expression of the dashboard what Grafana puts there."""
    return expression.replace("$__rate_interval", "5m").replace("$instance", ".+")


async def test_a_sample_is_held_to_its_digests(server: str, fixture_template: str) -> None:
    url = await make_database(server, fixture_template)
    right = await take_sample(url, Verification())
    await execute(url, "update ledger.document set body = body || ' ' where id = 'globex-2023-09'")
    wrong = await take_sample(url, right)

    assert right.documents > 30
    assert right.failures == 0
    assert time.time() - right.at < 60
    assert (wrong.documents, wrong.failures, wrong.at) == (right.documents, 1, right.at)


async def test_a_sample_of_nothing_is_no_success(server: str) -> None:
    connection = await asyncpg.connect(await make_database(server))
    try:
        with pytest.raises(verify.VerifyError, match="nothing to verify"):
            await verify.verify_sample(connection)
    finally:
        await connection.close()


def test_readiness_says_what_is_wrong(tmp_path: Path) -> None:
    """A database that goes away; its address and its user are nobody's business."""
    from layoff_ledger import postgres

    with postgres.embedded(tmp_path) as url, started(DATABASE_URL=url) as one:
        pid = int((tmp_path / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        psutil.Process(pid).send_signal(signal.SIGINT)
        psutil.Process(pid).wait(timeout=60) if psutil.pid_exists(pid) else None
        told = one.client.get("/health/ready")
        one.end()

    assert told.status_code == 503
    assert re.search(
        r"(nothing answers at the address of|was stopped|does not answer|is starting or stopping)",
        told.json()["detail"],
    )
    assert "revision 1 is still served" in told.json()["detail"]
    assert str(tmp_path) not in told.text
