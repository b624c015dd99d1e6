"""Charts of notices: the numbers of the JSON, never those of waves, and no days to come."""

from __future__ import annotations

import datetime
import html
import json
import re
from typing import Any

import httpx
import pytest

from layoff_ledger.query.notice_statistics import DIMENSIONS

pytestmark = pytest.mark.thorough

Json = dict[str, Any]
MISREAD = "notice_date_after_first_seen"
SPANS = [name for name, one in DIMENSIONS.items() if one.is_time]


def counted(client: httpx.Client, asked: str) -> Json:
    answer = client.get(f"/v1/notices/statistics?{asked}")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def drawn(client: httpx.Client, asked: str) -> tuple[list[Json], str]:
    """Return the values of all panels, and all that the chart says."""
    answer = client.get(f"/v1/statistics?of=notices&{asked}&format=vega")
    assert answer.status_code == 200, answer.text
    specification = answer.json()
    views = specification.get("concat", [specification])
    return [one for view in views for one in view["data"]["values"]], json.dumps(specification)


@pytest.mark.parametrize(("measure", "low"), [("notices", "notices"), ("jobs", "jobs_low")])
@pytest.mark.parametrize("dimension", list(DIMENSIONS))
def test_a_chart_has_the_numbers_of_the_json(
    filed: httpx.Client, dimension: str, measure: str, low: str
) -> None:
    asked = f"group_by={dimension}&flag_not={MISREAD}&sort=-notices&limit=30"
    groups = counted(filed, asked)["data"]
    values, _ = drawn(filed, f"{asked}&measure={measure}")

    expected = [one[low] for one in groups if one[low]]
    assert expected
    assert sorted(one["value"] for one in values if one["value"]) == sorted(expected)


def test_groups_of_notices_add_up_and_are_stacked(filed: httpx.Client) -> None:
    asked = f"group_by=year,jurisdiction&flag_not={MISREAD}"
    values, _ = drawn(filed, asked)

    assert sum(one["value"] for one in values) == counted(filed, asked)["meta"]["count"]


@pytest.mark.parametrize("date", ["notice", "received", "effective"])
@pytest.mark.parametrize("span", SPANS)
def test_what_is_dated_after_the_last_reading_is_not_drawn(
    filed: httpx.Client, span: str, date: str
) -> None:
    """A day on which something takes effect may come; one of a notice that was read cannot."""
    asked = f"group_by={span}&date={date}&limit=10000"
    keys = {one["keys"][span] for one in counted(filed, asked)["data"]} - {None}
    values, words = drawn(filed, asked)
    read_on = re.search(r"until (\S+), when a list was last read", words)

    shown = {one["key"] for one in values} & keys
    if date == "effective":
        assert (read_on, shown) == (None, keys)
        return
    coverage = filed.get("/v1/coverage").json()["jurisdictions"]
    last = max(one["last_retrieved_on"] for one in coverage if one["last_retrieved_on"])
    newest = datetime.date.fromisoformat(last)
    end = {
        "year": last[:4],
        "quarter": f"{last[:4]}-Q{(newest.month + 2) // 3}",
        "month": last[:7],
        "week": "{}-W{:02}".format(*newest.isocalendar()),
    }[span]
    assert shown == {key for key in keys if key <= end}
    assert ("Not drawn: " in words) == (shown != keys)
    # Some months and weeks of real notices are misread.
    assert shown != keys or date != "notice" or span in {"year", "quarter"}
    if end in shown:
        assert read_on is not None
        assert read_on[1] == last


def test_a_chart_of_notices_says_what_is_not_among_them(filed: httpx.Client) -> None:
    _, words = drawn(filed, "group_by=jurisdiction&measure=jobs&jurisdiction=US-TX,US-AR")

    assert "Only: filed in Texas, United States, Arkansas, United States." in words
    assert "The ledger has none from US-AR: see /v1/coverage." in words
    assert "without superseded or rescinded notices or possible duplicates" in words
    assert "never add them to jobs of waves" in words
    assert "Apache-2.0" in words


def test_a_chart_of_jobs_says_which_may_be_of_more_than_a_site(filed: httpx.Client) -> None:
    asked = "group_by=jurisdiction&notice=2023"
    jobs = counted(filed, asked)["meta"]["jobs_unusually_high"]
    assert jobs
    words = f"{jobs:,} come from notices that may give a total for more than one site."

    assert words in drawn(filed, f"{asked}&measure=jobs")[1]
    for other in (f"{asked}&measure=notices", f"{asked}&measure=jobs&flag_not=jobs_unusually_high"):
        assert "more than one site" not in drawn(filed, other)[1]


def test_a_page_of_notices_shows_their_chart(filed: httpx.Client) -> None:
    for path in (
        "/v1/notices/statistics?group_by=month",
        "/v1/statistics?of=notices&group_by=month",
    ):
        page = filed.get(path, headers={"accept": "text/html"})
        addresses = re.findall(r'(?:src|srcset)="([^"]+format=svg[^"]*)"', page.text)
        assert len(addresses) == 4
        for address in map(html.unescape, addresses):
            image = filed.get(address)
            assert image.headers["content-type"].startswith("image/svg+xml")
            assert "immutable" in image.headers["cache-control"]
        (embed,) = re.findall(r'href="([^"]+/embed[^"]+)"', page.text)
        shown = filed.get(html.unescape(embed))
        assert "Notices of job cuts, by month" in shown.text
        asked = filed.get("/oembed", params={"url": f"{filed.base_url}{path}"})
        assert asked.json()["title"] == "Notices of job cuts, by month"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/v1/statistics?group_by=year&format=svg&measure=jobs", "add of=notices"),
        ("/v1/statistics?of=notices&group_by=year&format=svg&measure=waves", "notices, jobs"),
        (
            "/v1/notices/statistics?group_by=year&format=svg",
            "which also draws notices with of=notices",
        ),
        ("/v1/waves?format=png", "charts are available from /v1/statistics"),
        ("/v1/notices/statistics?group_by=kind&fill=true", "needs one dimension of time"),
        ("/v1/notices/statistics?group_by=year,month&fill=true", "needs one dimension of time"),
    ],
)
def test_what_cannot_be_drawn_or_filled_is_told(filed: httpx.Client, path: str, words: str) -> None:
    answer = filed.get(path)

    assert answer.status_code == 400
    assert words in answer.json()["detail"]


@pytest.mark.parametrize("group_by", [[name] for name in SPANS] + [["jurisdiction", "quarter"]])
def test_spans_without_a_notice_are_filled(filed: httpx.Client, group_by: list[str]) -> None:
    asked = f"group_by={','.join(group_by)}&notice_gte=2019&limit=10000"
    plain, filled = counted(filed, asked), counted(filed, f"{asked}&fill=true")

    known = [one for one in filled["data"] if not one["filled"]]
    added = [one for one in filled["data"] if one["filled"]]
    assert known == plain["data"]
    assert added
    figures = ("notices", "linked", "notices_with_jobs", "jobs_low", "jobs_high")
    assert all(one[name] == 0 for one in added for name in figures)
    assert filled["meta"]["filled"] == len(added)
    assert filled["meta"]["groups"] == len(filled["data"])
    assert filled["meta"]["count"] == plain["meta"]["count"]
    # With every span of each of the other values, in their order.
    keys = [tuple(one["keys"].values()) for one in filled["data"]]
    assert len(set(keys)) == len(keys)
    of_place = {one[:-1]: [other[-1] for other in keys if other[:-1] == one[:-1]] for one in keys}
    assert len({tuple(spans) for spans in of_place.values()}) == 1
    assert all(spans == sorted(spans) for spans in of_place.values())
    header, *rows = filed.get(f"/v1/notices/statistics?{asked}&fill=true&format=csv").text.split()
    assert ",filled,basis,revision" in header
    assert rows


def test_states_of_one_country_are_named_without_it(filed: httpx.Client) -> None:
    """On the width of a phone, the country cut off the names of the states."""
    for asked in ("group_by=jurisdiction", "group_by=year,jurisdiction"):
        answer = filed.get(f"/v1/statistics?of=notices&{asked}&format=svg")
        labels = {
            label
            for one in counted(filed, asked)["data"]
            if (label := one["labels"].get("jurisdiction"))
        }

        assert len(labels) > 1
        assert all(label.endswith(", United States") for label in labels)
        assert ", United States" not in answer.text
        assert any(label.partition(",")[0] in answer.text for label in labels)
