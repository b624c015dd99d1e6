"""A question about one resource → its plan: what matches, in which order, which part of it.

There is a statement per combination of filters, not one with `$n is null or …` for all of them: so
the planner sees only what is asked, and each statement is prepared once per connection. Values are
always arguments; only fragments that a resource declares become SQL.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger.http.problems import InvalidParametersError, mistake
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
from layoff_ledger.query.parse import given_filters, number_of_filters
from layoff_ledger.query.vocabularies import check_codes
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import BY_RELEVANCE, Part, Resource, Sort
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.search.query import RELEVANCE, SearchQuery, parse_query
from layoff_ledger.statement import Conditions, PartOf, Statement, Term, Within
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.postings import Found, Postings
from layoff_ledger.store.postings_file import DAY
from layoff_ledger.store.rendering import document_renderer, row_renderer
from layoff_ledger.store.revisions import Snapshot

FEW_DAYS = 100
"""Up to this many days, PostgreSQL counts waves faster than columns do: a quarter has 92."""
_BODY = "convert_to(document.body, 'UTF8')"


class Plan(Struct, frozen=True, dict=True):
    """What matches a question, in which order; a page, a count and a stream are derived from it."""

    resource: Resource
    parameters: Parameters
    revision: int
    search_query: SearchQuery | None
    sort: Sort
    is_newest: bool
    """Whether many will ask as of this revision."""
    has_lists: bool
    """Whether a condition is about a list."""
    terms: Sequence[Term] | None
    """What all conditions mean for postings; None if one of them means nothing to them."""

    @property
    def is_sampled(self) -> bool:
        """Return whether only a sample of the matches is taken: its SQL ends with a subquery."""
        return getattr(self.parameters, "sample", None) is not None

    @property
    def is_costly(self) -> bool:
        """Return whether a page has to look at everything that matches: no index has its order."""
        return self.is_sampled or self.sort is BY_RELEVANCE

    def _order(self, conditions: Conditions) -> str:
        """Return the SQL of the sort key; that of relevance has the question as an argument."""
        asked = self.search_query
        if self.sort is not BY_RELEVANCE or asked is None or not asked.tsquery:
            return self.sort.key
        rank = RELEVANCE.format(conditions.argument(asked.tsquery, "tsquery"))
        return (
            f"(select {rank}::double precision from api.search_version as entry "
            f"where entry.resource = '{self.resource.name}' and entry.id = facet.id "
            "and entry.first_revision = facet.first_revision)"
        )

    def page(self, *, after: Position | None, limit: int) -> Statement:
        """Return the statement of one page: which versions are on it, by their facets alone.

        Keyset paging: no offset, and `id` makes every key unique. One record more than the page
        shows whether there is a next one. The limit is checked, and a literal, because that plans
        better.
        """
        conditions = self._begin()
        key = self._order(conditions)
        direction, operator = ("desc", "<") if self.sort.descending else ("asc", ">")
        found = self._matching[0]
        if after is not None:
            value = conditions.argument(key_argument(self.sort, after.key), self.sort.type)
            id_ = conditions.argument(after.id, "text")
            joint = "where" if self.is_sampled else "and"
            found += f" {joint} ({key}, facet.id) {operator} ({value}, {id_})"
        return conditions.statement(
            f"select facet.id, facet.first_revision, {key} as key {found} "
            f"order by {key} {direction}, facet.id {direction} limit {limit + 1}"
        )

    def count(self) -> Statement:
        """Return the statement that counts the matches; it cannot change within a revision."""
        matching, arguments = self._matching
        return Statement(f"select count(*) as count {matching}", arguments)

    def versions(self) -> Statement:
        """Return the statement of the ids and first revisions of everything that matches."""
        matching, arguments = self._matching
        return Statement(f"select facet.id, facet.first_revision {matching}", arguments)

    def stream(self) -> Statement:
        """Return the statement of all matches, with bodies, to be read through a cursor.

        Facets are sorted, if necessary, and each body is read only for its own row.
        """
        conditions = self._begin()
        key = self._order(conditions)
        direction = "desc" if self.sort.descending else "asc"
        return conditions.statement(
            f"select facet.id, facet.first_revision, (select {_BODY} "
            f"from {self.resource.document_view} as document "
            f"where document.resource = '{self.resource.name}' and document.id = facet.id "
            "and document.first_revision = facet.first_revision) as body "
            f"from (select facet.id, facet.first_revision {self._matching[0]} "
            # `offset 0` keeps the two apart.
            f"order by {key} {direction}, facet.id {direction} offset 0) as facet"
        )

    def _begin(self) -> Conditions:
        conditions = Conditions()
        conditions.arguments.extend(self._matching[1])
        return conditions

    @functools.cached_property
    def _matching(self) -> tuple[str, tuple[Any, ...]]:
        """Compose `from … where …` over the facets, and its arguments, when it is needed."""
        resource, parameters, conditions = self.resource, self.parameters, Conditions()
        # A question that only bounds its own order is read by the index of that order, whatever the
        # bounds are. So PostgreSQL plans it once, and not for each request, which takes four times
        # as long as reading a page; but only if it knows the revision. Other questions are planned
        # by their values.
        is_simple = self.is_newest and resource.part is None and _is_range(parameters, self.sort)
        conditions.hold_at(self.revision, "facet", as_literal=is_simple)
        add_filters(conditions, resource, parameters, self.search_query)
        matching = f"from {resource.facet_view} as facet where {conditions.text}"
        size: int | None = getattr(parameters, "sample", None)
        if size is not None:
            # A digest of the id is as good as a random number, and is the same for every client.
            seed = conditions.argument(str(getattr(parameters, "seed", None) or 0), "text")
            matching = (
                f"from (select facet.* {matching} "
                f"order by md5({seed} || ' ' || facet.id), facet.id limit {size}) as facet"
            )
        return matching, tuple(conditions.arguments)


def add_filters(
    conditions: Conditions,
    resource: Resource,
    parameters: Parameters,
    search_query: SearchQuery | None,
) -> None:
    """Add the conditions of all filters that are present."""
    part = resource.part
    if part is not None:
        _ask_whole(conditions, part, parameters, search_query)
        search_query = None
    for name, where, value in given_filters(parameters):
        if part is None or name not in part.asked:
            where.add(conditions, value)
    if resource.together is not None:
        resource.together(conditions, parameters)
    if search_query is None:
        return
    if not search_query.tsquery:
        conditions.add_text("false")
        return
    # The same as the hits of a search.
    conditions.add(
        "(facet.id, facet.first_revision) in (select entry.id, entry.first_revision "
        f"from api.search_version as entry where entry.resource = '{resource.name}' "
        "and entry.words @@ {})",
        search_query.tsquery,
        "tsquery",
    )


def _ask_whole(
    conditions: Conditions, part: Part, parameters: Parameters, search_query: SearchQuery | None
) -> None:
    """Keep the parts of the documents that meet the conditions on the whole."""
    if part.question is None:
        return
    asked = part.question(**{name: getattr(parameters, name) for name in part.asked})
    whole, inner = RESOURCES[part.whole], Conditions()
    # Numbered together with all other arguments of the statement.
    inner.arguments = conditions.arguments
    add_filters(inner, whole, asked, search_query)
    if inner.text:
        # The first argument is the revision: see `Plan`.
        conditions.add_text(
            f"facet.{part.column} in (select facet.id from {whole.facet_view} as facet "
            "where facet.first_revision <= $1::integer and facet.last_revision >= $1::integer "
            f"and {inner.text})",
            None if inner.terms is None else PartOf(tuple(inner.terms)),
        )


def plan(
    resource: Resource,
    parameters: Parameters,
    *,
    revision: int,
    search_query: SearchQuery | None = None,
    sort: Sort | None = None,
    is_newest: bool = False,
) -> Plan:
    """Plan a question as of a revision, in its own order or in another one.

    `is_newest` says whether many will ask as of this revision.
    """
    asked = Conditions()
    add_filters(asked, resource, parameters, search_query)
    return Plan(
        resource,
        parameters,
        revision,
        search_query,
        sort or resource.order(parameters),
        is_newest,
        asked.has_lists,
        asked.terms,
    )


def _is_columnar(planned: Plan) -> bool:
    """Return whether columns count the matches, and faster than PostgreSQL does."""
    if planned.resource is not WAVE or planned.is_sampled or planned.search_query is not None:
        return False
    return not planned.has_lists and not _is_looked_up(planned)


def _is_looked_up(planned: Plan) -> bool:
    """Return whether an index finds the matches, so few that they are counted at once."""
    if any(where.is_looked_up for _, where, _ in given_filters(planned.parameters)):
        return True
    spans = [
        list(zip(*term.spans, strict=True))
        for term in planned.terms or ()
        if isinstance(term, Within) and term.facet == DAY
    ]
    first = max((min(days) for days, _ in spans if None not in days), default=None)
    last = min((max(days) for _, days in spans if None not in days), default=None)
    return first is not None and last is not None and (last - first).days < FEW_DAYS


def _is_range(parameters: Parameters, sort: Sort) -> bool:
    """Return whether a question asks for nothing but a range of its own order."""
    bounds = [where.bounds for _, where, _ in given_filters(parameters)]
    return bounds.count(sort.key) == number_of_filters(parameters)


async def search_query_of(
    ledger: Ledger, parameters: Parameters, snapshot: Snapshot
) -> SearchQuery | None:
    """Parse what `q` means as of a revision; None without it.

    Raises `InvalidParametersError` if an order needs it and it is absent.
    """
    question: str | None = getattr(parameters, "q", None)
    if question is not None:
        return await parse_query(ledger.fetch, question, snapshot.revision)
    if getattr(parameters, "sort", None) == "-relevance":
        raise InvalidParametersError(
            mistake(
                "sort", "'-relevance' needs a search", "give words in q, or choose another order"
            )
        )
    return None


class Page(Struct, frozen=True):
    """One page of a list."""

    documents: list[bytes]
    count: int | None
    next: str | None
    """Cursor of the next page."""
    snapshot: Snapshot
    """On the terms of the collection of its records."""
    search_query: SearchQuery | None = None
    """What `q` means, if it is given."""


async def read_page(
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    *,
    base: str,
    sort: Sort | None = None,
) -> Page:
    """Read one page of a list; raise `InvalidParametersError` for unknown codes.

    `sort` is an order that clients cannot ask for: its pages are not counted.
    """
    # A cursor of one order does not fit another.
    name = resource.name if sort is None else f"{resource.name} feed"
    after = read_cursor(name, sort or resource.order(parameters), parameters)
    snapshot = await snapshot_of_cursor(ledger.revisions, parameters, after)
    if after is None:
        await check_codes(ledger, parameters, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    planned = plan(
        resource,
        parameters,
        revision=snapshot.revision,
        search_query=search_query,
        sort=sort,
        is_newest=snapshot is ledger.revisions.newest,
    )
    belongs_to = signature(name, parameters)
    is_counted = sort is None and getattr(parameters, "count", "exact") == "exact"
    # A walk carries its count along.
    count = after.count if is_counted and after is not None else None
    must_count = is_counted and count is None
    found = _find(ledger, planned, snapshot, is_counted=must_count)
    limit = limit_of(parameters)
    rows = await _rows(ledger, planned, after, limit, found)
    if must_count and after is None and len(rows) <= limit:
        count = len(rows)
    elif must_count:
        count = await _count(ledger, planned, snapshot, belongs_to, found)
    rows, following = paginate(
        rows,
        limit,
        lambda last: Position(snapshot.revision, count, cursor_key(last[2]), last[0], belongs_to),
    )
    documents = await ledger.documents.render(resource, rows, base=base)
    return Page(documents, count, following, snapshot.on_terms_of(resource), search_query)


async def plan_all(
    ledger: Ledger, resource: Resource, parameters: Parameters
) -> tuple[Plan, Snapshot]:
    """Plan a whole result; raise `InvalidParametersError` for unknown codes.

    The snapshot carries the terms of the collection of its records.
    """
    snapshot = await ledger.snapshot_at(getattr(parameters, "as_of", None))
    await check_codes(ledger, parameters, snapshot)
    search_query = await search_query_of(ledger, parameters, snapshot)
    planned = plan(resource, parameters, revision=snapshot.revision, search_query=search_query)
    return planned, snapshot.on_terms_of(resource)


def stream_all(
    ledger: Ledger, planned: Plan, snapshot: Snapshot, *, base: str
) -> AsyncGenerator[list[bytes], None]:
    """Return the documents of a whole result in batches.

    They come from a file of bodies if there is one and the postings beside it can find them, and
    from PostgreSQL otherwise. Raises `UnavailableError` before the first batch if the database does
    not answer, or if so many results are being read that pages would have to wait.
    """
    resource, sort = planned.resource, planned.sort

    def from_postgresql() -> AsyncGenerator[list[bytes], None]:
        return ledger.pool.stream(planned.stream(), row_renderer(resource, base))

    postings = ledger.columns.postings(snapshot) if resource is WAVE else None
    bodies = None if postings is None else ledger.columns.bodies(ledger.revisions.keys)
    found = None if postings is None or bodies is None else _find_by(ledger, postings, planned)
    if found is None or bodies is None or sort.key != found.postings.key:
        return from_postgresql()
    numbers = found.numbers
    is_same = sort.descending is found.postings.descending
    return ledger.stream_bodies(
        bodies,
        numbers if is_same else reversed(numbers),
        document_renderer(resource, base),
        from_postgresql,
    )


async def count_all(ledger: Ledger, planned: Plan, snapshot: Snapshot) -> int:
    """Count a whole result."""
    belongs_to = signature(planned.resource.name, planned.parameters)
    found = _find(ledger, planned, snapshot, is_counted=True)
    return await _count(ledger, planned, snapshot, belongs_to, found)


def _find(ledger: Ledger, planned: Plan, snapshot: Snapshot, *, is_counted: bool) -> Found | None:
    """Find the matches by postings; return None if PostgreSQL has to, or if they are of no use."""
    postings = ledger.postings(planned.resource, snapshot)
    if postings is None or not (is_counted or postings.can_order(planned.sort)):
        return None
    return _find_by(ledger, postings, planned)


def _find_by(ledger: Ledger, postings: Postings, planned: Plan) -> Found | None:
    """Find the matches by some postings; return None if they cannot."""
    return None if planned.is_sampled else ledger.find(postings, planned.terms)


async def _rows(
    ledger: Ledger, planned: Plan, after: Position | None, limit: int, found: Found | None
) -> Sequence[Any]:
    """Read id, first revision and sort key of a page's records, and of one more if there is one."""
    if found is not None and found.postings.can_order(planned.sort):
        place = None if after is None else (key_argument(planned.sort, after.key), after.id)
        rows = ledger.read_postings(
            lambda: found.page(by=planned.sort, after=place, limit=limit + 1)
        )
        if rows is not None:
            return rows
    fetch = ledger.fetch_costly if planned.is_costly else ledger.fetch
    return await fetch(planned.page(after=after, limit=limit))


async def _count(
    ledger: Ledger,
    planned: Plan,
    snapshot: Snapshot,
    belongs_to: bytes,
    found: Found | None,
) -> int:
    """Count all matches, once: the count cannot change within a revision."""
    if not is_filtered(planned.parameters) and planned.resource.part is None:
        return snapshot.counts.get(planned.resource.name, 0)
    if found is not None:
        return found.count
    count: int = await ledger.once(
        snapshot, belongs_to, planned.count, is_columnar=_is_columnar(planned)
    )
    return count


def is_filtered(parameters: Parameters) -> bool:
    """Return whether a list is less than the whole resource."""
    return number_of_filters(parameters) > 0


def everything(resource: Resource, *, revision: int) -> Statement:
    """Return the statement of all records of a revision by id, to be read through a cursor."""
    conditions = Conditions()
    conditions.hold_at(revision, "document")
    conditions.add("document.resource = {}", resource.name, "text")
    return conditions.statement(
        f"select document.id, document.first_revision, {_BODY} as body "
        f"from {resource.document_view} as document where {conditions.text} order by document.id"
    )
