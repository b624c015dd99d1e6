"""Rows that are written in COPY format say what the driver would have said."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from typing import Any

import pytest

from layoff_ledger import copying
from layoff_ledger.statement import Connection

TYPES = (
    ("text", "text"),
    ("number", "integer"),
    ("small", "smallint"),
    ("truth", "boolean"),
    ("day", "date"),
    ("real", "double precision"),
    ("exact", "numeric"),
    ("digest", "bytea"),
    ("texts", "text[]"),
    ("numbers", "integer[]"),
    ("reals", "double precision[]"),
)
COLUMNS = [name for name, _ in TYPES]
# Everything with a meaning in a line, in an array or in both.
LETTERS = "ab \\\n\r\t\"'{},.NÉ漢🏭\x01\x1f\x7f\u2028"
NASTY = ["", "\\N", "\\.", "NULL", "null", "{}", "\\", '"', "\\\\t", " a ", "\t", "a\nb", "é\\n"]


def rows() -> list[tuple[Any, ...]]:
    """Return rows with every type: plain ones, nulls, and texts that have to be escaped."""
    rng = random.Random(3)  # noqa: S311
    texts = NASTY + ["".join(rng.choices(LETTERS, k=rng.randrange(12))) for _ in range(300)]
    made: list[tuple[Any, ...]] = [(None,) * len(TYPES)]
    for text in texts:
        made.append(
            (
                text,
                rng.randrange(-(2**31), 2**31),
                rng.randrange(-(2**15), 2**15),
                rng.random() < 0.5,
                datetime.date(rng.randrange(1, 9999), 1, 31),
                rng.choice([0.1, 1e-300, -1.5e300, rng.random()]),
                Decimal(rng.choice(["0.10", "11000", "-3", "1E+3", "0.000001"])),
                rng.randbytes(rng.randrange(40)),
                rng.choices(texts, k=rng.randrange(4)),
                tuple(rng.choices(range(-9, 9), k=rng.randrange(4))),
                [rng.random() for _ in range(rng.randrange(3))],
            )
        )
    return made


async def stored(connection: Connection, table: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await connection.fetch(f"select * from ledger.{table}")]


async def test_every_value_arrives_as_the_driver_sends_it(scratch: Connection) -> None:
    given = rows()
    columns = ", ".join(f"{name} {type_}" for name, type_ in TYPES)
    await scratch.execute(f"create table ledger.ours ({columns})")
    await scratch.execute(f"create table ledger.theirs ({columns})")

    await copying.copy(scratch, "ours", COLUMNS, copying.lines(given))
    await scratch.copy_records_to_table(
        "theirs", schema_name="ledger", columns=COLUMNS, records=given
    )

    assert await stored(scratch, "ours") == await stored(scratch, "theirs")


async def test_no_rows_are_written_without_asking_postgresql(scratch: Connection) -> None:
    await copying.copy(scratch, "there_is_no_such_table", ["id"], copying.lines([]))


def test_a_type_that_no_column_has_is_refused() -> None:
    with pytest.raises(KeyError):
        copying.lines([("a", {"b": 1})])
