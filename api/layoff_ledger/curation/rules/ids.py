"""Ids: how they are written, and what a wave's id says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from layoff_ledger.curation.read import Curated, Violation
from layoff_ledger.curation.rules.base import announced, rule, violation

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


WAVE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-\d{4}-\d\d(-[a-z])?")


RESERVED = frozenset({"autocomplete"})


@rule
def id_is_a_slug(curated: Curated) -> Iterator[Violation]:
    """An id has lower-case letters, digits and hyphens; a code has underscores instead."""
    for kind, id_ in curated.files:
        pattern = {
            "drivers": CODE,
            "roles": CODE,
            "waves": WAVE_ID,
            "industries": None,
            "tombstones": None,
        }.get(kind, SLUG)
        if pattern is not None and not pattern.fullmatch(id_):
            hint = {
                WAVE_ID: "name the file <company>-<yyyy>-<mm>.toml",
                CODE: "use letters, digits and underscores",
            }.get(pattern, "use letters, digits and hyphens")
            yield violation(curated, kind, id_, id_is_a_slug, f"{id_!r} is not an id", hint)


@rule
def id_is_not_reserved(curated: Curated) -> Iterator[Violation]:
    """No company's id is the name of another path below `/v1/companies/`."""
    for company in curated.companies.values():
        if company.id in RESERVED:
            message = f"{company.id!r} is already a path of the API"
            hint = "add a word to the id"
            yield violation(curated, "companies", company.id, id_is_not_reserved, message, hint)


@rule
def wave_is_named_after_its_company_and_month(curated: Curated) -> Iterator[Violation]:
    """A wave's id begins with its company's id and the month in which it was announced."""
    known = curated.known("companies")
    for wave in curated.waves.values():
        day = announced(wave)
        if day is None or wave.company not in known:
            continue
        start = f"{wave.company}-"
        if day.precision in {"day", "month"}:
            start += f"{day.on:%Y-%m}"
        else:
            start += f"{day.on:%Y}"
        if not wave.id.startswith(start):
            yield violation(
                curated,
                "waves",
                wave.id,
                wave_is_named_after_its_company_and_month,
                f"the id does not begin with {start!r}",
                "rename the file, or exempt it if the id has already been published",
            )
