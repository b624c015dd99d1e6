"""Indicators of all companies, and capital expenditure against staff: by a plain reading."""

from __future__ import annotations

import calendar
import csv
import datetime
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.filters import FUZZ_REAL
from support.lists import walk

Json = dict[str, Any]
KINDS = ("gross", "net", "affected", "unstated")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.fixture(scope="module")
def series(real: httpx.Client) -> list[Json]:
    """The documents of the companies that have indicators."""
    companies = {one["company"] for one in walk(real, "/v1/indicators", [("limit", "200")])}
    return [real.get(f"/v1/companies/{one}/indicators").json() for one in sorted(companies)]


def values(series: list[Json]) -> list[Json]:
    found = []
    for company in series:
        places = {one["n"]: one for one in company["citations"]}
        for one in company["series"]:
            for value in one["values"]:
                sources = tuple(places[n]["source"]["id"] for n in value["citations"])
                found.append({**value, "series": one, "company": company["id"], "sources": sources})
    return found


def length(value: Json) -> str:
    if value["period_start"] is None:
        return "day"
    days = (day(value["period_end"]) - day(value["period_start"])).days
    return "year" if 357 < days < 373 else "quarter" if 82 < days < 99 else "other"


FILTERS: dict[str, Callable[[Json, list[str]], bool]] = {
    "company": lambda one, known: one["company"] in known,
    "metric": lambda one, known: one["series"]["metric"] in known,
    "kind": lambda one, known: one["series"]["kind"] in known,
    "series": lambda one, known: one["series"]["id"] in known,
    "rank": lambda one, known: one["rank"] in known,
    "frequency": lambda one, known: length(one) in known,
    "year_gte": lambda one, known: one["period_end"][:4] >= known[0],
    "period_lte": lambda one, known: one["period_end"] <= known[0],
}


def test_any_filters_give_what_a_plain_reading_gives(
    real: httpx.Client, series: list[Json]
) -> None:
    whole = values(series)
    known = {
        "company": sorted({one["company"] for one in whole}),
        "metric": ["capital_expenditure", "employees", "revenue"],
        "kind": ["outcome", "guidance"],
        "series": sorted({one["series"]["id"] for one in whole}),
        "rank": ["preferred", "normal", "deprecated"],
        "frequency": ["year", "quarter", "day", "other"],
        "year_gte": ["2019", "2023", "2025"],
        "period_lte": ["2021-06-30", "2024-12-31"],
    }

    @FUZZ_REAL
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        names = data.draw(st.lists(st.sampled_from(sorted(known)), max_size=4, unique=True))
        chosen = {
            name: data.draw(
                st.lists(
                    st.sampled_from(known[name]),
                    min_size=1,
                    max_size=1 if "te" in name[-3:] else 3,
                    unique=True,
                )
            )
            for name in names
        }
        query = [(name, ",".join(some)) for name, some in chosen.items()]

        found = walk(real, "/v1/indicators", [*query, ("limit", "200")])

        expected = [
            one for one in whole if all(FILTERS[name](one, some) for name, some in chosen.items())
        ]
        assert sorted(
            (
                one["series"],
                one["period_end"],
                one["low"] or 0,
                one["frequency"],
                tuple(place["source"]["id"] for place in one["citations"]),
            )
            for one in found
        ) == sorted(
            (one["series"]["id"], one["period_end"], one["low"] or 0, length(one), one["sources"])
            for one in expected
        )

    holds()


def test_ids_are_unique_and_lead_to_the_figure(real: httpx.Client) -> None:
    found = walk(real, "/v1/indicators", [("limit", "200")])

    assert len({one["id"] for one in found}) == len(found) > 200
    assert real.get(found[7]["url"]).json() == found[7]
    ends = [(one["series"], one["period_end"]) for one in found]
    assert ends == sorted(ends)


def test_fiscal_years_are_said(real: httpx.Client) -> None:
    found = walk(real, "/v1/indicators", [("frequency", "year"), ("limit", "200")])

    assert {one["is_calendar_year"] for one in found} == {True, False}
    assert all(one["is_calendar_year"] == one["period_end"].endswith("-12-31") for one in found)


# Rebalancing


def preferred(company: Json, metric: str, frequency: str) -> dict[str, dict[str, Json]]:
    return {
        one["id"]: {
            value["period_end"]: value
            for value in one["values"]
            if value["rank"] == "preferred"
            and value["precision"] == "day"
            and length(value) == frequency
        }
        for one in company["series"]
        if one["metric"] == metric and one["kind"] == "outcome"
    }


def rows_of(client: httpx.Client, query: str = "") -> list[Json]:
    found: list[Json] = client.get(f"/v1/rebalancing?limit=10000{query}").json()["data"]
    return found


def test_every_year_of_every_series_has_its_row(real: httpx.Client, series: list[Json]) -> None:
    found = {
        (row["capital_expenditure_series"], row["fiscal_year_end"]): row for row in rows_of(real)
    }

    for company in series:
        for id_, years in preferred(company, "capital_expenditure", "year").items():
            for end, value in years.items():
                row = found[id_, end]
                bounds = (row["capital_expenditure_low"], row["capital_expenditure_high"])
                assert bounds == (value["low"], value["high"])
                assert row["fiscal_year_start"] == value["period_start"]
                before = [one for one in years if one[:4] == str(int(end[:4]) - 1)]
                change = row["capital_expenditure_change_low"]
                if before:
                    assert change == value["low"] - years[before[0]]["high"]
                else:
                    assert change is None
                    assert "capital_expenditure_change" in {one["field"] for one in row["gaps"]}
    known = sum(
        len(years)
        for company in series
        for years in preferred(company, "capital_expenditure", "year").values()
    )
    with_figure = [one for one in found.values() if one["capital_expenditure_low"] is not None]
    assert len(with_figure) == known > 50


def test_staff_is_that_of_the_end_of_the_year(real: httpx.Client, series: list[Json]) -> None:
    staff = {
        company["id"]: [
            (day(end), value)
            for counts in preferred(company, "employees", "day").values()
            for end, value in counts.items()
        ]
        for company in series
    }

    for row in rows_of(real):
        end = day(row["fiscal_year_end"])
        near = [
            (abs((on - end).days), value)
            for on, value in staff[row["company"]]
            if abs((on - end).days) <= 31
        ]
        if not near:
            assert row["employees_low"] is None
            assert "employees" in {one["field"] for one in row["gaps"]}
            continue
        value = min(near, key=lambda one: one[0])[1]
        assert (row["employees_low"], row["employees_high"]) == (value["low"], value["high"])
        if row["capital_expenditure_low"] is not None:
            ratio = row["capital_expenditure_low"] / value["high"]
            assert abs(row["capital_expenditure_per_employee_low"] - ratio) <= 0.5


def test_waves_are_those_announced_in_the_fiscal_year(real: httpx.Client) -> None:
    waves = walk(real, "/v1/waves", [("canonical", "true"), ("limit", "200")])
    counted = 0
    for row in rows_of(real):
        start, end = row["fiscal_year_start"], row["fiscal_year_end"]
        own = [one for one in waves if one["company"]["id"] == row["company"]]
        within, uncertain = [], 0
        for one in own:
            first, last = one["announced_on"], until(one)
            if start <= first and last <= end:
                within.append(one)
            elif first <= end and last >= start:
                uncertain += 1
        assert sorted(row["wave_ids"]) == sorted(one["id"] for one in within)
        assert (row["waves"], row["waves_of_uncertain_year"]) == (len(within), uncertain)
        for kind in KINDS:
            of = [
                one["headcount"]
                for one in within
                if one["headcount"] and (one["headcount"]["counts"] or "unstated") == kind
            ]
            lows = [one["counted_low"] for one in of if one["counted_low"] is not None]
            assert row[f"headcount_{kind}_low"] == (sum(lows) if lows else None)
            counted += len(lows)
    assert counted > 10


def until(wave: Json) -> str:
    first = day(wave["announced_on"])
    months = {"day": 0, "month": 1, "quarter": 3, "year": 12}[wave["announced_precision"]]
    if not months:
        return str(first)
    month = first.month + months - 1
    return str(first.replace(month=month, day=calendar.monthrange(first.year, month)[1]))


def test_every_null_has_its_reason(real: httpx.Client) -> None:
    for row in rows_of(real):
        reasons = {one["field"] for one in row["gaps"]}
        for field in ("capital_expenditure", "employees", "capital_expenditure_per_employee"):
            assert (row[f"{field}_low"] is None) == (field in reasons)
        assert all(one["reason"] for one in row["gaps"])


def test_rows_are_narrowed_and_come_as_csv(real: httpx.Client) -> None:
    rows = rows_of(real, "&company=meta,microsoft&year_gte=2021&year_lte=2023")
    text = real.get(
        "/v1/rebalancing?company=meta,microsoft&year_gte=2021&year_lte=2023&format=csv"
    ).content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))

    assert {one["company"] for one in rows} == {"meta", "microsoft"}
    assert {one["year"] for one in rows} == {2021, 2022, 2023}
    assert [line["capital_expenditure_low"] for line in lines] == [
        str(one["capital_expenditure_low"] or "") for one in rows
    ]
    assert real.get("/v1/rebalancing?company=nobody").status_code == 400


def test_years_that_stand_in_several_rows_are_said_to_be_the_same_staff(
    real: httpx.Client,
) -> None:
    """Meta has two definitions of capital expenditure, and cut 11,000 jobs in 2022 only once."""
    words = "Some years of a company have a row for each series of capital expenditure"
    series = set()
    for company in ("meta", "microsoft", "alphabet", "amazon"):
        answer = real.get(f"/v1/rebalancing?company={company}").json()
        years = [one["year"] for one in answer["data"]]
        assert (words in answer["meta"]["basis"]) == (len(set(years)) < len(years)), company
        series |= {one["capital_expenditure_series"] for one in answer["data"] if years}
    assert words in real.get("/v1/rebalancing").json()["meta"]["basis"]
    for one in series:
        assert words not in real.get(f"/v1/rebalancing?series={one}").json()["meta"]["basis"]


@pytest.mark.parametrize("parameter", ["series", "definition"])
def test_what_no_figure_has_is_refused(real: httpx.Client, parameter: str) -> None:
    answer = real.get("/v1/indicators", params={parameter: "meta-employee"})

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["detail"] == f"no {parameter} 'meta-employee'"
    assert (error["suggestion"] == "did you mean 'meta-employees'?") is (parameter == "series")
