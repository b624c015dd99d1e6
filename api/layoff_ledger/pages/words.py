"""Values and codes → the words of a page. What is not known is called so, and never 0."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from layoff_ledger.query.comparison import figure_text
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.feed_texts import span_text

COUNTS = {
    "gross": "posts cut (gross)",
    "net": "net change of headcount",
    "affected": "posts that may be cut or moved (affected)",
    "unstated": "not stated whether gross or net",
    None: "not stated whether gross or net",
}
SPEAKERS = {
    "company": "the company",
    "press": "the press",
    "analyst": "an analyst",
    "regulator": "a regulator",
    "union": "a union",
}
STANCES = {"states": "states", "reports": "reports", "denies": "denies"}
WEIGHTS = {
    "primary": "as a main reason",
    "contributing": "as a contributing reason",
    "context": "as background",
}
EVIDENCE = {
    "excerpt_read": "text read",
    "url_listed": "text not read",
    "filing": "stands in a filing",
}
STANDINGS = {
    "primary": "primary source",
    "established": "established outlet",
    "republication": "copy of another outlet's text",
    "secondary": "secondary source",
    "machine_summary": "summary by a machine",
}
QUALIFIERS = {
    "exact": "exact",
    "approximately": "approximate",
    "at_least": "a lower bound",
    "up_to": "an upper bound",
    "range": "a range",
    "derived": "derived from other figures",
}
RELATIONS = {
    "part_of": "Part of",
    "same_as": "The same as",
    "follows": "Follows",
    "supersedes": "Supersedes",
    "precedent_for": "Precedent for",
}
UNKNOWN = "not known"
# Brackets and commas of a fragment would end or divide the directive of an address.
_SAFE_IN_FRAGMENT = "!$*+.~"


def plain(code: str) -> str:
    """Give a code or a name of a field as words."""
    return code.replace("_", " ")


def date(on: str | None, precision: str | None = None) -> str:
    """Write a date as precisely as it is known: `14 March 2023`, `first quarter of 2023`."""
    return UNKNOWN if on is None else span_text(on, precision or "day")


def number(value: float | None) -> str:
    """Write a number with commas between thousands."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def bounds(low: int | None, high: int | None) -> str:
    """Write what is known of a sum: `57,100 or more`, `100 to 120`."""
    if low is None and high is None:
        return UNKNOWN
    if high is None:
        return f"{low:,} or more"
    if low is None:
        return f"up to {high:,}"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def jobs(figure: Json | None) -> str:
    """Write a headcount as its source hedges it: `approximately 10,000 jobs`."""
    if figure is None:
        return UNKNOWN
    return figure_text("headcount", figure["low"], figure["high"], figure["qualifier"], None)


def share(figure: Json | None) -> str:
    """Write a share of a workforce as its source hedges it: `13%–15% of the workforce`."""
    if figure is None:
        return UNKNOWN
    return figure_text("share", figure["low"], figure["high"], figure["qualifier"], figure["base"])


def figure(claim: Json) -> str:
    """Write the figure of a claim, with what it is of."""
    text = figure_text(
        claim["code"], claim["low"], claim["high"], claim["qualifier"], claim["base"]
    )
    is_of_part = claim["base"] and claim["code"] != "share"
    return f"{text} ({claim['base']})" if is_of_part else text


def web(address: str | None) -> str | None:
    """Give an address that a browser may be sent to; None for any other scheme."""
    is_web = address is not None and address.lower().startswith(("http://", "https://"))
    return address if is_web else None


def quoted(address: str | None, fragment: str | None) -> str | None:
    """Give an address that shows the quoted words in their place, where a browser finds them."""
    found = web(address)
    if found is None or not fragment or "#" in found:
        return found
    return f"{found}#:~:text={quote(fragment, safe=_SAFE_IN_FRAGMENT)}"


def value_type(value: Any) -> str:
    """Say how a value is shown that nothing else is known of."""
    if isinstance(value, dict):
        return "record"
    if isinstance(value, list):
        return "table" if value and all(isinstance(one, dict) for one in value) else "list"
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        return "link"
    return "text"


def text(value: Any) -> str:
    """Write any value that is neither a record nor a list."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else str(value)
