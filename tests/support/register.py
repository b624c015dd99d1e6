"""A made-up register of notices, and what an import does with files of notices."""

from __future__ import annotations

import datetime
from pathlib import Path

from layoff_ledger.curation import records
from layoff_ledger.imports import linking, run
from layoff_ledger.statement import Connection

REGISTER = records.Collection(
    id="us-warn",
    name="Made-up notices",
    description="Made up for the tests.",
    license="Apache-2.0",
    origin="Nowhere.",
    retrieved_on=records.PartialDate(datetime.date(2026, 8, 8), "day"),
    attribution="The made-up register",
    missing="Everything else.",
)


async def imported(connection: Connection, *files: Path) -> run.Report:
    """Import files of the register; nobody has judged which companies they belong to."""
    return await run.import_notices(connection, [*files], REGISTER, linking.Judgements())
