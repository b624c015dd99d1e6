"""Suggests what was probably meant by an unknown word, in a request or in a curated file."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import pycountry
from msgspec import Struct

from layoff_ledger.search import tokens
from layoff_ledger.spelling import closest


class Suggestion(Struct, frozen=True):
    """What to do about a mistake: a sentence, and the bare value for programs."""

    sentence: str
    value: str | None = None
    """What was probably meant, bare; None if that is more than one thing, or nothing."""

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


def nearest_word(written: str, known: Iterable[str]) -> str | None:
    """Suggest the known word with the most similar spelling, in a sentence."""
    near = nearest(written, known)
    return None if near is None else near.sentence


def nearest(written: str, known: Iterable[str], *, cutoff: float = 0.6) -> Suggestion | None:
    """Suggest the known word with the most similar spelling, at least as close as `cutoff`."""
    words = list(known)
    folded = {word.lower(): word for word in words}
    if (same := folded.get(written.lower())) is not None:
        return did_you_mean(same)
    close = closest(written, words, cutoff=cutoff)
    return None if close is None else did_you_mean(close)


def did_you_mean(*codes: str, more: str = "") -> Suggestion:
    """Ask whether one of some codes was meant, and add `more` about it."""
    *others, last = (repr(code) for code in codes)
    named = f"{', '.join(others)} or {last}" if others else last
    return Suggestion(f"did you mean {named}?{more}", None if others else codes[0])


# What people write for a country that is in no list of names.
_COUNTRIES = {
    code_of: code
    for code, names in (
        ("GB", ("uk", "britain", "great britain", "england", "scotland", "wales")),
        ("GB", ("northern ireland",)),
        ("US", ("america", "the us", "the usa", "the united states")),
        ("AE", ("uae", "emirates")),
        ("BN", ("brunei",)),
        ("CD", ("dr congo", "drc", "congo kinshasa")),
        ("CI", ("ivory coast",)),
        ("DE", ("deutschland",)),
        ("ES", ("espana",)),
        ("GR", ("el",)),
        ("IE", ("eire", "republic of ireland")),
        ("KR", ("korea",)),
        ("MK", ("macedonia",)),
        ("MM", ("burma",)),
        ("NL", ("holland",)),
        ("PS", ("palestine",)),
        ("RU", ("russia",)),
        ("SA", ("saudi",)),
        ("SZ", ("swaziland",)),
        ("TR", ("turkey",)),
    )
    for code_of in names
}


_GROUPS = frozenset(
    (
        *("eu", "european union", "europe", "eurozone", "emea", "asia", "apac", "asia pacific"),
        *("africa", "north america", "south america", "latin america", "latam", "oceania"),
        *("middle east", "nordics", "scandinavia", "g7", "oecd", "bric", "brics"),
    )
)
"""What people write for several countries, none of which has a code."""


@functools.cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        for name in ("name", "common_name", "official_name", "alpha_3", "alpha_2", "numeric"):
            if (written := getattr(country, name, None)) is not None:
                found.setdefault(" ".join(tokens.words(written)), country.alpha_2)
    return found | _COUNTRIES


def nearest_country(written: str, *, more: str = "") -> Suggestion | None:
    """Suggest the code of a country by its name, its three letters or a word that people use.

    `more` is added to it.
    """
    name = " ".join(tokens.words(written))
    if name in _GROUPS:
        return Suggestion("there are no groups of countries: name each, such as DE,FR,IT")
    code = _countries().get(name)
    if code is None:
        close = closest(name, _countries(), cutoff=0.8)
        code = None if close is None else _countries()[close]
    return did_you_mean(code, more=more) if code else None
