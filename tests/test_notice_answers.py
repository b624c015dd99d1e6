"""What the service answers about notices: counted by each dimension, on the timeline, in feeds."""

from __future__ import annotations

import asyncio
import csv
import datetime
import io
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from layoff_ledger.imports import mapping
from support.databases import make_database
from support.lists import everything, walk
from support.register import imported
from support.revisions import FIXTURE
from support.services import serving

Json = dict[str, Any]


def filed(letter: str, state: str, employer: str, notice_on: str, **fields: str) -> dict[str, str]:
    return {
        "key": letter * 12, "jurisdiction": f"US-{state}", "employer": employer,
        "notice_on": notice_on, **fields,
    }  # fmt: skip


ROWS = [
    filed("a", "TX", "Globex", "2023-01-20", jobs="40", kind="closure", effective_on="2023-03-21",
          last_seen_on="2026-08-08"),
    filed("b", "TX", "Initech", "2026-02-20", jobs="50-60", effective_on="2026-05-19", naics="5112",
          county="Harris County", county_code="48201", received_on="2026-02-23"),
    filed("c", "NY", "Hooli", "2026-03-20", jobs="TBD", effective_on="2026-05-19; 2026-06-30",
          kind="mass_layoff", county="New York County", county_code="36061"),
    filed("d", "FL", "Globex (rescinded)", "2026-03-21", jobs="7"),
    filed("e", "TX", "Globex", "2023-01-22", jobs="41", kind="closure", received_on="2023-01-23"),
    filed("f", "NY", "Hooli", "2026-03-22", jobs="9", county_code="36061"),
    filed("g", "CA", "Nobody", "", jobs="5"),
]  # fmt: skip
RELATIONS = f"""relation,key,other_key,method,score
amends,{"e" * 12},{"a" * 12},declared,
possible_duplicate,{"f" * 12},{"c" * 12},fuzzy,0.8
"""


@pytest.fixture(scope="module")
def asked(
    server: str, fixture_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    url = asyncio.run(make_database(server, fixture_template))
    folder = tmp_path_factory.mktemp("notices")

    async def fill() -> None:
        connection = await asyncpg.connect(url)
        (folder / "relations.csv").write_text(RELATIONS)
        files = [write(folder / "notices.csv"), folder / "relations.csv"]
        await imported(connection, *files)
        await connection.close()

    asyncio.run(fill())
    with serving("--data", str(FIXTURE), environment={"DATABASE_URL": url}) as client:
        yield client


def write(path: Path) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, mapping.FIELDS)
        writer.writeheader()
        writer.writerows(ROWS)
    return path


def filed_among(rows: list[Json]) -> list[Json]:
    return [
        one
        for one in rows
        if one["status"] in ("filed", "amended")
        and all(relation["relation"] == "amends" for relation in one["relations"])
    ]


SPANS = {
    "year": lambda day: day[:4],
    "quarter": lambda day: f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}",
    "month": lambda day: day[:7],
    "week": lambda day: "{}-W{:02}".format(*datetime.date.fromisoformat(day).isocalendar()),
}
PLAIN: dict[str, Any] = {
    "jurisdiction": lambda one, _: one["jurisdiction"],
    "county": lambda one, _: one["county_code"],
    "company": lambda one, _: one["company"] and one["company"]["id"],
    "wave": lambda one, _: one["wave"] and one["wave"]["id"],
    "industry": lambda one, _: one["industry"],
    "kind": lambda one, _: one["kind"],
    "status": lambda one, _: one["status"],
    "collection": lambda one, _: one["collection"],
    **{
        name: lambda one, date, span=span: span(one[date]) if one[date] else None
        for name, span in SPANS.items()
    },
}
"""Each dimension once more, read off a document."""


@pytest.mark.parametrize("date", ["notice", "effective", "received"])
@pytest.mark.parametrize("dimension", list(PLAIN))
def test_notices_are_counted_by_each_dimension(
    asked: httpx.Client, dimension: str, date: str
) -> None:
    field = {"notice": "notice_on", "effective": "effective_from", "received": "received_on"}[date]
    groups: dict[str | None, list[Json]] = {}
    counted = filed_among(asked.get("/v1/notices").json()["data"])
    for one in counted:
        groups.setdefault(PLAIN[dimension](one, field), []).append(one)

    answer = asked.get(f"/v1/statistics?of=notices&group_by={dimension}&date={date}").json()

    jobs = [(key, [one["jobs"] for one in found]) for key, found in groups.items()]
    assert {one["keys"][dimension]: one["notices"] for one in answer["data"]} == {
        key: len(found) for key, found in groups.items()
    }
    assert {
        one["keys"][dimension]: (one["jobs_low"], one["jobs_high"]) for one in answer["data"]
    } == {
        key: tuple(
            sum(one[bound] for one in known if one) if any(known) else None
            for bound in ("low", "high")
        )
        for key, known in jobs
    }
    keys = [one["keys"][dimension] for one in answer["data"]]
    assert keys == sorted(keys, key=lambda key: (key is None, key))
    assert (answer["meta"]["count"], answer["meta"]["date"]) == (len(counted), date)
    assert answer["meta"]["license"] == "Apache-2.0"


def test_readers_see_which_notice_may_repeat_another_one(asked: httpx.Client) -> None:
    html = {"accept": "text/html"}
    page = asked.get("/v1/notices?jurisdiction=US-NY", headers=html).text
    feed = asked.get("/v1/notices?jurisdiction=US-NY&format=jsonfeed").json()["items"]
    leave_out = "counted=true"
    (address,) = re.findall(rf'href="([^"]*{leave_out})"', page)
    standing = asked.get(address.replace("&amp;", "&"), headers=html).text

    assert page.count("may repeat <a href") == 1
    assert sum("It may repeat another notice." in one["content_text"] for one in feed) == 1
    assert "may repeat <a href" not in standing
    assert "/v1/notices/statistics?group_by=year&amp;jurisdiction=US-NY" in page


def test_what_no_longer_stands_is_counted_only_where_it_is_asked_for(asked: httpx.Client) -> None:
    def count(query: str) -> int:
        answer = asked.get(f"/v1/statistics?of=notices&group_by=status&{query}").json()
        return int(answer["meta"]["count"])

    every = "status=filed,amended,superseded,rescinded"
    assert count("") == 4
    assert count(every) == 6
    assert count(f"{every}&possible_duplicate=true,false") == 7
    assert count("possible_duplicate=true") == 1
    assert (
        "without superseded or rescinded notices or possible duplicates"
        in (asked.get("/v1/statistics?of=notices&group_by=kind").json()["meta"]["basis"])
    )


@pytest.mark.parametrize("query", ["", "jurisdiction=US-NY&", "jurisdiction=US-TX&"])
def test_a_list_may_have_what_statistics_count_and_says_where_it_has_more(
    asked: httpx.Client, query: str
) -> None:
    def listed(more: str) -> tuple[set[str], Json]:
        answer = asked.get(f"/v1/notices?{query}{more}limit=200").json()
        return {one["id"] for one in answer["data"]}, answer["meta"]

    (every, meta), (counted, plain), (others, _) = (
        listed(more) for more in ("", "counted=true&", "counted=false&")
    )
    number = asked.get(f"/v1/notices/statistics?{query}group_by=kind").json()["meta"]["count"]
    assert len(counted) == number > 0
    assert counted | others == every
    assert not counted & others
    told = "superseded or rescinded, or may repeat another one: statistics leave such notices out"
    assert (f"{len(others)} of {len(every)} " in str(meta["hint"])) is bool(others)
    assert (told in str(meta["hint"])) is bool(others)
    assert told not in str(plain["hint"])
    for asks in ("possible_duplicate=true&", "status=superseded&"):
        assert told not in str(listed(asks)[1]["hint"])


def test_statistics_count_nothing_that_they_leave_out(asked: httpx.Client) -> None:
    path = "/v1/notices/statistics?group_by=kind&counted="
    assert asked.get(f"{path}true").json()["data"] == asked.get(path[:-9]).json()["data"]
    (told,) = asked.get(f"{path}false").json()["errors"]
    assert told["suggestion"].startswith("to include them, use status=superseded,rescinded or poss")


def basis(asked: httpx.Client, query: str) -> str:
    path = f"/v1/notices/statistics?group_by=jurisdiction&{query}"
    return str(asked.get(path).json()["meta"]["basis"])


def hint(asked: httpx.Client, query: str) -> str:
    return str(asked.get(f"/v1/notices?{query}").json()["meta"]["hint"])


@pytest.mark.parametrize("say", [basis, hint])
def test_a_state_without_any_notice_is_said_to_have_none_here(
    asked: httpx.Client, say: Callable[[httpx.Client, str], str]
) -> None:
    """No notice in the ledger is not the same as none filed, or as none that matches."""
    told = say(asked, "jurisdiction=US-WY,US-TX,US-AR")
    assert told.endswith("this ledger has no notices from US-WY, US-AR: see /v1/coverage")
    assert "has no notices" not in say(asked, "jurisdiction=US-TX&notice_gte=2099")
    # In a ranking of all states, too: those of countries with any notices.
    told = say(asked, "")
    assert "has no notices from US-AK, US-AL, US-AR, " in told
    assert "US-TX" not in told
    assert "CA-ON" not in told


@pytest.mark.parametrize("say", [basis, hint])
@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "jurisdiction=US-CA,US-TX&notice_gte=2023&notice_lte=2025",
            "the date of the notice is missing in all notices from US-CA: filters on `notice` do not",
        ),
        (
            "jurisdiction=US-TX&received=2023",
            "the date of receipt is missing in many from US-TX: filters on `received` do not find "
            "them, but most have `notice`",
        ),
        ("jurisdiction=US-TX&notice=1990", "the earliest notice in this ledger is from 2023-01-20"),
        (
            "jurisdiction=US-TX&notice_gte=2024",
            "the ledger has nothing that was filed after 2026-08-08",
        ),
    ],
)
def test_what_no_span_of_days_can_have_is_said(
    asked: httpx.Client, say: Callable[[httpx.Client, str], str], query: str, told: str
) -> None:
    assert told in say(asked, query)
    assert told not in say(asked, "jurisdiction=US-TX&notice_gte=2023&notice_lte=2025")


def test_the_rest_of_a_walk_has_no_hint(asked: httpx.Client) -> None:
    first = asked.get("/v1/notices?limit=2").json()
    rest = asked.get(first["links"]["next"]).json()

    assert first["meta"]["hint"]
    assert rest["meta"]["hint"] is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("CA", "US-CA"), ("ca", "US-CA"), ("California", "US-CA"), ("Tx", "US-TX"), ("Texas", "US-TX"),
     ("New York", "US-NY"), ("Ontario", "CA-ON")],
)  # fmt: skip
def test_a_state_is_known_by_its_letters_and_its_name(
    asked: httpx.Client, written: str, meant: str
) -> None:
    for path in ("/v1/notices?jurisdiction", "/v1/waves?subdivision"):
        (told,) = asked.get(f"{path}={written}").json()["errors"]
        assert told["suggestion"].startswith(f"did you mean '{meant}'"), told


def test_waves_are_found_by_whether_notices_are_linked_to_them(asked: httpx.Client) -> None:
    documents = {one["id"]: one for one in everything(asked, "/v1/waves")}
    having = {id_ for id_, one in documents.items() if one["notices"] is not None}
    assert having
    assert having != set(documents)

    for value, expected in (("true", having), ("false", set(documents) - having)):
        found = {one["id"] for one in walk(asked, "/v1/waves", [("has_notices", value)])}
        counted = asked.get(
            f"/v1/statistics?group_by=status&has_notices={value}&canonical=true,false"
        )
        assert found == expected
        assert counted.json()["meta"]["count"] == len(expected)


def test_notices_are_found_by_whether_they_are_linked_to_a_wave(asked: httpx.Client) -> None:
    documents = {one["id"]: one for one in everything(asked, "/v1/notices")}
    linked = {id_ for id_, one in documents.items() if one["wave"] is not None}
    assert linked
    assert linked != set(documents)

    for value, expected in (("true", linked), ("false", set(documents) - linked)):
        found = {one["id"] for one in walk(asked, "/v1/notices", [("has_wave", value)])}
        counted = asked.get(
            f"/v1/notices/statistics?group_by=kind&has_wave={value}"
            "&status=filed,amended,superseded,rescinded&possible_duplicate=true,false"
        )
        assert found == expected
        assert counted.json()["meta"]["count"] == len(expected)
    # The other side of `has_notices`: a wave has them where some notice is linked to it.
    waves = {one["id"] for one in walk(asked, "/v1/waves", [("has_notices", "true")])}
    assert waves == {documents[id_]["wave"]["id"] for id_ in linked}


def test_statistics_of_notices_take_their_own_filters_and_no_others(asked: httpx.Client) -> None:
    two = asked.get("/v1/statistics?of=notices&group_by=jurisdiction,month&company=globex").json()
    table = asked.get("/v1/statistics?of=notices&group_by=county&format=csv&bom=false").text
    errors = [
        asked.get(f"/v1/statistics?{query}").json()["errors"][0]
        for query in ("of=notices&group_by=driver", "of=notices&group_by=kind&driver=over_hiring",
                      "group_by=county", "group_by=year&flag=gone_from_source",
                      "of=notices&group_by=kind,kind")
    ]  # fmt: skip

    assert [one["keys"] for one in two["data"]] == [{"jurisdiction": "US-TX", "month": "2023-01"}]
    assert table.splitlines()[0].startswith("county,county_name,notices,linked,notices_with_jobs")
    assert [one["parameter"] for one in errors] == [
        "group_by", "driver", "group_by", "flag", "group_by"
    ]  # fmt: skip


def test_what_takes_effect_stands_on_the_timeline(asked: httpx.Client) -> None:
    found = asked.get("/v1/timeline?from=2026-05-01&to=2026-06-30").json()["data"]

    assert [(one["what"], one["kind"], one["on"], one["id"]) for one in found] == [
        ("notice", "takes_effect", "2026-05-19", "us-ny-cccccccccc"),
        ("notice", "takes_effect", "2026-05-19", "us-tx-bbbbbbbbbb"),
    ]
    assert [one["until"] for one in found] == ["2026-06-30", "2026-05-19"]
    assert [one["employer"] for one in found] == ["Hooli", "Initech"]
    shown = asked.get("/v1/timeline?from=2026-05-01&to=2026-06-30&format=html").text
    assert ">Initech</a>" in shown
    table = csv.DictReader(io.StringIO(asked.get("/v1/timeline?from=2026-05&format=csv").text))
    assert list(table.fieldnames or ())[-1] == "employer"
    assert [line["employer"] for line in table][:2] == ["Hooli", "Initech"]
    assert [one["statement"] for one in found] == [
        "Hooli (US-NY) filed a notice with New York State Department of Labor on 20 March 2026: "
        "jobs; how many is not known, to take effect on 19 May 2026.",
        "Initech (US-TX) filed a notice with Texas Workforce Commission on 20 February 2026: 50 to "
        "60 jobs, to take effect on 19 May 2026.",
    ]
    assert asked.get("/v1/timeline?kind=takes_effect").json()["data"] == found


@pytest.mark.parametrize("limit", [1, 200])
def test_a_span_has_the_notices_that_reach_into_it(asked: httpx.Client, limit: int) -> None:
    days = [datetime.date(2026, 5, 18) + datetime.timedelta(days=n) for n in range(0, 46, 3)]
    spans = {"c": ("2026-05-19", "2026-06-30"), "b": ("2026-05-19", "2026-05-19")}

    for first, last in itertools.combinations_with_replacement([*days, days[-2]], 2):
        if first <= last:
            query = [("from", str(first)), ("to", str(last)), ("limit", str(limit))]
            found = [one["id"][-1] for one in walk(asked, "/v1/timeline", query)]
            assert found == [
                letter
                for letter, (begins, ends) in spans.items()
                if begins <= str(last) and ends >= str(first)
            ], query


def test_a_county_has_one_name_whatever_is_counted(asked: httpx.Client) -> None:
    counted = "/v1/notices/statistics?group_by=county"
    plain = asked.get(counted).json()["data"]
    # The county of this one is only given by its code.
    (repeated,) = asked.get(f"{counted}&possible_duplicate=true").json()["data"]

    names = {one["keys"]["county"]: one["labels"].get("county") for one in plain}
    assert names == {"36061": "New York County, NY", "48201": "Harris County, TX", None: None}
    assert (repeated["notices"], repeated["labels"]) == (1, {"county": names["36061"]})


def test_notices_have_a_feed(asked: httpx.Client) -> None:
    feed = asked.get("/v1/notices?format=jsonfeed").json()

    assert "Globex (US-TX) filed a notice" in " ".join(one["content_text"] for one in feed["items"])


def test_dates_of_notices_are_taken_as_people_write_them(asked: httpx.Client) -> None:
    def ids(query: str) -> list[str]:
        return [one["id"][-1] for one in asked.get(f"/v1/notices?{query}").json()["data"]]

    assert ids("notice=2026-02") == ["b"]
    assert ids("notice_gte=2026-Q1&notice_lte=2026-02") == ["b"]
    assert ids("received_lte=2023") == ["e"]
    assert ids("effective=2026") == ["c", "b"]
    assert ids("effective_gte=2026-05-01&effective_lte=2026-06-30&sort=effective_on") == ["c", "b"]


@pytest.mark.parametrize("query", ["group_by=jurisdiction,month", "group_by=county&format=csv"])
def test_statistics_of_notices_have_an_address_of_their_own(
    asked: httpx.Client, query: str
) -> None:
    own = asked.get(f"/v1/notices/statistics?{query}")
    other = asked.get(f"/v1/statistics?of=notices&{query}")

    def comparable(text: str) -> str:
        return text.replace("/v1/notices/statistics?", "/v1/statistics?of=notices&")

    assert (own.status_code, other.status_code) == (200, 200)
    assert comparable(own.text) == other.text


@pytest.mark.parametrize(
    "path", ["/v1/notices", "/v1/notices/us-tx-bbbbbbbbbb", "/v1/notices/statistics?group_by=year"]
)
def test_notices_are_read_by_people_too(asked: httpx.Client, path: str) -> None:
    page = asked.get(path, headers={"accept": "text/html"})

    assert page.status_code == 200, page.text
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("query", "detail", "hint"),
    [
        ("county=Harris+County", "no county 'Harris County'", "did you mean '48201'? (Harris County, TX)"),
        ("county=48201,new+york", "no county 'new york'", "did you mean '36061'? (New York County, NY)"),
        ("county=99999", "no county '99999'", "valid values are 36061, 48201"),
        ("collection=us_warn", "no collection 'us_warn'", "did you mean 'us-warn'?"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/notices?", "/v1/notices/statistics?group_by=county&"])
def test_a_county_that_no_notice_has_is_refused_and_not_none(
    asked: httpx.Client, path: str, query: str, detail: str, hint: str
) -> None:
    assert asked.get(f"{path}county=48201").json()["meta"]["count"] == 1
    refused = asked.get(path + query)
    (error,) = refused.json()["errors"]

    assert refused.status_code == 400
    assert (error["detail"], error["suggestion"]) == (detail, hint)
    assert error["suggested_value"] == (hint.split("'")[1] if "'" in hint else None)


def test_where_there_is_no_notice_no_county_is_wrong(api: httpx.Client) -> None:
    assert api.get("/v1/notices?county=48201").json()["meta"]["count"] == 0
