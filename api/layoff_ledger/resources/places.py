"""The names of countries, states, provinces and regions, by their codes of ISO 3166."""

from __future__ import annotations

import functools

import pycountry

# Where ISO 3166 has no common name.
_COMMON_NAMES = {
    "CD": "Democratic Republic of the Congo",
    "FM": "Micronesia",
    "PS": "Palestine",
    "RU": "Russia",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
}


# Not when this is imported: those who only answer requests need none of them.
@functools.cache
def country_names() -> dict[str, str]:
    """Return what people call each country: `Korea, Republic of` is South Korea."""
    return {
        one.alpha_2: str(_COMMON_NAMES.get(one.alpha_2) or getattr(one, "common_name", one.name))
        for one in pycountry.countries
    }


@functools.cache
def subdivision_names() -> dict[str, str]:
    """Return the states, provinces and regions, without their countries."""
    return {one.code: one.name for one in pycountry.subdivisions}
