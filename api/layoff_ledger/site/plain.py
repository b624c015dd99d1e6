"""A page → Markdown: what a reader sees of it, without the frame, forms and images.

It is made of the page itself, so that it cannot say something else.
"""

from __future__ import annotations

import re
from typing import Any

from bs4 import BeautifulSoup
from markdownify import MarkdownConverter

_NO_TEXT = ("form", "nav", "script", "style", "svg", "template", "button", "datalist", "iframe")
_BLANKS = re.compile(r"\n{3,}")


class _Converter(MarkdownConverter):
    """Writes a term and what is said of it on one line, as pages have them in short lists."""

    def convert_dt(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return f"\n- **{text.strip()}**: "

    def convert_dd(self, el: Any, text: str, parent_tags: Any) -> str:  # noqa: ARG002
        return f"{' '.join(text.split())}\n"


_CONVERTER = _Converter(
    heading_style="ATX", bullets="-", escape_underscores=False, escape_asterisks=False
)


def as_markdown(page: str) -> str:
    """Give the text of a whole page, beginning with its heading."""
    main = BeautifulSoup(page, "html.parser").find("main")
    if main is None:
        message = "a page has a main part"
        raise ValueError(message)
    for element in main.find_all(_NO_TEXT):
        element.decompose()
    # An image stands for figures that are in the text, too.
    for image in main.find_all("img"):
        image.decompose()
    text: str = _CONVERTER.convert_soup(main)
    return _BLANKS.sub("\n\n", text).strip() + "\n"
