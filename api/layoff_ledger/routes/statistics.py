"""Counts and sums: of waves, or of notices, and never of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_type_hints

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from litestar.response import Stream
from msgspec import Meta, Struct

from layoff_ledger.formats import TABLE_FORMATS
from layoff_ledger.http import context
from layoff_ledger.query import dimensions, notice_statistics, parse, statistics_parameters
from layoff_ledger.query.lists import search_query_of
from layoff_ledger.query.notice_statistics import NoticeStatistics, NoticeStatisticsParameters
from layoff_ledger.query.statistics import Statistics, columns, read_statistics, rows_of
from layoff_ledger.query.statistics_parameters import StatisticsParameters, check_question
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.routes.files import respond_with_table
from layoff_ledger.routes.operation import READS, AnyRequest, operation
from layoff_ledger.routes.records import licensed
from layoff_ledger.routes.responses import (
    addresses,
    format_of,
    respond,
    respond_with_question,
)
from layoff_ledger.store.ledger import Ledger

ParametersT = TypeVar("ParametersT", bound=Struct)


def _either(waves: Any, notices: Any, **described: Any) -> Any:
    """Give the type of a parameter that takes other words of notices than of waves."""
    words = tuple(dict.fromkeys([*waves, *notices]))
    one: Any = Literal[words]
    return Annotated[list[one] if described.pop("is_list") else one, Meta(**described)]


if TYPE_CHECKING:
    Question = StatisticsParameters | NoticeStatisticsParameters
else:
    # What the operation documents: the parameters of both. Each request is read once more by those
    # of what it counts, so that no filter of the other is taken.
    _hints = get_type_hints(NoticeStatisticsParameters, include_extras=True)
    _OF_NOTICES = [
        (one.name, _hints[one.name], one.default)
        if one.default is not msgspec.NODEFAULT
        else (one.name, _hints[one.name], msgspec.field(default_factory=one.default_factory))
        for one in msgspec.structs.fields(NoticeStatisticsParameters)
        if one.name not in StatisticsParameters.__struct_fields__
    ]
    Question = msgspec.defstruct(
        "StatisticsParameters",
        [
            (
                "group_by",
                _either(
                    dimensions.DIMENSIONS,
                    notice_statistics.DIMENSIONS,
                    is_list=True,
                    min_length=1,
                    max_length=3,
                    description="One to three dimensions. Of waves: `country` and `subdivision` "
                    "are where the cuts fall; `driver` and `speaker` count affirmed reasons, "
                    "`role` the cut ones; `size_band` is of the employees of the whole company "
                    "before the cut, `week` of ISO 8601. Of notices: "
                    + ", ".join(f"`{name}`" for name in notice_statistics.DIMENSIONS)
                    + ".",
                    examples=[["year"]],
                    extra_json_schema={"uniqueItems": True},
                ),
            ),
            (
                "of",
                Annotated[
                    Literal["waves", "notices"],
                    Meta(
                        description="What is counted: waves, or notices that were filed with "
                        "authorities, which have filters and dimensions of their own. The two tell "
                        "of the same jobs: never add them up."
                    ),
                ],
                "waves",
            ),
            (
                "sort",
                _either(
                    statistics_parameters.SORTS,
                    notice_statistics.SORTS,
                    is_list=False,
                    description="Order of the groups; unknown keys come last, keys break ties. "
                    "`-waves` and `-headcount_low` are of waves, `-notices` and `-jobs_low` of "
                    "notices.",
                ),
                "key",
            ),
            *_OF_NOTICES,
        ],
        bases=(StatisticsParameters,),
        namespace={"__doc__": StatisticsParameters.__doc__},
        frozen=True,
        kw_only=True,
    )
_WAVES: Any = TABLE_FORMATS.with_parameter(StatisticsParameters)
_NOTICES: Any = TABLE_FORMATS.with_parameter(NoticeStatisticsParameters)


@operation(
    "/v1/statistics",
    summary="Count waves or notices",
    tag="Waves",
    parameters=Question,
    answer=Statistics,
    other_answers=(NoticeStatistics,),
    formats=TABLE_FORMATS,
    problems=READS,
)
async def get_statistics(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[SkipValidation[Question]],
) -> Response[bytes] | Stream:
    """Counts and sums by up to three dimensions; every filter of what is counted applies.

    Of waves, only canonical ones are counted unless `canonical` says otherwise; of notices
    (`of=notices`), those that stand and may not repeat another one, unless `status` or
    `possible_duplicate` say otherwise. What is unknown is a group of its own, with the key null.
    Where `meta.overlapping` is true, a wave may be in several groups; else the groups add up to
    `meta.count`.
    """
    if parameters.of == "notices":
        return await _count_notices(request, ledger, _read_as(request, _NOTICES))
    return await _count_waves(request, ledger, _read_as(request, _WAVES))


def _read_as(request: AnyRequest, struct: type[ParametersT]) -> ParametersT:
    return parse.read(struct, context.of(request.scope).query)


async def _count_waves(
    request: AnyRequest, ledger: Ledger, parameters: StatisticsParameters
) -> Response[bytes] | Stream:
    check_question(parameters)
    snapshot = await ledger.snapshot_at(parameters.as_of)
    await check_codes(ledger, parameters, snapshot)
    format_ = format_of(request)
    if format_.cite is not None:
        return respond_with_question(request, "statistics", snapshot)
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
    return respond(request, msgspec.json.encode(answer), snapshot)


async def _count_notices(
    request: AnyRequest, ledger: Ledger, parameters: NoticeStatisticsParameters
) -> Response[bytes] | Stream:
    notice_statistics.check_question(parameters)
    snapshot = licensed(NOTICE, await ledger.snapshot_at(parameters.as_of))
    await check_codes(ledger, parameters, snapshot)
    format_ = format_of(request)
    if format_.cite is not None:
        return respond_with_question(request, "statistics of notices", snapshot)
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
    return respond(request, msgspec.json.encode(answer), snapshot)
