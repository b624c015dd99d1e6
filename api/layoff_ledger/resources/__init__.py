"""The kinds of records of the ledger, one module each; everything else iterates over `RESOURCES`."""

from __future__ import annotations

from layoff_ledger.resources.base import Resource
from layoff_ledger.resources.claim import CLAIM
from layoff_ledger.resources.collection import COLLECTION
from layoff_ledger.resources.company import COMPANY
from layoff_ledger.resources.company_indicators import COMPANY_INDICATORS
from layoff_ledger.resources.driver import DRIVER
from layoff_ledger.resources.indicator import INDICATOR
from layoff_ledger.resources.notice import NOTICE
from layoff_ledger.resources.role import ROLE
from layoff_ledger.resources.source import SOURCE
from layoff_ledger.resources.wave import WAVE

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (WAVE, COMPANY, COMPANY_INDICATORS, SOURCE, DRIVER, ROLE, NOTICE, COLLECTION)
}
"""Every kind of record by name, in the order in which a publication writes them."""
PARTS: dict[str, Resource] = {resource.name: resource for resource in (CLAIM, INDICATOR)}
"""Every kind of record that is a part of documents of `RESOURCES`, by name."""


def served() -> list[Resource]:
    """Return everything that has operations and facets: the kinds of records, then their parts."""
    return [*RESOURCES.values(), *PARTS.values()]
