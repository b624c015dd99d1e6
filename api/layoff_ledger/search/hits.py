"""A search query → the statement of its best hits."""

from __future__ import annotations

from collections.abc import Iterable

from layoff_ledger.search.query import RELEVANCE, SearchQuery
from layoff_ledger.statement import Conditions, Statement


def hits(query: SearchQuery, kinds: Iterable[str], limit: int, *, revision: int) -> Statement:
    """Give the statement of the best hits, each with its text and the places that were found.

    A company whose name, identifier or listing was written exactly comes first, then any other
    record that is called so; then what has the words more often, nearer together and in better
    places.
    """
    conditions = Conditions()
    conditions.hold_at(revision, "entry")
    tsquery = conditions.argument(query.tsquery, "tsquery")
    exact = conditions.argument(sorted(query.exact), "text[]")
    conditions.texts.append(f"entry.words @@ {tsquery}")
    if wanted := list(kinds):
        conditions.texts.append(f"entry.resource = any({conditions.argument(wanted, 'text[]')})")
    found = conditions.argument(list(query.forms), "text[]")
    beginning = conditions.argument(query.beginning, "text")
    # Scored before they are counted: a window that counts keeps its rows, and so kept all words of
    # every entry that was found, on disk where they were many.
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
            from api.search_version as entry
            where {conditions.text}
        ),
        best as (
            select
                hit.*,
                (select count(*) from hit) as count
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
