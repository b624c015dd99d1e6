"""The OpenAPI document: what is committed is what the code makes, and generators understand it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
import jsonschema
import msgspec
import pytest
import yaml
from openapi_spec_validator import validate

from layoff_ledger import app, paths, vocabulary
from layoff_ledger.http.problems import KINDS
from layoff_ledger.openapi import enums, examples, field_examples
from layoff_ledger.openapi.document import document as make_document
from layoff_ledger.resources import RESOURCES, served
from layoff_ledger.resources.fields import Public
from layoff_ledger.settings import LOCAL_URL
from layoff_ledger.site import reference
from layoff_ledger.site.document import json_body, resolve
from support.lists import everything
from support.services import get_when_available

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
    """Return all operations, with what they refer to in the place of parameters' references."""
    return [
        {**operation, "parameters": [resolve(document, one) for one in operation["parameters"]]}
        for path in document["paths"].values()
        for operation in path.values()
    ]


def parts(value: Any, place: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every object of a document with its place, except those within examples."""
    if isinstance(value, dict):
        yield place, value
        for key, one in value.items():
            if key not in {"example", "value"} and not (key == "examples" and type(one) is list):
                yield from parts(one, f"{place}/{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from parts(one, f"{place}/{number}")


def schemas(document: Json) -> list[tuple[str, Json]]:
    return [(place, one) for place, one in parts(document) if "type" in one or "pattern" in one]


def parameters(document: Json) -> list[tuple[str, Json]]:
    return [
        (operation["operationId"], one)
        for operation in operations(document)
        for one in operation["parameters"]
    ]


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
    for component in ("parameters", "headers", "responses"):
        for name, one in document["components"][component].items():
            assert one["description"], name
    for name, schema in document["components"]["schemas"].items():
        assert schema.get("description"), name
        for field, one in schema.get("properties", {}).items():
            # Also a record or null: what null means is said nowhere else.
            assert "description" in one or "$ref" in one, f"{name}.{field}"


def test_every_operation_tells_its_problems(document: Json) -> None:
    for operation in operations(document):
        expected = {"200", "400", "405", "414", "429", "500", "default"}
        assert expected <= set(operation["responses"])
    by_id = {operation["operationId"]: operation for operation in operations(document)}
    assert "404" in by_id["get_wave"]["responses"]
    assert "503" in by_id["list_waves"]["responses"]
    assert "404" not in by_id["get_liveness"]["responses"]
    for path, methods in document["paths"].items():
        assert ("304" in methods["get"]["responses"]) == path.startswith("/v1/")
    assert {"206", "304", "416"} <= set(by_id["get_export_file"]["responses"])
    shared = document["components"]["responses"]
    for status, header in (("405", "Allow"), ("429", "Retry-After"), ("503", "Retry-After")):
        assert header in shared[f"Problem{status}"]["headers"]
    assert shared["NotModified"]["headers"].keys() >= {"ETag", "Cache-Control", "Vary"}
    assert "content" not in shared["NotModified"]
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
        "format": "int32",
        "minimum": 1,
        "maximum": 200,
    }
    assert listed["country"]["schema"]["items"]["pattern"] == "^[A-Z]{2}$"
    for name in ("announced_gte", "announced"):
        written = listed[name]["schema"]
        written = written.get("items", written)
        for value in ("2023", "2023-06", "2023-Q2", "2023-06-15"):
            assert re.search(written["pattern"], value), name
        for value in ("23", "2023-13", "2023-06-32", "2023-Q5", "2023-6"):
            assert not re.search(written["pattern"], value), name
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
        assert f"`{kind.code}`" in responses[f"Problem{kind.status}"]["description"]
    for name, response in responses.items():
        if not name.startswith("Problem"):
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


def test_the_example_of_an_address_is_that_of_the_same_kind_of_record(document: Json) -> None:
    """A reader learns from it which path answers with what: no company is at `/v1/waves/…`."""
    templates = {
        path: re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path)) for path in document["paths"]
    }
    found = set()
    for name, schema in document["components"]["schemas"].items():
        struct = name.removesuffix("Selection")
        if struct not in RECORDS | COMPUTED:
            continue
        own = schema["properties"]
        (example,) = own["record_url" if "record_url" in own else "url"]["examples"]
        path = example.removeprefix(LOCAL_URL).partition("?")[0]
        # The longest template is the most literal one.
        matching = [one for one, pattern in templates.items() if pattern.fullmatch(path)]
        body = json_body(document["paths"][max(matching, key=len)]["get"])
        assert body is not None
        assert body["schema"]["$ref"].rpartition("/")[2] == struct, (name, example)
        found.add(struct)

    assert found == RECORDS | COMPUTED


RECORDS = {one.struct.__name__ for one in served()} | {"PublishedRevision", "Export", "Exports"}
COMPUTED = {
    *("Statistics", "NoticeStatistics", "Attribution", "Rebalancing", "Comparison"),
    *("SearchResults", "Suggestions", "Coverage", "Dictionary"),
}


def test_what_may_have_any_field_says_so(document: Json) -> None:
    """Otherwise some generators make it an object that has none."""
    seen = 0
    for place, one in parts(document):
        kinds = one.get("type")
        if "object" in (kinds if isinstance(kinds, list) else [kinds]) and place.count("/") > 1:
            assert "properties" in one or "additionalProperties" in one, place
            seen += "additionalProperties" in one
        # Tools that read draft 4 of JSON Schema refuse an empty one.
        assert one.get("required") != [], place
    assert seen > 5


def test_a_change_says_which_schema_its_document_has(document: Json, api: httpx.Client) -> None:
    """Generated code has no better type for it than an object."""
    properties = document["components"]["schemas"]["LedgerChange"]["properties"]
    named = dict(re.findall(r"`(\w+)` \((\w+)\)", properties["document"]["description"]))
    schema_of = {resource: name for name, resource in named.items()}
    assert set(schema_of) == set(properties["resource"]["examples"])

    seen = set()
    for change in everything(api, "/v1/changes"):
        if change["document"] is not None:
            schema = document["components"]["schemas"][schema_of[change["resource"]]]
            validator(document, schema).validate(change["document"])
            seen.add(change["resource"])
    assert {"wave", "company", "source", "driver", "role"} <= seen


def test_what_two_operations_have_is_written_once(document: Json) -> None:
    inline = [
        msgspec.json.encode(one)
        for methods in document["paths"].values()
        for one in methods["get"]["parameters"]
        if "$ref" not in one
    ]

    assert len(inline) == len(set(inline))
    used = {one["$ref"] for _, one in parts(document) if isinstance(one.get("$ref"), str)}
    for room in ("parameters", "responses", "schemas", "examples"):
        for name in document["components"][room]:
            assert f"#/components/{room}/{name}" in used, (room, name)
    headers = {
        name
        for response in document["components"]["responses"].values()
        for name in response["headers"]
    }
    for operation in operations(document):
        headers |= operation["responses"]["200"]["headers"].keys()
    assert headers <= document["components"]["headers"].keys()


def test_no_value_is_of_several_types(document: Json) -> None:
    """A union is a record or null, or closed sets form one: `as_of` is text, as in a query."""
    for place, one in parts(document):
        assert "anyOf" not in one, place
        if "oneOf" in one:
            first, last = one["oneOf"]
            assert set(first) == {"$ref"}, place
            assert last == {"type": "null"}, place
        if isinstance(one.get("type"), list):
            assert len(one["type"]) == 2, place
            assert one["type"][1] == "null", place
    as_of = resolve(document, {"$ref": "#/components/parameters/as_of"})["schema"]
    assert as_of["type"] == "string"
    for value in ("1", "7", "123456789", "2026-11-24"):
        assert re.search(as_of["pattern"], value)
    for value in ("0", "07", "latest", "2026-13-01", "2026-11", "1234567890"):
        assert not re.search(as_of["pattern"], value)


def test_every_number_says_how_wide_it_is(document: Json) -> None:
    seen = 0
    for place, one in schemas(document):
        types = one.get("type")
        named = {types} if isinstance(types, str) else set(types or ())
        if "number" in named:
            assert one["format"] == "double", place
        if "integer" in named:
            assert one["format"] in {"int32", "int64"}, place
            assert (one["format"] == "int32") == (one.get("maximum", 2**31) < 2**31), place
        seen += bool(named & {"number", "integer"})
    assert seen > 200


def test_no_schema_has_what_some_generators_cannot_read(document: Json) -> None:
    text = paths.OPENAPI.read_text()

    assert "u0000" not in text
    for place, one in parts(document):
        assert "uniqueItems" not in one, place
        assert "exclusiveMinimum" not in one, place
        assert "exclusiveMaximum" not in one, place
        pattern = one.get("pattern")
        if isinstance(pattern, str):
            # Lookarounds and classes such as \\d are read in different ways.
            assert re.fullmatch(r"\^[A-Za-z0-9,_()|?+*{}\[\]^-]+\$", pattern), place


def test_no_parameter_has_a_default_that_clients_would_send(document: Json) -> None:
    for id_, parameter in parameters(document):
        assert "default" not in parameter["schema"], (id_, parameter["name"])
        if parameter["name"] in {"sort", "seed", "count"}:
            assert "if it is not given." in parameter["description"], (id_, parameter["name"])


def test_every_parameter_has_an_example_unless_it_names_its_values(document: Json) -> None:
    for id_, parameter in parameters(document):
        schema = resolve(document, parameter["schema"])
        item = resolve(document, schema.get("items", schema))
        if "enum" in item or item.get("type") == "boolean" or parameter["name"] == "cursor":
            continue
        assert {"example", "examples"} & parameter.keys(), (id_, parameter["name"])


def test_closed_sets_have_names_that_survive(document: Json) -> None:
    found = {name: one for name, one in document["components"]["schemas"].items() if "enum" in one}

    for place, one in parts(document):
        if isinstance(one.get("enum"), list) and len(one["enum"]) > 1:
            assert place.removeprefix("/components/schemas/") in found, place
    everywhere = [member for one in found.values() for member in one["x-enum-varnames"]]
    # Some languages have one namespace for all sets.
    assert len(everywhere) == len(set(everywhere))
    for name, one in found.items():
        assert len(one["enum"]) == len(one["x-enum-varnames"])
        for member in one["x-enum-varnames"]:
            assert re.fullmatch("[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", member), name
    assert found["Weight"]["x-enum-varnames"][2] == "WEIGHT_CONTEXT"
    for id_, parameter in parameters(document):
        if parameter["name"] in {"sort", "select", "format", "group_by"}:
            schema = parameter["schema"]
            assert "$ref" in schema.get("items", schema), (id_, parameter["name"])
    sort = found["WaveSort"]
    assert dict(zip(sort["enum"], sort["x-enum-varnames"], strict=True))["-announced_on"] == (
        "WAVE_SORT_ANNOUNCED_ON_DESC"
    )


def test_two_members_of_a_set_with_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="one name"):
        enums.variable_names("Sort", ("a_b", "a-b"))
    made = enums.Enums()
    closed = {"type": "string", "enum": ["a", "b"]}
    made.name_all(closed, name="Set", description="A set.")
    with pytest.raises(ValueError, match="both"):
        made.name_all({**closed, "enum": ["a", "c"]}, name="Set", description="Another.")


def test_what_is_selected_is_typed(document: Json) -> None:
    found = document["components"]["schemas"]
    media_type = "application/vnd.layoff-ledger.selection+json"
    seen = 0
    for operation in operations(document):
        content = operation["responses"]["200"]["content"]
        selects = any(one["name"] == "select" for one in operation["parameters"])
        assert (media_type in content) == selects, operation["operationId"]
        if selects:
            page = resolve(document, content[media_type]["schema"])
            one = resolve(document, page["properties"]["data"]["items"])
            whole = resolve(document, content["application/json"]["schema"])
            record = resolve(document, whole["properties"]["data"]["items"])
            assert one["properties"] == record["properties"]
            assert "required" not in one
            seen += 1
    assert seen >= 7
    for operation in operations(document):
        csl = operation["responses"]["200"]["content"].get(
            "application/vnd.citationstyles.csl+json"
        )
        if csl is not None:
            assert csl["schema"]["items"] == {"$ref": "#/components/schemas/CslItem"}
    assert found["Problem"]["properties"]["code"]["examples"] == list(KINDS)
    assert found["Problem"]["properties"]["instance"]["format"] == "uri-reference"
    assert found["Problem"]["properties"]["tombstone"]["description"]
    assert "suggested_value" in found["ProblemError"]["properties"]


def test_the_document_says_who_where_and_on_what_terms(document: Json, api: httpx.Client) -> None:
    info = document["info"]

    assert info["contact"]["url"].startswith("http")
    assert info["x-data-license"][0]["identifier"] == "CC-BY-4.0"
    addresses = [info["contact"]["url"], info["termsOfService"], document["externalDocs"]["url"]]
    addresses += [tag["externalDocs"]["url"] for tag in document["tags"]]
    for address in addresses:
        path = address.removeprefix(document["servers"][0]["url"])
        assert api.get(path).status_code == 200, path
    used = {operation["tags"][0] for operation in operations(document)}
    assert used == {tag["name"] for tag in document["tags"]}
    assert "unknown and repeated parameters" not in info["description"].lower()


def test_it_is_served_with_the_address_of_the_server(document: Json, api: httpx.Client) -> None:
    served = api.get("/openapi.json").json()

    assert served["servers"][0]["url"] == str(api.base_url).rstrip("/")
    assert "localhost:8000" not in api.get("/openapi.json").text
    assert served["paths"].keys() == document["paths"].keys()
    assert "content" in served["paths"]["/v1/waves"]["get"]["responses"]["200"]


def test_it_is_served_as_yaml(api: httpx.Client) -> None:
    answer = api.get("/openapi.yaml")

    assert answer.headers["content-type"].partition(";")[0] == "application/yaml"
    # Most tools read YAML 1.2, the library of Python reads 1.1.
    for loader in (yaml.SafeLoader, Yaml12):
        assert yaml.load(answer.content, loader) == api.get("/openapi.json").json()  # noqa: S506
    assert yaml.load("a: 0012\nb: '0012'", Yaml12) == {"a": 12, "b": "0012"}  # noqa: S506


class Yaml12(yaml.SafeLoader):  # type: ignore[misc]
    """Reads plain words by the core schema of YAML 1.2.2 (10.3.2)."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


for kind, pattern in (
    ("null", r"null|Null|NULL|~|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN)",
    ),
):
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(f"(?:{pattern})$"), None)
Yaml12.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)


def test_generators_get_the_same_operations_with_json_only(api: httpx.Client) -> None:
    whole = api.get("/openapi.json").json()
    answer = api.get("/openapi.sdk.json")
    reduced = answer.json()

    validate(reduced)
    assert answer.headers["content-type"].partition(";")[0] == "application/json"
    assert reduced["info"] == whole["info"]
    kept = {one["operationId"]: one for one in operations(reduced)}
    for operation in operations(whole):
        id_ = operation["operationId"]
        assert (id_ in kept) == (json_body(operation) is not None)
        if id_ not in kept:
            continue
        success = kept[id_]["responses"]["200"]["content"]
        assert success.keys() == {"application/json"}
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        assert success["application/json"]["schema"] == schema
        assert kept[id_]["parameters"] == [
            one for one in operation["parameters"] if one["name"] not in {"format", "bom", "select"}
        ]
    assert set(kept) >= {"list_waves", "get_wave", "search", "list_exports"}
    # What nothing refers to is left out.
    assert "CslItem" not in reduced["components"]["schemas"]
    assert "Wave" in reduced["components"]["schemas"]


def validator(document: Json, schema: Json) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        {**schema, "components": document["components"]},
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


def test_every_operation_with_json_has_a_real_example(document: Json) -> None:
    for operation in operations(document):
        body = json_body(operation)
        if body is None:
            continue
        (reference,) = body["examples"].values()
        example = resolve(document, reference)
        assert example["summary"].startswith("GET /"), operation["operationId"]
        assert operation["x-codeSamples"][0]["source"].endswith(
            f"{example['summary'].removeprefix('GET ')}'"
        )
        faults = [
            f"{one.json_path}: {one.message[:200]}"
            for one in validator(document, body["schema"]).iter_errors(example["value"])
        ]
        assert not faults, operation["operationId"]
        # A list without any record shows nothing.
        assert example["value"].get("data", True), operation["operationId"]


def plain_fields(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield struct, field and schema of whatever is a value or a list of values."""
    for name, schema in document["components"]["schemas"].items():
        for field, one in schema.get("properties", {}).items():
            if field_examples.is_plain(document, one):
                yield name, field, one


def test_every_field_has_an_example_that_it_may_have(document: Json) -> None:
    found = 0
    for name, field, schema in plain_fields(document):
        assert field_examples.has_example(schema), (
            f"{name}.{field}: run `layoff-ledger openapi --examples`, or give it one in its struct"
        )
        for described in (schema, schema.get("items", {})):
            for example in described.get("examples", ()):
                faults = [
                    one.message for one in validator(document, described).iter_errors(example)
                ]
                assert not faults, (name, field)
                found += 1
    assert found > 900


def test_ids_and_addresses_in_examples_are_those_of_records(
    document: Json, real: httpx.Client, filed: httpx.Client
) -> None:
    structs = {one.struct.__name__: one for one in served()}
    asked = set()
    for name, field, schema in plain_fields(document):
        resource = structs.get(name)
        if resource is None or field != resource.key:
            resource = RESOURCES.get(field)
        for example in schema.get("examples", ()):
            if str(example).startswith(f"{LOCAL_URL}/v1/"):
                asked.add(example.removeprefix(LOCAL_URL))
            elif resource is not None and schema.get("type") != "array":
                asked.add(f"/v1/{resource.path}/{quote(example, safe='')}")
    assert len(asked) > 20
    for address in sorted(asked):
        # Only one ledger of the tests has notices and their collection.
        assert any(get_when_available(one, address).is_success for one in (real, filed)), (
            f"{address}: run `layoff-ledger openapi --examples`"
        )


@pytest.mark.parametrize("id_", sorted(examples.read()))
def test_an_example_is_what_the_real_ledger_answers(
    document: Json, id_: str, request: pytest.FixtureRequest
) -> None:
    """Where both have a field, it has the same shape; its values may be older."""
    example = examples.read()[id_]
    # The real ledger of the tests has no notices.
    client: httpx.Client = request.getfixturevalue("filed" if "notice" in id_ else "real")
    (operation,) = [one for one in operations(document) if one["operationId"] == id_]

    answer = get_when_available(client, example["request"], follow_redirects=True)

    assert answer.status_code == 200, (
        f"{example['request']}: run `layoff-ledger openapi --examples`"
    )
    body = json_body(operation)
    assert body is not None
    validator(document, body["schema"]).validate(answer.json())
    assert shape(examples.shortened(answer.json())) == shape(example["response"])


def test_every_address_that_the_reference_links_answers(
    document: Json, real: httpx.Client, filed: httpx.Client
) -> None:
    """Also for what only came with a later revision, such as notices."""
    found = {}
    for path, operation in reference.operations(document).values():
        address = reference.example(path, operation)
        asked = filed if "/notices" in path else real
        found[address] = get_when_available(asked, address).status_code

    assert len(found) > 40
    assert {address: status for address, status in found.items() if status not in {200, 301}} == {}


BESIDE = {
    # Of every answer, whatever is asked (docs/security.md), and of how it is sent.
    *("x-content-type-options", "referrer-policy", "content-security-policy"),
    *("access-control-allow-origin", "access-control-expose-headers"),
    *("content-type", "content-length", "content-encoding", "transfer-encoding"),
    *("date", "server", "server-timing", "x-accel-buffering"),
}
AT_TIMES = {"age", "deprecation", "sunset", "content-disposition", "ratelimit", "ratelimit-policy"}
"""Headers that a documented answer has only in some cases."""


def test_answers_carry_the_headers_that_are_documented(
    document: Json, real: httpx.Client, filed: httpx.Client
) -> None:
    """Also those without a body, parts of files, and problems."""
    found = Counter[int]()
    for path, operation in reference.operations(document).values():
        client = filed if "/notices" in path else real
        address = reference.example(path, operation)
        whole = get_when_available(client, address)
        answers = [whole]
        if "etag" in whole.headers:
            for tag in (whole.headers["etag"], "*"):
                answers.append(client.get(address, headers={"if-none-match": tag}))
        if "206" in operation["responses"]:
            for part in ("0-9", "999999999-"):
                answers.append(client.get(address, headers={"range": f"bytes={part}"}))
        more = "&" if "?" in address else "?"
        answers.append(client.get(f"{address}{more}nobody=1"))
        if "format" in {one["name"] for one in operation["parameters"]}:
            whole_list = f"{address}{more}format=csv"
            answers.append(client.get(whole_list, headers={"if-none-match": "*"}))
            # A file has a name.
            answers += (client.head(f"{address}{more}format={one}") for one in ("csv", "ris"))
        for answer in answers:
            documented = resolve(document, operation["responses"][str(answer.status_code)])
            names = {name.lower() for name in documented["headers"]}
            carried = {name.lower() for name in answer.headers} - BESIDE
            assert carried <= names, (address, answer.status_code)
            assert names - carried <= AT_TIMES, (address, answer.status_code)
            found[answer.status_code] += 1
    assert found.keys() == {200, 206, 301, 304, 400, 416}
    assert found[304] > 60


def test_every_read_is_a_page_but_for_those_that_the_guide_names(
    document: Json, real: httpx.Client, filed: httpx.Client
) -> None:
    guide = (paths.ROOT / "docs" / "queries.md").read_text()
    (named,) = re.findall(r"\| `html` \| every read but (.+?) \|", guide)
    others = set()
    for path, operation in reference.operations(document).values():
        if path.startswith("/v1/"):
            asked = filed if "/notices" in path else real
            address = reference.example(path, operation)
            answer = asked.get(address, headers={"accept": "text/html, */*;q=0.5"})
            if answer.status_code != 301 and "text/html" not in answer.headers["content-type"]:
                others.add(path.partition("/{")[0])

    assert others == set(re.findall(r"`([^`]+)`", named))


def shape(value: Any) -> Any:
    """Return the names at the top and in the first item of `data`."""
    record = value["data"][0] if isinstance(value.get("data"), list) else {}
    return sorted(value), sorted(record)


def test_only_what_is_stored_may_lack_a_field(document: Json) -> None:
    """Generated code has to check for a field that may be absent."""
    made = document["components"]["schemas"]
    lacking = {
        name
        for name, one in made.items()
        if set(one.get("properties", ())) - set(one.get("required", ()))
        and not name.endswith("Selection")
    }

    assert {"Wave", "Headcount"} <= lacking
    assert not {"ListMeta", "SearchMeta", "StatisticsGroup", "StatisticsMeta", "Coverage"} & lacking
    assert "ProblemError" not in lacking


def test_the_words_of_an_example_find_something(real: httpx.Client, document: Json) -> None:
    """The reference has examples to click: one that finds nothing says nothing."""
    searched = 0
    for path, item in document["paths"].items():
        for one in item["get"].get("parameters", []):
            parameter = resolve(document, one)
            if (
                parameter["name"] != "q"
                or "{" in path
                or path in {"/v1/notices", "/v1/notices/statistics"}
            ):
                continue
            required = [resolve(document, one) for one in item["get"]["parameters"]]
            asked = {
                one["name"]: one["example"]
                for one in required
                if one.get("required") and one["name"] != "q"
            }
            answer = real.get(path, params={**asked, "q": parameter["example"]})
            assert answer.status_code == 200, answer.text
            assert answer.json()["data"], (path, parameter["example"])
            searched += 1

    assert searched > 8
