"""SQL with its arguments, from which all packages compose statements. Values are arguments."""

from __future__ import annotations

from typing import Any, TypeAlias

import asyncpg
from msgspec import Struct

from layoff_ledger import paths

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""A connection for publishing, migrating or exporting."""
OPEN_END = 2_147_483_647
"""The last revision of a version that still holds."""


class Statement(Struct, frozen=True):
    """SQL with its arguments."""

    text: str
    arguments: tuple[Any, ...] = ()

    @classmethod
    def named(cls, name: str, *arguments: Any) -> Statement:
        """Return one of `sql/queries/` by the name of its file."""
        return cls(paths.statement(f"queries/{name}.sql"), arguments)


Span: TypeAlias = tuple[Any, Any]
"""A first and a last value, such as a day or a number; None means no bound."""


class OneOf(Struct, frozen=True):
    """A facet is one of some values, or its list has one of them; or the opposite.

    An unknown value is neither, as in SQL.
    """

    facet: str
    values: tuple[str, ...]
    is_negated: bool = False


class Within(Struct, frozen=True):
    """A facet, such as a day, lies in one of some spans; an unknown value lies in none."""

    facet: str
    spans: tuple[Span, ...]


class IsKnown(Struct, frozen=True):
    """One of some facets is known; or, negated, none of them is."""

    facets: tuple[str, ...]
    is_negated: bool = False


class PartOf(Struct, frozen=True):
    """A record is a part of a document for which other terms hold."""

    terms: tuple[Term, ...]


Term: TypeAlias = OneOf | Within | IsKnown | PartOf
"""What a condition means, if postings can answer it as well as SQL."""


class Conditions:
    """Collects conditions and their arguments, which it numbers."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: list[str] = []
        self.arguments: list[Any] = []
        self.terms: list[Term] | None = []
        """What all conditions but the revision mean; None if that is unknown for one of them."""
        self.has_lists = False
        """Whether one is about a list: an index finds it, and columns would take it apart."""

    @classmethod
    def holding_at(cls, revision: int, table: str) -> Conditions:
        """Begin with the rows of a versioned table that hold at a revision."""
        conditions = cls()
        conditions.hold_at(revision, table)
        return conditions

    def argument(self, value: Any, type_: str) -> str:
        """Add an argument and return its placeholder, cast where it is first used."""
        self.arguments.append(value)
        return f"${len(self.arguments)}::{type_}"

    def add(self, template: str, value: Any, type_: str, term: Term | None = None) -> None:
        """Add a condition with one argument, which stands for `{}`.

        `term` says the same to postings, if they can answer it.
        """
        self.add_text(template.format(self.argument(value, type_)), term)

    def add_text(self, text: str, term: Term | None = None) -> None:
        """Add a condition whose arguments have been added; for `term` see `add`."""
        self._texts.append(text)
        if term is None:
            self.terms = None
        elif self.terms is not None:
            self.terms.append(term)

    def hold_at(self, revision: int, table: str, *, as_literal: bool = False) -> None:
        """Keep the rows of a versioned table that hold at a revision.

        From a literal, PostgreSQL sees that nearly all rows do; for an argument, it assumes a
        ninth.
        """
        number = str(int(revision)) if as_literal else self.argument(revision, "integer")
        self._texts.append(f"{table}.first_revision <= {number}")
        self._texts.append(f"{table}.last_revision >= {number}")

    @property
    def text(self) -> str:
        """Return all conditions, joined by and."""
        return " and ".join(self._texts)

    def statement(self, text: str) -> Statement:
        """Return a statement with the arguments that were collected."""
        return Statement(text, tuple(self.arguments))
