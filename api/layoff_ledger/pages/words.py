"""Values and codes → the words of a page. What is unknown is called unknown, and never 0."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from layoff_ledger.pages.labels import label
from layoff_ledger.pages.subject import Subject
from layoff_ledger.query.comparison import MAX_WAVES, figure_text
from layoff_ledger.resources.base import Column, Json
from layoff_ledger.resources.feed_texts import span_text

COUNTS = {
    "gross": "posts cut (gross)",
    "net": "net change of headcount",
    "affected": "posts that may be cut or moved (affected)",
    "unstated": "not stated whether gross or net",
    None: "not stated whether gross or net",
}
KINDS = {
    "gross": "Posts cut (gross)",
    "net": "Net change",
    "affected": "Affected posts",
    "unstated": "Gross or net not stated",
}
"""What a headcount counts → the heading of a column."""
SPEAKERS = {
    "company": "the company",
    "press": "the press",
    "analyst": "an analyst",
    "regulator": "a regulator",
    "union": "a union",
}
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
COVERED = {
    **EVIDENCE,
    **STANDINGS,
    "country": "a country of the cuts",
    "country_or_worldwide": "where the cuts fall: a country, or worldwide",
    "driver": "a reason",
    "driver_stated_by_company": "a reason that the company itself states",
    "headcount": "a number of jobs",
    "primary_source": "a primary source",
    "role": "whose jobs",
    "share": "a share of the workforce",
    "subdivision": "a state or region",
    "two_or_more_sources": "two or more sources",
}
"""What the coverage counts → what people call it, if that differs from its name."""
NOTICE_KINDS = {"unknown": "closure or layoff not stated"}
"""The kind of a notice → what people call it, if that differs from its name."""
QUALIFIERS = {
    "exact": "exact",
    "approximately": "approximate",
    "at_least": "a lower bound",
    "up_to": "an upper bound",
    "range": "a range",
    "derived": "derived from other figures",
}
AGAINST_HEADCOUNT = {
    "exceeds": " (they are more than the wave has)",
    "exceeds_lower_bound": " (they are more than the wave has at least)",
    "of_a_part": " (the figure of the wave is of a part of the company)",
}
RELATIONS = {
    "part_of": "Part of",
    "same_as": "The same as",
    "follows": "Follows",
    "supersedes": "Supersedes",
    "precedent_for": "Precedent for",
}
MEASURES = {
    "headcount": "All jobs",
    "headcount_gross": KINDS["gross"],
    "headcount_net": KINDS["net"],
    "headcount_affected": KINDS["affected"],
    "headcount_unstated": KINDS["unstated"],
    "headcount_stated": "Jobs stated of this very part",
    "headcount_median": "Median jobs",
    "share_median": "Median share",
    "share_of_headcount_gross": "Share of posts cut (gross)",
    "share_of_headcount_net": "Share of net change",
    "share_of_headcount_affected": "Share of affected posts",
    "share_of_headcount_unstated": "Share of jobs, gross or net not stated",
}
"""What a chart shows → what people call it, if that differs from its name."""
LISTS = {
    "drivers": "Reasons",
    "notices": "Notices of job cuts",
    "waves": "Waves of job cuts",
}
"""A list, by its path → what people call it, if that differs from its name."""
DIMENSIONS = {
    "company_country": "country of the company",
    "driver": "reason",
    "driver_group": "group of reasons",
    "industry": "sector",
    "jurisdiction": "state",
    "role_axis": "kind of role",
    "size_band": "size of the company",
    "speaker": "who gives the reason",
    "subdivision": "state or region",
}
"""What is counted by → what people call it, if that differs from its name."""
ORDERS = {
    "announced_on": ("oldest first", "newest first"),
    "notice_on": ("oldest notice first", "newest notice first"),
    "effective_from": ("first to take effect", "last to take effect"),
    "published_on": ("oldest first", "newest first"),
    "headcount": ("fewest jobs first", "most jobs first"),
    "jobs": ("fewest jobs first", "most jobs first"),
    "share": ("smallest share first", "largest share first"),
    "waves": ("fewest waves first", "most waves first"),
    "relevance": ("worst match first", "best match first"),
    "name": ("name, A to Z", "name, Z to A"),
    "id": ("id, A to Z", "id, Z to A"),
    "code": ("code, A to Z", "code, Z to A"),
}
"""Name of an order → what people call it, ascending and descending."""
HEADS = {
    "country_name": "Country",
    "industry_label": "Sector",
    "last_announced_on": "Last announced",
    "published_on": "Published",
}
"""Name of a column → its heading in a list; others are called by their name."""
CODES = {"none": "Not stated"}
"""A code without a name → what people call it, if its own words say something else."""
SHAPING = (
    "sort",
    "limit",
    "cursor",
    "count",
    "format",
    "bom",
    "select",
    "expand",
    "sample",
    "seed",
)
"""Parameters of a list that statistics do not have."""
UNKNOWN = "not known"
MAX_ROWS = 80
"""Rows that a page shows of a table that has no pages."""
MAX_COMPARED = MAX_WAVES
"""Waves that a page of a company links side by side."""
SHOWN = 0.0005
"""The smallest fraction that does not become 0 as a percentage with one decimal."""
BAR_WIDTH = 100
"""Length of the longest bar, in pixels."""
# Brackets and commas in a fragment would end or divide the directive of an address.
_SAFE_IN_FRAGMENT = "!$*+.~"


SCHEMES = {
    "bls_mls": "BLS Mass Layoff Statistics",
    "challenger": "Challenger, Gray & Christmas",
    "erm": "Eurofound ERM",
    "isco_08": "ISCO-08",
    "soc_2018": "SOC 2018",
}
"""External classifications → their names."""
_CODE = re.compile(r"`([^`]+)`")
_CODED = re.compile(r"[a-z]+(?:_[a-z]+)+")
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_POINTED = re.compile(
    r"`([a-z_]+)=([a-zA-Z0-9_.,-]+)`|`([^`]+)`|(?<!&#39;)(/v1/[a-z_]+)|\b([a-z]+(?:_[a-z]+)+)\b"
)
"""What a text for programs points to: a question, a code, a path, a field."""


def coded(text: str) -> Markup:
    """Return a text in which codes are between backticks, like those in definitions."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 it is escaped


def plain(code: str) -> str:
    """Return a code or a name of a field as words."""
    return code.replace("_", " ")


def dimension(name: str) -> str:
    """Say what is counted by, so that a seat is not taken for the place of the cuts."""
    return DIMENSIONS.get(name) or plain(name)


def sentence(phrases: str, base: str, subject: Subject | None = None) -> Markup:
    """Return the phrases of an answer as a sentence to read and to click; see `prose`."""
    return prose(f"{phrases[:1].upper()}{phrases[1:].removesuffix('.')}.", base, subject)


def prose(text: str, base: str, subject: Subject | None = None) -> Markup:
    """Return a text for programs as one for people to read and to click.

    A path becomes a link, a suggested value (`driver=over_hiring`) asks with it, the name of a
    filter in use removes it, and names of fields are set apart. A filter is in quotes, as the form
    calls it: its label may have a comma, or end in "from".
    """

    def led(found: re.Match[str]) -> str:
        name, value, quoted_code, path, field = found.groups()
        if path:
            return f'<a href="{escape(base)}{path}">{plain(path.removeprefix("/v1/"))}</a>'
        if value and subject is not None:
            asked = subject.asking(without=(), **{str(name): str(value)})
            return f'<a href="{escape(asked)}">{within(label(name))}: {plain(value)}</a>'
        code = f"{name}={value}" if value else quoted_code or field
        if subject is not None and subject.query.names(code):
            called = label(code, subject.operation)
            return f'<a href="{escape(subject.asking(without=(code,)))}">\u201c{called}\u201d</a>'
        return f"<code>{code}</code>"

    # Nothing that the patterns find contains a character with a meaning in HTML.
    written = str(escape(text.replace(f"{base}/v1/", "/v1/")))
    return Markup(_POINTED.sub(led, written))  # noqa: S704 it is escaped


def within(name: str) -> str:
    """Return a label as it is written within a sentence."""
    return name[:1].lower() + name[1:]


def dated(text: str) -> str:
    """Return a text in which days are written as people write them."""
    return _DAY.sub(lambda found: date(found[0]), text)


def span(first: str | None, last: str, precision: str | None = None) -> str:
    """Write a period as its days, or its year if it is one; without a first day, it is a moment."""
    if first is None:
        return date(last, precision)
    is_year = first[4:] == "-01-01" and last == f"{first[:4]}-12-31"
    return first[:4] if is_year else f"{date(first)} to {date(last, precision)}"


def head(name: str) -> str:
    """Return the heading that people read for a column."""
    return HEADS.get(name) or plain(name).capitalize()


def measure(name: str) -> str:
    """Return what people call the measure that a chart shows."""
    return MEASURES.get(name) or plain(name).capitalize()


def date(on: str | None, precision: str | None = None) -> str:
    """Write a date as precisely as it is known: `14 March 2023`, `first quarter of 2023`."""
    return UNKNOWN if on is None else span_text(on, precision or "day")


def number(value: float | None) -> str:
    """Write a number with commas between thousands."""
    if value is None:
        return UNKNOWN
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4g}"


def bounds(low: int | None, high: int | None) -> str:
    """Write what is known about a sum: `57,100 or more`, `100 to 120`."""
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
    """Write the figure of a claim, with what it covers."""
    text = figure_text(
        claim["code"], claim["low"], claim["high"], claim["qualifier"], claim["base"]
    )
    is_of_part = claim["base"] and claim["code"] != "share"
    return f"{text} ({claim['base']})" if is_of_part else text


def web(address: str | None) -> str | None:
    """Return an address to which a browser may be sent; None for any other scheme."""
    is_web = address is not None and address.lower().startswith(("http://", "https://"))
    return address if is_web else None


def copyable(address: str) -> str:
    """Return an address that ends neither a quoted word in a shell nor a string in a program."""
    for character in "'\"\\":
        address = address.replace(character, quote(character, safe=""))
    return address


def quoted(address: str | None, fragment: str | None) -> str | None:
    """Return an address that shows the quoted words in place, if a browser finds them."""
    found = web(address)
    if found is None or not fragment or "#" in found:
        return found
    return f"{found}#:~:text={quote(fragment, safe=_SAFE_IN_FRAGMENT)}"


def dashed(low: int | None, high: int | None) -> str:
    """Write what is known about a sum in a table cell; a dash if there is no figure."""
    return "–" if low is None and high is None else bounds(low, high)


def cell(row: Json, column: Column) -> str | None:
    """Write a text in a list cell: a code in words, a day as precisely as it is known.

    None for anything else.
    """
    value, name = column.read(row), column.name
    if not isinstance(value, str):
        return None
    precision = row.get(f"{name.removesuffix('_on')}_precision")
    if precision:
        return date(value, precision)
    return STANDINGS.get(value) or (plain(value) if _CODED.fullmatch(value) else coded(value))


def measured(one: Json) -> str:
    """Write the value of an indicator with its unit: `15,102 million USD`."""
    if one["unit"] == "USD":
        return f"{millions(one['low'], one['high'])} million USD"
    return f"{bounds(one['low'], one['high'])} {plain(one['unit'])}"


def millions(low: float | None, high: float | None) -> str:
    """Write an amount in millions, as precisely as it is known."""
    if low is None and high is None:
        return UNKNOWN
    written = [None if one is None else f"{one / 1e6:,.10g}" for one in (low, high)]
    if written[0] == written[1]:
        return f"{written[0]}"
    if written[1] is None:
        return f"{written[0]} or more"
    return f"up to {written[1]}" if written[0] is None else f"{written[0]} to {written[1]}"


def percent(share: float | None) -> str:
    """Write a fraction of one as a percentage, as precisely as columns of them can be read."""
    if share is None:
        return UNKNOWN
    return "under 0.1%" if 0 < share < SHOWN else f"{share * 100:.1f}%"


def counted(rows: list[Json]) -> list[str]:
    """Name what the headcounts of some rows count, if any of them is known."""
    return [kind for kind in KINDS if any_known(rows, f"headcount_{kind}_low")]


def any_known(rows: list[Json], name: str) -> bool:
    """Return whether a field is known in any of some rows."""
    return any(row[name] is not None for row in rows)


def most(rows: list[Json]) -> int:
    """Return the number of waves of the row that has the most."""
    return max((row["waves"] for row in rows), default=0)


def series(company: str, id_: str) -> str:
    """Name a series of a company: `amazon-capital-expenditure-net` as capital expenditure net."""
    return id_.removeprefix(f"{company}-").replace("-", " ")


def marked(snippet: str) -> list[tuple[str, bool]]:
    """Split the HTML of a snippet: each piece as plain text, and whether it is marked."""
    pieces = re.split(r"<mark>(.*?)</mark>", snippet, flags=re.DOTALL)
    return [(html.unescape(one), place % 2 == 1) for place, one in enumerate(pieces) if one]


def value_type(value: Any) -> str:
    """Say how to show a value about which nothing else is known."""
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


def part(answer: Json) -> str:
    """Say how much of a list a page shows."""
    return shown_of(len(answer["data"]), answer["meta"]["count"])


def shown_of(shown: int, count: int | None) -> str:
    """Say how many of all are in view."""
    if count is None:
        return f"{shown:,} of the list"
    return f"All {count:,}" if shown == count else f"{shown:,} of {count:,}"


def places(claim: Json, codes: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Name the states and countries of a claim: `IT` alone reads like a department.

    `codes` has the names of both. The country of a state is not repeated.
    """
    countries = [codes.get("country", {}).get(one, one) for one in claim["countries"]]
    states = codes.get("subdivision", {})
    found = []
    for code in claim["subdivisions"]:
        state, _, country = states.get(code, code).rpartition(", ")
        found.append(state if country in countries else f"{state}, {country}".strip(", "))
    return [*found, *countries]
