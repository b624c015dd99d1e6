"""Rows → an Excel workbook: typed cells under a frozen header, and a sheet that describes them.

Written row by row in constant memory. A text is text: nothing in a cell is ever executed.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layoff_ledger.formats.base import Format, Provenance
from layoff_ledger.resources.base import Column
from layoff_ledger.resources.bibliography import AUTHOR

if TYPE_CHECKING:
    from xlsxwriter.format import Format as CellFormat
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS = 1_048_575
"""Rows of a sheet without its header."""
MAX_TEXT = 32_767
"""Characters per cell; a longer text ends with an ellipsis."""

_WIDTHS = {"date": 12, "integer": 14, "number": 12, "boolean": 10, "list": 28, "string": 24}
_ABOUT_WIDTH = 100


class Workbook:
    """A workbook that is being written: the rows first, then its description."""

    def __init__(self, path: Path, columns: Sequence[Column], provenance: Provenance) -> None:
        """Begin a workbook; temporary files lie beside it."""
        import xlsxwriter  # noqa: PLC0415 starts do without it, which takes a tenth of them

        self._columns, self._provenance = columns, provenance
        self._book = xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "tmpdir": str(path.parent)}
        )
        # Not the clock: the same question to the same revision gives the same file.
        created = provenance.published_at.astimezone(datetime.UTC).replace(tzinfo=None)
        self._book.set_properties(
            {
                "title": provenance.title,
                "author": AUTHOR,
                "comments": provenance.citation,
                "created": created,
            }
        )
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._sheet: Worksheet = self._book.add_worksheet("Data")
        self._sheet.freeze_panes(1, 0)
        for number, column in enumerate(columns):
            self._sheet.set_column(number, number, max(_WIDTHS[column.type], len(column.name) + 2))
            self._sheet.write_string(0, number, column.name, self._bold)
        self._writers = _writers(self._sheet, self._book.add_format({"num_format": "yyyy-mm-dd"}))
        self._rows = 0

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Write some rows; null and an empty list are empty cells."""
        writers = [self._writers[column.type] for column in self._columns]
        for row in rows:
            self._rows += 1
            for number, value in enumerate(row):
                if value is not None and value != []:
                    writers[number](self._rows, number, value)

    def close(self) -> None:
        """Add the sheet that says what the rows are, and write everything."""
        if self._rows:
            self._sheet.autofilter(0, 0, self._rows, len(self._columns) - 1)
        about: Worksheet = self._book.add_worksheet("About")
        about.set_column(0, 0, 28)
        about.set_column(1, 1, 10)
        about.set_column(2, 2, _ABOUT_WIDTH)
        answer = self._provenance
        lines: list[tuple[str, str | int]] = [
            ("Question", answer.title),
            ("Permanent address", answer.url),
            ("Newest answer", answer.latest),
            ("Revision", answer.revision),
            ("Published at (UTC)", answer.published_at.astimezone(datetime.UTC).isoformat()),
            ("Licence", answer.license),
            ("Cite as", answer.citation),
            ("Rows", self._rows),
        ]
        if answer.next is not None:
            lines.append(("There are more: next page", answer.next))
        for number, (name, value) in enumerate(lines):
            about.write_string(number, 0, name, self._bold)
            if isinstance(value, int):
                about.write_number(number, 2, value)
            else:
                about.write_string(number, 2, _text(value))
        head = len(lines) + 1
        for number, name in enumerate(("Column", "Type", "Meaning")):
            about.write_string(head, number, name, self._bold)
        for number, column in enumerate(self._columns, start=head + 1):
            for place, text in enumerate((column.name, column.type, column.meaning)):
                about.write_string(number, place, _text(text))
        self._book.close()


def _writers(sheet: Worksheet, day: CellFormat) -> dict[str, Callable[[int, int, Any], Any]]:
    """Return how a value of each type is written at a row and a column."""

    def date(row: int, column: int, value: Any) -> None:
        sheet.write_datetime(row, column, datetime.date.fromisoformat(str(value)), day)

    def listed(row: int, column: int, value: Any) -> None:
        sheet.write_string(row, column, _text(";".join(map(str, value))))

    def text(row: int, column: int, value: Any) -> None:
        sheet.write_string(row, column, _text(str(value)))

    return {
        "date": date,
        "integer": sheet.write_number,
        "number": sheet.write_number,
        "boolean": sheet.write_boolean,
        "list": listed,
        "string": text,
    }


def _text(value: str) -> str:
    return value if len(value) <= MAX_TEXT else value[: MAX_TEXT - 1] + "…"


XLSX = Format(
    name="xlsx",
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    schema={
        "type": "string",
        "format": "binary",
        "description": "An Excel workbook: typed cells, and a sheet with question, revision, "
        "licence and citation. At most 1,048,575 rows.",
    },
    is_flat=True,
    streams=True,
    open=Workbook,
    suffix=".xlsx",
    max_rows=MAX_ROWS,
    is_compressed=True,
)
