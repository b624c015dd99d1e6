"""What can be drawn: the name of a question → the figure that answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from msgspec import Struct

from layoff_ledger.charts import attribution, notice_statistics, rebalancing, statistics
from layoff_ledger.charts.attribution import AttributionChartParameters
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.layout import MAX_VALUES
from layoff_ledger.charts.lists import LIST_CHARTS
from layoff_ledger.charts.notice_statistics import NoticeStatisticsChartParameters
from layoff_ledger.charts.question import Question, ask
from layoff_ledger.charts.statistics import StatisticsChartParameters
from layoff_ledger.formats import DRAWN_FORMATS, DRAWN_LIST_FORMATS, LOOKS
from layoff_ledger.http.context import Query
from layoff_ledger.http.problems import InvalidParametersError, mistake
from layoff_ledger.query import notice_statistics as counted_notices
from layoff_ledger.query.attribution_reading import read_attribution
from layoff_ledger.query.lists import count_all, plan_all, read_page, search_query_of
from layoff_ledger.query.notice_coverage import coverage
from layoff_ledger.query.rebalancing import RebalancingParameters, read_rebalancing
from layoff_ledger.query.statistics import read_statistics
from layoff_ledger.query.statistics_parameters import check_question
from layoff_ledger.query.uneven_years import uneven_years
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources import served
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.documents import row_renderer
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

NOTICES = "notices"
"""What statistics are of where they are not of waves."""


class Asked(Struct, frozen=True):
    """Where a question is asked."""

    base: str
    path: str
    query: Query

    def address(self, snapshot: Snapshot) -> str:
        """Give the address of the numbers of its answer, for good."""
        asked = self.query.written(without={"as_of", *LOOKS})
        return f"{self.base}{self.path}?{'&'.join([*asked, f'as_of={snapshot.revision}'])}"


Reader = Callable[[Ledger, Any, Asked], Awaitable[tuple[Figure, Snapshot]]]


class Drawn(Struct, frozen=True):
    """A question whose answer can be drawn."""

    path: str
    """Of the operation that is asked."""
    parameters: type[Parameters]
    """With those that say how a chart looks."""
    read: Reader
    """Gives the figure and the revision that it is of; raises what the operation raises."""


async def _question(ledger: Ledger, parameters: Any, asked: Asked, snapshot: Snapshot) -> Question:
    address = asked.address(snapshot)
    return await ask(ledger, parameters, snapshot, address=address, numbers=parameters.numbers)


async def _statistics(
    ledger: Ledger, parameters: StatisticsChartParameters, asked: Asked
) -> tuple[Figure, Snapshot]:
    check_question(parameters)
    statistics.check_measure(parameters)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    counted = statistics.for_chart(parameters)
    groups, meta = await read_statistics(ledger, counted, snapshot, search_query)
    question = await _question(ledger, parameters, asked, snapshot)
    uneven = await uneven_years(ledger, parameters, snapshot, parameters.group_by)
    return statistics.draw(counted, groups, meta, question, uneven), snapshot


async def _notice_statistics(
    ledger: Ledger, parameters: NoticeStatisticsChartParameters, asked: Asked
) -> tuple[Figure, Snapshot]:
    counted_notices.check_question(parameters)
    snapshot = (await ledger.snapshot_at(parameters.as_of)).on_terms_of(NOTICE)
    await check_codes(ledger, parameters, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    counted = notice_statistics.for_chart(parameters)
    groups, meta = await counted_notices.read_statistics(ledger, counted, snapshot, search_query)
    question = await _question(ledger, parameters, asked, snapshot)
    covered = (await coverage(ledger, snapshot)).of(parameters)
    return notice_statistics.draw(counted, groups, meta, question, covered), snapshot


async def _attribution(
    ledger: Ledger, parameters: AttributionChartParameters, asked: Asked
) -> tuple[Figure, Snapshot]:
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    rows, meta = await read_attribution(ledger, parameters, snapshot, search_query)
    question = await _question(ledger, parameters, asked, snapshot)
    by = [] if parameters.by is None else [parameters.by]
    uneven = await uneven_years(ledger, parameters, snapshot, by)
    return attribution.draw(parameters, rows, meta, question, uneven), snapshot


async def _rebalancing(
    ledger: Ledger, parameters: RebalancingParameters, asked: Asked
) -> tuple[Figure, Snapshot]:
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    rows, meta = await read_rebalancing(ledger, parameters, snapshot)
    question = await _question(ledger, parameters, asked, snapshot)
    return rebalancing.draw(rows, meta, question), snapshot


def _list_reader(resource: Resource) -> Reader:
    async def read(ledger: Ledger, parameters: Any, asked: Asked) -> tuple[Figure, Snapshot]:
        """Draw a page where one is asked for, else the whole list."""
        if asked.query.names("limit") or asked.query.names("cursor"):
            page = await read_page(ledger, resource, parameters, base=asked.base)
            snapshot, documents = page.snapshot, page.documents
        else:
            planned, snapshot = await plan_all(ledger, resource, parameters)
            refuse_too_many(await count_all(ledger, planned, parameters, snapshot))
            batches = ledger.pool.stream(planned.stream(), row_renderer(resource, asked.base))
            documents = [document async for batch in batches for document in batch]
        records = [msgspec.json.decode(document, type=resource.struct) for document in documents]
        question = await _question(ledger, parameters, asked, snapshot)
        return LIST_CHARTS[resource.name](records, question), snapshot

    return read


def refuse_too_many(values: int) -> None:
    """Raise `InvalidParametersError` where a chart has no room for so many values."""
    if values > MAX_VALUES:
        raise InvalidParametersError(
            mistake(
                "format",
                f"a chart has room for {MAX_VALUES:,} values, and this question has {values:,}",
                "narrow the question by a filter, or ask for csv",
            )
        )


def _figures() -> dict[str, Drawn]:
    found = {
        name: Drawn(f"/v1/{of}", DRAWN_FORMATS.with_parameter(parameters), read)  # type: ignore[arg-type]
        for name, of, parameters, read in (
            ("statistics", "statistics", StatisticsChartParameters, _statistics),
            ("attribution", "attribution", AttributionChartParameters, _attribution),
            ("rebalancing", "rebalancing", RebalancingParameters, _rebalancing),
            (NOTICES, "statistics", NoticeStatisticsChartParameters, _notice_statistics),
        )
    }
    for resource in served():
        if resource.listing is not None and resource.name in LIST_CHARTS:
            parameters = DRAWN_LIST_FORMATS.with_parameter(resource.listing.parameters)
            path = f"/v1/{resource.path}"
            found[resource.path] = Drawn(path, parameters, _list_reader(resource))  # type: ignore[arg-type]
    return found


FIGURES = _figures()


def name_of(path: str, query: Query) -> str:
    """Give the name of the question that is asked at a path; empty where it cannot be drawn."""
    is_of_notices = path == "/v1/statistics" and query.last("of") == NOTICES
    if is_of_notices or path == "/v1/notices/statistics":
        return NOTICES
    return next((name for name, one in FIGURES.items() if one.path == path), "")
