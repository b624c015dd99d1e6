"""Lists: every combination of filters gives what a plain reading of the documents gives."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Document = dict[str, Any]
Query = list[tuple[str, str]]

FUZZ = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def everything(client: httpx.Client, path: str) -> list[Document]:
    return walk(client, path, [("limit", "200")])


def walk(client: httpx.Client, path: str, query: Query) -> list[Document]:
    """Follow `links.next` to the end, holding every page to what it says of itself."""
    found: list[Document] = []
    answer = client.get(path, params=httpx.QueryParams(tuple(query)))
    for _ in range(1_000):
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["data"]
        following = page["links"]["next"]
        assert len(page["data"]) <= page["meta"]["limit"]
        if following is None:
            assert "next" not in answer.links
            if page["meta"]["count"] is not None:
                assert page["meta"]["count"] == len(found)
            return found
        assert answer.links["next"]["url"] == following
        assert page["meta"]["next_cursor"] in following
        answer = client.get(following)
    pytest.fail("the walk does not end")


def affirmed(wave: Document, drivers: list[str]) -> bool:
    return any(
        claim["driver"]["code"] in drivers
        and claim["stance"] != "denies"
        and claim["rank"] != "deprecated"
        for claim in wave["drivers"]
    )


def supported(wave: Document, claim: Document, standings: list[str] | None) -> bool:
    """Say whether a source of one of these standings supports a claim."""
    places = {one["n"]: one["source"]["standing"] for one in wave["citations"]}
    return standings is None or any(places[n] in standings for n in claim["citations"])


def says(wave: Document, query: dict[str, list[str]]) -> bool:
    """Match driver, speaker, stance and standing on one and the same claim."""
    drivers, speakers, stances = (query.get(name) for name in ("driver", "speaker", "stance"))
    if stances is None:
        stances = ["states", "reports"] if drivers else ["states", "reports", "denies"]
    return any(
        (drivers is None or claim["driver"]["code"] in drivers)
        and (speakers is None or claim["speaker"] in speakers)
        and claim["stance"] in stances
        and claim["rank"] != "deprecated"
        and supported(wave, claim, query.get("standing"))
        for claim in wave["drivers"]
    )


def cuts(
    wave: Document,
    roles: list[str] | None,
    effects: list[str],
    standings: list[str] | None = None,
) -> bool:
    return any(
        (roles is None or claim["role"]["code"] in roles)
        and claim["effect"] in effects
        and claim["rank"] != "deprecated"
        and supported(wave, claim, standings)
        for claim in wave["roles"]
    )


def countries(wave: Document) -> list[str]:
    return wave["scope"]["countries"] if wave["scope"] else []


def bound(wave: Document, figure: str, which: str) -> float | None:
    return wave[figure][which] if wave[figure] else None


def at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least


def at_most(value: float | None, most: float) -> bool:
    return value is not None and value <= most


def is_known(wave: Document) -> bool:
    return wave["headcount"] is not None


ORACLE: dict[str, Callable[[Document, list[str]], bool]] = {
    "company": lambda wave, values: wave["company"]["id"] in values,
    "company_not": lambda wave, values: wave["company"]["id"] not in values,
    "driver_not": lambda wave, values: not affirmed(wave, values),
    "role_not": lambda wave, values: not cuts(wave, values, ["cut"]),
    "industry": lambda wave, values: wave["company"]["industry"] in values,
    "country": lambda wave, values: bool(set(countries(wave)) & set(values)),
    "country_not": lambda wave, values: not set(countries(wave)) & set(values),
    "company_country": lambda wave, values: wave["company"]["country"] in values,
    "status": lambda wave, values: wave["status"] in values,
    "status_not": lambda wave, values: wave["status"] not in values,
    "form": lambda wave, values: bool(set(wave["forms"]) & set(values)),
    "collection": lambda wave, values: wave["collection"] in values,
    "source": lambda wave, values: any(one["source"]["id"] in values for one in wave["citations"]),
    "announced_gte": lambda wave, values: wave["announced_on"] >= values[0],
    "announced_lte": lambda wave, values: wave["announced_on"] <= values[0],
    "headcount_gte": lambda wave, values: at_least(
        bound(wave, "headcount", "low"), float(values[0])
    ),
    "headcount_lte": lambda wave, values: at_most(
        bound(wave, "headcount", "high"), float(values[0])
    ),
    "share_gte": lambda wave, values: at_least(bound(wave, "share", "low"), float(values[0])),
    "share_lte": lambda wave, values: at_most(bound(wave, "share", "high"), float(values[0])),
    "headcount_known": lambda wave, values: is_known(wave) is (values[0] == "true"),
    "canonical": lambda wave, values: str(wave["canonical"]).lower() in values,
}


def matches(wave: Document, query: Query) -> bool:
    grouped: dict[str, list[str]] = {}
    for name, value in query:
        grouped.setdefault(name, []).extend(value.split(","))
    if {"driver", "speaker", "stance"} & grouped.keys() and not says(wave, grouped):
        return False
    if {"role", "effect"} & grouped.keys():
        default = ["cut"] if "role" in grouped else ["cut", "spared", "hired"]
        effects = grouped.get("effect", default)
        if not cuts(wave, grouped.get("role"), effects, grouped.get("standing")):
            return False
    elif "standing" in grouped and not {"driver", "speaker", "stance"} & grouped.keys():
        found = {one["source"]["standing"] for one in wave["citations"]}
        if not found & set(grouped["standing"]):
            return False
    return all(ORACLE[name](wave, values) for name, values in grouped.items() if name in ORACLE)


def sort_key(name: str) -> Callable[[Document], Any]:
    field = name.removeprefix("-")
    if field == "headcount":
        # Unknown comes last in both directions.
        least = -1 if name.startswith("-") else 2**31 - 1

        def headcount(wave: Document) -> tuple[Any, str]:
            low, high = bound(wave, "headcount", "low"), bound(wave, "headcount", "high")
            known = low if low is not None else high
            return (least if known is None else known, wave["id"])

        return headcount
    return lambda wave: (wave[field], wave["id"])


def expected(waves: list[Document], query: Query, sort: str) -> list[str]:
    kept = [wave for wave in waves if matches(wave, query)]
    kept.sort(key=sort_key(sort), reverse=sort.startswith("-"))
    return [wave["id"] for wave in kept]


def choices(waves: list[Document]) -> dict[str, list[str]]:
    """Give for each parameter the values that occur, so that most queries match something."""
    companies = sorted({wave["company"]["id"] for wave in waves})
    drivers = sorted({claim["driver"]["code"] for wave in waves for claim in wave["drivers"]})
    roles = sorted({claim["role"]["code"] for wave in waves for claim in wave["roles"]})
    named = sorted({country for wave in waves for country in countries(wave)})
    statuses = sorted({wave["status"] for wave in waves})
    return {
        "company": companies,
        "company_not": companies,
        "driver": drivers,
        "driver_not": drivers,
        "speaker": ["company", "press", "analyst", "regulator", "union"],
        "stance": ["states", "reports", "denies"],
        "standing": ["primary", "established", "republication", "secondary", "machine_summary"],
        "role": roles,
        "role_not": roles,
        "effect": ["cut", "spared", "hired"],
        "industry": sorted({wave["company"]["industry"] or "51" for wave in waves}),
        "country": named,
        "country_not": named,
        "company_country": sorted({wave["company"]["country"] or "US" for wave in waves}),
        "status": statuses,
        "status_not": statuses,
        "form": sorted({form for wave in waves for form in wave["forms"]}),
        "collection": ["curated"],
        "source": sorted({one["source"]["id"] for wave in waves for one in wave["citations"]}),
    }


SCALARS: dict[str, st.SearchStrategy[str]] = {
    "announced_gte": st.dates(datetime.date(2008, 1, 1), datetime.date(2026, 6, 1)).map(str),
    "announced_lte": st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 12, 1)).map(str),
    "headcount_gte": st.integers(1, 20_000).map(str),
    "headcount_lte": st.integers(1, 20_000).map(str),
    "share_gte": st.sampled_from(["0.05", "0.1", "0.12", "0.5", "1"]),
    "share_lte": st.sampled_from(["0.05", "0.1", "0.12", "0.5", "1"]),
    "headcount_known": st.sampled_from(["true", "false"]),
    "canonical": st.sampled_from(["true", "false", "true,false"]),
}
SORTS = ["-announced_on", "announced_on", "-headcount", "headcount", "id", "-id"]


@st.composite
def queries(draw: st.DrawFn, known: dict[str, list[str]]) -> Query:
    names = draw(st.lists(st.sampled_from([*known, *SCALARS]), max_size=4, unique=True))
    query: Query = []
    for name in names:
        if name in SCALARS:
            query.append((name, draw(SCALARS[name])))
            continue
        values = draw(st.lists(st.sampled_from(known[name]), min_size=1, max_size=4, unique=True))
        if draw(st.booleans()):
            query.append((name, ",".join(values)))
        else:
            query += [(name, value) for value in values]
    return query


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_any_filters_give_what_a_plain_reading_gives(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")

    @FUZZ
    @given(query=queries(choices(waves)), sort=st.sampled_from(SORTS), limit=st.integers(1, 200))
    def holds(query: Query, sort: str, limit: int) -> None:
        asked = [*query, ("sort", sort), ("limit", str(max(limit, len(waves) // 12)))]

        found = walk(client, "/v1/waves", asked)

        assert [wave["id"] for wave in found] == expected(waves, query, sort)

    holds()


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 200])
@pytest.mark.parametrize("sort", SORTS)
def test_a_walk_has_no_gap_and_no_duplicate(api: httpx.Client, sort: str, limit: int) -> None:
    whole = everything(api, "/v1/waves")

    found = walk(api, "/v1/waves", [("sort", sort), ("limit", str(limit))])

    assert [wave["id"] for wave in found] == expected(whole, [], sort)


@pytest.mark.parametrize(
    ("path", "sorts"),
    [
        ("/v1/companies", ["name", "-name", "id", "-id", "waves", "-waves"]),
        (
            "/v1/sources",
            ["published_on", "-published_on", "id", "-id", "publisher", "-publisher"],
        ),
        ("/v1/drivers", ["code", "-code", "waves", "-waves"]),
        ("/v1/roles", ["code", "-code", "waves", "-waves"]),
    ],
)
def test_every_list_can_be_walked_in_every_order(
    api: httpx.Client, path: str, sorts: list[str]
) -> None:
    key = "code" if path in {"/v1/drivers", "/v1/roles"} else "id"
    whole = {one[key] for one in everything(api, path)}

    for sort, limit in itertools.product(sorts, ["1", "2", "5"]):
        found = [one[key] for one in walk(api, path, [("sort", sort), ("limit", limit)])]
        assert len(found) == len(whole), sort
        assert set(found) == whole, sort


def test_a_sort_says_what_it_does(api: httpx.Client) -> None:
    def ids(path: str, sort: str) -> list[str]:
        return [one["id"] for one in walk(api, path, [("sort", sort)])]

    unknown = {"rumour-mill", "globex-copy-2023-01"}
    assert set(ids("/v1/sources", "-published_on")[-2:]) == unknown
    assert set(ids("/v1/sources", "published_on")[-2:]) == unknown
    assert ids("/v1/companies", "-waves")[0] == "initech"
    assert ids("/v1/companies", "name") == sorted(ids("/v1/companies", "name"))


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("/v1/companies", "country=US", ["globex", "initech"]),
        ("/v1/companies", "industry=51&country=SE", ["globex-games"]),
        ("/v1/companies", "parent=globex", ["globex-games"]),
        ("/v1/companies", "cik=0000000001", ["globex"]),
        ("/v1/companies", "ticker=NYSE:GLBX&wikidata=Q1", ["globex"]),
        ("/v1/companies", "lei=529900T8BM49AURSDO55", ["initech"]),
        ("/v1/sources", "kind=filing", ["globex-8k-2023-01-10"]),
        ("/v1/sources", "standing=secondary,republication", ["globex-copy-2023-01", "rumour-mill"]),
        ("/v1/sources", "language=de", ["globex-copy-2023-01"]),
        ("/v1/sources", "publisher=The+Weekly+Example", ["weekly-2023"]),
        ("/v1/sources", "published_gte=2023-01-02&sort=id", ["globex-8k-2023-01-10", "globex-memo-2023-01-10"]),
        ("/v1/drivers", "group=financial", ["cost_control"]),
        ("/v1/roles", "axis=level,unit", ["middle_management", "non_core_projects"]),
    ],
)  # fmt: skip
def test_the_filters_of_other_lists(
    api: httpx.Client, path: str, query: str, ids: list[str]
) -> None:
    page = api.get(f"{path}?{query}").json()

    key = "code" if path in {"/v1/drivers", "/v1/roles"} else "id"
    assert sorted(one[key] for one in page["data"]) == ids
    assert page["meta"]["count"] == len(ids)


def test_a_denial_is_no_reason_unless_it_is_asked_for(api: httpx.Client) -> None:
    def ids(query: str) -> set[str]:
        return {wave["id"] for wave in api.get(f"/v1/waves?{query}").json()["data"]}

    assert ids("driver=cost_control") == {"initech-2022-11"}
    assert ids("driver=cost_control&stance=denies") == {"umbrella-2023-04"}
    assert ids("driver_not=cost_control") >= {"umbrella-2023-04"}


def test_driver_speaker_and_stance_match_one_claim(api: httpx.Client) -> None:
    """At Globex the company denies AI and the press reports it; in September it states it."""

    def ids(query: str) -> set[str]:
        return {wave["id"] for wave in api.get(f"/v1/waves?{query}").json()["data"]}

    assert ids("driver=ai_automation&speaker=company&stance=states") == {"globex-2023-09"}
    assert ids("driver=ai_automation&speaker=press") == {"globex-2023-01"}


def test_a_spared_role_is_not_a_cut_one(api: httpx.Client) -> None:
    def ids(query: str) -> set[str]:
        return {wave["id"] for wave in api.get(f"/v1/waves?{query}").json()["data"]}

    assert ids("role=recruiting") == {"globex-2023-01"}
    assert ids("role=recruiting&effect=spared") == {"initech-2023-04"}


def test_count_none_leaves_it_out(api: httpx.Client) -> None:
    page = api.get("/v1/waves?count=none&limit=1&driver=over_hiring").json()

    assert page["meta"]["count"] is None


def test_a_page_says_what_it_is_part_of(api: httpx.Client) -> None:
    page = api.get("/v1/waves?limit=1&status=announced").json()

    assert page["links"]["self"] == f"{api.base_url}/v1/waves?limit=1&status=announced&as_of=1"
    assert page["links"]["latest"] == f"{api.base_url}/v1/waves?limit=1&status=announced"
    assert page["meta"]["revision"] == 1
    assert page["meta"]["published_at"].endswith("Z")
    assert page["meta"]["license"] == "CC-BY-4.0"


def test_a_record_has_its_own_address_and_revision(api: httpx.Client) -> None:
    for path in ("waves", "companies", "sources", "drivers", "roles"):
        for one in api.get(f"/v1/{path}").json()["data"]:
            url = one.get("record_url") or one["url"]
            assert api.get(url).json() == one
            assert one["revision"] == 1
            if "waves_url" in one:
                found = api.get(one["waves_url"]).json()["meta"]["count"]
                assert found == (one["totals"]["waves"] if path == "companies" else one["waves"])
