"""Shape: fewer fields, whole records beside them, and samples that anybody can draw again."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.collection import Collection
from layoff_ledger.resources.company import Company
from layoff_ledger.resources.driver import Driver
from layoff_ledger.resources.role import Role
from layoff_ledger.resources.source import Source
from layoff_ledger.resources.wave import Wave

Json = dict[str, Any]
SELECTION = "application/vnd.layoff-ledger.selection+json"
RECORDS: dict[str, tuple[str, Any]] = {
    "waves": ("wave", Wave),
    "companies": ("company", Company),
    "sources": ("source", Source),
    "drivers": ("driver", Driver),
    "roles": ("role", Role),
    "collections": ("collection", Collection),
}


def fields(name: str) -> list[str]:
    return [one for one in RECORDS[name][1].__struct_fields__ if one != "expanded"]


def data(client: httpx.Client, path: str) -> list[Json]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["data"]
    return found


@given(drawn=st.data(), name=st.sampled_from(sorted(RECORDS)))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_only_the_selected_fields_come_and_all_of_them(
    api: httpx.Client, drawn: st.DataObject, name: str
) -> None:
    chosen = drawn.draw(st.lists(st.sampled_from(fields(name)), min_size=1, unique=True))
    select = ",".join(chosen)
    whole = data(api, f"/v1/{name}?limit=200")

    answer = api.get(f"/v1/{name}?limit=200&select={select}")
    lines = api.get(f"/v1/{name}?format=ndjson&select={select}").text.splitlines()
    table = api.get(f"/v1/{name}?format=csv&select={select}").content.decode("utf-8-sig")

    expected = [{key: one[key] for key in one if key in chosen} for one in whole]
    assert answer.headers["content-type"] == SELECTION
    assert answer.json()["data"] == expected
    assert [list(one) for one in answer.json()["data"]] == [list(one) for one in expected]
    assert [json.loads(line) for line in lines] == expected
    columns = RESOURCES[RECORDS[name][0]].columns
    kept = [column.name for column in columns if column.field in chosen]
    every = api.get(f"/v1/{name}?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(every)))
    head, *narrow = csv.reader(io.StringIO(table)) if kept else ([],)
    assert head == kept
    if kept:
        assert narrow == [[row[column] for column in kept] for row in rows]


def test_every_column_is_made_of_a_field() -> None:
    for name, (resource, _) in RECORDS.items():
        assert {one.field for one in RESOURCES[resource].columns} <= set(fields(name))


def test_an_unknown_field_is_refused_with_the_one_that_was_meant(api: httpx.Client) -> None:
    answer = api.get("/v1/waves?select=id,headcont")

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == "select"
    assert error["suggestion"] == "did you mean 'headcount'?"


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_whole_records_stand_beside_each_wave(ledger: str, request: pytest.FixtureRequest) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = data(client, "/v1/waves?limit=20&expand=company,sources")
    plain = data(client, "/v1/waves?limit=20")
    text = client.get("/v1/waves?format=ndjson&expand=company,sources").text

    assert [json.loads(line) for line in text.splitlines()][:20] == waves
    for wave, without in zip(waves, plain, strict=True):
        expanded = wave.pop("expanded")
        assert wave == without
        assert expanded["company"] == client.get(expanded["company"]["url"]).json()
        cited = list(dict.fromkeys(one["source"]["id"] for one in wave["citations"]))
        assert [one["id"] for one in expanded["sources"]] == cited
    source = expanded["sources"][0]
    whole = client.get(source["record_url"]).json()
    assert whole.pop("supports")
    assert source == whole


def test_one_wave_has_what_it_is_asked_for_beside_it(api: httpx.Client) -> None:
    wave = api.get("/v1/waves/globex-2023-01?expand=company").json()

    assert list(wave["expanded"]) == ["company"]
    assert wave["expanded"]["company"]["id"] == "globex"
    (selected,) = data(api, "/v1/waves?limit=1&select=id&expand=company")
    assert list(selected) == ["id", "expanded"]


@given(size=st.integers(1, 12), seed=st.integers(0, 2_147_483_647), limit=st.integers(1, 5))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_a_sample_is_a_part_that_can_be_drawn_again(
    api: httpx.Client, size: int, seed: int, limit: int
) -> None:
    matching = data(api, "/v1/waves?limit=200&sort=id&driver=cost_control,closure,ai_automation")
    query = f"driver=cost_control,closure,ai_automation&sort=id&sample={size}&seed={seed}"

    drawn = data(api, f"/v1/waves?limit=200&{query}")
    again = [
        json.loads(line) for line in api.get(f"/v1/waves?format=ndjson&{query}").text.splitlines()
    ]
    walked = []
    address = f"/v1/waves?{query}&limit={limit}"
    while address:
        page = api.get(address).json()
        assert page["meta"]["count"] == len(drawn)
        walked += page["data"]
        address = page["links"]["next"]

    assert len(drawn) == min(size, len(matching))
    assert [one for one in matching if one in drawn] == drawn
    assert again == walked == drawn


def test_another_seed_draws_another_sample(real: httpx.Client) -> None:
    samples = {
        tuple(one["id"] for one in data(real, f"/v1/waves?sample=5&seed={seed}&select=id"))
        for seed in range(8)
    }

    assert len(samples) == 8
    assert data(real, "/v1/waves?sample=5") == data(real, "/v1/waves?sample=5&seed=0")


@pytest.mark.parametrize(
    ("accept", "query", "expected"),
    [
        (None, "select=id", SELECTION),
        ("*/*", "select=id", SELECTION),
        (SELECTION, "select=id", SELECTION),
        ("application/json", "select=id", "application/json"),
        (f"application/json;q=0.5, {SELECTION}", "select=id", SELECTION),
        (f"application/json, {SELECTION};q=0.5", "select=id", "application/json"),
        ("text/csv", "select=id", "text/csv"),
        ("text/html", "select=id&format=json", SELECTION),
        ("application/json", "select=id&format=json", "application/json"),
        ("application/json", "limit=1", "application/json"),
        (f"application/json, {SELECTION}", "limit=1", "application/json"),
        (SELECTION, "limit=1", SELECTION),
    ],
)
def test_the_media_type_of_a_selection_is_negotiated(
    api: httpx.Client, accept: str | None, query: str, expected: str
) -> None:
    headers = {} if accept is None else {"accept": accept}

    answer = api.get(f"/v1/waves?{query}", headers=headers)
    again = api.get(
        f"/v1/waves?{query}", headers={**headers, "if-none-match": answer.headers["etag"]}
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == expected
    assert again.status_code == 304
    if "json" in expected:
        assert set(answer.json()["data"][0]) == {"id"} or "limit" in query


def test_one_who_accepts_neither_gets_none(api: httpx.Client) -> None:
    answer = api.get("/v1/waves?select=id", headers={"accept": "image/png"})

    assert answer.status_code == 406
    assert api.get("/v1/waves/globex-2023-01", headers={"accept": SELECTION}).status_code == 406


def test_a_page_leads_to_no_format_with_what_that_has_no_room_for(api: httpx.Client) -> None:
    for asked in ("waves?sort=headcount&select=id&expand=company", "indicators?select=id"):
        page = api.get(f"/v1/{asked}&format=html")
        links = set(re.findall(r'(?:href|src)="([^"]*[?;]format=[^"]*)"', page.text))
        answers = {html.unescape(one): api.get(html.unescape(one)) for one in links}
        assert len(answers) > 5
        assert {one.status_code for one in answers.values()} <= {200, 501}, answers
