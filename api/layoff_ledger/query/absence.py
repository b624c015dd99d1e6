"""An answer that may be taken for more than it is → a hint: why nothing matches, what is not here.

Asked for with first pages alone, because a walk is told once; nothing here changes an answer.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection

import msgspec

from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.query.lists import Page, count_all, plan
from layoff_ledger.query.newest import after_newest, newest_wave
from layoff_ledger.query.notice_coverage import lacking
from layoff_ledger.query.parse import names_of_filters
from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.notice_parameters import NoticeFilter
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.search.query import SearchQuery
from layoff_ledger.statement import Conditions
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

MAX_TRIED = 8
"""Filters of a question that are left out, one after the other: each costs a count."""
MAX_SEARCHED = 200_000
"""Records of a ledger that is searched for a hint: of more, words that many have take seconds."""
MAX_NAMED = 3
"""Filters that are named: those without which fewest match, which are nearest to the question."""


async def hint_of_list(
    ledger: Ledger, resource: Resource, parameters: Parameters, page: Page
) -> str | None:
    """Say what to mind about a page, if anything."""
    if getattr(parameters, "cursor", None) is not None:
        return None
    found = []
    asked = page.search_query
    if asked is not None and asked.corrected is not None:
        found.append(f"`q` is read as {asked.corrected!r}")
    since = getattr(parameters, "changed_since", None)
    is_newest = getattr(parameters, "as_of", None) is None
    if since is not None and is_newest and since > page.snapshot.revision:
        found.append(
            f"there is no revision {since}, the newest is {page.snapshot.revision}: if your copy "
            "has it, this ledger was restored from an older state"
        )
    if not page.documents and (asked is None or _is_searched(page.snapshot)):
        # A hint is no reason to fail.
        with contextlib.suppress(UnavailableError):
            if asked is not None:
                searched = resource.name if resource.part is None else resource.part.whole
                found += await _unfound(ledger, asked, [searched], page.snapshot)
            found += await _removed(ledger, resource, parameters, page)
    # Who asks for no days is not told of them.
    if (
        not page.documents
        and resource is WAVE
        and isinstance(parameters, WaveFilter)
        and (parameters.announced or parameters.announced_gte is not None)
    ):
        found += after_newest(parameters, await newest_wave(ledger, page.snapshot))
    if isinstance(parameters, NoticeFilter):
        found += await lacking(ledger, parameters, page.snapshot)
    return "; ".join(found) or None


async def hint_of_search(
    ledger: Ledger, query: SearchQuery, kinds: Collection[str], snapshot: Snapshot
) -> str | None:
    """Say why a search finds nothing."""
    found = await _unfound(ledger, query, kinds, snapshot) if _is_searched(snapshot) else []
    return "; ".join(found) or "no record has all of these words"


def _is_searched(snapshot: Snapshot) -> bool:
    return sum(snapshot.counts.values()) <= MAX_SEARCHED


async def _removed(
    ledger: Ledger, resource: Resource, parameters: Parameters, page: Page
) -> list[str]:
    """Say how many would match without one of the filters."""
    counts: dict[str, int] = {}
    names = names_of_filters(parameters)[:MAX_TRIED]
    for name in names:
        empty: list[str] | None = [] if isinstance(getattr(parameters, name), list) else None
        without = msgspec.structs.replace(parameters, **{name: empty})
        planned = plan(
            resource,
            without,
            revision=page.snapshot.revision,
            search_query=None if name == "q" else page.search_query,
        )
        counts[name] = await count_all(ledger, planned, without, page.snapshot)
    nearest = sorted((number, name) for name, number in counts.items() if number)[:MAX_NAMED]
    if nearest:
        return [", ".join(f"without `{name}` {number} would match" for number, name in nearest)]
    return ["nothing matches, whichever filter is left out"] if len(names) > 1 else []


async def _unfound(
    ledger: Ledger, query: SearchQuery, kinds: Collection[str], snapshot: Snapshot
) -> list[str]:
    """Name the words that nothing has, or say that only other kinds of records have them."""
    conditions = Conditions()
    conditions.hold_at(snapshot.revision, "entry")
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
        return ["no record has " + ", ".join(f"`{row['word']}`" for row in rows)]
    if not kinds or not query.tsquery:
        return []
    conditions = Conditions()
    conditions.hold_at(snapshot.revision, "entry")
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
    return [f"only records of other kinds have these words: {', '.join(having)}"]
