"""Words that very many records have: lists answer what ranking all hits would answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

import generate
from layoff_ledger import paths
from layoff_ledger.curation import migrate, publish, read, records
from layoff_ledger.search import arrays, best, frequent, hits, stems, weights
from layoff_ledger.search.query import SearchQuery, parse_query
from layoff_ledger.statement import Connection, Statement
from support.databases import fetching
from support.revisions import edit, retire

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

KINDS: list[list[str]] = [[], ["wave"], ["source", "company"], ["role"]]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a small ledger like a large one."""
    monkeypatch.setattr(frequent, "LEAST_ENTRIES", 1)
    monkeypatch.setattr(frequent, "FREQUENT", 3)
    # They follow, however much is new.
    monkeypatch.setattr(frequent, "GROWTH", 0)
    monkeypatch.setattr(frequent, "SHOWN", 2)
    monkeypatch.setattr(best, "KEPT", 4)
    # Some kinds by arrays, and some not.
    monkeypatch.setattr(best, "FEW", 15)


async def understood(connection: Connection, revision: int, every: int = 1) -> list[SearchQuery]:
    """Return the queries for stored terms: one in `every`."""
    rows = await connection.fetch("select distinct term from ledger.search_term order by term")
    rows = rows[::every]
    found = [await parse_query(fetching(connection), row["term"], revision) for row in rows]
    # A prefix that is not a known word is searched for alone, too.
    assert [query.alone for query in found] == [row["term"] for row in rows]
    asked = [f"of the {row['term']}" for row in rows]
    behind = [await parse_query(fetching(connection), one, revision) for one in asked]
    return [*found, *(query for query in behind if query.alone is not None)]


async def differing(
    connection: Connection, queries: Sequence[SearchQuery], revision: int, limit: int
) -> list[tuple[str | None, list[str]]]:
    """Return the queries that lists answer differently from a ranking of all hits."""
    fetch = fetching(connection)
    wrong = []
    for query, kinds in itertools.product(queries, KINDS):
        plain = await fetch(hits.hits(query, kinds, limit, revision=revision))
        known = await hits.known_best(fetch, query, kinds, revision=revision)
        assert known is not None, query.alone
        quick = await fetch(hits.hits(query, kinds, limit, revision=revision, best=known))
        if not known.proves(quick, limit):
            # Records whose name is the word alone may come before everything that is kept.
            assert query.stop_words
        elif quick != plain or known.count != (plain[0]["count"] if plain else 0):
            wrong.append((query.alone, kinds))
    return wrong


async def test_lists_answer_as_a_ranking_of_all_hits_does(
    real_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the real ledger: each word and beginning that is found often, with any kinds."""
    monkeypatch.setattr(frequent, "LEAST_ENTRIES", 1)
    monkeypatch.setattr(frequent, "FREQUENT", 300)
    connection = await asyncpg.connect(real_database)
    transaction = connection.transaction()
    await transaction.start()
    await frequent.bring_up(connection)
    queries = await understood(connection, 1, every=15)
    wrong = await differing(connection, queries, 1, frequent.SHOWN)
    await transaction.rollback()
    await connection.close()

    assert len(queries) > 20
    assert wrong == []


async def test_a_score_is_that_of_postgresql_to_the_last_digit(real_database: str) -> None:
    """Whatever the positions of the words, and whatever the name of a record."""
    connection = await asyncpg.connect(real_database)
    rows = await connection.fetch(
        "select resource, exact, words::text as words from ledger.search_version "
        "order by md5(id) limit 60"
    )
    openings = {
        one
        for row in rows
        for lexeme in weights.lexemes_of(row["words"])
        for one in weights.openings_of(lexeme)
    }
    whole = {"ai", "over", "product", "united"}
    terms = weights.Terms(await stems.stems_of(connection, sorted(openings)), whole)
    assert whole < set(terms.names)
    found = arrays.find(terms, [row["words"] for row in rows])
    low, high = (one.to_pylist() for one in arrays.ranks(found["weight"]))
    ranks = {
        (entry, terms.names[term]): bounds
        for entry, term, *bounds in zip(
            found["entry"].to_pylist(), found["term"].to_pylist(), low, high, strict=True
        )
    }
    number = 0
    for entry, row in enumerate(rows):
        scores = terms.scores(row["words"], row["exact"], row["resource"])
        asked = [
            f"'{term}'{':*' if len(term) > 1 and term not in whole else ''} | '{terms.stems[term]}'"
            for term in scores
        ]
        ranked = await connection.fetch(
            "select ts_rank_cd('{0.05,0.2,0.5,1}'::real[], $1::text::tsvector, query::tsquery, 33)"
            "::double precision as rank from unnest($2::text[]) as query",
            row["words"],
            asked,
        )
        for (term, score), one in zip(scores.items(), ranked, strict=True):
            named = term in row["exact"]
            assert score == one["rank"] + named * (2 if row["resource"] == "company" else 1)
            least, most = ranks[entry, term]
            assert least <= one["rank"] <= most
            number += 1
    await connection.close()

    assert number == len(ranks) > 5_000


@pytest.mark.usefixtures("few")
async def test_lists_follow_publications(published: Connection, data: Path) -> None:
    """What is changed, added and withdrawn; also when so much goes that too few hits are known."""
    await frequent.bring_up(published)
    terms = [row["term"] for row in await published.fetch("select term from api.search_term")]
    assert {"globex", "glob"} < set(terms)
    assert await differing(published, await understood(published, 1), 1, 2) == []
    edit(data, "companies.toml", 'name = "Hooli"', 'name = "Globex"\nformer_names = ["Hooli"]')
    edit(data, "waves/globex-2023-01.toml", "Project Slim", "Project Glob Hydrogen Hydrogen")
    (data / "waves" / "umbrella-2023-04.toml").unlink()
    retire(data, "wave", "umbrella-2023-04")

    await publish.publish(published, publish.collection_input(read.read(data)))

    queries = await understood(published, 2)
    assert len(queries) > 50
    # It is now a word, no longer a beginning, and has other hits.
    assert "glob" not in {query.alone for query in queries}
    assert await differing(published, queries, 2, 2) == []
    # Of the past, all hits are ranked.
    assert await hits.known_best(fetching(published), queries[0], [], revision=1) is None


@pytest.mark.usefixtures("few")
async def test_lists_that_followed_are_those_that_are_made_anew(empty: Connection) -> None:
    """Over publications of generated waves, some of them of records that are there."""
    before = generate.collection_input(120, paths.DATA)
    waves = list(before.waves)
    given = {name: list(getattr(before, name)) for name in ("companies", "sources")}

    async def publish_some(some: list[records.Wave]) -> None:
        part = publish.CollectionInput(
            collection=generate.COLLECTION,
            industries=before.industries,
            drivers=before.drivers,
            roles=before.roles,
            companies=given["companies"],
            sources=given["sources"],
            waves=some,
            partial=True,
        )
        assert await publish.publish(empty, part) is not None

    await publish_some(waves[:80])
    await publish_some(waves[80:])
    changed = [
        msgspec.structs.replace(wave, note="Costs fell; costs and cuts.") for wave in waves[::3]
    ]
    await publish_some(changed)
    queries = await understood(empty, 3, every=20)
    wrong = await differing(empty, queries, 3, 2)
    followed = await counted(empty)
    await empty.execute("update ledger.search_terms set digest = 'of other code'")
    await frequent.bring_up(empty)

    assert wrong == []
    assert len(queries) > 40
    anew = await counted(empty)
    assert {one: anew[one] for one in followed} == followed
    assert len(anew) >= len(followed)


async def counted(connection: Connection) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """Return how many hits each term has in each kind of record that has it, and the best two."""
    rows = await connection.fetch("select * from ledger.search_term where hits > 0")
    return {(row["term"], row["resource"]): (row["hits"], row["best"][:2]) for row in rows}


@pytest.mark.usefixtures("few")
async def test_terms_are_chosen_anew(
    published: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once much is new, once other code reads entries, and not if there are few of them."""
    await frequent.bring_up(published)
    kept = await counted(published)
    assert kept

    await published.execute("delete from ledger.search_term where term = 'globex'")
    await frequent.bring_up(published)
    assert ("globex", "wave") not in await counted(published)
    monkeypatch.setattr(frequent, "GROWTH", 4)
    await published.execute(
        "update ledger.search_terms set written = entries, revision = revision - 1"
    )
    await frequent.bring_up(published)
    assert await counted(published) == kept

    # Entries that were made anew.
    await published.execute(
        "delete from ledger.search_term; update ledger.input set digest = '' where name = 'search'"
    )
    await frequent.bring_up(published)
    assert await counted(published) == kept

    monkeypatch.setattr(frequent, "LEAST_ENTRIES", 100_000)
    await published.execute("update ledger.search_terms set digest = 'of other code'")
    await frequent.bring_up(published)
    assert await counted(published) == {}
    assert await published.fetchval("select count(*) from ledger.search_terms") == 0


@pytest.mark.usefixtures("few")
async def test_only_a_word_that_is_asked_for_alone_is_looked_up(published: Connection) -> None:
    await frequent.bring_up(published)
    await migrate.migrate(published)
    fetch = fetching(published)
    for asked, is_known in (
        ("globex", True),
        ("Globex!", True),
        ("glob", True),
        # Put right.
        ("gloebx", True),
        # What is called so as a whole is known.
        ("the globex", True),
        ("The Gloebx", True),
        # Too few have the stop word for that.
        ("ourselves globex", False),
        # Something may be called so as a whole.
        ("globex the", False),
        ("globex globex", False),
        ("over-hiring", False),
        # Too few have it.
        ("hydrogen", False),
    ):
        query = await parse_query(fetch, asked, 1)
        known = await hits.known_best(fetch, query, [], revision=1)
        assert (known is not None) == is_known, asked


def test_an_answer_has_at_most_as_many_hits_as_are_known(api: httpx.Client) -> None:
    most = frequent.SHOWN

    assert api.get(f"/v1/search?q=globex&limit={most}").status_code == 200
    assert api.get(f"/v1/search?q=globex&limit={most + 1}").status_code == 400


@pytest.mark.usefixtures("few")
async def test_what_is_called_by_stop_words_and_the_word_comes_first(
    published: Connection, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it is not among the best for the word, and if those have it alone as their name."""
    monkeypatch.setattr(best, "KEPT", 2)
    fetch = fetching(published)
    ranked: list[Statement] = []

    async def fetch_costly(statement: Statement) -> Sequence[Any]:
        ranked.append(statement)
        return await fetch(statement)

    async def found(limit: int, revision: int) -> list[str]:
        query = await parse_query(fetch, "the globex", revision)
        rows = await hits.search(fetch, fetch_costly, query, ["company"], limit, revision=revision)
        assert rows == await fetch(hits.hits(query, ["company"], limit, revision=revision))
        return [row["id"] for row in rows]

    await frequent.bring_up(published)
    assert await found(1, 1) == ["globex"]
    edit(data, "companies.toml", 'name = "Hooli"', 'name = "Hooli"\nformer_names = ["The Globex"]')
    await publish.publish(published, publish.collection_input(read.read(data)))

    assert await found(1, 2) == ["hooli"]
    known = "select best from ledger.search_term where term = 'globex' and resource = 'company'"
    assert await published.fetchval(known) == ["globex", "globex-games"]
    assert ranked == []

    edit(data, "companies.toml", '\nformer_names = ["The Globex"]', "")
    edit(data, "companies.toml", 'name = "Initech"', 'name = "Initech"\nlegal_name = "Globex"')
    await publish.publish(published, publish.collection_input(read.read(data)))

    assert await found(2, 3) == ["globex", "globex-games"]
    assert await published.fetchval(known) == ["globex", "initech"]
    assert len(ranked) == 1
