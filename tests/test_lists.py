"""Lists: every combination of filters gives what a plain reading of the documents gives."""

from __future__ import annotations

import itertools
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.filters import SORTS, choices, expected, fuzz, queries
from support.lists import Query, everything, walk

pytestmark = pytest.mark.postgres


@pytest.mark.thorough
@pytest.mark.parametrize("ledger", ["api", "overlapping", "real"])
def test_any_filters_give_what_a_plain_reading_gives(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")

    @fuzz(ledger)
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
        (
            "/v1/companies",
            ["name", "-name", "id", "-id", "waves", "-waves", "headcount", "-headcount"],
        ),
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
    whole = {one["id"]: one["totals"]["headcount_low"] for one in everything(api, "/v1/companies")}
    jobs = [whole[one] for one in ids("/v1/companies", "-headcount")]
    assert jobs == sorted(jobs, key=lambda low: (low is None, -(low or 0)))
    assert None in jobs


@pytest.mark.parametrize(
    ("path", "query", "ids"),
    [
        ("/v1/companies", "country=US", ["globex", "initech"]),
        ("/v1/companies", "industry=51&country=SE", ["globex-games"]),
        ("/v1/companies", "parent=globex", ["globex-games"]),
        ("/v1/companies", "cik=0000000001", ["globex"]),
        ("/v1/companies", "ticker=NYSE:GLBX&wikidata=Q1", ["globex"]),
        # As `/v1/companies/by/` takes them.
        ("/v1/companies", "cik=1", ["globex"]),
        ("/v1/companies", "cik=CIK0000000001", ["globex"]),
        ("/v1/companies", "ticker=glbx", ["globex"]),
        ("/v1/companies", "ticker=nyse:glbx,NOPE", ["globex"]),
        ("/v1/companies", "ticker=GLBX&lei=529900t8bm49aursdo55", ["globex", "initech"]),
        ("/v1/companies", "lei=529900T8BM49AURSDO55", ["initech"]),
        ("/v1/sources", "kind=filing", ["globex-8k-2023-01-10"]),
        ("/v1/sources", "standing=secondary,republication", ["globex-copy-2023-01", "rumour-mill"]),
        ("/v1/sources", "language=de", ["globex-copy-2023-01"]),
        ("/v1/sources", "publisher=The+Weekly+Example", ["weekly-2023"]),
        ("/v1/sources", "wave=initech-2022-11", ["weekly-2023"]),
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


def test_weights_tell_reasons_from_what_is_mentioned(real: httpx.Client) -> None:
    """Waves, statistics, claims and attribution agree on what companies give as a reason."""
    asked = "driver_group=ai&speaker=company&stance=states&canonical=true"

    def ids(weight: str) -> set[str]:
        waves = walk(real, "/v1/waves", [*parse_qsl(asked), ("weight", weight)])
        return {wave["id"] for wave in waves}

    every = {wave["id"] for wave in walk(real, "/v1/waves", parse_qsl(asked))}
    reasons, context = ids("primary,contributing"), ids("context")
    assert every == reasons | context
    assert every > reasons > ids("primary") > set()
    assert reasons == ids("primary") | ids("contributing")
    claims = walk(real, "/v1/claims", [*parse_qsl(asked), ("weight", "primary,contributing")])
    assert reasons == {claim["wave"] for claim in claims}
    counted = real.get(f"/v1/statistics?group_by=year&{asked}&weight=primary").json()["meta"]
    rules = real.get("/v1/attribution?driver_group=ai").json()["data"]
    assert {row["rule"]: row["waves"] for row in rules}["company_primary"] == counted["count"]
    assert counted["count"] == len(ids("primary"))


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


@pytest.mark.parametrize("path", ["waves", "companies", "sources", "claims", "notices"])
def test_records_are_asked_for_by_their_ids(filed: httpx.Client, path: str) -> None:
    ids = [one["id"] for one in filed.get(f"/v1/{path}?limit=3&sort=id").json()["data"]]
    asked = filed.get(f"/v1/{path}?id={ids[2]}&id={ids[0]},{ids[0]}&sort=id").json()
    wrong = filed.get(f"/v1/{path}?id={ids[0]},{ids[1]}-x")

    assert [one["id"] for one in asked["data"]] == [ids[0], ids[2]]
    assert asked["meta"]["count"] == 2
    if path in {"waves", "notices"}:
        counted = filed.get(f"/v1/statistics?of={path}&group_by=year&id={ids[0]}").json()
        assert counted["meta"]["count"] <= 1
    if path == "claims":
        # The id of a claim depends on its figures: a former id is not the client's mistake.
        assert [one["id"] for one in wrong.json()["data"]] == [ids[0]]
    else:
        assert wrong.json()["errors"][0]["parameter"] == "id"
        assert wrong.json()["errors"][0]["suggested_value"] in {None, ids[1]}
