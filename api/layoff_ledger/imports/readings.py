"""Finds notices that a register read twice, and decides which of the two readings is the repeat.

A register that read a portal again, with other columns or from an archive, has a filing twice,
under two keys: once with the effective day as the day of the notice, with the two days swapped,
with the former name of its region, or with more or less of the employer's name. It says when it saw
each, and that decides: the reading that it no longer saw is the repeated one. Nothing here knows a
jurisdiction.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator

from layoff_ledger.curation.notices import Notice, NoticeRelation
from layoff_ledger.imports.linking import bare

METHOD = "read_again"
"""The method by which the ledger finds a repeated reading; other methods are the collection's."""
_STILL = datetime.date.max
_REGION = re.compile(r"(\d+) - ")
"""How portals number the regions that they rename: "4 - Workforce Alliance"."""


def repeated(notices: Iterable[Notice]) -> dict[str, str]:
    """Return the ids of repeated readings, each with the id of the one reading that it repeats.

    As many readings are matched as the smaller of the two sides has: two filings of the same jobs
    on the same day may be two sites. A repeated reading is never repeated itself.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for _, one, other in sorted(_pairs(notices)):
        if one not in found and one not in taken and other not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def relation_to(other: str) -> NoticeRelation:
    """Return the relation of a repeated reading to the reading that it repeats."""
    return NoticeRelation("possible_duplicate", other, METHOD, None)


_Unlikeness = tuple[bool, ...]


def _pairs(notices: Iterable[Notice]) -> Iterator[tuple[_Unlikeness, str, str]]:
    """Yield each reading that may be a repeat with each that it may repeat, most similar first."""
    by_effect: dict[tuple[object, ...], list[Notice]] = {}
    for one in notices:
        if one.jobs_low is not None and one.notice_on is not None:
            by_effect.setdefault((*_filing(one), one.effective_from), []).append(one)
    for alike in by_effect.values():
        for one in alike:
            exchanged = by_effect.get((*_filing(one), one.notice_on), ())
            for other in (*alike, *(exchanged if exchanged is not alike else ())):
                if one is not other and _repeats(one, other):
                    unlikeness = (
                        bare(one.employer) != bare(other.employer),
                        one.place != other.place,
                        not _stands(one),
                        not _stands(other),
                    )
                    yield unlikeness, one.id, other.id


def _filing(notice: Notice) -> tuple[object, ...]:
    """Return what two readings of a filing have in common, apart from days."""
    first_word = bare(notice.employer).partition(" ")[0]
    return notice.jurisdiction, first_word, notice.jobs_low, notice.jobs_high


def _stands(notice: Notice) -> bool:
    return notice.status not in ("superseded", "rescinded")


def _repeats(one: Notice, other: Notice) -> bool:
    """Return whether a reading is an earlier one of the filing in another reading.

    Both have the first word of the employer and the jobs in common.
    """
    last, later = one.last_seen_on, other.last_seen_on or _STILL
    if last is None or last > later:
        return False
    is_at_one_place = one.place is not None and one.place == other.place
    names = (f"{bare(one.employer)} ", f"{bare(other.employer)} ")
    if names[0] != names[1] and not (
        is_at_one_place and (names[0].startswith(names[1]) or names[1].startswith(names[0]))
    ):
        return False
    is_replaced = other.first_seen_on is not None and last < other.first_seen_on
    if one.effective_from == other.effective_from:
        if one.notice_on == other.notice_on:
            is_renamed = is_at_one_place or _region_of(one) == _region_of(other) is not None
            return is_replaced or (last < later and is_renamed)
        return is_replaced and one.notice_on == one.effective_from
    if (one.notice_on, one.effective_from) == (other.effective_from, other.notice_on):
        # If both were read on one day, only the days of the notice tell: most are before the
        # effect.
        return last < later or one.notice_on > one.effective_from  # type: ignore[operator]
    return False


def _region_of(notice: Notice) -> str | None:
    for text in (notice.place, notice.address):
        region = _REGION.match(text or "")
        if region is not None:
            return region.group(1)
    return None
