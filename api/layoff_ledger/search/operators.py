"""What a query would mean to other search engines but not to this one, which only knows words."""

from __future__ import annotations

import re

_OPERATORS = (
    (
        re.compile(r'"[^"]*\w\W+\w[^"]*"|“[^”]*\w\W+\w[^”]*”'),
        "quotes do not search for a phrase: the words are found in any order, anywhere in a record",
    ),
    (
        re.compile(r"(?:^|\s)[-!]\w|\bNOT\s+\w"),
        "`-` and NOT exclude nothing: the search looks for that word, too",
    ),
    (re.compile(r"\w\s+(?:OR|\|\|?)\s+\w"), "OR has no effect: all words must occur"),
)


def not_understood(question: str) -> list[str]:
    """Say which operators of a query have no effect here, although its words are found."""
    return [words for operator, words in _OPERATORS if operator.search(question)]
