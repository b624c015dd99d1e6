"""Waves counted and added up by up to three dimensions."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from layoff_ledger.query.absence import count_listed, hints_of_nothing
from layoff_ledger.query.claim_groups import stated_of, words_of_claims
from layoff_ledger.query.columnar import is_columnar
from layoff_ledger.query.dimensions import DIMENSIONS, beyond, is_overlapping, keys_and_labels
from layoff_ledger.query.fill import FILLED, fill_spans
from layoff_ledger.query.grouping import FIGURES, SPREAD, STATED, measures_of, statistics
from layoff_ledger.query.known_status import words_of_status
from layoff_ledger.query.newest import after_newest, newest_wave
from layoff_ledger.query.notice_coverage import lacking_of_waves
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.query.uneven_years import periods_of, uneven_years
from layoff_ledger.query.vocabularies import codes, names_of
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    License,
    Public,
    PublishedAt,
    address_of_answer,
    summed,
)
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.search.query import SearchQuery, parts_without_effect
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

_NONE_KNOWN, _ONE_UNBOUNDED = "none is known", "one has no bound"


class StatisticsGroup(Public, frozen=True, kw_only=True):
    """A group of waves; unknown sizes are left out of the sums, never taken as 0."""

    keys: Annotated[
        dict[str, str | None],
        Meta(
            description="Value of each dimension; null where it is unknown.",
            examples=[{"year": "2023"}],
        ),
    ]
    labels: Annotated[
        dict[str, str | None],
        Meta(
            description="Display names of the values, where there are any.",
            examples=[{"driver": "Over-hiring"}],
        ),
    ]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    companies: Annotated[int, Meta(ge=0, description="Number of companies with one of them.")]
    waves_with_headcount: Annotated[int, Meta(ge=0, description="Waves whose size is known.")]
    headcount_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="All jobs of the waves in this group, lower bounds: gross, net and other figures alike, overlaps counted only once, waves of any status. These are not the jobs of the group's role, reason or country: see `headcount_stated_low`. Null if "
                "none is known.",
            ),
        ]
        | None
    )
    headcount_high: (
        Annotated[int, Meta(ge=0, description="The same, upper bounds; null if one has no bound.")]
        | None
    )
    headcount_gross_low: Annotated[int, summed("gross", "lower", null=_NONE_KNOWN)] | None = None
    headcount_gross_high: Annotated[int, summed("gross", "upper", null=_ONE_UNBOUNDED)] | None = (
        None
    )
    headcount_net_low: Annotated[int, summed("net", "lower", null=_NONE_KNOWN)] | None = None
    headcount_net_high: Annotated[int, summed("net", "upper", null=_ONE_UNBOUNDED)] | None = None
    headcount_affected_low: Annotated[int, summed("affected", "lower", null=_NONE_KNOWN)] | None = (
        None
    )
    headcount_affected_high: (
        Annotated[int, summed("affected", "upper", null=_ONE_UNBOUNDED)] | None
    ) = None
    headcount_unstated_low: Annotated[int, summed("unstated", "lower", null=_NONE_KNOWN)] | None = (
        None
    )
    headcount_unstated_high: (
        Annotated[int, summed("unstated", "upper", null=_ONE_UNBOUNDED)] | None
    ) = None
    waves_with_stated_headcount: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Waves for which somebody states how many jobs are cut in exactly this role, country or subdivision; null for other dimensions, and for roles if `standing` or an `effect` other than cut is given.",
            ),
        ]
        | None
    ) = None
    headcount_stated_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Sum of what is stated for exactly this role, country or subdivision, lower bounds; null if nothing is stated.",
            ),
        ]
        | None
    ) = None
    headcount_stated_high: (
        Annotated[int, Meta(ge=0, description="The same, upper bounds; null if one has none.")]
        | None
    ) = None
    headcount_values: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Number of waves behind the median and the other quantiles: of the jobs that each "
                "wave adds, by its lower bound. Null unless `spread` is given.",
            ),
        ]
        | None
    ) = None
    headcount_min: Annotated[int, Meta(ge=0, description="Minimum; null without any.")] | None = (
        None
    )
    headcount_q1: (
        Annotated[float, Meta(ge=0, description="First quartile; null without any.")] | None
    ) = None
    headcount_median: (
        Annotated[float, Meta(ge=0, description="Median; null without any.")] | None
    ) = None
    headcount_q3: (
        Annotated[float, Meta(ge=0, description="Third quartile; null without any.")] | None
    ) = None
    headcount_max: Annotated[int, Meta(ge=0, description="Maximum; null without any.")] | None = (
        None
    )
    share_values: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Number of waves behind the median and the other quantiles: of shares of the "
                "whole company, by their lower bounds. Null unless `spread` is given.",
            ),
        ]
        | None
    ) = None
    share_min: Annotated[float, Meta(ge=0, description="Minimum; null without any.")] | None = None
    share_q1: (
        Annotated[float, Meta(ge=0, description="First quartile; null without any.")] | None
    ) = None
    share_median: Annotated[float, Meta(ge=0, description="Median; null without any.")] | None = (
        None
    )
    share_q3: (
        Annotated[float, Meta(ge=0, description="Third quartile; null without any.")] | None
    ) = None
    share_max: Annotated[float, Meta(ge=0, description="Maximum; null without any.")] | None = None
    busiest_waves: (
        Annotated[
            int,
            Meta(
                ge=1,
                description="The most waves of the group in any window of `within_months`; null unless that is given.",
            ),
        ]
        | None
    ) = None
    busiest_from: (
        Annotated[
            datetime.date, Meta(description="The first announcement in the first such window.")
        ]
        | None
    ) = None
    busiest_to: (
        Annotated[datetime.date, Meta(description="The last announcement in that window.")] | None
    ) = None
    busiest_waves_with_headcount: (
        Annotated[int, Meta(ge=0, description="Waves of that window whose size is known.")] | None
    ) = None
    busiest_headcount_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="All jobs of the waves in that window, lower bounds, added up as in "
                "`headcount_low`; null if none is known. All other figures cover all waves of the group.",
            ),
        ]
        | None
    ) = None
    filled: Annotated[
        bool,
        Meta(description="Whether the span has no wave, and the group is there because of `fill`."),
    ] = False


class StatisticsMeta(Public, frozen=True, kw_only=True):
    """What was counted."""

    count: Annotated[int, Meta(ge=0, description="Waves that match, each once.")]
    groups: Annotated[int, Meta(ge=0, description="Groups, including those beyond `limit`.")]
    overlapping: Annotated[
        bool,
        Meta(description="Whether a wave may be in several groups, so that they do not add up."),
    ]
    cumulative: Annotated[
        bool, Meta(description="Whether a group has the waves of all earlier spans, too.")
    ] = False
    filled: Annotated[int, Meta(ge=0, description="Groups that `fill` added.")] = 0
    basis: Annotated[
        str,
        Meta(
            description="What the figures rest on, in words.",
            examples=[
                "size known for 31 of 39 waves of any status; sums leave out waves of unknown size"
            ],
        ),
    ] = ""
    revision: AnsweringRevision
    published_at: PublishedAt
    license: License


class Statistics(Public, frozen=True, kw_only=True):
    """Counts and sums of waves by up to three dimensions."""

    url: Annotated[str, address_of_answer("/v1/statistics?group_by=year&as_of=1")]
    data: Annotated[list[StatisticsGroup], Meta(description="The groups.")]
    meta: StatisticsMeta


def _empty(parameters: StatisticsParameters) -> dict[str, Any]:
    """Return the figures of a group without waves."""
    has_stated = stated_of(parameters.group_by, parameters) is not None
    zeros = {one: 0 if one not in STATED or has_stated else None for one in FIGURES}
    return {**dict.fromkeys(SPREAD), **zeros, "headcount_values": 0, "share_values": 0}


async def read_statistics(
    ledger: Ledger,
    parameters: StatisticsParameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
    *,
    most: int | None = None,
) -> tuple[list[StatisticsGroup], StatisticsMeta]:
    """Read the groups, each with the names of its values, and what they rest on.

    With `most`, that many are read, while `basis` describes only the first `limit` of them.
    """
    most = parameters.limit if most is None else most
    asked = msgspec.structs.replace(parameters, limit=most)
    rows = await ledger.count(
        snapshot,
        lambda words: statistics(
            asked, revision=snapshot.revision, search_query=search_query, words=words
        ),
        # Columns cannot search.
        is_columnar=search_query is None and is_columnar(parameters),
    )
    groups_in_all, count = (rows[0]["groups"], rows[0]["count"]) if rows else (0, 0)
    filled = 0
    if parameters.fill:
        rows = fill_spans(
            rows,
            parameters.group_by,
            DIMENSIONS,
            empty=_empty(parameters),
            sort=parameters.sort,
            is_running=parameters.cumulative,
        )
        filled = sum(FILLED in row for row in rows)
        groups_in_all = len(rows)
        rows = rows[:most]
    groups = await _named_groups(ledger, parameters, rows, snapshot)
    hints = [*parts_without_effect(search_query)]
    hints += await lacking_of_waves(ledger, parameters, snapshot)
    if not rows:
        # There are no waves, or none in a group that `busiest_waves_gte` leaves.
        count = await count_listed(ledger, WAVE, parameters, snapshot, search_query)
        if not count:
            hints += await hints_of_nothing(ledger, WAVE, parameters, snapshot, search_query)
    overlapping = parameters.cumulative or is_overlapping(parameters.group_by)
    # Overlapping groups say nothing about the whole.
    given = groups[: parameters.limit]
    shown = None if overlapping else sum(one.waves for one in given)
    known = sum(one.waves_with_headcount for one in given)
    newest = await newest_wave(ledger, snapshot)
    periods = periods_of([one.keys for one in groups], parameters.group_by)
    uneven = await uneven_years(ledger, parameters, snapshot, periods) if rows else []
    meta = StatisticsMeta(
        count=count,
        groups=groups_in_all,
        overlapping=overlapping,
        cumulative=parameters.cumulative,
        filled=filled,
        basis="; ".join(
            [
                basis(parameters, count, shown, known, given=len(given), groups=groups_in_all),
                *uneven,
                *after_newest(parameters, newest),
                *hints,
            ]
        ),
        revision=snapshot.revision,
        published_at=snapshot.published_at,
        license=snapshot.license,
    )
    return groups, meta


async def _named_groups(
    ledger: Ledger,
    parameters: StatisticsParameters,
    rows: Sequence[Mapping[str, Any]],
    snapshot: Snapshot,
) -> list[StatisticsGroup]:
    """Return the groups of some rows, each with the names of its values."""
    measures = measures_of(parameters)
    labels = {
        name: await labels_of(ledger, name, {row[f"key_{n}"] for row in rows}, snapshot)
        for n, name in enumerate(parameters.group_by, start=1)
        if DIMENSIONS[name].vocabulary is not None
    }
    return [
        StatisticsGroup(
            **keys_and_labels(row, parameters.group_by, labels),
            **{name: row[name] for name in measures},
            filled=FILLED in row,
        )
        for row in rows
    ]


async def labels_of(
    ledger: Ledger, name: str, keys: set[str | None], snapshot: Snapshot
) -> dict[str, str]:
    """Return the names of the values of a dimension by their codes."""
    named_by = DIMENSIONS[name].vocabulary or name
    known = codes(named_by, snapshot)
    if known or named_by not in RESOURCES:
        return known
    return await names_of(ledger, [key for key in keys if key is not None], snapshot)


def basis(
    parameters: StatisticsParameters,
    count: int,
    shown: int | None,
    known: int,
    *,
    given: int,
    groups: int,
) -> str:
    """Say in words what all figures rest on.

    `shown` is how many of the waves are in the groups of the answer, None if they overlap; the size
    of `known` of these is known. `given` are the first ones of `groups`.
    """
    status = status_in_words(parameters)
    sized = f"size known for {known:,} of {count:,}" if shown == count else f"{count:,}"
    some = shown is not None and shown != count
    words = [
        f"{sized} waves{status}; sums leave out waves of unknown size",
        *(
            [f"{shown:,} of them are in these groups, {known:,} of these with a known size"]
            if some
            else []
        ),
        *beyond(given, groups),
        "jobs are those of whole waves, counted in every group that a wave belongs to"
        if is_overlapping(parameters.group_by)
        else "jobs are those of whole waves",
        "headcount_low and headcount_high add gross, net, affected and unstated figures together",
        *added_in_words(parameters),
        "the figures cover only what the ledger's sources say: see /v1/coverage",
    ]
    return "; ".join(words)


def status_in_words(parameters: StatisticsParameters) -> str:
    """Say which statuses the waves have, unless the question says so."""
    # Waves that were only reported, or withdrawn, are counted unless a filter excludes them.
    return "" if parameters.status or parameters.status_not else " of any status"


def added_in_words(parameters: StatisticsParameters) -> list[str]:
    """Say what is counted besides what may be added up."""
    words = []
    if parameters.canonical != [True]:
        words.append(
            "parts and copies included" if True in parameters.canonical else "parts and copies only"
        )
    if parameters.cumulative:
        words.append("each group includes all earlier spans")
    if parameters.within_months is not None:
        words.append(
            "figures of the busiest window cover that window only, and all others cover all waves"
        )
    return [
        *words,
        *words_of_claims(parameters.group_by, parameters),
        *words_of_status(parameters, parameters.group_by),
    ]
