"""Which companies have a given external identifier, as people write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from layoff_ledger.statement import Conditions

SCHEMES = ("cik", "lei", "wikidata", "ticker")
"""The schemes of identifiers, each a filter and a column."""


CIK_DIGITS = 10


def match_identifiers(conditions: Conditions, parameters: Any) -> None:
    """Keep the companies that have one of the identifiers, whatever its scheme."""
    asked = [(scheme, value) for scheme in SCHEMES for value in getattr(parameters, scheme)]
    if asked:
        have_identifiers(conditions, asked)


def have_identifiers(conditions: Conditions, identifiers: Iterable[tuple[str, str]]) -> None:
    """Keep the companies that have one of some schemes and values, as people write them.

    A CIK may lack its zeros, letters may be lower case, and a ticker may lack its exchange.
    """
    keys, symbols = [], []
    for scheme, value in identifiers:
        written = value.strip().upper()
        if scheme == "cik":
            written = written.removeprefix("CIK").zfill(CIK_DIGITS)
        if scheme == "ticker" and ":" not in written:
            symbols.append(written)
        else:
            keys.append(f"{scheme}:{written}")
    texts = [f"facet.identifiers && {conditions.argument(keys, 'text[]')}"] if keys else []
    if symbols:
        texts.append(
            "exists (select from unnest(facet.identifiers) as one where one like 'ticker:%' "
            f"and split_part(one, ':', 3) = any({conditions.argument(symbols, 'text[]')}))"
        )
    conditions.add_text(f"({' or '.join(texts)})")
