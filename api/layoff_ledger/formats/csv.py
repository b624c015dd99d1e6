"""Documents → CSV: a stable column for everything that a spreadsheet or a data frame needs.

Lists are joined by `;`. It is UTF-8 with a byte order mark, so that Excel reads it correctly, and
follows RFC 4180.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from layoff_ledger.formats.base import Format
from layoff_ledger.resources.base import Column

BYTE_ORDER_MARK = "\ufeff"


def cell(value: Any) -> str:
    """Write one value: null is empty, a list is joined by `;`, a formula becomes text.

    A spreadsheet executes what begins with `=`, `+`, `-`, `@`, a tab or a return. An apostrophe in
    front keeps it text; JSON and NDJSON have the value without it.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list):
        return cell(";".join(str(one) for one in value)) if value else ""
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def csv_rows(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the lines of some rows."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return written.getvalue().encode()


def csv_head(names: Iterable[str]) -> bytes:
    """Return the first line, with the mark by which Excel recognises UTF-8."""
    return BYTE_ORDER_MARK.encode() + csv_rows([list(names)])


def without_mark(head: bytes) -> bytes:
    """Return the first line without the byte order mark, which some programs take for text."""
    return head.removeprefix(BYTE_ORDER_MARK.encode())


def _rows(columns: Sequence[Column], documents: Iterable[bytes]) -> bytes:
    readers = [column.read for column in columns]
    decoded = map(msgspec.json.decode, documents)
    return csv_rows([[read(document) for read in readers] for document in decoded])


CSV = Format(
    name="csv",
    media_type="text/csv",
    # The framework adds the charset to types that begin with `text/`.
    content_type="text/csv; header=present",
    meaning="UTF-8 with a byte order mark unless `bom=false`, RFC 4180; flat columns, lists "
    "joined by `;`.",
    streams=True,
    suffix=".csv",
    is_flat=True,
    head=lambda columns: csv_head(column.name for column in columns),
    rows=_rows,
    table=csv_rows,
)
