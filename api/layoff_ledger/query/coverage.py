"""How complete and how fresh the ledger is, so that absence is never read as zero."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from layoff_ledger.resources.base import Json, columns
from layoff_ledger.resources.collection import Attribution, Missing
from layoff_ledger.resources.fields import (
    AnsweringRevision,
    License,
    Public,
    PublishedAt,
    address_of_answer,
    uri,
)
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot


class CoveredYear(Public, frozen=True, kw_only=True):
    """How many waves of a year a collection has."""

    year: Annotated[int, Meta(description="Year of the announcement.", examples=[2023])]
    collection: Annotated[str, Meta(description="Id of the collection.", examples=["curated"])]
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    waves_with_headcount: Annotated[int, Meta(ge=0, description="Those whose size is known.")]


class Part(Public, frozen=True, kw_only=True):
    """A part of a whole."""

    name: Annotated[str, Meta(description="What the part has.", examples=["headcount"])]
    count: Annotated[int, Meta(ge=0, description="How many have it.")]
    of: Annotated[int, Meta(ge=0, description="How many there are.")]
    share: Annotated[float, Meta(ge=0, le=1, description="The fraction; 0 of nothing is 0.")]


class CoveredCollection(Public, frozen=True, kw_only=True):
    """A collection, its terms, and how much of it is here."""

    id: Annotated[str, Meta(description="Id of the collection.", examples=["curated"])]
    name: Annotated[str, Meta(description="Display name.")]
    description: Annotated[str, Meta(description="What it contains.")]
    license: License
    origin: Annotated[str, Meta(description="Where it was taken from.")]
    waves: Annotated[int, Meta(ge=0, description="Its waves.")]
    notices: Annotated[int, Meta(ge=0, description="Its notices.")] = 0
    attribution: Attribution | None = None
    missing: Missing | None = None


class CoveredJurisdiction(Public, frozen=True, kw_only=True):
    """A collection's notices from one jurisdiction; from those not listed it has none."""

    jurisdiction: Annotated[
        str, Meta(description="Whose authority they were filed with.", examples=["US-TX"])
    ]
    name: Annotated[str, Meta(description="Its name.", examples=["Texas, United States"])] | None
    collection: Annotated[str, Meta(description="Id of the collection.", examples=["us-warn"])]
    notices: Annotated[int, Meta(ge=0, description="Notices.")]
    standing: Annotated[
        int,
        Meta(
            ge=0,
            description="Those that are neither superseded nor rescinded, and repeat nothing.",
        ),
    ]
    first_notice_on: Annotated[datetime.date, Meta(description="Date of the first one.")] | None
    last_notice_on: (
        Annotated[
            datetime.date,
            Meta(
                description=(
                    "Date of the last one, not counting those dated after the day on which they "
                    "were seen, and those that may repeat another one."
                )
            ),
        ]
        | None
    )
    last_effective_on: (
        Annotated[datetime.date, Meta(description="The last day on which one takes effect.")] | None
    )
    last_retrieved_on: (
        Annotated[
            datetime.date,
            Meta(description="When the collection last saw one: anything filed since is not here."),
        ]
        | None
    )
    notices_with: Annotated[
        list[Part],
        Meta(
            description="How many notices have each kind of information: one whose date is unknown "
            "is in no span of days."
        ),
    ]


class Coverage(Public, frozen=True, kw_only=True):
    """How complete and how fresh the ledger is, so that absence is never read as zero."""

    url: Annotated[str, address_of_answer("/v1/coverage?as_of=1")]
    method_url: Annotated[str, uri("What is included, and how it is curated.")]
    revision: AnsweringRevision
    published_at: PublishedAt
    waves: Annotated[int, Meta(ge=0, description="Waves.")]
    canonical_waves: Annotated[
        int, Meta(ge=0, description="Waves without parts, copies and superseded reports.")
    ]
    companies: Annotated[int, Meta(ge=0, description="Companies that have a wave.")]
    claims: Annotated[int, Meta(ge=0, description="Claims; every one has at least one citation.")]
    sources: Annotated[int, Meta(ge=0, description="Cited sources.")]
    countries: Annotated[int, Meta(ge=0, description="Countries that scopes name.")]
    first_announced_on: (
        Annotated[datetime.date, Meta(description="Date of the earliest announcement.")] | None
    )
    last_announced_on: (
        Annotated[datetime.date, Meta(description="Date of the latest announcement.")] | None
    )
    newest_event_on: Annotated[datetime.date, Meta(description="The latest event.")] | None
    years: Annotated[list[CoveredYear], Meta(description="Waves per year and collection.")]
    waves_with: Annotated[
        list[Part], Meta(description="How many of all waves have each kind of information.")
    ]
    evidence: Annotated[list[Part], Meta(description="Citations of waves by evidence grade.")]
    standings: Annotated[list[Part], Meta(description="Sources by how much they are worth.")]
    archived_sources: Annotated[Part, Meta(description="Sources with a permanent copy.")]
    titled_sources: Annotated[Part, Meta(description="Sources whose title is known.")]
    dated_sources: Annotated[Part, Meta(description="Sources whose date is known.")]
    collections: Annotated[list[CoveredCollection], Meta(description="Where records come from.")]
    jurisdictions: Annotated[
        list[CoveredJurisdiction], Meta(description="Notices by collection and jurisdiction.")
    ] = []


COVERAGE_COLUMNS = columns("""
section                  string!   What is counted, such as total, year, waves_with, jurisdiction.
name                     string!   Which of them, such as a year, a collection or a jurisdiction.
collection               string    Id of the collection, where it is of one.
part                     string    What of it is counted, where it is a part.
count                    integer   How many.
of                       integer   Of how many; null where it is no part.
share                    number    The fraction; null where it is no part.
on                       date      The day, in rows that are about one.
""")


def coverage_rows(coverage: Coverage) -> Iterator[Json]:
    """Yield the coverage as rows: each count with what it counts, each day with whose it is."""
    names = [column.name for column in COVERAGE_COLUMNS]

    def row(section: str, name: str, **cells: Any) -> Json:
        return dict.fromkeys(names) | {"section": section, "name": name} | cells

    def part(section: str, name: str, one: Part, **cells: Any) -> Json:
        return row(section, name, count=one.count, of=one.of, share=one.share, **cells)

    for name in _TOTALS:
        yield row("total", name, count=getattr(coverage, name))
    for name in ("first_announced_on", "last_announced_on", "newest_event_on"):
        yield row("date", name, on=getattr(coverage, name))
    for year in coverage.years:
        whole = {"name": str(year.year), "collection": year.collection}
        yield row("year", **whole, count=year.waves)
        known = year.waves_with_headcount
        share = known / year.waves if year.waves else 0.0
        yield row("year", **whole, part="headcount", count=known, of=year.waves, share=share)
    for section, parts in (
        ("waves_with", coverage.waves_with),
        ("evidence", coverage.evidence),
        ("standing", coverage.standings),
        ("source", [coverage.archived_sources, coverage.titled_sources, coverage.dated_sources]),
    ):
        yield from (part(section, one.name, one) for one in parts)
    for one in coverage.collections:
        for name in ("waves", "notices"):
            yield row("collection", one.id, collection=one.id, part=name, count=getattr(one, name))
    for filed in coverage.jurisdictions:
        of = {"name": filed.jurisdiction, "collection": filed.collection}
        yield row("jurisdiction", **of, count=filed.notices)
        yield row("jurisdiction", **of, part="standing", count=filed.standing)
        yield from (
            part("notices_with", one=one, part=one.name, **of) for one in filed.notices_with
        )
        for name in _DAYS_OF_NOTICES:
            yield row("date_of_notices", **of, part=name, on=getattr(filed, name))


_TOTALS = ("waves", "canonical_waves", "companies", "claims", "sources", "countries")
_DAYS_OF_NOTICES = (
    "first_notice_on",
    "last_notice_on",
    "last_effective_on",
    "last_retrieved_on",
)


async def read_coverage(
    ledger: Ledger, snapshot: Snapshot, *, url: str, method_url: str
) -> Coverage:
    """Read how complete a revision is; `url` is the permanent address of the answer."""
    years = await _counted(ledger, snapshot, "count_coverage_by_year")
    (named,) = await _counted(ledger, snapshot, "count_countries_of_waves")
    evidence = await _counted(ledger, snapshot, "count_evidence_of_waves")
    number = snapshot.revision
    sources = [
        dict(row) for row in await ledger.fetch_costly(Statement.named("count_sources", number))
    ]
    collections = [
        dict(row) for row in await ledger.fetch(Statement.named("read_collections", number))
    ]

    def total(name: str, rows: Iterable[Mapping[str, Any]] = years) -> int:
        return sum(int(row[name]) for row in rows)

    def days(name: str) -> list[datetime.date]:
        return [row[name] for row in years]

    waves, all_sources = total("waves"), total("sources", sources)
    graded = {row["grade"]: row["citations"] for row in evidence}
    fields = {
        "url": url,
        "method_url": method_url,
        "revision": snapshot.revision,
        "published_at": snapshot.published_at.isoformat(),
        "waves": waves,
        "canonical_waves": total("canonical"),
        "companies": await count_companies(ledger, snapshot),
        "claims": total("claims"),
        "sources": all_sources,
        "countries": named["count"],
        "first_announced_on": min(days("first_announced_on"), default=None),
        "last_announced_on": max(days("last_announced_on"), default=None),
        "newest_event_on": max(days("newest_event_on"), default=None),
        "years": [
            {
                "year": row["year"],
                "collection": row["collection"],
                "waves": row["waves"],
                "waves_with_headcount": row["headcount"],
            }
            for row in sorted(years, key=lambda row: (row["year"], row["collection"]))
        ],
        "waves_with": _parts({name: total(name) for name in _WAVES_HAVE}, waves),
        "evidence": _parts(graded, sum(graded.values())),
        "standings": _parts({row["standing"]: row["sources"] for row in sources}, all_sources),
        **{
            f"{name}_sources": _part(name, total(name, sources), all_sources)
            for name in ("archived", "titled", "dated")
        },
        "collections": [
            one
            | {"waves": total("waves", (row for row in years if row["collection"] == one["id"]))}
            for one in collections
        ],
        "jurisdictions": await _jurisdictions(ledger, snapshot),
    }
    return msgspec.convert(fields, Coverage)


_WAVES_HAVE = (
    "headcount", "share", "driver", "driver_stated_by_company", "role", "country",
    "country_or_worldwide", "subdivision", "primary_source", "two_or_more_sources",
)  # fmt: skip


async def _counted(ledger: Ledger, snapshot: Snapshot, name: str) -> list[dict[str, Any]]:
    """Run a query over waves that columns understand, too."""
    statement = Statement.named(name, snapshot.revision)
    return await ledger.count(snapshot, lambda _: statement, is_columnar=True)


async def count_companies(ledger: Ledger, snapshot: Snapshot) -> int:
    """Count the companies that have a wave, as `Coverage.companies` does; once per revision."""
    count: int = await ledger.once(
        snapshot,
        b"companies of waves",
        lambda: Statement.named("count_companies_of_waves", snapshot.revision),
        is_columnar=True,
    )
    return count


_NOTICES_HAVE = (
    "notice_date", "effective_date", "received_date", "jobs", "county", "industry", "company",
    "wave",
)  # fmt: skip


async def _jurisdictions(ledger: Ledger, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Read how many notices there are for each collection and jurisdiction."""
    statement = Statement.named("read_notice_coverage", snapshot.revision)
    found = []
    names = snapshot.codes.get("subdivision", {})
    for row in await ledger.fetch(statement):
        one = {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in row.items()
            if name not in _NOTICES_HAVE
        }
        one["name"] = names.get(row["jurisdiction"])
        one["notices_with"] = [_part(name, row[name], row["notices"]) for name in _NOTICES_HAVE]
        found.append(one)
    return found


def _parts(counts: dict[str, int], whole: int) -> list[dict[str, Any]]:
    # Equal ones by name, short names first, as PostgreSQL's JSON has always ordered them.
    ordered = sorted(counts.items(), key=lambda item: (-item[1], len(item[0]), item[0]))
    return [_part(name, count, whole) for name, count in ordered]


def _part(name: str, count: int, whole: int) -> dict[str, Any]:
    share = round(count / whole, 4) if whole else 0.0
    return {"name": name, "count": count, "of": whole, "share": share}
