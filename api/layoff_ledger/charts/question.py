"""A question in words: which records it is about, and the permanent address of its answer."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from msgspec import Struct

from layoff_ledger.formats.chart import Numbers
from layoff_ledger.query.attribution import AttributionParameters
from layoff_ledger.query.newest import newest_wave
from layoff_ledger.query.parse import fields
from layoff_ledger.query.vocabularies import codes, names_of
from layoff_ledger.resources.bibliography import LEDGER
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.ledger import Ledger
from layoff_ledger.store.revisions import Snapshot

# Parameters that narrow a question → how they are worded; all others go by their names.
_NAMES = {
    "q": "words",
    "company_not": "not company",
    "driver": "reason",
    "driver_not": "not reason",
    "driver_group": "reason",
    "speaker": "reason given by",
    "weight": "reason given as",
    "standing": "standing of sources",
    "role_not": "not role",
    "effect": "effect on roles",
    "country_not": "not country",
    "subdivision": "state or province",
    "company_country": "seat in",
    "status_not": "not status",
    "announced": "announced in",
    "announced_gte": "announced from",
    "announced_lte": "announced until",
    "headcount_gte": "jobs, at least",
    "headcount_lte": "jobs, at most",
    "share_gte": "share, at least",
    "share_lte": "share, at most",
    "share_of": "share of",
    "counts": "figures that are",
    "headcount_known": "size known",
    "changed_since": "changed since revision",
    "jurisdiction": "filed in",
    "notice_gte": "date of notice from",
    "notice_lte": "date of notice until",
    "effective_gte": "effective from",
    "effective_lte": "effective until",
    "received_gte": "received from",
    "received_lte": "received until",
    "jobs_gte": "jobs, at least",
    "jobs_lte": "jobs, at most",
    "flag": "flagged",
    "flag_not": "not flagged",
    "has_wave": "linked to a wave",
    "counted": "counted by statistics",
    "year_gte": "from",
    "year_lte": "until",
    "period_gte": "from",
    "period_lte": "until",
}
# The same if no reason is named, or if it is no filter: attribution counts waves with any reason of
# a speaker, whether or not it is the one in the title.
_OF_ANY_REASON = {
    "speaker": "waves with any reason given by",
    "stance": "waves with any reason that somebody",
    "weight": "waves with any reason given as",
}
_REASONS = ("driver", "driver_group")
MAX_VALUES = 6
"""How many values of a parameter are named."""


class Question(Struct, frozen=True, kw_only=True):
    """What every chart says about the question that it answers."""

    narrowed: list[str]
    """What narrows the records that it is about, in words; empty if it is about all."""
    reasons: list[str]
    """The names of the requested reasons, if any."""
    numbers: Numbers
    """How numbers are written."""
    source: str
    address: str
    until: datetime.date
    """The day of the newest wave: nothing is known about later days."""


async def ask(
    ledger: Ledger,
    parameters: Parameters,
    snapshot: Snapshot,
    *,
    address: str,
    numbers: Numbers,
) -> Question:
    """Put a question into words; `address` is the permanent one of its answer."""
    reasons: list[str] = []
    narrowed = []
    names = _NAMES if _is_of_one_reason(parameters) else _NAMES | _OF_ANY_REASON
    # Parameters that only shape the answer are declared beside those that narrow it.
    for name, field in fields(type(parameters)).items():
        values = getattr(parameters, name)
        if values in (None, [], field.default):
            continue
        if field.where is None and name not in _NARROWING:
            continue
        several = values if isinstance(values, list) else [values]
        vocabulary = None if field.known is None else field.known.vocabulary
        labels = await _labels(ledger, vocabulary, several, snapshot)
        words = [labels.get(str(one)) or _written(one) for one in several]
        if name in _REASONS:
            # In lower case, for use in a sentence, unless it is an abbreviation.
            reasons += [one if one[1:2].isupper() else one[:1].lower() + one[1:] for one in words]
            continue
        more = f" and {len(words) - MAX_VALUES} more" if len(words) > MAX_VALUES else ""
        put = names.get(name, name.replace("_", " "))
        narrowed.append(f"{put} {', '.join(words[:MAX_VALUES])}{more}")
    license_ = snapshot.license.replace("CC-BY-4.0", "CC BY 4.0")
    published_on = snapshot.published_at.astimezone(datetime.UTC).date()
    newest = await newest_wave(ledger, snapshot)
    return Question(
        narrowed=narrowed,
        reasons=reasons,
        numbers=numbers,
        source=f"{LEDGER}, revision {snapshot.revision} of {published_on} · {license_}",
        address=address,
        until=newest or published_on,
    )


def _is_of_one_reason(parameters: Parameters) -> bool:
    """Return whether the claims that are asked for are about the reasons of a title or a group."""
    if isinstance(parameters, AttributionParameters):
        return False
    groups = set(getattr(parameters, "group_by", ()))
    is_filtered = any(getattr(parameters, name, None) for name in _REASONS)
    return is_filtered or not groups.isdisjoint({*_REASONS, "speaker"})


_NARROWING = {
    "driver", "driver_group", "speaker", "stance", "weight", "standing", "role", "effect", "q",
    "year_gte", "year_lte", "series", "company",
}  # fmt: skip
"""Parameters that narrow a question without a condition of their own."""


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ") if isinstance(value, str) else str(value)


def only(narrowed: list[str]) -> str:
    """Return what narrows a question, as a sentence."""
    return f"Only: {'; '.join(narrowed)}." if narrowed else ""


def listed(words: list[str]) -> str:
    """Return some words as a list in a sentence."""
    return words[0] if len(words) == 1 else " and ".join([", ".join(words[:-1]), *words[-1:]])


async def _labels(
    ledger: Ledger, vocabulary: str | None, values: Collection[Any], snapshot: Snapshot
) -> dict[str, str]:
    if vocabulary == "company":
        return await names_of(ledger, values, snapshot)
    return {} if vocabulary is None else codes(vocabulary, snapshot)
