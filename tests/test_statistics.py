"""Statistics: groups are what a plain reading of the documents counts, for any filter."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layoff_ledger import paths
from layoff_ledger.query.grouping import BUSIEST, FIGURES
from support.filters import FUZZ, choices, fuzz, queries
from support.groups import KEYS, MULTIPLE, SINGLE, TIMES, busiest, expected, spread
from support.lists import Query, everything

pytestmark = pytest.mark.postgres

Json = dict[str, Any]


def asked(client: httpx.Client, query: Query, group_by: list[str]) -> Json:
    parameters = [*query, ("group_by", ",".join(group_by)), ("limit", "10000")]
    answer = client.get("/v1/statistics", params=httpx.QueryParams(tuple(parameters)))
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def told(answer: Json, group_by: list[str]) -> dict[Any, Json]:
    return {
        tuple(one["keys"][name] for name in group_by): {name: one[name] for name in FIGURES}
        for one in answer["data"]
    }


@pytest.mark.parametrize("ledger", ["api", "overlapping", "real"])
def test_groups_are_what_a_plain_reading_counts(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")

    @fuzz(ledger)
    @given(
        query=queries(choices(waves)),
        group_by=st.lists(
            st.sampled_from([*SINGLE, *MULTIPLE]), min_size=1, max_size=3, unique=True
        ),
    )
    def holds(query: Query, group_by: list[str]) -> None:
        answer = asked(client, query, group_by)

        assert told(answer, group_by) == expected(waves, query, group_by)
        assert answer["meta"]["groups"] == len(answer["data"])

    holds()


@pytest.mark.parametrize("group_by", [["year"], ["company"], ["industry", "status"], ["month"]])
def test_groups_of_single_valued_dimensions_add_up(real: httpx.Client, group_by: list[str]) -> None:
    answer = asked(real, [("canonical", "true,false")], group_by)

    assert answer["meta"]["overlapping"] is False
    assert sum(one["waves"] for one in answer["data"]) == answer["meta"]["count"]
    assert answer["meta"]["count"] == len(list((paths.DATA / "waves").iterdir()))


def test_groups_of_several_values_say_that_they_overlap(api: httpx.Client) -> None:
    answer = asked(api, [], ["driver"])

    assert answer["meta"]["overlapping"] is True
    assert {one["keys"]["driver"]: one["waves"] for one in answer["data"]} == {
        "over_hiring": 1,
        "ai_automation": 2,
        "cost_control": 1,
        "closure": 1,
        None: 2,
    }


def test_the_unknown_is_a_group_of_its_own_and_comes_last(api: httpx.Client) -> None:
    answer = asked(api, [], ["industry"])

    assert [one["keys"]["industry"] for one in answer["data"]] == ["31-33", "51", "54", None]


def test_only_what_may_be_added_up_is_counted(api: httpx.Client) -> None:
    assert asked(api, [], ["year"])["meta"]["count"] == 6
    assert asked(api, [("canonical", "false")], ["year"])["meta"]["count"] == 2


def test_bounds_are_added_and_unknown_is_never_0(api: httpx.Client) -> None:
    (globex,) = asked(api, [("company", "globex")], ["company"])["data"]

    assert globex["labels"] == {"company": "Globex"}
    assert (globex["headcount_low"], globex["headcount_high"]) == (1500, None)


def test_groups_come_in_the_order_that_is_asked_for(real: httpx.Client) -> None:
    years = [one["keys"]["year"] for one in asked(real, [], ["year"])["data"]]
    counts = [one["waves"] for one in asked(real, [("sort", "-waves")], ["driver"])["data"]]
    page = real.get("/v1/statistics?group_by=company&limit=3&sort=-headcount_low").json()

    assert years == sorted(years)
    assert counts == sorted(counts, reverse=True)
    assert len(page["data"]) == 3
    assert page["meta"]["groups"] > 100


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "is required"),
        ("group_by=size", "is none of company,"),
        ("group_by=year,month,driver,role", "must be at most 3"),
        ("group_by=driver&cumulative=true", "needs one dimension of time"),
        ("group_by=year,month&cumulative=true", "needs one dimension of time"),
        ("group_by=driver&fill=true", "needs one dimension of time"),
        ("group_by=year&top=3", "needs a second dimension"),
        ("group_by=year,driver&top=3&fill=true", "does not go with fill"),
        ("group_by=company&busiest_waves_gte=2", "needs a length of its windows"),
        ("group_by=company&sort=-busiest_waves", "needs a length of the windows"),
        ("group_by=month&fill=true&within_months=12", "does not go with fill"),
        ("group_by=month&cumulative=true&within_months=12", "does not go with cumulative"),
        ("group_by=company&within_months=121", "must be at most 120"),
        ("group_by=year,driver&top=0", "must be at least 1"),
        ("group_by=year&announced_gte=2024&announced_lte=2023-06", "no day lies between them"),
        ("group_by=year,year", "a dimension is named twice"),
        ("group_by=year&driver=over_hirng", "no driver 'over_hirng'"),
        ("group_by=year&limit=0", "must be at least 1"),
    ],
)
def test_a_mistake_is_named(api: httpx.Client, query: str, detail: str) -> None:
    answer = api.get(f"/v1/statistics?{query}")

    assert answer.status_code == 400
    assert detail in answer.json()["detail"]


@pytest.mark.parametrize("ledger", ["overlapping", "real"])
def test_running_totals_are_those_of_all_earlier_spans(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = everything(client, "/v1/waves")

    # Every group has the waves of all earlier ones, so the plain reading is slow.
    @settings(FUZZ, max_examples=60 if ledger == "overlapping" else 8)
    @given(
        query=queries(choices(waves)),
        time=st.sampled_from(TIMES if ledger == "overlapping" else ["year"]),
        others=st.lists(
            st.sampled_from(["company", "industry", "size_band", "country", "driver", "role"]),
            max_size=2 if ledger == "overlapping" else 1,
            unique=True,
        ),
        place=st.integers(0, 2),
    )
    def holds(query: Query, time: str, others: list[str], place: int) -> None:
        group_by = [*others[:place], time, *others[place:]]
        asked_for = [*query, ("cumulative", "true")]
        answer = asked(client, asked_for, group_by)

        if answer["meta"]["groups"] <= 10_000:
            assert told(answer, group_by) == expected(waves, query, group_by, cumulative=True)
        assert answer["meta"]["cumulative"] is answer["meta"]["overlapping"] is True
        # Quartiles need the waves themselves: what adds up is then counted in another way.
        beside = asked(client, [*asked_for, ("spread", "true")], group_by)
        assert told(beside, group_by) == told(answer, group_by)

    holds()


@pytest.mark.parametrize("ledger", ["overlapping", "real"])
@pytest.mark.parametrize("cumulative", [False, True])
@pytest.mark.parametrize("group_by", [[name] for name in TIMES] + [["status", "quarter"]])
def test_spans_without_a_wave_are_filled(
    ledger: str,
    cumulative: bool,  # noqa: FBT001 what is asked
    group_by: list[str],
    request: pytest.FixtureRequest,
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    query = [("announced_gte", "2022"), ("announced_lte", "2024-06")]
    query += [("cumulative", str(cumulative).lower())]
    place, time = len(group_by) - 1, group_by[-1]

    plain = asked(client, query, group_by)
    filled = asked(client, [*query, ("fill", "true")], group_by)

    known = told(plain, group_by)
    groups = told(filled, group_by)
    spans = sorted({keys[place] for keys in groups} - {None})
    assert spans == every_span(time, spans[0], spans[-1])
    assert known.items() <= groups.items()
    added = {tuple(one["keys"].values()) for one in filled["data"] if one["filled"]}
    assert added == groups.keys() - known.keys()
    assert filled["meta"]["filled"] == len(added)
    assert filled["meta"]["groups"] == len(filled["data"])
    for keys in added:
        before = [one for one in known if one[:place] == keys[:place] and is_before(one, keys)]
        if cumulative and before:
            assert groups[keys] == known[max(before)]
        else:
            assert (groups[keys]["waves"], groups[keys]["headcount_low"]) == (0, 0)
    assert [tuple(one["keys"].values()) for one in filled["data"]] == sorted(
        groups, key=last_is_null
    )


def is_before(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return one[-1] is not None and one[-1] < other[-1]


def last_is_null(keys: tuple[str | None, ...]) -> list[tuple[bool, str]]:
    return [(key is None, key or "") for key in keys]


def every_span(time: str, first: str, last: str) -> list[str]:
    """Name the spans by looking at every day."""
    days = (datetime.date(2021, 12, 1) + datetime.timedelta(days=n) for n in range(1200))
    wave = {"announced_precision": "day"}
    named = {KEYS[time]({**wave, "announced_on": str(day)})[0] for day in days}
    return sorted(one for one in named if one is not None and first <= one <= last)


@pytest.mark.parametrize("sort", ["key", "-waves", "-headcount_low"])
@pytest.mark.parametrize(
    ("group_by", "cumulative"),
    [
        (["year", "company"], False),
        (["industry", "driver"], False),
        (["year", "industry"], True),
        (["driver", "year"], True),
    ],
)
def test_the_first_ones_of_each_group(
    real: httpx.Client,
    sort: str,
    group_by: list[str],
    cumulative: bool,  # noqa: FBT001 what is asked
) -> None:
    query = [("sort", sort), ("cumulative", str(cumulative).lower())]
    whole = asked(real, query, group_by)["data"]
    answer = asked(real, [*query, ("top", "3")], group_by)
    measure = "waves" if sort == "key" else sort.removeprefix("-")

    expected: list[Json] = []
    first, second = group_by
    for key in dict.fromkeys(
        sorted((one["keys"][first] for one in whole), key=lambda k: (k is None, k or ""))
    ):
        known = [
            one for one in whole if one["keys"][first] == key and one["keys"][second] is not None
        ]
        known.sort(
            key=lambda one: (one[measure] is None, -(one[measure] or 0), one["keys"][second])
        )
        expected += known[:3]
    assert answer["data"] == expected
    assert answer["meta"]["groups"] == len(expected)


@pytest.mark.parametrize("ledger", ["overlapping", "real"])
@pytest.mark.parametrize(
    ("dimension", "cumulative"),
    [
        ("industry", False),
        ("driver", False),
        ("size_band", False),
        ("year", False),
        ("year", True),
    ],
)
def test_how_sizes_and_shares_spread(
    ledger: str,
    dimension: str,
    cumulative: bool,  # noqa: FBT001 what is asked
    request: pytest.FixtureRequest,
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = [one for one in everything(client, "/v1/waves") if one["canonical"]]
    query = [("spread", "true"), ("cumulative", str(cumulative).lower())]

    for one in asked(client, query, [dimension])["data"]:
        key = one["keys"][dimension]
        members = [
            wave
            for wave in waves
            if key in (values := set(KEYS[dimension](wave)) or {None})
            or (cumulative and key is not None and any(map(key.__gt__, values - {None})))
        ]
        for name, value in {**spread(members, "headcount"), **spread(members, "share")}.items():
            assert one[name] == (None if value is None else pytest.approx(value, abs=1e-6)), (
                key,
                name,
            )


@pytest.mark.parametrize("group_by", [["company"], ["industry"], ["driver", "country"]])
@pytest.mark.parametrize("months", [1, 12])
def test_the_busiest_window_may_begin_on_any_day(
    real: httpx.Client, group_by: list[str], months: int
) -> None:
    waves = [one for one in everything(real, "/v1/waves") if one["canonical"]]
    days: dict[tuple[Any, ...], list[datetime.date]] = {}
    for wave in waves:
        day = datetime.date.fromisoformat(wave["announced_on"])
        values = [list(set(KEYS[name](wave)) or {None}) for name in group_by]
        for key in itertools.product(*values):
            days.setdefault(key, []).append(day)
    found = {key: busiest(those, months) for key, those in days.items()}
    query = [("within_months", str(months))]

    answer = asked(real, query, group_by)

    assert {
        tuple(one["keys"].values()): (one["busiest_waves"], one["busiest_from"], one["busiest_to"])
        for one in answer["data"]
    } == {key: (n, str(first), str(last)) for key, (n, first, last) in found.items()}
    # All else is as without a window, also where few groups are asked for.
    plain = {tuple(one["keys"].values()): one for one in asked(real, [], group_by)["data"]}
    often = asked(real, [*query, ("busiest_waves_gte", "3"), ("sort", "-busiest_waves")], group_by)
    kept = [tuple(one["keys"].values()) for one in often["data"]]
    assert set(kept) == {key for key, (n, _, _) in found.items() if n >= 3}
    assert often["meta"]["groups"] == len(kept)
    assert [found[key][0] for key in kept] == sorted((found[key][0] for key in kept), reverse=True)
    for one in often["data"]:
        without = dict.fromkeys(BUSIEST)
        assert {**one, **without} == plain[tuple(one["keys"].values())]


def test_a_window_goes_with_filters_and_csv(real: httpx.Client) -> None:
    question = "group_by=company&within_months=12&busiest_waves_gte=2&driver_group=ai"
    answer = real.get(f"/v1/statistics?{question}").json()
    told = real.get(f"/v1/statistics?{question}&format=csv").text.removeprefix("\ufeff")

    rows = list(csv.DictReader(io.StringIO(told)))
    assert [(one["company"], int(one["busiest_waves"]), one["busiest_to"]) for one in rows] == [
        (one["keys"]["company"], one["busiest_waves"], one["busiest_to"]) for one in answer["data"]
    ]
    assert 0 < len(rows) < len({one["company"]["id"] for one in everything(real, "/v1/waves")})


def test_a_size_is_of_the_whole_company(overlapping: httpx.Client) -> None:
    """Of 900 in a division nothing follows for the company."""
    answer = asked(overlapping, [("company", "hooli,globex")], ["size_band"])

    assert {one["keys"]["size_band"]: one["waves"] for one in answer["data"]} == {
        "10000-99999": 2,
        None: 4,
    }


def test_sizes_come_in_their_order(real: httpx.Client) -> None:
    bands = [one["keys"]["size_band"] for one in asked(real, [], ["size_band"])["data"]]

    order = ["1-49", "50-249", "250-999", "1000-9999", "10000-99999", "100000+", None]
    assert bands == [one for one in order if one in bands]


@pytest.mark.parametrize("query", ["", "&driver_group=ai&speaker=company", "&country=ZW"])
def test_an_answer_says_what_its_sums_rest_on(real: httpx.Client, query: str) -> None:
    """Of groups that add up, also of how many waves the size is known: as many as are listed."""

    def meta(path: str) -> Json:
        return dict(real.get(path).json()["meta"])

    listed = f"/v1/waves?canonical=true&limit=1{query}"
    number, known = meta(listed)["count"], meta(f"{listed}&headcount_known=true")["count"]
    whole = f"size known of {known} of {number} waves of any status, those of unknown size are in"
    by_year = meta(f"/v1/statistics?group_by=year{query}")
    assert by_year["basis"].startswith(whole)
    assert "; jobs are those of whole waves; " in by_year["basis"]
    announced = meta(f"/v1/statistics?group_by=company&status=announced{query}")["basis"]
    assert "any status" not in announced
    for part in ("group_by=driver", "group_by=year&limit=1&announced_gte=2020"):
        some = meta(f"/v1/statistics?{part}{query}")
        if some["overlapping"] or some["groups"] > 1:
            assert some["basis"].startswith(f"{some['count']} waves of any status, ")
    by_role = meta(f"/v1/statistics?group_by=role{query}")["basis"]
    assert "; jobs are those of whole waves, in each group that a wave belongs to; " in by_role
    parts = meta(f"/v1/statistics?group_by=year&canonical=true,false&cumulative=true{query}")
    assert "; parts and copies included; with all earlier spans; " in parts["basis"]


def test_a_table_says_what_its_numbers_rest_on(api: httpx.Client) -> None:
    answer = api.get("/v1/statistics?group_by=year,driver&format=csv&fill=true")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))

    assert head == ["year", "driver", *FIGURES, "filled", "basis", "overlap", "revision"]
    ends = {(row[0], row[1]): row[-4:] for row in rows}
    assert ends["2022", "cost_control"] == [
        "false",
        "size known of 0 of 1 waves of any status",
        "true",
        "1",
    ]
    assert ends["2022", "closure"] == ["true", "no wave in this span", "true", "1"]
    address = next(
        one.partition(">")[0].removeprefix("<")
        for one in answer.headers["link"].split(", ")
        if 'rel="describedby"' in one and "openapi" not in one
    )
    assert api.get(address).json()["meta"]["overlapping"] is True
