"""What lists and statistics of waves filter, sort, count and add up."""

from __future__ import annotations

from typing import Any

import msgspec

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import Facet
from layoff_ledger.resources.claims import (
    affirmed,
    ascriptions,
    cut_roles,
    driver_keys,
    number_of_claims,
    role_headcounts,
    role_keys,
    stated_headcounts,
)
from layoff_ledger.vocabulary import EXPECTED


def _low(figure: Any) -> Any:
    return None if figure is None else figure.low


def _high(figure: Any) -> Any:
    return None if figure is None else figure.high


def _counted(wave: Any) -> tuple[int | None, int | None]:
    """Return what totals count; a document from before this field counts as it stands."""
    headcount = wave.headcount
    if headcount is None:
        return None, None
    counted = (headcount.counted_low, headcount.counted_high)
    return (headcount.low, headcount.high) if counted == (None, None) else counted


def _whole_share(wave: Any) -> Any:
    """Return the lower bound of a share of the whole company: others cannot be compared."""
    return wave.share.low if wave.share is not None and wave.share.base is None else None


def _share_of(wave: Any) -> vocabulary.ShareOf | None:
    if wave.share is None:
        return None
    return "company" if wave.share.base is None else "part"


def _size_band(wave: Any) -> str | None:
    """Return the size band of the whole company before the cut; None if its bounds are in two."""
    for claim in wave.magnitudes:
        if claim.measure == "workforce_before" and claim.rank == "preferred" and claim.base is None:
            bands = {vocabulary.size_band(claim.low, at_most=False)}
            bands.add(vocabulary.size_band(claim.high, at_most=True))
            return bands.pop() if len(bands) == 1 else None
    return None


def _json(headcounts: dict[str, list[int | None]]) -> str:
    return msgspec.json.encode(headcounts).decode()


def _country_headcounts(wave: Any) -> str:
    scope = wave.scope
    whole = [] if scope is None or scope.worldwide else scope.countries
    return _json(stated_headcounts(wave, lambda claim: claim.countries, whole))


def _subdivision_headcounts(wave: Any) -> str:
    # A scope names the subdivisions that its sources mention, such as those of notices, and says
    # nothing about the rest of the country: only a figure of a subdivision states something about
    # it.
    return _json(stated_headcounts(wave, lambda claim: claim.subdivisions, []))


def _role_headcounts(wave: Any) -> str:
    return _json(role_headcounts(wave))


FACETS = (
    Facet("announced_on", "date not null", "Date of the announcement.", lambda wave: wave.announced_on),
    Facet("announced_precision", "text not null", "How precise that date is.", lambda wave: wave.announced_precision),
    Facet("company", "text not null", "Id of the company.", lambda wave: wave.company.id),
    Facet("company_country", "text", "Country of its seat.", lambda wave: wave.company.country),
    Facet("industry", "text", "Its NAICS 2022 sector.", lambda wave: wave.company.industry),
    Facet("collection", "text not null", "Id of the collection.", lambda wave: wave.collection),
    Facet("status", "text not null", "Kind of the latest event.", lambda wave: wave.status),
    Facet("canonical", "boolean not null", "Whether statistics count it.", lambda wave: wave.canonical),
    Facet("countries", "text[] not null", "Where the cuts fall.", lambda wave: [] if wave.scope is None else wave.scope.countries),
    Facet("subdivisions", "text[] not null", "Subdivisions in which the cuts fall.", lambda wave: [] if wave.scope is None else wave.scope.subdivisions),
    Facet("worldwide", "boolean not null", "Whether the company cuts worldwide.", lambda wave: wave.scope is not None and bool(wave.scope.worldwide)),
    Facet("forms", "text[] not null", "How the jobs are cut.", lambda wave: wave.forms),
    Facet("drivers", "text[] not null", "Drivers that somebody affirms.", lambda wave: sorted({one.driver.code for one in affirmed(wave)})),
    Facet("speakers", "text[] not null", "Speakers who affirm a driver.", lambda wave: sorted({one.speaker for one in affirmed(wave)})),
    Facet("roles", "text[] not null", "Roles that are cut.", lambda wave: sorted({one.role.code for one in cut_roles(wave)})),
    Facet("driver_keys", "text[] not null", "driver|speaker|stance|standing|weight of each claim, with * for any.", driver_keys, wide=True),
    Facet("ascriptions", "text[] not null", "driver|rule: the narrowest rule by which each driver is a reason, and whether the company denies it.", ascriptions, wide=True),
    Facet("role_keys", "text[] not null", "role|effect|standing of each claim, with * for any.", role_keys, wide=True),
    Facet("sources", "text[] not null", "Ids of the cited sources.", lambda wave: sorted({one.source.id for one in wave.citations}), wide=True),
    Facet("standings", "text[] not null", "What the cited sources are worth.", lambda wave: sorted({one.source.standing for one in wave.citations})),
    Facet("evidence", "text[] not null", "Evidence grade of each citation.", lambda wave: [one.evidence for one in wave.citations], wide=True),
    Facet("has_notices", "boolean not null", "Whether notices are linked to it.", lambda wave: wave.notices is not None),
    Facet("claims", "smallint not null", "Claims of the wave.", number_of_claims),
    Facet("newest_event_on", "date not null", "Date of the latest event.", lambda wave: max(one.on for one in wave.events if one.kind != EXPECTED)),
    Facet("headcount_low", "integer", "Preferred headcount, lower bound.", lambda wave: _low(wave.headcount)),
    Facet("headcount_high", "integer", "Preferred headcount, upper bound.", lambda wave: _high(wave.headcount)),
    Facet("counted_low", "integer", "What totals count of it, lower bound.", lambda wave: _counted(wave)[0]),
    Facet("counted_high", "integer", "What totals count of it, upper bound.", lambda wave: _counted(wave)[1]),
    Facet("counts", "text", "gross, net, affected, or unstated; null without a headcount.", lambda wave: wave.headcount and (wave.headcount.counts or "unstated")),
    Facet("country_headcounts", "jsonb not null", "Bounds of the jobs that are stated of each country.", _country_headcounts, wide=True),
    Facet("subdivision_headcounts", "jsonb not null", "Bounds of the jobs that are stated of each subdivision.", _subdivision_headcounts, wide=True),
    Facet("role_headcounts", "jsonb not null", "Bounds of the jobs that are stated of each role.", _role_headcounts, wide=True),
    Facet("share_low", "double precision", "Preferred share, lower bound.", lambda wave: _low(wave.share)),
    Facet("share_high", "double precision", "Preferred share, upper bound.", lambda wave: _high(wave.share)),
    Facet("whole_share_low", "double precision", "Preferred share of the whole company, lower bound.", _whole_share),
    Facet("share_of", "text", "company or part: what the preferred share is of; null without one.", _share_of),
    Facet("size_band", "text", "Employees of the whole company before the cut.", _size_band),
)  # fmt: skip

INDEXES = (
    # With the revisions, so that an exact count of a span and a page of it read no row of the
    # table.
    "(announced_on, id) include (first_revision, last_revision)",
    # With two lists, too, so that walking by date until a page is full reads no row, either. Not
    # all lists in one index, because a count that reads the lists as well takes twice as long; and
    # with more lists, a wave that has everything would not fit: an entry holds 2,704 bytes.
    "(announced_on, id) include (first_revision, last_revision, drivers, countries)",
    "((first_revision * 100000.0::double precision "
    "+ coalesce(announced_on - date '1970-01-01', 0)), id)",
    "(company, announced_on, id)",
    "(industry, announced_on, id)",
    "(company_country, announced_on, id)",
    "(status, announced_on, id)",
    "(coalesce(headcount_low, headcount_high, 2147483647), id)",
    "(coalesce(headcount_low, headcount_high, -1), id)",
    "(coalesce(whole_share_low, 2), id)",
    "(coalesce(whole_share_low, -1), id)",
    # In one index, conditions that are used together are found together, not in two sets that have
    # to be intersected.
    "using gin (drivers, roles, countries, forms, subdivisions)",
    "using gin (driver_keys)",
    "using gin (role_keys)",
    "using gin (sources)",
)
