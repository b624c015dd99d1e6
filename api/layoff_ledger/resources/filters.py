"""How a parameter narrows a list: conditions over facets, written beside the parameter's type.

A parameter is declared once: `Annotated[Codes, Meta(description=…), one_of("company"),
Known("company")]` has its type, its meaning, its SQL and its vocabulary.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from layoff_ledger.statement import Conditions

Span = tuple[datetime.date | None, datetime.date | None]
"""A first and a last day; None where there is no bound."""


class Where(Struct, frozen=True):
    """The condition that a parameter adds when it is present."""

    add: Callable[[Conditions, Any], None]
    bounds: str | None = None
    """The facet, as SQL, of which it is a bound; None where it is anything else."""
    is_looked_up: bool = False
    """Whether an index finds what it keeps, which is little of all there is."""
    span: Callable[[Any], Span] | None = None
    """Between which days it keeps records, where it is about days that are in the order of a list."""


class Known(Struct, frozen=True):
    """The vocabulary, or the resource, whose codes a parameter takes."""

    vocabulary: str
    of: str | None = None
    """The resource, or part of documents, that has these codes as a facet, where they are nothing else."""
    facet: str | None = None
    """The facet, where it is not called like the vocabulary."""
    label: str = "''"
    """SQL over the facets of what people call a code."""


CLAIM_CODE = "code of a claim"
"""The vocabulary of all that a claim may be about: drivers, roles, measures, events, context."""


def _compared(template: str, type_: str) -> Where:
    return Where(lambda conditions, value: conditions.add(template, value, type_))


def one_of(facet: str, *, is_looked_up: bool = False) -> Where:
    """Keep the records whose facet is one of the values."""
    where = _compared(f"facet.{facet} = any({{}})", "text[]")
    return Where(where.add, is_looked_up=is_looked_up)


def not_one_of(facet: str) -> Where:
    """Keep the records whose facet is none of the values."""
    return _compared(f"facet.{facet} <> all({{}})", "text[]")


def overlaps(facet: str) -> Where:
    """Keep the records whose list has one of the values."""
    return Where(lambda conditions, values: overlap(conditions, facet, values))


def overlaps_not(facet: str) -> Where:
    """Keep the records whose list has none of the values."""
    return Where(lambda conditions, values: overlap(conditions, facet, values, negated=True))


def overlap(
    conditions: Conditions, facet: str, values: Sequence[str], *, negated: bool = False
) -> None:
    """Add that a list has one of the values, or none of them."""
    conditions.add(f"{'not ' if negated else ''}facet.{facet} && {{}}", values, "text[]")
    conditions.has_lists = True


def compares(facet: str, operator: str, type_: str) -> Where:
    """Keep the records whose facet compares so with the value."""
    where = _compared(f"facet.{facet} {operator} {{}}", type_)
    spans = {">=": lambda day: (day, None), "<=": lambda day: (None, day)}
    span = spans.get(operator) if type_ == "date" else None
    return Where(where.add, bounds=f"facet.{facet}", span=span)


def is_known(expression: str) -> Where:
    """Keep the records for which an expression over facets is known (true) or null (false)."""

    def add(conditions: Conditions, known: bool) -> None:  # noqa: FBT001 the value of a parameter
        conditions.texts.append(f"{expression} is {'not ' if known else ''}null")

    return Where(add)


IS_CANONICAL = Where(
    lambda conditions, values: conditions.add("facet.canonical = any({})", values, "boolean[]")
)
"""Keep the records that are canonical, or not."""
CHANGED_SINCE = compares("first_revision", ">", "integer")
