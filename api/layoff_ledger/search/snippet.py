"""Where the words of a query occur in a text, as a line of HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence

from layoff_ledger.search import tokens
from layoff_ledger.search.query import SearchQuery

LONGEST_SNIPPET = 240
BEFORE_A_MARK = 60
"""Characters of a long line that a snippet shows before the first word that was found."""


def snippet(body: str, places: Sequence[int], query: SearchQuery) -> str:
    """Return the line that has most of the words, as HTML: words in `<mark>`, all else escaped."""
    wanted = set(places)
    number = 0
    best: tuple[int, str, list[tokens.Token]] = (0, body.partition("\n")[0], [])
    for line in body.split("\n"):
        marked = []
        for run in tokens.runs(line):
            whole = number + 1 in wanted and _is_whole([token.word for token in run], query)
            for token in run:
                number += 1
                if whole or number in wanted:
                    marked.append(token)
        different = len({token.word for token in marked})
        if different > best[0]:
            best = (different, line, marked)
    _, line, marked = best
    start, end = _window(line, marked)
    pieces = ["… " if start else ""]
    at = start
    for token in marked:
        # A word that `&` or an apostrophe joins may give two words at one position.
        if token.start >= at and token.end <= end:
            pieces.append(html.escape(line[at : token.start]))
            pieces.append(f"<mark>{html.escape(line[token.start : token.end])}</mark>")
            at = token.end
    pieces.append(html.escape(line[at:end]))
    return "".join(pieces) + (" …" if end < len(line) else "")


def _is_whole(run: list[str], query: SearchQuery) -> bool:
    """Return whether a hyphenated word was searched for, and not only its first part."""
    whole = tokens.joined(run)
    if whole is None or run[0] in query.forms:
        return False
    begins = query.beginning is not None and whole.startswith(query.beginning)
    return whole in query.forms or (begins and len(query.beginning or "") > len(run[0]))


def _window(line: str, marked: list[tokens.Token]) -> tuple[int, int]:
    """Return which part of a line is shown; it is cut between tokens."""
    if len(line) <= LONGEST_SNIPPET:
        return 0, len(line)
    first = marked[0] if marked else tokens.Token("", 0, 0)
    start = max(0, min(first.start - BEFORE_A_MARK, len(line) - LONGEST_SNIPPET))
    if start:
        blank = line.find(" ", start, first.start)
        start = first.start if blank < 0 else blank + 1
    end = min(len(line), start + LONGEST_SNIPPET)
    if end < len(line):
        blank = line.rfind(" ", first.end, end)
        end = max(first.end, end) if blank < 0 else blank
    return start, end
