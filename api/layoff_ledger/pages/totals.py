"""Groups of statistics by year → the totals and the bars of a list of waves.

Years do not overlap, and overlaps between figures are already taken off in each, so they may be
added up. Gross cuts, net changes, affected jobs and unspecified figures stay apart.
"""

from __future__ import annotations

from msgspec import Struct

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import Json


class Year(Struct, frozen=True, kw_only=True):
    """The waves of a year, and its bar."""

    year: str | None
    waves: int
    waves_with_headcount: int
    jobs: dict[str, tuple[int | None, int | None]]
    """What a headcount counts → its bounds."""


class Totals(Struct, frozen=True, kw_only=True):
    """All waves that a question finds and that statistics count."""

    waves: int
    waves_with_headcount: int
    jobs: dict[str, tuple[int | None, int | None]]
    years: list[Year]

    @property
    def most(self) -> int:
        """Return the number of waves of the year that has the most."""
        return max((one.waves for one in self.years), default=0)

    @property
    def counted(self) -> list[str]:
        """Name what the known headcounts count."""
        return [kind for kind, bounds in self.jobs.items() if bounds != (None, None)]


def totals_of(groups: list[Json]) -> Totals:
    """Add up the groups of all years."""
    years = [
        Year(
            year=one["keys"]["year"],
            waves=one["waves"],
            waves_with_headcount=one["waves_with_headcount"],
            jobs={kind: _bounds(one, kind) for kind in vocabulary.COUNTED},
        )
        for one in groups
    ]
    return Totals(
        waves=sum(one.waves for one in years),
        waves_with_headcount=sum(one.waves_with_headcount for one in years),
        jobs={kind: _sum([one.jobs[kind] for one in years]) for kind in vocabulary.COUNTED},
        years=years,
    )


def _bounds(group: Json, kind: str) -> tuple[int | None, int | None]:
    return group[f"headcount_{kind}_low"], group[f"headcount_{kind}_high"]


def _sum(bounds: list[tuple[int | None, int | None]]) -> tuple[int | None, int | None]:
    """Add up what is known; if one has no upper bound, the sum has none."""
    known = [one for one in bounds if one != (None, None)]
    if not known:
        return None, None
    lows = [low for low, _ in known if low is not None]
    highs = [high for _, high in known if high is not None]
    return sum(lows) if lows else None, sum(highs) if len(highs) == len(known) else None
