"""What can be drawn: the name of a question → how its answer is read and drawn."""

from __future__ import annotations

from typing import Any

import msgspec

from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.lists import LIST_CHARTS
from layoff_ledger.charts.question import Question
from layoff_ledger.formats import DRAWN_LIST_FORMATS
from layoff_ledger.http.context import Query
from layoff_ledger.query.lists import count_all, plan_all, read_page, stream_all
from layoff_ledger.resources import served
from layoff_ledger.resources.base import Resource
from layoff_ledger.routes.charts import Answered, Drawn, refuse_too_many
from layoff_ledger.routes.computed import (
    ATTRIBUTION,
    NOTICE_STATISTICS,
    NOTICES,
    REBALANCING,
    STATISTICS,
)
from layoff_ledger.store.ledger import Ledger


def _of_list(resource: Resource, parameters: Any) -> Drawn:
    async def read(ledger: Ledger, parameters: Any, base: str) -> Answered:
        """Read a page if one is requested, otherwise the whole list."""
        if parameters.limit is not None or parameters.cursor is not None:
            page = await read_page(ledger, resource, parameters, base=base)
            snapshot, documents = page.snapshot, page.documents
        else:
            planned, snapshot = await plan_all(ledger, resource, parameters)
            refuse_too_many(await count_all(ledger, planned, snapshot))
            batches = stream_all(ledger, planned, snapshot, base=base)
            documents = [document async for batch in batches for document in batch]
        records = [msgspec.json.decode(document, type=resource.struct) for document in documents]
        return Answered(rows=records, drawn=records, snapshot=snapshot)

    async def draw(_: Ledger, __: Any, answered: Answered, question: Question) -> Figure:
        return LIST_CHARTS[resource.name](answered.drawn, question)

    drawn: Any = DRAWN_LIST_FORMATS.with_parameter(parameters)
    return Drawn(f"/v1/{resource.path}", drawn, read, draw)


FIGURES = {
    # The first one is what a page for embedding shows by default.
    "statistics": STATISTICS.drawn(),
    "attribution": ATTRIBUTION.drawn(),
    "rebalancing": REBALANCING.drawn(),
    NOTICES: NOTICE_STATISTICS.drawn(),
    **{
        one.path: _of_list(one, one.listing.parameters)
        for one in served()
        if one.listing is not None and one.name in LIST_CHARTS
    },
}


def name_of(path: str, query: Query) -> str:
    """Return the name of the question that is asked at a path; empty if it cannot be drawn."""
    is_of_notices = path == "/v1/statistics" and query.last("of") == NOTICES
    if is_of_notices or path == "/v1/notices/statistics":
        return NOTICES
    return next((name for name, one in FIGURES.items() if one.path == path), "")
