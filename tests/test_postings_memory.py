"""Lists by the postings in memory: each list, each filter, to the byte as PostgreSQL has them."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layoff_ledger import settings
from layoff_ledger.query.cursor import Position, cursor_key
from layoff_ledger.query.lists import Plan, plan, read_page
from layoff_ledger.query.parse import fields
from layoff_ledger.resources import RESOURCES, served
from layoff_ledger.resources.base import BY_RELEVANCE, Resource
from layoff_ledger.resources.claim import CLAIM, ClaimListParameters
from layoff_ledger.resources.indicator import INDICATOR
from layoff_ledger.resources.wave import WAVE
from layoff_ledger.statement import Conditions, IsKnown, OneOf, Statement, Within
from layoff_ledger.store.ledger import Ledger, connect
from layoff_ledger.store.postings import Postings, Row
from support.databases import (
    execute,
    make_database,
    name_of,
    publish_first,
    publish_folder,
)
from support.filters import FUZZ
from support.revisions import FIXTURE, REVISIONS, edit, revise
from support.services import run, serving, wait_for_revision
from support.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

LISTED = [one for one in served() if one.listing is not None]
PERIODS = ("2023", "2023-Q2", "2022-11", "2023-01-20")
BY_ROWS = [("counted", False)]
"""Parameters and values that PostgreSQL finds: there are no sets for alternatives."""
MOST_VALUES = 20
"""Of a parameter, drawn by their digests."""


class Lists:
    """A ledger as rows and as postings in memory, asked the same."""

    def __init__(self, url: str, home: Path) -> None:
        self._runner = asyncio.Runner()
        self._opened = connect(settings.Settings(home=home, exports=home), url)
        self.ledger: Ledger = self.run(self._opened.__aenter__())
        self.run(filled(self.ledger))

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def close(self) -> None:
        self.run(self._opened.__aexit__(None, None, None))
        self._runner.close()

    def postings(self, resource: Resource) -> Postings:
        found = self.ledger.postings(resource, self.ledger.revisions.newest)
        assert found is not None
        return found

    def plan(self, resource: Resource, asked: dict[str, Any]) -> Plan:
        assert resource.listing is not None
        parameters = resource.listing.parameters(**asked)
        return plan(resource, parameters, revision=self.ledger.revisions.number)

    def rows(self, planned: Plan, after: Any, limit: int) -> list[Row]:
        place = None
        if after is not None:
            key, id_ = after
            place = Position(1, None, cursor_key(key), id_, b"")
        found = self.run(self.ledger.fetch(planned.page(after=place, limit=limit)))
        return [tuple(row) for row in found]

    def count_rows(self, planned: Plan) -> int:
        ((count,),) = self.run(self.ledger.fetch(planned.count()))
        assert isinstance(count, int)
        return count

    def sets(self, planned: Plan, after: Any, limit: int) -> tuple[int, list[Row]]:
        assert planned.terms is not None
        postings = self.postings(planned.resource)
        assert postings.can_find(planned.terms)
        found = postings.find(planned.terms)
        page = found.page(by=planned.sort, after=after, limit=limit + 1)
        assert page is not None
        return found.count, page

    def values(self, resource: Resource) -> dict[str, list[Any]]:
        """Return parameters that are conditions → values to ask for, most of them from a record."""
        assert resource.listing is not None
        found: dict[str, list[Any]] = {}
        for name, one in fields(resource.listing.parameters).items():
            term = None if one.where is None else meaning(one.where.add)
            of = asked_of(resource, name)
            if isinstance(term, OneOf) and term.facet == "id":
                # PostgreSQL finds up to a hundred rows by their key.
                continue
            if isinstance(term, IsKnown):
                found[name] = [True, False]
            elif isinstance(term, OneOf):
                column = self.distinct(of, term.facet)
                found[name] = column
                if one.item is not None:
                    found[name] = [*([one] for one in column), column[:3]]
                if column and isinstance(column[0], str):
                    found[name].append(["no-such-code"])
            elif isinstance(term, Within) and term.spans[0][0] == term.spans[0][1]:
                # Also those that begin and end with a day that some record has.
                days = [str(one) for one in self.distinct(of, term.facet)]
                found[name] = [*([one] for one in (*PERIODS, *days)), list(PERIODS)]
            elif isinstance(term, Within):
                found[name] = self.distinct(of, term.facet)
        for name, value in BY_ROWS:
            if value in found.get(name, []):
                found[name].remove(value)
        return {name: values for name, values in found.items() if values}

    def distinct(self, resource: Resource, facet: str) -> list[Any]:
        is_list = resource_type(resource, facet) == "text[]"
        one = f'unnest("{facet}")' if is_list else f'"{facet}"'
        text = (
            f"select value from (select distinct {one} as value from {resource.facet_view}) as one "
            f"where value is not null order by md5(value::text) limit {MOST_VALUES}"
        )
        return [row["value"] for row in self.run(self.ledger.fetch(Statement(text)))]


def meaning(add: Any) -> Any:
    """Say what a condition means for postings, whatever its value is."""
    for value in (["2023-06-01"], datetime.date(2023, 6, 1), 5, 0.5, True):
        conditions = Conditions()
        try:
            add(conditions, value)
        except (TypeError, ValueError, AttributeError):
            continue
        if conditions.terms:
            # Of what is several conditions, the last is that on the value.
            return conditions.terms[-1]
    return None


def asked_of(resource: Resource, name: str) -> Resource:
    """Return the resource whose facets a parameter is about: for a part, that may be its whole."""
    part = resource.part
    return RESOURCES[part.whole] if part is not None and name in part.asked else resource


def resource_type(resource: Resource, facet: str) -> str:
    if facet == "first_revision":
        return "integer"
    (declared,) = (one for one in resource.facets if one.name == facet)
    return declared.plain_type


async def filled(ledger: Ledger) -> None:
    """Wait until postings of all lists are there."""
    for _ in range(600):
        newest = ledger.revisions.newest
        if all(ledger.short_lists.of(one, newest) is not None for one in LISTED):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError


@pytest.fixture(scope="module", params=["fixture", "real", "filed"])
def lists(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lists]:
    """The made-up ledger, the real one, and one with real notices."""
    url = request.getfixturevalue(f"{request.param}_database")
    opened = Lists(url, tmp_path_factory.mktemp("postings"))
    yield opened
    opened.close()


ON_CLAIMS = {
    "driver": [["over_hiring"], ["restructuring", "ai_automation"], ["no-such-code"]],
    "driver_group": [["ai"], ["demand"]],
    "speaker": [["company"], ["press"]],
    "stance": [["denies"], ["states", "reports"]],
    "standing": [["primary"], ["secondary", "primary"]],
    "role": [["recruiting"], ["software_engineering"]],
    "effect": [["spared"], ["cut", "hired"]],
}
"""Parameters of waves that are matched together on one claim."""


@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.name)
def test_any_filters_find_alike(lists: Lists, resource: Resource) -> None:
    assert resource.listing is not None
    values = lists.values(resource)
    if resource.name == "wave":
        values = values | ON_CLAIMS
    orders = [name for name, one in resource.sorts.items() if one is not BY_RELEVANCE]
    found = 0

    @FUZZ
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        nonlocal found
        names = data.draw(st.lists(st.sampled_from([*values, None]), max_size=3, unique=True))
        asked = {name: data.draw(st.sampled_from(values[name])) for name in names if name}
        limit = data.draw(st.sampled_from([1, 5, 200]))
        planned = lists.plan(resource, {**asked, "sort": data.draw(st.sampled_from(orders))})
        count, page = lists.count_rows(planned), lists.rows(planned, None, limit)
        assert lists.sets(planned, None, limit) == (count, page)
        found += count
        for row in page[-1:] + page[:1]:
            # The page after a record, and after a position where one could be.
            for id_ in (row[0], row[0][:-1], f"{row[0]}ü"):
                place = row[2], id_
                onwards = lists.rows(planned, place, limit)
                assert lists.sets(planned, place, limit) == (count, onwards)

    holds()
    assert found or not lists.ledger.revisions.newest.counts.get(resource.name)


@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.name)
def test_every_value_is_found_alike(lists: Lists, resource: Resource) -> None:
    for name, values in lists.values(resource).items():
        for value in values:
            planned = lists.plan(resource, {name: value})
            expected = lists.count_rows(planned), lists.rows(planned, None, 20)
            assert lists.sets(planned, None, 20) == expected, (name, value)


def test_hardly_any_filter_is_left_to_postgresql() -> None:
    """What is left to PostgreSQL is written down here."""
    left: dict[str, set[str]] = {}
    for resource in LISTED:
        assert resource.listing is not None
        names = {
            name
            for name, one in fields(resource.listing.parameters).items()
            if one.where is not None and meaning(one.where.add) is None
        }
        left |= {resource.name: names} if names else {}
    assert left == {}


LISTS = ("waves", "claims")


def test_a_new_revision_is_listed_by_postings_of_its_own(
    server: str, template: str, tmp_path: Path
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = {"DATABASE_URL": url, "LEDGER_HOME": str(home)}
    later = {}
    with serving("--data", str(data), environment=environment) as client:
        for revision in range(1, REVISIONS + 1):
            if revision > 1:
                revise(data, revision)
                asyncio.run(publish_folder(url, data))
                wait_for_revision(client, revision)
            # By PostgreSQL at first.
            at_once = {one: client.get(listed(one, limit=199)).json() for one in LISTS}
            wait_until(lambda: is_by_postings(client))
            for one in LISTS:
                answer = client.get(listed(one, limit=198))
                assert "db;" not in answer.headers["server-timing"]
                later[one] = answer.json()
                assert later[one]["data"] == at_once[one]["data"]
                assert later[one]["meta"]["count"] == at_once[one]["meta"]["count"]
                past = client.get(f"{listed(one, limit=197)}&as_of=1")
                assert ("postings" in past.headers["server-timing"]) is (revision == 1)
    with serving(
        "--data", str(data), environment={**environment, "LEDGER_POSTINGS": "0"}
    ) as client:
        for one in LISTS:
            without = client.get(listed(one, limit=198))
            assert "postings" not in without.headers["server-timing"]
            ids = [record["id"] for record in later[one]["data"]]
            assert [record["id"] for record in without.json()["data"]] == ids


def test_parts_that_stay_are_found_by_what_their_whole_says_now(
    server: str, template: str, tmp_path: Path
) -> None:
    data, home = tmp_path / "data", tmp_path / "home"
    url = publish_first(server, template, data)
    environment = {"DATABASE_URL": url, "LEDGER_HOME": str(home)}
    with serving("--data", str(data), environment=environment) as client:
        wait_until(lambda: is_by_postings(client))
        before = client.get("/v1/claims?company=globex&limit=200").json()

        # No claim says so.
        edit(data, "companies.toml", 'country = "US"\nindustry = "51"', 'country = "NZ"')
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        wait_until(lambda: is_by_postings(client))
        answer = client.get("/v1/claims?company_country=NZ&limit=200")

        assert "db;" not in answer.headers["server-timing"]
        assert answer.json()["data"] == before["data"] != []
        assert answer.json()["meta"]["count"] == before["meta"]["count"]


def test_a_restored_ledger_is_listed_by_postings_of_its_own(
    server: str, template: str, tmp_path: Path
) -> None:
    """Its second revision differs from the earlier one with that number."""
    data, home, kept = tmp_path / "data", tmp_path / "home", tmp_path / "kept"
    url = publish_first(server, template, data)
    environment = {"DATABASE_URL": url, "LEDGER_HOME": str(home)}
    assert run("backup", str(kept), **environment).returncode == 0

    def change_country(before: str, after: str) -> None:
        of = 'country = "{}"\nindustry = "51"'
        edit(data, "companies.toml", of.format(before), of.format(after))
        asyncio.run(publish_folder(url, data))

    def hold(client: httpx.Client, *, there: str, gone: str) -> None:
        for country, is_there in ((gone, False), (there, True)):
            answer = client.get(f"/v1/waves?company_country={country}&limit=77")
            assert "postings;" in answer.headers["server-timing"]
            assert (answer.json()["meta"]["count"] > 0) is is_there

    with serving("--data", str(data), environment=environment) as client:
        change_country("US", "NZ")
        wait_for_revision(client, 2)
        wait_until(lambda: is_by_postings(client))
        assert client.get("/v1/waves?company_country=NZ").json()["meta"]["count"] > 0

        assert run("restore", "--replace", str(kept), **environment).returncode == 0
        wait_for_revision(client, 1)
        wait_until(lambda: is_by_postings(client))
        hold(client, there="US", gone="NZ")

        change_country("NZ", "FI")
        wait_for_revision(client, 2)
        wait_until(lambda: is_by_postings(client))
        hold(client, there="FI", gone="NZ")


def test_parts_have_no_postings_where_they_are_too_many(
    fixture_database: str, tmp_path: Path
) -> None:
    async def work(most: int) -> set[str]:
        given = settings.Settings(home=tmp_path, exports=tmp_path, postings=most)
        async with connect(given, fixture_database) as ledger:
            newest = ledger.revisions.newest
            # It is read last, and is small.
            async with asyncio.timeout(60):
                while ledger.short_lists.of(INDICATOR, newest) is None:
                    await asyncio.sleep(0.05)
            waves = newest.counts["wave"]
            assert (ledger.short_lists.of(WAVE, newest) is None) is (most < waves)
            parameters = ClaimListParameters(status_not=["withdrawn"], limit=2)
            page = await read_page(ledger, CLAIM, parameters, base="")
            assert (page.count, len(page.documents), page.next is None) == (claims, 2, False)
            return {one.name for one in LISTED if ledger.short_lists.of(one, newest) is not None}

    async def count() -> int:
        given = settings.Settings(home=tmp_path, exports=tmp_path, postings=0)
        async with connect(given, fixture_database) as ledger:
            parameters = ClaimListParameters(status_not=["withdrawn"], limit=2)
            found = (await read_page(ledger, CLAIM, parameters, base="")).count
            assert found is not None
            return found

    claims = asyncio.run(count())
    assert claims > 10
    assert "claim" not in asyncio.run(work(10))
    assert "claim" in asyncio.run(work(1000))


def test_what_is_in_memory_is_listed_while_the_database_is_away(
    server: str, fixture_template: str, tmp_path: Path
) -> None:
    url = asyncio.run(make_database(server, fixture_template))
    name = name_of(url)
    environment = {"DATABASE_URL": url, "LEDGER_HOME": str(tmp_path)}
    with serving("--data", str(FIXTURE), environment=environment) as client:
        wait_until(lambda: is_by_postings(client))
        waves, claims = (
            client.get(f"/v1/{one}?limit=200").json()["data"] for one in ("waves", "claims")
        )
        status = waves[0]["status"]
        for statement in (
            f"alter database {name} allow_connections false",
            f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'",
        ):
            asyncio.run(execute(server, statement))

        listed = client.get(f"/v1/waves?status={status}&limit=190")
        assert listed.status_code == 200
        assert listed.json()["data"] == [one for one in waves if one["status"] == status]
        of_them = {one["id"] for one in waves if one["status"] == status}
        said = client.get(f"/v1/claims?kind=driver&status={status}&limit=190")
        assert said.status_code == 200
        assert said.json()["data"] == [
            one for one in claims if one["kind"] == "driver" and one["wave"] in of_them
        ]
        assert client.get("/v1/waves?q=globex").status_code == 503


ASKED = iter(range(1, 190))


def listed(name: str, *, limit: int) -> str:
    """Return an address of a list that leaves some out, of claims by what their waves are."""
    return f"/v1/{name}?status_not=withdrawn&limit={limit}"


def is_by_postings(client: httpx.Client) -> bool:
    """Return whether lists are: those of claims come later than those of waves."""
    answer = client.get(listed("claims", limit=next(ASKED)))
    return "postings;" in answer.headers["server-timing"]
