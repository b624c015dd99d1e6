"""The recipes for notices: each is run as it is printed, and compared with a plain reading."""

from __future__ import annotations

import csv
import datetime
import itertools
import re
from collections import Counter, defaultdict
from pathlib import Path

import httpx
import pytest

from layoff_ledger.query import notice_statistics
from layoff_ledger.query.dimensions import DIMENSIONS
from support.filed import COMPANIES, SINCE, STATES
from support.lists import everything, walk
from support.markdown import blocks, pages
from support.tools import shell

pytestmark = pytest.mark.thorough

RECIPES = {
    block.heading: block.text
    for block in blocks(pages()["docs/notices.md"])
    if block.language == "bash"
}
STANDING = [("status", "filed,amended"), ("possible_duplicate", "false"), ("limit", "200")]


def run(word: str, client: httpx.Client, tools: dict[str, str]) -> list[list[str]]:
    """Run the one recipe whose heading has a word; return its lines by cell."""
    (text,) = (text for heading, text in RECIPES.items() if word in heading)
    return [line.split("\t") for line in shell(text, client, tools).splitlines()]


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def standing(folder: Path) -> list[dict[str, str]]:
    """Read the notices that stand, according to the columns of the files."""
    relations = read(folder / "notices" / "relations.csv")
    files = [path for path in (folder / "notices" / "us").glob("*.csv") if path.stem != "ca"]
    rows = {row["key"]: row for path in files for row in read(path)}
    amended = {
        one["other_key"]
        for one in relations
        if one["relation"] == "amends" and {one["key"], one["other_key"]} <= rows.keys()
    }
    repeating = {
        one["key"]
        for one in relations
        if one["relation"] == "possible_duplicate" and {one["key"], one["other_key"]} <= rows.keys()
    }
    return [
        row
        for key, row in rows.items()
        if key not in amended | repeating
        and not re.search("rescind|rescission|withdrawn", row["employer"].lower())
    ]


def test_three_states_by_month(
    filed: httpx.Client, filed_folder: Path, tools: dict[str, str]
) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    jobs: Counter[tuple[str, str]] = Counter()
    for row in standing(filed_folder):
        if row["jurisdiction"][3:].lower() in STATES and row["notice_on"] >= SINCE:
            key = (row["jurisdiction"], row["notice_on"][:7])
            counted[key] += 1
            jobs[key] += int(row["jobs"] or 0)

    found = run("Texas", filed, tools)

    assert [(*key, str(counted[key]), str(jobs[key])) for key in sorted(counted)] == [
        tuple(line) for line in found
    ]
    assert len(found) >= 15


def test_a_quarter_against_the_year_before(
    filed: httpx.Client, filed_folder: Path, tools: dict[str, str]
) -> None:
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in standing(filed_folder):
        year, _, rest = row.get("notice_on", "").partition("-")
        if "04" <= rest[:2] <= "06" and year in ("2025", "2026"):
            counted[row["jurisdiction"]][year] += 1
    names = {"US-TX": "Texas", "US-NY": "New York", "US-FL": "Florida"}

    *found, basis = run("year before", filed, tools)

    assert len(found) == min(10, len(counted)) >= 3
    of = {line[0].removesuffix(", United States"): line[1:] for line in found}
    for code, name in names.items():
        years = counted[code]
        assert of[name] == [str(years[year] or "none") for year in ("2025", "2026")]
    numbers = [0 if line[2] == "none" else int(line[2]) for line in found]
    assert numbers == sorted(numbers, reverse=True)
    assert "this ledger has no notices from " in basis[0]


def test_california_after_its_file_was_imported(filed: httpx.Client, tools: dict[str, str]) -> None:
    assert run("California", filed, tools) == [
        ["2026-02", "2", "2", "42"],
        ["2026-03", "1", "0", ""],
    ]


def test_what_takes_effect_in_the_next_60_days(
    filed: httpx.Client, filed_folder: Path, tools: dict[str, str]
) -> None:
    last = datetime.date(2026, 8, 8) + datetime.timedelta(days=60)
    expected = [
        (row["effective_on"], row["jurisdiction"])
        for row in standing(filed_folder)
        if "2026-08-08" <= row.get("effective_on", "") <= str(last)
    ]

    found = run("60 days", filed, tools)

    assert str(last) == "2026-10-07"
    assert Counter((line[0], line[1]) for line in found) == Counter(expected)
    assert [line[0] for line in found] == sorted(line[0] for line in found)
    assert found


def test_all_notices_of_three_companies_with_their_waves(
    filed: httpx.Client, tools: dict[str, str]
) -> None:
    found = run("Which notices", filed, tools)
    of: defaultdict[str, set[str]] = defaultdict(set)
    for company, wave, *_ in found:
        of[company].add(wave)
    count = filed.get(f"/v1/notices?company={','.join(COMPANIES)}").json()["meta"]["count"]

    assert set(of) == set(COMPANIES)
    assert len(found) == count
    for company, waves in of.items():
        assert waves - {"none"}, company
        assert all(wave.startswith(f"{company}-") for wave in waves - {"none"})


def test_the_lag_from_announcement_to_first_notice(
    filed: httpx.Client, tools: dict[str, str]
) -> None:
    first: dict[str, datetime.date] = {}
    for one in walk(filed, "/v1/notices", STANDING):
        if one["wave"] is not None and one["notice_on"] is not None:
            day = datetime.date.fromisoformat(one["notice_on"])
            first[one["wave"]["id"]] = min(first.get(one["wave"]["id"], day), day)
    waves = {one["id"]: one for one in everything(filed, "/v1/waves")}
    expected = {
        id_: (day - datetime.date.fromisoformat(waves[id_]["announced_on"])).days
        for id_, day in first.items()
        if waves[id_]["announced_precision"] == "day"
    }

    found = {id_: int(days) for id_, days in run("How long", filed, tools)}

    assert found == expected
    assert found
    assert all(-30 <= days <= 270 for days in found.values())


def test_waves_whose_notices_say_more(filed: httpx.Client, tools: dict[str, str]) -> None:
    found = run("more jobs", filed, tools)

    for wave in everything(filed, "/v1/waves"):
        high = (wave["headcount"] or {}).get("high")
        notices = wave["notices"]
        exceeds = None not in (high, notices and notices["jobs_low"]) and notices["jobs_low"] > high
        assert exceeds is any(line[0] == wave["id"] for line in found)


def test_no_statistic_counts_a_notice_and_its_wave_together(filed: httpx.Client) -> None:
    """Whatever is asked about waves is the same as before there were notices, and vice versa."""
    assert any(one["notices"] for one in everything(filed, "/v1/waves"))
    known = list(dict.fromkeys([*DIMENSIONS, *notice_statistics.DIMENSIONS]))
    asked = 0
    for first, second in itertools.pairwise([*known, "company"]):
        for group_by in (first, f"{first},{second}"):
            for of in ("", "&of=notices"):
                query = f"/v1/statistics?group_by={group_by}{of}&limit=10000"
                answer = filed.get(query)
                if answer.status_code == 400:
                    continue
                asked += 1
                groups = answer.json()["data"]
                if of:
                    assert not any("headcount_low" in one or "waves" in one for one in groups)
                else:
                    before = filed.get(f"{query}&as_of=1").json()["data"]
                    assert groups == before, query
    assert asked >= 40
    for path in ("/v1/attribution?driver_group=ai", "/v1/rebalancing"):
        now, before = (
            filed.get(f"{path}{'&' if '?' in path else '?'}as_of={revision}").json()["data"]
            for revision in (2, 1)
        )
        assert now == before, path
    for company in COMPANIES:
        now, before = (
            filed.get(f"/v1/companies/{company}?as_of={revision}").json()["totals"]
            for revision in (2, 1)
        )
        assert now == before
