"""SQL with its arguments: what every room composes statements of. Values are always arguments."""

from __future__ import annotations

from typing import Any, TypeAlias

import asyncpg
from msgspec import Struct

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
"""A connection of the way in: publishing, migrating, exporting."""
OPEN_END = 2_147_483_647
"""The last revision of a version that still holds."""


class Statement(Struct, frozen=True):
    """SQL with its arguments."""

    text: str
    arguments: tuple[Any, ...] = ()


class Conditions:
    """Collects conditions and their arguments, which it numbers."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.texts: list[str] = []
        self.arguments: list[Any] = []
        self.has_lists = False
        """Whether one is about a list: an index finds it, and columns would take it apart."""

    def argument(self, value: Any, type_: str) -> str:
        """Add an argument and give its placeholder, cast where it is first used."""
        self.arguments.append(value)
        return f"${len(self.arguments)}::{type_}"

    def add(self, template: str, value: Any, type_: str) -> None:
        """Add a condition with one argument, which stands for `{}`."""
        self.texts.append(template.format(self.argument(value, type_)))

    def hold_at(self, revision: int, table: str, *, as_literal: bool = False) -> None:
        """Keep the rows of a versioned table that hold at a revision.

        As a literal, PostgreSQL sees that nearly all rows do: of an argument it takes a ninth for
        granted.
        """
        number = str(int(revision)) if as_literal else self.argument(revision, "integer")
        self.texts.append(f"{table}.first_revision <= {number}")
        self.texts.append(f"{table}.last_revision >= {number}")

    @property
    def text(self) -> str:
        """Give all conditions, joined by and."""
        return " and ".join(self.texts)

    def statement(self, text: str) -> Statement:
        """Give a statement with the arguments that were collected."""
        return Statement(text, tuple(self.arguments))
