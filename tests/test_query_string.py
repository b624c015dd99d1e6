"""The parser of query strings: every mistake is named, nothing is guessed, nothing breaks it."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from layoff_ledger.app import handlers
from layoff_ledger.http.context import parse_query
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query import parse
from layoff_ledger.query.statistics_parameters import StatisticsParameters
from layoff_ledger.resources.source import SourceListParameters
from layoff_ledger.resources.wave import WaveListParameters
from layoff_ledger.routes.operation import operation_of
from layoff_ledger.routes.search import SearchParameters


def read(struct: Any, query: bytes) -> Any:
    return parse.read(struct, parse_query(query))


def mistakes(query: bytes, struct: Any = WaveListParameters) -> list[tuple[str, str, str | None]]:
    """Return what is said about a query string: parameter, detail and suggestion per mistake."""
    with pytest.raises(InvalidParametersError) as caught:
        read(struct, query)
    return [(one.parameter, one.detail, one.suggestion) for one in caught.value.errors or []]


@pytest.mark.parametrize("query", [b"", b"&", b"&&&"])
def test_nothing_gives_the_defaults(query: bytes) -> None:
    assert read(WaveListParameters, query) == WaveListParameters()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"company=globex", {"company": ["globex"]}),
        (b"company=globex&company=initech", {"company": ["globex", "initech"]}),
        (b"company=globex,initech", {"company": ["globex", "initech"]}),
        (b"company=globex%2Cinitech", {"company": ["globex", "initech"]}),
        (b"company=a,b&company=c", {"company": ["a", "b", "c"]}),
        (b"c%6Fmpany=globe%78", {"company": ["globex"]}),
        (b"q=a+b%20c%2B", {"q": "a b c+"}),
        (b"q=%C3%A9", {"q": "é"}),
        ("q=é".encode(), {"q": "é"}),
        (b"q=a=b", {"q": "a=b"}),
        (b"canonical=true,false", {"canonical": [True, False]}),
        (b"announced_gte=2023-01-10", {"announced_gte": datetime.date(2023, 1, 10)}),
        (b"share_gte=0.5&headcount_lte=7", {"share_gte": 0.5, "headcount_lte": 7}),
        (b"&limit=9&", {"limit": 9}),
    ],
)
def test_values_are_read(query: bytes, expected: dict[str, Any]) -> None:
    assert read(WaveListParameters, query) == WaveListParameters(**expected)


def test_a_name_may_have_a_comma() -> None:
    query = b"publisher=Rest%20of%20World,+Inc.&publisher=B"

    assert read(SourceListParameters, query).publisher == ["Rest of World, Inc.", "B"]


@pytest.mark.parametrize(
    ("query", "parameter", "detail"),
    [
        (b"limit=1&limit=1", "limit", "is given more than once"),
        (b"limit=", "limit", "'': must be a whole number"),
        (b"limit=0", "limit", "'0': must be at least 1"),
        (b"limit=201", "limit", "'201': must be at most 200"),
        (b"limit", "limit", "'': must be a whole number"),
        (b"canonical=yes", "canonical", "'yes' is neither true nor false"),
        (b"announced_gte=2023-02-30", "announced_gte", "'2023-02-30' is not a date"),
        (b"country=de", "country", "'de' is not a country code"),
        (b"q=", "q", "'': must not be empty"),
        (b"=x", "", "unknown parameter"),
        (b"q=%ff", "q", "is not UTF-8"),
        (b"\xff=x", "query", "is not UTF-8"),
        (b"q=a%00", "q", "has a NUL byte"),
        (b"q\0=a", "q", "has a NUL byte"),
    ],
)
def test_a_mistake_is_named(query: bytes, parameter: str, detail: str) -> None:
    ((found, told, _),) = mistakes(query)

    assert (found, told) == (parameter, detail)


def test_an_unknown_parameter_gets_the_one_that_was_meant() -> None:
    assert mistakes(b"compny=x") == [("compny", "unknown parameter", "did you mean 'company'?")]


def test_what_is_known_is_listed_once() -> None:
    hints = [hint for _, _, hint in mistakes(b"zzzz=1&qqqq=2&wwww=3")]

    assert [hint is None for hint in hints] == [False, True, True]
    assert str(hints[0]).startswith("valid parameters are ")


def test_all_mistakes_are_named_at_once() -> None:
    found = mistakes(b"limit=0&sort=x&nope=1&seed=x")

    assert [name for name, _, _ in found] == ["limit", "sort", "nope", "seed"]


def test_what_is_required_is_asked_for() -> None:
    assert mistakes(b"", StatisticsParameters) == [
        ("group_by", "is required", "such as group_by=year")
    ]
    ((_, _, hint),) = mistakes(b"", SearchParameters)
    assert (hint or "").startswith("such as q=")
    read(SearchParameters, (hint or "").removeprefix("such as ").encode())


def upper_of(lower: str) -> str:
    return "to" if lower == "from" else f"{lower.removesuffix('_gte')}_lte"


LOWER = {
    (operation.parameters, name)
    for operation in map(operation_of, handlers())
    for name in operation.parameters.__struct_fields__
    if name == "from" or name.endswith("_gte")
    if parse.fields(operation.parameters)[name].edge is not None
    if upper_of(name) in operation.parameters.__struct_fields__
}


@pytest.mark.parametrize(("struct", "lower"), sorted(LOWER, key=str))
def test_bounds_between_which_no_day_lies_are_refused(struct: Any, lower: str) -> None:
    upper = upper_of(lower)
    more, less = "2024", "2023"
    required = "&group_by=year" if "group_by" in struct.__struct_fields__ else ""

    ((name, detail, hint),) = mistakes(f"{upper}={less}&{lower}={more}{required}".encode(), struct)

    assert (name, hint) == (lower, "swap the two, or leave one out")
    assert detail.endswith("so no day is in between")
    assert upper in detail
    # The same one twice is a bound that includes its value.
    read(struct, f"{lower}={more}&{upper}={more}{required}".encode())


def test_there_are_bounds_on_parameters_and_values() -> None:
    many = "&".join(f"a{number}=1" for number in range(2_000)).encode()
    ((name, detail, _),) = mistakes(many)
    assert (name, detail) == ("query", "has 2000 parameters")

    ((name, detail, _),) = mistakes(b"company=" + b"a," * 2_000)
    assert (name, detail) == ("company", "has 2001 values")


VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0,"), min_size=1)


WRITTEN = st.sampled_from(
    [
        *("", "null", "NULL", "nan", "inf", "-1", "0", "7", "0.5", "1e3", "true", "false", "DE"),
        *("globex", "a,b", ",", "2023", "2023-02-30", "2023-Q2", "2023-06-15", "exact", "-id"),
        *("10.000", "2019-05", "none", "company", "json", "9" * 30, "é"),
    ]
)
NAMED = st.sampled_from([*WaveListParameters.__struct_fields__, "nope"])


@settings(max_examples=1_000, deadline=None)
@given(st.lists(st.tuples(NAMED, WRITTEN), max_size=4))
def test_both_ways_of_reading_read_the_same(written: list[tuple[str, str]]) -> None:
    """At once if nothing is wrong, one after the other so that every mistake is named."""
    query = parse_query(urlencode(written).encode())
    at_once = parse.read_at_once(WaveListParameters, query)
    try:
        each = parse.read_each(WaveListParameters, query)
    except InvalidParametersError:
        assert at_once is None
    else:
        assert at_once in (each, None)


@pytest.mark.parametrize(
    "query", [b"", b"limit=25&count=none&announced_lte=2023", b"country=DE,FR"]
)
def test_what_is_asked_often_is_read_at_once(query: bytes) -> None:
    assert parse.read_at_once(WaveListParameters, parse_query(query)) is not None


@given(st.lists(VALUES.filter(lambda one: len(one) <= 200), max_size=9), st.booleans())
def test_what_a_client_encodes_is_read_again(values: list[str], commas: bool) -> None:  # noqa: FBT001
    query = (
        f"company={','.join(map(quote, values))}"
        if commas and values
        else urlencode([("company", value) for value in values])
    )

    assert read(WaveListParameters, query.encode()).company == values


@given(st.binary(max_size=200))
@example(b"%")
@example(b"a=%zz&a=%")
@example(b"limit=1&&&=&=1")
@example("limit=²".encode())
@example(b"share_gte=nan")
@example(b"share_gte=1e999")
@example(b"seed=" + b"9" * 5_000)
def test_any_bytes_are_read_or_refused_in_words(query: bytes) -> None:
    refused: list[str] | None = None
    try:
        read(WaveListParameters, query)
    except InvalidParametersError as error:
        refused = [one.detail for one in error.errors or []]

    assert refused is None or all(refused)
    assert refused != []
