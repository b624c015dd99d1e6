"""Writes rows into tables in PostgreSQL's COPY text format, for everything that has many rows.

The lines are made without a database, so a thread can make those of one batch while PostgreSQL
reads those of another. The driver's own way writes values one by one while nothing else can be
sent, and examines every element of a list three times.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from layoff_ledger.statement import Connection

_NULL = "\\N"


def escaped(text: str) -> str:
    """Escape text so that nothing in it has a meaning to COPY."""
    # Checked first, because most texts have none of these. (Translating takes forty times as long.)
    if "\\" in text or "\n" in text or "\t" in text or "\r" in text:
        text = text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
        return text.replace("\r", "\\r")
    return text


def _list(values: Sequence[Any]) -> str:
    """Write a list as PostgreSQL writes an array."""
    if not values:
        return "{}"
    if type(values[0]) is str:
        joined = '","'.join(values)
        # A text that contains a quotation mark has more of them than those around the values.
        if "\\" in joined or joined.count('"') != 2 * len(values) - 2:
            joined = '","'.join(
                [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
            )
        return escaped(f'{{"{joined}"}}')
    return f"{{{','.join([_WRITTEN[type(value)](value) for value in values])}}}"


_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: escaped,
    int: str,
    bool: lambda value: "t" if value else "f",
    tuple: _list,
    list: _list,
    datetime.date: datetime.date.isoformat,
    float: repr,
    Decimal: str,
    bytes: lambda value: f"\\\\x{value.hex()}",
}
"""Type → how a value of it is written. There are no lists of lists and none with nulls."""


def line(row: Iterable[Any]) -> str:
    """Write a row, with the end of its line; raise `KeyError` for a type that no column has."""
    return (
        "\t".join([_NULL if value is None else _WRITTEN[type(value)](value) for value in row])
        + "\n"
    )


def lines(rows: Iterable[Iterable[Any]]) -> bytes:
    """Write rows; raise `KeyError` for a type that no column has."""
    return "".join([line(row) for row in rows]).encode()


async def copy(connection: Connection, table: str, columns: Iterable[str], written: bytes) -> None:
    """Add rows written by `lines` to a table of schema `ledger`."""
    if written:
        await connection.copy_to_table(
            table,
            schema_name="ledger",
            columns=list(columns),
            # The driver takes bytes for a file name, and reads file-like objects in pieces, each by
            # a thread.
            source=memoryview(written),  # type: ignore[arg-type]
            format="text",
        )
