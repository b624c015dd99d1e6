"""A plain reading of statistics: which groups there are, and what each of them counts."""

from __future__ import annotations

import calendar
import datetime
import functools
import itertools
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pycountry

from support.filters import belongs, countries, counts, matches, subdivisions, supported
from support.lists import Document, Query

Json = dict[str, Any]
Bounds = tuple[int | None, int | None]
TIMES = ["year", "quarter", "month", "week"]
SINGLE = ["company", "industry", "company_country", "status", "collection", "size_band", *TIMES]
MULTIPLE = [
    "country",
    "subdivision",
    "driver",
    "driver_group",
    "role",
    "role_axis",
    "form",
    "speaker",
]


def affirmed(wave: Document) -> list[Document]:
    return [
        one for one in wave["drivers"] if one["stance"] != "denies" and one["rank"] != "deprecated"
    ]


def cut(wave: Document) -> list[Document]:
    return [one for one in wave["roles"] if one["effect"] == "cut" and one["rank"] != "deprecated"]


def period(wave: Document, dimension: str) -> str | None:
    on = datetime.date.fromisoformat(wave["announced_on"])
    precision = wave["announced_precision"]
    if dimension == "year":
        return str(on.year)
    if dimension == "week":
        year, week, _ = on.isocalendar()
        return f"{year}-W{week:02}" if precision == "day" else None
    if dimension == "quarter":
        return None if precision == "year" else f"{on.year}-Q{(on.month + 2) // 3}"
    return f"{on:%Y-%m}" if precision in {"day", "month"} else None


BANDS = [(1, 49), (50, 249), (250, 999), (1000, 9999), (10_000, 99_999)]


def size_band(wave: Document) -> str | None:
    """Return the band of all sizes that the whole company may have had before the cut."""
    for one in wave["magnitudes"]:
        if (one["measure"], one["rank"], one["base"]) == ("workforce_before", "preferred", None):
            low = 1 if one["low"] is None else one["low"]
            high = 10**9 if one["high"] is None else one["high"]
            if low >= 100_000:
                return "100000+"
            fitting = [f"{least}-{most}" for least, most in BANDS if least <= low <= high <= most]
            return fitting[0] if fitting else None
    return None


KEYS: dict[str, Callable[[Document], list[str | None]]] = {
    "company": lambda wave: [wave["company"]["id"]],
    "industry": lambda wave: [wave["company"]["industry"]],
    "company_country": lambda wave: [wave["company"]["country"]],
    "status": lambda wave: [wave["status"]],
    "collection": lambda wave: [wave["collection"]],
    "year": lambda wave: [period(wave, "year")],
    "quarter": lambda wave: [period(wave, "quarter")],
    "month": lambda wave: [period(wave, "month")],
    "week": lambda wave: [period(wave, "week")],
    "size_band": lambda wave: [size_band(wave)],
    "country": lambda wave: [*countries(wave)],
    "subdivision": lambda wave: [*subdivisions(wave)],
    "form": lambda wave: wave["forms"],
    "driver": lambda wave: [one["driver"]["code"] for one in affirmed(wave)],
    "driver_group": lambda wave: [one["driver"]["group"] for one in affirmed(wave)],
    "speaker": lambda wave: [one["speaker"] for one in affirmed(wave)],
    "role": lambda wave: [one["role"]["code"] for one in cut(wave)],
    "role_axis": lambda wave: [one["role"]["axis"] for one in cut(wave)],
}


Asked = dict[str, list[str]]
Value = Callable[[Document], str]
CLAIMED: dict[str, tuple[str, set[str], dict[str, Value]]] = {
    "drivers": (
        "stance",
        {"states", "reports"},
        {
            "driver": lambda claim: claim["driver"]["code"],
            "driver_group": lambda claim: claim["driver"]["group"],
            "speaker": lambda claim: claim["speaker"],
        },
    ),
    "roles": (
        "effect",
        {"cut"},
        {
            "role": lambda claim: claim["role"]["code"],
            "role_axis": lambda claim: claim["role"]["axis"],
        },
    ),
}
"""Claims of a wave → what is affirmed or cut, and what waves are grouped by."""


def claimed(wave: Document, kind: str, asked: Asked) -> list[Document]:
    """Return the claims that meet all conditions on a claim."""
    part, affirming, _ = CLAIMED[kind]
    others = [name for name in ("speaker", "weight") if kind == "drivers" and name in asked]
    found = [
        one
        for one in wave[kind]
        if one[part] in asked.get(part, affirming)
        and all(one[name] in asked[name] for name in others)
        and one["rank"] != "deprecated"
        and supported(wave, one, asked.get("standing"))
    ]
    if kind == "roles":
        return [
            one for one in found if one["role"]["code"] in asked.get("role", [one["role"]["code"]])
        ]
    tests: list[Callable[[Document], bool]] = []
    if "driver" in asked:
        tests.append(lambda claim: claim["driver"]["code"] in asked["driver"])
    if "driver_group" in asked:
        tests.append(lambda claim: belongs(claim["driver"], asked["driver_group"]))
    return [one for one in found if not tests or any(test(one) for test in tests)]


def of_every_question(claims: list[Document], asked: Asked) -> list[Document]:
    """Keep the claims of speakers who match both questions about a reason."""
    if not {"driver", "driver_group"} <= asked.keys():
        return claims
    by_driver = {one["speaker"] for one in claims if one["driver"]["code"] in asked["driver"]}
    by_group = {one["speaker"] for one in claims if belongs(one["driver"], asked["driver_group"])}
    return [one for one in claims if one["speaker"] in by_driver & by_group]


def keys_of(wave: Document, group_by: list[str], asked: Asked) -> list[dict[str, str | None]]:
    """Return the groups of a wave: values from one claim stay together."""
    found: list[dict[str, str | None]] = [{}]
    kinds = {name: kind for kind, (_, _, values) in CLAIMED.items() for name in values}
    for name in group_by:
        if name not in kinds:
            own: list[str | None] = sorted(set(KEYS[name](wave)), key=str) or [None]
            found = [{**keys, name: one} for keys in found for one in own]
    for kind, (_, _, values) in CLAIMED.items():
        names = [name for name in group_by if name in values]
        claims = claimed(wave, kind, asked)
        if "speaker" in names:
            claims = of_every_question(claims, asked)
        rows: set[tuple[str | None, ...]] = {
            tuple(values[name](one) for name in names) for one in claims
        }
        if names:
            found = [
                {**keys, **dict(zip(names, row, strict=True))}
                for keys in found
                for row in rows or {(None,) * len(names)}
            ]
    return found


def grouped_values(query: Query) -> Asked:
    asked: Asked = {}
    for name, value in query:
        asked.setdefault(name, []).extend(value.split(","))
    return asked


def expected(
    waves: list[Document], query: Query, group_by: list[str], *, cumulative: bool = False
) -> dict[Any, Json]:
    if all(name != "canonical" for name, _ in query):
        query = [*query, ("canonical", "true")]
    matching = [wave for wave in waves if matches(wave, query)]
    members = defaultdict(list)
    spans = {
        name: sorted({span for one in matching if (span := period(one, name)) is not None})
        for name in group_by
        if cumulative and name in TIMES
    }
    asked = grouped_values(query)
    for wave in matching:
        for keys in keys_of(wave, group_by, asked):
            own = [[keys[name]] for name in group_by]
            for place, name in enumerate(group_by):
                first = own[place][0]
                if name in spans and first is not None:
                    own[place] = [span for span in spans[name] if span >= first]
            for one in itertools.product(*own):
                members[one].append(wave)
    is_of_cuts = asked.get("effect", ["cut"]) == ["cut"] and "standing" not in asked
    return {
        keys: group(found, dict(zip(group_by, keys, strict=True)), is_of_cuts=is_of_cuts)
        for keys, found in members.items()
    }


def spread(waves: list[Document], of: str) -> Json:
    """Return textbook quartiles, including the ends, of what is known."""
    if of == "headcount":
        values = [counted(one)[0] or 0 for one in waves if one["headcount"]]
    else:
        shares = [one["share"] for one in waves if one["share"] and one["share"]["base"] is None]
        values = [one["low"] or 0 for one in shares]
    values = sorted(value for value in values if value)
    cuts: list[Any] = [None] * 3
    if values:
        # A single value is each of its quartiles.
        cuts = statistics.quantiles(values * (1 + (len(values) == 1)), n=4, method="inclusive")
    return {
        f"{of}_values": len(values),
        f"{of}_min": min(values, default=None),
        f"{of}_max": max(values, default=None),
        **dict(zip((f"{of}_q1", f"{of}_median", f"{of}_q3"), cuts, strict=True)),
    }


KINDS = ["gross", "net", "affected", "unstated"]


def total(figures: list[Bounds]) -> Bounds:
    """Add bounds: the lower ones that are known, and the upper ones if all are."""
    lows = [low for low, _ in figures if low is not None]
    highs = [high for _, high in figures if high is not None]
    all_known = bool(highs) and len(highs) == len(figures)
    return (sum(lows) if lows else None, sum(highs) if all_known else None)


def group(waves: list[Document], keys: dict[str, str | None], *, is_of_cuts: bool = True) -> Json:
    known = [wave for wave in waves if wave["headcount"]]
    of = {kind: [one for one in known if counts(one) == kind] for kind in KINDS}
    sums = {
        "headcount": total([counted(one) for one in known]),
        **{f"headcount_{kind}": total([counted(one) for one in of[kind]]) for kind in KINDS},
        "headcount_stated": (None, None),
    }
    number = None
    having = [name for name in keys if name in STATED]
    if len(having) == 1 and (is_of_cuts or having != ["role"]):
        (name,) = having
        figures = [STATED[name](wave).get(keys[name]) for wave in waves]
        number = sum(figure is not None for figure in figures)
        sums["headcount_stated"] = total([figure for figure in figures if figure is not None])
    return {
        "waves": len(waves),
        "companies": len({wave["company"]["id"] for wave in waves}),
        "waves_with_headcount": len(known),
        "waves_with_stated_headcount": number,
        **{f"{name}_low": low for name, (low, _) in sums.items()},
        **{f"{name}_high": high for name, (_, high) in sums.items()},
    }


def counted(wave: Document) -> Bounds:
    return wave["headcount"]["counted_low"], wave["headcount"]["counted_high"]


def stated_of_place(wave: Document, places: str, whole: list[str]) -> dict[str | None, Bounds]:
    """Read what is stated for one place: a figure that names only it, or a wave all of it there."""
    found: dict[str | None, list[Document]] = defaultdict(list)
    for claim in wave["magnitudes"]:
        if claim["measure"] != "headcount" or claim["rank"] == "deprecated":
            continue
        named = claim[places]
        if not named and claim["rank"] == "preferred":
            named = whole
        if len(named) == 1:
            found[named[0]].append(claim)
    return {place: of_place(place, claims) for place, claims in found.items()}


def of_place(place: str | None, claims: list[Document]) -> Bounds:
    """Read figures of the whole place, or else of parts of it, which may overlap.

    Preferred figures are read alone, if there are any.
    """
    claims = [one for one in claims if one["rank"] == "preferred"] or claims
    names = names_of(place)
    whole = [one for one in claims if one["base"] is None or one["base"].lower() in names]
    if whole:
        return widest(whole)
    parts = [
        widest([one for one in claims if one["base"] == base])
        for base in {one["base"] for one in claims}
    ]
    return max((low for low, _ in parts if low is not None), default=None), total(parts)[1]


@functools.cache
def names_of(place: str | None) -> set[str]:
    """Return what a country or a subdivision is called, in lower case."""
    found = [one for one in pycountry.countries if one.alpha_2 == place]
    found += [one for one in pycountry.subdivisions if one.code == place]
    names = {str(value).lower() for one in found for _, value in one}
    return names | {f"the {name}" for name in names}


def widest(claims: list[Document]) -> Bounds:
    """Return the bounds that hold whichever of some claims about the same jobs is right."""
    lows = [one["low"] for one in claims if one["low"] is not None]
    highs = [one["high"] for one in claims]
    return (min(lows) if lows else None, None if None in highs else max(highs))


def of_countries(wave: Document) -> dict[str | None, Bounds]:
    scope = wave["scope"]
    whole = scope["countries"] if scope and not scope["worldwide"] else []
    return stated_of_place(wave, "countries", whole)


def of_subdivisions(wave: Document) -> dict[str | None, Bounds]:
    return stated_of_place(wave, "subdivisions", [])


def of_roles(wave: Document) -> dict[str | None, Bounds]:
    """Read what is stated for each role: the sum within a source, and bounds across sources."""
    sources = {one["n"]: one["source"]["id"] for one in wave["citations"]}
    found: dict[str | None, Counter[str]] = defaultdict(Counter)
    for claim in cut(wave):
        if claim["headcount"] is not None:
            for source in {sources[n] for n in claim["citations"]}:
                found[claim["role"]["code"]][source] += claim["headcount"]
    return {role: (min(jobs.values()), max(jobs.values())) for role, jobs in found.items()}


STATED: dict[str, Callable[[Document], dict[str | None, Bounds]]] = {
    "country": of_countries,
    "subdivision": of_subdivisions,
    "role": of_roles,
}


def busiest(days: list[datetime.date], months: int) -> tuple[int, datetime.date, datetime.date]:
    """Return the most days in any window of some months, and the first and last of that window."""
    best: tuple[int, datetime.date, datetime.date] | None = None
    for first in sorted(days):
        month = first.month - 1 + months
        year, month = first.year + month // 12, month % 12 + 1
        end = datetime.date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
        inside = [day for day in days if first <= day < end]
        if best is None or len(inside) > best[0]:
            best = len(inside), first, max(inside)
    assert best is not None
    return best
