"""Rows in the ledger's own columns → notices: kept as far as they are certain, flagged, or refused.

Nothing is guessed: what cannot be read is left out, and a flag says so; a row without an employer
or an authority is refused with the reason. Nothing here knows a layout or a database.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import re
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from layoff_ledger.curation.notices import Notice
from layoff_ledger.curation.records import ADDRESS
from layoff_ledger.imports.authorities import AUTHORITIES

UNUSUAL_JOBS = 5_000
"""From this number on, a site's notice may give a national total; few sites are larger."""
_EARLIEST, _LATEST = datetime.date(1970, 1, 1), datetime.date(2099, 12, 31)
LONG_BEFORE = datetime.timedelta(days=365)
LONG_AFTER = datetime.timedelta(days=730)
MAX_JOBS = 50_000
"""No site in the United States has more; the notice with 78,788 workers was a test."""
ID_LETTERS = 10
_TEST = re.compile(
    r"\b(?:test (?:co|company|employer|notice|record|warn)|do not use|please ignore)\b"
    r"|^test ?\d*$",
    re.IGNORECASE,
)
_RESCINDED = re.compile(r"\b(?:rescind|rescission|withdrawn)", re.IGNORECASE)
_MOJIBAKE = re.compile("\N{REPLACEMENT CHARACTER}|Ã[\x80-\xbf©¨ª±³¼]|â€|Â[\xa0-\xbf]")
_JURISDICTION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_KEY = re.compile(r"[a-z0-9]{6,}")
_RANGE = re.compile(r"(\d{1,6})\s*(?:-|\N{EN DASH}|to)\s*(\d{1,6})")
_COUNT = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DIVIDER = re.compile(r"\s*(?:;|&|\band\b|\bto\b|\bthrough\b|\s-\s|,\s)\s*")
_SECTORS = {
    **dict.fromkeys(("31", "32", "33"), "31-33"),
    **dict.fromkeys(("44", "45"), "44-45"),
    **dict.fromkeys(("48", "49"), "48-49"),
}


class RefusedError(Exception):
    """No notice can be made from a row; the message says why."""


class Context(Struct, frozen=True):
    """What is needed to read the rows of an import."""

    collection: str
    industries: frozenset[str]
    """The sectors that the ledger knows."""
    dates: tuple[str, ...] = ()
    """The formats of dates besides ISO 8601, for `strptime`."""
    made: dict[str, int] = {}
    """How often each key was made, for rows that have none."""


def notice_of(row: dict[str, str], context: Context) -> Notice:
    """Make the notice of a row; raise `RefusedError` if it contains none."""
    employer = " ".join(row.get("employer", "").split())
    jurisdiction, key = row.get("jurisdiction", ""), row.get("key", "").lower()
    key = key or _made_key(row, context)
    if not any(letter.isalnum() for letter in employer):
        message = "no employer"
        raise RefusedError(message)
    if _TEST.search(employer):
        message = f"a test of the source: {employer[:60]!r}"
        raise RefusedError(message)
    if not _JURISDICTION.fullmatch(jurisdiction):
        message = f"no jurisdiction: {jurisdiction[:20]!r} is not a code of ISO 3166-2"
        raise RefusedError(message)
    if not _KEY.fullmatch(key):
        message = f"no key: {key[:20]!r} has to be six or more lower-case letters and digits"
        raise RefusedError(message)
    flags: list[str] = []
    low, high = _jobs(row.get("jobs", ""), flags)
    notice_on = _day(row.get("notice_on", ""), context, "notice_date_unreadable", flags)
    effective = _days(row.get("effective_on", ""), context, flags)
    seen = [
        _day(row.get(name, ""), context, None, []) for name in ("first_seen_on", "last_seen_on")
    ]
    first_seen, last_seen = seen
    if first_seen and last_seen and last_seen < first_seen:
        last_seen = first_seen
    _flag_dates(notice_on, effective, first_seen, flags)
    rescinded = bool(_RESCINDED.search(employer))
    if rescinded:
        flags.append("employer_says_rescinded")
    if _MOJIBAKE.search(employer):
        flags.append("employer_is_mojibake")
    amended = row.get("amended") == "1"
    naics = _naics(row.get("naics"))
    kind = row.get("kind", "")
    return Notice(
        id=f"{jurisdiction.lower()}-{key[:ID_LETTERS]}",
        collection=context.collection,
        jurisdiction=jurisdiction,
        authority=_line(row, "authority") or AUTHORITIES.get(jurisdiction),
        employer=employer,
        place=_line(row, "place"),
        county=_line(row, "county"),
        county_code=row.get("county_code"),
        address=_line(row, "address"),
        notice_on=notice_on,
        received_on=_day(row.get("received_on", ""), context, None, []),
        effective_from=effective[0] if effective else None,
        effective_to=effective[-1] if len(effective) > 1 else None,
        first_seen_on=first_seen,
        last_seen_on=last_seen,
        jobs_low=low,
        jobs_high=high,
        kind=_kind(kind),
        temporary=_temporary(row.get("temporary", "")),
        industry=_sector(naics, context.industries),
        naics=naics,
        stated_cause=_line(row, "stated_cause"),
        occupations=_occupations(row.get("occupations", ""), employer),
        status="rescinded" if rescinded else "amended" if amended else "filed",
        amended=amended,
        flags=tuple(flags),
        cik=_cik(row.get("cik")),
        lei=row.get("lei"),
        wikidata=row.get("wikidata"),
        ticker=row.get("ticker"),
        parent=_line(row, "parent"),
        parent_cik=_cik(row.get("parent_cik")),
        source_url=_address(row.get("source_url")),
        source_id=_line(row, "source_id"),
        key=key,
    )


def _made_key(row: dict[str, str], context: Context) -> str:
    """Make the key of a row that has none, from what a later file will say in the same words.

    Jobs and effective dates are left out, because those are revised. Rows that agree in everything
    else are distinguished by their order.
    """
    fields = (
        "jurisdiction", "employer", "notice_on", "received_on", "place", "address", "source_id",
    )  # fmt: skip
    row_text = "|".join(" ".join(row.get(name, "").casefold().split()) for name in fields)
    if not row.get("notice_on") and not row.get("received_on"):
        row_text += "|" + row.get("effective_on", "").strip()
    count = context.made[row_text] = context.made.get(row_text, 0) + 1
    return hashlib.sha1(f"{row_text}|{count}".encode(), usedforsecurity=False).hexdigest()


def _occupations(written: str, employer: str) -> tuple[str, ...]:
    """Read a list; some sheets repeat the employer if they have none."""
    if not written:
        return ()
    named = [one.strip() for one in written.split(";")]
    return tuple(one for one in named if one and one.casefold() != employer.casefold())


_Kind = Literal["closure", "mass_layoff", "unknown"]


def _kind(written: str) -> _Kind:
    """Read what happens at the site; "Layoff" alone does not say whether it is a mass layoff."""
    if written in ("closure", "mass_layoff"):
        return written  # type: ignore[return-value]
    if not written:
        return "unknown"
    folded = written.casefold()
    if "clos" in folded or "shut" in folded:
        return "unknown" if "temp" in folded else "closure"
    return "mass_layoff" if "mass" in folded else "unknown"


def _temporary(written: str) -> bool | None:
    if written in ("1", "0"):
        return written == "1"
    folded = written.casefold()
    if folded in ("yes", "true") or "temporar" in folded or "furlough" in folded:
        return True
    return False if folded in ("no", "false", "permanent") else None


def _naics(written: str | None) -> str | None:
    """Read the first code of a cell: "721120 - Casino Hotels", "Sector 72: Accommodation"."""
    found = re.search(r"(?<!\d)\d{2,6}(?!\d)", written or "")
    return found.group() if found else None


def _line(row: dict[str, str], name: str) -> str | None:
    text = row.get(name)
    return (" ".join(text.split()) or None) if text else None


def _cik(written: str | None) -> str | None:
    return written.zfill(10) if written and written.isdecimal() else None


def _address(written: str | None) -> str | None:
    return written if written and re.fullmatch(ADDRESS, written) else None


def _sector(naics: str | None, known: Iterable[str]) -> str | None:
    sector = _SECTORS.get((naics or "")[:2], (naics or "")[:2])
    return sector if sector in known else None


def _jobs(written: str, flags: list[str]) -> tuple[int | None, int | None]:
    """Read a number or a range; raise `RefusedError` for what no site can have."""
    text = written.strip()
    if not text:
        return None, None
    text = text.removesuffix(".0")
    if span := _RANGE.fullmatch(text):
        low, high = sorted(map(int, span.groups()))
        flags.append("jobs_are_a_range")
    elif _COUNT.fullmatch(text):
        low = high = int(text.replace(",", ""))
    elif re.fullmatch(r"-\d+(?:\.\d+)?|0?\.0+", text):
        low = high = 0
    else:
        flags.append("jobs_unreadable")
        return None, None
    if low > MAX_JOBS:
        message = f"{low} jobs at one site: a test, or a total of something else"
        raise RefusedError(message)
    if low < 1:
        flags.append("jobs_not_positive")
        return None, None
    if low >= UNUSUAL_JOBS:
        flags.append("jobs_unusually_high")
    return low, high


def _day(
    written: str, context: Context, flag: str | None, flags: list[str]
) -> datetime.date | None:
    """Read one date; anything that is not a date, or not a possible one, is dropped and flagged."""
    text = written.strip()
    if not text:
        return None
    day = _iso(text)
    for format_ in context.dates:
        if day is None:
            try:
                day = datetime.datetime.strptime(text, format_).date()  # noqa: DTZ007 a day
            except ValueError:
                continue
    if day is not None and _EARLIEST <= day <= _LATEST:
        return day
    if flag is not None:
        flags.append(flag)
    return None


@functools.lru_cache(maxsize=20_000)
def _iso(text: str) -> datetime.date | None:
    """Read an ISO 8601 date; the same days occur again and again."""
    try:
        # The form first: `fromisoformat` also accepts weeks and days without hyphens.
        return datetime.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def _days(written: str, context: Context, flags: list[str]) -> list[datetime.date]:
    """Read the dates of one cell, first and last."""
    unreadable = "effective_date_unreadable"
    day = _day(written, context, None, [])
    if day is not None or not written.strip():
        return [] if day is None else [day]
    found = [_day(one, context, None, []) for one in _DIVIDER.split(written.strip())]
    days = sorted(one for one in found if one is not None)
    if len(days) < len(found):
        flags.append(unreadable)
    if len(days) > 1:
        flags.append("several_effective_dates")
        return [days[0], days[-1]]
    return days


def _flag_dates(
    notice_on: datetime.date | None,
    effective: list[datetime.date],
    first_seen: datetime.date | None,
    flags: list[str],
) -> None:
    if notice_on is None:
        flags.append("notice_date_unknown")
        return
    if first_seen is not None and notice_on > first_seen:
        flags.append("notice_date_after_first_seen")
    if effective and effective[0] < notice_on - LONG_BEFORE:
        flags.append("effective_long_before_notice")
    if effective and effective[0] > notice_on + LONG_AFTER:
        flags.append("effective_long_after_notice")
