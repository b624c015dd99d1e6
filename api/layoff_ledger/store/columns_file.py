"""What files of columns are called, and what their tables and columns are.

`exports.columns` writes them, `store.columns` opens them, and `query` composes what they are asked.
"""

from __future__ import annotations

import functools

from layoff_ledger import paths, vocabulary

SUFFIX = ".duckdb"
POSTINGS_SUFFIX = ".postings"
"""The suffix of the file beside a file of columns, which says which wave has which value."""
BODIES_SUFFIX = ".bodies"
"""The suffix of the file beside both, which has the bodies of the waves."""
NUMBERED = "by_"
"""Prefix to the name of a dimension: the column with the numbers of its values."""
STATED = "stated_"
"""Prefix to the name of a dimension: lists of what is stated for each of its values.

Each item is 1 or null; the columns with `_low` and `_high` have the bounds.
"""
CODE = (
    "resources",
    "vocabulary.py",
    "query/claim_groups.py",
    "query/dimensions.py",
    "exports/bodies.py",
    "exports/columns.py",
    "exports/postings.py",
    "store/bodies_file.py",
    "store/checksum.py",
    "store/columns_file.py",
    "store/postings.py",
    "store/postings_file.py",
    "store/postings_orders.py",
)
"""The code that determines what is in a file."""


def numbers_of(dimension: str) -> str:
    """Return the name of the column with the numbers (or lists of numbers) of a dimension's values.

    If there is a table of lists for a facet, the column has the number of the wave's list.
    """
    return NUMBERED + dimension


def number_of_kind(counts: str) -> int:
    """Return the number that stands for what headcounts count; 0 is a wave without headcounts."""
    return vocabulary.COUNTED.index(counts) + 1


def list_table(facet: str) -> str:
    """Return the name of the table of the lists in a facet: `number`, and `value`, a list."""
    return f"api.{facet}"


def words_of(dimension: str) -> str:
    """Return the name of the table of the words (`value`) for a dimension's numbers (`number`)."""
    return f"api.word_{dimension}"


def file_name(revision: int, fingerprint: bytes) -> str:
    """Return the name of a revision's file, which other ledgers and other code do not share."""
    return f"waves-r{revision}-{fingerprint.hex()[:16]}-{_code()}{SUFFIX}"


@functools.cache
def _code() -> str:
    return paths.digest(*(paths.PACKAGE / place for place in CODE)).hex()[:16]
