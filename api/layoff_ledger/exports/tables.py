"""The tables of an export, as the resources declare them, in the order in which they are listed."""

from __future__ import annotations

from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Resource, Table


def exported() -> list[Resource]:
    """Return the resources that fill tables: those with a list, then those that depend on one."""
    filling = [resource for resource in RESOURCES.values() if resource.tables]
    return sorted(filling, key=lambda resource: resource.listing is None)


def tables() -> list[Table]:
    """Return all tables, each once."""
    by_name = {table.name: table for resource in exported() for table in resource.tables}
    return list(by_name.values())
