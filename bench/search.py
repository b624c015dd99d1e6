"""Measures the completion of names and the search, in the database and without a cache.

Usage: bench/search.py [--companies 100000] [--waves 10000] [--rounds 20]. The names are invented
from syllables and from words that many companies share; the waves are those of generate.py.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import itertools
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

import database
import generate
from layoff_ledger import paths, postgres
from layoff_ledger.curation import migrate, publish, records
from layoff_ledger.search import hits
from layoff_ledger.search.complete import complete
from layoff_ledger.search.query import Fetch, parse_query
from layoff_ledger.search.snippet import snippet
from layoff_ledger.statement import Connection, Statement
from layoff_ledger.store import pool

CACHE = Path(__file__).parent / ".cache"
MOST_MS = 20.0
"""How long completing a name may take."""
SYLLABLES = [
    first + vowel + last
    for first in ("b", "br", "c", "d", "f", "g", "gr", "k", "l", "m", "n", "p", "s", "st", "t", "v")
    for vowel in "aeiou"
    for last in ("", "l", "n", "r", "x")
]
SHARED = generate.Weighted(
    [
        "American", "Global", "First", "United", "National", "International", "General", "Digital",
        "Advanced", "Pacific", "Northern", "Royal", "Standard", "Modern", "Central",
    ]
)  # fmt: skip
TRADES = generate.Weighted(
    [
        "Systems", "Technologies", "Holdings", "Group", "Energy", "Bank", "Health", "Foods",
        "Software", "Pharmaceuticals", "Logistics", "Capital", "Media", "Motors", "Insurance",
        "Semiconductors", "Retail", "Airlines", "Therapeutics", "Networks", "Partners", "Brands",
    ]
)  # fmt: skip


def companies(number: int, seed: int = generate.SEED) -> Iterator[records.Company]:
    """Yield this many companies."""
    rng = random.Random(f"{seed} names")
    for place in range(number):
        name = _name(rng)
        yield records.Company(
            id=f"{name.lower().replace(' ', '-')}-{place}",
            name=name,
            legal_name=f"{name} {rng.choice(['Inc.', 'Corporation', 'plc', 'GmbH'])}",
            aliases=[_name(rng)] if rng.random() < 0.2 else [],
            former_names=[_name(rng)] if rng.random() < 0.1 else [],
            country=generate.COUNTRIES.one(rng),
            industry="51",
            identifiers={
                "cik": f"{place:010}",
                "ticker": f"NYSE:{''.join(rng.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ', k=4))}{place}",
            },
        )


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(SYLLABLES, k=rng.choice([2, 2, 3]))).capitalize()


def _name(rng: random.Random) -> str:
    first = SHARED.one(rng) if rng.random() < 0.2 else _word(rng)
    kind = rng.random()
    if kind < 0.25:
        return first
    return (
        f"{first} {TRADES.one(rng)}" if kind < 0.75 else f"{first} {_word(rng)} {TRADES.one(rng)}"
    )


TYPED = {
    "1 character": ["a", "b", "m", "s", "z", "9"],
    "2 characters": ["am", "ba", "gl", "st", "zz", "00"],
    "3 characters": ["ame", "glo", "sta", "ban", "hol", "qqq"],
    "4 characters": ["amer", "glob", "bank", "syst", "grou", "0000"],
    "6 characters": ["americ", "global", "techno", "holdin", "stanba", "nyse a"],
    "two words": ["american ba", "first national", "global sys", "bank of", "health gr"],
    "typos": [
        "amercian",
        "globl",
        "tecnologies",
        "helth",
        "amrican bnk",
        "pharmacuticals",
        "unitd",
    ],
    "nothing": ["qqqqqqqq", "xqzw jjkw", "zzzzzz bank", "1234567890123", "wqxzvbn systems"],
}
ASKED = [
    "company", "the company", "cut", "costs", "herald", "customer", "recruiting", "costs revenue",
    "2023", "layers of management", "recruting", "chif executve", "global", "qqqqqq",
]  # fmt: skip


async def _measure(work: Callable[[], Awaitable[Any]], rounds: int) -> list[float]:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        await work()
        times.append((time.perf_counter() - begun) * 1_000)
    return times


async def _fill(url: str, number: int, waves: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("drop schema if exists api, ledger, ledger_migration, bench cascade")
    await migrate.migrate(connection)
    given = generate.collection_input(waves, paths.DATA)
    invented = itertools.chain(given.companies, companies(number))
    begun = time.perf_counter()
    await publish.publish(connection, msgspec.structs.replace(given, companies=invented))
    print(f"published in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    await connection.execute("vacuum (analyze)")
    await connection.close()


async def _run(url: str, rounds: int) -> bool:
    connection: Connection = await asyncpg.connect(url, server_settings=pool.SESSION)

    async def fetch(statement: Statement) -> list[Any]:
        return await connection.fetch(statement.text, *statement.arguments)

    reached = True
    print(f"{'completing a name':32}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}  slowest")
    for what, examples in TYPED.items():
        times: list[tuple[float, str]] = []
        for typed in examples:
            work = functools.partial(complete, fetch, typed, 1)
            times += [(one, typed) for one in await _measure(work, rounds)]
        reached &= _print(what, times) <= MOST_MS
    print(f"\n{'searching':32}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}  hits")
    for asked in ASKED:
        number = await _search(fetch, asked)
        times_of_one = await _measure(functools.partial(_search, fetch, asked), max(3, rounds // 4))
        _print(asked, [(one, str(number)) for one in times_of_one])
    await connection.close()
    return reached


async def _search(fetch: Fetch, asked: str) -> int:
    query = await parse_query(fetch, asked, 1)
    rows = await hits.search(fetch, fetch, query, [], 20, revision=1)
    for row in rows:
        snippet(row["body"], row["places"] or [], query)
    return rows[0]["count"] if rows else 0


def _print(what: str, times: list[tuple[float, str]]) -> float:
    """Print a line of the table, and return its 95th percentile."""
    ordered = sorted(one for one, _ in times)
    high = ordered[int(len(ordered) * 0.95)]
    print(
        f"{what:32}{statistics.median(ordered):9.1f}{high:9.1f}{ordered[-1]:9.1f}  {max(times)[1]}"
    )
    return high


def main() -> int:
    """Fill a separate cluster unless it exists, measure, and return whether it is fast enough."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=100_000, help="(%(default)s)")
    parser.add_argument("--waves", type=int, default=10_000, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=20, help="of each question (%(default)s)")
    given = parser.parse_args()
    folder = CACHE / f"search-{given.companies}-{given.waves}"
    note = folder / "digest"
    digest = database.stored_digest().hex() + paths.digest(Path(__file__)).hex()
    with postgres.embedded(folder) as url:
        if not note.exists() or note.read_text() != digest:
            asyncio.run(_fill(url, given.companies, given.waves))
            note.write_text(digest)
        return 0 if asyncio.run(_run(url, given.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
