"""A page without parameters begins with what is new; programs get everything."""

from __future__ import annotations

from typing import TypeVar

from layoff_ledger.http.context import parse_query
from layoff_ledger.pages.landing import LANDINGS, beginning
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.routes.operation import AnyRequest, ask_instead, asked_of
from layoff_ledger.store.ledger import Ledger

LandingT = TypeVar("LandingT", bound=AsOf)


async def land(request: AnyRequest, ledger: Ledger, parameters: LandingT) -> LandingT:
    """Return the parameters, with the span at which the page begins if its reader gave none.

    The request is changed as if it had asked for this span, so that the citation of the page, its
    other formats and its next page are about what it shows.
    """
    asked = asked_of(request)
    landing, query = LANDINGS[asked.operation.id], asked.context.query
    if not asked.format.is_page or any(map(query.names, landing.narrowed_by)):
        return parameters
    value = beginning(asked.operation.id, await ledger.snapshot_at(parameters.as_of))
    if value is None:
        return parameters
    written = "&".join([*query.written(), f"{landing.parameter}={value}"])
    return ask_instead(request, parameters, parse_query(written.encode()))
