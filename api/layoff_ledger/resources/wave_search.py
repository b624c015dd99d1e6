"""What search finds in a wave: its company, its places, what is claimed, and who is cited."""

from __future__ import annotations

from typing import Any

from layoff_ledger.resources.base import SearchEntry, as_words
from layoff_ledger.resources.bibliography import date_text
from layoff_ledger.resources.claims import is_standing
from layoff_ledger.resources.hidden import token_of
from layoff_ledger.resources.places import country_names, subdivision_names

IMPLIED = ("layoff", "job", "cut", "laid", "redundancy", "redundancies")
"""What every wave is: whoever adds "layoffs" to a name does not ask for fewer waves."""


def search_entry(wave: Any) -> SearchEntry:
    """Return the search entry of a wave: company, codes, places, statements, cited sources."""
    label = f"{wave.company.name}, {date_text(wave.announced_on, wave.announced_precision)}"
    if wave.title:
        label = f"{wave.company.name}: {wave.title}"
    claims = [
        claim
        for name in ("events", "magnitudes", "drivers", "roles", "context")
        for claim in getattr(wave, name)
        if is_standing(claim)
    ]
    cited = {n for claim in claims for n in claim.citations} | set(wave.form_citations)
    if wave.scope is not None:
        cited.update(wave.scope.citations)
        claims.append(wave.scope)
    titles = [wave.title] if wave.title else []
    entry = SearchEntry(label, [label, as_words(wave.id), *titles])
    entry.add("B", label)
    entry.add("A", wave.title)
    entry.hidden = [*as_words(wave.id).split(), token_of(wave.company.id)]
    entry.implied = list(IMPLIED)
    for claim in claims:
        for name in ("driver", "role"):
            if (reference := getattr(claim, name, None)) is not None:
                entry.add("B", reference.label)
    if wave.scope is not None:
        entry.add("B", *wave.scope.units, *wave.scope.sites)
    for places, names in (("subdivisions", subdivision_names()), ("countries", country_names())):
        codes = (code for one in reversed(claims) for code in getattr(one, places, ()))
        entry.add("B", *map(names.get, dict.fromkeys(codes)))
    for claim in claims:
        for name in ("statement", "wording", "base", "fragment", "note"):
            entry.add("C", getattr(claim, name, None))
    entry.add("C", wave.note)
    for citation in wave.citations:
        if citation.n in cited:
            entry.add("C", citation.fragment)
            entry.add("D", citation.source.title, citation.source.publisher)
    return entry
