"""CSV and NDJSON: the same records in the same order as JSON, for people's own tools."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger.formats.csv import cell
from layoff_ledger.query.dimensions import DIMENSIONS
from layoff_ledger.resources import RESOURCES
from support.filters import FUZZ_REAL, SORTS, choices, queries
from support.lists import Query, everything, walk

LISTS = ["/v1/waves", "/v1/companies", "/v1/sources", "/v1/drivers", "/v1/roles"]
TYPES = {"csv": "text/csv; header=present; charset=utf-8", "ndjson": "application/x-ndjson"}


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    text = answer.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def lines(answer: httpx.Response) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.content.splitlines()]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("ledger", ["api", "real"])
def test_every_list_is_the_same_in_every_format(
    path: str, ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    key = "code" if path in {"/v1/drivers", "/v1/roles"} else "id"
    whole = walk(client, path, [("limit", "200")])

    assert lines(client.get(f"{path}?format=ndjson")) == whole
    assert [row[key] for row in table(client.get(f"{path}?format=csv"))] == [
        one[key] for one in whole
    ]


def test_any_filters_and_sort_give_the_same_rows(real: httpx.Client) -> None:
    waves = everything(real, "/v1/waves")

    @FUZZ_REAL
    @given(query=queries(choices(waves)), sort=st.sampled_from(SORTS))
    def holds(query: Query, sort: str) -> None:
        asked = [*query, ("sort", sort)]
        paged = walk(real, "/v1/waves", [*asked, ("limit", "200")])

        def get(name: str) -> httpx.Response:
            parameters = httpx.QueryParams((*asked, ("format", name)))
            return real.get("/v1/waves", params=parameters)

        assert lines(get("ndjson")) == paged
        assert [row["id"] for row in table(get("csv"))] == [wave["id"] for wave in paged]

    holds()


def test_a_row_has_what_a_spreadsheet_needs(api: httpx.Client) -> None:
    rows = {row["id"]: row for row in table(api.get("/v1/waves?format=csv"))}
    globex, initech = rows["globex-2023-01"], rows["initech-2022-11"]

    assert globex["company_name"] == "Globex"
    assert globex["announced_on"] == "2023-01-10"
    assert globex["canonical"] == "true"
    assert globex["forms"] == "layoff;closure"
    assert globex["countries"] == "US;DE"
    assert (globex["headcount_low"], globex["share_low"]) == ("1200", "0.12")
    assert globex["drivers"] == "over_hiring;ai_automation"
    assert globex["drivers_stated_by_company"] == "over_hiring"
    assert globex["drivers_denied"] == "ai_automation"
    assert globex["roles_cut"] == "recruiting;middle_management"
    assert globex["roles_hired"] == "engineering"
    assert initech["headcount_low"] == ""
    assert initech["countries"] == ""


def test_the_columns_are_those_that_are_declared(api: httpx.Client) -> None:
    for path, name in zip(LISTS, ("wave", "company", "source", "driver", "role"), strict=True):
        text = api.get(f"{path}?format=csv").content.decode("utf-8-sig")
        head = next(csv.reader(io.StringIO(text, newline="")))
        assert head == [column.name for column in RESOURCES[name].columns]


def test_excel_knows_the_encoding_and_lines_end_as_rfc_4180_says(api: httpx.Client) -> None:
    body = api.get("/v1/companies?format=csv").content

    assert body.startswith(b"\xef\xbb\xbfid,")
    assert body.count(b"\r\n") == 6
    assert "Umbrella “Labs” & Söhne".encode() in body


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (1200, "1200"),
        (0.13, "0.13"),
        ([], ""),
        (["a", "b"], "a;b"),
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-2", "'-2"),
        ("@x", "'@x"),
        (["=Labor", "x"], "'=Labor;x"),
        ("a=b", "a=b"),
        (-5, "-5"),
    ],
)
def test_a_cell_is_never_a_formula(value: Any, written: str) -> None:
    assert cell(value) == written


def test_text_with_separators_survives(api: httpx.Client) -> None:
    rows = {row["id"]: row for row in table(api.get("/v1/waves?format=csv"))}

    assert rows["umbrella-2023-04"]["units"] == "Werk Köln; Halle 3;=Labor"


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_the_format_comes_by_accept_too(api: httpx.Client, name: str) -> None:
    media_type = TYPES[name].partition(";")[0]
    by_header = api.get("/v1/waves", headers={"accept": media_type})
    by_parameter = api.get(f"/v1/waves?format={name}")

    assert by_header.headers["content-type"] == TYPES[name]
    assert by_header.content == by_parameter.content


def test_the_parameter_comes_before_accept(api: httpx.Client) -> None:
    answer = api.get("/v1/waves?format=json", headers={"accept": "text/csv"})

    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_with_a_limit_it_comes_in_pages(api: httpx.Client, name: str) -> None:
    seen: list[str] = []
    url: str | None = f"/v1/waves?format={name}&limit=3&sort=id"
    while url is not None:
        answer = api.get(url)
        page = table(answer) if name == "csv" else lines(answer)
        seen += [one["id"] for one in page]
        url = answer.links["next"]["url"] if "next" in answer.links else None

    assert seen == sorted(seen)
    assert len(seen) == 8


@pytest.mark.parametrize("name", ["csv", "ndjson"])
def test_head_and_validators_hold_for_whole_results(api: httpx.Client, name: str) -> None:
    url = f"/v1/waves?format={name}"
    got = api.get(url)
    head = api.head(url)
    again = api.get(url, headers={"if-none-match": got.headers["etag"]})

    assert head.content == b""
    for header in ("content-type", "etag", "vary", "cache-control", "x-content-type-options"):
        assert head.headers[header] == got.headers[header]
    assert again.status_code == 304


def test_a_cursor_gives_a_page(api: httpx.Client) -> None:
    page = api.get("/v1/waves?limit=1").json()

    rest = lines(api.get(f"/v1/waves?format=ndjson&cursor={page['meta']['next_cursor']}"))

    assert len(rest) == 7


@pytest.mark.parametrize(
    ("query", "status"),
    [("format=xml", 400), ("format=csv&driver=nope", 400), ("format=csv&limit=0", 400)],
)
def test_a_mistake_is_a_problem_in_every_format(api: httpx.Client, query: str, status: int) -> None:
    answer = api.get(f"/v1/waves?{query}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_a_single_record_has_no_other_format(api: httpx.Client) -> None:
    assert api.get("/v1/waves/globex-2023-01?format=csv").status_code == 400
    assert api.get("/v1/waves/globex-2023-01", headers={"accept": "text/csv"}).status_code == 406


def test_statistics_come_as_csv(api: httpx.Client) -> None:
    rows = table(api.get("/v1/statistics?group_by=industry,year&format=csv"))

    assert rows[0] == {
        "industry": "31-33",
        "year": "2023",
        "waves": "1",
        "companies": "1",
        "waves_with_headcount": "1",
        "headcount_low": "500",
        "headcount_high": "500",
        "headcount_gross_low": "",
        "headcount_gross_high": "",
        "headcount_net_low": "",
        "headcount_net_high": "",
        "headcount_affected_low": "",
        "headcount_affected_high": "",
        "headcount_unstated_low": "500",
        "headcount_unstated_high": "500",
        "waves_with_stated_headcount": "",
        "headcount_stated_low": "",
        "headcount_stated_high": "",
        "basis": "size known for 1 of 1 waves of any status",
        "overlap": "false",
        "revision": "1",
        "industry_name": "Manufacturing",
    }
    assert rows[-1]["industry"] == rows[-1]["industry_name"] == ""


@pytest.mark.parametrize("dimension", list(DIMENSIONS))
def test_tables_of_statistics_name_what_the_json_names(real: httpx.Client, dimension: str) -> None:
    """Nobody has to look up which sector `44-45` is."""
    asked = f"/v1/statistics?group_by={dimension}&limit=10000"
    groups = real.get(asked).json()["data"]
    rows = table(real.get(f"{asked}&format=csv"))

    assert [row.get(f"{dimension}_name", "") for row in rows] == [
        group["labels"].get(dimension) or "" for group in groups
    ]
