"""An identifier → the companies that have it."""

from __future__ import annotations

from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.company_identifiers import have_identifiers
from layoff_ledger.statement import Conditions
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def companies_with(ledger: Ledger, scheme: str, value: str, snapshot: Snapshot) -> list[str]:
    """Return the ids of the companies with an identifier as of a revision, as the filters do."""
    if "\x00" in value:
        return []
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    have_identifiers(conditions, [(scheme, value)])
    rows = await ledger.fetch(
        conditions.statement(
            f"select facet.id from {COMPANY.facet_view} as facet where {conditions.text} "
            "order by facet.id"
        )
    )
    return [row["id"] for row in rows]
