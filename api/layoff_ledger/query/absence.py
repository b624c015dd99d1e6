"""Hints about answers: why nothing matches, and what the ledger does not have.

Only first pages ask for them, because one hint per walk is enough; nothing here changes an answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.query.companies import any_of, unknown_identifiers
from layoff_ledger.query.indicator_coverage import lacking_indicators
from layoff_ledger.query.known_status import words_of_status
from layoff_ledger.query.lists import Page, count_all, plan
from layoff_ledger.query.newest import after_newest, newest_wave
from layoff_ledger.query.notice_coverage import (
    AFTER_FIRST_SEEN,
    are,
    lacking,
    lacking_of_waves,
    misread,
)
from layoff_ledger.query.parse import Field, fields, names_of_filters
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.claim import CLAIM
from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.indicator import INDICATOR
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.notice_parameters import STANDING, NoticeFilter
from layoff_ledger.resources.parameters import UNFILTERED, Parameters
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.search.complete import called_almost_so
from layoff_ledger.search.query import SearchQuery, parts_without_effect
from layoff_ledger.statement import Conditions
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

ParametersT = TypeVar("ParametersT", bound=Parameters)
MAX_TRIED = 8
"""How many filters of a question are left out, one after the other: each costs a count."""
MAX_SEARCHED = 200_000
"""Records in a ledger that is searched for a hint: if there are more, common words take seconds."""
MAX_NAMED = 3
"""How many filters are named: those without which the fewest match, which are closest to the
question.
"""


async def hint_of_list(
    ledger: Ledger, resource: Resource, parameters: Parameters, page: Page
) -> str | None:
    """Say what to bear in mind about a page, if anything."""
    if getattr(parameters, "cursor", None) is not None:
        return None
    found = []
    asked = page.search_query
    if asked is not None and asked.corrected is not None:
        found.append(f"the spelling of `q` was corrected to {asked.corrected!r}")
    found += parts_without_effect(asked)
    is_seeded = getattr(parameters, "seed", None) is not None
    if is_seeded and getattr(parameters, "sample", None) is None:
        found.append("`seed` does nothing without `sample`: these records are not a random sample")
    since = getattr(parameters, "changed_since", None)
    is_newest = getattr(parameters, "as_of", None) is None
    if since is not None and is_newest and since > page.snapshot.revision:
        found.append(
            f"there is no revision {since}, the newest is {page.snapshot.revision}: if your copy "
            "has that revision, this ledger was restored from an older state"
        )
    found += await _unknown(ledger, resource, parameters, page)
    if not page.documents:
        if resource is INDICATOR:
            companies = getattr(parameters, "company", ())
            found += await lacking_indicators(ledger, companies, page.snapshot)
        found += await hints_of_nothing(ledger, resource, parameters, page.snapshot, asked)
    # A question about no days gets no hint about days.
    if (
        not page.documents
        and resource is WAVE
        and isinstance(parameters, WaveFilter)
        and (parameters.announced or parameters.announced_gte is not None)
    ):
        found += after_newest(parameters, await newest_wave(ledger, page.snapshot))
    if isinstance(parameters, NoticeFilter):
        # A hint is no reason to fail.
        with contextlib.suppress(UnavailableError):
            found += await _of_notices(ledger, resource, parameters, page)
        found += await lacking(ledger, parameters, page.snapshot)
    if isinstance(parameters, WaveFilter):
        found += words_of_status(parameters, documents=page.documents)
        found += await lacking_of_waves(ledger, parameters, page.snapshot)
    if page.documents and asked is not None and resource.part is not None:
        found.append(
            f"`q` finds {RESOURCES[resource.part.whole].path}: these are all of their "
            f"{resource.path}, whether or not they contain the words themselves"
        )
    return "; ".join(found) or None


async def _unknown(
    ledger: Ledger, resource: Resource, parameters: Parameters, page: Page
) -> list[str]:
    """Say which identifiers no company has, and which ids no claim has.

    Neither are refused: the ledger need not know a company, and a corrected figure has another id.
    """
    if resource is COMPANY:
        return await unknown_identifiers(ledger, parameters, page.snapshot)
    asked = dict.fromkeys(getattr(parameters, "id", ()))
    if resource is not CLAIM or len(page.documents) >= len(asked):
        return []
    conditions = Conditions.holding_at(page.snapshot.revision, "facet")
    conditions.add("facet.id = any({})", list(asked), "text[]")
    rows = await ledger.fetch(
        conditions.statement(
            f"select facet.id from {CLAIM.facet_view} as facet where {conditions.text}"
        )
    )
    known = {row["id"] for row in rows}
    missing = [repr(one[:100]) for one in asked if one not in known]
    return [f"no claim has the id {any_of(missing)}"] if missing else []


async def _of_notices(
    ledger: Ledger, resource: Resource, parameters: NoticeFilter, page: Page
) -> list[str]:
    """Say how many notices of a list have a wrong date, and how many statistics leave out."""
    mark = f'"{AFTER_FIRST_SEEN}"'.encode()
    wrong = sum(mark in document for document in page.documents)
    # For a sample, or a list that is not counted, it is not known how many are left out.
    listed = None if getattr(parameters, "sample", None) is not None else page.count
    if listed is None or not (page.search_query is None or _is_searched(page.snapshot)):
        return misread(wrong)

    async def count(**asked: Any) -> int:
        narrowed = msgspec.structs.replace(parameters, **asked)
        return await count_listed(ledger, resource, narrowed, page.snapshot, page.search_query)

    if wrong and not parameters.flag:
        wrong = await count(flag=[AFTER_FIRST_SEEN])
    is_narrowed = parameters.counted is not None or True in parameters.possible_duplicate
    if is_narrowed or not set(STANDING).issuperset(parameters.status) or not page.documents:
        return misread(wrong)
    left_out = listed - await count(counted=True)
    if not left_out:
        return misread(wrong)
    return [
        *misread(wrong),
        f"{left_out:,} of {listed:,} notices {are(left_out)} superseded or rescinded, or may "
        "repeat another one: statistics leave such notices out, and so does `counted=true`",
    ]


async def hints_of_nothing(
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> list[str]:
    """Say why nothing matches: unknown words, and how many records match without a filter."""
    found = _crossed(parameters)
    if search_query is None or _is_searched(snapshot):
        # A hint is no reason to fail.
        with contextlib.suppress(UnavailableError):
            if search_query is not None:
                searched = resource.name if resource.part is None else resource.part.whole
                found += await _unfound(ledger, search_query, [searched], snapshot)
            found += await _removed(ledger, resource, parameters, snapshot, search_query)
    return found


def _crossed(parameters: Parameters) -> list[str]:
    """Say which bounds have no number between them; dates like that are refused."""
    found = []
    for name in names_of_filters(parameters):
        other = f"{name.removesuffix('_gte')}_lte"
        least, most = getattr(parameters, name), getattr(parameters, other, None)
        if not name.endswith("_gte") or not isinstance(least, int | float) or most is None:
            continue
        if least > most:
            found.append(f"`{name}` is greater than `{other}`: swap the two")
    return found


async def hint_of_search(
    ledger: Ledger,
    query: SearchQuery,
    kinds: Collection[str],
    snapshot: Snapshot,
    *,
    hits: Sequence[Any] = (),
) -> str | None:
    """Say why a search finds nothing, or what may be meant if it only finds notices.

    `hits` are rows with the kind of each record and the count of all.
    """
    found = [*query.not_understood]
    if hits:
        # Names of employers and places there contain words that occur nowhere else.
        is_whole = not kinds and hits[0]["count"] == len(hits)
        is_of_notices = is_whole and all(one["resource"] == NOTICE.name for one in hits)
        found += await _almost(ledger, query, snapshot) if is_of_notices else []
    elif not _is_searched(snapshot):
        found.append(NOT_TOGETHER)
    else:
        found += await _unfound(ledger, query, kinds, snapshot) or [
            NOT_TOGETHER,
            *await _apart(ledger, query, kinds, snapshot),
        ]
    return "; ".join(found) or None


NO_WORD = "`q` has no word: only letters and digits are searched for"
NOT_TOGETHER = "no record contains all of these words"


def _is_searched(snapshot: Snapshot) -> bool:
    return sum(snapshot.counts.values()) <= MAX_SEARCHED


def listed(resource: Resource, parameters: Parameters) -> Parameters:
    """Return the parameters of the list that has the same filters."""
    if resource.listing is None:
        raise LookupError(resource.name)
    struct = resource.listing.parameters
    shared = set(struct.__struct_fields__) & set(parameters.__struct_fields__) - UNFILTERED
    return struct(**{name: getattr(parameters, name) for name in shared})


async def count_listed(
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> int:
    """Count the records that the filters of a question leave, ignoring the rest of it."""
    filters = listed(resource, parameters)
    planned = plan(resource, filters, revision=snapshot.revision, search_query=search_query)
    return await count_all(ledger, planned, snapshot)


async def _removed(
    ledger: Ledger,
    resource: Resource,
    parameters: Parameters,
    snapshot: Snapshot,
    search_query: SearchQuery | None,
) -> list[str]:
    """Say how many would match without one of the filters of a list, or of its statistics."""

    async def count(without: Parameters) -> int:
        asked = None if getattr(without, "q", None) is None else search_query
        return await count_listed(ledger, resource, without, snapshot, asked)

    filters = listed(resource, parameters)
    return await hints_of_removed(filters, count, absent=fields(type(parameters)))


async def hints_of_removed(
    filters: ParametersT,
    count: Callable[[ParametersT], Awaitable[int]],
    *,
    absent: dict[str, Field] | None = None,
) -> list[str]:
    """Say how many would match without one of the filters.

    `absent` are parameters of the operation itself, if its defaults differ.
    """
    absent = fields(type(filters)) if absent is None else absent
    counts: dict[str, int] = {}
    names = [
        name for name in names_of_filters(filters) if getattr(filters, name) != absent[name].default
    ][:MAX_TRIED]
    # A hint is no reason to fail.
    with contextlib.suppress(UnavailableError):
        for name in names:
            without = {name: absent[name].default}
            counts[name] = await count(msgspec.structs.replace(filters, **without))
    if len(counts) < len(names):
        return []
    nearest = sorted((number, name) for name, number in counts.items() if number)[:MAX_NAMED]
    if nearest:
        return [_would_match(nearest)]
    return ["leaving out any one of the filters still finds nothing"] if len(names) > 1 else []


def _would_match(counts: Iterable[tuple[int, str]]) -> str:
    return "; ".join(
        f"without `{name}`, there would be {number:,} match{'' if number == 1 else 'es'}"
        for number, name in counts
    )


async def _apart(
    ledger: Ledger, query: SearchQuery, kinds: Collection[str], snapshot: Snapshot
) -> list[str]:
    """Say how many records have the other words, for each word that is left out."""
    counts: list[tuple[int, str]] = []
    for word in [*query.terms][:MAX_TRIED] if len(query.terms) > 1 else []:
        conditions = Conditions.holding_at(snapshot.revision, "entry")
        others = " & ".join(term for other, term in query.terms.items() if other != word)
        conditions.add("entry.words @@ {}", others, "tsquery")
        if kinds:
            conditions.add("entry.resource = any({})", list(kinds), "text[]")
        statement = conditions.statement(
            f"select count(*) as number from api.search_version as entry where {conditions.text}"
        )
        (row,) = await ledger.fetch(statement)
        if row["number"]:
            counts.append((row["number"], word))
    return [_would_match(sorted(counts)[:MAX_NAMED])] if counts else []


async def _unfound(
    ledger: Ledger, query: SearchQuery, kinds: Collection[str], snapshot: Snapshot
) -> list[str]:
    """Name the words that nothing has, or say that only other kinds of records have them."""
    if not query.tsquery:
        return [NO_WORD]
    conditions = Conditions.holding_at(snapshot.revision, "entry")
    words, terms = (
        conditions.argument(list(some), "text[]") for some in (query.terms, query.terms.values())
    )
    rows = await ledger.fetch(
        conditions.statement(
            f"select asked.word from unnest({words}, {terms}) as asked (word, term) "
            "where not exists (select from api.search_version as entry "
            f"where {conditions.text} and entry.words @@ asked.term::tsquery)"
        )
    )
    if rows:
        return ["no record contains " + " or ".join(f"`{row['word']}`" for row in rows)]
    if not kinds:
        return []
    conditions = Conditions.holding_at(snapshot.revision, "entry")
    conditions.add("entry.words @@ {}", query.tsquery, "tsquery")
    rows = await ledger.fetch(
        conditions.statement(
            "select distinct entry.resource from api.search_version as entry "
            f"where {conditions.text} order by entry.resource"
        )
    )
    having = [row["resource"] for row in rows]
    if not having or not set(kinds).isdisjoint(having):
        return []
    almost = await _almost(ledger, query, snapshot) if having == [NOTICE.name] else []
    return [f"only other kinds of records contain these words: {', '.join(having)}", *almost]


async def _almost(ledger: Ledger, query: SearchQuery, snapshot: Snapshot) -> list[str]:
    """Name a company whose name is spelt almost like the query, although notices have the words."""
    almost = await called_almost_so(ledger.fetch, " ".join(query.terms), snapshot.revision)
    return [] if almost is None else [f"you may mean the company {almost!r}"]
