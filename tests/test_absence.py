"""Hints: an empty answer says why, and words that nothing has are reported."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import httpx
import msgspec
import pytest

from layoff_ledger import settings
from layoff_ledger.query.absence import MAX_SEARCHED, hint_of_search
from layoff_ledger.search.query import parse_query
from layoff_ledger.store.ledger import connect

pytestmark = pytest.mark.postgres

_REMOVED = re.compile(r"without `(\w+)`, there would be ([\d,]+) match")


def as_number(written: str) -> int:
    """Read a number as a hint writes it: with a comma between thousands, if it has any."""
    number = int(written.replace(",", ""))
    assert written == f"{number:,}"
    return number


def hint(client: httpx.Client, path: str) -> str:
    """Return the hint of an empty answer."""
    answer = client.get(path).json()
    assert answer["data"] == []
    return str(answer["meta"]["hint"])


@pytest.mark.parametrize("ledger", ["real", "by_rows"])
@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("waves", "country=ZW", {"country"}),
        ("waves", "company=meta&announced=2019", {"announced", "company"}),
        ("waves", "company=meta&driver=over_hiring&announced_gte=2026", {"announced_gte", "driver",
         "company"}),
        ("waves", "q=severance&company=meta", {"q", "company"}),
        ("waves", "q=zuckerberg&sort=-relevance&announced_lte=2010", {"q", "announced_lte"}),
        ("claims", "company=meta&kind=role&speaker=union", {"company", "kind", "speaker"}),
        ("companies", "country=CN&industry=51&q=zoom", {"country", "industry", "q"}),
        ("sources", "kind=union_statement&published=1996", {"kind", "published"}),
    ],
)  # fmt: skip
def test_a_list_with_nothing_says_how_many_there_are_without_a_filter(
    request: pytest.FixtureRequest, ledger: str, path: str, query: str, named: set[str]
) -> None:
    """By postings and by PostgreSQL, and those many there are."""
    client: httpx.Client = request.getfixturevalue(ledger)
    found = _REMOVED.findall(hint(client, f"/v1/{path}?{query}"))

    assert {name for name, _ in found} <= named
    assert found
    for name, number in found:
        left = "&".join(
            one for one in query.split("&") if one.partition("=")[0] not in (name, "sort")
        )
        assert client.get(f"/v1/{path}?{left}&limit=1").json()["meta"]["count"] == as_number(number)
    numbers = [as_number(number) for _, number in found]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("rebalancing", "company=meta&year_gte=2025&year_lte=2020"),
        ("rebalancing", "company=meta&series=alphabet-capital-expenditure"),
        ("rebalancing", "year_gte=2100"),
        ("timeline", "company=meta&kind=rumoured"),
        ("timeline", "company=meta&from=1999&to=2001"),
    ],
)
def test_rows_that_are_no_records_say_how_many_there_are_without_a_filter(
    real: httpx.Client, path: str, query: str
) -> None:
    """Reversed years are not refused as a mistake, but the empty answer is not silent, either."""
    found = _REMOVED.findall(hint(real, f"/v1/{path}?{query}"))

    assert found
    for name, number in found:
        left = "&".join(one for one in query.split("&") if one.partition("=")[0] != name)
        assert real.get(f"/v1/{path}?{left}").json()["meta"]["count"] == as_number(number)
    page = real.get(f"/v1/{path}?{query}&format=html").text
    assert re.search(r"there would be [\d,]+ match(es)?\.</p>", page)
    assert real.get("/v1/rebalancing?company=meta").json()["meta"]["hint"] is None


def test_what_was_announced_after_the_newest_wave_is_no_zero(real: httpx.Client) -> None:
    newest = real.get("/v1/waves?limit=1&sort=-announced_on").json()["data"][0]["announced_on"]
    later = f"the newest wave is from {newest}: the ledger has nothing that was announced later"

    assert later in real.get("/v1/waves?announced_gte=2026-09").json()["meta"]["hint"]
    assert later in real.get("/v1/waves?announced=2026-10").json()["meta"]["hint"]
    assert later not in real.get("/v1/waves?announced_lte=1980").json()["meta"]["hint"]
    for question, is_later in (
        ("group_by=year", True),
        ("group_by=status&announced=2026-Q4", True),
        ("group_by=year&announced_lte=2025", False),
        (f"group_by=year&announced_lte={newest}", False),
        ("group_by=year&announced=2024,2025", False),
    ):
        basis = real.get(f"/v1/statistics?{question}").json()["meta"]["basis"]
        assert (later in basis) == is_later, question


def test_a_list_that_has_something_needs_no_hint(real: httpx.Client) -> None:
    # Without a kind, the timeline of a ledger without notices says that there are none.
    moments = "timeline?kind=announced"
    for path in ("waves", "claims?company=meta", "companies?q=meta", "revisions", moments):
        assert real.get(f"/v1/{path}").json()["meta"]["hint"] is None


@pytest.mark.parametrize("question", ["%20", "...", "%F0%9F%92%A5", "-"])
@pytest.mark.parametrize("path", ["search", "waves", "notices"])
def test_a_question_without_a_word_is_said_to_have_none(
    filed: httpx.Client, path: str, question: str
) -> None:
    found = hint(filed, f"/v1/{path}?q={question}")

    assert found.startswith("`q` has no word: only letters and digits are searched for")
    assert "all of these words" not in found


def test_words_that_nothing_has_are_named(real: httpx.Client) -> None:
    for path in ("search?q=tesla+kumquat", "waves?q=tesla+kumquat"):
        assert hint(real, f"/v1/{path}").startswith("no record contains `kumquat`")
    assert hint(real, "/v1/search?q=tesla&kind=role") == (
        "only other kinds of records contain these words: company, source, wave"
    )


@pytest.mark.parametrize(
    ("question", "kinds"), [("tesla xbox", ""), ("meta severance recruiting", "&kind=wave")]
)
def test_words_that_no_record_has_together_are_told_apart(
    real: httpx.Client, question: str, kinds: str
) -> None:
    """How many have the other words: as many as a search for those finds."""
    found = hint(real, f"/v1/search?q={question}{kinds}")

    assert found.startswith("no record contains all of these words; without `")
    for word, number in _REMOVED.findall(found):
        others = " ".join(one for one in question.split() if one != word)
        answer = real.get(f"/v1/search?q={others}{kinds}").json()
        assert answer["meta"]["count"] == as_number(number)


@pytest.mark.parametrize("ledger", ["real", "by_rows"])
@pytest.mark.parametrize(
    "path",
    [
        "statistics?group_by=year&company=meta&announced=2019",
        "statistics?group_by=role,year&fill=true&country=ZW&driver=over_hiring",
        "statistics?group_by=year&canonical=false&company=meta&announced_lte=2010",
        "statistics?group_by=company&q=severance&company=meta",
        "attribution?driver_group=ai&by=year&announced=1979&country=US",
        "attribution?driver=ai_automation&company=meta&announced=1979",
    ],
)
def test_what_counts_nothing_says_how_many_there_are_without_a_filter(
    request: pytest.FixtureRequest, ledger: str, path: str
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    answer = client.get(f"/v1/{path}").json()
    assert (answer["meta"]["count"], {one["waves"] for one in answer["data"]} - {0}) == (0, set())
    found = re.findall(
        r"[Ww]ithout `(\w+)`, there would be ([\d,]+) match", answer["meta"]["basis"]
    )

    assert found
    operation, _, query = path.partition("?")
    for name, number in found:
        left = "&".join(one for one in query.split("&") if one.partition("=")[0] != name)
        assert client.get(f"/v1/{operation}?{left}").json()["meta"]["count"] == as_number(number)
        # The reason in question, and what only arranges groups, exclude no waves.
        assert name not in {"driver_group", "fill", "group_by", "by"}


@pytest.mark.parametrize(
    ("path", "is_said"),
    [
        ("statistics?group_by=status&announced=2022", True),
        ("statistics?group_by=year&status=announced", True),
        ("statistics?group_by=year&status_not=withdrawn", False),
        ("statistics?group_by=year", False),
        ("attribution?status=completed", True),
        ("waves?status=completed&limit=1", True),
        ("claims?status=announced&limit=1", True),
        ("waves?status_not=withdrawn&limit=1", False),
        ("waves?company=meta", True),
        ("waves?company=meta&status_not=announced", False),
        ("waves?driver=ai_automation&limit=20", False),
    ],
)
def test_what_is_only_announced_is_not_said_to_have_come_to_nothing(
    real: httpx.Client, path: str, *, is_said: bool
) -> None:
    """Few waves have a known later event: shares of completed cuts cannot be computed like this."""
    meta = real.get(f"/v1/{path}").json()["meta"]
    words = str(meta.get("basis") or meta.get("hint"))

    assert ("tatus comes from the latest event in this ledger" in words) == is_said


def test_tables_by_status_say_so_in_each_row(real: httpx.Client) -> None:
    table = real.get("/v1/statistics?group_by=status&format=csv").text
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))

    assert len(rows) > 1
    assert all(
        "a status comes from the latest event in this ledger" in row["basis"] for row in rows
    )


def test_all_claims_of_the_waves_that_have_some_words_are_said_to_be_that(
    real: httpx.Client,
) -> None:
    page = real.get("/v1/claims?q=severance&limit=5").json()

    assert page["meta"]["hint"] == (
        "`q` finds waves: these are all of their claims, whether or not they contain the words themselves"
    )
    assert real.get("/v1/waves?q=severance&limit=5").json()["meta"]["hint"] is None


def test_dates_that_cannot_be_right_are_counted_where_they_come_first(filed: httpx.Client) -> None:
    """The register misread them; they keep the date that it gives, and get a flag."""
    flag = "notice_date_after_first_seen"
    most = filed.get(f"/v1/notices?flag={flag}&limit=200").json()["meta"]["count"]
    page = filed.get("/v1/notices?limit=1").json()
    assert flag in page["data"][0]["flags"]
    words = (
        f"of these notices {'is' if most == 1 else 'are'} dated after the day the source was read"
    )
    left_out = f"`flag_not={flag}` leaves them out"

    assert page["meta"]["hint"].startswith(f"{most} {words}")
    assert left_out in page["meta"]["hint"]
    without = filed.get(f"/v1/notices?limit=200&flag_not={flag}").json()
    assert words not in str(without["meta"]["hint"])
    counted = "/v1/notices/statistics?group_by="
    by_month = filed.get(f"{counted}month").json()["meta"]
    number = (
        by_month["count"] - filed.get(f"{counted}month&flag_not={flag}").json()["meta"]["count"]
    )
    assert f"; {number} {words}" in by_month["basis"]
    for other in (f"month&flag_not={flag}", "month&date=effective", "jurisdiction"):
        assert words not in filed.get(f"{counted}{other}").json()["meta"]["basis"]


def test_sums_say_which_of_their_jobs_may_be_of_more_than_a_site(filed: httpx.Client) -> None:
    """A chain that closes everywhere files the same total in each state, and leads any ranking."""
    flag = "jobs_unusually_high"
    for asked in ("group_by=jurisdiction", "group_by=county,year&notice=2023", "group_by=kind"):
        with_them, without = (
            filed.get(f"/v1/notices/statistics?{asked}{other}").json()
            for other in ("", f"&flag_not={flag}")
        )
        jobs, others = (
            sum(one["jobs_low"] or 0 for one in answer["data"]) for answer in (with_them, without)
        )

        assert jobs > others
        assert with_them["meta"]["jobs_unusually_high"] == jobs - others
        assert (
            f"{jobs - others:,} of the jobs come from notices that may give a total for more than "
            f"one site, filed in several states alike: `flag_not={flag}` leaves them out"
        ) in with_them["meta"]["basis"]
        assert without["meta"]["jobs_unusually_high"] == 0
        assert flag not in without["meta"]["basis"]


def test_notices_that_count_nothing_say_what_would(filed: httpx.Client) -> None:
    query = "group_by=month&company=meta&jurisdiction=US-TX&notice=1999"
    basis = filed.get(f"/v1/notices/statistics?{query}").json()["meta"]["basis"]
    found = _REMOVED.findall(basis)

    # What is excluded by default is not a filter that somebody gave.
    assert {name for name, _ in found} <= {"company", "jurisdiction", "notice"}
    assert found
    for name, number in found:
        left = "&".join(one for one in query.split("&") if one.partition("=")[0] != name)
        answer = filed.get(f"/v1/notices/statistics?{left}").json()
        assert answer["meta"]["count"] == as_number(number)


@pytest.mark.parametrize("path", ["waves", "claims", "companies", "sources", "notices"])
def test_a_seed_without_a_sample_is_said_to_do_nothing(filed: httpx.Client, path: str) -> None:
    words = "`seed` does nothing without `sample`: these records are not a random sample"

    for seed in (7, 0):
        assert words in filed.get(f"/v1/{path}?seed={seed}&limit=1").json()["meta"]["hint"]
    for question in ("sample=2&seed=7", "limit=1"):
        assert "seed" not in str(filed.get(f"/v1/{path}?{question}").json()["meta"]["hint"])


def test_a_list_says_how_a_mistyped_question_was_read(real: httpx.Client) -> None:
    meta = real.get("/v1/waves?q=recruting&limit=1").json()["meta"]

    assert meta["count"] > 0
    assert meta["hint"] == "the spelling of `q` was corrected to 'recruiting'"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ('"year of efficiency"', "quotes do not search for a phrase"),
        ("“year of efficiency”", "quotes do not search for a phrase"),
        ("meta -recruiting", "`-` and NOT exclude nothing"),
        ("meta NOT recruiting", "`-` and NOT exclude nothing"),
        ("tesla OR meta", "OR has no effect: all words must occur"),
        ("tesla | meta", "OR has no effect: all words must occur"),
        ("over-hiring", None),
        ("AT&T or not", None),
        ('"meta"', None),
        ("2019 - 2020", None),
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "search?limit=5",
        "waves?limit=5",
        "claims?limit=5",
        "statistics?group_by=year",
        "attribution?by=year",
        "notices/statistics?group_by=year",
    ],
)
def test_operators_of_other_searches_are_said_to_be_none(
    real: httpx.Client, path: str, question: str, words: str | None
) -> None:
    """`meta -recruiting` finds the very waves that were to be excluded."""
    operation, _, rest = path.partition("?")
    asked = {**dict([rest.split("=")]), "q": question}
    meta = real.get(f"/v1/{operation}", params=asked).json()["meta"]
    words_of = str(meta.get("basis") or meta.get("hint")).lower()

    if words is None:
        assert "quotes do" not in words_of
        assert "exclude nothing" not in words_of
        assert "no effect" not in words_of
    else:
        assert words.lower() in words_of


def test_a_company_is_named_where_notices_have_a_word_that_is_spelt_almost_so(
    filed: httpx.Client,
) -> None:
    """A word that occurs is not corrected: `bowing` occurs in a notice."""
    words = "you may mean the company 'boeing'"
    found = filed.get("/v1/search?q=bowing").json()

    assert {one["kind"] for one in found["data"]} == {"notice"}
    assert found["meta"]["hint"] == words
    assert f"other kinds of records contain these words: notice; {words}" in hint(
        filed, "/v1/waves?q=bowing"
    )
    assert filed.get("/v1/search?q=hooli").json()["meta"]["hint"] is None
    assert filed.get("/v1/search?q=bowing&kind=notice").json()["meta"]["hint"] is None
    (told,) = filed.get("/v1/waves?company=bowing").json()["errors"]
    assert (told["suggestion"], told["suggested_value"]) == ("did you mean 'boeing'?", "boeing")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("metta", "meta"),
        ("mata", "meta"),
        ("shall", "shell"),
        ("interl", "intel"),
        ("zzz", None),
        # With three letters, two have to be swapped: everything is spelt almost like some ticker.
        ("IMB", "ibm"),
        ("SPA", "sap"),
        ("PUS", "ups"),
        ("atz", None),
    ],
)
def test_an_id_with_a_wrong_letter_leads_to_the_company(
    real: httpx.Client, written: str, meant: str | None
) -> None:
    for path in (f"waves?company={written}", f"timeline?company={written}"):
        (told,) = real.get(f"/v1/{path}").json()["errors"]
        assert told["suggested_value"] == meant
    detail = real.get(f"/v1/companies/{written}").json()["detail"]
    assert detail.endswith(f"did you mean {meant!r}?" if meant else "lists them")


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        ("waves?headcount_gte={}&headcount_lte={}", "headcount"),
        ("statistics?group_by=year&share_gte=0.{}&share_lte=0.{}", "share"),
        ("notices?jobs_gte={}&jobs_lte={}", "jobs"),
    ],
)
def test_bounds_that_are_swapped_are_named(filed: httpx.Client, path: str, bound: str) -> None:
    words = f"`{bound}_gte` is greater than `{bound}_lte`: swap the two"

    def said(*bounds: int) -> str:
        meta = filed.get(f"/v1/{path.format(*bounds)}").json()["meta"]
        return str(meta.get("hint") or meta.get("basis"))

    assert words in said(9, 5)
    assert words not in said(5, 9)
    assert words not in said(7, 7)


@pytest.mark.parametrize("path", ["indicators", "rebalancing"])
def test_a_company_without_indicators_leads_to_those_that_have_some(
    real: httpx.Client, path: str
) -> None:
    """Most companies have none, which a newcomer takes for a mistake in the question."""
    lines = real.get("/v1/indicators?select=company&format=ndjson").text.splitlines()
    companies = sorted({json.loads(one)["company"] for one in lines})
    words = f"the ledger has indicators of {len(companies)} companies only: {', '.join(companies)}"

    assert words in (real.get(f"/v1/{path}?company=zoominfo").json()["meta"]["hint"] or "")
    for query in ("company=meta", "company=meta&year_gte=2090", "company=meta,zoominfo"):
        assert words not in (real.get(f"/v1/{path}?{query}").json()["meta"]["hint"] or "")


def test_a_page_for_readers_has_the_hint(real: httpx.Client) -> None:
    page = real.get("/v1/waves?company=meta&announced=2019&format=html").text

    of_meta, of_2019 = (
        real.get(f"/v1/waves?{one}").json()["meta"]["count"]
        for one in ("company=meta", "announced=2019")
    )
    assert (
        f"Without “Announced in”, there would be {of_meta} matches; "
        f"without “Company”, there would be {of_2019} matches."
    ) in re.sub("<[^>]*>", "", page)


async def test_a_large_ledger_is_not_searched_for_a_hint(
    fixture_database: str, tmp_path: Path
) -> None:
    """All hits of a common word would be looked at, only for a hint."""
    configured = settings.Settings(home=tmp_path, exports=tmp_path)
    async with connect(configured, fixture_database) as ledger:
        small = ledger.revisions.newest
        large = msgspec.structs.replace(small, counts={"wave": MAX_SEARCHED + 1})
        query = await parse_query(ledger.fetch, "globex kumquat", small.revision)

        assert (
            await hint_of_search(ledger, query, ["wave"], small) == "no record contains `kumquat`"
        )
        expected = "no record contains all of these words"
        assert await hint_of_search(ledger, query, ["wave"], large) == expected


def test_ids_that_no_claim_has_are_named(api: httpx.Client) -> None:
    """They are not refused: a claim whose figure was corrected has another id."""
    one, other = (claim["id"] for claim in api.get("/v1/claims?limit=2").json()["data"])

    def hint(query: str) -> str | None:
        found: str | None = api.get(f"/v1/claims?{query}").json()["meta"]["hint"]
        return found

    assert hint(f"id={one},{other}") is None
    assert hint(f"id={one},{other}&limit=1") is None
    assert hint(f"id={one},gone:1,{other}") == "no claim has the id 'gone:1'"


def test_identifiers_that_no_company_has_are_named(api: httpx.Client) -> None:
    """A list of companies does not show which one of a hundred tickers found nothing."""

    def hint(query: str) -> str | None:
        found: str | None = api.get(f"/v1/companies?{query}").json()["meta"]["hint"]
        return found

    assert hint("ticker=glbx,NYSE:GLBX&cik=1&lei=529900t8bm49aursdo55") is None
    assert hint("ticker=glbx,NOPE") == "no company has ticker 'NOPE'"
    assert hint("ticker=NYSE:GLBX,NASDAQ:GLBX&cik=77,1") == (
        "no company has cik '77' or ticker 'NASDAQ:GLBX'"
    )
    # It is about identifiers, whatever else is asked.
    assert "no company has" not in (hint("ticker=glbx&country=SE") or "")
    many = ",".join(f"X{number}" for number in range(30))
    assert (hint(f"ticker=glbx,{many}") or "").endswith("or ticker 'X19' or 10 more")
    assert hint("ticker=glbx,NOPE&select=id") == "no company has ticker 'NOPE'"
