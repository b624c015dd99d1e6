"""An identifier → the companies that have it, and which identifiers no company has."""

from __future__ import annotations

from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.company_identifiers import (
    asked_identifiers,
    have_identifiers,
    key_of,
    match_identifiers,
    without_exchange,
)
from layoff_ledger.resources.parameters import Parameters
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


MAX_NAMED = 20
"""What a hint names one by one, if nothing has it."""


async def unknown_identifiers(
    ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> list[str]:
    """Say which identifiers of a request no company has; a list of companies does not show it."""
    if not (asked := asked_identifiers(parameters)):
        return []
    conditions = Conditions.holding_at(snapshot.revision, "facet")
    match_identifiers(conditions, parameters)
    rows = await ledger.fetch(
        conditions.statement(
            "select distinct unnest(facet.identifiers) as key "
            f"from {COMPANY.facet_view} as facet where {conditions.text}"
        )
    )
    known = {row["key"] for row in rows}
    known |= {without_exchange(key) for key in known}
    missing = [one for one in dict.fromkeys(asked) if key_of(*one) not in known]
    named = [f"{scheme} {value[:100]!r}" for scheme, value in missing]
    return [f"no company has {any_of(named)}"] if named else []


def any_of(named: list[str]) -> str:
    """Join what nothing has, the first ones by name."""
    more = [f"{len(named) - MAX_NAMED:,} more"] if len(named) > MAX_NAMED else []
    return " or ".join([*named[:MAX_NAMED], *more])
