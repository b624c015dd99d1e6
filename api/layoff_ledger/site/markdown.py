"""Markdown → HTML that is safe to put into a page: markup in the text is shown, not obeyed."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@functools.cache
def _markdown() -> MarkdownIt:
    """Make the parser when the first page is requested: a service starts without it."""
    from markdown_it import MarkdownIt  # noqa: PLC0415

    # `html` off: tags are text. The parser itself refuses addresses such as `javascript:`.
    return MarkdownIt("commonmark", {"html": False}).enable("table")


# Values of `id` in the frame of every page.
_TAKEN_ANCHORS = frozenset({"main"})
_SENTENCE = re.compile(r".+?[.!?](?=\s+[A-Z0-9`]|$)")

Rewrite = Callable[[str], str | None]
"""Address of a link as it is written → as it is served; None if it leads nowhere here."""


class Section(Struct, frozen=True):
    """A section of a page, by its second-level heading."""

    anchor: str
    title: str


class Article(Struct, frozen=True):
    """A Markdown file as a page."""

    title: str
    """Its first-level heading, as plain text; empty if it has none."""
    summary: str
    """The first sentence of its first paragraph, as plain text."""
    sections: list[Section]
    body: Markup
    """Everything but the title."""
    links: list[str]
    """Addresses of its links as they are written, in order."""


def block(text: str) -> Markup:
    """Render paragraphs, lists and the like."""
    return Markup(_markdown().render(text))  # noqa: S704 - HTML in the text is off


def inline(text: str) -> Markup:
    """Render one line of text without a paragraph around it."""
    return Markup(_markdown().renderInline(text))  # noqa: S704 - HTML in the text is off


def article(
    text: str,
    *,
    rewrite: Rewrite = lambda address: address,
    rewrite_code: Callable[[str], str] = lambda code: code,
) -> Article:
    """Read a Markdown file: headings get anchors as on GitHub, links are rewritten.

    `rewrite_code` is applied to the text of code blocks.
    """
    tokens = _markdown().parse(text)
    title = ""
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = _plain(tokens[1])
        tokens = tokens[3:]
    links = [str(token.attrs["href"]) for token in _links(tokens)]
    sections = _anchor_headings(tokens)
    summary = _summary(tokens)
    for token in tokens:
        if token.type == "fence":
            token.content = rewrite_code(token.content)
        if token.children:
            token.children = list(_rewritten(token.children, rewrite))
        _align_by_class(token)
    body = _markdown().renderer.render(tokens, _markdown().options, {})
    return Article(title, summary, sections, Markup(body), links)  # noqa: S704 - HTML is off


def _plain(inside: Token) -> str:
    """Return what a reader sees of an inline token, without any markup."""
    breaks = {"softbreak", "hardbreak"}
    children = inside.children or []
    return "".join(" " if one.type in breaks else one.content for one in children)


def _links(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield child


def _anchor_headings(tokens: list[Token]) -> list[Section]:
    sections: list[Section] = []
    taken = set(_TAKEN_ANCHORS)
    for heading, inside in itertools.pairwise(tokens):
        if heading.type != "heading_open":
            continue
        title = _plain(inside)
        first = re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") or "section"
        numbered = (f"{first}-{number}" for number in itertools.count(1))
        anchor = next(one for one in itertools.chain([first], numbered) if one not in taken)
        taken.add(anchor)
        heading.attrSet("id", anchor)
        if heading.tag == "h2":
            sections.append(Section(anchor, title))
    return sections


def _summary(tokens: list[Token]) -> str:
    for paragraph, inside in itertools.pairwise(tokens):
        if paragraph.type == "paragraph_open" and paragraph.level == 0:
            text = _plain(inside)
            found = _SENTENCE.match(text)
            return found[0] if found else text
    return ""


def _rewritten(children: list[Token], rewrite: Rewrite) -> Iterator[Token]:
    """Yield the tokens with the addresses of links rewritten; for a link to nowhere, its text."""
    kept: list[bool] = []
    for child in children:
        if child.type == "link_open":
            address = rewrite(str(child.attrs["href"]))
            kept.append(address is not None)
            if address is None:
                continue
            child.attrSet("href", address)
        elif child.type == "link_close" and not kept.pop():
            continue
        yield child


def _align_by_class(token: Token) -> None:
    """Replace the style of a table cell, which the policy of the pages forbids."""
    style: Any = token.attrs.pop("style", None)
    if style is not None:
        token.attrSet("class", str(style).removeprefix("text-align:"))
