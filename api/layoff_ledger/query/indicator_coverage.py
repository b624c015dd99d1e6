"""Says of which companies the ledger has indicators, where a question about others finds none."""

from __future__ import annotations

from collections.abc import Collection

from layoff_ledger.resources.indicator import INDICATOR
from layoff_ledger.statement import Conditions
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

MAX_NAMED = 25
"""Up to this many companies are named."""


async def lacking_indicators(
    ledger: Ledger, companies: Collection[str], snapshot: Snapshot
) -> list[str]:
    """Say which companies have indicators, if none of the requested ones has any."""
    if not companies:
        return []
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    rows = await ledger.fetch(
        conditions.statement(
            f"select distinct facet.company from {INDICATOR.facet_view} as facet "
            f"where {conditions.text} order by 1"
        )
    )
    found = [row["company"] for row in rows]
    if not found or not set(companies).isdisjoint(found):
        return []
    number = f"{len(found):,} compan{'y' if len(found) == 1 else 'ies'} only"
    named = f": {', '.join(found)}" if len(found) <= MAX_NAMED else ""
    return [f"the ledger has indicators of {number}{named}"]
