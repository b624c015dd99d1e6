"""An identifier → the companies that have it."""

from __future__ import annotations

from layoff_ledger.resources.company import COMPANY
from layoff_ledger.statement import Conditions
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

CIK_DIGITS = 10


async def companies_with(ledger: Ledger, scheme: str, value: str, snapshot: Snapshot) -> list[str]:
    """Give the ids of the companies that have an identifier as of a revision.

    A CIK may lack its zeros, letters may be small, and a ticker may lack its exchange.
    """
    if "\x00" in value:
        return []
    written = value.strip().upper()
    if scheme == "cik":
        written = written.removeprefix("CIK").zfill(CIK_DIGITS)
    conditions = Conditions()
    conditions.hold_at(snapshot.revision, "facet")
    if scheme == "ticker" and ":" not in written:
        conditions.add(
            "exists (select from unnest(facet.identifiers) as one where one like 'ticker:%' "
            "and split_part(one, ':', 3) = {})",
            written,
            "text",
        )
    else:
        conditions.add("facet.identifiers && {}", [f"{scheme}:{written}"], "text[]")
    rows = await ledger.fetch(
        conditions.statement(
            f"select facet.id from {COMPANY.facet_view} as facet where {conditions.text} "
            "order by facet.id"
        )
    )
    return [row["id"] for row in rows]
