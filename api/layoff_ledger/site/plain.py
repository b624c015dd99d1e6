"""A page → Markdown: what a reader sees of it, without the frame, forms and images.

It is made from the page itself, so that it cannot say anything else.
"""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

_NO_TEXT = (
    "form", "nav", "script", "style", "svg", "template", "button", "datalist", "iframe", "input",
)  # fmt: skip
_BLANKS = re.compile(r"\n{3,}")
_BETWEEN_TERMS = re.compile(r"\n{2,}(?=- \*\*)")


class _Converter(MarkdownConverter):
    """Writes a term and its description on one line, as pages do in short lists."""

    def convert_dt(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return f"\n- **{text.strip()}**: "

    def convert_dd(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        if "```" in text:
            return f"\n\n{text.strip()}\n\n"
        return f"{' '.join(text.split())}\n"

    def convert_li(self, el: Any, text: str, parent_tags: Any) -> str:
        # A cell has a single line.
        if "td" in parent_tags:
            return f"{' '.join(text.split())}{'; ' if el.find_next_sibling('li') else ''}"
        written: str = super().convert_li(el, text, parent_tags)  # type: ignore[misc]
        return written

    def convert_dl(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return f"\n\n{_BETWEEN_TERMS.sub(chr(10), text).strip()}\n\n"


_CONVERTER = _Converter(
    heading_style="ATX", bullets="-", escape_underscores=False, escape_asterisks=False
)


def as_markdown(page: str) -> str:
    """Return the text of a whole page, beginning with its heading."""
    main = BeautifulSoup(page, "html.parser").find("main")
    if main is None:
        message = "a page has a main part"
        raise ValueError(message)
    # The form in which waves are chosen for a comparison contains their table.
    for form in main.find_all("form"):
        if form.find("table"):
            form.unwrap()
    for element in main.find_all(_NO_TEXT):
        element.decompose()
    _leave_out_controls(main)
    # An image shows figures that are also in the text.
    for image in main.find_all("img"):
        image.decompose()
    text: str = _CONVERTER.convert_soup(main)
    return _BLANKS.sub("\n\n", text).strip() + "\n"


def _leave_out_controls(main: Any) -> None:
    """Remove controls: links that sort, a column of check boxes, headings of forms."""
    for table in main.find_all("table"):
        for link in table.select("thead a"):
            link.unwrap()
        heads = table.select("thead th")
        rows = table.select("tbody tr")
        last = [row.find_all(("td", "th"))[-1] for row in rows if row.find(("td", "th"))]
        if heads and last and not any(cell.get_text(strip=True) for cell in last):
            for cell in (heads[-1], *last):
                cell.decompose()
    for folded in main.find_all("details"):
        summary = folded.find("summary")
        if summary is not None and folded.get_text(strip=True) == summary.get_text(strip=True):
            folded.decompose()
    # On a page, only their style sets these apart.
    for remark in main.select("td span.facts"):
        before = remark.previous_sibling
        if before is not None and before.get_text(strip=True):
            before.replace_with(f"{before.get_text().rstrip()}, ")
    for heading in main.find_all(("h2", "h3")):
        following = heading.find_next_sibling()
        if following is None or (following.name in _HEADINGS and following.name <= heading.name):
            heading.decompose()


_HEADINGS = ("h1", "h2", "h3")
