"""How a parameter narrows a list: conditions over facets, declared beside the parameter's type.

A parameter is declared once: `Annotated[Codes, Meta(description=…), one_of("company"),
Known("company")]` has its type, its meaning, its SQL and its vocabulary. What a condition means for
postings stands beside its SQL: PostgreSQL answers conditions that lack it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger.statement import Conditions, IsKnown, OneOf, Span, Within


class Where(Struct, frozen=True):
    """The condition that a parameter adds when it is present."""

    add: Callable[[Conditions, Any], None]
    bounds: str | None = None
    """The facet, as SQL, that the parameter bounds; None if it is anything else."""
    is_looked_up: bool = False
    """Whether an index finds what it keeps, which is a small part of all records."""


class Known(Struct, frozen=True):
    """The vocabulary, or the resource, whose codes a parameter takes."""

    vocabulary: str
    of: str | None = None
    """The resource, or part of documents, that has these codes as a facet, if they occur nowhere
    else.
    """
    facet: str | None = None
    """The facet, if its name differs from that of the vocabulary."""
    label: str = "''"
    """SQL over the facets for what people call a code."""


CLAIM_CODE = "code of a claim"
"""The vocabulary of everything that a claim may be about: drivers, roles, measures, events,
context.
"""


def one_of(facet: str, *, is_looked_up: bool = False) -> Where:
    """Keep the records whose facet is one of the values."""

    def add(conditions: Conditions, values: Sequence[str]) -> None:
        term = OneOf(facet, tuple(values))
        conditions.add(f"facet.{facet} = any({{}})", values, "text[]", term)

    return Where(add, is_looked_up=is_looked_up)


def not_one_of(facet: str) -> Where:
    """Keep the records whose facet is none of the values."""

    def add(conditions: Conditions, values: Sequence[str]) -> None:
        term = OneOf(facet, tuple(values), is_negated=True)
        conditions.add(f"facet.{facet} <> all({{}})", values, "text[]", term)

    return Where(add)


def overlaps(facet: str) -> Where:
    """Keep the records whose list has one of the values."""
    return Where(lambda conditions, values: overlap(conditions, facet, values))


def overlaps_not(facet: str) -> Where:
    """Keep the records whose list has none of the values."""
    return Where(lambda conditions, values: overlap(conditions, facet, values, negated=True))


def overlap(
    conditions: Conditions, facet: str, values: Sequence[str], *, negated: bool = False
) -> None:
    """Require that a list has one of the values, or none of them."""
    term = OneOf(facet, tuple(values), is_negated=negated)
    conditions.add(f"{'not ' if negated else ''}facet.{facet} && {{}}", values, "text[]", term)
    conditions.has_lists = True


def only(facet: str, vocabulary: Sequence[str]) -> Where:
    """Keep the records whose list has only these values of a closed vocabulary."""

    def add(conditions: Conditions, values: Sequence[str]) -> None:
        others = tuple(one for one in vocabulary if one not in values)
        term = OneOf(facet, others, is_negated=True)
        conditions.add(f"facet.{facet} <@ {{}}", values, "text[]", term)

    return Where(add)


def compares(facet: str, operator: str, type_: str) -> Where:
    """Keep the records whose facet compares like this with the value."""
    spans: dict[str, Callable[[Any], Span]] = {
        ">=": lambda value: (value, None),
        "<=": lambda value: (None, value),
        # For whole numbers.
        ">": lambda value: (value + 1, None),
    }
    span = spans.get(operator)

    def add(conditions: Conditions, value: Any) -> None:
        term = None if span is None else Within(facet, (span(value),))
        conditions.add(f"facet.{facet} {operator} {{}}", value, type_, term)

    return Where(add, bounds=f"facet.{facet}")


def is_known(*facets: str) -> Where:
    """Keep the records for which one of some facets is known (true), or none of them (false)."""
    expression = f"coalesce({', '.join(f'facet.{facet}' for facet in facets)})"

    def add(conditions: Conditions, known: bool) -> None:  # noqa: FBT001 the value of a parameter
        term = IsKnown(facets, is_negated=not known)
        conditions.add_text(f"{expression} is {'not ' if known else ''}null", term)

    return Where(add)


def equals(facet: str) -> Where:
    """Keep the records whose facet, true or false, equals the value; unknown equals neither."""

    def add(conditions: Conditions, value: bool) -> None:  # noqa: FBT001 the value of a parameter
        # Not as an argument: columns would compare it with each record.
        text = f"{'' if value else 'not '}facet.{facet}"
        conditions.add_text(text, OneOf(facet, (str(value).lower(),)))

    return Where(add)


def is_one_of(facet: str) -> Where:
    """Keep the records whose facet, true or false and never unknown, is one of the values."""
    is_value = equals(facet)

    def add(conditions: Conditions, values: Sequence[bool]) -> None:
        kept = set(values)
        if len(kept) == 1:
            is_value.add(conditions, kept.pop())

    return Where(add)


IS_CANONICAL = is_one_of("canonical")
"""Keep the records that are canonical, or those that are not; with both values, all."""
CHANGED_SINCE = compares("first_revision", ">", "integer")
