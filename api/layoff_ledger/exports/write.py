"""Revision → a folder of files: complete or absent, the same bytes each time, in constant memory.

The same bytes for the same code: see `describe.writer`.

Everything is read from one snapshot. The files are written elsewhere and moved into place at the
end, so a crash leaves nothing that looks finished. The clock is not read: an export says when its
revision was published, not when it was made.
"""

from __future__ import annotations

import contextlib
import csv
import shutil
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any, Self

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.exports import describe
from layoff_ledger.exports.describe import Export, File
from layoff_ledger.exports.folders import NOTHING, alone
from layoff_ledger.exports.tables import exported, tables
from layoff_ledger.formats.arrow import ROW_GROUP, array_of, schema_of
from layoff_ledger.query.lists import everything
from layoff_ledger.resources.base import Codes, Column, Json, Table, named
from layoff_ledger.statement import Connection, Statement
from layoff_ledger.store.rendering import row_renderer
from layoff_ledger.store.revisions import by_vocabulary

BATCH = 200
"""Documents that are in memory at once."""


class ExportError(Exception):
    """Nothing was exported; the message says why."""


class Done(Struct, frozen=True):
    """The result of an export."""

    revision: int
    written: bool
    """False if the folder already had this very export."""
    files: int
    bytes: int


async def export(connection: Connection, folder: Path, *, revision: int | None, base: str) -> Done:
    """Write a revision, or the newest one, into a folder that is absent or empty.

    `base` is the prefix of the addresses of records. Whoever exports to the same parent folder
    waits. Raises `ExportError` for an unknown revision and for a folder that contains something
    else.
    """
    with alone(folder.parent):
        if await connection.fetchval("select to_regclass('api.revision')") is None:
            raise ExportError(NOTHING)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute("set local role ledger_reader")
            described = await _described(connection, revision, base)
            if _is_taken(folder, described):
                return _done(folder, described, written=False)
            with _in_its_place(folder) as partial:
                with _Writers(partial, await _codes(connection, described)) as writers:
                    async for documents, filled in _documents(connection, described):
                        writers.add(documents, filled)
                _complete(partial, described, writers.files())
        return _done(folder, described, written=True)


async def _described(connection: Connection, revision: int | None, base: str) -> Export:
    newest = await connection.fetchval("select max(number) from api.revision")
    if newest is None:
        raise ExportError(NOTHING)
    number = newest if revision is None else revision
    if not 1 <= number <= newest:
        message = f"no revision {number}; the newest one is {newest}"
        raise ExportError(message)
    published_at = await connection.fetchval(
        "select published_at from api.revision where number = $1", number
    )
    licenses = await connection.fetch(paths.statement("queries/read_licenses.sql"), number)
    return Export(
        number,
        published_at,
        describe.identity(number, published_at, base),
        base,
        [row["license"] for row in licenses],
    )


def _is_taken(folder: Path, described: Export) -> bool:
    """Return whether a folder has this very export; raise `ExportError` if it has anything else."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        message = f"{folder} is no folder"
        raise ExportError(message)
    if not any(folder.iterdir()):
        return False
    found = describe.identity_of(folder)
    if found is None or found[0] != described.id:
        message = (
            f"{folder} is not empty and is not the export of revision {described.revision}: "
            "choose another folder"
        )
        raise ExportError(message)
    if found[1] != describe.writer():
        message = (
            f"{folder} is the export of revision {described.revision} as another version of this "
            "program wrote it: remove it first, or choose another folder"
        )
        raise ExportError(message)
    damaged = describe.damaged(folder)
    if damaged:
        message = f"{folder} has files that were changed ({', '.join(damaged)}): remove it first"
        raise ExportError(message)
    return True


@contextlib.contextmanager
def _in_its_place(folder: Path) -> Iterator[Path]:
    """Yield a folder to write into, which replaces `folder` when all went well."""
    partial = folder.parent / f".{folder.name}.partial"
    # Anything here is from a run that was killed: nobody else works here.
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        for path in partial.iterdir():
            paths.flush(path)
        paths.flush(partial)
        partial.rename(folder)
        paths.flush(folder.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


async def _documents(
    connection: Connection, described: Export
) -> AsyncIterator[tuple[list[bytes], tuple[Table, ...]]]:
    """Yield batches of documents, one kind after the other, with the tables that they fill."""
    for resource in exported():
        statement = everything(resource, revision=described.revision)
        render = row_renderer(resource, described.base)
        cursor = await connection.cursor(statement.text, *statement.arguments)
        while rows := await cursor.fetch(BATCH):
            yield list(map(render, rows)), resource.tables


async def _codes(connection: Connection, described: Export) -> Codes:
    """Return the names of the codes as of the revision."""
    statement = Statement.named("read_codes", described.revision)
    return by_vocabulary(await connection.fetch(statement.text, *statement.arguments))


class _Writer:
    """Writes the three files of one table."""

    def __init__(self, folder: Path, table: Table, codes: Codes) -> None:
        self._table = msgspec.structs.replace(table, columns=named(table.columns, codes))
        self._paths = {one: folder / f"{table.name}.{one}" for one in describe.FORMATS}
        self._names = [column.name for column in table.columns]
        self._csv_file = self._paths["csv"].open("w", encoding="utf-8", newline="")
        # RFC 4180. No byte order mark and no apostrophe before what a spreadsheet would execute:
        # programs read this, and values stay as they are.
        self._csv = csv.writer(self._csv_file, lineterminator="\r\n")
        self._csv.writerow(self._names)
        self._ndjson = self._paths["ndjson"].open("wb")
        self._schema = schema_of(table.columns)
        self._parquet = pq.ParquetWriter(
            self._paths["parquet"], self._schema, compression="zstd", write_page_index=True
        )
        self._kept: list[pa.RecordBatch] = []
        self._waiting = 0
        self.rows = 0

    def add(self, documents: list[bytes], decoded: list[Json]) -> None:
        """Write the rows of some documents."""
        rows = [row for document in decoded for row in self._table.rows(document)]
        if not rows:
            return
        # By columns, not by cells: what needs no change is not touched.
        values = [[row.get(name) for row in rows] for name in self._names]
        cells = [
            _cells(column, one) for column, one in zip(self._table.columns, values, strict=True)
        ]
        self._csv.writerows(zip(*cells, strict=True))
        lines: Iterable[bytes] = documents
        if not self._table.whole:
            by_row = zip(*values, strict=True)
            lines = map(
                msgspec.json.encode, (dict(zip(self._names, row, strict=True)) for row in by_row)
            )
        self._ndjson.writelines(b"%b\n" % line for line in lines)
        arrays = [
            array_of(column, one) for column, one in zip(self._table.columns, values, strict=True)
        ]
        self._kept.append(pa.RecordBatch.from_arrays(arrays, schema=self._schema))
        self._waiting += len(rows)
        self.rows += len(rows)
        while self._waiting >= ROW_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        """Write a row group of full size, or the rest: where it ends must not depend on chance."""
        waiting = pa.Table.from_batches(self._kept, self._schema)
        self._parquet.write_table(waiting.slice(0, ROW_GROUP), row_group_size=ROW_GROUP)
        rest = waiting.slice(ROW_GROUP)
        # Copied, because a slice keeps everything that it is a slice of.
        self._kept = rest.take(pa.array(range(rest.num_rows), pa.int64())).to_batches()
        self._waiting = rest.num_rows

    def close(self) -> None:
        """Write the rest."""
        if self._waiting:
            self._write_group()
        self._csv_file.close()
        self._ndjson.close()
        self._parquet.close()


class _Writers:
    """Writes all tables side by side: one document adds rows to several."""

    def __init__(self, folder: Path, codes: Codes) -> None:
        self._folder = folder
        self._writers = {table.name: _Writer(folder, table, codes) for table in tables()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()

    def add(self, documents: list[bytes], tables: Iterable[Table]) -> None:
        decoded = [msgspec.json.decode(one) for one in documents]
        for table in tables:
            self._writers[table.name].add(documents, decoded)

    def files(self) -> dict[str, list[File]]:
        """Return the files of each table, once all are closed."""
        return {
            name: [
                describe.file_of(self._folder / f"{name}.{one}", rows=writer.rows)
                for one in describe.FORMATS
            ]
            for name, writer in self._writers.items()
        }


def _cells(column: Column, values: list[Any]) -> list[Any]:
    """Write a column: null is empty, a list is joined by `;`, and a `;` in an item is `%3B`."""
    if column.type == "boolean":
        return [_BOOLEANS[value] for value in values]
    if column.type == "list":
        return [";".join([one.replace(";", "%3B") for one in value or ()]) for value in values]
    return values


_BOOLEANS = {True: "true", False: "false", None: ""}


def _complete(folder: Path, described: Export, files: dict[str, list[File]]) -> None:
    """Add the files that describe the others, and the checksums of all of them last."""
    for name, content in describe.documents(described, files).items():
        (folder / name).write_text(content, encoding="utf-8")
    known = {file.name: file.sha256 for listed in files.values() for file in listed}
    sums = "".join(
        f"{known.get(path.name) or describe.file_of(path).sha256}  {path.name}\n"
        for path in sorted(folder.iterdir())
    )
    (folder / describe.SUMS).write_text(sums, encoding="utf-8")


def _done(folder: Path, described: Export, *, written: bool) -> Done:
    sizes = [path.stat().st_size for path in folder.iterdir()]
    return Done(described.revision, written, len(sizes), sum(sizes))
