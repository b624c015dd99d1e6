"""Counts and sums: of waves, or of notices, and never of both."""

from __future__ import annotations

from litestar import Response
from litestar.response import Stream

from layoff_ledger.charts.notice_statistics import NoticeStatisticsChartParameters
from layoff_ledger.charts.statistics import StatisticsChartParameters
from layoff_ledger.formats import DRAWN_FORMATS, TABLE_FORMATS
from layoff_ledger.query.notice_statistics import NoticeStatistics, NoticeStatisticsParameters
from layoff_ledger.query.statistics import Statistics
from layoff_ledger.routes.computed import (
    NOTICE_STATISTICS,
    NOTICES,
    STATISTICS,
    respond_with_computed,
)
from layoff_ledger.routes.operation import READS, Alternative, AnyRequest, operation
from layoff_ledger.store.ledger import Ledger

Question = StatisticsChartParameters | NoticeStatisticsChartParameters


@operation(
    "/v1/statistics",
    summary="Count waves",
    tag="Waves",
    parameters=StatisticsChartParameters,
    alternative=Alternative("of", NOTICES, NOTICE_STATISTICS.parameters),
    answer=Statistics,
    formats=DRAWN_FORMATS,
    problems=READS,
)
async def get_statistics(
    request: AnyRequest,
    ledger: Ledger,
    parameters: Question,
) -> Response[bytes] | Stream:
    """Counts and sums by up to three dimensions; every filter of waves applies.

    Only canonical waves are counted unless `canonical` says otherwise, whatever their status: also
    waves that were only reported, or later withdrawn; `status_not=withdrawn,reported,rumoured`
    leaves those out. Unknown values form a group of their own, with the key null. If
    `meta.overlapping` is true, a wave may be in several groups; otherwise all groups add up to
    `meta.count`, and `meta.basis` says how many waves are in the groups of the answer.
    """
    is_of_notices = isinstance(parameters, NoticeStatisticsChartParameters)
    kind = NOTICE_STATISTICS if is_of_notices else STATISTICS
    return await respond_with_computed(request, ledger, parameters, kind)


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
    ledger: Ledger,
    parameters: NoticeStatisticsParameters,
) -> Response[bytes] | Stream:
    """Counts and sums of notices by up to three dimensions; every filter of notices applies.

    Only notices that stand and may not repeat another one are counted, unless `status` or
    `possible_duplicate` say otherwise. Unknown values form a group of their own, with the key
    null; the groups add up to `meta.count`. Notices may be about the same jobs as waves: never add
    the two. `/v1/statistics?of=notices` answers the same, and draws it as a chart, too.
    """
    return await respond_with_computed(request, ledger, parameters, NOTICE_STATISTICS)
