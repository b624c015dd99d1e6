"""HTML: the answer as a page for people, made by `pages/` from the JSON that programs get."""

from __future__ import annotations

from layoff_ledger.formats.base import Format
from layoff_ledger.formats.chart import MEASURE

HTML = Format(
    name="html",
    media_type="text/html",
    meaning="A page to read: what the JSON says, with its sources, how to cite it, and the same "
    "question in other formats.",
    is_page=True,
    looks=frozenset((MEASURE,)),
)
