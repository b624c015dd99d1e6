"""Answers of the API → what an assistant gets: the same, but smaller.

Null, empty and repeated values are left out, and citations become short lines. No figure is
computed here, and the upper end of a known range stays, even if it is unknown (null). A date is as
precise as its source: `2026-01` and not the first day of that month.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import date_text

MAX_SOURCES = 3
"""Sources of a wave in a list; the wave itself has all of them."""
# What an assistant cannot use, or has elsewhere in the answer; dates say how precise they are.
_LEFT_OUT = frozenset({
    "revision", "published_at", "license", "url", "links", "waves_url", "notices_url",
    "history_url", "form_citations", "score", "filled", "precision", "stated_precision",
    "published_precision", "announced_precision", "retrieved_on", "archived_url", "next_cursor",
})  # fmt: skip
_PRECISION = "precision"
_MARK = re.compile(r"</?mark>")


def pruned(value: Any) -> Any:
    """Leave out what says nothing: null, empty text, empty lists and objects."""
    if isinstance(value, list):
        return [pruned(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, one in _as_known(value).items():
        smaller = pruned(one)
        is_open_end = one is None and name.endswith("high") and _has_low(value, name)
        if name not in _LEFT_OUT and (is_open_end or smaller not in (None, [], {}, "")):
            kept[name] = smaller
    return kept


def _as_known(record: Json) -> Json:
    """Write the dates of a record as precisely as they are known: `2023-Q1`, `2023`."""
    written = {}
    for name, precision in record.items():
        if not precision or not name.endswith(_PRECISION):
            continue
        on = f"{name.removesuffix(_PRECISION)}on"
        if day := record.get(on):
            written[on] = date_text(datetime.date.fromisoformat(day), precision)
    return {**record, **written} if written else record


def _has_low(record: Json, name: str) -> bool:
    """Return whether null at the upper end of a range means "at least"."""
    return record.get(f"{name.removesuffix('high')}low") is not None


def source_lines(citations: list[Json]) -> list[Json]:
    """Return citations as an assistant repeats them; claims refer to `n`."""
    return [
        pruned(
            {
                "n": one["n"],
                "title": one["source"]["title"],
                "publisher": one["source"]["publisher"],
                "published_on": one["source"]["published_on"],
                "published_precision": one["source"]["published_precision"],
                "address": one["source"]["url"],
                "standing": one["source"]["standing"],
                "evidence": one["evidence"],
                "quote": one["fragment"],
            }
        )
        for one in citations
    ]


def record(document: Json) -> Json:
    """Return a wave as it is, with its sources as lines."""
    sources = source_lines(document.get("citations", []))
    kept = pruned({name: one for name, one in document.items() if name != "citations"})
    return {**kept, "page": document["url"], "sources": sources}


def wave_list(document: Json) -> Json:
    """Return the waves of a list in short, each with the sources of its figures and reasons."""
    return {"data": [_wave(one) for one in document["data"]], **_place(document)}


def _wave(document: Json) -> Json:
    by_number = {one["n"]: one for one in document["citations"]}
    # Several citations may be from one source, which is listed once.
    cited: dict[str, Json] = {}
    for n in _cited(document):
        if n in by_number:
            cited.setdefault(by_number[n]["source"]["id"], by_number[n])
    names = ("id", "title", "status", "announced_on", "announced_precision", "note")
    short = {name: document[name] for name in names}
    kept: Json = pruned(
        {
            **short,
            "company": document["company"]["name"],
            "counted_in_statistics": document["canonical"],
            "headcount": _without(document["headcount"], "citations"),
            "share": _without(document["share"], "citations"),
            "reasons": [
                {
                    "driver": one["driver"]["code"],
                    "speaker": one["speaker"],
                    "stance": one["stance"],
                    "weight": one["weight"],
                }
                for one in document["drivers"]
            ],
            "roles_cut": list(
                dict.fromkeys(
                    one["role"]["code"] for one in document["roles"] if one["effect"] == "cut"
                )
            ),
        }
    )
    return kept | {
        "page": document["url"],
        "sources": [
            {name: line[name] for name in ("title", "publisher", "published_on", "address")
             if name in line}
            for line in source_lines([*cited.values()][:MAX_SOURCES])
        ],
        "sources_in_all": len({one["source"]["id"] for one in document["citations"]}),
    }  # fmt: skip


def _cited(document: Json) -> Iterator[int]:
    """Yield the numbers of citations, those of the figures first."""
    for name in ("headcount", "share"):
        if document[name] is not None:
            yield from document[name]["citations"]
    for one in (*document["drivers"], *document["events"]):
        yield from one["citations"]


def _without(value: Json | None, name: str) -> Json | None:
    return None if value is None else {key: one for key, one in value.items() if key != name}


def hits(document: Json) -> Json:
    """Return hits of a search, without the marks around words."""
    found = [
        {**pruned(one), "snippet": _MARK.sub("", one["snippet"] or ""), "page": one["url"]}
        for one in document["data"]
    ]
    return {"data": found, **_place(document)}


def notice_list(document: Json) -> Json:
    """Return notices with the address of what was filed."""
    found = [
        {**pruned({key: value for key, value in one.items() if key != "raw"}), "page": one["url"]}
        for one in document["data"]
    ]
    return {"data": found, **_place(document)}


def rows(document: Json) -> Json:
    """Return groups of figures, and what their sums rest on."""
    kept: Json = pruned(document)
    return kept | _place(document)


def comparison(document: Json) -> Json:
    """Return waves side by side, with the sources of all cells."""
    sources = source_lines(document["citations"])
    cells = pruned({name: document[name] for name in ("waves", "rows")})
    return {**cells, **_place(document), "sources": sources}


def _place(document: Json) -> Json:
    """Return what an answer says about itself, and the cursor of the next page."""
    meta = document.get("meta") or {}
    following = {"next_cursor": meta["next_cursor"]} if meta.get("next_cursor") else {}
    return {"meta": {**pruned(meta), **following}} if meta else {}


def taxonomy(document: Json) -> list[Json]:
    """Return the codes of a taxonomy: which there are, and what they mean."""
    left_out = {"crosswalks", "synonyms"}
    return [
        pruned({name: one for name, one in entry.items() if name not in left_out})
        for entry in document["data"]
    ]


def dictionary(document: Json) -> list[Json]:
    """Return what each field means."""
    kept = ("resource", "field", "type", "meaning", "values")
    return [pruned({name: one[name] for name in kept}) for one in document["fields"]]
