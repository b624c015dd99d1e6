"""Which companies have a given external identifier, as people write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layoff_ledger.statement import Conditions

SCHEMES = ("cik", "lei", "wikidata", "ticker")
"""The schemes of identifiers, each a filter and a column."""


CIK_DIGITS = 10


_ANY_EXCHANGE = "ticker::"
"""What the key of a ticker begins with if it names no exchange."""


def asked_identifiers(parameters: Any) -> list[tuple[str, str]]:
    """Return the identifiers that are asked for, each with its scheme, as they were written."""
    return [(scheme, value) for scheme in SCHEMES for value in getattr(parameters, scheme)]


def match_identifiers(conditions: Conditions, parameters: Any) -> None:
    """Keep the companies that have one of the identifiers, whatever its scheme."""
    if asked := asked_identifiers(parameters):
        have_identifiers(conditions, asked)


def key_of(scheme: str, value: str) -> str:
    """Return `scheme:value` as a facet has it; a ticker without its exchange has an empty one."""
    written = value.strip().upper()
    if scheme == "cik":
        written = written.removeprefix("CIK").zfill(CIK_DIGITS)
    if scheme == "ticker" and ":" not in written:
        return f"{_ANY_EXCHANGE}{written}"
    return f"{scheme}:{written}"


def without_exchange(key: str) -> str:
    """Return the key that also finds a ticker; any other key is returned as it is."""
    scheme, _, value = key.partition(":")
    return f"{_ANY_EXCHANGE}{value.partition(':')[2]}" if scheme == "ticker" else key


def have_identifiers(conditions: Conditions, identifiers: Iterable[tuple[str, str]]) -> None:
    """Keep the companies that have one of some schemes and values, as people write them.

    A CIK may lack its zeros, letters may be lower case, and a ticker may lack its exchange.
    """
    keys, symbols = [], []
    for scheme, value in identifiers:
        key = key_of(scheme, value)
        if key.startswith(_ANY_EXCHANGE):
            symbols.append(key.removeprefix(_ANY_EXCHANGE))
        else:
            keys.append(key)
    texts = [f"facet.identifiers && {conditions.argument(keys, 'text[]')}"] if keys else []
    if symbols:
        texts.append(
            "exists (select from unnest(facet.identifiers) as one where one like 'ticker:%' "
            f"and split_part(one, ':', 3) = any({conditions.argument(symbols, 'text[]')}))"
        )
    conditions.add_text(f"({' or '.join(texts)})")
