"""Answers as data frames, with the installed library: extras `arrow`, `pandas`, `polars`.

Each function takes Parquet (`ledger.list_waves_as("parquet")`), which has typed columns and the
whole list in one answer, or any records (`ledger.iter_revisions()`, `statistics.data`).
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from layoff_ledger_client.exchange import Content

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Rows: TypeAlias = Content | Iterable[msgspec.Struct]
PARQUET = "application/vnd.apache.parquet"


def to_arrow(rows: Rows) -> pa.Table:
    """Return an Arrow table; its metadata says what it rests on (question, revision, licence)."""
    import pyarrow as pa  # noqa: PLC0415 an extra
    from pyarrow import parquet  # noqa: PLC0415 the same

    if isinstance(rows, Content):
        return parquet.read_table(_parquet(rows))
    return pa.Table.from_pylist(_plain(rows))


def to_pandas(rows: Rows) -> pd.DataFrame:
    """Return a pandas data frame. Unknown numbers are NaN, unknown text and days are None."""
    return to_arrow(rows).to_pandas()


def to_polars(rows: Rows) -> pl.DataFrame:
    """Return a polars data frame; unknown is null."""
    import polars as pl  # noqa: PLC0415 an extra

    if isinstance(rows, Content):
        return pl.read_parquet(_parquet(rows))
    return pl.DataFrame(_plain(rows), infer_schema_length=None)


def _parquet(content: Content) -> io.BytesIO:
    if content.media_type != PARQUET:
        message = f"a table is made of Parquet, and this is {content.media_type}: ask as 'parquet'"
        raise ValueError(message)
    return io.BytesIO(content.content)


def _plain(rows: Iterable[msgspec.Struct]) -> list[dict[str, Any]]:
    kept = (datetime.date, datetime.datetime)
    return [msgspec.to_builtins(row, builtin_types=kept) for row in rows]
