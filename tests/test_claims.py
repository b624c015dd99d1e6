"""Claims: each says what its wave's document says, is found by any filter, and keeps its id."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger.curation import migrate
from layoff_ledger.resources.claim_parts import last_day
from layoff_ledger.statement import Connection
from support.databases import publish_files
from support.filters import ORACLE, belongs, choices, fuzz
from support.lists import Document, Query, everything, walk
from support.revisions import edit, retire

Json = dict[str, Any]
LISTS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "event": ("events", lambda one: one["kind"]),
    "magnitude": ("magnitudes", lambda one: one["measure"]),
    "driver": ("drivers", lambda one: one["driver"]["code"]),
    "role": ("roles", lambda one: one["role"]["code"]),
    "context": ("context", lambda one: one["kind"]),
}


def plain(wave: Document) -> list[Json]:
    """Read the claims of a wave off its document."""
    places = {one["n"]: one for one in wave["citations"]}
    found: list[Json] = []
    if wave["forms"]:
        found.append({"kind": "form", "code": None, "n": wave["form_citations"], "of": {}})
    if wave["scope"]:
        found.append(
            {"kind": "scope", "code": None, "n": wave["scope"]["citations"], "of": wave["scope"]}
        )
    for kind, (name, code) in LISTS.items():
        found += [
            {"kind": kind, "code": code(one), "n": one["citations"], "of": one}
            for one in wave[name]
        ]
    for one in found:
        one["wave"] = wave
        one["cited"] = [places[n] for n in one["n"]]
    return found


def key(one: Json) -> tuple[Any, ...]:
    """Return what a plain claim and one of the API have in common."""
    of = one["of"]
    jobs = of.get("headcount") if one["kind"] == "role" else None
    return (
        one["wave"]["id"], one["kind"], one["code"], of.get("speaker"), of.get("stance"),
        of.get("weight"), of.get("effect"), of.get("rank"), of.get("low", jobs), of.get("high", jobs),
        of.get("base"), of.get("statement"), of.get("note"),
        of.get("on") or of.get("stated_on"), tuple(place["source"]["id"] for place in one["cited"]),
    )  # fmt: skip


def key_of(claim: Json) -> tuple[Any, ...]:
    return (
        claim["wave"], claim["kind"], claim["code"], claim["speaker"], claim["stance"],
        claim["weight"], claim["effect"], claim["rank"], claim["low"], claim["high"],
        claim["base"], claim["statement"], claim["note"],
        claim["dated_on"], tuple(place["source"]["id"] for place in claim["citations"]),
    )  # fmt: skip


def of_kind(kind: str) -> Any:
    return lambda one, values: one["kind"] == kind and one["code"] in values


def says(name: str) -> Any:
    return lambda one, values: one["of"].get(name) in values


def standings(one: Json) -> set[str]:
    return {place["source"]["standing"] for place in one["cited"]}


CLAIMS = {
    "kind": lambda one, values: one["kind"] in values,
    "driver": of_kind("driver"),
    "driver_group": lambda one, values: (
        one["kind"] == "driver" and belongs(one["of"]["driver"], values)
    ),
    "role": of_kind("role"),
    **{name: says(name) for name in ("speaker", "stance", "weight", "effect", "rank")},
    "standing": lambda one, values: bool(standings(one) & set(values)),
    "standing_only": lambda one, values: standings(one) <= set(values),
    "evidence": lambda one, values: any(place["evidence"] in values for place in one["cited"]),
    "source": lambda one, values: any(place["source"]["id"] in values for place in one["cited"]),
}
VALUES = {
    "kind": ["form", "scope", "event", "magnitude", "driver", "role", "context"],
    "weight": ["primary", "contributing", "context"],
    "rank": ["preferred", "normal", "deprecated"],
    "standing_only": ["primary", "established", "secondary"],
    "evidence": ["excerpt_read", "url_listed", "filing"],
}


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_any_filters_give_what_a_plain_reading_gives(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    """Filters of claims apply to that very claim, all others to its wave."""
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")
    claims = [one for wave in waves for one in plain(wave)]
    known = choices(waves) | VALUES

    @fuzz(ledger)
    @given(data=st.data())
    def holds(data: st.DataObject) -> None:
        # All claims of the real ledger, without any filter, take a second to read.
        least = int(ledger == "real")
        names = data.draw(
            st.lists(st.sampled_from(sorted(known)), min_size=least, max_size=3, unique=True)
        )
        chosen = {
            name: data.draw(
                st.lists(st.sampled_from(known[name]), min_size=1, max_size=3, unique=True)
            )
            for name in names
        }
        query: Query = [(name, ",".join(values)) for name, values in chosen.items()]
        text = client.get(
            "/v1/claims", params=httpx.QueryParams((*query, ("format", "ndjson")))
        ).text

        found = [json.loads(line) for line in text.splitlines()]

        expected = [
            one
            for one in claims
            if all(
                CLAIMS[name](one, values) if name in CLAIMS else ORACLE[name](one["wave"], values)
                for name, values in chosen.items()
            )
        ]
        assert Counter(map(key_of, found)) == Counter(map(key, expected))

    holds()


@pytest.mark.parametrize("sort", ["-announced_on", "announced_on", "-dated_on", "dated_on", "id"])
def test_a_walk_has_all_claims_once(api: httpx.Client, sort: str) -> None:
    found = walk(api, "/v1/claims", [("sort", sort), ("limit", "7")])

    ids = [one["id"] for one in found]
    assert len(set(ids)) == len(ids) == sum(len(plain(one)) for one in everything(api, "/v1/waves"))
    if sort == "id":
        assert ids == sorted(ids)


def test_csv_has_the_same_rows_as_json(api: httpx.Client) -> None:
    listed = everything(api, "/v1/claims")
    text = api.get("/v1/claims?format=csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))

    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    for row, one in zip(rows, listed, strict=True):
        assert row["citations"] == str(len(one["citations"]))
        assert row["source"] == (one["citations"][0]["source"]["id"] if one["citations"] else "")
        assert row["statement"].lstrip("'") == (one["statement"] or "")


def test_one_claim_is_given_under_its_id(api: httpx.Client) -> None:
    first = api.get("/v1/claims?limit=1").json()["data"][0]

    assert api.get(first["url"]).json() == first
    missing = api.get(f"/v1/claims/{first['id']}0")
    assert missing.status_code == 404
    assert first["id"] in missing.json()["detail"]


def disagree(one: Json, other: Json) -> bool:
    for name in ("base", "countries", "subdivisions"):
        if one[name] != other[name]:
            return False
    for name in ("stated_on", "counts", "cumulative", "contractors_included"):
        if one[name] is not None and other[name] is not None and one[name] != other[name]:
            return False
    if "deprecated" in (one["rank"], other["rank"]) or one["measure"] != other["measure"]:
        return False
    lows = [-1 if claim["low"] is None else claim["low"] for claim in (one, other)]
    highs = [10**12 if claim["high"] is None else claim["high"] for claim in (one, other)]
    return bool(max(lows) > min(highs))


def test_conflicts_are_pairs_of_figures_that_cannot_both_be_right(real: httpx.Client) -> None:
    expected = sum(
        any(disagree(one, other) for other in wave["magnitudes"] if other is not one)
        for wave in everything(real, "/v1/waves")
        for one in wave["magnitudes"]
    )
    found = {
        one["id"]: one
        for one in walk(real, "/v1/claims", [("conflicting", "true"), ("limit", "200")])
    }

    assert len(found) == expected > 10
    for one in found.values():
        for other in one["conflicts_with"]:
            # Both are shown.
            assert one["id"] in found[other]["conflicts_with"]
    total = real.get("/v1/claims?limit=1").json()["meta"]["count"]
    rest = real.get("/v1/claims?limit=1&conflicting=false").json()["meta"]["count"]
    assert rest + len(found) == total


@pytest.mark.parametrize(
    "query",
    [
        "kind=rumour",
        "wave=nope",
        "driver=nope",
        "standing_only=nope",
        "conflicting=maybe",
        "code=hedcount",
    ],
)
def test_a_mistake_is_named(api: httpx.Client, query: str) -> None:
    answer = api.get(f"/v1/claims?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_the_last_day_of_a_span() -> None:
    import datetime

    first = datetime.date(2024, 1, 1)
    assert [str(last_day(first, one)) for one in ("day", "month", "quarter", "year")] == [
        "2024-01-01", "2024-01-31", "2024-03-31", "2024-12-31",
    ]  # fmt: skip
    assert str(last_day(datetime.date(2024, 2, 1), "month")) == "2024-02-29"


# Versions


@pytest_asyncio.fixture
async def twice(published: Connection, data: Path) -> Connection:
    """Two revisions: a figure is corrected, a statement reworded, a wave withdrawn."""
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    (data / "waves" / "umbrella-2023-04.toml").unlink()
    retire(data, "wave", "umbrella-2023-04")
    await publish_files(published, data)
    return published


async def versions(connection: Connection) -> list[tuple[Any, ...]]:
    rows = await connection.fetch("select * from ledger.claim_facet order by id, first_revision")
    return [tuple(one) for one in rows]


async def test_a_claim_has_a_version_only_where_it_says_something_else(twice: Connection) -> None:
    rows: list[asyncpg.Record] = await twice.fetch(
        "select wave, id, first_revision, last_revision from ledger.claim_facet"
    )

    ended = {one["wave"] for one in rows if one["last_revision"] == 1}
    assert {"globex-2023-09", "umbrella-2023-04"} <= ended
    edited = [one for one in rows if one["wave"] == "globex-2023-09"]
    # All other claims of the wave go on as they were.
    assert any(one["first_revision"] == 1 and one["last_revision"] > 2 for one in edited)
    assert any(one["first_revision"] == 2 for one in edited)
    for id_, group in itertools.groupby(
        sorted(rows, key=lambda one: one["id"]), lambda one: one["id"]
    ):
        spans = sorted((one["first_revision"], one["last_revision"]) for one in group)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans)), id_


async def test_claims_made_anew_are_the_same_to_the_byte(twice: Connection) -> None:
    before = await versions(twice)
    await twice.execute(
        "delete from ledger.claim_facet where kind = 'event'; "
        "update ledger.input set digest = 'of other code' where name = 'facets'"
    )

    assert await migrate.migrate(twice) is True
    assert await versions(twice) == before
