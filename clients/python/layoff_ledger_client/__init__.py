"""Layoff Ledger from Python: `Ledger` is the blocking client, `AsyncLedger` the asyncio one."""

from layoff_ledger_client.client import AsyncLedger, Ledger
from layoff_ledger_client.errors import (
    DamagedDownloadError,
    LedgerError,
    ProblemAnswerError,
    UnexpectedAnswerError,
    UnreachableError,
)
from layoff_ledger_client.exchange import Content, Retries
from layoff_ledger_client.operations import __version__
from layoff_ledger_client.tables import to_arrow, to_pandas, to_polars

__all__ = [
    "AsyncLedger",
    "Content",
    "DamagedDownloadError",
    "Ledger",
    "LedgerError",
    "ProblemAnswerError",
    "Retries",
    "UnexpectedAnswerError",
    "UnreachableError",
    "__version__",
    "to_arrow",
    "to_pandas",
    "to_polars",
]
