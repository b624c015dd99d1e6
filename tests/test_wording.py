"""Numbers and hedges in the words of sources, in the languages that occur."""

from __future__ import annotations

import pytest

from layoff_ledger.curation.rules.hedges import hedges
from layoff_ledger.curation.rules.numbers import numbers


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("14,000 roles", "count", 14_000),
        ("14.000 Stellen", "count", 14_000),
        ("14 000 postes", "count", 14_000),
        ("14\u202f000 emplois", "count", 14_000),
        ("14’000 Stellen", "count", 14_000),
        ("14000 jobs", "count", 14_000),
        ("14k jobs", "count", 14_000),
        ("fourteen thousand workers", "count", 14_000),
        ("four hundred and fifty people", "count", 450),
        ("rund tausend Stellen", "count", 1_000),
        ("environ un millier d’emplois", "count", 1_000),
        ("2.5 million people", "count", 2_500_000),
        ("2,6 mil funcionários", "count", 2_600),
        ("do 2 tys. osób", "count", 2_000),
        ("twelve engineers", "count", 12),
        ("three employees", "count", 3),
        ("13% of staff", "share", 0.13),
        ("13 per cent of staff", "share", 0.13),
        ("47 Prozent der Angestellten", "share", 0.47),
        ("14,5 % des effectifs", "share", 0.145),
        ("a third of its staff", "share", 1 / 3),
        ("two-thirds of the team", "share", 2 / 3),
        ("die Hälfte der Belegschaft", "share", 0.5),
        ("one in five jobs", "share", 0.2),
        ("its entire staff", "share", 1),
    ],
)
def test_a_number_is_read_as_it_is_written(text: str, kind: str, value: float) -> None:
    values = [one for number in numbers(text) if number.kind == kind for one in number.values]

    assert any(one == pytest.approx(value) for one in values), numbers(text)


@pytest.mark.parametrize(
    "text",
    [
        "$5.5 billion in savings",
        "between 200 and 300 million euros",
        "in July 2023",
        "on 12 July",
        "after 14 years",
        "closing 120 stores",
        "Item 2.05",
        "serves 40 million customers",
    ],
)
def test_what_counts_no_people_never_contradicts_a_claim(text: str) -> None:
    assert not [one for one in numbers(text) if one.kind in {"count", "share"} and one.certain]


def test_both_ends_of_a_span_are_shares() -> None:
    shares = [one.values[0] for one in numbers("10 to 15 percent") if one.kind == "share"]

    assert shares == [pytest.approx(0.1), pytest.approx(0.15)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cutting 500 jobs", set()),
        ("about 500 jobs", {"approximately"}),
        ("some 500 jobs", {"approximately"}),
        ("almost 500 jobs", {"approximately"}),
        ("around a further 500 jobs", {"approximately"}),
        ("500 or so jobs", {"approximately"}),
        ("more than 500 jobs", {"at_least"}),
        ("over 500 jobs", {"at_least"}),
        ("at least 500 jobs", {"at_least"}),
        ("500+ jobs", {"at_least"}),
        ("500 or more jobs", {"at_least"}),
        ("no fewer than 500 jobs", {"at_least"}),
        ("more-than-500 jobs", {"at_least"}),
        ("up to 500 jobs", {"up_to"}),
        ("as many as 500 jobs", {"up_to"}),
        ("no more than 500 jobs", {"up_to"}),
        ("fewer than 500 jobs", {"up_to"}),
        ("just over 500 jobs", {"at_least", "approximately"}),
        ("just under 500 jobs", {"up_to", "approximately"}),
        ("up to around 500 jobs", {"up_to", "approximately"}),
        ("rund 500 Stellen", {"approximately"}),
        ("mehr als 500 Stellen", {"at_least"}),
        ("bis zu 500 Stellen", {"up_to"}),
        ("environ 500 postes", {"approximately"}),
        ("plus de 500 postes", {"at_least"}),
        ("jusqu’à 500 postes", {"up_to"}),
        ("unos 500 empleados", {"approximately"}),
        ("más de 500 empleados", {"at_least"}),
        ("hasta 500 empleados", {"up_to"}),
        ("circa 500 esuberi", {"approximately"}),
        ("oltre 500 esuberi", {"at_least"}),
        ("fino a 500 esuberi", {"up_to"}),
        ("ongeveer 500 banen", {"approximately"}),
        ("zo'n 500 banen", {"approximately"}),
        ("meer dan 500 banen", {"at_least"}),
        ("cerca de 500 funcionários", {"approximately"}),
        ("mais de 500 funcionários", {"at_least"}),
        ("até 500 funcionários", {"up_to"}),
        ("omkring 500 tjänster", {"approximately"}),
        ("minst 500 tjänster", {"at_least"}),
        ("upp till 500 tjänster", {"up_to"}),
        # Words that are not hedges in their place.
        ("a memo about 500 jobs", set()),
        ("a row over 500 jobs", set()),
        ("bringing the total up to 500 jobs", set()),
    ],
)
def test_a_hedge_is_found_before_its_number(text: str, expected: set[str]) -> None:
    (number,) = [one for one in numbers(text) if one.values == (500.0,)]

    found = hedges(text, number)

    assert set(found) == expected


def test_a_hedge_belongs_to_the_number_that_it_stands_before() -> None:
    text = "500 of its more than 10,000 employees"
    cut, staff = numbers(text)

    assert hedges(text, cut) == frozenset()
    assert hedges(text, staff) == {"at_least"}
