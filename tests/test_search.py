"""Search and autocomplete: typos, accents, other names; ranks, snippets, revisions; lists by `q`."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import paths
from layoff_ledger.curation import publish, read, records
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query import cursor, lists
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.source import SourceListParameters
from layoff_ledger.resources.wave import WaveListParameters
from layoff_ledger.search import complete, hits, index, snippet, stems, tokens
from layoff_ledger.search.query import MAX_CORRECTED, SearchQuery, having, parse_query
from layoff_ledger.statement import Connection, Statement
from support.databases import fetching
from support.filters import FUZZ
from support.lists import everything, walk
from support.revisions import edit, retire

pytestmark = pytest.mark.postgres

Json = dict[str, Any]
PATHS = {
    "wave": "waves",
    "company": "companies",
    "source": "sources",
    "driver": "drivers",
    "role": "roles",
}


def found(client: httpx.Client, asked: str, **others: str) -> list[tuple[str, str]]:
    """Return kind and id of the hits in their order."""
    answer = client.get("/v1/search", params={"q": asked, "limit": "50", **others})
    assert answer.status_code == 200, answer.text
    return [(hit["kind"], hit["id"]) for hit in answer.json()["data"]]


def completed(client: httpx.Client, typed: str) -> list[tuple[str, str | None]]:
    """Return id and hint of the suggestions in their order."""
    answer = client.get("/v1/companies/autocomplete", params={"q": typed})
    assert answer.status_code == 200, answer.text
    return [(one["id"], one["hint"]) for one in answer.json()["data"]]


def bare(snippet: str) -> str:
    """Read a snippet as a browser would, without its marks."""
    return html.unescape(re.sub(r"</?mark>", "", snippet))


# Query → a hit that there must be.
FINDS = {
    "globex": ("company", "globex"),
    "GLOBEX": ("company", "globex"),
    "Globex Corporation": ("company", "globex"),
    "globex corp": ("company", "globex"),
    "global exports": ("company", "globex"),
    "0000000001": ("company", "globex"),
    "CIK 1": ("company", "globex"),
    "NYSE:GLBX": ("company", "globex"),
    "glbx": ("company", "globex"),
    "529900T8BM49AURSDO55": ("company", "initech"),
    "Söhne": ("company", "umbrella"),
    "sohne": ("company", "umbrella"),
    "SÖHNE umbrella": ("company", "umbrella"),
    "so\u0308hne": ("company", "umbrella"),
    "germany": ("company", "umbrella"),
    "project slim": ("wave", "globex-2023-01"),
    "globex-2023-01": ("wave", "globex-2023-01"),
    "globex cloud": ("wave", "globex-2023-01"),
    "hired for a different world": ("wave", "globex-2023-01"),
    "staff expect": ("wave", "globex-2023-01"),
    "talent acquisition": ("wave", "globex-2023-01"),
    "leaner operations": ("wave", "globex-2023-01"),
    "weekly example": ("source", "weekly-2023"),
    "year cut": ("source", "weekly-2023"),
    "over-hiring": ("driver", "over_hiring"),
    "overhiring": ("driver", "over_hiring"),
    "over hiring": ("driver", "over_hiring"),
    "recruiting": ("role", "recruiting"),
    "recruiters": ("role", "recruiting"),
    "recru": ("role", "recruiting"),
    # One letter is wrong in each word.
    "gloebx": ("company", "globex"),
    "recruting": ("role", "recruiting"),
    "globx clud": ("wave", "globex-2023-01"),
    "talnet aquisition": ("wave", "globex-2023-01"),
    "weekly exmaple": ("source", "weekly-2023"),
}


@pytest.mark.parametrize("asked", FINDS)
def test_a_question_finds_what_is_meant(api: httpx.Client, asked: str) -> None:
    assert FINDS[asked] in found(api, asked)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("Globex", ("company", "globex")),
        ("globex games", ("company", "globex-games")),
        ("Global Exports", ("company", "globex")),
        ("hooli", ("company", "hooli")),
        ("GLBX", ("company", "globex")),
        ("cik 0000000001", ("company", "globex")),
        ("recruiting", ("role", "recruiting")),
        ("over-hiring", ("driver", "over_hiring")),
        ("globex-2023-01", ("wave", "globex-2023-01")),
        ("rumour-mill", ("source", "rumour-mill")),
    ],
)
def test_what_is_called_exactly_so_comes_first(
    api: httpx.Client, asked: str, first: tuple[str, str]
) -> None:
    hits = api.get("/v1/search", params={"q": asked}).json()["data"]

    assert (hits[0]["kind"], hits[0]["id"]) == first
    assert hits[0]["score"] >= (2 if first[0] == "company" else 1)
    assert [hit["score"] for hit in hits] == sorted((hit["score"] for hit in hits), reverse=True)


def test_all_words_must_occur(api: httpx.Client) -> None:
    both = set(found(api, "globex cloud"))

    assert both == set(found(api, "cloud globex")) == set(found(api, "the cloud of globex"))
    assert both < set(found(api, "globex"))
    assert found(api, "globex nowhereatall") == []


@pytest.mark.parametrize(
    ("asked", "forms"),
    [
        # Words that begin like this but are others: airlines, everyone, intelligence, metals.
        ("AI", {"ai"}),
        ("EV", {"ev", "evs"}),
        ("Intel", {"intel", "intels"}),
        ("Meta", {"meta", "metas"}),
        # Words with the same stem in PostgreSQL but another meaning: several, units, internal,
        # delays.
        ("severance", {"severance"}),
        ("united", {"united"}),
        ("international", {"international", "internationale", "internationally"}),
        ("delayering", {"delayering", "delayered"}),
    ],
)
def test_a_whole_word_finds_its_forms_and_no_other_word(
    real: httpx.Client, asked: str, forms: set[str]
) -> None:
    answer = real.get("/v1/search", params={"q": asked, "limit": "50"}).json()
    marked = {
        word
        for hit in answer["data"]
        for mark in re.findall("<mark>(.*?)</mark>", hit["snippet"])
        for word in tokens.words(html.unescape(mark))
    }

    assert forms >= marked > set()
    assert answer["meta"]["corrected"] is None
    # The beginning of a word finds them, too, as long as it is not a word itself.
    if len(asked) > 4:
        longer = real.get("/v1/search", params={"q": asked[:-2], "limit": "1"}).json()
        assert longer["meta"]["count"] > 0


async def test_a_stem_of_its_own_is_that_of_no_other_word(empty: Connection) -> None:
    """Each has a reason: PostgreSQL has another stem, and nothing else has this one."""
    rows = await empty.fetch(
        "select word, (ts_lexize('english_stem', word))[1] as stem from unnest($1::text[]) as word",
        [*stems.OWN],
    )
    stem_of = {row["word"]: row["stem"] for row in rows}

    assert [word for word, own in stems.OWN.items() if own == stem_of[word]] == []
    assert [own for own in stems.OWN.values() if own not in stems.OWN] == []
    assert await stems.stems_of(empty, ["severance", "several", "cuts"]) == {
        "severance": "severance",
        "several": "sever",
        "cuts": "cut",
    }


def test_a_known_word_is_never_put_right(api: httpx.Client) -> None:
    for asked in ("globex", "recruiters", "glob", "2023", "a", "!"):
        assert api.get("/v1/search", params={"q": asked}).json()["meta"]["corrected"] is None
    for asked, corrected in (
        ("gloebx", "globex"),
        ("the recruting of Globx", "the recruiting of globex"),
        # Too far from everything.
        ("xqzwv", None),
        # Numbers are never mistyped ones.
        ("2032", None),
    ):
        meta = api.get("/v1/search", params={"q": asked}).json()["meta"]
        assert meta["corrected"] == corrected


async def test_words_are_corrected_once_and_only_so_many(published: Connection) -> None:
    """Each costs a separate search, so none is looked for a second time."""
    statements: list[str] = []
    fetch = fetching(published)

    async def counted(statement: Statement) -> Sequence[Any]:
        statements.append(statement.text)
        return await fetch(statement)

    known = await published.fetch(
        "select word from api.word where length(word) between 8 and 20 order by word limit $1",
        MAX_CORRECTED + 1,
    )
    words = [row["word"] for row in known]
    mistyped = [f"{word}{word[-1]}" for word in words]
    corrected = (await parse_query(counted, " ".join(mistyped), 1)).corrected
    assert corrected == " ".join([*words[:-1], mistyped[-1]])
    edited, alike = (
        paths.statement(f"queries/{name}.sql") for name in ("edited_words", "alike_words")
    )
    assert statements.count(edited) == 1
    assert statements.count(alike) <= 1

    statements.clear()
    assert (await parse_query(counted, "globxe xqzwv", 1)).corrected == "globex xqzwv"
    assert statements.count(edited) == 1


@pytest.mark.parametrize("asked", ["!", "'", "&", "%", "\\", "“”", "—", " ", "💥", "<>", "\u0308"])
def test_without_a_word_nothing_is_found(api: httpx.Client, asked: str) -> None:
    answer = api.get("/v1/search", params={"q": asked}).json()

    assert answer["data"] == []
    assert answer["meta"]["count"] == 0
    assert completed(api, asked) == []
    assert api.get("/v1/waves", params={"q": asked}).json()["meta"]["count"] == 0
    by_relevance = {"q": asked, "sort": "-relevance", "limit": "1"}
    assert api.get("/v1/waves", params=by_relevance).json()["data"] == []


def test_kinds_and_limit(api: httpx.Client) -> None:
    whole = found(api, "globex")
    answer = api.get("/v1/search?q=globex&kind=wave,company&limit=2").json()

    assert {kind for kind, _ in whole} == {"wave", "company", "source"}
    assert {kind for kind, _ in found(api, "globex", kind="wave")} == {"wave"}
    assert len(answer["data"]) == answer["meta"]["limit"] == 2
    assert answer["meta"]["count"] == len([kind for kind, _ in whole if kind != "source"])


def test_what_is_known_to_be_wrong_is_not_found(api: httpx.Client) -> None:
    """The note of a deprecated figure; the note of another figure of the same wave is found."""
    assert ("wave", "globex-2023-01") not in found(api, "early report corrected")
    assert ("wave", "globex-2023-01") in found(api, "counts contractors")


@pytest.mark.parametrize(
    ("asked", "snippet"),
    [
        ("umbrella labs", "<mark>Umbrella</mark> “<mark>Labs</mark>” &amp; Söhne"),
        ("sohne", "Umbrella “Labs” &amp; <mark>Söhne</mark>"),
        ("overhiring", "<mark>Over</mark>-<mark>hiring</mark>"),
        ("over", "<mark>Over</mark>-hiring"),
        ("1", "CIK <mark>0000000001</mark>"),
    ],
)
async def test_a_snippet_marks_the_words_where_they_stand(
    reader: Connection, asked: str, snippet: str
) -> None:
    snippets = [one["snippet"] for one in await searched(reader, asked)]

    if asked == "1":
        # A CIK without its zeros finds the company, and is no word of the text.
        assert "Globex" in snippets
    else:
        assert snippet in snippets


MARKUP = '<script>alert("x")</script> & <mark>no</mark> mark'


async def test_a_snippet_never_has_markup_of_the_text(empty: Connection, data: Path) -> None:
    edit(data, "companies.toml", 'name = "Hooli"', f"name = '''{MARKUP}'''")
    await publish.publish(empty, publish.collection_input(read.read(data)))

    for asked in ("script", "alert x", "mark", "no"):
        (snippet,) = [
            one["snippet"] for one in await searched(empty, asked) if one["kind"] == "company"
        ]
        assert bare(snippet) == MARKUP
        assert set(re.findall(r"<[^>]*>", snippet)) == {"<mark>", "</mark>"}
        assert "<mark>" in snippet


@FUZZ
@given(body=st.text(max_size=600), asked=st.text(max_size=20), places=st.sets(st.integers(1, 99)))
def test_a_snippet_of_any_text_is_well_formed(body: str, asked: str, places: set[int]) -> None:
    forms = tuple(tokens.words(asked))
    query = SearchQuery("", (), forms, forms[-1] if forms else None, None)

    made = snippet.snippet(body, sorted(places), query)

    assert re.sub(r"</?mark>", "", made).count("<") == 0
    assert re.fullmatch(r"[^<]*(<mark>[^<]+</mark>[^<]*)*", made)
    shown = bare(made).removeprefix("… ").removesuffix(" …")
    assert shown in body
    assert len(shown) <= snippet.LONGEST_SNIPPET + tokens.LONGEST or len(body) > 300


@FUZZ
@given(text=st.text(max_size=80))
def test_folding_ends_and_knows_no_accents(text: str) -> None:
    for word in tokens.words(text):
        assert word.isalnum()
        assert tokens.words(word) == [word]
    assert [word for run in tokens.parts(text) for word in run] == [
        token.word for run in tokens.runs(text) for token in run
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Nestlé S.A.", ["nestle", "s", "a"]),
        ("Straße", ["strasse"]),
        ("Ørsted", ["orsted"]),
        ("Łódź", ["lodz"]),
        ("AT&T", ["att"]),
        ("Johnson & Johnson", ["johnson", "johnson"]),
        ("Macy's, Macy\u2019s", ["macys", "macys"]),
        ("over_hiring", ["over", "hiring"]),
        ("\uff21\uff22\uff23 ½", ["abc", "1", "2"]),
        ("İstanbul", ["istanbul"]),
    ],
)
def test_words_are_folded(text: str, folded: list[str]) -> None:
    assert tokens.words(text) == folded


@pytest.mark.parametrize(
    ("written", "known", "wrong"),
    [("abc", "abc", 0), ("acb", "abc", 1), ("abcd", "abc", 1), ("ab", "abc", 1), ("xyz", "abc", 3)],
)
def test_the_distance_counts_letters(written: str, known: str, wrong: int) -> None:
    assert tokens.distance(written, known) == tokens.distance(known, written) == wrong


@FUZZ
@given(asked=st.text(min_size=1, max_size=200))
def test_any_question_is_answered(api: httpx.Client, asked: str) -> None:
    try:
        asked.encode()
    except UnicodeEncodeError:
        return
    for path in ("/v1/search", "/v1/companies/autocomplete", "/v1/waves", "/v1/statistics"):
        given_ = {"group_by": "year"} if path == "/v1/statistics" else {}
        answer = api.get(path, params={"q": asked, **given_})
        assert answer.status_code == (400 if "\0" in asked else 200), answer.text


@pytest.mark.slow
def test_every_record_is_found_by_its_label_and_every_address_works(real: httpx.Client) -> None:
    for kind, path in PATHS.items():
        for one in everything(real, f"/v1/{path}")[::7]:
            id_ = one.get("code") or one["id"]
            label = one.get("title") or one.get("name") or one.get("label") or id_
            if not tokens.words(label):
                continue
            answer = real.get("/v1/search", params={"q": label[:200], "kind": kind, "limit": 50})
            hits = answer.json()["data"]
            assert id_ in [hit["id"] for hit in hits] or answer.json()["meta"]["count"] > 50, label
            assert real.get(hits[0]["url"]).status_code == 200
            assert (
                real.get(hits[0]["url"]).json().get("code" if "code" in one else "id")
                == (hits[0]["id"])
            )


# Autocomplete


@pytest.mark.parametrize(
    ("typed", "id_", "hint"),
    [
        ("g", "globex", "United States, Information"),
        ("Glob", "globex", "United States, Information"),
        ("globex", "globex", "United States, Information"),
        ("globex-games", "globex-games", "Sweden, Information"),
        ("global e", "globex", "formerly Global Exports"),
        ("exports", "globex", "formerly Global Exports"),
        ("globex corpo", "globex", "registered as Globex Corporation"),
        ("glbx", "globex", "NYSE:GLBX"),
        ("NYSE:GL", "globex", "NYSE:GLBX"),
        ("cik 1", "globex", "CIK 0000000001"),
        ("0000000001", "globex", "CIK 0000000001"),
        ("q1", "globex", "Wikidata Q1"),
        ("529900T8BM49AURSDO55", "initech", "LEI 529900T8BM49AURSDO55"),
        ("labs", "umbrella", "Germany, Manufacturing"),
        ("SOHNE", "umbrella", "Germany, Manufacturing"),
        ("globexgames", "globex-games", "Sweden, Information"),
        ("ini tech", "initech", "United States, Professional, Scientific, and Technical Services"),
        ("gloebx", "globex", "United States, Information"),
        ("umbrela lab", "umbrella", "Germany, Manufacturing"),
        ("holi", "hooli", None),
    ],
)
def test_a_company_is_completed(api: httpx.Client, typed: str, id_: str, hint: str | None) -> None:
    assert completed(api, typed)[0] == (id_, hint)


def test_a_suggestion_has_what_joins_it_to_other_data(api: httpx.Client) -> None:
    answer = api.get("/v1/companies/autocomplete?q=globex").json()

    company = api.get(answer["data"][0]["url"]).json()
    assert answer["data"][0]["identifiers"] == company["identifiers"]
    assert answer["data"][0]["name"] == company["name"] == "Globex"
    assert [one["id"] for one in answer["data"]] == ["globex", "globex-games"]


def test_the_kinds_of_matches_have_an_order(real: httpx.Client) -> None:
    """Among all companies whose names begin like this, the one with most waves comes first."""
    companies = {one["id"]: one for one in everything(real, "/v1/companies")}

    def rank(id_: str, letter: str) -> tuple[bool, bool, int, str]:
        listed = [one["value"].partition(":")[2] for one in companies[id_]["identifiers"]]
        begins = tokens.words(companies[id_]["name"])[0].startswith(letter)
        # Citigroup is listed as C, so it is meant exactly.
        exact = letter.upper() in listed
        return not exact, not begins, -companies[id_]["totals"]["waves"], id_

    for letter in "abcdeims":
        ids = [id_ for id_, _ in completed(real, letter)]
        firsts = [id_ for id_ in ids if rank(id_, letter)[:2] <= (True, False)]
        assert firsts == ids[: len(firsts)] == sorted(firsts, key=lambda id_: rank(id_, letter))
        assert len(ids) == len(set(ids)) <= complete.MAX_SUGGESTIONS


@pytest.mark.thorough
def test_every_company_is_completed_by_all_that_it_is_called(real: httpx.Client) -> None:
    for company in everything(real, "/v1/companies")[::5]:
        called = [company["name"], *company["aliases"], *company["former_names"], company["id"]]
        called += [one["value"] for one in company["identifiers"]]
        for name in called:
            assert company["id"] in [id_ for id_, _ in completed(real, name)], name


# Revisions


async def searched(connection: Connection, asked: str, revision: int = 1) -> list[Json]:
    fetch = fetching(connection)
    query = await parse_query(fetch, asked, revision)
    rows = await fetch(hits.hits(query, [], 50, revision=revision)) if query.tsquery else []
    return [
        {
            "kind": row["resource"],
            "id": row["id"],
            "snippet": snippet.snippet(row["body"], row["places"] or [], query),
        }
        for row in rows
    ]


@pytest_asyncio.fixture
async def twice(published: Connection, data: Path) -> AsyncIterator[Connection]:
    """Two revisions: in the second Hooli has another name, and Globex's filing another title."""
    edit(data, "companies.toml", 'name = "Hooli"', 'name = "Nucleus"\nformer_names = ["Hooli"]')
    edit(data, "waves/globex-2023-01.toml", "Project Slim", "Project Hydrogen")
    (data / "waves" / "umbrella-2023-04.toml").unlink()
    retire(data, "wave", "umbrella-2023-04")
    await publish.publish(published, publish.collection_input(read.read(data)))
    yield published


async def test_a_search_sees_the_ledger_as_of_a_revision(twice: Connection) -> None:
    async def ids(asked: str, revision: int) -> set[str]:
        return {one["id"] for one in await searched(twice, asked, revision)}

    assert "globex-2023-01" in await ids("slim", 1)
    assert await ids("slim", 2) == set()
    assert await ids("hydrogen", 1) == set()
    assert await ids("hydrogen", 2) == {"globex-2023-01"}
    assert await ids("hydrgen", 1) == set()
    assert await ids("hydrgen", 2) == {"globex-2023-01"}
    assert "umbrella-2023-04" in await ids("umbrella", 1)
    assert "umbrella-2023-04" not in await ids("umbrella", 2)


async def test_names_are_completed_as_of_a_revision(twice: Connection) -> None:
    async def told(typed: str, revision: int) -> list[tuple[str, str, str | None]]:
        found = await complete.complete(fetching(twice), typed, revision)
        return [(one.id, one.name, one.hint) for one in found]

    assert await told("hoo", 1) == [("hooli", "Hooli", None)]
    assert await told("hoo", 2) == [("hooli", "Nucleus", "formerly Hooli")]
    assert await told("nucl", 1) == []
    assert await told("nucl", 2) == [("hooli", "Nucleus", None)]


async def entries(connection: Connection) -> list[asyncpg.Record]:
    found: list[asyncpg.Record] = []
    for table in ("search_version", "company_name_version", "word"):
        found += await connection.fetch(f"select one::text from ledger.{table} as one order by 1")
    return found


async def test_a_ledger_that_was_not_searched_gets_all_its_entries(
    twice: Connection, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those of versions that no longer hold, and without a new revision."""
    monkeypatch.setattr(index, "BATCH", 3)
    before = await entries(twice)
    for table in ("search_version", "company_name_version", "word"):
        await twice.execute(f"delete from ledger.{table}")
    await twice.execute("delete from ledger.input where name = 'search'")

    revision = await publish.publish(twice, publish.collection_input(read.read(data)))

    assert revision is None
    assert await entries(twice) == before


async def test_every_version_has_its_entry(twice: Connection) -> None:
    for resource in PATHS:
        lacking = await twice.fetch(
            "select id, first_revision, last_revision from ledger.document where resource = $1 "
            "except select id, first_revision, last_revision from ledger.search_version "
            "where resource = $1",
            resource,
        )
        assert lacking == []


PLAIN = """
select
    entry.resource,
    entry.id,
    entry.label,
    entry.body,
    ts_rank_cd('{0.05,0.2,0.5,1}'::real[], entry.words, $1::text::tsquery, 33)
    + case when not entry.exact && $2::text[] then 0 when entry.resource = 'company' then 2 else 1 end
        as score,
    count(*) over () as count
from ledger.search_version as entry
where
    entry.first_revision <= 1
    and entry.last_revision >= 1
    and entry.words @@ $1::text::tsquery
    and (entry.resource = any($3::text[]) or $3::text[] = '{}')
order by score desc, entry.resource, entry.id collate "C"
"""


async def test_hits_are_those_of_a_plain_ranking(real_database: str) -> None:
    """In that order, with those scores and with their number, whatever is searched for."""
    connection = await asyncpg.connect(real_database)
    words = await connection.fetch("select word from ledger.word order by md5(word) limit 60")
    asked = [row["word"] for row in words] + [
        "the company said",
        "layoffs",
        "ai",
        "meta",
        "compa",
        "a",
    ]
    found = []
    for place, question in enumerate(asked):
        query = await parse_query(fetching(connection), question, 1)
        kinds = [[], ["wave"], ["source", "driver"]][place % 3]
        limit = 1 + 7 * place % 50
        rows = await fetching(connection)(hits.hits(query, kinds, limit, revision=1))
        plain = await connection.fetch(PLAIN, query.tsquery, sorted(query.exact), kinds)
        names = ("resource", "id", "label", "body", "score", "count")
        assert [[row[name] for name in names] for row in rows] == [
            [row[name] for name in names] for row in plain[:limit]
        ], question
        found.append(len(plain))
    await connection.close()

    assert max(found) > 1_000
    assert sum(map(bool, found)) > 40


async def test_an_entry_has_all_words_of_what_it_is_called(real_database: str) -> None:
    """So that an index finds a record by its name, without looking at all records."""
    connection = await asyncpg.connect(real_database)
    rows = await connection.fetch(
        "select resource, id, first_revision, unnest(exact) as name from ledger.search_version"
    )
    missed = await connection.fetch(
        """
        select search_version.id, called.query
        from unnest($1::text[], $2::text[], $3::integer[], $4::text[])
            as called (resource, id, first_revision, query)
        inner join ledger.search_version using (resource, id, first_revision)
        where not search_version.words @@ called.query::tsquery
        """,
        *([row[name] for row in rows] for name in ("resource", "id", "first_revision")),
        [having(row["name"].split(" ")) for row in rows],
    )
    await connection.close()

    assert len(rows) > 5_000
    assert missed == []


async def test_the_longest_documents_can_be_searched(empty: Connection) -> None:
    """Words and texts beyond what PostgreSQL indexes are cut, and the beginning can be found."""
    company = records.Company(
        id="long",
        name="First " + "x" * 5_000,
        aliases=[f"Alias {number} {'y' * 300}" for number in range(3_000)],
        note="word " * 30_000 + "unfindable",
    )
    collection = publish.CollectionInput(
        collection=records.Collection(
            id="made", name="M", description="d", license="CC0-1.0", origin="o"
        ),
        companies=[company],
    )

    await publish.publish(empty, collection)

    assert [one["id"] for one in await searched(empty, "first")] == ["long"]
    assert [one["id"] for one in await searched(empty, "x" * 64)] == ["long"]
    assert await searched(empty, "unfindable") == []
    assert len((await searched(empty, "first"))[0]["snippet"]) < 1_000


async def test_a_session_of_the_service_corrects_and_makes_nothing(reader: Connection) -> None:
    assert [one.id for one in await complete.complete(fetching(reader), "gloebx", 1)][:1] == [
        "globex"
    ]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.execute("select * from ledger.word")


# Lists


@pytest.mark.parametrize("asked", ["globex", "recruiting", "globx", "company", "example", "a", "?"])
@pytest.mark.parametrize("kind", PATHS)
def test_a_list_by_q_is_what_a_search_finds(api: httpx.Client, kind: str, asked: str) -> None:
    key = "code" if kind in {"driver", "role"} else "id"

    listed = [one[key] for one in walk(api, f"/v1/{PATHS[kind]}", [("q", asked)])]

    assert sorted(listed) == sorted(id_ for _, id_ in found(api, asked, kind=kind))


# Each finds several dozen, or as many as there are.
WORDS = {
    "wave": "bank ai",
    "company": "retail",
    "source": "bank ai",
    "driver": "costs",
    "role": "staff",
}


@pytest.mark.parametrize("limit", ["1", "2", "3", "7"])
@pytest.mark.parametrize("kind", PATHS)
def test_a_walk_by_relevance_is_the_unpaged_list(real: httpx.Client, kind: str, limit: str) -> None:
    key = "code" if kind in {"driver", "role"} else "id"
    path, query = f"/v1/{PATHS[kind]}", [("q", WORDS[kind]), ("sort", "-relevance")]

    whole = [one[key] for one in walk(real, path, [*query, ("limit", "200")])]

    assert [one[key] for one in walk(real, path, [*query, ("limit", limit)])] == whole
    assert len(whole) == len(set(whole)) > 7
    lines = real.get(path, params=dict([*query, ("format", "ndjson")])).text.splitlines()
    assert len(lines) == len(whole)
    assert [f'"{key}":"{id_}"' in line for id_, line in zip(whole, lines, strict=True)] == (
        [True] * len(whole)
    )


def test_the_most_relevant_comes_first(api: httpx.Client) -> None:
    by_day = api.get("/v1/waves?q=globex+ai").json()["data"]
    page = api.get("/v1/waves?q=globex+ai&sort=-relevance").json()["data"]

    assert {one["id"] for one in by_day} == {one["id"] for one in page}
    assert [one["id"] for one in page] == [id_ for _, id_ in found(api, "globex ai", kind="wave")]


def test_q_goes_together_with_other_filters_and_statistics(api: httpx.Client) -> None:
    whole = {id_ for _, id_ in found(api, "globex", kind="wave")}
    filtered = [
        one["id"] for one in walk(api, "/v1/waves", [("q", "globex"), ("company", "globex")])
    ]
    statistics = api.get("/v1/statistics?group_by=year&q=globex&canonical=true,false").json()

    assert set(filtered) == {"globex-2023-01", "globex-2023-09"} & whole
    assert statistics["meta"]["count"] == len(whole)


@pytest.mark.parametrize("path", [*PATHS.values()])
def test_relevance_needs_a_question(api: httpx.Client, path: str) -> None:
    answer = api.get(f"/v1/{path}?sort=-relevance")

    assert answer.status_code == 400
    (told,) = answer.json()["errors"]
    assert told["parameter"] == "sort"
    assert told["suggestion"] == "give words in q, or choose another order"
    whole = api.get(f"/v1/{path}?sort=-relevance&format=csv")
    assert whole.status_code == 400


async def test_the_statements_of_a_list_read_a_past_revision(twice: Connection) -> None:
    for revision, ids in ((1, ["globex-2023-01"]), (2, [])):
        query = await parse_query(fetching(twice), "slim", revision)
        parameters = WaveListParameters(q="slim", sort="-relevance")
        planned = lists.plan(RESOURCES["wave"], parameters, revision=revision, search_query=query)
        page = await fetching(twice)(planned.page(after=None, limit=50))
        assert [row["id"] for row in page] == ids
        assert (await fetching(twice)(planned.count()))[0]["count"] == len(ids)


async def test_a_forged_key_of_relevance_is_refused() -> None:
    parameters = SourceListParameters(q="x", sort="-relevance")
    signature = cursor.signature("source", parameters)
    for key in (float("nan"), float("inf"), "0.5", 1):
        written = cursor.write_cursor(cursor.Position(1, 1, key, "a", signature))
        forged = SourceListParameters(q="x", sort="-relevance", cursor=written)
        with pytest.raises(InvalidParametersError):
            cursor.read_cursor("source", RESOURCES["source"].sorts["-relevance"], forged)


async def test_a_company_is_never_called_like_a_path(empty: Connection, data: Path) -> None:
    """What the rule refuses, the database refuses too."""
    edit(data, "companies.toml", "[hooli]", "[autocomplete]")
    edit(data, "waves/hooli-2023-12.toml", 'company = "hooli"', 'company = "autocomplete"')

    with pytest.raises(publish.PublishError) as told:
        await publish.publish(empty, publish.collection_input(read.read(data)))

    assert "company_id_is_not_reserved" in str(told.value.violations[0])
