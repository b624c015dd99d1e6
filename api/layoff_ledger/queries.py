"""Parameters → SQL: composes the statement of a list from the filters that are present.

A statement per combination of filters, and not one with `$n is null or …` for all of them: so the
planner sees only what is asked, and each statement is prepared once per connection. Values are
always parameters; only fragments that stand in this file become SQL.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import math
from collections.abc import Callable, Iterable
from typing import Any

import asyncpg
import msgspec
from msgspec import Struct

from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.parameters import (
    DEFAULT_LIMIT,
    MOST_JOBS,
    NO_CURSOR,
    ChangeListParameters,
    CollectionListParameters,
    CompanyListParameters,
    DriverListParameters,
    Parameters,
    RevisionListParameters,
    RoleListParameters,
    SourceListParameters,
    StatisticsParameters,
    WaveFilter,
    WaveListParameters,
)
from layoff_ledger.types import ProblemError

AFFIRMED = ("states", "reports")
EVERY_STANCE = (*AFFIRMED, "denies")


class Sort(Struct, frozen=True):
    """An order: the SQL of its key, the key's type, and whether it descends."""

    key: str
    type: str
    descending: bool = False


class Resource(Struct, frozen=True):
    """What the statements of one kind of document are made of."""

    name: str
    path: str
    key: str
    """The key of the document: `id` or `code`."""
    sorts: dict[str, Sort]
    parameters: type[Parameters]
    url: str = "url"
    """The key that has the address of the record."""
    below: str = ""
    """What follows the id in that address."""
    waves: str | None = None
    """The filter of waves that finds the waves of a record."""

    @property
    def view(self) -> str:
        """Name the view that has every version."""
        return f"api.{self.name}_version"


# Its key has the question in it, so `_order` writes it; without a word, nothing is found.
BY_RELEVANCE = Sort("0::double precision", "double precision", True)
_UNKNOWN_LAST_UP = "coalesce(version.headcount_low, version.headcount_high, 2147483647)"
_UNKNOWN_LAST_DOWN = "coalesce(version.headcount_low, version.headcount_high, -1)"
_BY_ID = {
    "id": Sort("version.id::text", "text"),
    "-id": Sort("version.id::text", "text", True),
    "-relevance": BY_RELEVANCE,
}
_BY_CODE = {
    "code": Sort("version.id::text", "text"),
    "-code": Sort("version.id::text", "text", True),
    "waves": Sort("version.waves", "integer"),
    "-waves": Sort("version.waves", "integer", True),
    "-relevance": BY_RELEVANCE,
}

WAVE = Resource(
    "wave",
    "waves",
    "id",
    {
        "announced_on": Sort("version.announced_on", "date"),
        "-announced_on": Sort("version.announced_on", "date", True),
        "headcount": Sort(_UNKNOWN_LAST_UP, "integer"),
        "-headcount": Sort(_UNKNOWN_LAST_DOWN, "integer", True),
        **_BY_ID,
    },
    WaveListParameters,
)
COMPANY = Resource(
    "company",
    "companies",
    "id",
    {
        "name": Sort('(version.name collate "C")', "text"),
        "-name": Sort('(version.name collate "C")', "text", True),
        "waves": Sort("version.waves", "integer"),
        "-waves": Sort("version.waves", "integer", True),
        **_BY_ID,
    },
    CompanyListParameters,
    waves="company",
)
INDICATORS = Resource("company_indicators", "companies", "id", {}, Parameters, below="/indicators")
SOURCE = Resource(
    "source",
    "sources",
    "id",
    {
        # Not the first and the last day that there is: asyncpg takes those for infinity.
        "published_on": Sort("coalesce(version.published_on, date '9999-01-01')", "date"),
        "-published_on": Sort("coalesce(version.published_on, date '0002-01-01')", "date", True),
        "publisher": Sort('(version.publisher collate "C")', "text"),
        "-publisher": Sort('(version.publisher collate "C")', "text", True),
        **_BY_ID,
    },
    SourceListParameters,
    url="record_url",
)
DRIVER = Resource(
    "driver",
    "drivers",
    "code",
    _BY_CODE,
    DriverListParameters,
    waves="driver",
)
ROLE = Resource(
    "role",
    "roles",
    "code",
    _BY_CODE,
    RoleListParameters,
    waves="role",
)
COLLECTION = Resource(
    "collection",
    "collections",
    "id",
    {
        "waves": Sort("version.waves", "integer"),
        "-waves": Sort("version.waves", "integer", True),
        **_BY_ID,
    },
    CollectionListParameters,
    waves="collection",
)
RESOURCES = {one.name: one for one in (WAVE, COMPANY, INDICATORS, SOURCE, DRIVER, ROLE, COLLECTION)}
"""Every kind of document, in the order in which a publication tells of them."""


class Statement(Struct, frozen=True):
    """SQL with its arguments."""

    text: str
    arguments: tuple[Any, ...]


class Meant(Struct, frozen=True):
    """What a question `q` means to the ledger as of a revision; `search.understand` finds it."""

    query: str
    """A tsquery as text; empty where the question has no word."""
    exact: tuple[str, ...]
    """The folded words with a blank between, as in `exact` of an entry: typed and as taken."""
    forms: tuple[str, ...]
    """The words and their stems, by which the places are found."""
    opening: str | None
    """The last word, where it may be only a beginning."""
    corrected: str | None
    """The words as they were taken, where one of them was put right."""


RELEVANCE = "ts_rank_cd('{{0.05,0.2,0.5,1}}'::real[], entry.words, {}, 33)"
"""Rank of an entry of `search_version` for a tsquery: 0 to 1, less in a long text."""
_RELEVANCE = (
    "(select {}::double precision from api.search_version as entry where entry.resource = '{}' "
    "and entry.id = version.id and entry.first_revision = version.first_revision)"
)


class Conditions:
    """Collects conditions and their arguments, which it numbers."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.texts: list[str] = []
        self.arguments: list[Any] = []
        self.closed = False
        """Whether they stand inside a query of their own, of which only a sample is taken."""

    def argument(self, value: Any, type_: str) -> str:
        """Add an argument and give its place, cast where it is first used."""
        self.arguments.append(value)
        return f"${len(self.arguments)}::{type_}"

    def add(self, template: str, value: Any, type_: str) -> None:
        """Add a condition with one argument, which stands for `{}`."""
        self.texts.append(template.format(self.argument(value, type_)))

    @property
    def text(self) -> str:
        """Give all conditions, joined by and."""
        return " and ".join(self.texts)


def as_of(conditions: Conditions, revision: int) -> None:
    """Keep the versions that hold at a revision."""
    revision_of(conditions, revision, "version")


def revision_of(conditions: Conditions, revision: int, table: str) -> None:
    """Keep the rows of a versioned table that hold at a revision."""
    place = conditions.argument(revision, "integer")
    conditions.texts.append(f"{table}.first_revision <= {place}")
    conditions.texts.append(f"{table}.last_revision >= {place}")


def opening(resource: Resource, base: str) -> Callable[[asyncpg.Record], bytes]:
    """Give the function that makes a whole document: what serving adds, then the stored body.

    Spliced here and not in SQL: PostgreSQL spent more time on joining texts than on finding them.
    """
    head = f'{{"{resource.key}":"'.encode()
    address = f'","{resource.url}":"{base}/v1/{resource.path}/'.encode()
    tail = f'{resource.below}","revision":'.encode()
    waves = (
        None
        if resource.waves is None
        else f'","waves_url":"{base}/v1/waves?{resource.waves}='.encode()
    )

    def opened(row: asyncpg.Record) -> bytes:
        id_ = row["id"].encode()
        revision = str(row["first_revision"]).encode()
        if waves is None:
            return b"".join((head, id_, address, id_, tail, revision, b",", row["body"]))
        return b"".join((head, id_, address, id_, waves, id_, tail, revision, b",", row["body"]))

    return opened


_BODY = "convert_to(version.body, 'UTF8')"
_DOCUMENT = f"version.id::text as id, version.first_revision, {_BODY} as body"
"""The columns of which `opening` makes a document."""


def _one_of(column: str) -> Callable[[Conditions, list[str]], None]:
    return lambda conditions, values: conditions.add(
        f"version.{column} = any({{}})", values, "text[]"
    )


def _not_one_of(column: str) -> Callable[[Conditions, list[str]], None]:
    return lambda conditions, values: conditions.add(
        f"version.{column} <> all({{}})", values, "text[]"
    )


def _overlaps(column: str) -> Callable[[Conditions, list[str]], None]:
    return lambda conditions, values: conditions.add(f"version.{column} && {{}}", values, "text[]")


def _overlaps_not(column: str) -> Callable[[Conditions, list[str]], None]:
    return lambda conditions, values: conditions.add(
        f"not version.{column} && {{}}", values, "text[]"
    )


def _compares(column: str, operator: str, type_: str) -> Callable[[Conditions, Any], None]:
    return lambda conditions, value: conditions.add(
        f"version.{column} {operator} {{}}", value, type_
    )


def _known(conditions: Conditions, known: bool) -> None:  # noqa: FBT001 the value of a parameter
    found = "coalesce(version.headcount_low, version.headcount_high)"
    conditions.texts.append(f"{found} is {'not ' if known else ''}null")


# Parameter → the condition that it adds. `driver`, `speaker`, `stance`, `role`, `effect` and, for
# waves, `standing` are not here: what belongs to one claim is one condition.
_CONDITIONS: dict[str, Callable[[Conditions, Any], None]] = {
    "company": _one_of("company"),
    "company_not": _not_one_of("company"),
    "driver_not": _overlaps_not("drivers"),
    "role_not": _overlaps_not("roles"),
    "industry": _one_of("industry"),
    "country_not": _overlaps_not("countries"),
    "company_country": _one_of("company_country"),
    "status": _one_of("status"),
    "status_not": _not_one_of("status"),
    "form": _overlaps("forms"),
    "collection": _one_of("collection"),
    "source": _overlaps("sources"),
    "announced_gte": _compares("announced_on", ">=", "date"),
    "announced_lte": _compares("announced_on", "<=", "date"),
    "headcount_gte": _compares("headcount_low", ">=", "integer"),
    "headcount_lte": _compares("headcount_high", "<=", "integer"),
    "share_gte": _compares("share_low", ">=", "double precision"),
    "share_lte": _compares("share_high", "<=", "double precision"),
    "headcount_known": _known,
    "changed_since": _compares("first_revision", ">", "integer"),
    "canonical": lambda conditions, values: conditions.add(
        "version.canonical = any({})", values, "boolean[]"
    ),
    "parent": _one_of("parent"),
    "kind": _one_of("kind"),
    "standing": _one_of("standing"),
    "publisher": _one_of("publisher"),
    "language": _one_of("language"),
    "published_gte": _compares("published_on", ">=", "date"),
    "published_lte": _compares("published_on", "<=", "date"),
    "group": _one_of('"group"'),
    "axis": _one_of("axis"),
}
# What chooses neither records nor their order, so that a cursor goes with any of it.
_SHAPING = {"limit", "cursor", "count", "format", "as_of", "select", "expand"}
_PAGING = {*_SHAPING, "sort", "seed"}


def _condition(name: str, parameters: Parameters) -> Callable[[Conditions, Any], None] | None:
    if name == "standing" and isinstance(parameters, WaveFilter):
        return None
    if name == "country":
        # The same word means where the cuts fall, or where the company has its seat.
        return _overlaps("countries") if isinstance(parameters, WaveFilter) else _one_of("country")
    return _CONDITIONS.get(name)


def _ask(conditions: Conditions, resource: Resource, meant: Meant | None) -> None:
    """Keep the versions that a question finds, the same as the hits of a search."""
    if meant is None:
        return
    if not meant.query:
        conditions.texts.append("false")
        return
    conditions.add(
        "(version.id, version.first_revision) in (select entry.id, entry.first_revision "
        f"from api.search_version as entry where entry.resource = '{resource.name}' "
        "and entry.words @@ {})",
        meant.query,
        "tsquery",
    )


def filter_(conditions: Conditions, parameters: Parameters) -> None:
    """Add the conditions of all filters that are present, but for `q`, which `_ask` adds."""
    for name in parameters.__struct_fields__:
        value = getattr(parameters, name)
        condition = _condition(name, parameters)
        if condition is not None and value not in (None, []):
            condition(conditions, value)
    if isinstance(parameters, WaveFilter):
        _filter_claims(conditions, parameters)
    if isinstance(parameters, CompanyListParameters):
        keys = [
            f"{scheme}:{value}"
            for scheme in ("cik", "lei", "wikidata", "ticker")
            for value in getattr(parameters, scheme)
        ]
        if keys:
            conditions.add("version.identifiers && {}", keys, "text[]")


def _filter_claims(conditions: Conditions, parameters: WaveFilter) -> None:
    """Match what belongs together on one and the same claim, by its key."""
    anything = ("*",)
    standings = (*parameters.standing,) or anything
    by_driver = parameters.driver or parameters.speaker or parameters.stance
    if parameters.driver and not (parameters.speaker or parameters.stance or parameters.standing):
        # The same as the keys with `*` for all else, in a list that is short and stays in the row.
        conditions.add("version.drivers && {}", parameters.driver, "text[]")
    elif by_driver:
        # Who asks only for a speaker wants to see denials too; who asks for a driver does not.
        stances = parameters.stance or (AFFIRMED if parameters.driver else EVERY_STANCE)
        keys = [
            f"{driver}|{speaker}|{stance}|{standing}"
            for driver in (*parameters.driver,) or anything
            for speaker in (*parameters.speaker,) or anything
            for stance in stances
            for standing in standings
        ]
        conditions.add("version.driver_keys && {}", keys, "text[]")
    by_role = parameters.role or parameters.effect
    if parameters.role and not parameters.standing and set(parameters.effect) <= {"cut"}:
        conditions.add("version.roles && {}", parameters.role, "text[]")
    elif by_role:
        effects = parameters.effect or ["cut"]
        keys = [
            f"{role}|{effect}|{standing}"
            for role in (*parameters.role,) or anything
            for effect in effects
            for standing in standings
        ]
        conditions.add("version.role_keys && {}", keys, "text[]")
    if parameters.standing and not by_driver and not by_role:
        conditions.add("version.standings && {}", parameters.standing, "text[]")


def is_filtered(parameters: Parameters) -> bool:
    """Say whether a list is less than the whole resource."""
    return any(
        getattr(parameters, name) not in (None, [])
        for name in parameters.__struct_fields__
        if name not in _PAGING
    )


class Position(Struct, frozen=True, array_like=True):
    """Where a walk stands; what a cursor holds."""

    revision: int
    count: int | None
    key: str | int | float
    """The sort key of the last record."""
    id: str
    signature: bytes
    """Digest of the parameters to which the cursor belongs."""


def signature(name: str, parameters: Parameters) -> bytes:
    """Give the digest of what a cursor belongs to: a list's name, its filters and its order."""
    kept = [
        getattr(parameters, name) for name in parameters.__struct_fields__ if name not in _SHAPING
    ]
    return hashlib.sha256(msgspec.msgpack.encode([name, kept])).digest()[:8]


def write_cursor(position: Position) -> str:
    """Give a cursor as text that is safe in a query string."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(position)).decode().rstrip("=")


def cut(
    rows: list[Any], limit: int, position: Callable[[Any], Position]
) -> tuple[list[Any], str | None]:
    """Give the rows of a page, and the cursor of the next one where a row more was found."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], write_cursor(position(rows[limit - 1]))


def read_cursor(name: str, parameters: Parameters) -> Position | None:
    """Read the cursor of a list; raise `InvalidParametersError` if it is none of ours."""
    written: str | None = getattr(parameters, "cursor", None)
    if written is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(written.encode("ascii") + b"=" * (-len(written) % 4))
        position = msgspec.msgpack.decode(raw, type=Position)
    except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
        raise _bad_cursor(NO_CURSOR[0]) from error
    if write_cursor(position) != written or not 1 <= position.revision <= MOST_JOBS:
        raise _bad_cursor(NO_CURSOR[0])
    if position.signature != signature(name, parameters):
        raise _bad_cursor(OTHER_PARAMETERS)
    resource = RESOURCES.get(name)
    try:
        if resource is None:
            # Revisions and changes are walked by number.
            _key(Sort("", "integer"), position.key)
        else:
            _key(_sort(resource, parameters), position.key)
    except ValueError as error:
        raise _bad_cursor(NO_CURSOR[0]) from error
    if "\0" in position.id or (position.count is not None and position.count < 0):
        raise _bad_cursor(NO_CURSOR[0])
    return position


OTHER_PARAMETERS = "belongs to other parameters"


def _bad_cursor(detail: str) -> InvalidParametersError:
    told = ProblemError(parameter="cursor", detail=detail, suggestion=NO_CURSOR[1])
    return InvalidParametersError([told])


def _sort(resource: Resource, parameters: Parameters) -> Sort:
    name: str = getattr(parameters, "sort")  # noqa: B009 every list has it, the base has not
    return resource.sorts[name]


def _order(
    conditions: Conditions, resource: Resource, parameters: Parameters, meant: Meant | None
) -> Sort:
    """Give the order of a list; that by relevance has the question as an argument."""
    sort = _sort(resource, parameters)
    if sort is not BY_RELEVANCE or meant is None or not meant.query:
        return sort
    query = conditions.argument(meant.query, "tsquery")
    key = _RELEVANCE.format(RELEVANCE.format(query), resource.name)
    return Sort(key, sort.type, sort.descending)


def _key(sort: Sort, written: str | float) -> Any:
    """Give a cursor's key as an argument; raise `ValueError` if it is not of the sort's type."""
    if sort.type == "double precision":
        if not isinstance(written, float) or not math.isfinite(written):
            raise ValueError(written)
        return written
    if sort.type == "integer":
        if not isinstance(written, int) or abs(written) > 2**31 - 1:
            raise ValueError(written)
        return written
    if not isinstance(written, str) or "\0" in written:
        raise ValueError(written)
    return datetime.date.fromisoformat(written) if sort.type == "date" else written


def limit_of(parameters: Parameters) -> int:
    """Give the most records on a page of this list."""
    given: int | None = getattr(parameters, "limit")  # noqa: B009 every list has it, the base has not
    return DEFAULT_LIMIT if given is None else given


def _matching(
    conditions: Conditions,
    resource: Resource,
    parameters: Parameters,
    revision: int,
    meant: Meant | None,
) -> str:
    """Give the `from … where …` of what matches, or of a sample of it."""
    as_of(conditions, revision)
    filter_(conditions, parameters)
    _ask(conditions, resource, meant)
    found = f"from {resource.view} as version where {conditions.text}"
    size: int | None = getattr(parameters, "sample", None)
    if size is None:
        return found
    # A digest of the id is as good as chance, and is the same whoever asks.
    seed = conditions.argument(str(getattr(parameters, "seed", 0)), "text")
    order = f"md5({seed} || ' ' || version.id::text), version.id::text"
    conditions.closed = True
    return f"from (select version.* {found} order by {order} limit {size}) as version"


def list_page(
    resource: Resource,
    parameters: Parameters,
    *,
    revision: int,
    after: Position | None,
    meant: Meant | None = None,
) -> Statement:
    """Give the statement of one page.

    Keyset paging: no offset, and `id` makes every key unique. One record more than the page tells
    whether there is a next one. The limit is checked, and a literal: so it plans better.
    """
    limit = limit_of(parameters)
    conditions = Conditions()
    found = _matching(conditions, resource, parameters, revision, meant)
    sort = _order(conditions, resource, parameters, meant)
    direction, operator = ("desc", "<") if sort.descending else ("asc", ">")
    if after is not None:
        key = conditions.argument(_key(sort, after.key), sort.type)
        id_ = conditions.argument(after.id, "text")
        joint = "where" if conditions.closed else "and"
        found += f" {joint} ({sort.key}, version.id::text) {operator} ({key}, {id_})"
    order = f"order by {sort.key} {direction}, version.id::text {direction} limit {limit + 1}"
    text = f"select {_DOCUMENT}, {sort.key} as key {found} {order}"
    if meant is not None or any("&&" in condition for condition in conditions.texts):
        # What lists and words find comes without an order. The bodies are read last then, of what
        # is on the page: PostgreSQL would read the body of each match before it sorts them.
        text = (
            f"select version.id, version.first_revision, {_BODY} as body, version.key from ("
            "select version.id::text as id, version.first_revision, version.body, "
            f"{sort.key} as key {found} {order}"
            f") as version order by version.key {direction}, version.id {direction}"
        )
    return Statement(text, tuple(conditions.arguments))


def list_all(
    resource: Resource, parameters: Parameters, *, revision: int, meant: Meant | None = None
) -> Statement:
    """Give the statement of a whole result, in its order, to be read through a cursor.

    Rows are sorted, if they have to be, with references to their bodies, and not with the bodies.
    """
    conditions = Conditions()
    found = _matching(conditions, resource, parameters, revision, meant)
    sort = _order(conditions, resource, parameters, meant)
    direction = "desc" if sort.descending else "asc"
    text = (
        # `offset 0` keeps the two apart.
        f"select {_DOCUMENT} from (select version.id, version.first_revision, version.body {found} "
        f"order by {sort.key} {direction}, version.id::text {direction} offset 0) as version"
    )
    return Statement(text, tuple(conditions.arguments))


def count_all(
    resource: Resource, parameters: Parameters, *, revision: int, meant: Meant | None = None
) -> Statement:
    """Give the statement that counts all matches: it cannot change within a revision."""
    conditions = Conditions()
    found = _matching(conditions, resource, parameters, revision, meant)
    text = f"select count(*) as count {found}"
    return Statement(text, tuple(conditions.arguments))


def cursor_key(key: Any) -> str | int | float:
    """Give the sort key of a row as a cursor holds it."""
    return key.isoformat() if isinstance(key, datetime.date) else key


# Dimension → the SQL of its key. An array gives a group for each of its items, and the group of
# the unknown where it is empty.
_KEYS = {
    "company": "version.company",
    "industry": "version.industry",
    "status": "version.status",
    "collection": "version.collection",
    "year": "to_char(version.announced_on, 'YYYY')",
    "quarter": """case when version.announced_precision <> 'year' then
        to_char(version.announced_on, 'YYYY"-Q"Q') end""",
    "month": """case when version.announced_precision in ('day', 'month') then
        to_char(version.announced_on, 'YYYY-MM') end""",
}
_ARRAYS = {
    "country": "select item from unnest(version.countries) as item",
    "form": "select item from unnest(version.forms) as item",
    "driver": "select item from unnest(version.drivers) as item",
    "speaker": "select item from unnest(version.speakers) as item",
    "role": "select item from unnest(version.roles) as item",
    "driver_group": """select distinct driver_version."group" as item
        from unnest(version.drivers) as code
        inner join api.driver_version
            on driver_version.id = code
            and driver_version.first_revision <= $1::integer
            and driver_version.last_revision >= $1::integer""",
    "role_axis": """select distinct role_version.axis as item
        from unnest(version.roles) as code
        inner join api.role_version
            on role_version.id = code
            and role_version.first_revision <= $1::integer
            and role_version.last_revision >= $1::integer""",
}
_GROUP_SORTS = {
    "key": "",
    "-waves": "count(*) desc, ",
    "-headcount_low": "sum(version.headcount_low) desc nulls last, ",
}


def overlaps(group_by: Iterable[str]) -> bool:
    """Say whether a wave may be in several groups, so that they do not add up."""
    return any(dimension in _ARRAYS for dimension in group_by)


def statistics(
    parameters: StatisticsParameters, *, revision: int, meant: Meant | None = None
) -> Statement:
    """Give the statement of groups: counts, and sums of bounds that never take unknown as 0.

    The lower sum adds what is known; the upper one exists only where every counted wave of the
    group whose size is known has an upper bound.
    """
    conditions = Conditions()
    as_of(conditions, revision)
    filter_(conditions, parameters)
    _ask(conditions, WAVE, meant)
    keys, joins = [], []
    for number, dimension in enumerate(parameters.group_by, start=1):
        if dimension in _KEYS:
            keys.append(_KEYS[dimension])
        else:
            keys.append(f"d{number}.item")
            joins.append(f"left join lateral ({_ARRAYS[dimension]}) as d{number} on true")
    columns = ", ".join(f"{key} as key_{number}" for number, key in enumerate(keys, start=1))
    places = ", ".join(str(number) for number in range(1, len(keys) + 1))
    order = _GROUP_SORTS[parameters.sort] + ", ".join(
        f"{number} nulls last" for number in range(1, len(keys) + 1)
    )
    limit = conditions.argument(parameters.limit, "integer")
    known = "coalesce(version.headcount_low, version.headcount_high)"
    text = (
        f"select {columns}, count(*) as waves, count(distinct version.company) as companies, "
        f"count({known}) as waves_with_headcount, "
        "sum(version.headcount_low) as headcount_low, "
        f"case when count({known}) = count(version.headcount_high) "
        "then sum(version.headcount_high) end as headcount_high, "
        "count(*) over () as groups, "
        f"(select count(*) from api.wave_version as version where {conditions.text}) as count "
        f"from api.wave_version as version {' '.join(joins)} where {conditions.text} "
        f"group by {places} order by {order} limit {limit}"
    )
    return Statement(text, tuple(conditions.arguments))


def everything(resource: Resource, *, revision: int) -> Statement:
    """Give the statement of all records of a revision by id, to be read through a cursor."""
    conditions = Conditions()
    as_of(conditions, revision)
    text = (
        f"select {_DOCUMENT} from {resource.view} as version where {conditions.text} "
        "order by version.id"
    )
    return Statement(text, tuple(conditions.arguments))


def get_several(resource: Resource, ids: Iterable[str], *, revision: int) -> Statement:
    """Give the statement of some records by id, in no order."""
    conditions = Conditions()
    as_of(conditions, revision)
    conditions.add("version.id = any({})", list(ids), "text[]")
    text = f"select {_DOCUMENT} from {resource.view} as version where {conditions.text}"
    return Statement(text, tuple(conditions.arguments))


def sample(resource: Resource, most: int, *, revision: int) -> Statement:
    """Give the statement of the last records by id, as many as `most`."""
    conditions = Conditions()
    as_of(conditions, revision)
    text = (
        f"select {_DOCUMENT} from {resource.view} as version where {conditions.text} "
        f"order by version.id desc limit {int(most)}"
    )
    return Statement(text, tuple(conditions.arguments))


def find_ids(resource: Resource, ids: Iterable[str], *, revision: int) -> Statement:
    """Give the statement that tells which of some ids exist at a revision."""
    conditions = Conditions()
    as_of(conditions, revision)
    conditions.add("version.id = any({})", list(ids), "text[]")
    text = f"select version.id::text as id from {resource.view} as version where {conditions.text}"
    return Statement(text, tuple(conditions.arguments))


_REVISION = (
    "select revision.number, revision.published_at, revision.note, revision.added, "
    "revision.changed, revision.withdrawn, revision.counts::text as counts, "
    "encode(revision.digest, 'hex') as digest from api.revision"
)


def list_revisions(
    parameters: RevisionListParameters, *, revision: int, after: Position | None
) -> Statement:
    """Give the statement of a page of the publications up to a revision."""
    descending = parameters.sort.startswith("-")
    conditions = Conditions()
    conditions.add("revision.number <= {}", revision, "integer")
    if after is not None:
        operator = "<" if descending else ">"
        conditions.add(f"revision.number {operator} {{}}", _number(after.key), "integer")
    text = (
        f"{_REVISION} where {conditions.text} order by revision.number "
        f"{'desc' if descending else 'asc'} limit {limit_of(parameters) + 1}"
    )
    return Statement(text, tuple(conditions.arguments))


def get_revision(number: int) -> Statement:
    """Give the statement of one publication."""
    return Statement(f"{_REVISION} where revision.number = $1::integer", (number,))


def versions_of(resource: Resource, id_: str, *, revision: int) -> Statement:
    """Give the statement of every version of a record up to a revision, the first one first."""
    text = (
        f"select {_DOCUMENT}, version.last_revision from {resource.view} as version "
        "where version.id = $1::text and version.first_revision <= $2::integer "
        "order by version.first_revision"
    )
    return Statement(text, (id_, revision))


_DOCUMENTS_OF_CHANGES = " ".join(
    f"left join {one.view} as {one.name} on change.resource = '{one.name}' "
    f"and change.change <> 'withdrawn' and {one.name}.id = change.id "
    f"and {one.name}.first_revision = change.revision"
    for one in RESOURCES.values()
)
_BODY_OF_A_CHANGE = f"coalesce({', '.join(f'{one}.body' for one in RESOURCES)})"


def _changes(parameters: ChangeListParameters, revision: int) -> Conditions:
    conditions = Conditions()
    conditions.add("change.revision > {}", parameters.since, "integer")
    conditions.add("change.revision <= {}", revision, "integer")
    if parameters.resource:
        conditions.add("change.resource = any({})", parameters.resource, "text[]")
    return conditions


def list_changes(
    parameters: ChangeListParameters,
    *,
    revision: int,
    after: Position | None,
    limit: int | None,
    newest_first: bool = False,
    documents: bool = True,
) -> Statement:
    """Give the statement of the changes up to a revision, in the order in which they were made.

    One more than `limit`, as for lists; None is all of them, to be read through a cursor.
    """
    body = f"convert_to({_BODY_OF_A_CHANGE}, 'UTF8')" if documents else "null::bytea"
    joined = _DOCUMENTS_OF_CHANGES if documents else ""
    conditions = _changes(parameters, revision)
    if after is not None:
        key = conditions.argument(_number(after.key), "integer")
        position = conditions.argument(_number(after.id), "integer")
        conditions.texts.append(f"(change.revision, change.position) > ({key}, {position})")
    direction = "desc" if newest_first else "asc"
    text = (
        "select change.revision, change.position, change.published_at, change.resource, "
        "change.id, change.change, encode(change.digest, 'hex') as digest, change.reason, "
        "change.merged_into, change.revision as first_revision, "
        f"{body} as body from api.change {joined} where {conditions.text} "
        f"order by change.revision {direction}, change.position {direction}"
        + ("" if limit is None else f" limit {limit + 1}")
    )
    return Statement(text, tuple(conditions.arguments))


def count_changes(parameters: ChangeListParameters, *, revision: int) -> Statement:
    """Give the statement that counts changes up to a revision."""
    conditions = _changes(parameters, revision)
    text = f"select count(*) as count from api.change where {conditions.text}"
    return Statement(text, tuple(conditions.arguments))


def _number(written: str | float) -> int:
    """Read a number of a cursor; raise `InvalidParametersError` if it is none."""
    try:
        number = int(written)
    except ValueError as error:
        raise _bad_cursor(NO_CURSOR[0]) from error
    if not 0 <= number < 2**31:
        raise _bad_cursor(NO_CURSOR[0])
    return number
