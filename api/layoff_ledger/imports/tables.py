"""Files that people have → rows of text: CSV and its like, JSON lines, sheets of a workbook.

It says nothing about what a column means. Cells stay as they are written; numbers and days of a
workbook, which has no text for them, are written plainly.
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import msgspec
import python_calamine
from msgspec import Struct

from layoff_ledger.imports import sizes

LONGEST_CELL = 1_000_000
WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
JSON_LINES = frozenset({".jsonl", ".ndjson"})
Row = dict[str, str]


class TableError(Exception):
    """A file that cannot be read; the message says why, and what to do."""


class Table(Struct, frozen=True):
    """One table of a file."""

    name: str
    """The file, with its sheet if there are several."""
    header: list[str]
    rows: Iterator[tuple[int, Row]]
    """The number of each row in its file, and its cells by column."""


def tables_of(path: Path) -> Generator[Table, None, None]:
    """Yield the tables of a file; raise `TableError` if it is not one.

    The rows of each have to be read before the next table is requested.
    """
    suffix = path.suffix.lower()
    try:
        check = sizes.check_workbook if suffix in WORKBOOKS else sizes.check_file
        check(path)
    except sizes.SizeError as error:
        raise TableError(str(error)) from error
    if suffix in WORKBOOKS:
        yield from _sheets(path)
    elif suffix in JSON_LINES:
        yield _json_lines(path)
    else:
        yield from _text(path)


def _text(path: Path) -> Iterator[Table]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            # A name may contain a comma, but the header has more of the real separator.
            line = file.readline()
            delimiter = max("\t,;|", key=lambda one: (line.count(one), one == ","))
            file.seek(0)
            reader = csv.DictReader(file, delimiter=delimiter)
            header = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = header
            # Without the cells beyond the header, which have no name.
            rows = ((reader.line_num, {name: row[name] or "" for name in header}) for row in reader)
            yield Table(path.name, header, rows)
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> TableError:
    return TableError(f"{path}: {error}; save it as CSV in UTF-8")


def _json_lines(path: Path) -> Table:
    header: dict[str, None] = {}
    rows: list[tuple[int, Row]] = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                one = msgspec.json.decode(line, type=dict[str, Any])
            except msgspec.DecodeError as error:
                message = f"{path}: line {number} is not a JSON object: {error}"
                raise TableError(message) from error
            header |= dict.fromkeys(one)
            rows.append((number, {name: written(value) for name, value in one.items()}))
    return Table(path.name, list(header), iter(rows))


def _sheets(path: Path) -> Iterator[Table]:
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
    except (python_calamine.CalamineError, OSError) as error:
        message = f"{path}: {error}; save it as an Excel workbook, or as CSV"
        raise TableError(message) from error
    names = workbook.sheet_names
    for name in names:
        lines = iter(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
        header: list[str] = []
        first = 0
        # Titles come before the header: that is the first line with more than two cells.
        for line in lines:
            first += 1
            header = [written(cell).strip() for cell in line]
            if sum(map(bool, header)) > 2:  # noqa: PLR2004 see above
                break
        else:
            continue
        yield Table(
            path.name if len(names) == 1 else f"{path.name}, sheet {name}",
            [one for one in header if one],
            _sheet_rows(header, lines, first),
        )


def _sheet_rows(header: list[str], lines: Iterator[Any], first: int) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(lines, start=first + 1):
        cells = [written(cell) for cell in line]
        if any(cells):
            yield number, {name: cell for name, cell in zip(header, cells, strict=False) if name}


def written(value: Any) -> str:
    """Write a value as the text that a CSV cell would have."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list):
        return "; ".join(map(written, value))
    return str(value)
