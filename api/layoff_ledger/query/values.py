"""Suggests what was probably meant by a value: people's words for codes, numbers, spans of days.

Nothing here reads the ledger: it compares words with words.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterable

from layoff_ledger.nearest import Suggestion, did_you_mean
from layoff_ledger.resources.periods import span
from layoff_ledger.spelling import closest

# What people write for values of closed sets and short vocabularies → what may be meant; only
# existing values count.
_WORDS: dict[str, tuple[str, ...]] = {
    word: values
    for words, values in (
        ("excel xls spreadsheet workbook", ("xlsx",)),
        ("jsonl jsonlines json-lines", ("ndjson",)),
        ("rss feed", ("atom",)),
        ("md", ("markdown",)),
        ("image chart", ("svg", "png")),
        ("date time day period", ("year", "quarter", "month", "week")),
        ("half half_year half-year halfyear semester", ("quarter",)),
        ("media news newspaper newspapers journalist outlet", ("press",)),
        ("government authority agency", ("regulator",)),
        ("main principal", ("primary",)),
        ("official", ("primary",)),
        ("mentioned background", ("context",)),
        ("affirms affirmed confirms confirmed said says stated", ("states",)),
        ("new created", ("added",)),
        ("updated modified edited", ("changed",)),
        ("deleted removed", ("withdrawn",)),
        ("done finished", ("completed",)),
        ("cancelled canceled revoked rescinded withdrawn", ("withdrawn", "rescinded")),
        ("planned", ("announced",)),
        ("ongoing", ("under_way",)),
        ("covid covid-19 covid19 coronavirus war fire", ("disaster",)),
        ("interest_rates interest_rate", ("cost_of_capital", "macroeconomic_conditions")),
        ("inflation", ("input_costs", "macroeconomic_conditions")),
        ("recession economy", ("macroeconomic_conditions",)),
        ("strike", ("labour_dispute",)),
        ("hr", ("human_resources",)),
        ("qa testers", ("quality_assurance",)),
        ("pilots flight_attendants crew", ("air_and_sea_crew",)),
        ("drivers couriers", ("driving_and_delivery",)),
        ("developers programmers", ("engineering",)),
        ("capex", ("capital_expenditure",)),
        ("staff headcount workforce", ("employees",)),
        ("sales turnover", ("revenue",)),
        ("yes y on", ("true",)),
        ("no n off", ("false",)),
    )
    for word in words.split()
}


def word_of_value(written: str, known: Iterable[str]) -> Suggestion | None:
    """Suggest the values for which this is people's word; None if it is not such a word."""
    there = set(known)
    word = "_".join(written.lower().split())
    found = [one for one in _WORDS.get(word, ()) if one in there]
    return did_you_mean(*found) if found else None


def several(written: str) -> Suggestion | None:
    """Suggest how to write several values that are not separated by commas; None if it is one."""
    parts = [one for one in re.split(r"\s*[;|]\s*", written.strip()) if one]
    if len(parts) == 1 or len(parts) > MAX_SEVERAL:
        return None
    return did_you_mean(",".join(parts), more=" Separate values with commas")


MAX_SEVERAL = 10
"""Values that a suggestion repeats."""
_TABLES = (
    "lists and computed tables have it, and a list may be of one record: "
    "/v1/waves?id=meta-2023-03&format={}"
)
_CITATIONS = (
    "waves, sources, lists of records and computed tables have it; the header `Link` of every "
    "answer has the address to cite"
)
_FEEDS = "lists of records and /v1/changes have feeds"
_CHARTS = (
    "charts are available from /v1/statistics, which also draws notices with of=notices, from "
    "/v1/attribution, /v1/rebalancing and /v1/indicators"
)
_ELSEWHERE = {
    **dict.fromkeys(("csv", "xlsx", "parquet"), _TABLES),
    "ndjson": "lists of records have it; elsewhere use json, or csv for a table",
    **dict.fromkeys(("csl", "bibtex", "ris", "text"), _CITATIONS),
    **dict.fromkeys(("atom", "jsonfeed"), _FEEDS),
    **dict.fromkeys(("svg", "png", "vega"), _CHARTS),
}
"""A format that only some operations have → which ones."""


def format_elsewhere(written: str, choices: Collection[str]) -> Suggestion | None:
    """Say which operations have a format that this one has not; None if it is none.

    The closest spelling would be another format altogether: `csl` for `csv`.
    """
    word = written.strip().lower()
    names = _WORDS.get(word, (word,))
    if any(one in choices for one in names) or (advice := _ELSEWHERE.get(names[0])) is None:
        return None
    return Suggestion(advice.format(names[0]))


_SEPARATORS = "-_:,. +"
_DIRECTION = re.compile(rf"[{_SEPARATORS}](asc|desc)(ending)?$")
_NEWEST = frozenset({"newest", "latest", "recent"})
_OLDEST = frozenset({"oldest", "earliest"})
_DAYS = frozenset({"date", "day", "time"}) | _NEWEST | _OLDEST
_LARGEST = frozenset({"biggest", "largest", "most"})
_SIZES = frozenset({"size", "jobs", "employees", "headcount"}) | _LARGEST
_KEYS = frozenset(
    [
        "year",
        "quarter",
        "month",
        "week",
        "company",
        "country",
        "driver",
        "reason",
        "role",
        "industry",
        "name",
        "label",
        "group",
    ]
)
_SHARES = frozenset({"percent", "percentage", "pct", "fraction"})


def nearest_sort(written: str, sorts: Collection[str]) -> Suggestion | None:
    """Suggest an order, in the requested direction: `headcount_desc` is `-headcount`.

    If there are several, as other APIs allow, the first one that exists here.
    """
    word = written.strip().lower()
    if "," in word:
        there = [one for each in word.split(",") if (one := each.strip()) in sorts]
        more = " Give only one order"
        return did_you_mean(there[0], more=more) if there else Suggestion(more.strip())
    direction = _DIRECTION.search(word)
    bare = _DIRECTION.sub("", word).rstrip(_SEPARATORS).lstrip("-+")
    names = list(dict.fromkeys(one.removeprefix("-") for one in sorts))
    if "key" in names and bare in _KEYS | _DAYS:
        return did_you_mean("key", more=" The values of the dimensions are ascending")
    ends = ("_on", "_end", "number") if bare in _DAYS else ()
    begins = ("headcount", "jobs") if bare in _SIZES else ("share",) if bare in _SHARES else ()
    called = [one for one in names if one.endswith(ends) or one.startswith(begins)]
    # `published` is spelt more like `publisher`.
    called = called or [one for one in names if one.startswith(f"{bare}_")]
    name = called[0] if called else closest(bare, names)
    if name is None:
        return None
    there = [one for one in (f"-{name}", name) if one in sorts]
    if word.startswith("-") or bare in _NEWEST | _LARGEST or (direction and direction[1] == "desc"):
        return did_you_mean(there[0])
    if direction or bare in _OLDEST or not called:
        return did_you_mean(there[-1])
    return did_you_mean(*there)


def nearest_number(written: str) -> Suggestion | None:
    """Suggest a number without thousands separators: `10,000`, `10.000` and `10k` are 10000.

    Names of parameters say on which side they bound, so `>100` and `100+` are 100.
    """
    bare = _COMPARED.sub("", written.strip().lower())
    if bare != (word := written.strip().lower()) and bare.isdecimal() and len(bare) < MAX_DIGITS:
        return did_you_mean(bare)
    if _THOUSANDS.fullmatch(word):
        return did_you_mean(re.sub(r"\D", "", word))
    if found := _ABBREVIATED.fullmatch(word):
        number = float(found["number"]) * (1_000 if found["unit"] == "k" else 1_000_000)
        return did_you_mean(f"{number:.0f}")
    return None


def nearest_share(written: str) -> Suggestion:
    """Say how a share is written; suggest the fraction that `.5`, `0,5` and `50%` stand for."""
    found = _SHARE.fullmatch(written.strip())
    if found is None:
        return Suggestion(_FRACTION)
    decimal, percentage = found["decimal"], found["percentage"]
    share = float((decimal or percentage).replace(",", ".")) / (1 if decimal else 100)
    # A larger one is refused as well.
    return did_you_mean(f"{share:g}", more=_ALSO_FRACTION) if share <= 1 else Suggestion(_FRACTION)


_FRACTION = "a share is a fraction: 0.2 means 20%"
_ALSO_FRACTION = f" {_FRACTION[0].upper()}{_FRACTION[1:]}"
_SHARE = re.compile(
    r"(?P<decimal>0?[.,]\d{1,6})|(?P<percentage>\d{1,3}(?:[.,]\d{1,4})?) ?(?:%|pct|percent)"
)


def is_ambiguous(number: object, written: object) -> bool:
    """Return whether a whole number may be another one: `10.000`, read as 10, may be 10000."""
    return (
        isinstance(number, int)
        and isinstance(written, str)
        and "." in written
        and _THOUSANDS.fullmatch(written) is not None
    )


MAX_DIGITS = 10
"""Digits of a number that is suggested: larger ones are refused."""
_COMPARED = re.compile(r"^[<>=~]{1,2} ?|\+$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:[,.' _]\d{3})+")
_ABBREVIATED = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,6})?) ?(?P<unit>k|m|mn|million)")


def nearest_range(name: str, written: str) -> Suggestion | None:
    """Suggest the two bounds for what is written as a range, such as `2024-01..2024-06`."""
    found = _RANGE.fullmatch(written.strip())
    if found is None or nearest_period(written) is not None:
        return None
    return Suggestion(f"give {name}_gte={found['first']} and {name}_lte={found['last']}")


_RANGE = re.compile(
    r"(?P<first>[12]\d{3}[\dqQ-]*) ?(?:/|\.\.+|–|:| to ) ?(?P<last>[12]\d{3}[\dqQ-]*)"
)


def nearest_period(written: str) -> Suggestion | None:
    """Suggest how a day, a month or a quarter is written: `Q1 2025` is 2025-Q1, `3/2025` 2025-03.

    For a time of day, it is the day; for a half-year, its two quarters. `3/4/2025` is a day in
    March or in April, so nothing is suggested.
    """
    word = written.strip().lower()
    if found := _HALF.fullmatch(word):
        year, half = found["year"] or found["after"], int(found["half"] or found["before"])
        quarters = f"{year}-Q{2 * half - 1} and {year}-Q{2 * half}"
        return Suggestion(f"write a half-year as two quarters, {quarters}")
    for pattern, form in _PERIODS:
        if found := pattern.fullmatch(word):
            parts = {name: _number(value) for name, value in found.groupdict().items()}
            suggested = form.format(**parts)
            return did_you_mean(suggested) if _is_in_calendar(suggested) else None
    return None


def _number(written: str) -> int:
    return int(written) if written.isdecimal() else _MONTHS[written[:3]]


def _is_in_calendar(suggested: str) -> bool:
    try:
        span(suggested)
    except ValueError:
        return False
    return True


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_MONTH = rf"(?P<part>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"


_HALF = re.compile(
    r"(?P<year>[12]\d{3})[-/ ]?h(?P<half>[12])|h(?P<before>[12])[-/ ]?(?P<after>[12]\d{3})"
)
_PERIODS = tuple(
    (re.compile(pattern, re.IGNORECASE), form)
    for pattern, form in (
        (r"(?P<year>[12]\d{3})[-/ ]?q(?P<part>[1-4])", "{year}-Q{part}"),
        (r"q(?P<part>[1-4])[-/ ]?(?P<year>[12]\d{3})", "{year}-Q{part}"),
        (r"(?P<year>[12]\d{3})[-/ .](?P<part>0?[1-9]|1[0-2])", "{year}-{part:02}"),
        (r"(?P<part>0?[1-9]|1[0-2])[-/ .](?P<year>[12]\d{3})", "{year}-{part:02}"),
        (r"(?P<year>[12]\d{3})(?P<part>\d{2})(?P<day>\d{2})", "{year}-{part:02}-{day:02}"),
        (
            r"(?P<year>[12]\d{3})([-/.])(?P<part>\d{1,2})\2(?P<day>\d{1,2})"
            r"(?:[t ]\d.*)?",
            "{year}-{part:02}-{day:02}",
        ),
        (rf"{_MONTH} (?P<year>[12]\d{{3}})", "{year}-{part:02}"),
        (rf"(?P<year>[12]\d{{3}})[- ]{_MONTH}", "{year}-{part:02}"),
        (
            rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[- ]{_MONTH},?[- ](?P<year>[12]\d{{3}})",
            "{year}-{part:02}-{day:02}",
        ),
        (
            rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[12]\d{{3}})",
            "{year}-{part:02}-{day:02}",
        ),
    )
)
