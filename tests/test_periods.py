"""Dates as people write them: a day, a month, a quarter or a year, in bounds and by themselves."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger.app import operations
from layoff_ledger.query import parse
from layoff_ledger.resources.periods import span
from layoff_ledger.routes.operation import Operation
from support.filters import FUZZ_REAL
from support.lists import everything


def dates_of(operation: Operation) -> list[tuple[str, parse.Field]]:
    """Return the parameters of an operation that take a day, except `as_of`."""
    found = parse.fields(operation.parameters).items()
    return [
        (name, one) for name, one in found if "datetime.date" in str(one.type) and name != "as_of"
    ]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.id)
def test_every_date_may_be_a_span(operation: Operation, real: httpx.Client) -> None:
    """No date is refused with the suggestion to write what was written."""
    for name, field in dates_of(operation):
        assert field.edge is not None, f"{name} of {operation.path} takes days alone"
        if "{" in operation.path:
            continue
        needed = (
            {"group_by": "year"} if "group_by" in operation.parameters.__struct_fields__ else {}
        )
        for written in ("2023", "2023-Q2", "2023-06", "2023-06-15"):
            answer = real.get(operation.path, params={name: written, **needed})
            assert answer.status_code == 200, answer.text
        refused = real.get(operation.path, params={name: "Q2 2023", **needed}).json()
        assert refused["errors"][0]["suggested_value"] == "2023-Q2"


DAYS = st.dates(datetime.date(1000, 1, 1), datetime.date(9998, 12, 31))


@given(day=DAYS)
def test_a_span_begins_and_ends_where_its_name_changes(day: datetime.date) -> None:
    one_day = datetime.timedelta(days=1)
    quarter = f"{day.year:04}-Q{(day.month + 2) // 3}"
    names: list[tuple[str, Callable[[datetime.date], object]]] = [
        (f"{day.year:04}", lambda one: one.year),
        (quarter, lambda one: (one.year, (one.month + 2) // 3)),
        (f"{day.year:04}-{day.month:02}", lambda one: (one.year, one.month)),
        (day.isoformat(), lambda one: one),
    ]
    for written, name in names:
        first, last = span(written)
        assert first <= day <= last
        assert name(first) == name(last) == name(day)
        assert name(last + one_day) != name(day)
        assert name(first - one_day) != name(day)


@pytest.mark.parametrize(
    "written",
    ["", "23", "0000", "2023-13", "2023-00", "2023-Q5", "2023-q1", "2023-02-30", "2023-6", "2023-06-1",
     "2023-W01", "2023-06-15T00:00", " 2023", "2023\n", "\uff12\uff10\uff12\uff13"],
)  # fmt: skip
def test_what_is_no_date_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        span(written)


WRITTEN = st.one_of(
    st.dates(datetime.date(2019, 1, 1), datetime.date(2026, 12, 31)).map(str),
    st.builds("{}-{:02}".format, st.integers(2019, 2026), st.integers(1, 12)),
    st.builds("{}-Q{}".format, st.integers(2019, 2026), st.integers(1, 4)),
    st.integers(2019, 2026).map(str),
)


def covers(written: str, day: str) -> bool:
    """Return whether a day lies in what is written, by the characters of its date."""
    year, _, quarter = written.partition("-Q")
    if quarter:
        return day.startswith(year) and (int(day[5:7]) + 2) // 3 == int(quarter)
    return day.startswith(written)


def before(written: str, day: str) -> bool:
    """Return whether a day comes before all of what is written."""
    year, _, quarter = written.partition("-Q")
    first = f"{year}-{int(quarter) * 3 - 2:02}" if quarter else written
    return not covers(written, day) and day < first


@pytest.mark.parametrize(
    ("path", "name", "day"),
    [("/v1/waves", "announced", "announced_on"), ("/v1/sources", "published", "published_on")],
)
def test_bounds_take_the_first_and_the_last_day(
    real: httpx.Client, path: str, name: str, day: str
) -> None:
    whole = {one["id"]: one[day] for one in everything(real, path)}

    @FUZZ_REAL
    @given(written=st.lists(WRITTEN, min_size=1, max_size=3), bound=WRITTEN)
    def holds(written: list[str], bound: str) -> None:
        def ids(query: list[tuple[str, str]]) -> set[str]:
            asked = [*query, ("select", "id"), ("format", "ndjson")]
            lines = real.get(path, params=httpx.QueryParams(tuple(asked))).text.splitlines()
            return {json.loads(line)["id"] for line in lines}

        def those(keep: object) -> set[str]:
            return {id_ for id_, on in whole.items() if on is not None and keep(on)}  # type: ignore[operator]

        found = ids([(name, ",".join(written))])
        assert found == those(lambda on: any(covers(one, on) for one in written))
        assert ids([(f"{name}_gte", bound)]) == those(lambda on: not before(bound, on))
        not_later = ids([(f"{name}_lte", bound)])
        assert not_later == those(lambda on: covers(bound, on) or before(bound, on))

    holds()


@pytest.mark.parametrize(
    ("path", "query", "parameter", "detail"),
    [
        ("/v1/waves", "announced_gte=2024&announced_lte=2023", "announced_gte", "so no day is in between"),
        ("/v1/sources", "published_gte=2023-07&published_lte=2023-Q2", "published_gte", "so no day is in between"),
        ("/v1/timeline", "from=2024&to=2023", "from", "so no day is in between"),
        ("/v1/waves", "announced=2023-02-30", "announced", "is not a date"),
        ("/v1/waves", "announced_gte=2023-13", "announced_gte", "is not a date"),
        ("/v1/sources", "published=spring", "published", "is not a date"),
    ],
)  # fmt: skip
def test_a_span_without_a_day_is_refused(
    api: httpx.Client, path: str, query: str, parameter: str, detail: str
) -> None:
    answer = api.get(f"{path}?{query}")

    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["parameter"] == parameter
    assert detail in error["detail"]
    assert error["suggestion"]


def test_a_bound_may_be_both_ends(api: httpx.Client) -> None:
    assert (
        api.get("/v1/waves?announced_gte=2023-04&announced_lte=2023-04").json()["meta"]["count"]
        == 2
    )


@pytest.mark.parametrize(
    "path", ["/v1/waves", "/v1/sources", "/v1/statistics?group_by=year", "/health/live"]
)
def test_a_cache_buster_is_accepted_and_leaves_no_trace(api: httpx.Client, path: str) -> None:
    joint = "&" if "?" in path else "?"
    plain = api.get(path)
    answer = api.get(f"{path}{joint}_=1700000000&_=%FF")

    assert answer.status_code == 200
    assert answer.content == plain.content
