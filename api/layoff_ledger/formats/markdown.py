"""Markdown: the page of an answer as plain text, for assistants and for people who take notes."""

from __future__ import annotations

from layoff_ledger.formats.base import Format
from layoff_ledger.formats.chart import MEASURE

MARKDOWN = Format(
    name="markdown",
    media_type="text/markdown",
    content_type="text/markdown; charset=utf-8",
    meaning="The page for people as Markdown, without its forms.",
    is_page=True,
    looks=frozenset((MEASURE,)),
)
