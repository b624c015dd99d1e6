"""Attribution: each rule's row is what a plain reading of the documents counts, for any filter."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.filters import choices, fuzz, matches, queries
from support.groups import KEYS
from support.lists import Document, Query, everything

Json = dict[str, Any]
AI = ["ai_automation", "ai_disruption", "ai_investment"]
KINDS = ("gross", "net", "affected", "unstated")
AUTHORITIES = {"regulator", "union", "analyst"}
RULES: dict[str, Callable[[Document], bool]] = {
    "company_primary": lambda one: (
        one["speaker"] == "company" and one["stance"] == "states" and one["weight"] == "primary"
    ),
    "company": lambda one: one["speaker"] == "company" and one["stance"] == "states",
    "authority": lambda one: one["speaker"] in AUTHORITIES and one["stance"] != "denies",
    "press": lambda one: one["speaker"] == "press" and one["stance"] != "denies",
    "anyone": lambda _: True,
}
"""What each rule adds to the one before it."""
MOST_IDS = 1_000
"""Ids that a row shows, the first by day."""


def ascribed(wave: Document, drivers: list[str]) -> set[str]:
    """Return the rules that apply to a wave, widest last: each has those before it."""
    said = [
        one
        for one in wave["drivers"]
        if one["driver"]["code"] in drivers and one["rank"] != "deprecated"
    ]
    found, so_far = {"all"}, False
    for name, adds in RULES.items():
        so_far = so_far or any(map(adds, said))
        if so_far:
            found.add(name)
    if any(one["speaker"] == "company" and one["stance"] == "denies" for one in said):
        found.add("company_denies")
    return found


def by_day(wave: Document) -> tuple[str, str]:
    return wave["announced_on"], wave["id"]


def total(waves: list[Document]) -> Json:
    known = [wave["headcount"] for wave in waves if wave["headcount"]]
    found: Json = {
        "waves": len(waves),
        "companies": len({wave["company"]["id"] for wave in waves}),
        "waves_with_headcount": len(known),
        "ids": [wave["id"] for wave in sorted(waves, key=by_day)][:MOST_IDS],
    }
    for kind in KINDS:
        of = [one for one in known if (one["counts"] or "unstated") == kind]
        lows = [one["counted_low"] for one in of if one["counted_low"] is not None]
        highs = [one["counted_high"] for one in of if one["counted_high"] is not None]
        found[f"headcount_{kind}_low"] = sum(lows) if lows else None
        found[f"headcount_{kind}_high"] = sum(highs) if highs and len(highs) == len(of) else None
    return found


def expected(
    waves: list[Document], query: Query, by: str | None, drivers: list[str]
) -> dict[tuple[Any, str], Json]:
    if all(name != "canonical" for name, _ in query):
        query = [*query, ("canonical", "true")]
    members: dict[Any, list[Document]] = defaultdict(list)
    for wave in waves:
        if matches(wave, query):
            keys = [None] if by is None else KEYS[by](wave)
            members[keys[0]].append(wave)
    names = [*RULES, "company_denies", "all"]
    rules = {wave["id"]: ascribed(wave, drivers) for found in members.values() for wave in found}
    return {
        (key, name): total([wave for wave in found if name in rules[wave["id"]]])
        for key, found in members.items()
        for name in names
    }


def asked(client: httpx.Client, query: Query) -> Json:
    parameters = httpx.QueryParams((*query, ("limit", "10000")))
    answer = client.get("/v1/attribution", params=parameters)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_rows_are_what_a_plain_reading_counts(ledger: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")
    known = choices(waves)
    reasons = [one for one in known.pop("driver") if one]
    del known["driver_group"]

    @fuzz(ledger)
    @given(
        query=queries(known),
        by=st.sampled_from(
            [None, "year", "quarter", "month", "company", "industry", "company_country"]
        ),
        drivers=st.lists(st.sampled_from(reasons), max_size=3, unique=True),
    )
    def holds(query: Query, by: str | None, drivers: list[str]) -> None:
        reason = [("driver", one) for one in drivers]
        answer = asked(client, [*query, *reason, *([("by", by)] if by else [])])

        plain = expected(waves, query, by, drivers or AI)
        assert answer["meta"]["drivers"] == sorted(drivers or AI)
        assert {(row["key"], row["rule"]) for row in answer["data"]} == set(plain)
        for row in answer["data"]:
            figures = plain[row["key"], row["rule"]]
            assert {name: row[name] for name in figures} == figures

    holds()


def test_each_row_has_what_it_says_that_it_includes(real: httpx.Client) -> None:
    for query in ([], [("driver_group", "financial")]):
        rows = {row["rule"]: row for row in asked(real, query)["data"]}

        for row in rows.values():
            # A row with more ids than it shows may lack those of another.
            for other in row["includes"] if len(row["ids"]) == row["waves"] else ():
                assert set(rows[other]["ids"]) <= set(row["ids"])
        nested = ["company_primary", "company", "authority", "press", "anyone", "all"]
        counts = [rows[name]["waves"] for name in nested]
        assert counts == sorted(counts)
        assert counts[0] > 0


@pytest.mark.parametrize(
    "filters", ["speaker=press", "weight=primary", "stance=denies&standing=primary"]
)
def test_filters_of_claims_narrow_all_waves_and_the_answer_says_so(
    real: httpx.Client, filters: str
) -> None:
    """They are about claims with any reason, as in lists: shares refer to what lists contain."""
    answer = real.get(f"/v1/attribution?driver=ai_automation&ids=false&{filters}").json()
    count = real.get(f"/v1/waves?canonical=true&limit=1&{filters}").json()["meta"]["count"]
    plain = real.get("/v1/attribution?driver=ai_automation&ids=false").json()
    every = next(one for one in answer["data"] if one["rule"] == "all")
    names = ", ".join(one.split("=")[0] for one in filters.split("&"))

    assert every["waves"] == answer["meta"]["count"] == count < plain["meta"]["count"]
    assert f"Because of the filters ({names}), `all` and" in answer["meta"]["basis"]
    assert answer["meta"]["basis"].startswith(plain["meta"]["basis"])
    assert "the filters" not in plain["meta"]["basis"]


def test_shares_are_of_all_waves_of_the_group(real: httpx.Client) -> None:
    answer = asked(real, [("by", "year")])
    whole = {row["key"]: row for row in answer["data"] if row["rule"] == "all"}

    for row in answer["data"]:
        of = whole[row["key"]]
        assert row["share_of_waves"] == pytest.approx(row["waves"] / of["waves"], abs=1e-6)
        assert row["share_of_companies"] == pytest.approx(
            row["companies"] / of["companies"], abs=1e-6
        )
        for kind in KINDS:
            part, all_ = row[f"headcount_{kind}_low"], of[f"headcount_{kind}_low"]
            share = row[f"share_of_headcount_{kind}"]
            assert share == (pytest.approx(part / all_, abs=1e-6) if part and all_ else share)
            assert (share is None) == (part is None or not all_)
    assert sum(one["waves"] for one in whole.values()) == answer["meta"]["count"]


def test_csv_is_flat_and_has_the_same_rows(real: httpx.Client) -> None:
    rows = asked(real, [("by", "year")])["data"]
    text = real.get("/v1/attribution?by=year&limit=10000&format=csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))

    assert [(line["key"], line["rule"], line["waves"]) for line in lines] == [
        (row["key"], row["rule"], str(row["waves"])) for row in rows
    ]
    assert [line["ids"].split(";") for line in lines if line["ids"]] == [
        row["ids"] for row in rows if row["ids"]
    ]


def test_ids_may_be_left_out_and_the_past_stays(real: httpx.Client) -> None:
    without = asked(real, [("ids", "false"), ("as_of", "1")])

    assert all(row["ids"] == [] for row in without["data"])
    assert without["meta"]["revision"] == 1
    assert without["meta"]["basis"]


@pytest.mark.thorough
def test_jobs_are_said_to_be_those_of_whole_waves(real: httpx.Client) -> None:
    """A source may say how many of them are due to the reason: 10,000 of BT's 40,000 to 55,000."""
    claims = real.get("/v1/claims?wave=bt-2023-05&driver=ai_automation").json()["data"]
    assert any("About 10,000 posts" in one["statement"] for one in claims)

    asked = "driver=ai_automation&company=bt&announced=2023-05"
    basis = real.get(f"/v1/attribution?{asked}").json()["meta"]["basis"]
    assert "whole waves" in basis
    assert "no source" not in basis
    for path, measures in (
        ("statistics?group_by=year&", ("headcount", *(f"headcount_{one}" for one in KINDS))),
        ("attribution?by=year&", [f"headcount_{one}" for one in KINDS]),
    ):
        for measure in measures:
            image = real.get(f"/v1/{path}{asked}&measure={measure}&format=svg").content
            title, *_ = root = ET.fromstring(image)  # noqa: S314 our own
            words = " ".join(" ".join("".join(one.itertext()).split()) for one in root.iter())
            assert "waves" in (title.text or "")
            assert "jobs are those of whole waves" in words.lower()
            assert "no source" not in words


def test_unknown_values_are_refused(api: httpx.Client) -> None:
    for query in ("by=role", "driver=nope", "driver_group=nope", "limit=0", "nope=1"):
        assert api.get(f"/v1/attribution?{query}").status_code == 400
