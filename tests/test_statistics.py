"""Statistics: groups are what a plain reading of the documents counts, for any filter."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import paths
from layoff_ledger.curation import read
from layoff_ledger.query.statistics import FIGURES
from support.filters import FUZZ, choices, queries
from support.groups import MULTIPLE, SINGLE, expected
from support.lists import Query, everything

pytestmark = pytest.mark.postgres

Json = dict[str, Any]


def asked(client: httpx.Client, query: Query, group_by: list[str]) -> Json:
    parameters = [*query, ("group_by", ",".join(group_by)), ("limit", "10000")]
    answer = client.get("/v1/statistics", params=httpx.QueryParams(tuple(parameters)))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def told(answer: Json, group_by: list[str]) -> dict[Any, Json]:
    return {
        tuple(one["keys"][name] for name in group_by): {name: one[name] for name in FIGURES}
        for one in answer["data"]
    }


@pytest.mark.parametrize("ledger", ["api", "overlapping", "real"])
def test_groups_are_what_a_plain_reading_counts(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")

    @FUZZ
    @given(
        query=queries(choices(waves)),
        group_by=st.lists(
            st.sampled_from([*SINGLE, *MULTIPLE]), min_size=1, max_size=2, unique=True
        ),
    )
    def holds(query: Query, group_by: list[str]) -> None:
        answer = asked(client, query, group_by)

        assert told(answer, group_by) == expected(waves, query, group_by)
        assert answer["meta"]["groups"] == len(answer["data"])

    holds()


@pytest.mark.parametrize("group_by", [["year"], ["company"], ["industry", "status"], ["month"]])
def test_groups_of_single_valued_dimensions_add_up(real: httpx.Client, group_by: list[str]) -> None:
    answer = asked(real, [("canonical", "true,false")], group_by)

    assert answer["meta"]["overlapping"] is False
    assert sum(one["waves"] for one in answer["data"]) == answer["meta"]["count"]
    assert answer["meta"]["count"] == len(read.read(paths.DATA).waves)


def test_groups_of_several_values_say_that_they_overlap(api: httpx.Client) -> None:
    answer = asked(api, [], ["driver"])

    assert answer["meta"]["overlapping"] is True
    assert {one["keys"]["driver"]: one["waves"] for one in answer["data"]} == {
        "over_hiring": 1,
        "ai_automation": 2,
        "cost_control": 1,
        "closure": 1,
        None: 2,
    }


def test_the_unknown_is_a_group_of_its_own_and_comes_last(api: httpx.Client) -> None:
    answer = asked(api, [], ["industry"])

    assert [one["keys"]["industry"] for one in answer["data"]] == ["31-33", "51", "54", None]


def test_only_what_may_be_added_up_is_counted(api: httpx.Client) -> None:
    assert asked(api, [], ["year"])["meta"]["count"] == 6
    assert asked(api, [("canonical", "false")], ["year"])["meta"]["count"] == 2


def test_bounds_are_added_and_unknown_is_never_0(api: httpx.Client) -> None:
    (globex,) = asked(api, [("company", "globex")], ["company"])["data"]

    assert globex["labels"] == {"company": "Globex"}
    assert (globex["headcount_low"], globex["headcount_high"]) == (1500, None)


def test_groups_come_in_the_order_that_is_asked_for(real: httpx.Client) -> None:
    years = [one["keys"]["year"] for one in asked(real, [], ["year"])["data"]]
    counts = [one["waves"] for one in asked(real, [("sort", "-waves")], ["driver"])["data"]]
    page = real.get("/v1/statistics?group_by=company&limit=3&sort=-headcount_low").json()

    assert years == sorted(years)
    assert counts == sorted(counts, reverse=True)
    assert len(page["data"]) == 3
    assert page["meta"]["groups"] > 100


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "is required"),
        ("group_by=size", "is none of company,"),
        ("group_by=year,month,driver", "must be at most 2"),
        ("group_by=year,year", "a dimension is named twice"),
        ("group_by=year&driver=over_hirng", "no driver 'over_hirng'"),
        ("group_by=year&limit=0", "must be at least 1"),
    ],
)
def test_a_mistake_is_named(api: httpx.Client, query: str, detail: str) -> None:
    answer = api.get(f"/v1/statistics?{query}")

    assert answer.status_code == 400
    assert detail in answer.json()["detail"]
