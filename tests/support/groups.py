"""A plain reading of statistics: which groups there are, and what each of them counts."""

from __future__ import annotations

import datetime
import itertools
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from support.filters import countries, matches
from support.lists import Document, Query

Json = dict[str, Any]
SINGLE = ["company", "industry", "status", "collection", "year", "quarter", "month"]
MULTIPLE = ["country", "driver", "driver_group", "role", "role_axis", "form", "speaker"]


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
    if dimension == "quarter":
        return None if precision == "year" else f"{on.year}-Q{(on.month + 2) // 3}"
    return f"{on:%Y-%m}" if precision in {"day", "month"} else None


KEYS: dict[str, Callable[[Document], list[str | None]]] = {
    "company": lambda wave: [wave["company"]["id"]],
    "industry": lambda wave: [wave["company"]["industry"]],
    "status": lambda wave: [wave["status"]],
    "collection": lambda wave: [wave["collection"]],
    "year": lambda wave: [period(wave, "year")],
    "quarter": lambda wave: [period(wave, "quarter")],
    "month": lambda wave: [period(wave, "month")],
    "country": lambda wave: [*countries(wave)],
    "form": lambda wave: wave["forms"],
    "driver": lambda wave: [one["driver"]["code"] for one in affirmed(wave)],
    "driver_group": lambda wave: [one["driver"]["group"] for one in affirmed(wave)],
    "speaker": lambda wave: [one["speaker"] for one in affirmed(wave)],
    "role": lambda wave: [one["role"]["code"] for one in cut(wave)],
    "role_axis": lambda wave: [one["role"]["axis"] for one in cut(wave)],
}


def expected(waves: list[Document], query: Query, group_by: list[str]) -> dict[Any, Json]:
    if all(name != "canonical" for name, _ in query):
        query = [*query, ("canonical", "true")]
    members = defaultdict(list)
    for wave in waves:
        if matches(wave, query):
            found = [sorted(set(KEYS[one](wave)), key=str) or [None] for one in group_by]
            for keys in itertools.product(*found):
                members[keys].append(wave)
    return {keys: group(found) for keys, found in members.items()}


def group(waves: list[Document]) -> Json:
    known = [wave["headcount"] for wave in waves if wave["headcount"]]
    lows = [one["low"] for one in known if one["low"] is not None]
    highs = [one["high"] for one in known if one["high"] is not None]
    return {
        "waves": len(waves),
        "companies": len({wave["company"]["id"] for wave in waves}),
        "waves_with_headcount": len(known),
        "headcount_low": sum(lows) if lows else None,
        "headcount_high": sum(highs) if highs and len(highs) == len(known) else None,
    }
