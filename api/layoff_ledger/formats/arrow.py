"""Columns and their values → Arrow and Parquet; shared by answers and exports.

It is separate from `formats.parquet`, because pyarrow takes long to load: only writing Parquet
waits for it.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from layoff_ledger.formats.base import Provenance
from layoff_ledger.resources.base import Column

ROW_GROUP = 10_000
"""Rows per row group of Parquet: a reader skips whole groups, and holds one in memory."""

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "list": pa.list_(pa.string()),
}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """Return the types of some columns, each with its meaning."""
    return pa.schema(
        [
            pa.field(
                column.name,
                _TYPES[column.type],
                nullable=not column.required,
                metadata={"description": column.meaning},
            )
            for column in columns
        ]
    )


def array_of(column: Column, values: list[Any]) -> pa.Array:
    """Return the values of a column with its type."""
    if column.type == "date":
        # A day comes as text from a stored document, as a date from a query.
        days = [None if value is None else str(value) for value in values]
        return pa.array(days, pa.string()).cast(pa.date32())
    if column.type == "list":
        # A list is never null: an empty one says that nothing is named.
        values = [value or [] for value in values]
    return pa.array(values, _TYPES[column.type])


class ParquetFile:
    """A Parquet file that is being written, a row group at a time."""

    def __init__(self, path: Path, columns: Sequence[Column], provenance: Provenance) -> None:
        """Begin a file, whose metadata says what it is."""
        self._columns = columns
        published_at = provenance.published_at.astimezone(datetime.UTC)
        self._schema = schema_of(columns).with_metadata(
            {
                "title": provenance.title,
                "url": provenance.url,
                "revision": str(provenance.revision),
                "published_at": published_at.isoformat(),
                "license": provenance.license,
                "citation": provenance.citation,
                **({} if provenance.next is None else {"next": provenance.next}),
            }
        )
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._waiting: list[Sequence[Any]] = []

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Add some rows, and write full row groups."""
        self._waiting.extend(rows)
        while len(self._waiting) >= ROW_GROUP:
            self._write(self._waiting[:ROW_GROUP])
            del self._waiting[:ROW_GROUP]

    def close(self) -> None:
        """Write the rest."""
        if self._waiting:
            self._write(self._waiting)
        self._writer.close()

    def _write(self, rows: list[Sequence[Any]]) -> None:
        values = map(list, zip(*rows, strict=True))
        arrays = [array_of(column, one) for column, one in zip(self._columns, values, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
