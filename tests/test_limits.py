"""Rate limits, and who a client is: what a service with limits answers.

The service of this module has two workers and trusts the proxy on 127.0.0.1, so each test is a
client of its own.
"""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from layoff_ledger import paths
from layoff_ledger.http import clients, timing
from layoff_ledger.http.limits import (
    UNIT_SECONDS,
    WHOLE_UNITS,
    RateLimits,
    SharedCounters,
)
from layoff_ledger.site.document import resolve
from support.revisions import FIXTURE
from support.services import serving

pytestmark = pytest.mark.thorough

UNITS = 30
RATE_LIMIT = re.compile(r'"default";r=(\d+);t=(\d+)')


@pytest.fixture(scope="module")
def limited(fixture_database: str) -> Iterator[httpx.Client]:
    environment = {
        "DATABASE_URL": fixture_database,
        "LEDGER_RATE_LIMIT": f"{UNITS}/minute",
        "LEDGER_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
        "LEDGER_HOSTS": "ledger.example.org",
    }
    with serving("--data", str(FIXTURE), "--workers", "2", environment=environment) as client:
        yield client


_numbers = itertools.count(1)


@pytest.fixture
def address() -> str:
    """A client with an address of its own."""
    return f"192.0.2.{next(_numbers)}"


def ask(limited: httpx.Client, path: str, address: str) -> httpx.Response:
    return limited.get(path, headers={"x-forwarded-for": address, "connection": "close"})


def remaining(answer: httpx.Response) -> int:
    found = RATE_LIMIT.fullmatch(answer.headers["ratelimit"])
    assert found is not None
    assert 1 <= int(found[2]) <= 60
    assert answer.headers["ratelimit-policy"] == f'"default";q={UNITS};w=60'
    return int(found[1])


_questions = itertools.count(1)


def question() -> str:
    """A question that nobody asked before, so that it is not answered from memory."""
    return f"/v1/waves?limit=1&headcount_gte={next(_questions)}"


def test_a_client_that_used_all_up_is_told_when_to_come_back(
    limited: httpx.Client, address: str
) -> None:
    """With a new connection each time, so that both workers are asked: they share one limit."""
    answers = [ask(limited, question(), address) for _ in range(UNITS + 5)]
    refused = answers[-1]
    told = refused.json()

    statuses = [answer.status_code for answer in answers]
    passed = statuses.count(200)
    assert passed <= UNITS
    assert statuses == [200] * passed + [429] * (UNITS + 5 - passed)
    assert [remaining(answer) for answer in answers] == sorted(
        map(remaining, answers), reverse=True
    )
    assert remaining(refused) == 0
    assert (told["code"], told["status"]) == ("too_many_requests", 429)
    assert f"more than {UNITS} units in 60 seconds" in told["detail"]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("/v1/statistics?group_by=year&headcount_gte={}", 1),
        ("/v1/waves?format=csv&headcount_gte={}", 10),
    ],
)
def test_requests_at_once_are_bounded_like_those_one_after_the_other(
    limited: httpx.Client, address: str, path: str, units: int
) -> None:
    async def ask_at_once() -> list[int]:
        bounds = httpx.Limits(max_connections=2 * UNITS)
        headers = {"x-forwarded-for": address}
        async with httpx.AsyncClient(
            base_url=limited.base_url, headers=headers, limits=bounds, timeout=60
        ) as client:
            asked = [client.get(path.format(next(_questions))) for _ in range(2 * UNITS)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    statuses = asyncio.run(ask_at_once())

    assert set(statuses) == {200, 429}
    assert statuses.count(200) <= -(-UNITS // units)


def test_what_is_in_memory_costs_nothing(limited: httpx.Client, address: str) -> None:
    asked = question()
    # What costs little is in memory from the second request on.
    limited.get(asked)
    limited.get(asked)
    for _ in range(2 * UNITS):
        # One connection, so one worker, which has it.
        answer = limited.get(asked, headers={"x-forwarded-for": address})
        assert answer.status_code == 200
        assert "ratelimit" not in answer.headers

    tag = answer.headers["etag"]
    again = limited.get(asked, headers={"x-forwarded-for": address, "if-none-match": tag})
    assert again.status_code == 304
    assert remaining(ask(limited, question(), address)) >= UNITS - 3


@pytest.mark.parametrize(
    ("operation", "path", "status"),
    [
        ("/v1/waves", "/v1/waves?limit=3&seed=1&sample=3", "200"),
        ("/v1/waves", "/v1/waves?nobody=1", "400"),
        ("/v1/waves/{id}", "/v1/waves/nobody", "404"),
        ("/v1/companies/by/{scheme}/{value}", "/v1/companies/by/ticker/GLBX", "301"),
    ],
)
def test_what_is_left_is_documented_wherever_it_is_said(
    limited: httpx.Client, address: str, operation: str, path: str, status: str
) -> None:
    document = limited.get("/openapi.json").json()
    responses = document["paths"][operation]["get"]["responses"]
    documented = resolve(document, responses[status])["headers"]

    answer = ask(limited, path, address)

    assert answer.status_code == int(status)
    limits = {"RateLimit", "RateLimit-Policy"}
    assert {name for name in limits if name in answer.headers} == limits
    assert limits <= documented.keys()


def test_a_whole_list_costs_more_than_a_page(limited: httpx.Client, address: str) -> None:
    first = remaining(ask(limited, question(), address))
    whole = remaining(ask(limited, "/v1/waves?format=csv", address))
    while (last := ask(limited, "/v1/waves?format=ndjson", address)).status_code == 200:
        assert remaining(last) < whole

    assert first - whole == WHOLE_UNITS
    assert last.status_code == 429
    assert last.headers["content-type"] == "application/problem+json"


def test_probes_are_never_refused(limited: httpx.Client, address: str) -> None:
    while ask(limited, question(), address).status_code == 200:
        pass
    assert ask(limited, "/health/ready", address).status_code == 200


def test_a_service_limits_nobody_unless_it_is_set_to(api: httpx.Client) -> None:
    answers = [api.get(question()) for _ in range(2 * UNITS)]

    assert {answer.status_code for answer in answers} == {200}
    assert not any("ratelimit" in answer.headers for answer in answers)


def test_another_client_is_not_held_up(limited: httpx.Client, address: str) -> None:
    while ask(limited, question(), address).status_code == 200:
        pass

    assert ask(limited, question(), f"{address}, 198.18.0.1").status_code == 200
    assert ask(limited, question(), f"{address}, 10.1.2.3").status_code == 429
    assert ask(limited, question(), f"198.51.100.1, {address}").status_code == 429
    # Headers that proxies are not configured to write are the client's own, and count for nothing.
    own = {"x-forwarded-for": address, "forwarded": "for=203.0.113.7"}
    assert limited.get(question(), headers=own).status_code == 429


def scope(client: str, *lines: str, forwarded: str = "") -> Any:
    """What a server passes on of a request with these lines of `X-Forwarded-For`."""
    given = [(b"x-forwarded-for", line.encode()) for line in lines]
    given += [(b"forwarded", forwarded.encode())] if forwarded else []
    return {"client": (client, 1234), "headers": given}


TRUSTED = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1")]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (scope("203.0.113.1"), "203.0.113.1"),
        (scope("203.0.113.1", "1.2.3.4"), "203.0.113.1"),
        (scope("10.0.0.1", "1.2.3.4"), "1.2.3.4"),
        (scope("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.9.9.9"), "1.2.3.4"),
        (scope("10.0.0.1", "6.6.6.6", "1.2.3.4"), "1.2.3.4"),
        (scope("10.0.0.1", "6.6.6.6, 1.2.3.4", "10.9.9.9"), "1.2.3.4"),
        (scope("10.0.0.1", "1.2.3.4, rubbish"), "10.0.0.1"),
        (scope("10.0.0.1", ""), "10.0.0.1"),
        (scope("10.0.0.1", forwarded="for=6.6.6.6"), "10.0.0.1"),
        (scope("10.0.0.1", "1.2.3.4", forwarded="for=6.6.6.6"), "1.2.3.4"),
        (scope("::1", "1.2.3.4"), "1.2.3.4"),
        (scope("::ffff:203.0.113.1"), "203.0.113.1"),
        (scope("2001:db8:1:2:3::4"), "2001:db8:1:2::/64"),
    ],
)
def test_a_client_is_the_last_address_that_no_trusted_proxy_has(given: Any, expected: str) -> None:
    assert clients.site(clients.address_of(given, TRUSTED)) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (scope("203.0.113.1", forwarded="for=1.2.3.4"), "203.0.113.1"),
        (scope("10.0.0.1", forwarded="for=6.6.6.6, For=1.2.3.4:80;by=10.0.0.1"), "1.2.3.4"),
        (scope("10.0.0.1", forwarded='for="[2001:db8:1:2:3::4]:80"'), "2001:db8:1:2::/64"),
        (scope("10.0.0.1", forwarded="for=unknown, for=_hidden"), "10.0.0.1"),
        (scope("10.0.0.1", "6.6.6.6"), "10.0.0.1"),
        (scope("10.0.0.1", "6.6.6.6", forwarded="for=1.2.3.4"), "1.2.3.4"),
        # A quote that the client leaves open does not swallow what the proxy adds.
        (
            scope("10.0.0.1", forwarded='for="[6.6.6.6], for="[2001:db8:1:2:3::4]"'),
            "2001:db8:1:2::/64",
        ),
    ],
)
def test_a_service_may_believe_the_standard_header_instead(given: Any, expected: str) -> None:
    address = clients.address_of(given, TRUSTED, clients.FORWARDED)
    assert clients.site(address) == expected


def test_the_header_that_is_believed_can_be_set(fixture_database: str) -> None:
    environment = {
        "DATABASE_URL": fixture_database,
        "LEDGER_RATE_LIMIT": "2/minute",
        "LEDGER_TRUSTED_PROXIES": "127.0.0.1",
        "LEDGER_FORWARDED": "Forwarded",
    }
    with serving("--data", str(FIXTURE), "--workers", "1", environment=environment) as client:
        statuses = [
            client.get(
                question(), headers={"forwarded": "for=192.0.2.1", "x-forwarded-for": f"10.0.0.{n}"}
            ).status_code
            for n in range(3)
        ]
        other = client.get(
            question(), headers={"forwarded": "for=192.0.2.2", "x-forwarded-for": "10.0.0.0"}
        )

    assert (statuses[0], statuses[2], other.status_code) == (200, 429, 200)


def test_the_shipped_proxies_remove_what_they_do_not_write() -> None:
    """`test_front.py` runs them, if they are installed."""
    nginx = (paths.ROOT / "deploy/nginx.conf").read_text()
    before, _, locations = nginx.partition("location ")
    assert 'proxy_set_header Forwarded "";' in before
    # A location that sets one header inherits none.
    assert "proxy_set_header" not in locations
    assert "unset req.http.Forwarded;" in (paths.ROOT / "deploy/varnish.vcl").read_text()


def test_counters_are_shared_and_end_with_their_window(tmp_path: Path) -> None:
    one, other = SharedCounters(tmp_path), SharedCounters(tmp_path)

    assert [one.incr("a", 600), other.incr("a", 600, amount=3), other.incr("b", 600)] == [1, 4, 1]
    assert [one.get("a"), other.get("a"), one.get("c")] == [4, 4, 0]
    assert 0 < one.get_expiry("a") - time.time() <= 600
    one.incr("d", 1)
    time.sleep(1.05)
    assert [one.get("d"), other.incr("d", 600)] == [0, 1]


COUNT = """
import sys
from pathlib import Path
from layoff_ledger.http.limits import SharedCounters
counters = SharedCounters(Path(sys.argv[1]))
sys.stdin.read()
for _ in range(2000):
    counters.incr("a", 60)
"""


def test_processes_that_count_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen([sys.executable, "-c", COUNT, str(tmp_path)], stdin=subprocess.PIPE)
        for _ in range(2)
    ]
    for process in processes:
        process.communicate()

    assert {process.returncode for process in processes} == {0}
    assert SharedCounters(tmp_path).get("a") == 4000


TAKE_WHOLE = """
import sys
from pathlib import Path
from layoff_ledger.http.limits import RateLimits
from layoff_ledger.http.problems import TooManyRequestsError
limits, passed = RateLimits("300/minute", folder=Path(sys.argv[1])), 0
sys.stdin.read()
for _ in range(300):
    try:
        limits.take_whole("a")
        passed += 1
    except TooManyRequestsError:
        pass
print(passed)
"""


def test_workers_let_no_whole_list_pass_at_once_that_one_after_the_other_would_not(
    tmp_path: Path,
) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE_WHOLE, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(3)
    ]

    passed = [int(process.communicate()[0]) for process in processes]

    assert sum(passed) == 300 / WHOLE_UNITS


def test_more_clients_than_places_are_still_counted(tmp_path: Path) -> None:
    counters = SharedCounters(tmp_path)
    before = (tmp_path / "limits").stat().st_size
    for number in range(40_000):
        counters.incr(str(number), 60)

    assert counters.incr("39999", 60) == 2
    assert (tmp_path / "limits").stat().st_size == before


def test_work_is_paid_by_the_time_that_it_takes() -> None:
    limits = RateLimits("100/minute")
    for seconds, left in [(0.0, 99), (0.09, 98), (0.25, 95), (20.0, 0)]:
        limits.take("a")
        limits.charge("a", seconds)
        ((_, policy), (_, state)) = limits.headers("a")
        assert policy == b'"default";q=100;w=60'
        assert state.startswith(b'"default";r=%d;t=' % left)


def test_what_is_only_waited_for_costs_nothing() -> None:
    limits = RateLimits("100/minute")
    timing.forgive(12.0)
    timing.forgive(8.0)
    limits.take("a")
    limits.charge("a", 20.25)
    assert limits.headers("a")[1][1].startswith(b'"default";r=97;t=')
    # It is forgiven once.
    limits.take("a")
    limits.charge("a", 0.55)
    assert limits.headers("a")[1][1].startswith(b'"default";r=91;t=')
    # And not to any request after it that was not charged by time.
    timing.forgive(12.0)
    timing.begin()
    limits.take("a")
    limits.charge("a", 0.15)
    assert limits.headers("a")[1][1].startswith(b'"default";r=89;t=')


def test_an_export_is_made_at_nobody_s_expense(limited: httpx.Client, address: str) -> None:
    """The first one that asks for it waits for seconds, which it is not charged for."""
    begun = time.monotonic()
    answer = ask(limited, "/v1/exports", address)
    waited = time.monotonic() - begun

    assert answer.status_code == 200
    # Its charge is nothing compared with the wait, however fast the machine is.
    assert UNITS - remaining(answer) <= max(2, waited / UNIT_SECONDS / 2)


@pytest.mark.parametrize("host", ["ledger.example.org", "LEDGER.example.org:8443", "localhost:1"])
def test_a_name_of_the_service_is_what_links_begin_with(limited: httpx.Client, host: str) -> None:
    answer = limited.get("/v1/waves/globex-2023-09", headers={"host": host})

    assert answer.json()["url"].startswith(f"http://{host}/v1/")


@pytest.mark.parametrize("host", ["evil.example", "ledger.example.org.evil.example", "evil:80"])
@pytest.mark.parametrize("path", ["/v1/waves/globex-2023-09", "/", "/v1/waves?format=csv"])
def test_a_foreign_name_is_refused_and_not_echoed(
    limited: httpx.Client, host: str, path: str
) -> None:
    answer = limited.get(path, headers={"host": host})

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_request"
    assert "LEDGER_HOSTS" in answer.json()["detail"]
    assert "evil" not in answer.text + str(answer.headers)


@pytest.mark.parametrize("encoding", ["gzip", "br", "GZIP, identity"])
def test_an_encoded_body_is_refused(api: httpx.Client, encoding: str) -> None:
    """Nothing reads a body, so there is nothing to decode; whoever sends one should know."""
    plain = api.request("GET", "/v1/drivers/closure", content=b"x")
    encoded = api.request(
        "GET", "/v1/drivers/closure", content=b"x", headers={"content-encoding": encoding}
    )

    assert plain.status_code == 200
    assert encoded.status_code == 400
    assert encoded.json()["code"] == "malformed_request"
