"""A search query → the statement of its best hits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger.search.query import RELEVANCE, Fetch, SearchQuery
from layoff_ledger.statement import Conditions, Statement

MAX_CALLED = 1_000
"""Records whose name is a word and stop words: if there are more, all hits are ranked."""


class Best(Struct, frozen=True):
    """What is kept for a word that very many records have."""

    count: int
    """The hits of the requested kinds."""
    records: list[tuple[str, str]]
    """Kinds and ids of records that include the best hits."""
    bounds: list[tuple[float, str, str]]
    """For each kind with others, what none of them is better than (`_order`)."""

    def proves(self, rows: Sequence[Any], limit: int) -> bool:
        """Return whether the best of the records are the best of all hits.

        They are, unless so many have the word alone as their name that too few others are known.
        """
        if not self.bounds:
            return True
        return len(rows) == limit and _order(rows[-1]) <= min(self.bounds)


def _order(row: Any) -> tuple[float, str, str]:
    """Return the key by which hits are ordered."""
    return -row["score"], row["resource"], row["id"]


async def search(
    fetch: Fetch,
    fetch_costly: Fetch,
    query: SearchQuery,
    kinds: Collection[str],
    limit: int,
    *,
    revision: int,
) -> Sequence[Any]:
    """Return the best hits, each with its text, its positions, and how many hits there are.

    All hits are ranked, which is expensive if there are many, unless the best of them are known.
    """
    if not query.tsquery:
        return []
    best = await known_best(fetch, query, kinds, revision=revision)
    if best is not None:
        rows = await fetch(hits(query, kinds, limit, revision=revision, best=best))
        if best.proves(rows, limit):
            return rows
    return await fetch_costly(hits(query, kinds, limit, revision=revision))


async def known_best(
    fetch: Fetch, query: SearchQuery, kinds: Collection[str], *, revision: int
) -> Best | None:
    """Return what is kept for the word of the query; None if nothing is."""
    if query.alone is None:
        return None
    rows = await fetch(
        Statement.named("read_search_term", query.alone, revision, list(query.stop_words))
    )
    if not rows:
        return None
    wanted = [row for row in rows if not kinds or row["resource"] in kinds]
    # In the lists, records whose name is the word alone come first.
    called = {row["resource"]: row["called"] if query.stop_words else [] for row in wanted}
    if sum(map(len, called.values())) > MAX_CALLED:
        return None
    records = [
        (row["resource"], id_) for row in wanted for id_ in {*row["best"], *called[row["resource"]]}
    ]
    return Best(
        sum(row["hits"] for row in wanted),
        records,
        [
            (-row["least"], row["resource"], row["least_id"])
            for row in wanted
            if row["least"] is not None
        ],
    )


def hits(
    query: SearchQuery,
    kinds: Collection[str],
    limit: int,
    *,
    revision: int,
    best: Best | None = None,
) -> Statement:
    """Return the statement of the best hits, each with its text and the positions that were found.

    A company whose name, identifier or listing was written exactly comes first, then any other
    record with this name; then those that have the words more often, nearer together and in better
    places. If the `best` are known, only they are ranked: the answer is the same.
    """
    conditions = Conditions.holding_at(revision, "entry")
    tsquery = conditions.argument(query.tsquery, "tsquery")
    exact = conditions.argument(sorted(query.exact), "text[]")
    source = "api.search_version as entry"
    count = "(select count(*) from hit)"
    if best is not None:
        resources, ids = (
            conditions.argument([one[place] for one in best.records], "text[]") for place in (0, 1)
        )
        source = (
            f"unnest({resources}, {ids}) as known (resource, id) inner join {source} "
            "on entry.resource = known.resource and entry.id = known.id"
        )
        count = conditions.argument(best.count, "bigint")
    else:
        conditions.add_text(f"entry.words @@ {tsquery}")
        if kinds:
            conditions.add("entry.resource = any({})", list(kinds), "text[]")
    found = conditions.argument(list(query.forms), "text[]")
    beginning = conditions.argument(query.beginning, "text")
    # Scored before they are counted: a counting window keeps its rows, and so kept all words of
    # every entry that was found, on disk if they were many.
    text = f"""
        with hit as materialized (
            select
                entry.resource,
                entry.id,
                entry.first_revision,
                {RELEVANCE.format(tsquery)} + case
                    when not entry.exact && {exact} then 0
                    when entry.resource = 'company' then 2
                    else 1
                end as score
            from {source}
            where {conditions.text}
        ),
        best as (
            select
                hit.*,
                {count} as count
            from hit
            order by hit.score desc, hit.resource, hit.id collate "C"
            limit {int(limit)}
        )
        select
            best.*,
            entry.label,
            entry.body,
            (
                select array_agg(distinct place)
                from unnest(entry.words) as one (lexeme, places, weights), unnest(places) as place
                where one.lexeme = any({found}) or starts_with(one.lexeme, {beginning})
            ) as places
        from best
        inner join api.search_version as entry
            on
                entry.resource = best.resource
                and entry.id = best.id
                and entry.first_revision = best.first_revision
        order by best.score desc, best.resource, best.id collate "C"
        """
    return conditions.statement(text)
