"""Many connections at once, and many minutes: the slowest of a hundred answers, and memory.

Called by run.py; README.md says what is compared.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import load
import servers
import service
from layoff_ledger.server import WORKER_BYTES
from load import LoadError, Walk
from table import Row

CROWDS = (32, 512)
"""Connections that ask at once, each for the next page as soon as it has one."""
SLICES = 10
"""A long load is measured in this many parts: memory is checked after each."""
MOST_GROWTH = 1.1
"""What a worker may need at the end, relative to half-way: caches fill, and then stay."""
MIB = 1024**2
WORDS = ("layoffs", "cut", "costs", "demand", "restructuring", "customer", "revenue", "herald")


def tails(work: str, ours: Walk, floor: Walk, seconds: int) -> Iterator[Row]:
    """Return the 99th percentile of each crowd, in rounds that alternate with the floor's."""
    for connections in CROWDS:

        def p99(walk: Walk, connections: int = connections) -> float:
            return walk.measure(seconds=seconds, connections=connections).p99_ms

        named = f"{work}, {connections} connections, p99"
        walks = {f"{named}, ours": ours, f"{named}, floor": floor}
        own, other = load.in_turns(walks, p99, " ms").values()
        yield Row(f"p99 of {connections} connections, {work}", own, other, "ms", digits=1)


def memory(port: int, minutes: float) -> Iterator[Row]:
    """Ask for a mixture of everything for so long, and return what the worker needs then."""
    worker, walk = servers.worker(port), Walk(port, mixture(port))
    seconds = max(1, round(minutes * 60 / SLICES))
    needed: list[int] = []
    requests = 0
    for part in range(1, SLICES + 1):
        try:
            requests += walk.measure(seconds=seconds, connections=load.CONNECTIONS).requests
        except LoadError as error:
            # Failed requests were load, too.
            service.say(f"mixed load, part {part}: {error}")
        needed.append(worker.memory_info().rss)
        service.say(f"mixed load, part {part} of {SLICES}: {needed[-1] / MIB:.0f} MB")
    half, end = needed[SLICES // 2 - 1] / MIB, needed[-1] / MIB
    what = f"memory after {SLICES * seconds / 60:g} min of mixed load ({requests:,} requests)"
    allowed = WORKER_BYTES / MIB
    yield Row(f"{what}, allowed", [end], [allowed], "MB", most=1)
    yield Row(f"{what}, half-way", [end], [half], "MB", most=MOST_GROWTH)


def mixture(port: int) -> list[str]:
    """Return addresses of every kind in turn.

    There are more pages of waves than the cache of answers holds, and fewer records than that of
    documents does: so some of it is found in memory, and some is not.
    """
    ids, companies = service.ids(port, "waves"), service.ids(port, "companies")
    months = [f"{year}-{month:02}" for year in range(2008, 2026) for month in range(1, 13)]
    pages = [f"limit={size}&announced_gte={month}" for size in range(16, 26) for month in months]
    others = (
        [f"/v1/waves/{one}" for one in ids],
        [f"/v1/waves/{one}/history" for one in ids],
        [f"/v1/claims?limit=25&count=none&wave={one}" for one in ids],
        [f"/v1/companies/{one}" for one in companies],
        [f"/v1/companies/autocomplete?q={one[:3]}" for one in companies],
        [f"/v1/waves?limit=10&format=html&company={one}" for one in companies],
        [f"/v1/search?q={word}&limit={size}" for size in range(1, 26) for word in WORDS],
        [f"/v1/changes?since=0&limit={size}" for size in range(1, 201)],
        [f"/v1/statistics?group_by=year,status&announced_gte={month}" for month in months],
    )
    kinds = (
        [f"/v1/waves?{page}" for page in pages],
        [f"/v1/waves?count=none&sort=announced_on&{page}" for page in pages],
        [f"/v1/waves?format=csv&{page}" for page in pages],
        *map(itertools.cycle, others),
    )
    return [one for turn in zip(*kinds, strict=False) for one in turn]
