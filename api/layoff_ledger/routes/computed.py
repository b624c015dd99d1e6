"""Answers that are computed from records: each is a table and can be drawn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Stream
from msgspec import Struct

from layoff_ledger.charts import attribution, notice_statistics, rebalancing, statistics
from layoff_ledger.charts.attribution import AttributionChartParameters
from layoff_ledger.charts.drawing import is_installed
from layoff_ledger.charts.figure import Figure
from layoff_ledger.charts.groups import limit_of
from layoff_ledger.charts.layout import Size
from layoff_ledger.charts.notice_statistics import NoticeStatisticsChartParameters
from layoff_ledger.charts.question import Question
from layoff_ledger.charts.statistics import StatisticsChartParameters
from layoff_ledger.formats import DRAWN_FORMATS
from layoff_ledger.formats.chart import CHART_WIDTHS
from layoff_ledger.http.context import Parameter
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query import attribution as ascribed
from layoff_ledger.query import notice_statistics as counted_notices
from layoff_ledger.query import (
    notice_statistics_table,
    parse,
    rebalancing_rows,
    statistics_table,
)
from layoff_ledger.query.attribution_reading import read_attribution
from layoff_ledger.query.dimensions import MAX_GROUPS
from layoff_ledger.query.lists import search_query_of
from layoff_ledger.query.notice_coverage import coverage
from layoff_ledger.query.rebalancing import RebalancingParameters, read_rebalancing
from layoff_ledger.query.statistics import Statistics, read_statistics
from layoff_ledger.query.statistics_parameters import check_question
from layoff_ledger.query.uneven_years import periods_of, uneven_years
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources.base import Column, Resource
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.parameters import AsOf
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.charts import (
    Answered,
    Drawn,
    QuestionAddress,
    height_of,
    respond_with_chart,
)
from layoff_ledger.routes.citations import respond_with_question
from layoff_ledger.routes.links import addresses
from layoff_ledger.routes.operation import AnyRequest, asked_of, format_of
from layoff_ledger.routes.responses import respond
from layoff_ledger.routes.rows import respond_with_table
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

NOTICES = "notices"
"""What statistics count if they do not count waves."""


class Computed(Struct, frozen=True, kw_only=True):
    """How one kind of these answers is read, written and drawn."""

    what: str
    """What it is called in citations and file names."""
    path: str
    """The path of the operation that draws it."""
    fixed: dict[str, str] = {}
    """Parameters that distinguish it from other answers at the path."""
    parameters: Any
    """The parameters of its chart, including those that say how the chart looks."""
    answer: type[Struct]
    terms: Resource = WAVE
    """The kind of record whose terms apply to it."""
    check: Callable[[Any], None] = lambda _: None
    """Refuses parameters that do not go together, before anything is read."""
    read: Callable[..., Awaitable[Answered]]
    """Reads it as of a revision; `is_drawn` says whether it is also drawn as a chart."""
    draw: Callable[[Ledger, Any, Answered, Question], Awaitable[Figure]]
    columns: Callable[[Any], Sequence[Column]]
    cells: Callable[[Any, Answered], Sequence[Sequence[Any]]]

    async def begin(self, ledger: Ledger, parameters: AsOf) -> Snapshot:
        """Check a question, and return the revision that has to answer it."""
        self.check(parameters)
        snapshot = (await ledger.snapshot_at(parameters.as_of)).on_terms_of(self.terms)
        await check_codes(ledger, parameters, snapshot)
        return snapshot

    def drawn(self) -> Drawn:
        """Return how it is drawn."""

        async def read(ledger: Ledger, parameters: AsOf, _: str) -> Answered:
            snapshot = await self.begin(ledger, parameters)
            return await self.read(ledger, parameters, snapshot, is_drawn=True)

        return Drawn(self.path, self.parameters, read, self.draw)


def _check_statistics(parameters: StatisticsChartParameters) -> None:
    check_question(parameters)
    statistics.check_measure(parameters)


async def _read_statistics(
    ledger: Ledger, parameters: StatisticsChartParameters, snapshot: Snapshot, *, is_drawn: bool
) -> Answered:
    search_query = await search_query_of(ledger, parameters, snapshot)
    most = limit_of(parameters.limit) if is_drawn else None
    asked = statistics.with_spread(parameters)
    groups, meta = await read_statistics(ledger, asked, snapshot, search_query, most=most)
    return Answered(rows=groups[: parameters.limit], drawn=groups, meta=meta, snapshot=snapshot)


async def _draw_statistics(
    ledger: Ledger, parameters: StatisticsChartParameters, answered: Answered, question: Question
) -> Figure:
    periods = periods_of([one.keys for one in answered.drawn], parameters.group_by)
    uneven = await uneven_years(ledger, parameters, answered.snapshot, periods)
    return statistics.draw(parameters, answered.drawn, answered.meta, question, uneven)


async def _read_notice_statistics(
    ledger: Ledger,
    parameters: NoticeStatisticsChartParameters,
    snapshot: Snapshot,
    *,
    is_drawn: bool,
) -> Answered:
    search_query = await search_query_of(ledger, parameters, snapshot)
    most = limit_of(parameters.limit) if is_drawn else parameters.limit
    asked = msgspec.structs.replace(parameters, limit=most)
    groups, meta = await counted_notices.read_statistics(ledger, asked, snapshot, search_query)
    return Answered(rows=groups[: parameters.limit], drawn=groups, meta=meta, snapshot=snapshot)


async def _draw_notice_statistics(
    ledger: Ledger,
    parameters: NoticeStatisticsChartParameters,
    answered: Answered,
    question: Question,
) -> Figure:
    covered = (await coverage(ledger, answered.snapshot)).of(parameters)
    return notice_statistics.draw(parameters, answered.drawn, answered.meta, question, covered)


async def _read_attribution(
    ledger: Ledger, parameters: AttributionChartParameters, snapshot: Snapshot, **_: bool
) -> Answered:
    search_query = await search_query_of(ledger, parameters, snapshot)
    rows, meta = await read_attribution(ledger, parameters, snapshot, search_query)
    return Answered(rows=rows, drawn=rows, meta=meta, snapshot=snapshot)


async def _draw_attribution(
    ledger: Ledger, parameters: AttributionChartParameters, answered: Answered, question: Question
) -> Figure:
    by = [] if parameters.by is None else [parameters.by]
    periods = periods_of([{one: row.key} for row in answered.drawn for one in by], by)
    uneven = await uneven_years(ledger, parameters, answered.snapshot, periods)
    return attribution.draw(parameters, answered.drawn, answered.meta, question, uneven)


async def _read_rebalancing(
    ledger: Ledger, parameters: RebalancingParameters, snapshot: Snapshot, **_: bool
) -> Answered:
    rows, meta = await read_rebalancing(ledger, parameters, snapshot)
    return Answered(rows=rows, drawn=rows, meta=meta, snapshot=snapshot)


async def _draw_rebalancing(
    _: Ledger, __: RebalancingParameters, answered: Answered, question: Question
) -> Figure:
    return rebalancing.draw(answered.drawn, answered.meta, question)


STATISTICS = Computed(
    what="statistics",
    path="/v1/statistics",
    parameters=DRAWN_FORMATS.with_parameter(StatisticsChartParameters),
    answer=Statistics,
    check=_check_statistics,
    read=_read_statistics,
    draw=_draw_statistics,
    columns=statistics_table.columns,
    cells=lambda asked, found: statistics_table.rows_of(asked, found.rows, found.meta),
)
NOTICE_STATISTICS = Computed(
    what="statistics of notices",
    path="/v1/statistics",
    fixed={"of": NOTICES},
    parameters=DRAWN_FORMATS.with_parameter(NoticeStatisticsChartParameters),
    answer=counted_notices.NoticeStatistics,
    terms=NOTICE,
    check=counted_notices.check_question,
    read=_read_notice_statistics,
    draw=_draw_notice_statistics,
    columns=notice_statistics_table.columns,
    cells=lambda asked, found: notice_statistics_table.rows_of(asked, found.rows, found.meta),
)
ATTRIBUTION = Computed(
    what="attribution",
    path="/v1/attribution",
    parameters=DRAWN_FORMATS.with_parameter(AttributionChartParameters),
    answer=ascribed.Attribution,
    read=_read_attribution,
    draw=_draw_attribution,
    columns=lambda _: ascribed.COLUMNS,
    cells=lambda _, found: [
        [getattr(row, column.name) for column in ascribed.COLUMNS] for row in found.rows
    ],
)
REBALANCING = Computed(
    what="rebalancing",
    path="/v1/rebalancing",
    parameters=DRAWN_FORMATS.with_parameter(RebalancingParameters),
    answer=rebalancing_rows.Rebalancing,
    read=_read_rebalancing,
    draw=_draw_rebalancing,
    columns=lambda _: rebalancing_rows.COLUMNS,
    cells=lambda _, found: [rebalancing_rows.cells(row) for row in found.rows],
)


async def respond_with_computed(
    request: AnyRequest, ledger: Ledger, parameters: AsOf, kind: Computed
) -> Response[bytes] | Stream:
    """Answer in the requested format; the answer is read once, whatever is made of it."""
    format_ = format_of(request)
    if format_.is_chart:
        return await respond_with_chart(request, ledger, parameters, kind.drawn())
    is_limited = asked_of(request).context.query.names("limit")
    if format_.is_flat and hasattr(parameters, "limit") and not is_limited:
        # Nobody who opens a table would notice that it is cut off at the default.
        parameters = msgspec.structs.replace(parameters, limit=MAX_GROUPS)
    snapshot = await kind.begin(ledger, parameters)
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    found = await kind.read(ledger, parameters, snapshot, is_drawn=format_.is_page)
    if format_.is_flat:
        return await respond_with_table(
            request,
            kind.what,
            kind.columns(parameters),
            kind.cells(parameters, found),
            snapshot=snapshot,
        )
    url = addresses(request, snapshot).self
    answer = kind.answer(url=url, data=found.rows, meta=found.meta)
    beside = await read_beside(request, ledger, parameters, snapshot)
    if format_.is_page and is_installed():
        heights = await _heights(request, ledger, kind, found)
        beside = msgspec.structs.replace(beside, heights=heights)
    return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)


async def _heights(
    request: AnyRequest, ledger: Ledger, kind: Computed, found: Answered
) -> dict[int, int]:
    """Return the height of the chart for each width, so that the page reserves room for it.

    Empty if there is no chart, because the answer has too many values to be drawn.
    """
    asked, drawn = asked_of(request).context, kind.drawn()
    # In the order of the image's address, which is written in the image.
    fixed = [Parameter(f"{name}={value}", name, value) for name, value in kind.fixed.items()]
    others = [one for one in asked.query.parameters if one.name not in kind.fixed]
    query = msgspec.structs.replace(asked.query, parameters=(*fixed, *others))
    parameters = parse.read(drawn.parameters, query)
    address = QuestionAddress(asked.base, kind.path, query)
    figure = await drawn.figure(ledger, parameters, found, address)
    try:
        return {width: height_of(figure, Size(width=width, height=None)) for width in CHART_WIDTHS}
    except InvalidParametersError:
        return {}
