"""A plain reading of the filters and sorts of waves, written independently of the SQL."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from support.lists import Document, Query

EXAMPLES = int(os.environ.get("LEDGER_FUZZ_EXAMPLES", "40"))
DERANDOMIZE = "LEDGER_FUZZ_SEED" not in os.environ
"""`make fuzz` brings a seed, everything else asks the same each time."""
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=DERANDOMIZE,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
FUZZ_REAL = settings(FUZZ, max_examples=EXAMPLES // 4)
"""Fewer: an answer of the real ledger takes long to read, and the made-up one covers more."""


def fuzz(ledger: str) -> settings:
    """Return how much to try on a ledger, by the name of its fixture."""
    return FUZZ_REAL if ledger == "real" else FUZZ


def affirmed(wave: Document, drivers: list[str]) -> bool:
    return any(
        claim["driver"]["code"] in drivers
        and claim["stance"] != "denies"
        and claim["rank"] != "deprecated"
        for claim in wave["drivers"]
    )


def supported(wave: Document, claim: Document, standings: list[str] | None) -> bool:
    """Return whether a source of one of these standings supports a claim."""
    places = {one["n"]: one["source"]["standing"] for one in wave["citations"]}
    return standings is None or any(places[n] in standings for n in claim["citations"])


AI = {"ai_automation", "ai_disruption", "ai_investment"}


def belongs(driver: Document, groups: list[str]) -> bool:
    return driver["group"] in groups or ("ai" in groups and driver["code"] in AI)


def says(wave: Document, query: dict[str, list[str]]) -> bool:
    """Match speaker, stance, weight and standing on one and the same claim of the driver, or of the group."""
    drivers, groups = query.get("driver"), query.get("driver_group")
    speakers, stances, weights = (query.get(name) for name in ("speaker", "stance", "weight"))
    if stances is None:
        stances = ["states", "reports"] if drivers or groups else ["states", "reports", "denies"]
    fitting = [
        claim["driver"]
        for claim in wave["drivers"]
        if (speakers is None or claim["speaker"] in speakers)
        and claim["stance"] in stances
        and (weights is None or claim["weight"] in weights)
        and claim["rank"] != "deprecated"
        and supported(wave, claim, query.get("standing"))
    ]
    if drivers is not None and not any(one["code"] in drivers for one in fitting):
        return False
    if groups is not None and not any(belongs(one, groups) for one in fitting):
        return False
    return bool(fitting)


def cuts(
    wave: Document,
    roles: list[str] | None,
    effects: list[str],
    standings: list[str] | None = None,
) -> bool:
    return any(
        (roles is None or claim["role"]["code"] in roles)
        and claim["effect"] in effects
        and claim["rank"] != "deprecated"
        and supported(wave, claim, standings)
        for claim in wave["roles"]
    )


def countries(wave: Document) -> list[str]:
    return wave["scope"]["countries"] if wave["scope"] else []


def subdivisions(wave: Document) -> list[str]:
    return wave["scope"]["subdivisions"] if wave["scope"] else []


def counts(wave: Document) -> str | None:
    return (wave["headcount"]["counts"] or "unstated") if wave["headcount"] else None


def bound(wave: Document, figure: str, which: str) -> float | None:
    return wave[figure][which] if wave[figure] else None


def share_of(wave: Document) -> str | None:
    return wave["share"] and ("company" if wave["share"]["base"] is None else "part")


def at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least


def at_most(value: float | None, most: float) -> bool:
    return value is not None and value <= most


def is_known(wave: Document) -> bool:
    return wave["headcount"] is not None


ORACLE: dict[str, Callable[[Document, list[str]], bool]] = {
    "company": lambda wave, values: wave["company"]["id"] in values,
    "company_not": lambda wave, values: wave["company"]["id"] not in values,
    "driver_not": lambda wave, values: not affirmed(wave, values),
    "role_not": lambda wave, values: not cuts(wave, values, ["cut"]),
    "industry": lambda wave, values: wave["company"]["industry"] in values,
    "country": lambda wave, values: bool(set(countries(wave)) & set(values)),
    "country_not": lambda wave, values: not set(countries(wave)) & set(values),
    "subdivision": lambda wave, values: bool(set(subdivisions(wave)) & set(values)),
    "counts": lambda wave, values: counts(wave) in values,
    "company_country": lambda wave, values: wave["company"]["country"] in values,
    "status": lambda wave, values: wave["status"] in values,
    "status_not": lambda wave, values: wave["status"] not in values,
    "form": lambda wave, values: bool(set(wave["forms"]) & set(values)),
    "collection": lambda wave, values: wave["collection"] in values,
    "source": lambda wave, values: any(one["source"]["id"] in values for one in wave["citations"]),
    "announced_gte": lambda wave, values: wave["announced_on"] >= values[0],
    "announced_lte": lambda wave, values: wave["announced_on"] <= values[0],
    "headcount_gte": lambda wave, values: at_least(
        bound(wave, "headcount", "low"), float(values[0])
    ),
    "headcount_lte": lambda wave, values: at_most(
        bound(wave, "headcount", "high"), float(values[0])
    ),
    "share_gte": lambda wave, values: at_least(bound(wave, "share", "low"), float(values[0])),
    "share_lte": lambda wave, values: at_most(bound(wave, "share", "high"), float(values[0])),
    "share_of": lambda wave, values: share_of(wave) in values,
    "headcount_known": lambda wave, values: is_known(wave) is (values[0] == "true"),
    "canonical": lambda wave, values: str(wave["canonical"]).lower() in values,
}


BY_DRIVER = {"driver", "driver_group", "speaker", "stance", "weight"}


def matches(wave: Document, query: Query) -> bool:
    grouped: dict[str, list[str]] = {}
    for name, value in query:
        grouped.setdefault(name, []).extend(value.split(","))
    if BY_DRIVER & grouped.keys() and not says(wave, grouped):
        return False
    if {"role", "effect"} & grouped.keys():
        default = ["cut"] if "role" in grouped else ["cut", "spared", "hired"]
        effects = grouped.get("effect", default)
        if not cuts(wave, grouped.get("role"), effects, grouped.get("standing")):
            return False
    elif "standing" in grouped and not BY_DRIVER & grouped.keys():
        found = {one["source"]["standing"] for one in wave["citations"]}
        if not found & set(grouped["standing"]):
            return False
    return all(ORACLE[name](wave, values) for name, values in grouped.items() if name in ORACLE)


def sort_key(name: str) -> Callable[[Document], Any]:
    field = name.removeprefix("-")
    if field == "headcount":
        # Unknown comes last in both directions.
        least = -1 if name.startswith("-") else 2**31 - 1

        def headcount(wave: Document) -> tuple[Any, str]:
            low, high = bound(wave, "headcount", "low"), bound(wave, "headcount", "high")
            known = low if low is not None else high
            return (least if known is None else known, wave["id"])

        return headcount
    if field == "share":
        outside = -1 if name.startswith("-") else 2

        def share(wave: Document) -> tuple[Any, str]:
            known = bound(wave, "share", "low") if share_of(wave) == "company" else None
            return (outside if known is None else known, wave["id"])

        return share
    return lambda wave: (wave[field], wave["id"])


def expected(waves: list[Document], query: Query, sort: str) -> list[str]:
    kept = [wave for wave in waves if matches(wave, query)]
    kept.sort(key=sort_key(sort), reverse=sort.startswith("-"))
    return [wave["id"] for wave in kept]


def choices(waves: list[Document]) -> dict[str, list[str]]:
    """Return for each parameter the values that occur, so that most queries match something."""
    companies = sorted({wave["company"]["id"] for wave in waves})
    drivers = sorted({claim["driver"]["code"] for wave in waves for claim in wave["drivers"]})
    groups = {claim["driver"]["group"] for wave in waves for claim in wave["drivers"]}
    roles = sorted({claim["role"]["code"] for wave in waves for claim in wave["roles"]})
    named = sorted({country for wave in waves for country in countries(wave)})
    statuses = sorted({wave["status"] for wave in waves})
    places = sorted({one for wave in waves for one in subdivisions(wave)})
    found = {
        "company": companies,
        "company_not": companies,
        "driver": drivers,
        "driver_not": drivers,
        "driver_group": ["ai", *sorted(groups)],
        "speaker": ["company", "press", "analyst", "regulator", "union"],
        "stance": ["states", "reports", "denies"],
        "weight": ["primary", "contributing", "context"],
        "standing": ["primary", "established", "republication", "secondary", "machine_summary"],
        "role": roles,
        "role_not": roles,
        "effect": ["cut", "spared", "hired"],
        "industry": sorted({wave["company"]["industry"] or "51" for wave in waves}),
        "country": named,
        "country_not": named,
        "company_country": sorted({wave["company"]["country"] or "US" for wave in waves}),
        "status": statuses,
        "status_not": statuses,
        "form": sorted({form for wave in waves for form in wave["forms"]}),
        "collection": ["curated"],
        "source": sorted({one["source"]["id"] for wave in waves for one in wave["citations"]}),
        "counts": ["gross", "net", "affected", "unstated"],
        "share_of": ["company", "part"],
        "subdivision": places,
    }
    return {name: values for name, values in found.items() if values}


SCALARS: dict[str, st.SearchStrategy[str]] = {
    "announced_gte": st.dates(datetime.date(2008, 1, 1), datetime.date(2026, 6, 1)).map(str),
    "announced_lte": st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 12, 1)).map(str),
    "headcount_gte": st.integers(1, 20_000).map(str),
    "headcount_lte": st.integers(1, 20_000).map(str),
    "share_gte": st.sampled_from(["0.05", "0.1", "0.12", "0.5", "1"]),
    "share_lte": st.sampled_from(["0.05", "0.1", "0.12", "0.5", "1"]),
    "headcount_known": st.sampled_from(["true", "false"]),
    "canonical": st.sampled_from(["true", "false", "true,false"]),
}


SORTS = [
    *("-announced_on", "announced_on", "-headcount", "headcount", "-share", "share", "id", "-id"),
]


@st.composite
def queries(draw: st.DrawFn, known: dict[str, list[str]]) -> Query:
    names = draw(st.lists(st.sampled_from([*known, *SCALARS]), max_size=4, unique=True))
    query: Query = []
    for name in names:
        if name in SCALARS:
            query.append((name, draw(SCALARS[name])))
            continue
        values = draw(st.lists(st.sampled_from(known[name]), min_size=1, max_size=4, unique=True))
        if draw(st.booleans()):
            query.append((name, ",".join(values)))
        else:
            query += [(name, value) for value in values]
    return in_order(query)


def in_order(query: Query) -> Query:
    """Swap bounds of dates with no day between them, which are refused."""
    bounds = dict(query)
    first, last = bounds.get("announced_gte"), bounds.get("announced_lte")
    if first is None or last is None or first <= last:
        return query
    swapped = {"announced_gte": last, "announced_lte": first}
    return [(name, swapped.get(name, value)) for name, value in query]
