"""SQL with its arguments: what every room composes statements of. Values are always arguments."""

from __future__ import annotations

from typing import Any, TypeAlias

import asyncpg
from msgspec import Struct

from layoff_ledger import paths

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""A connection of the way in: publishing, migrating, exporting."""
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
"""A first and a last value, such as a day or a number; None where there is no bound."""


class OneOf(Struct, frozen=True):
    """That a facet is one of some values, or that its list has one of them; or the contrary.

    What is unknown is neither, as in SQL.
    """

    facet: str
    values: tuple[str, ...]
    is_negated: bool = False


class Within(Struct, frozen=True):
    """That a facet, such as a day, lies in one of some spans; what is unknown lies in none."""

    facet: str
    spans: tuple[Span, ...]


class IsKnown(Struct, frozen=True):
    """That one of some facets is known; or, negated, that none of them is."""

    facets: tuple[str, ...]
    is_negated: bool = False


class PartOf(Struct, frozen=True):
    """That a record is a part of a document of which other terms are true."""

    terms: tuple[Term, ...]


Term: TypeAlias = OneOf | Within | IsKnown | PartOf
"""What a condition means, where postings can answer it as well as SQL does."""


class Conditions:
    """Collects conditions and their arguments, which it numbers."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._texts: list[str] = []
        self.arguments: list[Any] = []
        self.terms: list[Term] | None = []
        """What all conditions but the revision mean; None where that of one is not known."""
        self.has_lists = False
        """Whether one is about a list: an index finds it, and columns would take it apart."""

    @classmethod
    def holding_at(cls, revision: int, table: str) -> Conditions:
        """Begin with the rows of a versioned table that hold at a revision."""
        conditions = cls()
        conditions.hold_at(revision, table)
        return conditions

    def argument(self, value: Any, type_: str) -> str:
        """Add an argument and give its placeholder, cast where it is first used."""
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

        As a literal, PostgreSQL sees that nearly all rows do: of an argument it takes a ninth for
        granted.
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
