"""Every number of records in an answer is the number that the list behind it finds.

On the real data: the made-up records are too few for every case, such as a claim that is known to
be wrong next to one that holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from support.history import KINDS
from support.lists import everything

Json = dict[str, Any]
ACROSS = ("year", "status", "company", "country", "driver", "role", "form", "industry")
"""Dimensions of statistics whose keys are values of a filter of the same name, or nearly."""


def counted(client: httpx.Client, url: str, **filters: str) -> int:
    """Return how many records the list of an address finds."""
    parts = urlsplit(url)
    query = {**dict(httpx.QueryParams(parts.query)), "limit": "1", **filters}
    answer = client.get(parts.path, params=query)
    assert answer.status_code == 200, answer.text
    count: int = answer.json()["meta"]["count"]
    return count


def some(found: Iterable[str]) -> list[str]:
    """Return all of a few, or several dozen of many, from the first to the last."""
    every = list(found)
    return every[:: 1 + len(every) // 50]


@pytest.mark.parametrize("name", ["companies", "drivers", "roles", "collections"])
def test_waves_are_as_many_as_the_link_finds(real: httpx.Client, name: str) -> None:
    records = everything(real, f"/v1/{name}")
    said = {
        one["waves_url"]: one["totals"]["waves"] if "totals" in one else one["waves"]
        for one in records
    }

    for url in some(said):
        assert said[url] == counted(real, url), url
    assert len(said) == len(records) > 0
    assert sum(said.values()) > 0


def added_up(headcounts: list[Json], name: str) -> Json:
    """Add up what totals count of some headcounts."""
    lows = [one["counted_low"] for one in headcounts if one["counted_low"] is not None]
    highs = [one["counted_high"] for one in headcounts]
    return {
        f"{name}_low": sum(lows) if lows else None,
        f"{name}_high": sum(highs) if highs and None not in highs else None,
    }


def overlap(headcounts: list[Json]) -> Json:
    """Add up what totals leave out of some headcounts; unknown if one has no such bound."""
    found: Json = {}
    for bound in ("low", "high"):
        left_out = [
            one[bound] - one[f"counted_{bound}"]
            for one in headcounts
            if None not in {one[bound], one[f"counted_{bound}"]}
        ]
        is_whole = bound == "low" or len(left_out) == len(headcounts)
        found[f"overlap_{bound}"] = sum(left_out) if left_out and is_whole else None
    return found


def test_the_totals_of_a_company_are_those_of_its_waves(real: httpx.Client) -> None:
    waves = everything(real, "/v1/waves")
    for company in everything(real, "/v1/companies"):
        own = [one for one in waves if one["company"]["id"] == company["id"]]
        canonical = [one for one in own if one["canonical"]]
        known = [one["headcount"] for one in canonical if one["headcount"] is not None]
        days = [one["announced_on"] for one in own]
        assert company["totals"] == {
            "waves": len(own),
            "canonical_waves": len(canonical),
            "waves_with_headcount": len(known),
            **added_up(known, "headcount"),
            **{
                name: figure
                for kind in ("gross", "net", "affected", "unstated")
                for name, figure in added_up(
                    [one for one in known if (one["counts"] or "unstated") == kind], kind
                ).items()
            },
            **overlap(known),
            "first_announced_on": min(days, default=None),
            "last_announced_on": max(days, default=None),
        }, company["id"]


def test_a_source_supports_claims_of_the_waves_that_cite_it(real: httpx.Client) -> None:
    citing: dict[str, set[str]] = defaultdict(set)
    for wave in everything(real, "/v1/waves"):
        for one in wave["citations"]:
            citing[one["source"]["id"]].add(wave["id"])
    sources = everything(real, "/v1/sources")
    for source in sources:
        supported = {one["wave"] for one in source["supports"] if one["wave"] is not None}
        assert supported == citing[source["id"]], source["id"]
    for source in sources[::20]:
        found = counted(real, f"/v1/waves?source={source['id']}")
        assert found == len(citing[source["id"]]), source["id"]


def test_a_revision_counts_what_the_lists_have(real: httpx.Client) -> None:
    for revision in everything(real, "/v1/revisions"):
        number = str(revision["number"])
        for name, kind in KINDS.items():
            assert revision["counts"][kind] == counted(real, f"/v1/{name}", as_of=number)
            lines = real.get(f"/v1/{name}?format=ndjson&as_of={number}").text.splitlines()
            assert revision["counts"][kind] == len(lines)
        changes = everything(real, urlsplit(revision["changes_url"]).path)
        kinds = [one["change"] for one in changes if one["revision"] == revision["number"]]
        for change in ("added", "changed", "withdrawn"):
            assert revision[change] == kinds.count(change)


def test_coverage_counts_what_the_lists_have(real: httpx.Client) -> None:
    coverage = real.get("/v1/coverage").json()
    waves = everything(real, "/v1/waves")

    assert coverage["waves"] == counted(real, "/v1/waves")
    assert coverage["canonical_waves"] == counted(real, "/v1/waves?canonical=true")
    assert coverage["companies"] == len({one["company"]["id"] for one in waves})
    assert coverage["sources"] == counted(real, "/v1/sources")
    assert coverage["countries"] == len(
        {code for one in waves if one["scope"] is not None for code in one["scope"]["countries"]}
    )
    for one in coverage["years"]:
        period = f"announced_gte={one['year']}-01-01&announced_lte={one['year']}-12-31"
        found = f"/v1/waves?{period}&collection={one['collection']}"
        assert one["waves"] == counted(real, found)
    for one in coverage["standings"]:
        assert one["count"] == counted(real, f"/v1/sources?standing={one['name']}")
    for one in coverage["collections"]:
        assert one["waves"] == counted(real, f"/v1/waves?collection={one['id']}")
    archived = [one["archived_url"] for one in everything(real, "/v1/sources")]
    assert coverage["archived_sources"]["count"] == len(archived) - archived.count(None)


@pytest.mark.parametrize("dimension", ACROSS)
def test_a_group_of_statistics_has_the_waves_that_its_filter_finds(
    real: httpx.Client, dimension: str
) -> None:
    answer = real.get(f"/v1/statistics?group_by={dimension}").json()
    keyed = {one["keys"][dimension]: one["waves"] for one in answer["data"]}
    found = {value: waves for value, waves in keyed.items() if value is not None}

    assert found
    for value in some(found):
        query = f"{dimension}={value}"
        if dimension == "year":
            query = f"announced_gte={value}-01-01&announced_lte={value}-12-31"
        assert found[value] == counted(real, f"/v1/waves?canonical=true&{query}"), query
