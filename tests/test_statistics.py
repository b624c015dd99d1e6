"""Statistics: groups are what a plain reading of the documents counts, for any filter."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import files
from layoff_ledger.curation import read
from test_lists import FUZZ, Document, Query, choices, countries, everything, matches, queries

Json = dict[str, Any]
SINGLE = ["company", "industry", "status", "collection", "year", "quarter", "month"]
MULTIPLE = ["country", "driver", "driver_group", "role", "role_axis", "form", "speaker"]


def affirmed(wave: Document) -> list[Document]:
    return [
        one for one in wave["drivers"] if one["stance"] != "denies" and one["rank"] != "deprecated"
    ]


def cut(wave: Document) -> list[Document]:
    return [one for one in wave["roles"] if one["effect"] == "cut" and one["rank"] != "deprecated"]


def period(wave: Document, dimension: str) -> str | None:
    on = datetime.date.fromisoformat(wave["announced_on"])
    precision = wave["announced_precision"]
    if dimension == "year":
        return str(on.year)
    if dimension == "quarter":
        return None if precision == "year" else f"{on.year}-Q{(on.month + 2) // 3}"
    return f"{on:%Y-%m}" if precision in {"day", "month"} else None


KEYS: dict[str, Callable[[Document], list[str | None]]] = {
    "company": lambda wave: [wave["company"]["id"]],
    "industry": lambda wave: [wave["company"]["industry"]],
    "status": lambda wave: [wave["status"]],
    "collection": lambda wave: [wave["collection"]],
    "year": lambda wave: [period(wave, "year")],
    "quarter": lambda wave: [period(wave, "quarter")],
    "month": lambda wave: [period(wave, "month")],
    "country": lambda wave: [*countries(wave)],
    "form": lambda wave: wave["forms"],
    "driver": lambda wave: [one["driver"]["code"] for one in affirmed(wave)],
    "driver_group": lambda wave: [one["driver"]["group"] for one in affirmed(wave)],
    "speaker": lambda wave: [one["speaker"] for one in affirmed(wave)],
    "role": lambda wave: [one["role"]["code"] for one in cut(wave)],
    "role_axis": lambda wave: [one["role"]["axis"] for one in cut(wave)],
}


def expected(waves: list[Document], query: Query, group_by: list[str]) -> dict[Any, Json]:
    if all(name != "canonical" for name, _ in query):
        query = [*query, ("canonical", "true")]
    members = defaultdict(list)
    for wave in waves:
        if matches(wave, query):
            found = [sorted(set(KEYS[one](wave)), key=str) or [None] for one in group_by]
            for keys in itertools.product(*found):
                members[keys].append(wave)
    return {keys: group(found) for keys, found in members.items()}


def group(waves: list[Document]) -> Json:
    known = [wave["headcount"] for wave in waves if wave["headcount"]]
    lows = [one["low"] for one in known if one["low"] is not None]
    highs = [one["high"] for one in known if one["high"] is not None]
    return {
        "waves": len(waves),
        "companies": len({wave["company"]["id"] for wave in waves}),
        "waves_with_headcount": len(known),
        "headcount_low": sum(lows) if lows else None,
        "headcount_high": sum(highs) if highs and len(highs) == len(known) else None,
    }


def asked(client: httpx.Client, query: Query, group_by: list[str]) -> Json:
    parameters = [*query, ("group_by", ",".join(group_by)), ("limit", "10000")]
    answer = client.get("/v1/statistics", params=httpx.QueryParams(tuple(parameters)))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def told(answer: Json, group_by: list[str]) -> dict[Any, Json]:
    figures = ("waves", "companies", "waves_with_headcount", "headcount_low", "headcount_high")
    return {
        tuple(one["keys"][name] for name in group_by): {name: one[name] for name in figures}
        for one in answer["data"]
    }


@pytest.mark.parametrize("ledger", ["api", "real"])
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
    assert answer["meta"]["count"] == len(read.read(files.DATA).waves)


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
