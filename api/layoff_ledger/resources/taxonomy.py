"""What the two taxonomies share: crosswalks to other schemes, and how a code is searched."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from layoff_ledger.resources.base import Reader, SearchEntry, as_words, of_scheme
from layoff_ledger.resources.fields import Public, open_vocabulary


class Crosswalk(Public, frozen=True, kw_only=True):
    """What a code corresponds to in another scheme."""

    scheme: Annotated[
        str,
        open_vocabulary(
            ("bls_mls", "challenger", "erm", "soc_2018", "isco_08"),
            "bls_mls: Mass Layoff Statistics; challenger: Challenger reports; erm: Eurofound; "
            "soc_2018, isco_08: occupations.",
        ),
    ]
    codes: Annotated[list[str], Meta(description="Codes or labels of that scheme.")]


def crosswalks(*schemes: str) -> dict[str, Reader]:
    """Read the codes of some schemes, each as a column."""
    return {scheme: of_scheme("crosswalks", scheme, "codes", []) for scheme in schemes}


# What people type for a reason that its label does not say. They do not mean a company that has the
# word somewhere in its name.
_CALLED = {
    **dict.fromkeys(
        ("ai_automation", "ai_disruption", "ai_investment"), ("AI", "artificial intelligence")
    ),
    "disaster": ("pandemic", "COVID", "COVID-19", "coronavirus"),
    "macroeconomic_conditions": ("recession", "economic downturn", "financial crisis"),
    "tariffs": ("tariff", "tariffs", "trade war"),
}


def search_entry(document: Any) -> SearchEntry:
    """Return the search entry of a code: label, synonyms, definition, codes of other schemes."""
    synonyms = getattr(document, "synonyms", [])
    entry = SearchEntry(document.label, [document.label, as_words(document.code), *synonyms])
    entry.add("A", document.label)
    called = _CALLED.get(document.code, ())
    entry.exact += called
    words = {word for name in called for word in as_words(name).lower().split()}
    entry.hidden = [*as_words(document.code).split(), *sorted(words)]
    entry.add("A", *synonyms)
    entry.add("B", getattr(document, "group", None), getattr(document, "axis", None))
    entry.add("C", document.definition)
    entry.add("D", *(code for one in document.crosswalks for code in one.codes))
    return entry
