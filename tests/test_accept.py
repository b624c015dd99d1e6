"""Negotiation by the book (RFC 9110, 12.5 and 13.1.2): media types, encodings, entity tags."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from layoff_ledger.http.compression import choose_encoding
from layoff_ledger.http.conditional import matches
from layoff_ledger.http.negotiation import Representation, best_accepted, parse_accept

JSON, CSV, NDJSON = "application/json", "text/csv", "application/x-ndjson"
OFFERED = [JSON, CSV, NDJSON]


def accepted(header: str | None, offered: list[str] = OFFERED) -> str | None:
    representations = tuple(Representation(one, one) for one in offered)
    ranges = parse_accept(b"*/*" if header is None else header.encode("latin-1"))
    chosen = best_accepted(representations, ranges)
    return None if chosen is None else chosen.media_type


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("text/csv", CSV),
        ("TEXT/CSV", CSV),
        ("text/*", CSV),
        ("application/*", JSON),
        ("application/x-ndjson", NDJSON),
        ("text/csv, application/json", JSON),
        ("text/csv;q=0.9, application/json;q=0.8", CSV),
        ("text/csv ; q=0.9 , application/json ; q=0.8", CSV),
        ("application/json;q=0.1, */*;q=0.5", CSV),
        ("application/json;q=0, */*", CSV),
        ("application/*;q=0, */*;q=0.1", CSV),
        ("text/html, application/xhtml+xml, */*;q=0.8", JSON),
        ("text/csv;header=present", CSV),
        ("text/csv;header=present;q=0.2, application/x-ndjson;q=0.3", NDJSON),
        ("image/png", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("json", None),
        (";q=1", None),
        (",,,", None),
        # An invalid weight counts as 0.
        ("text/csv;q=x", None),
        ("text/csv;q=2", None),
        ("text/csv;q=-1", None),
        ("text/csv;q=nan", None),
    ],
)
def test_the_best_accepted_media_type_is_chosen(header: str | None, chosen: str | None) -> None:
    assert accepted(header) == chosen


def test_of_equal_ones_the_first_that_is_offered_is_chosen() -> None:
    assert accepted("text/csv, application/json", [CSV, JSON]) == CSV
    assert accepted("text/csv, application/json", [JSON, CSV]) == JSON


@given(st.text(st.characters(max_codepoint=255), max_size=80))
@example(";;;q=,,;q")
@example("\x00")
@example("*/*;q=" + "1" * 60)
def test_any_accept_is_understood_or_offers_nothing(header: str) -> None:
    assert accepted(header) in {*OFFERED, None}


@given(
    st.lists(
        st.tuples(st.sampled_from([*OFFERED, "image/png"]), st.integers(0, 10)),
        min_size=1,
        unique_by=lambda one: one[0],
    )
)
def test_no_type_is_chosen_before_one_of_more_weight(wanted: list[tuple[str, int]]) -> None:
    weights = {name: weight for name, weight in wanted if name in OFFERED and weight}

    chosen = accepted(", ".join(f"{name};q={weight / 10}" for name, weight in wanted))

    if chosen is None:
        assert not weights
    else:
        assert weights[chosen] == max(weights.values())


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (b"", b"identity"),
        (b"gzip", b"gzip"),
        (b"gzip, deflate, br, zstd", b"zstd"),
        (b"GZIP;q=0.5, br;q=0.8", b"br"),
        # Who accepts everything has not said what it can decode.
        (b"*", b"gzip"),
        (b"gzip;q=0, *", b"identity"),
        (b"br, *;q=0.1", b"br"),
        (b"*;q=0", b"identity"),
        (b"zstd;q=0, *;q=0.1", b"gzip"),
        (b"identity, gzip;q=0.1", b"identity"),
        (b"gzip;q=x", b"identity"),
        (b"deflate", b"identity"),
    ],
)
def test_the_best_accepted_encoding_is_chosen(header: bytes, chosen: bytes) -> None:
    assert choose_encoding(header) == chosen


@given(st.binary(max_size=80))
@example(b";;,q=;")
def test_any_accept_encoding_is_understood(header: bytes) -> None:
    assert choose_encoding(header) in {b"identity", b"gzip", b"br", b"zstd"}


@pytest.mark.parametrize(
    ("header", "matched"),
    [
        (b'W/"1"', True),
        (b'"1"', True),
        (b'"0", W/"1"', True),
        (b' W/"1" ', True),
        (b'W/"2"', False),
        (b"", False),
        (b"1", False),
        (b'"a,b"', False),
        (None, False),
    ],
)
def test_tags_are_compared_weakly(header: bytes | None, matched: bool) -> None:  # noqa: FBT001
    assert matches(header, b'W/"1"') is matched
