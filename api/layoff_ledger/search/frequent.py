"""Keeps, for each word that occurs in very many entries, their number and the best hits.

Ranking an entry takes the positions of all its words, 4 µs and more; for a word in half of a
million waves, that is seconds. So a publication stores, for each word that is found very often, and
for each frequent beginning of words that is not a word itself, the answer to a query for it alone:
for the newest revision only.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from layoff_ledger import input_digests, paths
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.hidden import is_token
from layoff_ledger.search import stems, weights
from layoff_ledger.search.alternatives import ALTERNATIVES
from layoff_ledger.search.best import Hits, Lists, Place, Search
from layoff_ledger.search.weights import Terms
from layoff_ledger.statement import OPEN_END, Connection

LEAST_ENTRIES = 100_000
"""With fewer entries, all hits of any word are ranked fast enough."""
FREQUENT = 5_000
"""From this number of hits on, a word is frequent."""
SHOWN = 50
"""How many hits an answer may need: a word with fewer left is no longer kept."""
SAMPLE = 10_000
"""Entries in which frequent words are looked for."""
GROWTH = 4
"""Words are chosen again once one in this many entries is new."""
BATCH = 2_000


async def bring_up(connection: Connection) -> None:
    """Bring the terms up to the newest revision; keep none if there are few entries.

    What was published since is added, and what has ended is removed. All entries are looked through
    if other code did that before, or once many of them are new.
    """
    async with connection.transaction():
        await _bring_up(connection)


async def _bring_up(connection: Connection) -> None:
    row = await connection.fetchrow(
        "select number, counts::text from ledger.revision order by number desc limit 1"
    )
    state = await connection.fetchrow("select * from ledger.search_terms")
    if row is None:
        return
    revision, counts = row["number"], msgspec.json.decode(row["counts"])
    entries = sum(counts.get(name, 0) for name, one in RESOURCES.items() if one.search_entry)
    code = await _code(connection)
    if state is not None and state["digest"] == code:
        if state["revision"] == revision:
            return
        if state["written"] * GROWTH <= state["entries"]:
            await _follow(connection, state["revision"], revision, state["stop_words"])
            return
    if state is not None:
        await connection.execute("delete from ledger.search_term; delete from ledger.search_terms")
    if entries >= LEAST_ENTRIES:
        stop_words = await _begin(connection, entries)
        await connection.execute(
            "insert into ledger.search_terms (revision, digest, entries, written, stop_words) "
            "values ($1, $2, $3, 0, $4)",
            revision,
            code,
            entries,
            stop_words,
        )


_CODE = (
    "frequent.py", "best.py", "weights.py", "arrays.py", "query.py", "stems.py", "alternatives.py",
)  # fmt: skip


async def _code(connection: Connection) -> bytes:
    """Return the digest of the code that decides what is kept, and of that which made entries."""
    entries = await input_digests.read(connection, "search")
    own = (Path(__file__).with_name(name) for name in _CODE)
    return hashlib.sha256(paths.digest(*own) + (entries or b"")).digest()


async def _begin(connection: Connection, entries: int) -> list[str]:
    """Choose the terms, look through all entries, and write the results; return the stop words."""
    terms = await _choose(connection, min(1.0, SAMPLE / entries))
    search = Search(terms, {}, keeps_best=True)
    async for rows in _read(connection, _ALL, OPEN_END):
        await asyncio.to_thread(search.add, rows)
    often = Counter[str]()
    for (term, _), hits in search.lists.items():
        often[term] += hits.number
        hits.cut()
    kept = {one: hits for one, hits in search.lists.items() if often[one[0]] >= FREQUENT}
    await _write(connection, terms, kept)
    await connection.execute("analyze ledger.search_term")
    return sorted(terms.stop_words)


async def _choose(connection: Connection, part: float) -> Terms:
    """Find the terms that may be frequent, in a part of all entries."""
    openings = Counter[str]()
    lexemes = Counter[str]()
    async for rows in _read(connection, _SAMPLE, OPEN_END, 100 * part):
        for row in rows:
            words = weights.lexemes_of(row["words"])
            lexemes.update(words)
            openings.update(set().union(*map(weights.openings_of, words)))
    least = FREQUENT * part / 2
    found = {one for one, number in openings.items() if number >= least and not is_token(one)}
    often = [one for one, number in lexemes.items() if number >= least]
    rows = await connection.fetch(
        "select word from ledger.word where stem = any($1::text[])", often
    )
    found.update(row["word"] for row in rows)
    # Other names find more, so nothing is searched for by these words alone.
    rows = await connection.fetch(
        "select folded from ledger.company_name_version "
        "where place in (1, 2) and folded = any($1::text[]) and kind in ('alias', 'former_name')",
        list(found),
    )
    found -= ALTERNATIVES.keys() | {row["folded"] for row in rows}
    rows = await connection.fetch(
        "select word from unnest($1::text[]) as word where ts_lexize('english_stem', word) = '{}'",
        list(found),
    )
    stem_of = await stems.stems_of(connection, sorted(found))
    return await _terms(connection, stem_of, [row["word"] for row in rows])


async def _terms(connection: Connection, stem_of: dict[str, str], stop_words: list[str]) -> Terms:
    """Take terms with their stems, and see which of them are whole words."""
    rows = await connection.fetch(
        "select word from ledger.word where word = any($1::text[])", list(stem_of)
    )
    return Terms(stem_of, [row["word"] for row in rows], stop_words)


_TERM_COLUMNS = (
    "term", "resource", "stem", "hits", "best", "scores", "least", "least_id", "called",
)  # fmt: skip
_COLUMNS = "resource, id, first_revision, exact, words::text as words"
_ALL = f"select {_COLUMNS} from ledger.search_version where last_revision = $1 and words <> ''"
_SAMPLE = (
    f"select {_COLUMNS} from ledger.search_version tablesample system ($2) "
    "where last_revision = $1 and words <> ''"
)
# What differs between a revision and an earlier one: entries that ended since, and new ones that
# hold. They are found one by one by their keys: within a transaction the planner has no statistics
# about what it wrote.
_SINCE = f"""
    select entry.*
    from (
        select distinct change.resource, change.id
        from ledger.change
        where change.revision > $2
    ) as touched
    cross join lateral (
        select {_COLUMNS}
        from ledger.search_version
        where
            search_version.resource = touched.resource
            and search_version.id = touched.id
            and search_version.words <> ''
            and (search_version.first_revision > $2) = (search_version.last_revision = $1)
            and search_version.last_revision >= $2
        offset 0
    ) as entry
    """


async def _read(connection: Connection, text: str, *arguments: Any) -> AsyncIterator[Sequence[Any]]:
    cursor = await connection.cursor(text, *arguments)
    while rows := await cursor.fetch(BATCH):
        yield rows


async def _follow(connection: Connection, since: int, revision: int, stop_words: list[str]) -> None:
    """Add to the lists what was published since a revision, and remove what has ended."""
    # It was the beginning of words, and is now a word itself: its list has other hits.
    await connection.execute(
        "delete from ledger.search_term using ledger.word "
        "where word.word = search_term.term and word.first_revision > $1",
        since,
    )
    # It is now another name of a company, and finds more.
    await connection.execute(
        "delete from ledger.search_term using ledger.company_name_version as name "
        "where name.place in (1, 2) and name.folded = search_term.term "
        "and name.kind in ('alias', 'former_name') and name.first_revision > $1",
        since,
    )
    stored = await connection.fetch(
        "select term, resource, stem, least, least_id from ledger.search_term"
    )
    stem_of = {row["term"]: row["stem"] for row in stored}
    terms = await _terms(connection, stem_of, stop_words)
    bounds = {
        (row["term"], row["resource"]): (row["least"], row["least_id"])
        for row in stored
        if row["least"] is not None
    }
    fresh, ended = (Search(terms, bounds, keeps_best=False) for _ in range(2))
    written = 0
    if terms.names:
        async for rows in _read(connection, _SINCE, OPEN_END, since):
            new = [row for row in rows if row["first_revision"] > since]
            written += len(new)
            old = [row for row in rows if row["first_revision"] <= since]
            await asyncio.to_thread(fresh.add, new)
            await asyncio.to_thread(ended.add, old)
    none = Hits()
    pairs = {
        one: (fresh.lists.get(one, none), ended.lists.get(one, none))
        for one in fresh.lists.keys() | ended.lists.keys()
    }
    touched = [one for one, (came, went) in pairs.items() if _differ(came, went)]
    lists = {one: Hits() for one in touched} | await _take(connection, touched)
    for one, hits in lists.items():
        came, went = pairs[one]
        hits.number += came.number - went.number
        gone = set(went.best)
        hits.best = [key for key in hits.best if key not in gone] + came.best
        hits.called = hits.called - went.called | came.called
        hits.cut()
    await _write(connection, terms, lists)
    # Ranked like any other word, until terms are chosen again.
    await connection.execute(
        "delete from ledger.search_term where term = any($1::text[])",
        [term for (term, _), hits in lists.items() if len(hits.best) < min(SHOWN, hits.number)],
    )
    await connection.execute(
        "update ledger.search_terms set revision = $1, written = written + $2", revision, written
    )


def _differ(came: Hits, went: Hits) -> bool:
    return (
        came.number != went.number or set(came.best) != set(went.best) or came.called != went.called
    )


async def _take(connection: Connection, touched: list[Place]) -> Lists:
    """Take what is stored for some terms; for a kind that none had before, there is nothing."""
    rows = await connection.fetch(
        "delete from ledger.search_term "
        "using unnest($1::text[], $2::text[]) as touched (term, resource) "
        "where search_term.term = touched.term and search_term.resource = touched.resource "
        "returning search_term.*",
        [term for term, _ in touched],
        [resource for _, resource in touched],
    )
    return {
        (row["term"], row["resource"]): Hits(
            number=row["hits"],
            best=list(zip(row["scores"], row["best"], strict=True)),
            least=None if row["least"] is None else (row["least"], row["least_id"]),
            called=set(row["called"]),
        )
        for row in rows
    }


async def _write(connection: Connection, terms: Terms, lists: Lists) -> None:
    await connection.copy_records_to_table(
        "search_term",
        schema_name="ledger",
        columns=_TERM_COLUMNS,
        records=[
            (
                term,
                resource,
                terms.stems[term],
                hits.number,
                [id_ for _, id_ in hits.best],
                [score for score, _ in hits.best],
                *(hits.least or (None, None)),
                sorted(hits.called),
            )
            for (term, resource), hits in lists.items()
        ],
    )
