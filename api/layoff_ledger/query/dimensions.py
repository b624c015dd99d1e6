"""The dimensions by which statistics of waves are grouped, and the spans of days among them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from layoff_ledger import vocabulary
from layoff_ledger.http.problems import mistake
from layoff_ledger.http.schemas import ProblemError

MAX_GROUPS = 10_000
"""The most groups of one answer, of waves or of notices."""
DEFAULT_GROUPS = 1_000
"""The number of groups of an answer by default."""
GroupLimit = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_GROUPS,
        description="Maximum number of groups; `meta.groups` has the total. If it is not given, "
        "CSV, Excel and Parquet have up to 10000 groups and other formats 1000.",
        examples=[100],
    ),
]


def beyond(given: int, groups: int) -> list[str]:
    """Say that an answer has only the first of its groups, if there are more."""
    if given >= groups:
        return []
    # Whoever gave a limit knows what it does.
    is_usual = given == DEFAULT_GROUPS and groups <= MAX_GROUPS
    more = f": `limit={groups}` gives all of them" if is_usual else ""
    return [f"these are the first {given:,} of {groups:,} groups{more}"]


def repeated(group_by: Sequence[str]) -> list[ProblemError]:
    """Return the mistake of a question that repeats a dimension, if there is one."""
    if len(set(group_by)) == len(group_by):
        return []
    twice = "a dimension is named twice"
    return [mistake("group_by", twice, "name it once")]


class Dimension(Struct, frozen=True):
    """What waves or notices are grouped by."""

    key: str
    """SQL of its value over the facets; of its values, if a wave may have several."""
    many: bool = False
    """Whether a record may be in several groups; one without a value is in the unknown group."""
    vocabulary: str | None = None
    """What names its values."""
    is_time: bool = False
    """Whether its values are spans of days, in whose order records may be added up."""
    order: tuple[str, ...] = ()
    """The order of its values, if it is not alphabetical."""
    stated: str | None = None
    """The facet with the bounds of what is stated for each of its values."""


def _items(facet: str) -> str:
    return f"select item from unnest(facet.{facet}) as item"


def _of_code(resource: str, facet: str, value: str) -> str:
    """Return the SQL of what the codes of a list belong to, as of the same revision."""
    return f"""select distinct {resource}_facet."{value}" as item
        from unnest(facet.{facet}) as code
        inner join api.{resource}_facet
            on {resource}_facet.id = code
            and {resource}_facet.first_revision <= $1::integer
            and {resource}_facet.last_revision >= $1::integer"""


DIMENSIONS = {
    "company": Dimension("facet.company", vocabulary="company"),
    "industry": Dimension("facet.industry", vocabulary="industry"),
    "company_country": Dimension("facet.company_country", vocabulary="country"),
    "country": Dimension(
        _items("countries"), many=True, vocabulary="country", stated="country_headcounts"
    ),
    "subdivision": Dimension(
        _items("subdivisions"),
        many=True,
        vocabulary="subdivision",
        stated="subdivision_headcounts",
    ),
    "driver": Dimension(_items("drivers"), many=True, vocabulary="driver"),
    "driver_group": Dimension(_of_code("driver", "drivers", "group"), many=True),
    "role": Dimension(_items("roles"), many=True, vocabulary="role", stated="role_headcounts"),
    "role_axis": Dimension(_of_code("role", "roles", "axis"), many=True),
    "status": Dimension("facet.status"),
    "form": Dimension(_items("forms"), many=True),
    "speaker": Dimension(_items("speakers"), many=True),
    "collection": Dimension("facet.collection", vocabulary="collection"),
    "size_band": Dimension("facet.size_band", order=tuple(vocabulary.SIZE_BANDS)),
    "year": Dimension("to_char(facet.announced_on, 'YYYY')", is_time=True),
    "quarter": Dimension(
        "case when facet.announced_precision <> 'year' "
        """then to_char(facet.announced_on, 'YYYY"-Q"Q') end""",
        is_time=True,
    ),
    "month": Dimension(
        "case when facet.announced_precision in ('day', 'month') "
        "then to_char(facet.announced_on, 'YYYY-MM') end",
        is_time=True,
    ),
    # By ISO 8601: the week belongs to the year of its Thursday.
    "week": Dimension(
        "case when facet.announced_precision = 'day' "
        """then to_char(facet.announced_on, 'IYYY"-W"IW') end""",
        is_time=True,
    ),
}


def time_dimensions(
    group_by: Iterable[str], dimensions: Mapping[str, Dimension] = DIMENSIONS
) -> list[str]:
    """Return the dimensions whose values are spans of days; of waves, unless others are given."""
    return [name for name in group_by if dimensions[name].is_time]


def stated_dimension(group_by: Sequence[str]) -> str | None:
    """Return the one dimension for whose values somebody states figures.

    For a combination of two such dimensions, nobody states figures.
    """
    having = [name for name in group_by if DIMENSIONS[name].stated is not None]
    return having[0] if len(having) == 1 else None


def keys_and_labels(
    row: Mapping[str, Any], group_by: Sequence[str], names: Mapping[str, Mapping[str, str]]
) -> dict[str, Any]:
    """Return the fields `keys` and `labels` of a group: its values, and what those are called.

    `names` has, for each dimension whose values have names, the names by value.
    """
    keys = {one: row[f"key_{n}"] for n, one in enumerate(group_by, start=1)}
    labels = {
        one: names[one].get(key) for one, key in keys.items() if one in names and key is not None
    }
    return {"keys": keys, "labels": labels}


def is_overlapping(group_by: Iterable[str]) -> bool:
    """Return whether a wave may be in several groups, so that they do not add up."""
    return any(DIMENSIONS[name].many for name in group_by)


def periods(name: str, first: str, last: str) -> Iterator[str]:
    """Yield every value of a dimension of time from one to another, as SQL writes them."""
    if name == "week":
        day, end = (datetime.date.fromisoformat(f"{one}-1") for one in (first, last))
        while day <= end:
            yield "{}-W{:02}".format(*day.isocalendar())
            day += datetime.timedelta(weeks=1)
        return
    in_year, form = _FORMS[name]
    begin, last_one = (_number(one, in_year) for one in (first, last))
    for number in range(begin, last_one + 1):
        yield form.format(number // in_year, number % in_year + 1)


def period_of(name: str, day: datetime.date) -> str:
    """Return the value of a dimension of time, other than `week`, to which a day belongs."""
    in_year, form = _FORMS[name]
    return form.format(day.year, (day.month - 1) * in_year // 12 + 1)


_FORMS = {"year": (1, "{0:04}"), "quarter": (4, "{0:04}-Q{1}"), "month": (12, "{0:04}-{1:02}")}
"""How many of them a year has, and how they are written."""


def _number(written: str, in_year: int) -> int:
    """Number a span of days continuously across years."""
    year, _, part = written.partition("-")
    return int(year) * in_year + (int(part.lstrip("Q")) - 1 if part else 0)
