"""Rows → Parquet: typed columns for data frames, in row groups, compressed with zstd."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from layoff_ledger.formats.base import Format, Provenance, TableFile
from layoff_ledger.resources.base import Column


def _open(path: Path, columns: Sequence[Column], provenance: Provenance) -> TableFile:
    # Imports pyarrow, which everything else can do without.
    from layoff_ledger.formats.arrow import ParquetFile  # noqa: PLC0415

    return ParquetFile(path, columns, provenance)


PARQUET = Format(
    name="parquet",
    media_type="application/vnd.apache.parquet",
    schema={
        "type": "string",
        "format": "binary",
        "description": "Parquet, compressed with zstd: typed columns with their meanings; the "
        "metadata of the file contain question, revision, licence and citation.",
    },
    is_flat=True,
    streams=True,
    open=_open,
    suffix=".parquet",
    is_compressed=True,
)
