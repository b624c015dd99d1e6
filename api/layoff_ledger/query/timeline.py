"""What happens within a span of days, past and future: every kind of record with its moment."""

from __future__ import annotations

import datetime
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Annotated, Any

import asyncpg
import msgspec
from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.query.absence import hints_of_removed
from layoff_ledger.query.cursor import (
    Position,
    cursor_key,
    key_argument,
    limit_of,
    paginate,
    read_cursor,
    signature,
    snapshot_of_cursor,
)
from layoff_ledger.query.notice_coverage import lacking_all
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources import served
from layoff_ledger.resources.base import Column, Moment, Resource, Sort, at, columns_of
from layoff_ledger.resources.claim_parts import ClaimCitation
from layoff_ledger.resources.fields import (
    ListLinks,
    ListMeta,
    Precision,
    Public,
    Speaker,
    address_of_record,
    open_vocabulary,
)
from layoff_ledger.resources.filters import Known
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.parameters import AsOf, Codes, Count, Cursor
from layoff_ledger.resources.periods import Edge
from layoff_ledger.statement import Conditions, Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.rendering import row_renderer
from layoff_ledger.store.revisions import Snapshot

BY_DAY = Sort("", "date")
NAME = "timeline"
"""What its cursors belong to."""


class _Filters(AsOf, frozen=True, kw_only=True):
    """Which moments, and which part of the list."""

    company: Annotated[
        Codes,
        Meta(description="Only of these companies, by id.", examples=[["meta"]]),
        Known("company"),
    ] = []
    kind: Annotated[
        Codes,
        Meta(description="Only moments of these kinds.", examples=[["announced"]]),
        Known("kind of event"),
    ] = []
    limit: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=200,
                description="Maximum number of rows on a page; 50 if it is not given. CSV, Excel "
                "and Parquet have all rows without it.",
                examples=[25],
            ),
        ]
        | None
    ) = None
    cursor: Cursor | None = None
    count: Count = "exact"


if TYPE_CHECKING:
    TimelineParameters = _Filters
else:
    # The names are those that people write, and one of them is a keyword of Python.
    TimelineParameters = msgspec.defstruct(
        "TimelineParameters",
        [
            (
                "from",
                Annotated[
                    datetime.date,
                    Meta(
                        description="Only what happens on this day or later, or in a span that "
                        "reaches to it; a month, a quarter or a year (2025-06, 2025-Q2, 2025) "
                        "counts from its first day.",
                        examples=["2025-01-01"],
                    ),
                    Edge("first"),
                ]
                | None,
                None,
            ),
            (
                "to",
                Annotated[
                    datetime.date,
                    Meta(
                        description="Only what happens on this day or earlier, or in a span that "
                        "begins by then; a month, a quarter or a year counts to its last day. It "
                        "may lie in the future.",
                        examples=["2025-12-31"],
                    ),
                    Edge("last"),
                ]
                | None,
                None,
            ),
        ],
        bases=(_Filters,),
        namespace={"__doc__": _Filters.__doc__},
        frozen=True,
        kw_only=True,
    )


class TimelineEntry(Public, frozen=True, kw_only=True):
    """One moment."""

    on: Annotated[datetime.date, Meta(description="First day of the span in which it happens.")]
    until: Annotated[datetime.date, Meta(description="Last day of that span.")]
    precision: Precision
    what: Annotated[
        str,
        open_vocabulary(
            ("event", "notice"),
            "event: something that happens to a wave; notice: the day on which a notice takes "
            "effect.",
        ),
    ]
    kind: (
        Annotated[
            str,
            open_vocabulary(
                vocabulary.TIMELINE_KINDS,
                "The status of the wave from then on, for an event; takes_effect for a notice.",
            ),
        ]
        | None
    )
    company: Annotated[str, Meta(description="Id of the company.", examples=["meta"])] | None
    company_name: Annotated[str, Meta(description="Its common name.")] | None
    wave: Annotated[str, Meta(description="Id of the wave.", examples=["meta-2023-03"])] | None
    statement: Annotated[str, Meta(description="One sentence, in the ledger's own words.")] | None
    speaker: Speaker | None
    id: Annotated[str, Meta(description="Id of the record.")]
    url: Annotated[str, address_of_record("/v1/claims/meta-2022-11:event:965b141389")]
    citations: Annotated[list[ClaimCitation], Meta(description="The sources that say so.")]
    employer: (
        Annotated[
            str,
            Meta(
                description="Name of the employer as its notice gives it, also if no company is "
                "linked; null for an event.",
                examples=["Thrive SMP LLC"],
            ),
        ]
        | None
    )


class TimelineMeta(ListMeta, frozen=True, kw_only=True):
    """About the list that a page is part of, and how fresh the ledger is."""

    newest_event_on: (
        Annotated[
            datetime.date,
            Meta(
                description="Day of the newest event in the whole ledger that had happened when "
                "the revision was published: a span after it is empty because nothing was "
                "recorded, not because nothing happened."
            ),
        ]
        | None
    )
    basis: Annotated[str, Meta(description="What the moments rest on.")]


class TimelineList(Public, frozen=True, kw_only=True):
    """A page of moments, oldest first."""

    data: Annotated[list[TimelineEntry], Meta(description="The moments of this page.")]
    links: ListLinks
    meta: TimelineMeta


_OF_NOTICES = vocabulary.TAKES_EFFECT
"""The kind of moment that notices have."""
BASIS = (
    "Events from the ledger's sources that are not deprecated, and notices that stand, by the day "
    "they take effect; a notice may report the same jobs as its wave. Everything that overlaps the "
    "span is included: an event dated only to a month is in every span that touches the month. An "
    "empty span means that nothing is recorded, not that nothing happened: see newest_event_on and "
    "/v1/coverage."
)
_LATER = ("employer",)
"""Fields whose columns came later, and are the last ones."""
_FIELDS = [one for one in TimelineEntry.__struct_fields__ if one not in {"citations", *_LATER}]
COLUMNS = (
    *columns_of(TimelineEntry, _FIELDS),
    Column("sources", "list", "Ids of the cited sources.", True, *at("sources")),
    Column("source_urls", "list", "Their addresses.", True, *at("source_urls")),
    *columns_of(TimelineEntry, _LATER),
)
"""The columns of a flat table."""
NAMES = tuple(column.name for column in COLUMNS)


def moments() -> list[tuple[Resource, Moment]]:
    """Return every kind of record that appears on the timeline."""
    return [(one, one.moment) for one in served() if one.moment is not None]


def _asked_of(parameters: TimelineParameters) -> list[Resource]:
    """Return the kinds of records whose moments may be found."""
    found = []
    for resource, _ in moments():
        kinds = set(parameters.kind)
        of_it = kinds & {_OF_NOTICES} if resource is NOTICE else kinds - {_OF_NOTICES}
        if of_it or not kinds:
            found.append(resource)
    return found


def span_of(parameters: TimelineParameters) -> tuple[datetime.date | None, datetime.date | None]:
    """Return the first and the last day that are requested."""
    return getattr(parameters, "from"), parameters.to  # type: ignore[attr-defined]


def _matching(
    parameters: TimelineParameters,
    conditions: Conditions,
    revision: int,
    *,
    after: Position | None = None,
    most: int | None = None,
) -> list[str]:
    """Return selects of the moments that match, after a position; no moment is in two of them.

    Each kind of record contributes its own first ones, at most so many, so that not all of them
    have to be sorted or sent to be sorted. Those that began before the span and reach into it are
    few, and queried separately: for both at once, an index only knows that they begin before the
    end, as most records do.
    """
    first, last = span_of(parameters)
    conditions.arguments.append(revision)
    of = "$1::integer"
    since = None if first is None else conditions.argument(first, "date")
    until = None if last is None else conditions.argument(last, "date")
    companies = conditions.argument(parameters.company, "text[]") if parameters.company else None
    kinds = conditions.argument(parameters.kind, "text[]") if parameters.kind else None
    beyond = None
    if after is not None:
        day = conditions.argument(key_argument(BY_DAY, after.key), "date")
        beyond = f"({day}, {conditions.argument(after.id, 'text')})"
    selects = []
    for resource, moment in moments():
        texts = [
            f"facet.first_revision <= {of} and facet.last_revision >= {of}",
            moment.condition,
            *([] if companies is None else [f"{moment.company} = any({companies})"]),
            *([] if kinds is None else [f"{moment.kind} = any({kinds})"]),
            *([] if beyond is None else [f"({moment.first}, facet.id) > {beyond}"]),
        ]
        ordered = f" order by {moment.first}, facet.id limit {most}" if most else ""
        select = (
            f"(select '{resource.name}' as resource, facet.id, facet.first_revision, "
            f'{moment.first} as "on", {moment.last} as until, {moment.kind} as kind, '
            f"{moment.company} as company, {moment.wave} as wave "
            f"from {resource.facet_view} as facet where {' and '.join(texts)} and "
        )
        begins = [
            f"{moment.first} is not null",
            *([] if since is None else [f"{moment.first} >= {since}"]),
            *([] if until is None else [f"{moment.first} <= {until}"]),
        ]
        selects.append(f"{select}{' and '.join(begins)}{ordered})")
        if since is not None:
            # Not in order: with an index of first days, everything that began earlier would be
            # read.
            selects.append(
                f"{select}{moment.first} < {since} and {moment.last} >= {since} "
                f"and {moment.last} > {moment.first})"
            )
    return selects


def page(
    parameters: TimelineParameters, *, revision: int, after: Position | None, limit: int
) -> Statement:
    """Return the statement of one page, oldest first, with one moment more than the page."""
    conditions = Conditions()
    selects = _matching(parameters, conditions, revision, after=after, most=limit + 1)
    return conditions.statement(
        f"select moment.* from ({' union all '.join(selects)}) as moment "
        f'order by moment."on", moment.id limit {limit + 1}'
    )


def whole(parameters: TimelineParameters, *, revision: int) -> Statement:
    """Return the statement of all moments, oldest first, with the bodies of their documents."""
    conditions = Conditions()
    selects = _matching(parameters, conditions, revision)
    bodies = " ".join(
        f"when '{one.name}' then (select convert_to(document.body, 'UTF8') "
        f"from {one.document_view} as document where document.resource = '{one.name}' "
        "and document.id = moment.id and document.first_revision = moment.first_revision)"
        for one, _ in moments()
    )
    # Sorted before their bodies are read, as in lists: `offset 0` keeps the two apart.
    return conditions.statement(
        f"select moment.*, case moment.resource {bodies} end as body "
        f"from (select moment.* from ({' union all '.join(selects)}) as moment "
        'order by moment."on", moment.id offset 0) as moment'
    )


def counted(parameters: TimelineParameters, *, revision: int) -> Statement:
    """Return the statement that counts the moments of a span."""
    conditions = Conditions()
    # One by one: for all of them together, PostgreSQL would plan parallel workers.
    counts = [
        f"(select count(*) from {select} as moment)"
        for select in _matching(parameters, conditions, revision)
    ]
    return conditions.statement(f"select {' + '.join(counts)} as count")


def newest_event(*, revision: int) -> Statement:
    """Return the statement of the newest event that had happened when a revision was published."""
    conditions = Conditions.holding_at(revision, "facet")
    return conditions.statement(
        f"select max(facet.newest_event_on) as day from api.wave_facet as facet "
        f"where {conditions.text}"
    )


async def snapshot_of_timeline(
    ledger: Ledger, parameters: TimelineParameters, after: Position | None = None
) -> Snapshot:
    """Return the revision that is asked; raise `InvalidParametersError` for unknown companies."""
    snapshot = await snapshot_of_cursor(ledger.revisions, parameters, after)
    snapshot = snapshot.on_terms_of(*_asked_of(parameters))
    await check_codes(ledger, parameters, snapshot)
    return snapshot


async def count_timeline(ledger: Ledger, parameters: TimelineParameters, snapshot: Snapshot) -> int:
    """Count the moments of a span, once: the count cannot change within a revision."""
    count: int = await ledger.once(
        snapshot,
        signature(NAME, parameters),
        lambda: counted(parameters, revision=snapshot.revision),
    )
    return count


def stream_timeline(
    ledger: Ledger, parameters: TimelineParameters, snapshot: Snapshot, *, base: str
) -> AsyncGenerator[list[TimelineEntry], None]:
    """Return all moments in batches.

    Raises `UnavailableError` before the first batch if the database does not answer, or if so many
    results are being read that pages would have to wait.
    """
    known = {
        resource.name: (resource, moment, row_renderer(resource, base))
        for resource, moment in moments()
    }

    def entry(row: asyncpg.Record) -> TimelineEntry:
        resource, moment, render = known[row["resource"]]
        return _entry(row, render(row), resource, moment)

    return ledger.pool.stream(whole(parameters, revision=snapshot.revision), entry)


async def read_timeline(
    ledger: Ledger, parameters: TimelineParameters, *, base: str
) -> tuple[list[TimelineEntry], dict[str, Any], str | None, Snapshot]:
    """Read one page: its moments, the meta of the list, and the cursor of the next page.

    Raises `InvalidParametersError` for unknown companies.
    """
    after = read_cursor(NAME, BY_DAY, parameters)
    snapshot = await snapshot_of_timeline(ledger, parameters, after)
    revision, limit = snapshot.revision, limit_of(parameters)
    count, belongs_to = None, signature(NAME, parameters)
    if parameters.count == "exact":
        count = after.count if after is not None else None
        if count is None:
            count = await count_timeline(ledger, parameters, snapshot)
    rows, following = paginate(
        await ledger.fetch_costly(page(parameters, revision=revision, after=after, limit=limit)),
        limit,
        lambda last: Position(revision, count, cursor_key(last["on"]), last["id"], belongs_to),
    )
    known = {resource.name: (resource, moment) for resource, moment in moments()}
    documents = await ledger.documents.render_mixed(
        [(known[row["resource"]][0], row["id"], row["first_revision"]) for row in rows], base=base
    )
    entries = [
        _entry(row, document, *known[row["resource"]])
        for row, document in zip(rows, documents, strict=True)
    ]
    newest = await ledger.once(snapshot, b"newest event", lambda: newest_event(revision=revision))
    hints = []
    if parameters.cursor is None and (not parameters.kind or _OF_NOTICES in parameters.kind):
        hints = await lacking_all(ledger, snapshot)
    if parameters.cursor is None and not rows:

        async def count_without(without: TimelineParameters) -> int:
            (found,) = await ledger.fetch_costly(counted(without, revision=revision))
            return int(found["count"])

        hints += await hints_of_removed(parameters, count_without)
    meta = {
        "count": count,
        "limit": limit,
        "next_cursor": following,
        "revision": revision,
        "published_at": snapshot.published_at,
        "license": snapshot.license,
        "hint": "; ".join(hints) or None,
        "attribution": snapshot.attribution,
        "newest_event_on": newest,
        "basis": BASIS,
    }
    return entries, meta, following, snapshot


def _entry(
    row: asyncpg.Record, document: bytes, resource: Resource, moment: Moment
) -> TimelineEntry:
    decoded = msgspec.json.decode(document)
    return msgspec.convert(
        {
            **{name: row[name] for name in ("on", "until", "kind", "company", "wave", "id")},
            "what": moment.what,
            "url": decoded[resource.url],
            **moment.entry(decoded),
        },
        TimelineEntry,
    )
