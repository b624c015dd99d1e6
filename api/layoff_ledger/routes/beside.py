"""What the page of an answer shows beside it: the names of the requested companies."""

from __future__ import annotations

from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.query import parse
from layoff_ledger.query.vocabularies import names_of
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.operation import AnyRequest, format_of
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def read_beside(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> Beside:
    """Read what a page shows beside its answer; programs get nothing, which takes no query."""
    if not format_of(request).is_page:
        return NOTHING
    return Beside(names=await read_names(ledger, parameters, snapshot))


async def read_names(ledger: Ledger, parameters: Parameters, snapshot: Snapshot) -> dict[str, str]:
    """Read the names of the requested companies, by their ids."""
    asked = {
        one
        for _, known, values in parse.given_codes(parameters)
        if known.vocabulary == "company"
        for one in values
    }
    return await names_of(ledger, asked, snapshot) if asked else {}
