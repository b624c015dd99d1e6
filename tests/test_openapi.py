"""The OpenAPI document: what is committed is what the code makes, and generators understand it."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate

from layoff_ledger import app, paths, vocabulary
from layoff_ledger.http.problems import KINDS
from layoff_ledger.openapi.document import document as make_document
from layoff_ledger.resources.fields import Public

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    found: Json = msgspec.json.decode(paths.OPENAPI.read_bytes())
    return found


def test_code_makes_the_committed_promise() -> None:
    made = make_document(app.operations())

    assert paths.OPENAPI.read_bytes() == made, "run `layoff-ledger openapi` and read the diff"


def test_the_document_is_valid(document: Json) -> None:
    validate(document)


def test_the_changelog_names_the_version(document: Json) -> None:
    changelog = (paths.OPENAPI.parent / "CHANGELOG.md").read_text()

    assert f"## {document['info']['version']}" in changelog


def operations(document: Json) -> list[Json]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_operations_are_named_for_client_generators(document: Json) -> None:
    ids = [operation["operationId"] for operation in operations(document)]

    assert len(ids) == len(set(ids))
    assert all(id_.isidentifier() and id_ == id_.lower() for id_ in ids)
    assert {"list_waves", "get_wave", "compare_waves", "list_companies"} <= set(ids)
    assert all(len(operation["tags"]) == 1 for operation in operations(document))


def test_everything_is_described(document: Json) -> None:
    for operation in operations(document):
        assert operation["summary"]
        assert operation["description"]
        for parameter in operation["parameters"]:
            assert parameter["description"], (operation["operationId"], parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, one in schema.get("properties", {}).items():
            described = "description" in one or "$ref" in one
            nullable = any("$ref" in branch for branch in one.get("oneOf", []))
            assert described or nullable, f"{name}.{field}"


def test_every_operation_tells_its_problems(document: Json) -> None:
    for operation in operations(document):
        assert {"200", "400", "414", "500"} <= set(operation["responses"])
    by_id = {operation["operationId"]: operation for operation in operations(document)}
    assert "404" in by_id["get_wave"]["responses"]
    assert "503" in by_id["list_waves"]["responses"]
    assert "404" not in by_id["get_liveness"]["responses"]
    assert {"301", "410"} <= set(by_id["get_wave"]["responses"])


def test_schema_names_are_the_structs_own(document: Json) -> None:
    names = set(document["components"]["schemas"])

    assert {"Wave", "WaveList", "Company", "Problem", "Speaker", "Qualifier"} <= names
    assert all(name.isidentifier() for name in names)


def test_closed_sets_are_one_schema_each(document: Json) -> None:
    text = paths.OPENAPI.read_text()

    for name in ("Speaker", "Stance", "Rank", "Precision", "Evidence"):
        schema = document["components"]["schemas"][name]
        assert tuple(schema["enum"]) == vocabulary.codes(getattr(vocabulary, name))
        assert text.count(f'"#/components/schemas/{name}"') > 1


def test_vocabularies_that_grow_are_open_strings(document: Json) -> None:
    wave = document["components"]["schemas"]["Wave"]["properties"]

    assert wave["status"]["type"] == "string"
    assert "enum" not in wave["status"]
    assert set(wave["status"]["examples"]) == set(vocabulary.STATUSES)


def test_bounds_formats_and_nulls_survive(document: Json) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["ListMeta"]["properties"]["count"]["minimum"] == 0
    assert schemas["ListMeta"]["properties"]["count"]["type"] == ["integer", "null"]
    assert schemas["ListMeta"]["properties"]["published_at"]["format"] == "date-time"
    assert schemas["Wave"]["properties"]["announced_on"]["format"] == "date"
    assert schemas["Wave"]["properties"]["url"]["format"] == "uri"
    assert schemas["Wave"]["properties"]["scope"]["oneOf"][1] == {"type": "null"}
    assert schemas["Headcount"]["properties"]["low"]["minimum"] == 1
    assert schemas["ShareOfWorkforce"]["properties"]["high"]["maximum"] == 1
    assert schemas["Magnitude"]["properties"]["low"]["type"] == ["number", "null"]


def test_parameters_are_what_is_read(document: Json) -> None:
    declared = {one.id: one for one in app.operations()}
    by_id = {operation["operationId"]: operation for operation in operations(document)}
    listed = {one["name"]: one for one in by_id["list_waves"]["parameters"]}

    assert sorted(listed) == sorted(declared["list_waves"].parameters.__struct_fields__)
    assert listed["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 200,
    }
    assert listed["country"]["schema"]["items"]["pattern"] == "^[A-Z]{2}$"
    day, span = listed["announced_gte"]["schema"]["anyOf"]
    assert day == {"type": "string", "format": "date"}
    assert re.fullmatch(span["pattern"], "2023-Q1")
    assert listed["headcount_known"]["schema"] == {"type": "boolean"}
    assert "null" not in msgspec.json.encode(list(listed.values())).decode()


def test_links_lead_to_operations_and_parameters_that_exist(document: Json) -> None:
    by_id = {operation["operationId"]: operation for operation in operations(document)}
    seen = 0
    for operation in by_id.values():
        for link in operation["responses"]["200"].get("links", {}).values():
            target = by_id[link["operationId"]]
            names = {one["name"] for one in target["parameters"]}
            assert set(link["parameters"]) <= names
            seen += 1
    assert seen >= 14


def test_every_problem_is_documented_once(document: Json) -> None:
    responses = document["components"]["responses"]

    for kind in KINDS.values():
        if kind.code in {"method_not_allowed", "range_not_satisfiable"}:
            continue
        assert f"`{kind.code}`" in responses[f"Problem{kind.status}"]["description"]
    for name, response in responses.items():
        if name == "Moved":
            continue
        (media_type,) = response["content"]
        assert media_type == "application/problem+json"


def test_no_module_path_and_no_machine_in_the_document() -> None:
    text = paths.OPENAPI.read_text()

    assert "layoff_ledger" not in text
    assert str(paths.ROOT) not in text


def subclasses(struct: type[Public]) -> list[type[Public]]:
    return [one for found in struct.__subclasses__() for one in (found, *subclasses(found))]


def test_public_structs_say_what_each_field_means() -> None:
    found = subclasses(Public)
    assert len(found) > 50
    for struct in found:
        assert struct.__doc__, struct.__name__
