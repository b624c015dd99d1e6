"""SQL of the bounds of a sum of figures, whatever adds them up."""

from __future__ import annotations


def bounds_of(name: str, *, low: str, known: str, bounded: str, high: str) -> list[str]:
    """Return the SQL of the bounds of a sum, from the SQL of both sums and of two counts.

    There is an upper one only if every known figure has one: unknown is never 0.
    """
    return [f"{low} as {name}_low", f"case when {known} = {bounded} then {high} end as {name}_high"]
