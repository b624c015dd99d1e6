"""Sums are sums: what a figure includes is counted once, and a part gets nobody else's jobs.

The made-up waves are in `fixtures/overlaps`; the numbers for each were added up by hand.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from layoff_ledger.curation import read, rules
from layoff_ledger.resources.claims import stated_headcounts
from support.lists import Document, everything, walk
from support.revisions import FIXTURE

LEDGERS = pytest.mark.parametrize("ledger", ["overlapping", "real"])
DIMENSIONS = ["year", "company", "country", "subdivision", "role", "driver", "driver_group"]


@pytest.fixture
def client(ledger: str, request: pytest.FixtureRequest) -> httpx.Client:
    found: httpx.Client = request.getfixturevalue(ledger)
    return found


def group(client: httpx.Client, query: str, **keys: str) -> dict[str, Any]:
    """Return the one group with these keys."""
    answer = client.get(f"/v1/statistics?{query}&group_by={','.join(keys)}")
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json()["data"] if one["keys"] == keys]
    return dict(found)


def test_the_made_up_overlaps_break_no_rule(overlapping_folder: Any) -> None:
    before = {str(one) for one in rules.validate(read.read(FIXTURE))}

    assert {str(one) for one in rules.validate(read.read(overlapping_folder))} <= before


@pytest.mark.parametrize(
    ("wave", "low", "high"),
    [
        ("hooli-2023-02", 1000, 1000),
        # 3,000 in all, of which 2,000 are new, as the company says.
        ("hooli-2023-05", 2000, 2000),
        # 4,000 to 5,000 in all; the 3,000 of May contain the 1,000 of February.
        ("hooli-2023-08", 1000, 2000),
    ],
)
def test_a_cumulative_figure_counts_what_is_new(
    overlapping: httpx.Client, wave: str, low: int, high: int
) -> None:
    headcount = overlapping.get(f"/v1/waves/{wave}").json()["headcount"]

    assert (headcount["counted_low"], headcount["counted_high"]) == (low, high)


def test_a_company_and_its_group_say_what_the_largest_figure_says(
    overlapping: httpx.Client,
) -> None:
    totals = overlapping.get("/v1/companies/hooli").json()["totals"]
    found = group(overlapping, "company=hooli", company="hooli")

    assert (totals["headcount_low"], totals["headcount_high"]) == (4000, 5000)
    assert (totals["gross_low"], totals["gross_high"]) == (4000, 5000)
    assert (found["headcount_low"], found["headcount_high"]) == (4000, 5000)
    assert (found["headcount_net_low"], found["headcount_unstated_low"]) == (None, None)


def test_what_is_counted_differently_is_added_apart(overlapping: httpx.Client) -> None:
    found = group(overlapping, "company=umbrella", company="umbrella")
    (net,) = [
        one["id"] for one in overlapping.get("/v1/waves?counts=net&company=umbrella").json()["data"]
    ]

    assert (found["headcount_net_low"], found["headcount_net_high"]) == (100, 150)
    assert (found["headcount_unstated_low"], found["headcount_gross_low"]) == (500, None)
    assert net == "umbrella-2023-06"


def test_a_place_and_a_role_have_what_is_stated_of_them(overlapping: httpx.Client) -> None:
    germany = group(overlapping, "", country="DE")
    california = group(overlapping, "", subdivision="US-CA")
    westphalia = group(overlapping, "", subdivision="DE-NW")
    recruiting = group(overlapping, "", role="recruiting")

    # 200 of Hooli's 1,000, and Umbrella's two waves, which fall there as a whole: 500, 100 to 150.
    assert (germany["headcount_stated_low"], germany["headcount_stated_high"]) == (800, 850)
    assert germany["waves_with_stated_headcount"] == 3
    assert (california["headcount_stated_low"], california["headcount_stated_high"]) == (40, 60)
    # The scope of a wave names Westphalia, but no figure does.
    assert westphalia["headcount_stated_low"] is westphalia["headcount_stated_high"] is None
    # 150 of Globex and 30 of Hooli; a third wave says nothing of how many.
    assert (recruiting["headcount_stated_low"], recruiting["headcount_stated_high"]) == (180, 180)
    assert (recruiting["waves"], recruiting["waves_with_stated_headcount"]) == (3, 2)


@pytest.mark.parametrize(
    ("query", "keys", "stated"),
    [
        # One source counts 1,600 pilots and 8,100 flight attendants; another one 15,000 who build
        # networks and 10,000 who service them.
        ("company=american-airlines&announced=2020-08", {"role": "air_and_sea_crew"}, (9700, 9700)),
        ("company=bt&announced=2023", {"role": "construction_and_maintenance"}, (25000, 25000)),
        # 136 of more than 300, 50 of 840, 450 of 1,100: the others are elsewhere.
        ("company=roku&announced=2023-09", {"subdivision": "US-CA"}, (136, 136)),
        ("company=rivian&announced=2022", {"subdivision": "US-IL"}, (50, 50)),
        ("company=spirit-aerosystems&announced=2020-07", {"subdivision": "US-KS"}, (450, 450)),
        ("company=spirit-aerosystems&announced=2020-01", {"subdivision": "US-KS"}, (2800, 2800)),
        # The 10,000 of the whole department are not those of the site in Maryland that a report
        # names.
        ("company=us-hhs&announced=2025-03", {"subdivision": "US-MD"}, (None, None)),
        # Its sources name one country, and say that others are hit as well.
        ("company=amdocs&announced=2026-05", {"country": "IL"}, (None, None)),
        ("company=nordea&announced=2017", {"country": "NO"}, (None, None)),
        ("company=roku&announced=2023-09", {"country": "US"}, (136, 136)),
        # A part of the cut is there, or is named there, and nothing is known about the rest.
        ("company=acrisure&announced=2025-10", {"country": "US"}, (200, 200)),
        ("company=spirit-aerosystems&announced=2020-07", {"country": "US"}, (450, 450)),
        ("company=meta&announced=2025-10", {"country": "US"}, (None, None)),
        # Several parts: of four states 240, 67, 29 and 21; of a company and its subsidiary 493 and
        # 117. They may overlap, so there are as many as in the largest, at most all together.
        ("company=block&announced=2025-03", {"country": "US"}, (240, 357)),
        ("company=intuit&announced=2026-05", {"subdivision": "US-CA"}, (493, 610)),
        # 5,000 in Germany, of which 2,000 in one division; 1,400 in Belgium, and contractors.
        ("company=siemens&announced=2013-09", {"country": "DE"}, (5000, 5000)),
        ("company=kbc&announced=2019-09", {"country": "BE"}, (1400, 1400)),
    ],
)
def test_what_is_stated_of_a_part_is_no_more_than_its_sources_say(
    real: httpx.Client,
    query: str,
    keys: dict[str, str],
    stated: tuple[int | None, int | None],
) -> None:
    found = group(real, query, **keys)

    assert (found["headcount_stated_low"], found["headcount_stated_high"]) == stated


def test_figures_of_a_whole_country_are_about_the_same_jobs_however_they_name_it() -> None:
    def figure(base: str | None, low: int, high: int, rank: str = "preferred") -> SimpleNamespace:
        return SimpleNamespace(
            measure="headcount", rank=rank, base=base, countries=["DE"], low=low, high=high
        )

    def stated(*figures: SimpleNamespace) -> dict[str, list[int | None]]:
        wave = SimpleNamespace(magnitudes=figures)
        return stated_headcounts(wave, lambda one: list(one.countries), [])

    part = figure("its plant in Ulm", 300, 400)
    assert stated(figure(None, 900, 1000), figure("Germany", 1000, 1200), part) == {
        "DE": [900, 1200]
    }
    assert stated(figure("Germany", 1000, 1200), part) == {"DE": [1000, 1200]}
    assert stated(part, figure("its plant in Bonn", 100, 150)) == {"DE": [300, 550]}


def test_a_reason_has_no_jobs_of_its_own(overlapping: httpx.Client) -> None:
    for one in overlapping.get("/v1/statistics?group_by=driver").json()["data"]:
        assert one["headcount_stated_low"] is one["headcount_stated_high"] is None
        assert one["waves_with_stated_headcount"] is None


def test_where_cuts_fall_is_a_filter(overlapping: httpx.Client) -> None:
    page = overlapping.get("/v1/waves?subdivision=US-CA,US-TX").json()
    unknown = overlapping.get("/v1/waves?subdivision=US-XX")

    assert [one["id"] for one in page["data"]] == ["hooli-2023-02"]
    assert unknown.status_code == 400


def test_a_group_of_reasons_and_the_umbrella_over_them_are_filters(
    overlapping: httpx.Client,
) -> None:
    def ids(query: str) -> set[str]:
        return {one["id"] for one in walk(overlapping, "/v1/waves", parse_qsl(query))}

    assert ids("driver_group=ai") == ids("driver=ai_automation")
    assert ids("driver_group=financial") == ids("driver=cost_control")
    assert ids("driver_group=ai&speaker=company") == {"globex-2023-09"}


def test_amazon_is_57000(real: httpx.Client) -> None:
    """27,000 in 2022 and 2023, 30,000 in 2025 and 2026; a hundred more came in March 2026."""
    totals = real.get("/v1/companies/amazon").json()["totals"]
    found = group(real, "company=amazon", company="amazon")
    years = "announced_gte=2022-01-01&announced_lte=2026-01-31"
    until = group(real, f"company=amazon&{years}", company="amazon")

    assert totals["headcount_low"] == found["headcount_low"]
    assert until["headcount_low"] == 57_000


def preferred_headcount(wave: Document) -> Document | None:
    """Return the preferred claim of how many jobs a wave has."""
    return next(
        (
            claim
            for claim in wave["magnitudes"]
            if claim["measure"] == "headcount" and claim["rank"] == "preferred"
        ),
        None,
    )


@LEDGERS
def test_no_canonical_pair_is_counted_twice(client: httpx.Client) -> None:
    """What a figure counts is at most what exceeds the waves that it includes.

    A figure of a part, such as Europe, includes only some jobs of a wave of the whole company:
    there it is at most what the source calls new.
    """
    waves = {one["id"]: one for one in everything(client, "/v1/waves")}
    claims = {
        id_: claim
        for id_, wave in waves.items()
        if (claim := preferred_headcount(wave)) is not None
    }
    cumulative = [
        wave
        for id_, wave in waves.items()
        if wave["canonical"] and id_ in claims and claims[id_]["includes"]
    ]
    assert cumulative

    for wave in cumulative:
        figure, claim = wave["headcount"], claims[wave["id"]]
        largest = figure["high"] if figure["high"] is not None else figure["low"]
        # One without a figure adds nothing.
        counted = {one for one in claim["includes"] if waves[one]["canonical"] and one in claims}
        whole = {one for one in counted if claim["base"] in {None, claims[one]["base"]}}
        most = largest - sum(waves[one]["headcount"]["counted_low"] or 0 for one in whole)
        if counted != whole:
            most = min(most, claim["increment"])
        assert figure["counted_low"] <= max(0, most), wave["id"]


@LEDGERS
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_no_upper_bound_is_below_its_lower_one(client: httpx.Client, dimension: str) -> None:
    answer = client.get(f"/v1/statistics?group_by={dimension}&canonical=true,false").json()
    names = answer["data"][0].keys()
    lower = [one.removesuffix("_low") for one in names if one.endswith("_low")]
    bounds = [one for one in lower if f"{one}_high" in names]

    assert len(bounds) == 6
    for one in answer["data"]:
        for name in bounds:
            low, high = one[f"{name}_low"], one[f"{name}_high"]
            assert low is None or high is None or low <= high, (one["keys"], name)


@LEDGERS
def test_kinds_of_counting_add_up_to_the_plain_sum(client: httpx.Client) -> None:
    for one in client.get("/v1/statistics?group_by=year").json()["data"]:
        kinds = [one[f"headcount_{kind}_low"] for kind in ("gross", "net", "affected", "unstated")]
        known = [low for low in kinds if low is not None]
        assert one["headcount_low"] == (sum(known) if known else None)
