"""A page without parameters begins with what is new; programs get everything."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from layoff_ledger.http import context
from layoff_ledger.pages.landing import LANDINGS, beginning
from layoff_ledger.query import parse
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.routes.operation import AnyRequest, operation_of
from layoff_ledger.routes.responses import format_of
from layoff_ledger.store.ledger import Ledger

LandingT = TypeVar("LandingT", bound=AsOf)


async def land(request: AnyRequest, ledger: Ledger, parameters: LandingT) -> LandingT:
    """Return the parameters, with the span at which the page begins if its reader gave none.

    The request is changed as if it had asked for this span, so that the citation of the page, its
    other formats and its next page are about what it shows.
    """
    operation, asked = operation_of(request.route_handler).id, context.of(request.scope)
    landing = LANDINGS[operation]
    if not format_of(request).is_page or any(map(asked.query.names, landing.narrowed_by)):
        return parameters
    value = beginning(operation, await ledger.snapshot_at(parameters.as_of))
    if value is None:
        return parameters
    written = "&".join([*asked.query.written(), f"{landing.parameter}={value}"])
    query = context.parse_query(written.encode())
    request.scope["state"]["context"] = msgspec.structs.replace(asked, query=query)
    return parse.read(type(parameters), query)
