"""Twenty questions that people ask: each has one call, and its answer is what the documents say."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from support.groups import affirmed, busiest, expected, period
from support.lists import Document, everything, walk
from support.markdown import Block, blocks, pages
from support.tools import shell

QUESTIONS: dict[str, Block] = {
    block.heading: block for block in blocks(pages()["docs/questions.md"])
}
AI = {"ai_automation", "ai_disruption", "ai_investment"}


def find(words: str) -> Block:
    """Return the block under the one question that has these words."""
    (found,) = [block for question, block in QUESTIONS.items() if words in question]
    return found


@pytest.fixture(scope="module")
def waves(real: httpx.Client) -> list[Document]:
    return everything(real, "/v1/waves")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the recipes run."""
    return tmp_path_factory.mktemp("questions")


@pytest.fixture(scope="module")
def answers(real: httpx.Client, tools: dict[str, str], folder: Path) -> dict[str, str]:
    """Return what each recipe prints, run as it is printed."""
    return {
        question: shell(block.text, real, tools, folder=folder)
        for question, block in QUESTIONS.items()
    }


@pytest.fixture
def rows(answers: dict[str, str]) -> Any:
    """Return the function that finds the printed rows of a question."""
    return lambda words: [line.split("\t") for line in answers[find(words).heading].splitlines()]


def text(value: Any) -> str:
    return "" if value is None else str(value)


def test_each_question_takes_one_call() -> None:
    assert len(QUESTIONS) == 28
    for question, block in QUESTIONS.items():
        assert question.endswith("?")
        assert len(re.findall(r"\bcurl\b", block.text)) == 1, question
        assert "while" not in block.text


def test_every_question_has_an_answer(answers: dict[str, str]) -> None:
    silent = [question for question, printed in answers.items() if not printed.strip()]

    # The workbook goes to a file; notices are no part of this ledger, test_notice_recipes has some.
    assert silent == [
        find(words).heading for words in ("Excel", "file with the authorities", "first notice")
    ]


def test_ai_is_counted_against_all_waves_of_a_month(rows: Any, waves: list[Document]) -> None:
    told = {(month, rule): int(n) for month, rule, n in rows("month by month, against all")}

    counted: Counter[tuple[str, str]] = Counter()
    for wave in waves:
        month = period(wave, "month")
        if wave["canonical"] and month and month >= "2025":
            stated = any(
                (one["speaker"], one["stance"]) == ("company", "states")
                and one["driver"]["code"] in AI
                for one in affirmed(wave)
            )
            counted[month, "all"] += 1
            counted[month, "company"] += stated
    assert {key: n for key, n in told.items() if n} == {key: n for key, n in counted.items() if n}


def test_rules_are_nested(rows: Any) -> None:
    told: dict[str, dict[str, int]] = {}
    for year, rule, n, _ in rows("under each rule"):
        told.setdefault(year, {})[rule] = int(n)

    assert "2025" in told
    for found in told.values():
        widening = ["company_primary", "company", "authority", "press", "anyone", "all"]
        assert [found[rule] for rule in widening] == sorted(found[rule] for rule in widening)


def test_the_jobs_of_each_rule_are_those_of_its_waves(rows: Any, waves: list[Document]) -> None:
    told = {rule: figures for rule, *figures in rows("because of AI in 2025")}

    of_2025 = [("announced", "2025")]
    by_company = [("driver_group", "ai"), ("speaker", "company"), ("stance", "states")]
    for rule, query in (
        ("company_primary", [*by_company, ("weight", "primary"), *of_2025]),
        ("company", [*by_company, *of_2025]),
        ("all", of_2025),
    ):
        group = expected(waves, query, ["year"])["2025",]
        names = ["waves", "waves_with_headcount"]
        names += [f"headcount_{kind}_low" for kind in ("gross", "net", "affected", "unstated")]
        assert told[rule] == [str(group[name]) for name in names], rule


def test_three_companies_a_year(rows: Any, waves: list[Document]) -> None:
    told = rows("three companies")

    groups = expected(waves, [("announced_gte", "2020")], ["year", "company"])
    names = {one["company"]["id"]: one["company"]["name"] for one in waves}
    for year in {year for year, _, _ in told}:
        jobs = sorted(
            (
                (one["headcount_low"] or 0, names[company])
                for (of, company), one in groups.items()
                if of == year
            ),
            reverse=True,
        )
        assert [int(n) for of, _, n in told if of == year] == [n for n, _ in jobs[:3]]


def test_the_running_total_ends_at_the_whole(rows: Any, waves: list[Document]) -> None:
    told = rows("running total")

    of_month = [
        wave for wave in waves if wave["canonical"] and (period(wave, "month") or "") >= "2025"
    ]
    known = [row for row in told if row[0]]
    assert [row[0] for row in known] == sorted(row[0] for row in known)
    assert int(known[-1][1]) == len(of_month)
    assert int(known[-1][2]) == len({wave["company"]["id"] for wave in of_month})


def test_who_cut_twice(rows: Any, waves: list[Document]) -> None:
    told = {name: (int(n), first, last) for name, n, first, last, *_ in rows("twice or more")}

    days: dict[str, list[datetime.date]] = {}
    for wave in waves:
        if wave["canonical"]:
            day = datetime.date.fromisoformat(wave["announced_on"])
            days.setdefault(wave["company"]["name"], []).append(day)
    found = {name: busiest(those, 12) for name, those in days.items()}
    assert told == {
        name: (n, str(first), str(last)) for name, (n, first, last) in found.items() if n >= 2
    }


def test_the_deepest_cuts_are_of_whole_companies(rows: Any, waves: list[Document]) -> None:
    found = rows("largest share")

    deep = {
        wave["id"]: text(wave["share"]["low"])
        for wave in waves
        if wave["canonical"] and wave["share"] and (wave["share"]["low"] or 0) >= 0.5
        if wave["share"]["base"] is None
    }
    assert {wave: share for wave, share, *_ in found} == deep
    shares = [float(share) for _, share, *_ in found]
    assert shares == sorted(shares, reverse=True)
    assert "dukaan-2023-07" not in deep  # 90 % of its customer support


def test_jobs_in_germany_are_those_that_are_stated_of_it(rows: Any, waves: list[Document]) -> None:
    told = {month: (int(n), int(of), text(jobs)) for month, n, of, jobs in rows("in Germany")}

    groups = expected(waves, [("country", "DE"), ("announced_gte", "2023")], ["country", "month"])
    assert told == {
        text(month): (
            one["waves"],
            one["waves_with_stated_headcount"],
            text(one["headcount_stated_low"]),
        )
        for (country, month), one in groups.items()
        if country == "DE"
    }


def test_what_became_of_cuts_is_counted_by_their_status(rows: Any, waves: list[Document]) -> None:
    told = {(year, status): int(n) for year, status, n, *_ in rows("What became")}

    assert told == Counter(
        (period(wave, "year"), wave["status"])
        for wave in waves
        if wave["canonical"] and (period(wave, "year") or "") >= "2022"
    )


def test_what_was_taken_back_or_changed_is_every_such_event(
    rows: Any, waves: list[Document]
) -> None:
    told = rows("took cuts back")

    events = [
        (wave["id"], one["kind"], one["statement"])
        for wave in waves
        for one in wave["events"]
        if one["kind"] in {"withdrawn", "revised"} and one["rank"] != "deprecated"
        if one["on"] >= "2024"
    ]
    assert 10 < len(told) < 200
    assert sorted((wave, kind, statement) for _, _, kind, statement, wave in told) == sorted(events)


def test_how_long_a_cut_took_is_the_time_between_two_events(
    rows: Any, waves: list[Document]
) -> None:
    told = rows("until a cut was over")

    days = {
        (wave["id"], one["kind"])
        for wave in waves
        for one in wave["events"]
        if one["kind"] in {"completed", "expected"} and one["rank"] != "deprecated"
        if wave["canonical"] and wave["announced_precision"] == "day"
    }
    assert {(wave, kind) for wave, kind, *_ in told} == days
    announced = {wave["id"]: wave["announced_on"] for wave in waves}
    for wave, _, until, took in told:
        first, last = map(datetime.date.fromisoformat, (announced[wave], until))
        assert (last - first).days == int(took)


def test_unions_are_found_in_whatever_they_say(rows: Any, real: httpx.Client) -> None:
    told = rows("unions say")

    claims = walk(real, "/v1/claims", [("speaker", "union"), ("country", "DE")])
    recent = [one for one in claims if one["announced_on"] >= "2020"]
    assert [row[:3] for row in told] == [
        [one["wave"], one["kind"], text(one["code"])] for one in recent
    ]
    # Few of them give a reason, which is what `speaker` filters waves by.
    assert {row[1] for row in told} > {"driver"}
    assert all(row[3] and row[4].startswith("http") for row in told)


def test_claims_are_counted_by_their_sources(answers: dict[str, str], real: httpx.Client) -> None:
    told = [line.split() for line in answers[find("single source").heading].splitlines()]

    counted = Counter(
        (one["kind"], len({citation["source"]["id"] for citation in one["citations"]}))
        for one in everything(real, "/v1/claims")
    )
    assert {(kind, int(sources)): int(n) for n, kind, sources in told} == counted


def test_the_past_is_asked_by_its_revision(rows: Any, real: httpx.Client) -> None:
    ((number, jobs, _),) = rows("earlier revision")

    totals = real.get("/v1/companies/amazon?as_of=1").json()["totals"]
    assert (int(number), int(jobs)) == (totals["waves"], totals["headcount_low"])


def test_primary_sources_only(answers: dict[str, str], waves: list[Document]) -> None:
    told = list(csv.DictReader(io.StringIO(answers[find("primary sources only").heading])))

    alone = [
        wave["id"]
        for wave in waves
        for one in wave["drivers"]
        if one["driver"]["code"] in AI
        and {wave["citations"][n - 1]["source"]["standing"] for n in one["citations"]}
        == {"primary"}
    ]
    assert sorted(row["wave"] for row in told) == sorted(alone)


def test_disagreeing_figures_name_each_other(rows: Any, real: httpx.Client) -> None:
    told = rows("disagree")

    # All of them: a page has up to 200.
    asked = [("conflicting", "true"), ("kind", "magnitude"), ("limit", "200")]
    assert len(told) == len(walk(real, "/v1/claims", asked)) > 200
    first = told[0]
    for id_ in first[-1].split():
        other = real.get(f"/v1/claims/{id_}").json()
        assert (other["wave"], other["code"]) == (first[0], first[1])
        assert (text(other["low"]), text(other["high"])) != (first[3], first[4])


def test_what_happens_is_on_one_page(rows: Any, filed: httpx.Client) -> None:
    """Of all events and notices of those days, the first page had nothing of the days to come."""
    *told, (last,) = rows("next 60 days")

    assert last.startswith(f"{len(told)} events, newest: ")
    asked = re.search(r"/v1/timeline\?[^']+", find("next 60 days").text)
    assert asked
    with_notices = filed.get(asked[0]).json()
    assert {one["what"] for one in with_notices["data"]} == {"event"}
    assert with_notices["links"]["next"] is None


@pytest.mark.usefixtures("answers")
def test_the_workbook_opens(folder: Path) -> None:
    book = CalamineWorkbook.from_path(str(folder / "ai-by-quarter.xlsx"))

    head, *found = book.get_sheet_by_index(0).to_python()
    assert head[:2] == ["quarter", "driver"]
    assert len(found) > 10
    assert len(book.sheet_names) == 2
