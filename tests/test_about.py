"""What the ledger says about itself: coverage, the data dictionary, and the method."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from layoff_ledger import paths
from layoff_ledger.query.dictionary import LOOKED_AT, leaves
from layoff_ledger.resources.company import Company
from layoff_ledger.resources.driver import Driver
from layoff_ledger.resources.role import Role
from layoff_ledger.resources.source import Source
from layoff_ledger.resources.wave import Wave
from support.lists import everything

Json = dict[str, Any]


@pytest.fixture(scope="module")
def coverage(api: httpx.Client) -> Json:
    answer: Json = api.get("/v1/coverage").json()
    return answer


def part(parts: list[Json], name: str) -> Json:
    (found,) = [one for one in parts if one["name"] == name]
    return found


def test_coverage_counts_what_a_plain_reading_counts(coverage: Json, api: httpx.Client) -> None:
    waves = api.get("/v1/waves?limit=200").json()["data"]
    sources = api.get("/v1/sources?limit=200").json()["data"]

    assert coverage["waves"] == len(waves) == 8
    assert coverage["canonical_waves"] == sum(wave["canonical"] for wave in waves)
    assert coverage["companies"] == len({wave["company"]["id"] for wave in waves})
    assert coverage["sources"] == len(sources)
    assert coverage["countries"] == 2
    kinds = ("events", "magnitudes", "drivers", "roles", "context")
    claims = sum(len(wave[kind]) for wave in waves for kind in kinds)
    claims += sum((wave["scope"] is not None) + bool(wave["forms"]) for wave in waves)
    assert coverage["claims"] == claims
    citations = [one["evidence"] for wave in waves for one in wave["citations"]]
    for one in coverage["evidence"]:
        assert one["count"] == citations.count(one["name"])
        assert one["of"] == len(citations)
    for one in coverage["standings"]:
        assert one["count"] == sum(source["standing"] == one["name"] for source in sources)


def test_coverage_says_which_waves_have_what(coverage: Json) -> None:
    assert part(coverage["waves_with"], "headcount") == {
        "name": "headcount",
        "count": 5,
        "of": 8,
        "share": 0.625,
    }
    # Globex states one itself twice, Umbrella once; a denial is no reason.
    assert part(coverage["waves_with"], "driver_stated_by_company")["count"] == 3
    assert part(coverage["waves_with"], "role")["count"] == 3
    assert coverage["archived_sources"]["count"] == 1


def test_the_years_add_up(coverage: Json) -> None:
    assert sum(year["waves"] for year in coverage["years"]) == coverage["waves"]
    assert [(one["year"], one["waves"]) for one in coverage["years"]] == [(2022, 1), (2023, 7)]
    assert coverage["newest_event_on"] == "2023-10-01"


def test_the_real_ledger_covers_what_it_promises(real: httpx.Client) -> None:
    told = real.get("/v1/coverage").json()
    years = {one["year"] for one in told["years"]}

    assert told["waves"] >= 700
    assert told["companies"] >= 470
    assert told["claims"] >= 6_500
    assert told["countries"] >= 35
    assert part(told["waves_with"], "driver")["share"] >= 0.9
    assert part(told["waves_with"], "role")["share"] >= 0.43
    assert part(told["waves_with"], "two_or_more_sources")["share"] >= 0.7
    assert {2008, *range(2019, 2027)} <= years


@pytest.fixture(scope="module")
def fields(api: httpx.Client) -> list[Json]:
    found: list[Json] = api.get("/v1/dictionary").json()["fields"]
    return found


def test_every_field_of_every_resource_is_explained(fields: list[Json]) -> None:
    listed = {(one["resource"], one["field"]) for one in fields}

    for struct in (Wave, Company, Source, Driver, Role):
        for leaf in leaves(struct):
            assert (struct.__name__, leaf.path) in listed
    for one in fields:
        assert one["meaning"], (one["resource"], one["field"])
        assert one["type"]


def schema_paths(document: Json, name: str, prefix: str = "") -> Iterator[str]:
    """Yield the path of every field of a schema, as a plain reading of the document finds them."""
    for field, schema in document["components"]["schemas"][name]["properties"].items():
        yield f"{prefix}{field}"
        branches = [schema, *schema.get("oneOf", ()), *schema.get("anyOf", ())]
        for one in branches:
            of, mark = (one["items"], "[].") if "items" in one else (one, ".")
            target = of.get("$ref", "").rpartition("/")[2]
            if "properties" in document["components"]["schemas"].get(target, {}):
                yield from schema_paths(document, target, f"{prefix}{field}{mark}")


def test_the_dictionary_has_every_field_of_the_document(
    fields: list[Json], api: httpx.Client
) -> None:
    document = api.get("/openapi.json").json()
    resources = dict.fromkeys(one["resource"] for one in fields)
    assert {"Wave", "Company", "Notice", "Claim", "Source"} <= set(resources)
    for name in resources:
        told = [one["field"] for one in fields if one["resource"] == name]
        # What `expand` adds is described with its own resource.
        expected = [one for one in schema_paths(document, name) if not one.startswith("expanded")]
        assert sorted(told) == sorted(expected), name


def test_rates_are_those_of_all_records_and_not_of_one_end(real: httpx.Client) -> None:
    rates = {
        (one["resource"], one["field"]): one for one in real.get("/v1/dictionary").json()["fields"]
    }
    claims = [json.loads(one) for one in real.get("/v1/claims?format=ndjson").text.splitlines()]
    assert len(claims) > 2 * LOOKED_AT
    for field in claims[0]:
        told = rates["Claim", field]
        assert told["occurrences"] == LOOKED_AT
        nulls = sum(one[field] is None for one in claims) / len(claims)
        # Four standard deviations of a sample of so many.
        assert told["null_share"] == pytest.approx(nulls, abs=0.065), field


def test_the_meaning_of_a_field_is_the_comment_of_its_column(fields: list[Json]) -> None:
    (status,) = [one for one in fields if (one["resource"], one["field"]) == ("Wave", "status")]

    assert status["meaning"].startswith("Kind of the latest event;")
    assert "announced" in status["values"]


def stand_at(value: Any, path: list[str]) -> list[Any]:
    """Return the value at a path of a document, by walking to it afresh for each path."""
    if not path:
        return [value]
    if value is None:
        return []
    name = path[0].removesuffix("[]")
    found = value[name] if path[0].endswith("[]") else [value[name]]
    return [one for each in found for one in stand_at(each, path[1:])]


def test_each_field_is_counted_as_a_plain_reading_counts_it(
    fields: list[Json], api: httpx.Client
) -> None:
    for kind, path in (("Wave", "waves"), ("Company", "companies"), ("Claim", "claims")):
        records = everything(api, f"/v1/{path}")
        own = [one for one in fields if one["resource"] == kind]
        assert own
        for one in own:
            values = [
                value for each in records for value in stand_at(each, one["field"].split("."))
            ]
            nulls = values.count(None)
            assert one["occurrences"] == len(values), one
            assert one["null_share"] == (round(nulls / len(values), 4) if values else 0), one
            assert one["example"] is None or json.loads(one["example"]) in values, one


def test_what_is_kept_of_fields_is_of_its_revision_and_its_host(
    fields: list[Json], api: httpx.Client
) -> None:
    again = api.get("/v1/dictionary?as_of=%31").json()
    elsewhere = api.get("/v1/dictionary", headers={"host": "ledger.example"}).text

    assert again["fields"] == fields
    assert again["revision"] == 1
    assert "http://ledger.example/v1/waves/" in elsewhere
    assert str(api.base_url) not in elsewhere


def test_null_rates_are_counted_over_what_occurs(fields: list[Json]) -> None:
    by_path = {one["field"]: one for one in fields if one["resource"] == "Wave"}

    assert by_path["headcount"]["null_share"] == 0.375
    # Five have a headcount; "at least 300" has no upper bound.
    assert by_path["headcount.high"]["occurrences"] == 5
    assert by_path["headcount.high"]["null_share"] == 0.2
    assert by_path["drivers[].driver.code"]["example"] is not None
    assert by_path["headcount.low"]["type"] == "integer or null"


def test_the_method_is_a_page(api: httpx.Client, coverage: Json) -> None:
    answer = api.get(coverage["method_url"])

    assert answer.status_code == 200
    assert "<h1>How the ledger is made</h1>" in answer.text
    assert '<h2 id="what-is-included">What is included</h2>' in answer.text
    assert (paths.DATA / "METHOD.md").exists()
