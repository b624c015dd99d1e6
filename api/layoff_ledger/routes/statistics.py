"""Counts and sums: of waves, or of notices, and never of both."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream

from layoff_ledger.charts.notice_statistics import NoticeStatisticsChartParameters
from layoff_ledger.charts.statistics import StatisticsChartParameters, check_measure
from layoff_ledger.formats import DRAWN_FORMATS, TABLE_FORMATS
from layoff_ledger.query import notice_statistics
from layoff_ledger.query.lists import search_query_of
from layoff_ledger.query.notice_statistics import NoticeStatistics, NoticeStatisticsParameters
from layoff_ledger.query.statistics import Statistics, read_statistics
from layoff_ledger.query.statistics_parameters import check_question
from layoff_ledger.query.statistics_table import columns, rows_of
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.routes.beside import read_beside
from layoff_ledger.routes.charts import respond_with_chart
from layoff_ledger.routes.operation import READS, AnyRequest, operation
from layoff_ledger.routes.responses import (
    addresses,
    format_of,
    respond,
    respond_with_question,
)
from layoff_ledger.routes.rows import respond_with_table
from layoff_ledger.store.ledger import Ledger

Question = StatisticsChartParameters | NoticeStatisticsChartParameters


_OF_NOTICES: Any = DRAWN_FORMATS.with_parameter(NoticeStatisticsChartParameters)


@operation(
    "/v1/statistics",
    summary="Count waves",
    tag="Waves",
    parameters=StatisticsChartParameters,
    otherwise=("of", "notices", _OF_NOTICES),
    answer=Statistics,
    formats=DRAWN_FORMATS,
    problems=READS,
)
async def get_statistics(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[Question]],
) -> Response[bytes] | Stream:
    """Counts and sums by up to three dimensions; every filter of waves applies.

    Only canonical waves are counted unless `canonical` says otherwise, and those of every status:
    also waves that are only reported, and that were withdrawn;
    `status_not=withdrawn,reported,rumoured` leaves them out. What is unknown is a group of its own,
    with the key null. Where `meta.overlapping` is true, a wave may be in several groups; else all
    groups add up to `meta.count`, and `meta.basis` says how many waves are in those that are given.
    """
    if isinstance(parameters, NoticeStatisticsChartParameters):
        return await _count_notices(request, ledger, parameters)
    if format_of(request).is_chart:
        return await respond_with_chart(request, ledger, parameters)
    return await _count_waves(request, ledger, parameters)


@operation(
    "/v1/notices/statistics",
    summary="Count notices",
    tag="Notices",
    parameters=NoticeStatisticsParameters,
    answer=NoticeStatistics,
    formats=TABLE_FORMATS,
    problems=READS,
)
async def get_notice_statistics(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[NoticeStatisticsParameters]],
) -> Response[bytes] | Stream:
    """Counts and sums of notices by up to three dimensions; every filter of notices applies.

    Only notices that stand and may not repeat another one are counted, unless `status` or
    `possible_duplicate` say otherwise. What is unknown is a group of its own, with the key null;
    the groups add up to `meta.count`. Notices may tell of the same jobs as waves: never add
    the two. `/v1/statistics?of=notices` answers the same, and draws it as a chart, too.
    """
    return await _count_notices(request, ledger, parameters)


async def _count_waves(
    request: AnyRequest, ledger: Ledger, parameters: StatisticsChartParameters
) -> Response[bytes] | Stream:
    check_question(parameters)
    check_measure(parameters)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    format_ = format_of(request)
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    groups, meta = await read_statistics(ledger, parameters, snapshot, search_query)
    if format_.is_flat:
        return await respond_with_table(
            request,
            "statistics",
            columns(parameters),
            rows_of(parameters, groups, meta),
            snapshot=snapshot,
            parameters=parameters,
        )
    answer = Statistics(url=addresses(request, snapshot).self, data=groups, meta=meta)
    beside = await read_beside(request, ledger, parameters, snapshot)
    return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)


async def _count_notices(
    request: AnyRequest, ledger: Ledger, parameters: NoticeStatisticsParameters
) -> Response[bytes] | Stream:
    if format_of(request).is_chart:
        return await respond_with_chart(request, ledger, parameters)
    notice_statistics.check_question(parameters)
    snapshot = (await ledger.snapshot_at(parameters.as_of)).on_terms_of(NOTICE)
    await check_codes(ledger, parameters, snapshot)
    format_ = format_of(request)
    if format_.cite is not None:
        return await respond_with_question(request, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    groups, meta = await notice_statistics.read_statistics(
        ledger, parameters, snapshot, search_query
    )
    if format_.is_flat:
        return await respond_with_table(
            request,
            "statistics of notices",
            notice_statistics.columns(parameters),
            notice_statistics.rows_of(parameters, groups, meta),
            snapshot=snapshot,
            parameters=parameters,
        )
    answer = NoticeStatistics(url=addresses(request, snapshot).self, data=groups, meta=meta)
    beside = await read_beside(request, ledger, parameters, snapshot)
    return respond(request, msgspec.json.encode(answer), snapshot, beside=beside)
