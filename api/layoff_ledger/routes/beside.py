"""What the page of an answer shows beside it: the names of the requested companies."""

from __future__ import annotations

from layoff_ledger.pages.subject import NOTHING, Beside
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.routes.operation import AnyRequest
from layoff_ledger.routes.responses import format_of, read_names
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


async def read_beside(
    request: AnyRequest, ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> Beside:
    """Read what a page shows beside its answer; programs get nothing, which takes no query."""
    if not format_of(request).is_page:
        return NOTHING
    return Beside(names=await read_names(ledger, parameters, snapshot))
