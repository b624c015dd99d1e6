"""A document that breaks clients cannot be published: planted breaks, each of which is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from layoff_ledger import paths
from layoff_ledger.openapi import compare
from layoff_ledger.resources.periods import WRITTEN
from support.services import run

Json = dict[str, Any]
Change = Callable[[Json], object]

RELEASED = paths.OPENAPI.parent / "released.json"
CHANGELOG = paths.OPENAPI.parent / "CHANGELOG.md"


def committed() -> Json:
    return compare.read(paths.OPENAPI)


def changed(change: Change) -> Json:
    document = committed()
    change(document)
    return document


def schema(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["schemas"][name]


def fields(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["schemas"][name]["properties"]


def parameter(name: str) -> Callable[[Json], Json]:
    return lambda document: document["components"]["parameters"][name]


def operation(path: str) -> Callable[[Json], Json]:
    return lambda document: document["paths"][path]["get"]


def put(where: Callable[[Json], Any], key: Any, value: Any) -> Change:
    return lambda document: where(document).__setitem__(key, value)


def drop(where: Callable[[Json], Any], *keys: Any) -> Change:
    def change(document: Json) -> None:
        for key in keys:
            where(document).pop(key)

    return change


def edit(where: Callable[[Json], Any], **values: Any) -> Change:
    return lambda document: where(document).update(values)


def without(where: Callable[[Json], list[Any]], value: Any) -> Change:
    return lambda document: where(document).remove(value)


def add(where: Callable[[Json], list[Any]], value: Any) -> Change:
    return lambda document: where(document).append(value)


def rename(where: Callable[[Json], Json], old: str, new: str) -> Change:
    def change(document: Json) -> None:
        where(document)[new] = where(document).pop(old)

    return change


def both(*changes: Change) -> Change:
    return lambda document: [change(document) for change in changes]


def success(path: str) -> Callable[[Json], Json]:
    return lambda document: document["paths"][path]["get"]["responses"]["200"]


NEW = {"name": "mood", "in": "query", "description": "Mood.", "schema": {"type": "string"}}
WAVES, WAVE = "/v1/waves", "/v1/waves/{id}"

BREAKS: dict[str, tuple[Change, str]] = {
    "a path is gone": (drop(lambda one: one["paths"], "/v1/timeline"), "GET /v1/timeline"),
    "an operation has another id": (
        edit(operation(WAVES), operationId="find_waves"),
        "GET /v1/waves",
    ),
    "an operation has another tag": (edit(operation(WAVES), tags=["Search"]), "GET /v1/waves"),
    "a parameter is gone": (
        without(
            lambda one: one["paths"][WAVES]["get"]["parameters"],
            {"$ref": "#/components/parameters/driver_group"},
        ),
        "GET /v1/waves driver_group",
    ),
    "a parameter is new and required": (
        add(lambda one: one["paths"][WAVES]["get"]["parameters"], {**NEW, "required": True}),
        "GET /v1/waves mood",
    ),
    "a parameter is required now": (edit(parameter("q"), required=True), "GET /v1/waves q"),
    "a parameter takes one value and no list": (
        put(parameter("driver_not"), "schema", {"type": "string"}),
        "GET /v1/waves driver_not",
    ),
    "a parameter is written in another way": (
        edit(parameter("driver_not"), explode=False),
        "GET /v1/waves driver_not",
    ),
    "a bound of a parameter allows less": (
        edit(lambda one: parameter("limit")(one)["schema"], maximum=100),
        "GET /v1/waves limit",
    ),
    "a parameter has a bound that it had not": (
        edit(lambda one: parameter("q")(one)["schema"], maxLength=20),
        "GET /v1/waves q",
    ),
    "fewer values of a parameter are allowed": (
        edit(lambda one: parameter("driver_not")(one)["schema"], maxItems=10),
        "GET /v1/waves driver_not",
    ),
    "a parameter has another pattern": (
        edit(lambda one: parameter("as_of")(one)["schema"], pattern="^[0-9]+$"),
        "GET /v1/waves as_of",
    ),
    "a value of a parameter is gone": (
        without(lambda one: schema("WaveSort")(one)["enum"], "-headcount"),
        "WaveSort",
    ),
    "a status is gone": (
        drop(lambda one: operation(WAVE)(one)["responses"], "410"),
        "GET /v1/waves/{id} 410",
    ),
    "a success has another status": (
        put(lambda one: operation(WAVE)(one)["responses"], "202", {"description": "Later."}),
        "GET /v1/waves/{id} 202",
    ),
    "a media type is gone": (
        drop(lambda one: success(WAVES)(one)["content"], "text/csv"),
        "GET /v1/waves 200",
    ),
    "a header is gone": (
        drop(lambda one: success(WAVES)(one)["headers"], "ETag"),
        "GET /v1/waves 200",
    ),
    "a link is gone": (
        drop(lambda one: success(WAVES)(one)["links"], "next_page"),
        "GET /v1/waves 200",
    ),
    "a field is gone": (drop(fields("Wave"), "title"), "Wave.title"),
    "a field is renamed": (rename(fields("Headcount"), "low", "least"), "Headcount.low"),
    "a field is of another type": (
        put(fields("ListMeta"), "limit", {"type": "string", "description": "x"}),
        "ListMeta.limit",
    ),
    "a field has another format": (
        edit(lambda one: fields("Magnitude")(one)["low"], format="float"),
        "Magnitude.low",
    ),
    "a field may be null now": (
        edit(lambda one: fields("Wave")(one)["status"], type=["string", "null"]),
        "Wave.status",
    ),
    "a field may be absent now": (
        without(lambda one: schema("Wave")(one)["required"], "status"),
        "Wave.status",
    ),
    "a closed set of answers has a value more": (
        both(
            add(lambda one: schema("Speaker")(one)["enum"], "bot"),
            add(lambda one: schema("Speaker")(one)["x-enum-varnames"], "SPEAKER_BOT"),
        ),
        "Speaker",
    ),
    "a member of a closed set has another name": (
        put(lambda one: schema("Weight")(one)["x-enum-varnames"], 0, "PRIMARY"),
        "Weight",
    ),
    "an open string is a closed set now": (
        edit(lambda one: parameter("driver_not")(one)["schema"]["items"], enum=["over_hiring"]),
        "GET /v1/waves driver_not[]",
    ),
    "a closed set is open now": (drop(schema("Rank"), "enum"), "Rank"),
    "a lower bound of an answer is lower": (
        edit(lambda one: fields("Headcount")(one)["low"], minimum=-1),
        "Headcount.low",
    ),
    "items of a list are another record": (
        edit(
            lambda one: fields("WaveList")(one)["data"],
            items={"$ref": "#/components/schemas/Company"},
        ),
        "Wave",
    ),
    "a record may be another one too": (
        lambda one: fields("Wave")(one)["headcount"]["oneOf"].append(
            {"$ref": "#/components/schemas/ShareOfWorkforce"}
        ),
        "Wave.headcount",
    ),
    "a problem has a field less": (drop(fields("Problem"), "code"), "Problem.code"),
}

COMPATIBLE: dict[str, tuple[Change, str]] = {
    "a path is new": (
        put(
            lambda one: one["paths"],
            "/v1/moods",
            {"get": {"operationId": "list_moods", "parameters": [], "responses": {}}},
        ),
        "GET /v1/moods",
    ),
    "a parameter is new": (
        add(lambda one: one["paths"][WAVES]["get"]["parameters"], NEW),
        "GET /v1/waves mood",
    ),
    "a bound of a parameter allows more": (
        edit(lambda one: parameter("limit")(one)["schema"], maximum=500),
        "GET /v1/waves limit",
    ),
    "a parameter has no pattern any more": (
        drop(lambda one: parameter("cursor")(one)["schema"], "pattern"),
        "GET /v1/waves cursor",
    ),
    "a value of a parameter is new": (
        both(
            add(lambda one: schema("WaveSort")(one)["enum"], "company"),
            add(lambda one: schema("WaveSort")(one)["x-enum-varnames"], "WAVE_SORT_COMPANY"),
        ),
        "WaveSort",
    ),
    "a problem has a status that it had not": (
        put(lambda one: operation(WAVES)(one)["responses"], "418", {"description": "Tea."}),
        "GET /v1/waves 418",
    ),
    "a media type is new": (
        put(lambda one: success(WAVES)(one)["content"], "text/x-mood", {}),
        "GET /v1/waves 200",
    ),
    "a header is new": (
        put(lambda one: success(WAVES)(one)["headers"], "X-Mood", {}),
        "GET /v1/waves 200",
    ),
    "a field is new": (
        put(fields("Wave"), "mood", {"type": "string", "description": "Mood."}),
        "Wave.mood",
    ),
    "a field is never null any more": (
        edit(lambda one: fields("Headcount")(one)["high"], type="integer"),
        "Headcount.high",
    ),
    "a bound of an answer promises more": (
        edit(lambda one: fields("Headcount")(one)["low"], minimum=2),
        "Headcount.low",
    ),
    "a parameter is deprecated": (edit(parameter("form"), deprecated=True), "GET /v1/waves form"),
    "a field is deprecated": (
        edit(lambda one: fields("Wave")(one)["title"], deprecated=True),
        "Wave.title",
    ),
}

NO_DIFFERENCE: dict[str, Change] = {
    "another description": edit(operation(WAVES), description="In other words."),
    "another example": edit(parameter("limit"), example=50),
    "more examples of an open string": edit(
        lambda one: fields("Wave")(one)["status"], examples=["announced"]
    ),
    "a parameter that stands in the operation": lambda one: one["paths"][WAVES]["get"].update(
        parameters=[
            parameter("as_of")(one) if reference.get("$ref", "").endswith("/as_of") else reference
            for reference in one["paths"][WAVES]["get"]["parameters"]
        ]
    ),
    "another order of fields": lambda one: schema("Wave")(one).update(
        properties=dict(reversed(fields("Wave")(one).items()))
    ),
}


def found(change: Change) -> list[compare.Difference]:
    return compare.differences(committed(), changed(change))


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_client_is_found(name: str) -> None:
    change, where = BREAKS[name]
    differences = found(change)

    breaking = [one for one in differences if one.breaks]
    assert any(one.where == where or one.where.startswith(f"{where}.") for one in breaking), (
        differences
    )
    new = changed(change)
    new["info"]["version"] = "9.0.0"
    told = compare.faults(committed(), new, differences, "## 9.0.0\n- Much.\n")
    assert str(breaking[0]) in told


@pytest.mark.parametrize("name", COMPATIBLE)
def test_what_breaks_nobody_is_found_too(name: str) -> None:
    change, where = COMPATIBLE[name]
    differences = found(change)

    assert where in {one.where for one in differences}
    assert not [one for one in differences if one.breaks]


@pytest.mark.parametrize("name", NO_DIFFERENCE)
def test_words_are_not_compared(name: str) -> None:
    assert found(NO_DIFFERENCE[name]) == []


def asking(schema: Json) -> Json:
    """Return the document with other words for how a bound of the dates of claims is written."""

    def change(document: Json) -> None:
        named = document["paths"]["/v1/claims"]["get"]["parameters"]
        (bound,) = (one for one in named if one.get("name") == "dated_gte")
        bound["schema"] = schema

    return changed(change)


@pytest.mark.parametrize(
    ("old", "new", "breaks"),
    [
        ({"format": "date"}, {"pattern": WRITTEN}, False),
        ({"pattern": WRITTEN}, {"format": "date"}, True),
        ({"format": "date"}, {"pattern": "^2"}, True),
    ],
)
def test_a_day_may_become_a_span_for_those_who_ask(old: Json, new: Json, *, breaks: bool) -> None:
    before, after = (asking({"type": "string", **one}) for one in (old, new))
    differences = compare.differences(before, after)

    assert {one.where for one in differences} == {"GET /v1/claims dated_gte"}
    assert any(one.breaks for one in differences) == breaks


def test_at_least_twenty_five_breaks_are_planted() -> None:
    assert len(BREAKS) >= 25


def test_what_is_compatible_needs_a_version_and_an_entry() -> None:
    old = committed()
    new = changed(COMPATIBLE["a field is new"][0])
    differences = compare.differences(old, new)
    version = old["info"]["version"]

    same = compare.faults(old, new, differences, f"## {version}\n- What it was.\n")
    assert same == [f"what differs needs a version of its own: {version} is released"]
    new["info"]["version"] = "1.99.0"
    nothing = compare.faults(old, new, differences, f"## {version}\n- What it was.\n")
    assert nothing == ["openapi/CHANGELOG.md has no entry for 1.99.0"]
    empty = compare.faults(old, new, differences, f"## 1.99.0\n\n## {version}\n- Old.\n")
    assert empty == nothing
    assert compare.faults(old, new, differences, "## 1.99.0\n- `Wave.mood`.\n") == []
    # Nothing differs: nothing is needed.
    assert compare.faults(old, old, [], "") == []


def test_what_is_deprecated_needs_to_be_named_in_the_changelog() -> None:
    old = committed()
    new = changed(COMPATIBLE["a field is deprecated"][0])
    new["info"]["version"] = "1.99.0"
    differences = compare.differences(old, new)

    (fault,) = compare.faults(old, new, differences, "## 1.99.0\n- Some things.\n")
    assert "Wave.title is deprecated" in fault
    named = "## 1.99.0\n- **Deprecated**: `Wave.title`; use `id`.\n"
    assert compare.faults(old, new, differences, named) == []


def test_the_committed_document_breaks_nobody() -> None:
    """It continues the last released one, as `.ci/run` requires."""
    old, new = compare.read(RELEASED), committed()

    assert compare.faults(old, new, compare.differences(old, new), CHANGELOG.read_text()) == []


def test_the_command_fails_where_something_breaks(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(msgspec.json.encode(changed(BREAKS["a field is gone"][0])))

    refused = run("openapi", "--compare", str(paths.OPENAPI), str(broken))
    passed = run("openapi", "--compare", str(paths.OPENAPI), str(paths.OPENAPI))

    assert refused.returncode == 1
    assert "breaks: Wave.title: the field is gone" in refused.stdout
    assert "Wave.title" in refused.stderr
    assert (passed.returncode, passed.stdout) == (0, "")
