"""Writes which waves have which values: one SQLite file per revision, made from that of columns.

`store.postings_file` says what is in it, and reads it.
"""

from __future__ import annotations

import array
import contextlib
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
from pyroaring import BitMap

from layoff_ledger.resources.wave import WAVE
from layoff_ledger.store import checksum
from layoff_ledger.store.columns_file import list_table, numbers_of
from layoff_ledger.store.postings import has_sets
from layoff_ledger.store.postings_file import ASCRIPTIONS, DAY, INDEX, ORDERED, SCHEMA
from layoff_ledger.store.postings_orders import other_orders

MAX_SETS = 100_000
"""The most values of a facet that are written: if there are more, an index of PostgreSQL finds each
at once.
"""
_ROWS = 250_000
"""Waves whose values are in memory at once."""
_PAGE_BYTES = 32_768
"""Larger than usual: a set may take a hundred kilobytes, and is read at once."""
_WAVES = WAVE.facet_view
_ASCRIBED = (
    f"select list.value from {list_table(ASCRIPTIONS)} as list "
    f"where list.number = wave.{numbers_of(ASCRIPTIONS)}"
)
"""SQL of the list of a wave, from its number."""


def write(source: Path, path: Path, *, memory: str) -> None:
    """Write the postings of the contents of a file of columns."""
    config: dict[str, Any] = {"threads": 2, "memory_limit": memory, "temp_directory": f"{path}.tmp"}
    with (
        duckdb.connect(source, read_only=True, config=config) as file,
        contextlib.closing(sqlite3.connect(path, isolation_level=None)) as postings,
    ):
        # If it is killed, nobody takes what it leaves for a finished file.
        postings.execute(f"pragma page_size = {_PAGE_BYTES:d}")
        postings.execute("pragma journal_mode = off")
        postings.execute("pragma synchronous = off")
        postings.executescript(SCHEMA)
        postings.execute("begin")
        _write_waves(file, postings)
        _write_orders(file, postings)
        kept = {name for name, *_ in file.execute(f"describe {_WAVES}").fetchall()}
        for facet in WAVE.facets:
            if facet.name == ASCRIPTIONS:
                _write_facet(file, postings, facet.name, f"unnest(({_ASCRIBED}))")
            elif facet.name in kept and has_sets(facet):
                is_list = facet.plain_type == "text[]"
                one = f"unnest({facet.name})" if is_list else f"cast({facet.name} as varchar)"
                _write_facet(file, postings, facet.name, one)
        postings.execute(INDEX)
        postings.execute("commit")
    checksum.write(path)


def _write_waves(file: duckdb.DuckDBPyConnection, postings: sqlite3.Connection) -> None:
    """Number the waves, and write down which wave has which number."""
    file.execute(
        "create temp table numbered as select rowid as place, "
        f"(row_number() over (order by {DAY} desc, id desc) - 1)::uinteger as number from {_WAVES}"
    )
    day = f"(datediff('day', date '0001-01-01', {DAY}) + 1)::integer"
    file.execute(
        f"select number, id, first_revision, {day} from numbered "
        f"inner join {_WAVES} as wave on wave.rowid = numbered.place order by number"
    )
    while rows := file.fetchmany(_ROWS):
        postings.executemany("insert into wave values (?, ?, ?, ?)", rows)
    postings.execute("insert into day select day, min(number) from wave group by day")


def _write_orders(file: duckdb.DuckDBPyConnection, postings: sqlite3.Connection) -> None:
    """Write the waves in other orders than that of their numbers."""
    others = other_orders(WAVE.sorts.values(), WAVE.sorts[f"-{DAY}"])
    kept = [key for key, sort in others.items() if sort.type in ORDERED]
    for nth, key in enumerate(kept):
        postings.execute("insert into other_order values (?, ?)", (nth, key))
        file.execute(
            f"select {nth}, (row_number() over (order by value, id) - 1)::uinteger as rank, "
            f"number, value from (select number, id, {key} as value from numbered "
            f"inner join {_WAVES} as facet on facet.rowid = numbered.place) order by rank"
        )
        while rows := file.fetchmany(_ROWS):
            postings.executemany("insert into ranked values (?, ?, ?, ?)", rows)


def _write_facet(
    file: duckdb.DuckDBPyConnection, postings: sqlite3.Connection, facet: str, one: str
) -> None:
    """Write the numbers of the waves that have each value of a facet, unless there are too many.

    `one` is the SQL of the values of a wave.
    """
    sets: defaultdict[str | None, BitMap] = defaultdict(BitMap)
    # Something is known about every wave, so this exists for each facet that is written.
    sets[None] = BitMap()
    (last,) = file.execute("select coalesce(max(place), -1) from numbered").fetchall()[0]
    for begin in range(0, last + 1, _ROWS):
        found = file.execute(
            "select value, list(number) as numbers from ("
            f"select {one} as value, number from numbered "
            f"inner join {_WAVES} as wave on wave.rowid = numbered.place "
            "where numbered.place >= $1 and numbered.place < $2 "
            "and wave.rowid >= $1 and wave.rowid < $2) group by value",
            [begin, begin + _ROWS],
        ).to_arrow_table()
        for batch in found.to_batches():
            lists = batch.column("numbers")
            flat, offsets = (
                memoryview(lists.values.buffers()[1]).cast("I"),
                lists.offsets.to_pylist(),
            )
            for nth, value in enumerate(batch.column("value").to_pylist()):
                sets[value] |= BitMap(
                    array.array("I", flat[offsets[nth] : offsets[nth + 1]].tobytes())
                )
        if len(sets) > MAX_SETS:
            return
    postings.executemany(
        "insert into posting values (?, ?, ?)",
        ((facet, value, _written(numbers)) for value, numbers in sets.items()),
    )


def _written(numbers: BitMap) -> bytes:
    numbers.run_optimize()
    return numbers.serialize()
