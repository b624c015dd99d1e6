"""Says which of the requested notices the ledger lacks, so that absence is never read as zero.

It does not say how many are found, and is read once per revision.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import Any

from msgspec import Struct

from layoff_ledger.resources.notice_parameters import NoticeFilter
from layoff_ledger.resources.periods import span
from layoff_ledger.resources.wave_parameters import WaveFilter
from layoff_ledger.statement import Statement
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

DATES = {
    "notice": "the date of the notice",
    "effective": "the day they take effect",
    "received": "the date of receipt",
}
"""Parameters that ask for a span of days → the date that notices lack that are in none."""
MANY = 0.1
"""From this part of a jurisdiction's notices on, a missing date is mentioned."""


AFTER_FIRST_SEEN = "notice_date_after_first_seen"
"""The flag of notices whose date is a day on which they had already been seen."""
UNUSUALLY_HIGH = "jobs_unusually_high"
"""The flag of notices with so many jobs that they may cover all sites, or all states."""
_NEVER = datetime.date.max


class Covered(Struct):
    """The notices that there are from a jurisdiction."""

    notices: int = 0
    dated: dict[str, int] = {}
    """For each kind of date, how many have it."""
    first_notice_on: datetime.date = _NEVER
    retrieved_on: datetime.date = datetime.date.min
    """When the authority's list was last seen."""

    def add(self, row: Any) -> None:
        """Add those of a collection."""
        self.notices += row["notices"]
        self.dated = {name: self.dated.get(name, 0) + row[f"{name}_date"] for name in DATES}
        self.first_notice_on = min(self.first_notice_on, row["first_notice_on"] or _NEVER)
        self.retrieved_on = max(self.retrieved_on, row["last_retrieved_on"] or datetime.date.min)

    def undated(self, name: str) -> float:
        """Return what part of the notices lacks a date."""
        return 1 - self.dated[name] / self.notices


class NoticeCoverage(Struct, frozen=True):
    """All the notices that there are, as of a revision."""

    covered: dict[str, Covered]
    """For each jurisdiction that has any notices."""
    absent: list[str]
    """Other subdivisions without any: those of its countries, or those that are requested."""

    def of(self, parameters: NoticeFilter) -> NoticeCoverage:
        """Return the notices that there are from the requested jurisdictions."""
        if not parameters.jurisdiction:
            return self
        asked = dict.fromkeys(parameters.jurisdiction)
        return NoticeCoverage(
            {one: self.covered[one] for one in asked if one in self.covered},
            [one for one in asked if one not in self.covered],
        )

    @property
    def last_read_on(self) -> datetime.date | None:
        """Return the last day on which any of their lists was seen; None if there is none."""
        return max((one.retrieved_on for one in self.covered.values()), default=None)


async def lacking(ledger: Ledger, parameters: NoticeFilter, snapshot: Snapshot) -> list[str]:
    """Say what the answer cannot include: a phrase for each gap."""
    none = await lacking_all(ledger, snapshot)
    if none:
        return none
    asked = (await coverage(ledger, snapshot)).of(parameters)
    known = asked.covered
    found = []
    if asked.absent:
        found.append(f"this ledger has no notices from {', '.join(asked.absent)}: see /v1/coverage")
    for name in DATES:
        last = _last_day(parameters, name)
        if last is not None and known:
            found += _undated(name, known)
            found += _outside(name, last, known)
    return found


async def lacking_of_waves(ledger: Ledger, parameters: WaveFilter, snapshot: Snapshot) -> list[str]:
    """Say so if waves are filtered by their notices, and there are no notices."""
    return [] if parameters.has_notices is None else await lacking_all(ledger, snapshot)


async def lacking_all(ledger: Ledger, snapshot: Snapshot) -> list[str]:
    """Say so if there are no notices at all."""
    if (await coverage(ledger, snapshot)).covered:
        return []
    # For good: an answer as of a revision stays the same when a later one has notices.
    return [
        f"revision {snapshot.revision} has no notices: if this server ships with some, a later "
        "revision has them, and /health/ready says whether they are still being loaded"
    ]


def misread(number: int) -> list[str]:
    """Say that this many notices have a date that cannot be right, which makes them the newest."""
    if not number:
        return []
    return [
        f"{number:,} of these notices {are(number)} dated after the day the source was read, "
        f"which cannot be right: `flag_not={AFTER_FIRST_SEEN}` leaves them out"
    ]


def unusually_high(jobs: int) -> list[str]:
    """Say that this many jobs in a sum come from notices that may cover more than their site."""
    if not jobs:
        return []
    return [
        f"{jobs:,} of the jobs come from notices that may give a total for more than one site, "
        f"filed in several states alike: `flag_not={UNUSUALLY_HIGH}` leaves them out"
    ]


def are(number: int) -> str:
    """Return the verb for a number."""
    return "is" if number == 1 else "are"


async def coverage(ledger: Ledger, snapshot: Snapshot) -> NoticeCoverage:
    """Return the notices that there are, read once per revision."""
    found: NoticeCoverage = await ledger.kept(
        snapshot, "coverage of notices", lambda: _read(ledger, snapshot)
    )
    return found


async def _read(ledger: Ledger, snapshot: Snapshot) -> NoticeCoverage:
    statement = Statement.named("read_notice_coverage", snapshot.revision)
    found: defaultdict[str, Covered] = defaultdict(Covered)
    for row in await ledger.fetch(statement):
        found[row["jurisdiction"]].add(row)
    countries = {one.partition("-")[0] for one in found}
    others = snapshot.codes.get("subdivision", {}).keys() - found.keys()
    absent = sorted(one for one in others if one.partition("-")[0] in countries)
    return NoticeCoverage(dict(sorted(found.items())), absent)


def _last_day(parameters: NoticeFilter, name: str) -> datetime.date | None:
    """Return the last requested day of a kind of date; None if none is requested."""
    spans = [span(one) for one in getattr(parameters, name)]
    first, last = (getattr(parameters, f"{name}_{edge}") for edge in ("gte", "lte"))
    if not spans and first is None and last is None:
        return None
    return min(last or _NEVER, max((day for _, day in spans), default=_NEVER))


def _undated(name: str, known: dict[str, Covered]) -> list[str]:
    """Name the jurisdictions whose notices are in no span, because they lack such a date."""
    none = [one for one, has in known.items() if not has.dated[name]]
    many = [one for one, has in known.items() if has.dated[name] and has.undated(name) > MANY]
    parts = [
        f"{how_many} {', '.join(places)}"
        for how_many, places in (("all notices from", none), ("many from", many))
        if places
    ]
    if not parts:
        return []
    best = min(DATES, key=lambda other: sum(known[one].undated(other) for one in none + many))
    return [
        f"{DATES[name]} is missing in {' and in '.join(parts)}: filters on `{name}` do not find "
        f"them, but most have `{best}`"
    ]


def _outside(name: str, last: datetime.date, known: dict[str, Covered]) -> list[str]:
    """Say so if a span ends before the first notice, or after the lists were last seen."""
    found = []
    begin = min(one.first_notice_on for one in known.values())
    if name == "notice" and last < begin < _NEVER:
        found.append(f"the earliest notice in this ledger is from {begin}")
    retrieved = max(one.retrieved_on for one in known.values())
    if name != "effective" and last > retrieved > datetime.date.min:
        found.append(f"the ledger has nothing that was filed after {retrieved}")
    return found
