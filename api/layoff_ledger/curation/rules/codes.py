"""Codes: each one is in its vocabulary."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import pycountry

from layoff_ledger import vocabulary
from layoff_ledger.curation import records
from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import all_claims, rule, violation, violation_of_claim
from layoff_ledger.nearest import nearest_country, nearest_word

COUNTRIES = {country.alpha_2 for country in pycountry.countries}


@functools.cache
def _subdivisions() -> set[str]:
    # Five thousand entries: only read if a claim names one.
    return {one.code for one in pycountry.subdivisions}


def _country_hint(written: str) -> str:
    """Suggest the code of a country that is written as a name or in another coding."""
    return str(nearest_country(written) or "use the two-letter code of ISO 3166-1, such as US")


@rule
def code_is_known(curated: Curated) -> Iterator[Violation]:
    """Drivers, roles, statuses, forms, kinds, groups, countries, sectors and schemes are known.

    Countries are codes of ISO 3166-1 (alpha-2), subdivisions of ISO 3166-2, such as US-CA.
    """
    yield from _claims_have_known_codes(curated)
    yield from _records_have_known_codes(curated)


def _claims_have_known_codes(curated: Curated) -> Iterator[Violation]:
    drivers, roles = curated.known("drivers"), curated.known("roles")
    for located in all_claims(curated):
        for what, code, known in _codes_of(located.claim, drivers, roles):
            if code not in known:
                message = f"no {what} {code!r}"
                hint = _country_hint(code) if what == "country" else nearest_word(code, known)
                yield violation_of_claim(curated, located, code_is_known, message, hint)


def _records_have_known_codes(curated: Curated) -> Iterator[Violation]:
    for company in curated.companies.values():
        if company.country is not None and company.country not in COUNTRIES:
            message = f"no country {company.country!r}"
            country_hint = _country_hint(company.country)
            yield violation(curated, "companies", company.id, code_is_known, message, country_hint)
        if company.industry is not None and company.industry not in curated.known("industries"):
            message = f"no industry {company.industry!r}"
            yield violation(curated, "companies", company.id, code_is_known, message)
    for driver in curated.drivers.values():
        if driver.group not in vocabulary.DRIVER_GROUPS:
            hint = nearest_word(driver.group, vocabulary.DRIVER_GROUPS)
            message = f"no group {driver.group!r}"
            yield violation(curated, "drivers", driver.id, code_is_known, message, hint)
    for source in curated.sources.values():
        if source.kind not in vocabulary.SOURCE_KINDS:
            hint = nearest_word(source.kind, vocabulary.SOURCE_KINDS)
            message = f"no kind of source {source.kind!r}"
            yield violation(curated, "sources", source.id, code_is_known, message, hint)


def _codes_of(
    claim: records.Claim, drivers: set[str], roles: set[str]
) -> Iterator[tuple[str, str, set[str]]]:
    match claim:
        case records.DriverClaim():
            yield "driver", claim.driver, drivers
        case records.RoleClaim():
            yield "role", claim.role, roles
        case records.Event():
            yield "status", claim.kind, set(vocabulary.EVENT_KINDS)
        case records.Context():
            yield "kind of context", claim.kind, set(vocabulary.CONTEXT_KINDS)
        case records.Forms():
            for code in claim.codes:
                yield "form", code, set(vocabulary.FORMS)
        case records.Scope() | records.Magnitude():
            for code in claim.countries:
                yield "country", code, COUNTRIES
            if claim.subdivisions:
                subdivisions = _subdivisions()
                for code in claim.subdivisions:
                    yield "subdivision", code, subdivisions


@rule
def curated_collection_is_described(curated: Curated) -> Iterator[Violation]:
    """The collection `curated`, to which every file under `waves/` belongs, has an entry."""
    if "curated" not in curated.known("collections"):
        yield Violation(
            "collections.toml",
            "curated",
            curated_collection_is_described.__name__,
            "no collection 'curated'",
            "add [curated] with name, description, license and origin",
        )
