"""Cursors: opaque text that continues where a page ended, and that nobody can make up."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layoff_ledger.formats import LIST_FORMATS
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query import cursor as cursors
from layoff_ledger.query.cursor import Position, signature, write_cursor
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.company import CompanyListParameters
from layoff_ledger.resources.wave import WaveListParameters

PLAIN: Any = LIST_FORMATS.with_parameter(WaveListParameters)()
POSITION = Position(3, 7, "2023-01-10", "globex-2023-01", signature("wave", PLAIN))


def read_cursor(name: str, parameters: Any) -> Position | None:
    return cursors.read_cursor(name, RESOURCES[name].sorts[parameters.sort], parameters)


def encoded(values: list[object]) -> str:
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(values)).decode().rstrip("=")


def refusal(cursor: str, name: str = "wave", parameters: WaveListParameters = PLAIN) -> str:
    """Return what is said about a cursor that is refused."""
    asked = msgspec.structs.replace(parameters, cursor=cursor)
    with pytest.raises(InvalidParametersError) as caught:
        read_cursor(name, asked)
    (error,) = caught.value.errors or []
    assert error.parameter == "cursor"
    return error.detail


def test_no_cursor_is_the_beginning() -> None:
    assert read_cursor("wave", PLAIN) is None


def test_a_cursor_is_safe_in_a_query_string() -> None:
    cursor = write_cursor(msgspec.structs.replace(POSITION, id="ö?&=/+ " * 9))

    assert cursor.isascii()
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(
    revision=st.integers(1, 2**31 - 1),
    count=st.none() | st.integers(0, 2**31 - 1),
    day=st.dates(),
    id_=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
@example(revision=1, count=0, day="2023-01-10", id_="")
def test_what_is_written_is_read_again(
    revision: int, count: int | None, day: object, id_: str
) -> None:
    position = Position(revision, count, str(day), id_, signature("wave", PLAIN))
    asked = msgspec.structs.replace(PLAIN, cursor=write_cursor(position))

    assert read_cursor("wave", asked) == position


@pytest.mark.parametrize(
    "written",
    [
        {"company": ["globex"]},
        {"sort": "id"},
        {"q": "globex"},
        {"canonical": [True]},
        {"sample": 3},
        {"seed": 1},
        {"changed_since": 1},
    ],
)
def test_what_chooses_records_or_their_order_belongs_to_a_cursor(
    written: dict[str, object],
) -> None:
    other = msgspec.structs.replace(PLAIN, **written)

    assert signature("wave", other) != signature("wave", PLAIN)
    assert refusal(write_cursor(POSITION), parameters=other) == "belongs to other parameters"


@pytest.mark.parametrize(
    "written",
    [
        {"limit": 9},
        {"count": "none"},
        {"format": "csv"},
        {"select": ["id"]},
        {"expand": ["company"]},
        {"as_of": 1},
        {"cursor": "x"},
    ],
)
def test_what_only_shapes_an_answer_goes_with_any_cursor(written: dict[str, object]) -> None:
    other = msgspec.structs.replace(PLAIN, **written)

    assert signature("wave", other) == signature("wave", PLAIN)


def test_a_walk_goes_on_where_a_later_version_knows_more_parameters() -> None:
    """A cursor that was given before an upgrade leads on after it."""

    class Later(WaveListParameters, frozen=True, kw_only=True):
        colour: list[str] = []
        seed: int = 0

    several: list[dict[str, Any]] = [{}, {"company": ["globex"], "sort": "id"}]
    for asked in several:
        before, after = WaveListParameters(**asked), Later(**asked)
        assert signature("wave", before) == signature("wave", after)
    assert signature("wave", Later(colour=["red"])) != signature("wave", Later())


def test_a_cursor_belongs_to_one_list() -> None:
    asked = CompanyListParameters(cursor=write_cursor(POSITION))

    with pytest.raises(InvalidParametersError, match="belongs to other parameters"):
        read_cursor("company", asked)


FORGED: dict[str, list[object]] = {
    "revision 0": [0, *msgspec.structs.astuple(POSITION)[1:]],
    "a revision beyond the column": [2**31, *msgspec.structs.astuple(POSITION)[1:]],
    "a revision that is text": ["3", *msgspec.structs.astuple(POSITION)[1:]],
    "a count below 0": [3, -1, *msgspec.structs.astuple(POSITION)[2:]],
    "a key that is no date": [3, 7, "x", *msgspec.structs.astuple(POSITION)[3:]],
    "a key of another type": [3, 7, 5, *msgspec.structs.astuple(POSITION)[3:]],
    "an id with NUL": [3, 7, "2023-01-10", "a\0", POSITION.signature],
    "too few parts": [3, 7, "2023-01-10"],
    "no parts": [],
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_cursor_is_none_of_ours(name: str) -> None:
    assert refusal(encoded(FORGED[name])) == "was not issued by this API"


@given(st.text(min_size=1, max_size=60))
@example("A")
@example("====")
@example(write_cursor(POSITION) + "A")
@example(write_cursor(POSITION) + "==")
@example(write_cursor(POSITION)[:-1])
@example("é")
def test_any_text_is_refused_with_the_same_words(text: str) -> None:
    assert refusal(text) == "was not issued by this API"
