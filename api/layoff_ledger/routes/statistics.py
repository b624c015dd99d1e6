"""Statistics: waves counted and added up by one or two dimensions."""

from __future__ import annotations

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from layoff_ledger import formats, queries, types
from layoff_ledger.db import Ledger, codes
from layoff_ledger.formats import CITATION_FORMATS
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.parameters import StatisticsParameters
from layoff_ledger.routes.answers import addresses, answer, cited_question, format_of, link
from layoff_ledger.routes.operation import AnyRequest, operation

# Dimension → the vocabulary that names its values.
_VOCABULARIES = {
    "driver": "driver",
    "role": "role",
    "industry": "industry",
    "country": "country",
    "collection": "collection",
}


@operation(
    "/v1/statistics",
    summary="Count waves",
    tag="Waves",
    parameters=StatisticsParameters,
    answer=types.Statistics,
    formats=("json", "csv", *CITATION_FORMATS),
    problems=("invalid_parameters", "not_acceptable", "unavailable"),
)
async def get_statistics(
    request: AnyRequest,
    ledger: NamedDependency[Ledger],
    parameters: NamedDependency[StatisticsParameters],
) -> Response[bytes]:
    """Counts and sums by one or two dimensions; every filter of waves applies.

    Only canonical waves are counted unless `canonical` says otherwise. What is unknown is a group
    of its own, with the key null. Where `meta.overlapping` is true, a wave may be in several
    groups; else the groups add up to `meta.count`.
    """
    if len(set(parameters.group_by)) < len(parameters.group_by):
        twice = types.ProblemError(
            parameter="group_by", detail="a dimension is named twice", suggestion="name it once"
        )
        raise InvalidParametersError([twice])
    snapshot = await ledger.at(parameters.as_of)
    await ledger.check_codes(queries.WAVE, parameters, snapshot)
    if format_of(request) in CITATION_FORMATS:
        return cited_question(request, "statistics", snapshot)
    meant = await ledger.meant(parameters, snapshot.revision)
    rows = await ledger.fetch(
        queries.statistics(parameters, revision=snapshot.revision, meant=meant)
    )
    names = await ledger.company_names(
        {row[f"key_{n}"] for row in rows for n, one in _numbered(parameters) if one == "company"},
        snapshot,
    )
    groups = []
    for row in rows:
        keys = {one: row[f"key_{n}"] for n, one in _numbered(parameters)}
        labels = {
            one: (
                names.get(key) if one == "company" else codes(_VOCABULARIES[one], snapshot).get(key)
            )
            for one, key in keys.items()
            if key is not None and (one == "company" or one in _VOCABULARIES)
        }
        groups.append(
            types.StatisticsGroup(
                keys=keys,
                labels=labels,
                waves=row["waves"],
                companies=row["companies"],
                waves_with_headcount=row["waves_with_headcount"],
                headcount_low=row["headcount_low"],
                headcount_high=row["headcount_high"],
            )
        )
    if format_of(request) != "json":
        figures = ("waves", "companies", "waves_with_headcount", "headcount_low", "headcount_high")
        table = formats.csv_table(
            [*parameters.group_by, *figures],
            [[*one.keys.values(), *(getattr(one, name) for name in figures)] for one in groups],
        )
        headers = link(request, snapshot)
        return Response(table, media_type=formats.CONTENT_TYPES["csv"], headers=headers)
    told = types.Statistics(
        url=addresses(request, snapshot).self,
        data=groups,
        meta=types.StatisticsMeta(
            count=rows[0]["count"] if rows else 0,
            groups=rows[0]["groups"] if rows else 0,
            overlapping=queries.overlaps(parameters.group_by),
            revision=snapshot.revision,
            published_at=snapshot.published_at,
            license=snapshot.license,
        ),
    )
    return answer(request, msgspec.json.encode(told), snapshot)


def _numbered(parameters: StatisticsParameters) -> list[tuple[int, str]]:
    return list(enumerate(parameters.group_by, start=1))
