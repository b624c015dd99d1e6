"""Statistics: groups are what a plain reading of the documents counts, for any filter."""

from __future__ import annotations

import collections
import csv
import datetime
import io
import itertools
import re
from collections.abc import Iterable
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from layoff_ledger import paths
from layoff_ledger.query.grouping import BUSIEST, FIGURES
from support.filters import FUZZ, choices, fuzz, queries
from support.groups import KEYS, MULTIPLE, SINGLE, TIMES, busiest, expected, spread
from support.lists import Query, everything, walk

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


OF_CLAIMS = ["driver", "driver_group", "speaker", "stance", "weight", "standing", "role", "effect"]


@st.composite
def claim_questions(draw: st.DrawFn, known: dict[str, list[str]]) -> dict[str, list[str]]:
    """Draw conditions on claims, and on waves besides."""
    names = draw(st.lists(st.sampled_from([*OF_CLAIMS, "country"]), max_size=4, unique=True))
    return {
        name: draw(st.lists(st.sampled_from(known[name]), min_size=1, max_size=3, unique=True))
        for name in names
    }


def listed(client: httpx.Client, question: dict[str, list[str]]) -> set[str]:
    """Return the ids that a list of waves has, of those that are counted."""
    query = [(name, ",".join(values)) for name, values in question.items()]
    more = [("canonical", "true"), ("select", "id"), ("limit", "200")]
    return {one["id"] for one in walk(client, "/v1/waves", [*query, *more])}


def sums_of(waves: dict[str, Json], ids: set[str]) -> tuple[int, int | None]:
    """Return how many waves these are, and how many jobs at least."""
    sizes = [waves[id_]["headcount"]["counted_low"] for id_ in ids if waves[id_]["headcount"]]
    known = [one for one in sizes if one is not None]
    return len(ids), sum(known) if known else None


@pytest.mark.thorough
@pytest.mark.parametrize("dimension", ["driver", "driver_group", "speaker", "role"])
@pytest.mark.parametrize("ledger", ["api", "real"])
def test_a_group_has_the_waves_that_a_list_by_its_value_has(
    ledger: str, dimension: str, request: pytest.FixtureRequest
) -> None:
    """Whatever is asked about claims: each has to match all of it, in lists and in groups."""
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = {one["id"]: one for one in everything(client, "/v1/waves")}
    known = choices(list(waves.values()))
    values = [one for one in known[dimension] if one != "ai"]
    met = set()

    @fuzz(ledger)
    @given(question=claim_questions(known), value=st.sampled_from(values))
    def holds(question: dict[str, list[str]], value: str) -> None:
        reasons = {"driver", "driver_group"} & question.keys()
        # In a list, these may be two claims.
        assume(dimension not in reasons or len(reasons) == 1)
        assume(dimension != "driver_group" or not reasons)
        query = [(name, ",".join(values)) for name, values in question.items()]
        answer = asked(client, query, [dimension])
        groups = {one["keys"][dimension]: one for one in answer["data"]}

        affirming = ["states", "reports"] if dimension == "speaker" else []
        for key in [value, *list(groups)[:2]]:
            if key is None:
                continue
            is_other = dimension == "driver" and "driver_group" in question
            if is_other and key not in groups:
                # The wave has two claims: one with the driver, and one with another driver of the
                # group.
                continue
            if key not in question.get(dimension, [key]):
                assert key not in groups
                continue
            stance = question.get("stance") or affirming
            asked_of_list = {**question, dimension: [key], **({"stance": stance} if stance else {})}
            ids = listed(client, asked_of_list)
            group = groups.get(key, {"waves": 0, "headcount_low": None})
            assert (group["waves"], group["headcount_low"]) == sums_of(waves, ids)
            met.add(len(ids) > 0)
        assert ("count only claims that match" in answer["meta"]["basis"]) == bool(
            question.keys()
            & {*({"role", "effect"} if dimension == "role" else OF_REASONS), "standing"}
        )

    holds()
    assert True in met


OF_REASONS = {"driver", "driver_group", "speaker", "stance", "weight"}


@pytest.mark.parametrize("ledger", ["api", "real"])
def test_a_reason_and_a_speaker_are_of_one_claim(
    ledger: str, request: pytest.FixtureRequest
) -> None:
    client: httpx.Client = request.getfixturevalue(ledger)
    waves = {one["id"]: one for one in everything(client, "/v1/waves")}
    known = choices(list(waves.values()))

    @fuzz(ledger)
    @given(question=claim_questions({**known, "country": known["country"][:3]}))
    def holds(question: dict[str, list[str]]) -> None:
        question = {name: question[name] for name in question if name in BY_CLAIM}
        query = [(name, ",".join(values)) for name, values in question.items()]
        answer = asked(client, query, ["driver", "speaker"])
        claims = walk(
            client,
            "/v1/claims",
            [
                *([] if "stance" in question else [("stance", "states,reports")]),
                *query,
                ("kind", "driver"),
                ("rank", "preferred,normal"),
                ("limit", "200"),
            ],
        )

        pairs: dict[tuple[str, str], set[str]] = {}
        for one in claims:
            if waves[one["wave"]]["canonical"]:
                pairs.setdefault((one["code"], one["speaker"]), set()).add(one["wave"])
        found = {
            (one["keys"]["driver"], one["keys"]["speaker"]): (one["waves"], one["headcount_low"])
            for one in answer["data"]
            if one["keys"]["driver"] is not None
        }
        assert found == {pair: sums_of(waves, ids) for pair, ids in pairs.items()}
        assert "driver and speaker come from one and the same claim" in answer["meta"]["basis"]

    holds()


BY_CLAIM = ["driver", "speaker", "stance", "weight", "standing"]


def test_what_a_company_names_is_the_same_everywhere(real: httpx.Client) -> None:
    """A group, the list of its waves, the claims, and the column of their export."""
    question = "speaker=company&stance=states"
    groups = real.get(f"/v1/statistics?group_by=driver&{question}").json()["data"]
    export = real.get("/v1/waves?canonical=true&format=csv&bom=false")
    assert export.status_code == 200, export.text
    rows = csv.DictReader(io.StringIO(export.text))
    stated = [row["drivers_stated_by_company"].split(";") for row in rows]

    for one in groups:
        if (driver := one["keys"]["driver"]) is not None:
            assert one["waves"] == sum(driver in drivers for drivers in stated), driver
    assert len(groups) > 10


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("asked_for", "stance"), [("spared", "effect"), ("denies", "stance"), ("hired", "effect")]
)
def test_what_is_denied_or_spared_is_grouped_where_it_is_asked_for(
    real: httpx.Client, asked_for: str, stance: str
) -> None:
    dimension, kind = ("driver", "drivers") if stance == "stance" else ("role", "roles")
    waves = [one for one in everything(real, "/v1/waves") if one["canonical"]]
    (*groups,) = asked(real, [(stance, asked_for)], [dimension])["data"]

    assert groups
    for one in groups:
        key = one["keys"][dimension]
        assert one["waves"] == sum(
            any(
                claim[dimension]["code"] == key
                and claim[stance] == asked_for
                and claim["rank"] != "deprecated"
                for claim in wave[kind]
            )
            for wave in waves
        )
        # Figures are stated for the jobs that go.
        assert one["waves_with_stated_headcount"] is None
    for measure in ("waves", *(["headcount_stated"] if dimension == "role" else [])):
        drawn = f"/v1/statistics?group_by={dimension}&{stance}={asked_for}&measure={measure}"
        assert real.get(f"{drawn}&format=svg").status_code == 200


@pytest.mark.parametrize(
    "shape", ["cumulative=true", "spread=true", "within_months=12", "fill=true"]
)
def test_groups_of_claims_are_the_same_in_every_shape(real: httpx.Client, shape: str) -> None:
    """Whatever else is counted in groups leaves their waves as they are."""
    of_time = "" if "months" in shape or "spread" in shape else ",year"
    question = f"group_by=driver,speaker{of_time}&weight=primary&stance=states&limit=10000"
    plain = real.get(f"/v1/statistics?{question}").json()["data"]
    shaped = real.get(f"/v1/statistics?{question}&{shape}").json()["data"]

    found = {tuple(one["keys"].values()): one["waves"] for one in shaped if one["waves"]}
    wanted = {tuple(one["keys"].values()): one["waves"] for one in plain}
    if shape != "cumulative=true":
        assert found == wanted
        return
    for (driver, speaker, year), number in found.items():
        before = (
            waves
            for (other, who, when), waves in wanted.items()
            if (other, who) == (driver, speaker) and (when or "") <= (year or "")
        )
        assert number == sum(before)


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
        ("group_by=size", "is not one of company,"),
        ("group_by=year,month,driver,role", "4 values: at most 3 are allowed"),
        ("group_by=driver&cumulative=true", "needs one dimension of time"),
        ("group_by=year,month&cumulative=true", "needs one dimension of time"),
        ("group_by=driver&fill=true", "needs one dimension of time"),
        ("group_by=year&top=3", "needs a second dimension"),
        ("group_by=year,driver&top=3&fill=true", "cannot be combined with fill"),
        ("group_by=company&busiest_waves_gte=2", "needs the length of the windows"),
        ("group_by=company&sort=-busiest_waves", "needs the length of the windows"),
        ("group_by=industry&sort=-share_median", "needs medians (add spread=true)"),
        ("group_by=year&sort=-headcount_stated_low", "needs one dimension for which jobs are stat"),
        (
            "group_by=role&sort=-headcount_stated_low&standing=primary",
            "needs one dimension for whi",
        ),
        ("group_by=month&fill=true&within_months=12", "cannot be combined with fill"),
        ("group_by=month&cumulative=true&within_months=12", "cannot be combined with cumulative"),
        ("group_by=company&within_months=121", "must be at most 120"),
        ("group_by=year,driver&top=0", "must be at least 1"),
        ("group_by=year&announced_gte=2024&announced_lte=2023-06", "so no day is in between"),
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


@pytest.mark.parametrize(
    ("query", "measure"),
    [
        ("group_by=subdivision&announced=2025", "headcount_stated_low"),
        ("group_by=year,country&top=2", "headcount_stated_low"),
        ("group_by=industry&spread=true", "share_median"),
        ("group_by=month&spread=true&fill=true&announced=2023", "headcount_median"),
    ],
)
def test_groups_come_in_the_order_of_what_is_stated_of_them_and_of_medians(
    real: httpx.Client, query: str, measure: str
) -> None:
    groups = real.get(f"/v1/statistics?{query}&sort=-{measure}").json()["data"]

    for _, some in itertools.groupby(groups, lambda one: "top" in query and one["keys"]["year"]):
        values = [one[measure] for one in some]
        assert values == sorted(values, key=lambda value: (value is None, -(value or 0)))
    assert any(one[measure] for one in groups)


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
    # Everything else is as without a window, also if few groups are requested.
    plain = {tuple(one["keys"].values()): one for one in asked(real, [], group_by)["data"]}
    often = asked(real, [*query, ("busiest_waves_gte", "3"), ("sort", "-busiest_waves")], group_by)
    kept = [tuple(one["keys"].values()) for one in often["data"]]
    assert set(kept) == {key for key, (n, _, _) in found.items() if n >= 3}
    assert often["meta"]["groups"] == len(kept)
    assert [found[key][0] for key in kept] == sorted((found[key][0] for key in kept), reverse=True)
    for one in often["data"]:
        without = dict.fromkeys(BUSIEST)
        assert {**one, **without} == plain[tuple(one["keys"].values())]


def test_the_jobs_of_a_window_are_those_of_its_waves_alone(overlapping: httpx.Client) -> None:
    waves = [one for one in everything(overlapping, "/v1/waves") if one["canonical"]]
    answer = asked(overlapping, [("within_months", "6")], ["company"])

    for group in answer["data"]:
        lows = [
            one["headcount"]["counted_low"]
            for one in waves
            if one["company"]["id"] == group["keys"]["company"]
            and group["busiest_from"] <= one["announced_on"] <= group["busiest_to"]
            and one["headcount"]
        ]
        assert group["busiest_waves_with_headcount"] == len(lows)
        known = [one for one in lows if one is not None]
        assert group["busiest_headcount_low"] == (sum(known) if known else None)
    assert any(
        (one["busiest_headcount_low"] or 0) < (one["headcount_low"] or 0) for one in answer["data"]
    )
    assert "figures of the busiest window cover that window only" in answer["meta"]["basis"]


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
    """From 900 in a division nothing follows for the company."""
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
    """For groups that add up, also how many waves have a known size: as many as are listed."""

    def meta(path: str) -> Json:
        return dict(real.get(path).json()["meta"])

    listed = f"/v1/waves?canonical=true&limit=1{query}"
    number, known = meta(listed)["count"], meta(f"{listed}&headcount_known=true")["count"]
    whole = f"size known for {known:,} of {number:,} waves of any status; sums leave out waves of "
    by_year = meta(f"/v1/statistics?group_by=year{query}")
    assert by_year["basis"].startswith(whole)
    assert "; jobs are those of whole waves; " in by_year["basis"]
    announced = meta(f"/v1/statistics?group_by=company&status=announced{query}")["basis"]
    assert "any status" not in announced
    for part in ("group_by=driver", "group_by=year&limit=1&announced_gte=2020"):
        some = meta(f"/v1/statistics?{part}{query}")
        if some["overlapping"] or some["groups"] > 1:
            assert some["basis"].startswith(f"{some['count']:,} waves of any status; ")
    by_role = meta(f"/v1/statistics?group_by=role{query}")["basis"]
    assert (
        "; jobs are those of whole waves, counted in every group that a wave belongs to; "
        in by_role
    )
    parts = meta(f"/v1/statistics?group_by=year&canonical=true,false&cumulative=true{query}")
    assert "; parts and copies included; each group includes all earlier spans; " in parts["basis"]


def test_years_of_which_the_ledger_has_few_waves_are_said_to_be_such(real: httpx.Client) -> None:
    """If years are requested or compared: a rising line may be due to the ledger, not to cuts."""
    waves = real.get("/v1/waves?canonical=true&select=announced_on&format=ndjson")
    lines = [msgspec.json.decode(one) for one in waves.text.splitlines()]
    of_year = collections.Counter(one["announced_on"][:4] for one in lines)
    fullest, most = max(of_year.items(), key=lambda one: (one[1], one[0]))

    def few(year: str) -> str:
        number = of_year[year]
        counted = f"{number} wave{'' if number == 1 else 's'} for {year}"
        return (
            f"the ledger has {counted} and {most} for {fullest}: fewer waves in the ledger do not"
        )

    def said(query: str) -> str:
        return str(real.get(query).json()["meta"]["basis"]).replace("The ledger", "the ledger")

    least = min(of_year, key=lambda year: (of_year[year], year))
    assert few(least) in said("/v1/statistics?group_by=quarter,driver")
    assert few(least) in said("/v1/attribution?by=year")
    assert few("2001") in said("/v1/statistics?group_by=industry&announced=2001-Q4")
    assert few("2001") in said("/v1/statistics?group_by=company&announced_lte=2003&announced=2001")
    assert few("2021") in said("/v1/statistics?group_by=year&announced_gte=2020")
    # Nothing that is compared is from before: a chart of it does not show the year with the least.
    of_company = real.get("/v1/statistics?group_by=year&company=meta,twitter").json()["data"]
    first = min(one["keys"]["year"] for one in of_company)
    least_since = min((one for one in of_year if one >= first), key=lambda one: of_year[one])
    for compared in (
        "/v1/statistics?group_by=year&company=meta,twitter",
        "/v1/statistics?group_by=company,month&company=meta,twitter",
    ):
        assert few(least) not in said(compared)
        assert ("fewer waves" in said(compared)) == (of_year[least_since] < most / 3)
    chart = real.get("/v1/statistics?group_by=year&company=meta,twitter&format=vega").text
    assert few(least)[4:] not in chart
    for even in ("year&announced_gte=2023", "industry", "year&announced=1950"):
        assert "fewer waves" not in said(f"/v1/statistics?group_by={even}")
    for shown in ("html", "vega"):
        assert few(least)[4:] in real.get(f"/v1/statistics?group_by=year&format={shown}").text


@pytest.mark.parametrize(
    ("query", "left_out"),
    [
        ("group_by=year,company&top=1", True),
        ("group_by=company&within_months=12&busiest_waves_gte=3", True),
        ("group_by=company&within_months=12&busiest_waves_gte=50", True),
        ("group_by=year&limit=2", True),
        ("group_by=year,company&top=100&announced=2024-Q1", False),
        ("group_by=company&country=ZW", False),
    ],
)
def test_groups_that_are_left_out_are_no_unknown_sizes(
    real: httpx.Client,
    query: str,
    left_out: bool,  # noqa: FBT001
) -> None:
    answer = real.get(f"/v1/statistics?{query}").json()
    filters = "&".join(one for one in query.split("&") if one.startswith(("announced", "country")))
    listed = real.get(f"/v1/waves?canonical=true&limit=1&{filters}").json()["meta"]["count"]
    shown, known = (
        sum(one[name] for one in answer["data"]) for name in ("waves", "waves_with_headcount")
    )

    assert answer["meta"]["count"] == listed
    assert (shown < listed) == left_out
    expected = (
        f"{listed:,} waves of any status; sums leave out waves of unknown size; "
        f"{shown:,} of them are in these groups, {known:,} of these with a known size; "
        if left_out
        else f"size known for {known:,} of {listed:,} waves of any status; "
    )
    assert answer["meta"]["basis"].startswith(expected)
    drawn = real.get(f"/v1/statistics?{query}&format=vega").text
    assert (f"{shown:,} of {listed:,} waves" in drawn) == left_out


@pytest.mark.parametrize(
    ("query", "beyond"),
    [
        # They overlap, so nothing is said of how many waves are in them.
        ("group_by=country&limit=10", True),
        ("group_by=year&limit=2", True),
        ("group_by=country", False),
        ("group_by=year,company&top=1", False),
    ],
)
def test_groups_beyond_the_limit_are_named_by_their_number(
    real: httpx.Client,
    query: str,
    beyond: bool,  # noqa: FBT001
) -> None:
    answer = real.get(f"/v1/statistics?{query}").json()
    given, groups = len(answer["data"]), answer["meta"]["groups"]

    assert (given < groups) == beyond
    words = f"these are the first {given:,} of {groups:,} groups; "
    assert (words in answer["meta"]["basis"]) == beyond


@pytest.mark.parametrize(
    ("client", "path"),
    [
        ("real", "statistics?group_by=month,company"),
        ("real", "attribution?by=company&ids=false"),
        ("filed", "notices/statistics?group_by=county,month"),
    ],
)
def test_a_table_has_all_groups_and_json_says_how_to_get_them(
    request: pytest.FixtureRequest, client: str, path: str
) -> None:
    named: httpx.Client = request.getfixturevalue(client)
    answer = named.get(f"/v1/{path}").json()
    groups = answer["meta"]["groups"]

    def keys(rows: Iterable[Json]) -> set[str]:
        return {str(one.get("key") or one.get("keys")) for one in rows}

    def lines(query: str) -> list[Json]:
        text = named.get(f"/v1/{path}&{query}").content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text)))

    per_group = len(answer["data"]) // len(keys(answer["data"]))
    assert len(lines("format=csv")) == groups * per_group
    assert len(lines("format=csv&limit=3")) == 3 * per_group
    first = named.get(f"/v1/{path}&limit=3").json()["meta"]["basis"].lower()
    assert re.search(rf"these are the first 3 of {groups:,} groups[;.]", first + ";")
    if groups > 1000:
        assert len(keys(answer["data"])) == 1000
        (advice,) = re.findall(r"`(limit=\d+)` gives all of them", answer["meta"]["basis"])
        assert len(keys(named.get(f"/v1/{path}&{advice}").json()["data"])) == groups
    else:
        assert "gives all of them" not in answer["meta"]["basis"]


def test_a_table_says_what_its_numbers_rest_on(api: httpx.Client) -> None:
    answer = api.get("/v1/statistics?group_by=year,driver&format=csv&fill=true")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))

    last = ["filled", "basis", "overlap", "revision", "driver_name"]
    assert head == ["year", "driver", *FIGURES, *last]
    ends = {(row[0], row[1]): row[-5:] for row in rows}
    assert ends["2022", "cost_control"] == [
        "false",
        "size known for 0 of 1 waves of any status",
        "true",
        "1",
        "Cost control",
    ]
    empty = ends["2022", "closure"]
    assert empty[:-1] == ["true", "no wave in this span", "true", "1"]
    assert empty[-1] == api.get("/v1/drivers/closure").json()["label"]
    address = next(
        one.partition(">")[0].removeprefix("<")
        for one in answer.headers["link"].split(", ")
        if 'rel="describedby"' in one and "openapi" not in one
    )
    assert api.get(address).json()["meta"]["overlapping"] is True


def test_countries_have_the_names_that_people_call_them(real: httpx.Client) -> None:
    """ISO 3166 has `Korea, Republic of` and `Taiwan, Province of China`."""
    groups = real.get("/v1/statistics?group_by=country&limit=1000").json()["data"]
    labels = {one["keys"]["country"]: one["labels"].get("country", "") for one in groups}
    places = real.get("/v1/waves?subdivision=Seoul").json()["errors"][0]["suggestion"]

    assert [labels[code] for code in ("KR", "TW", "RU")] == ["South Korea", "Taiwan", "Russia"]
    assert not [one for one in labels.values() if ", " in one]
    assert places == "did you mean 'KR-11'?"
    assert real.get("/v1/companies/kt").json()["country"]["name"] == "South Korea"
