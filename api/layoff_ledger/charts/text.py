"""Text in charts: how wide it is, where lines break, and how numbers are written."""

from __future__ import annotations

import re
import unicodedata

from layoff_ledger.formats.chart import Numbers

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""Charts are drawn with Liberation Sans, which is as wide as Arial and Helvetica, which readers
have.
"""

# Advance widths of Liberation Sans (the metrics of Helvetica) in thousandths of the font size.
_WIDTHS = dict.fromkeys("ijl'|", 222)
_WIDTHS |= dict.fromkeys(" !,./:;[]\\fIt·", 278) | dict.fromkeys("-()r`", 333)
_WIDTHS |= dict.fromkeys('*"', 370) | dict.fromkeys("cksvxyzJ^", 500)
_WIDTHS |= dict.fromkeys("+<=>~", 584) | dict.fromkeys("FTZ", 611)
_WIDTHS |= dict.fromkeys("ABEKPSVXY&", 667) | dict.fromkeys("CDHNRUw", 722)
_WIDTHS |= dict.fromkeys("GOQ", 778) | dict.fromkeys("mM", 833) | {"W": 944, "%": 889, "@": 1015}
_OTHER, _WIDE, _BOLD = 556, 1000, 1.07

_SEPARATORS: dict[str, tuple[str, str]] = {
    "comma": (",", "."),
    "point": (".", ","),
    # A narrow no-break space.
    "space": ("\u202f", ","),
    "apostrophe": ("\u2019", "."),
}
# Characters that XML 1.0 cannot write, and those that change the direction of the text after them.
_FORBIDDEN = re.compile(
    "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u0080-\u009f\u202a-\u202e\u2066-\u2069]"
)


def clean(text: str) -> str:
    """Return text that fits in any image: what XML cannot write is replaced, lines are joined."""
    return " ".join(_FORBIDDEN.sub("\ufffd", text).split())


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the approximate width of a line of text in pixels."""
    thousandths = sum(
        _WIDE if unicodedata.east_asian_width(one) in "WF" else _WIDTHS.get(one, _OTHER)
        for one in text
    )
    return thousandths / 1000 * size * (_BOLD if is_bold else 1)


def shorten(text: str, pixels: float, size: float) -> str:
    """Cut a text that is too wide, and end it with an ellipsis."""
    if width(text, size) <= pixels:
        return text
    while text and width(f"{text}…", size) > pixels:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrap(text: str, pixels: float, size: float, *, lines: int, is_bold: bool = False) -> list[str]:
    """Break a text into at most this many lines; the last one is cut if there is more."""
    found = [""]
    for word in _words(text, pixels, size):
        joined = f"{found[-1]}{word}"
        if found[-1] and width(joined.rstrip(), size, is_bold=is_bold) > pixels:
            found.append(word.lstrip())
        else:
            found[-1] = joined
    found = [one.strip() for one in found if one.strip()]
    if len(found) > lines:
        rest = " ".join(found[lines - 1 :])
        found = [*found[: lines - 1], shorten(rest, pixels / (_BOLD if is_bold else 1), size)]
    return found


def _words(text: str, pixels: float, size: float) -> list[str]:
    """Return the pieces between which a text may break: words, and parts of long addresses."""
    pieces = re.findall(r"[^\s&/?]*[&/?]?\s*", text)
    found = []
    for piece in pieces:
        rest = piece
        while width(rest, size) > pixels:
            most = max(1, int(len(rest) * pixels / width(rest, size)) - 1)
            found.append(rest[:most])
            rest = rest[most:]
        found.append(rest)
    return found


def locale(numbers: Numbers) -> dict[str, object]:
    """Return how Vega writes numbers."""
    thousands, decimal = _SEPARATORS[numbers]
    return {
        "decimal": decimal,
        "thousands": thousands,
        "grouping": [3],
        "currency": ["", ""],
        "minus": "\u2212",
    }


def number(value: float, numbers: Numbers, *, digits: int = 0) -> str:
    """Write a number, rounded to some digits after the decimal point, without trailing zeros."""
    thousands, decimal = _SEPARATORS[numbers]
    whole, _, part = f"{value:,.{digits}f}".partition(".")
    part = part.rstrip("0")
    whole = whole.replace(",", thousands).replace("-", "\u2212")
    return f"{whole}{decimal}{part}" if part else whole
