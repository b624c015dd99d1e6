"""What the most expensive allowed request of each operation costs, compared with a plain page.

Every operation of the document gets its most expensive request, on the real ledger with its
notices, and never answered from the cache: each time the same question is written differently. It
prints time, and processor time of the service and of PostgreSQL.

    python bench/dearest.py [--as-it-is] [OPERATION…]

The ledger is that of `LEDGER_HOME`, or a new one; `--as-it-is` publishes nothing to it before.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import psutil
from msgspec import Struct

from layoff_ledger import paths, postgres
from servers import serving

PLAIN = "/v1/waves?limit=25"
AS_IT_IS = "--as-it-is"
ROUNDS = 5
SLOW_MS = 400.0
"""Requests that take longer are sent less often."""
MAX_MS = 100.0
"""Processor time; a request that costs more has to be bounded: streamed, drawn in another process
or refused.
"""

# A frequent word, with an exact count; a whole page; and the widest formats.
_WORD = "q=layoffs+cut"
_PAGE = "limit=200"
_FILES = [f"{_PAGE}&format={one}" for one in ("xlsx", "parquet", "csv", "html", "bibtex", "atom")]
_WHOLE = ["format=ndjson", "format=xlsx", "format=parquet"]


def _list(path: str, *more: str, word: bool = True) -> list[str]:
    sorted_ = [f"{_PAGE}&{_WORD}&count=exact"] if word else []
    return [
        f"{path}?{one}" for one in (_PAGE, *sorted_, f"{_PAGE}&sample=200&seed=7", *_FILES, *more)
    ]


DEAREST: dict[str, list[str]] = {
    "list_waves": _list(
        "/v1/waves",
        f"{_PAGE}&expand=company,sources",
        f"{_PAGE}&select=id,citations,drivers,roles,events",
        f"{_PAGE}&driver_not=over_hiring&country_not=US&{_WORD}&sort=-relevance",
        *_WHOLE,
    ),
    "get_wave": ["/v1/waves/{wave}?expand=company,sources", "/v1/waves/{wave}?format=html"],
    "get_wave_history": ["/v1/waves/{wave}/history", "/v1/waves/{wave}/history?format=xlsx"],
    "list_claims": _list("/v1/claims", f"{_PAGE}&conflicting=true&sort=-dated_on", "format=ndjson"),
    "get_claim": ["/v1/claims/{claim}", "/v1/claims/{claim}?format=xlsx"],
    "list_notices": _list("/v1/notices", f"{_PAGE}&possible_duplicate=false&sort=-jobs", "format=ndjson"),
    "get_notice_statistics": [
        f"/v1/notices/statistics?group_by={one}&limit=200"
        for one in ("county,week", "county,month", "company,month", "jurisdiction,industry")
    ],
    "get_notice": ["/v1/notices/{notice}", "/v1/notices/{notice}?format=html"],
    "get_notice_history": ["/v1/notices/{notice}/history"],
    "compare_waves": ["/v1/comparisons?{ten}", "/v1/comparisons?{ten}&format=xlsx"],
    "get_statistics": [
        f"/v1/statistics?group_by={one}&limit=200"
        for one in (
            *("company,month", "driver,role", "driver,role,country", "company,driver,month"),
            *("company,month&spread=true", "company&within_months=12", "month&cumulative=true&fill=true"),
            *("company,week&cumulative=true", "driver,month&cumulative=true&spread=true"),
            *("driver,month&format=svg", "company,year&format=xlsx", f"driver,month&{_WORD}"),
        )
    ],
    "get_attribution": [
        f"/v1/attribution?by={one}" for one in ("month", "company", "year&ids=true", "year&format=svg")
    ],
    "get_timeline": [
        f"/v1/timeline?{one}"
        for one in (_PAGE, f"{_PAGE}&from=2000-01-01&to=2030-01-01", f"{_PAGE}&format=xlsx")
    ],
    "search": [f"/v1/search?q={one}&limit=50" for one in ("layoffs", "cut+jobs", "the+company+said")],
    "list_companies": _list("/v1/companies", *_WHOLE),
    "autocomplete_companies": ["/v1/companies/autocomplete?q=a", "/v1/companies/autocomplete?q=xqzvwk"],
    "get_company_by_identifier": ["/v1/companies/by/ticker/META"],
    "get_company": ["/v1/companies/meta", "/v1/companies/meta?format=html"],
    "get_company_history": ["/v1/companies/meta/history"],
    "get_company_indicators": [
        "/v1/companies/meta/indicators", "/v1/companies/meta/indicators?format=xlsx",
    ],
    "list_indicators": _list("/v1/indicators", "format=svg&company=meta", *_WHOLE, word=False),
    "get_indicator": ["/v1/indicators/{indicator}", "/v1/indicators/{indicator}?format=html"],
    "get_rebalancing": [
        f"/v1/rebalancing?{one}" for one in (_PAGE, f"{_PAGE}&format=xlsx", "company=meta&format=svg")
    ],
    "list_drivers": _list("/v1/drivers"),
    "get_driver": ["/v1/drivers/ai_automation", "/v1/drivers/ai_automation?format=html"],
    "list_roles": _list("/v1/roles"),
    "get_role": ["/v1/roles/recruiting", "/v1/roles/recruiting?format=html"],
    "list_sources": _list("/v1/sources", *_WHOLE),
    "get_source": ["/v1/sources/{source}", "/v1/sources/{source}?format=html"],
    "list_collections": _list("/v1/collections", word=False),
    "get_collection": ["/v1/collections/curated"],
    "list_revisions": [f"/v1/revisions?{_PAGE}"],
    "get_revision": ["/v1/revisions/2"],
    "list_changes": [
        f"/v1/changes?since=0&{one}"
        for one in (_PAGE, f"{_PAGE}&format=xlsx", "format=ndjson", f"{_PAGE}&driver=restructuring")
    ],
    "list_exports": ["/v1/exports"],
    "get_export": ["/v1/exports/{revision}"],
    "get_export_file": ["/v1/exports/{revision}/claims.csv"],
    "get_coverage": ["/v1/coverage", "/v1/coverage?format=html"],
    "get_dictionary": [f"/v1/dictionary{one}" for one in ("", "?format=html", "?format=xlsx")],
    "get_liveness": ["/health/live"],
    "get_readiness": ["/health/ready"],
}  # fmt: skip
BOUNDED = {
    "format=ndjson": "streamed",
    "format=svg": "drawn aside",
    "format=xlsx": "two at once",
    "format=parquet": "two at once",
    "/statistics?": "half of the connections",
}
"""What protects requests for pages from an expensive one, by a part of its address."""


class Cost(Struct, frozen=True):
    """What one request costs, in milliseconds; the median of some."""

    path: str
    status: int
    size: int
    first: float
    wall: float
    service: float
    database: float

    @property
    def work(self) -> float:
        """Return the processor time of both."""
        return self.service + self.database


class Ledger:
    """A running service, whose processes' time can be read."""

    def __init__(self, port: int, server: psutil.Process) -> None:
        """Begin; `server` is PostgreSQL's first process."""
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)
        self._server = server
        self._writings = itertools.count(1)

    def written(self, path: str) -> str:
        """Write a question in a way that has not been used before."""
        bits = next(self._writings)
        if path.startswith(("/health", "/v1/exports", "/v1/revisions/")):
            return path
        before, mark, query = path.partition("?")
        # The answers after a publication have no parameter that can be written in many ways.
        query = query if mark else f"as_of={self.revision}"
        letters = [at for at, letter in enumerate(query) if letter.isalnum()][-24:]
        changed = list(query)
        for place, at in enumerate(letters):
            is_escaped = at > 1 and "%" in query[at - 2 : at]
            if bits >> place & 1 and not is_escaped:
                changed[at] = f"%{ord(query[at]):02X}"
        return f"{before}?{''.join(changed)}"

    def processors(self) -> tuple[float, float]:
        """Return the seconds of processors that service and PostgreSQL have used."""
        service = [
            one for one in psutil.Process().children(recursive=True) if one.name() != "postgres"
        ]
        of_server = [self._server, *self._server.children(recursive=True)]
        # Ended processes, such as a parallel sort, are counted in their parent.
        ended = self._server.cpu_times()
        used = _seconds(of_server) + ended.children_user + ended.children_system
        return _seconds(service), used

    def cost(self, path: str, rounds: int = ROUNDS) -> Cost:
        """Ask some times and return the median."""
        path = path.format(**self.names)
        walls, services, databases = [], [], []
        answer = httpx.Response(500)
        for _ in range(rounds + 1):
            before, begun = self.processors(), time.perf_counter()
            answer = self.client.get(self.written(path), headers={"accept-encoding": "identity"})
            walls.append((time.perf_counter() - begun) * 1000)
            after = self.processors()
            services.append((after[0] - before[0]) * 1000)
            databases.append((after[1] - before[1]) * 1000)
            if walls[0] > SLOW_MS and len(walls) > 2:
                break
        return Cost(
            path,
            answer.status_code,
            len(answer.content),
            walls[0],
            statistics.median(walls[1:]),
            # Process clocks tick every ten milliseconds: a mean, because a median would be 0.
            statistics.fmean(services[1:]),
            statistics.fmean(databases[1:]),
        )

    def learn(self) -> None:
        """Find ids to ask for: those of the largest records, if that can be asked."""
        self.revision = self.client.get("/v1/revisions?limit=1").json()["data"][0]["number"]

        def first(path: str) -> str:
            return str(self.client.get(path).json()["data"][0]["id"])

        waves = self.client.get("/v1/waves?limit=10&driver=ai_automation").json()
        self.names = {
            "revision": str(self.revision),
            "wave": first("/v1/waves?company=meta&limit=1"),
            "claim": quote(first("/v1/claims?company=meta&limit=1"), safe=":"),
            "notice": first("/v1/notices?limit=1"),
            "indicator": first("/v1/indicators?company=meta&limit=1"),
            "source": first("/v1/sources?limit=1"),
            "ten": "&".join(f"wave={one['id']}" for one in waves["data"]),
        }


def _seconds(processes: list[psutil.Process]) -> float:
    used = 0.0
    for one in processes:
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            used += times.user + times.system
    return used


@contextlib.contextmanager
def ledger(*, as_it_is: bool) -> Iterator[Ledger]:
    """Serve the real ledger with its notices."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ledger-bench-"))
        home = Path(os.environ.get("LEDGER_HOME") or folder)
        url = stack.enter_context(postgres.embedded(home))
        environment = {"DATABASE_URL": url, "LEDGER_HOME": str(home)}
        publications = (("publish",), ("import", "warn", "--if-due"))
        for command in () if as_it_is else publications:
            program = [sys.executable, "-m", "layoff_ledger.cli", *command]
            done = subprocess.run(program, env={**os.environ, **environment}, check=False)
            if done.returncode:
                sys.exit(done.returncode)
        port = stack.enter_context(
            serving("layoff_ledger.app:serve_app", environment, ready="/health/ready", factory=True)
        )
        servers = [
            one
            for one in psutil.process_iter(["name"])
            if one.info["name"] == "postgres" and any(str(home) in part for part in one.cmdline())
        ]
        running = Ledger(port, servers[0])
        running.learn()
        yield running
        running.client.close()


def operations() -> set[str]:
    """Return the operations of the document."""
    document = json.loads(paths.OPENAPI.read_bytes())
    return {one["get"]["operationId"] for one in document["paths"].values() if "get" in one}


def main(wanted: list[str]) -> int:
    """Print the table; fail if something costs too much and nothing bounds it."""
    missing = operations() ^ set(DEAREST)
    if missing:
        sys.exit(f"not the operations of the document: {', '.join(sorted(missing))}")
    too_dear = 0
    as_it_is = AS_IT_IS in wanted
    wanted = [one for one in wanted if one != AS_IT_IS]
    with ledger(as_it_is=as_it_is) as running:
        plain = running.cost(PLAIN, 40)
        print(
            f"load {os.getloadavg()[0]:.1f}; a plain page: {plain.wall:.1f} ms, "
            f"{plain.work:.1f} ms of processors"
        )
        print("| operation | its request | ms | times | service | PostgreSQL | first | bytes |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for name in wanted or DEAREST:
            costs = [running.cost(path) for path in DEAREST[name]]
            # A refused mistake costs nothing: here it would be one of this list.
            refused = [one for one in costs if one.status not in {200, 301, 503}]
            for one in sorted(costs, key=lambda one: -one.work):
                times = one.work / plain.work
                # Time also depends on the machine: on a busy one everything takes long.
                is_dear = one.work > MAX_MS
                bound = next((why for part, why in BOUNDED.items() if part in one.path), "")
                note = bound if is_dear else ""
                too_dear += is_dear and not note
                if one is max(costs, key=lambda one: one.work) or is_dear or one in refused:
                    flag = f" **{note or 'dear'}**" if is_dear else ""
                    status = "" if one.status == 200 else f" ({one.status})"
                    print(
                        f"| `{name}` | `{one.path}`{status}{flag} | {one.wall:.1f} | {times:.1f} "
                        f"| {one.service:.1f} | {one.database:.1f} | {one.first:.0f} "
                        f"| {one.size:,} |",
                        flush=True,
                    )
    return 1 if too_dear else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
