"""Comparisons: the table of two waves, every cell cited, in the words of a reader."""

from __future__ import annotations

import datetime
from typing import Any

import httpx
import pytest

from layoff_ledger.query import comparison
from layoff_ledger.resources.bibliography import date_text
from layoff_ledger.resources.claims import Magnitude

Json = dict[str, Any]
META = "/v1/comparisons?wave=meta-2023-03&wave=meta-2026-03"


def texts(answer: Json, aspect: str, wave: str) -> list[str]:
    (row,) = [row for row in answer["rows"] if row["aspect"] == aspect]
    (cell,) = [cell for cell in row["cells"] if cell["wave"] == wave]
    return [entry["text"] for entry in cell["entries"]]


def codes(answer: Json, aspect: str, wave: str) -> set[str]:
    (row,) = [row for row in answer["rows"] if row["aspect"] == aspect]
    (cell,) = [cell for cell in row["cells"] if cell["wave"] == wave]
    return {entry["code"] for entry in cell["entries"]}


def test_the_two_meta_waves_stand_side_by_side(real: httpx.Client) -> None:
    """The table that the product has had to give since its first day."""
    answer = real.get(META).json()
    old, new = "meta-2023-03", "meta-2026-03"

    assert [wave["title"] for wave in answer["waves"]] == ["Year of Efficiency", "AI Rebalancing"]
    assert "over_hiring" in codes(answer, "primary_driver", old)
    assert {"ai_investment", "ai_automation"} <= codes(answer, "primary_driver", new)
    assert {"middle_management", "non_core_projects"} <= codes(answer, "target_areas", old)
    assert {"engineering", "operations", "entry_level"} <= codes(answer, "target_areas", new)
    assert "approximately 13%–15% of the workforce" in texts(answer, "magnitude", old)
    assert "20% or more of the workforce" in texts(answer, "magnitude", new)
    assert "Leaner operations." in texts(answer, "strategic_focus", old)
    assert "AI-integrated workforce." in texts(answer, "strategic_focus", new)
    assert "High interest rates." in texts(answer, "market_context", old)
    assert "AI-driven capital expenditure surge." in texts(answer, "market_context", new)
    assert texts(answer, "still_hiring", old) == []
    assert texts(answer, "still_hiring", new) == ["AI research", "silicon design", "AI governance"]


def test_the_article_is_cited_for_its_reading(real: httpx.Client) -> None:
    answer = real.get(META).json()
    article = {
        one["n"] for one in answer["citations"] if one["source"]["id"].startswith("meta-ai-reb")
    }
    rows = {row["aspect"]: row for row in answer["rows"]}

    for aspect in ("primary_driver", "target_areas", "magnitude", "strategic_focus"):
        for cell in rows[aspect]["cells"]:
            cited = {n for entry in cell["entries"] for n in entry["citations"]}
            assert cited & article, (aspect, cell["wave"])


@pytest.mark.parametrize(
    "path", [META, "/v1/comparisons?wave=meta-2022-11,meta-2025-01,meta-2026-04"]
)
def test_every_entry_has_citations_that_are_listed(real: httpx.Client, path: str) -> None:
    answer = real.get(path).json()
    listed = [one["n"] for one in answer["citations"]]
    cited = [
        entry["citations"]
        for row in answer["rows"]
        for cell in row["cells"]
        for entry in cell["entries"]
    ]

    assert listed == list(range(1, len(listed) + 1))
    assert all(cited)
    assert {n for ns in cited for n in ns} == set(listed)


def test_columns_come_as_they_are_asked_for(api: httpx.Client) -> None:
    ids = ["initech-2023-04", "globex-2023-01", "hooli-2023-12"]

    answer = api.get("/v1/comparisons", params={"wave": ids}).json()

    assert [wave["id"] for wave in answer["waves"]] == ids
    for row in answer["rows"]:
        assert [cell["wave"] for cell in row["cells"]] == ids
        assert any(cell["entries"] for cell in row["cells"]), "a row that nobody fills"


def test_a_preferred_figure_comes_before_the_others(api: httpx.Client) -> None:
    answer = api.get("/v1/comparisons?wave=globex-2023-01,globex-2023-09").json()

    assert texts(answer, "magnitude", "globex-2023-01") == [
        "approximately 1,200 jobs",
        "approximately 12% of the workforce",
        "of approximately 10,000 people employed before",
        "1,500–1,800 jobs",
        "900 jobs",
    ]


def test_a_denial_has_a_row_of_its_own(api: httpx.Client) -> None:
    answer = api.get("/v1/comparisons?wave=globex-2023-01,umbrella-2023-04").json()

    assert codes(answer, "denied_driver", "globex-2023-01") == {"ai_automation"}
    assert codes(answer, "primary_driver", "globex-2023-01") == {"over_hiring"}


@pytest.mark.parametrize(
    ("measure", "low", "high", "qualifier", "base", "text"),
    [
        ("headcount", 300, None, "at_least", None, "300 or more jobs"),
        ("headcount", None, 500, "up_to", None, "up to 500 jobs"),
        ("headcount", 10_000, 10_000, "approximately", None, "approximately 10,000 jobs"),
        ("share", 0.2, None, "at_least", None, "20% or more of the workforce"),
        ("share", 0.13, 0.15, "approximately", None, "approximately 13%–15% of the workforce"),
        ("share", 0.125, 0.125, "derived", "the sales staff", "12.5% (derived) of the sales staff"),
    ],
)
def test_a_figure_is_said_as_a_reader_says_it(
    measure: Any, low: float | None, high: float | None, qualifier: Any, base: str | None, text: str
) -> None:
    claim = Magnitude(
        measure=measure,
        low=low,
        high=high,
        qualifier=qualifier,
        counts=None,
        cumulative=None,
        contractors_included=None,
        base=base,
        rank="normal",
        speaker="press",
        stated_on=None,
        stated_precision=None,
        note=None,
        citations=[1],
    )

    assert comparison.magnitude_text(claim) == text


@pytest.mark.parametrize(
    ("precision", "text"),
    [("day", "2023-05-01"), ("month", "2023-05"), ("quarter", "2023-Q2"), ("year", "2023")],
)
def test_a_date_is_said_as_precisely_as_it_is_known(precision: str, text: str) -> None:
    assert date_text(datetime.date(2023, 5, 1), precision) == text
