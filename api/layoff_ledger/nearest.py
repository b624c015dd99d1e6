"""What was probably meant by a word that is not known, in a question as in a curated file."""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Collection, Iterable

import pycountry

from layoff_ledger.search import tokens


def nearest_word(written: str, known: Iterable[str]) -> str | None:
    """Suggest the known word that is spelt much like it."""
    words = list(known)
    folded = {word.lower(): word for word in words}
    if (same := folded.get(written.lower())) is not None:
        return did_you_mean(same)
    close = difflib.get_close_matches(written, words, n=1, cutoff=0.6)
    return did_you_mean(close[0]) if close else None


def did_you_mean(*codes: str) -> str:
    """Ask whether one of some codes was meant."""
    *others, last = (repr(code) for code in codes)
    return f"did you mean {', '.join(others)} or {last}?" if others else f"did you mean {last}?"


# What people write for a country and no list of names has.
_COUNTRIES = {
    "uk": "GB",
    "el": "GR",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "eu": "",
    "uae": "AE",
}


@functools.cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        for name in ("name", "common_name", "official_name", "alpha_3", "alpha_2", "numeric"):
            if (written := getattr(country, name, None)) is not None:
                found.setdefault(" ".join(tokens.words(written)), country.alpha_2)
    return found | _COUNTRIES


def nearest_country(written: str) -> str | None:
    """Suggest the code of a country by its name, its three letters or a word that people use."""
    name = " ".join(tokens.words(written))
    code = _countries().get(name)
    if code is None:
        close = difflib.get_close_matches(name, list(_countries()), n=1, cutoff=0.8)
        code = _countries()[close[0]] if close else None
    return did_you_mean(code) if code else None


# What others call a list → what it is called here.
_LISTS = {
    **dict.fromkeys(("layoffs", "layoff", "cuts", "events"), "waves"),
    **dict.fromkeys(("stats", "aggregate", "aggregations"), "statistics"),
    **dict.fromkeys(("reasons", "causes"), "drivers"),
    **dict.fromkeys(("employers", "organizations", "firms"), "companies"),
    **dict.fromkeys(("warn", "filings"), "notices"),
    **dict.fromkeys(("references", "citations"), "sources"),
}
# What a record of one list filters in another one.
_FILTERS = {
    "waves": ("companies", "drivers", "roles", "sources", "collections"),
    "claims": ("companies", "drivers", "roles", "sources", "collections", "waves"),
    "notices": ("companies", "waves", "collections"),
}
_ONE = {"companies": "company"}
_VERSION = re.compile(r"v\d+")


def nearest_path(written: str, templates: Iterable[str]) -> str | None:
    """Suggest an address for a path that is none: with its version, or as it is called here.

    `templates` are the paths that there are, with `{…}` where any segment may stand. What is below
    a record is a filter: `/v1/companies/meta/waves` is `/v1/waves?company=meta`.
    """
    segments = [one for one in written.split("/") if one and one != "api"]
    if segments and _VERSION.fullmatch(segments[0]):
        del segments[0]
    known = [template.split("/")[2:] for template in templates if template.startswith("/v1/")]
    lists = {first for first, *_ in known}
    if not segments or (first := _list(segments[0], lists)) is None:
        return None
    segments[0] = first
    if any(_fits(segments, template) for template in known):
        path = f"/v1/{'/'.join(segments)}"
        return path if path != written else None
    if len(segments) == 3 and first in _FILTERS.get(_list(segments[2], lists) or "", ()):  # noqa: PLR2004 a list, an id, what is below
        return f"/v1/{_list(segments[2], lists)}?{_ONE.get(first, first[:-1])}={segments[1]}"
    return None


def _list(written: str, lists: Collection[str]) -> str | None:
    word = written.lower()
    if word in lists:
        return word
    close = difflib.get_close_matches(word, lists, n=1, cutoff=0.6)
    return _LISTS.get(word) or (close[0] if close else None)


def _fits(segments: list[str], template: list[str]) -> bool:
    return len(segments) == len(template) and all(
        part.startswith("{") or part == segment
        for segment, part in zip(segments, template, strict=True)
    )
