"""Time, by any path: whatever curators do and publish, the past stays and the changes tell all.

A machine edits made-up records as curators do, publishes at moments of its choice, and asks the
real service after each publication what no sequence of edits may break.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from layoff_ledger.curation import parts, publish, read, records
from layoff_ledger.resources import RESOURCES
from layoff_ledger.statement import OPEN_END, Connection
from support.databases import make_database
from support.filters import DERANDOMIZE
from support.history import State, digested_line, replayed
from support.revisions import FIXTURE
from support.services import running

# `make fuzz` asks for more.
EXAMPLES = max(4, int(os.environ.get("LEDGER_FUZZ_EXAMPLES", "0")) // 4)
STEPS = 20

Json = dict[str, Any]

TABLES = {
    "wave": "waves",
    "company": "companies",
    "source": "sources",
    "driver": "drivers",
    "role": "roles",
}
"""Kind of record with an address of its own → its table in `Curated` and its list in the API."""
LISTS = {**TABLES, "collection": "collections"}
TOLD = (
    *(f"/v1/{name}?format=ndjson" for name in LISTS.values()),
    "/v1/waves?limit=3",
    "/v1/statistics?group_by=company,year",
    "/v1/statistics?group_by=industry",
    "/v1/revisions",
    "/v1/changes?format=csv",
)
"""What is asked at each revision, and again as of it at each later one."""


def replaced(record: Any, change: Callable[[Any], Any]) -> Any:
    """Return a record in which every struct within, and itself, went through a function."""
    if isinstance(record, list):
        # Two citations may have become one.
        found: list[Any] = []
        for one in record:
            new = replaced(one, change)
            if new not in found:
                found.append(new)
        return found
    if isinstance(record, records.Record):
        names = record.__struct_fields__
        new = {name: replaced(getattr(record, name), change) for name in names}
        return change(msgspec.structs.replace(record, **new))
    return record


# Kind of record → the fields of others that name it.
REFERENCES: dict[str, tuple[tuple[type[records.Record], str], ...]] = {
    "wave": ((records.RelationTo, "wave"),),
    "company": (
        (records.Wave, "company"),
        (records.Company, "parent"),
        (records.Indicator, "company"),
    ),
    "source": ((records.Citation, "source"),),
    "driver": ((records.DriverClaim, "driver"),),
    "role": ((records.RoleClaim, "role"),),
}


def names(record: Any, kind: str) -> set[str]:
    """Return the ids of a kind that a record names."""
    found = set()

    def note(one: Any) -> Any:
        for struct, field in REFERENCES[kind]:
            if isinstance(one, struct) and getattr(one, field) is not None:
                found.add(getattr(one, field))
        return one

    replaced(record, note)
    return found


def copy(curated: read.Curated) -> read.Curated:
    tables = {name: dict(getattr(curated, name)) for name in (*read.TABLES, "waves")}
    return msgspec.structs.replace(curated, **tables)


WHICH = st.integers(0, 99)
AT_ONCE = st.sampled_from([False, True, False])
"""Whether an edit is published by itself, or with what comes next."""
KINDS = st.sampled_from(list(TABLES))


class TimeMachine(RuleBasedStateMachine):
    """Curators at work, and a reader who remembers everything."""

    def __init__(self, server: str, template: str, home: Path) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.server = server
        self.curated = read.read(FIXTURE)
        self.edits = 0
        self.waiting = True
        """Whether anything was edited since the last publication."""
        self.revision = 0
        self.gone: dict[tuple[str, str], Any] = {}
        """(kind, id) → the record as it was when it was retired."""
        self.seen: set[tuple[str, str]] = set()
        """(kind, id) of everything that ever answered 200."""
        self.told: dict[int, dict[str, bytes]] = {}
        self.states: dict[int, State] = {0: {}}
        self.runner.run(self.begin(template, home))
        self.publish()

    async def begin(self, template: str, home: Path) -> None:
        url = await make_database(self.server, template)
        self.connection: Connection = await asyncpg.connect(url)
        self.client = await self.stack.enter_async_context(running(url, home))

    async def end(self) -> None:
        name = await self.connection.fetchval("select current_database()")
        await self.stack.aclose()
        await self.connection.close()
        administrator = await asyncpg.connect(self.server)
        await administrator.execute(f"drop database {name} with (force)")
        await administrator.close()

    def teardown(self) -> None:
        self.runner.run(self.end())
        self.runner.close()

    # What the curators do.

    def table(self, kind: str) -> dict[str, Any]:
        table: dict[str, Any] = getattr(self.curated, TABLES[kind])
        return table

    def choose(self, ids: Iterable[str], which: int) -> str:
        ordered = sorted(ids)
        return ordered[which % len(ordered)]

    def new_id(self, kind: str, id_: str) -> str:
        """Return an id that was never used."""
        self.edits += 1
        mark = "_" if kind in {"driver", "role"} else "-"
        return f"{id_.partition('-x')[0].partition('_x')[0]}{mark}x{self.edits}"

    def text(self) -> str:
        self.edits += 1
        return f"Words {self.edits}"

    def change_everywhere(self, change: Callable[[Any], Any]) -> None:
        for name in ("waves", "companies", "indicators"):
            table = getattr(self.curated, name)
            for id_, record in table.items():
                table[id_] = replaced(record, change)

    def rename_everywhere(self, kind: str, old: str, new: str | None) -> None:
        """Let everything that names a record name another one; None only clears a parent."""

        def change(one: Any) -> Any:
            for struct, field in REFERENCES[kind]:
                if isinstance(one, struct) and getattr(one, field) == old:
                    # A company is not its own parent.
                    own = isinstance(one, records.Company) and one.id == new
                    one = msgspec.structs.replace(one, **{field: None if own else new})
            if isinstance(one, records.Wave) and kind == "wave":
                kept = [other for other in one.relations if other.wave not in {None, one.id}]
                one = msgspec.structs.replace(one, relations=kept)
            return one

        self.change_everywhere(change)

    def retire(self, kind: str, id_: str, into: str | None) -> None:
        """Take a record out and write its tombstone; those that led to it lead on."""
        record = self.table(kind).pop(id_)
        self.gone[kind, id_] = record
        for place, tombstone in self.curated.tombstones.items():
            if tombstone.place[0] == kind and tombstone.merged_into == id_:
                self.curated.tombstones[place] = msgspec.structs.replace(
                    tombstone, merged_into=into
                )
        place = f"{kind}/{id_}"
        self.curated.tombstones[place] = records.Tombstone(
            id=place,
            retired_on=records.partial_date("2024-02-01"),
            # The same each time: what is retired twice is retired for the same reason.
            reason="It was no cut of its own.",
            merged_into=into,
        )

    def after(self, *, at_once: bool) -> None:
        self.waiting = True
        if at_once:
            self.publish()

    @rule(which=WHICH, at_once=AT_ONCE)
    def edit_a_note(self, which: int, at_once: bool) -> None:  # noqa: FBT001
        id_ = self.choose(self.curated.waves, which)
        wave = self.curated.waves[id_]
        self.curated.waves[id_] = msgspec.structs.replace(wave, note=self.text())
        self.after(at_once=at_once)

    @rule(which=WHICH, value=st.integers(1, 5000), at_once=AT_ONCE)
    def edit_a_figure(self, which: int, value: int, at_once: bool) -> None:  # noqa: FBT001
        waves = {id_ for id_, wave in self.curated.waves.items() if wave.magnitudes}
        if not waves:
            return
        wave = self.curated.waves[self.choose(waves, which)]
        first = wave.magnitudes[0]
        figure = value / 5000 if first.measure == "share" else value
        changed = msgspec.structs.replace(
            first, value=float(figure), low=None, high=None, qualifier="exact"
        )
        self.curated.waves[wave.id] = msgspec.structs.replace(
            wave, magnitudes=[changed, *wave.magnitudes[1:]]
        )
        self.after(at_once=at_once)

    @rule(which=WHICH, driver=WHICH, at_once=AT_ONCE)
    def edit_a_reason(self, which: int, driver: int, at_once: bool) -> None:  # noqa: FBT001
        wave = self.curated.waves[self.choose(self.curated.waves, which)]
        code = self.choose(self.curated.drivers, driver)
        known = [one for one in wave.drivers if one.driver != code]
        claim = records.DriverClaim(
            driver=code,
            weight="primary",
            speaker="press",
            stance="reports",
            statement=self.text(),
            citations=wave.events[0].citations,
        )
        self.curated.waves[wave.id] = msgspec.structs.replace(wave, drivers=[*known[:1], claim])
        self.after(at_once=at_once)

    @rule(which=WHICH, other=WHICH, relation=st.sampled_from(["supersedes", "part_of", "follows"]))
    def relate_waves(self, which: int, other: int, relation: Any) -> None:
        wave = self.curated.waves[self.choose(self.curated.waves, which)]
        to = self.choose(self.curated.waves, other)
        if to == wave.id:
            return
        relations = [records.RelationTo(relation=relation, wave=to)]
        self.curated.waves[wave.id] = msgspec.structs.replace(wave, relations=relations)
        self.after(at_once=False)

    @rule(kind=KINDS, which=WHICH, at_once=AT_ONCE)
    def edit_a_label(self, kind: str, which: int, at_once: bool) -> None:  # noqa: FBT001
        """The words that other documents repeat."""
        field = {"wave": "title", "company": "name", "source": "title"}.get(kind, "label")
        table = self.table(kind)
        id_ = self.choose(table, which)
        table[id_] = msgspec.structs.replace(table[id_], **{field: self.text()})
        self.after(at_once=at_once)

    @rule(which=WHICH, at_once=AT_ONCE)
    def edit_the_name_of_a_sector(self, which: int, at_once: bool) -> None:  # noqa: FBT001
        code = self.choose(("31-33", "51", "54"), which)
        self.curated.industries[code] = records.Industry(id=code, label=self.text())
        self.after(at_once=at_once)

    @rule(kind=KINDS, which=WHICH, at_once=AT_ONCE)
    def add(self, kind: str, which: int, at_once: bool) -> None:  # noqa: FBT001
        like = self.table(kind)[self.choose(self.table(kind), which)]
        id_ = self.new_id(kind, like.id)
        unique: dict[str, Json] = {
            "company": {"identifiers": {}},
            "source": {"url": f"https://example.org/{id_}"},
        }
        self.table(kind)[id_] = msgspec.structs.replace(like, id=id_, **unique.get(kind, {}))
        self.after(at_once=at_once)

    @rule(kind=KINDS, which=WHICH, at_once=AT_ONCE)
    def rename(self, kind: str, which: int, at_once: bool) -> None:  # noqa: FBT001
        old = self.choose(self.table(kind), which)
        new = self.new_id(kind, old)
        self.table(kind)[new] = msgspec.structs.replace(self.table(kind)[old], id=new)
        self.retire(kind, old, new)
        self.rename_everywhere(kind, old, new)
        self.after(at_once=at_once)

    @rule(kind=KINDS, which=WHICH, other=WHICH, at_once=AT_ONCE)
    def merge(self, kind: str, which: int, other: int, at_once: bool) -> None:  # noqa: FBT001
        old = self.choose(self.table(kind), which)
        if len(self.table(kind)) < 3:
            return
        into = self.choose(self.table(kind).keys() - {old}, other)
        self.retire(kind, old, into)
        self.rename_everywhere(kind, old, into)
        self.after(at_once=at_once)

    @rule(kind=KINDS, which=WHICH, at_once=AT_ONCE)
    def withdraw(self, kind: str, which: int, at_once: bool) -> None:  # noqa: FBT001
        """A company goes with its waves and figures; what others need stays."""
        id_ = self.choose(self.table(kind), which)
        waves = {wave.id for wave in self.curated.waves.values() if id_ in names(wave, kind)}
        if kind == "wave":
            waves = {id_}
        needed = {one.id for one in self.curated.indicators.values() if id_ in names(one, kind)}
        if kind in {"source", "driver", "role"} and (waves or needed):
            return
        if len(self.table(kind)) < 3 or len(self.curated.waves) - len(waves) < 2:
            return
        for wave in sorted(waves):
            self.retire("wave", wave, None)
            self.rename_everywhere("wave", wave, None)
        for indicator in needed:
            del self.curated.indicators[indicator]
        if kind != "wave":
            self.retire(kind, id_, None)
            self.rename_everywhere(kind, id_, None)
        self.after(at_once=at_once)

    @precondition(lambda self: self.gone)
    @rule(which=WHICH, at_once=AT_ONCE)
    def restore(self, which: int, at_once: bool) -> None:  # noqa: FBT001
        """A retired record comes back, without what others have taken meanwhile."""
        kind, id_ = sorted(self.gone)[which % len(self.gone)]
        record = self.gone[kind, id_]
        own: Json = {}
        if kind == "company":
            known = record.parent in self.curated.companies
            own = {"identifiers": {}, "parent": record.parent if known else None}
        if kind == "source":
            own = {"url": f"https://example.org/again/{id_}"}
        if kind == "wave":
            own = {"relations": [one for one in record.relations if one.wave in self.table(kind)]}
            for needed in ("company", "source", "driver", "role"):
                if not names(record, needed) <= self.table(needed).keys():
                    return
        self.table(kind)[id_] = msgspec.structs.replace(record, **own)
        del self.gone[kind, id_], self.curated.tombstones[f"{kind}/{id_}"]
        self.after(at_once=at_once)

    @precondition(lambda self: self.waiting)
    @rule()
    def publish(self) -> None:
        self.runner.run(self.published())
        self.waiting = False

    @rule(
        violation=st.sampled_from(["no tombstone", "lives", "leads nowhere", "tombstone gone"]),
        which=WHICH,
    )
    def publish_a_violation(self, violation: str, which: int) -> None:
        """What would make an id vanish is refused, and nothing of it is published."""
        wrong = copy(self.curated)
        public = self.states[self.revision]
        published = {id_ for kind, id_ in public if kind == "wave"} & wrong.waves.keys()
        if violation == "tombstone gone":
            for place in list(wrong.tombstones):
                if tuple(place.split("/")) in self.seen:
                    del wrong.tombstones[place]
                    break
            else:
                return
        elif not published:
            return
        else:
            id_ = self.choose(published, which)
            place = f"wave/{id_}"
            if violation == "no tombstone":
                self.drop(wrong, id_)
            elif violation == "lives":
                wrong.tombstones[place] = tombstone(place, None)
            else:
                self.drop(wrong, id_)
                wrong.tombstones[place] = tombstone(place, "nobody-2020-01")
        self.runner.run(self.refused(wrong))

    def drop(self, curated: read.Curated, id_: str) -> None:
        del curated.waves[id_]
        for wave in list(curated.waves.values()):
            kept = [one for one in wave.relations if one.wave != id_]
            curated.waves[wave.id] = msgspec.structs.replace(wave, relations=kept)

    # What the reader finds.

    async def published(self) -> None:
        revision = await publish.publish(self.connection, publish.collection_input(self.curated))
        assert (
            await publish.publish(self.connection, publish.collection_input(self.curated)) is None
        )
        await self.versions_say_what_the_tables_say()
        if revision is None:
            assert await self.newest() == self.revision
            return
        assert revision.number == self.revision + 1
        self.revision = revision.number
        assert await self.newest() == self.revision
        await self.read_all()
        await self.the_past_stays()
        entries = await self.changes_replay_to_every_state()
        await self.digests_chain(entries)
        await self.histories_are_gapless()
        await self.ids_live()

    async def refused(self, wrong: read.Curated) -> None:
        with pytest.raises(publish.PublishError) as told:
            await publish.publish(self.connection, publish.collection_input(wrong))

        assert {one.rule for one in told.value.violations} == {"published_id_lives"}
        assert await self.newest() == self.revision
        for path, body in self.told[self.revision].items():
            assert await self.get(path) == body

    async def newest(self) -> int:
        number: int = json.loads(await self.get("/health/ready"))["revision"]
        return number

    async def get(self, path: str) -> bytes:
        answer = await self.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.content

    async def read_all(self) -> None:
        told = {path: await self.get(path) for path in TOLD}
        state: State = {}
        for kind, name in LISTS.items():
            for line in told[f"/v1/{name}?format=ndjson"].splitlines():
                document = json.loads(line)
                state[kind, document.get("id") or document["code"]] = document
            page = json.loads(await self.get(f"/v1/{name}?limit=1"))
            assert page["meta"]["count"] == sum(one == kind for one, _ in state)
        for kind, id_ in list(state):
            if kind == "company":
                path = f"/v1/companies/{id_}/indicators"
                told[path] = await self.get(path)
                state["company_indicators", id_] = json.loads(told[path])
        self.told[self.revision], self.states[self.revision] = told, state
        self.seen |= {place for place in state if place[0] in TABLES}

    async def the_past_stays(self) -> None:
        """What was answered at a revision is answered as of it, byte for byte."""
        for revision, told in self.told.items():
            for path, body in told.items():
                pinned = f"{path}{'&' if '?' in path else '?'}as_of={revision}"
                assert await self.get(pinned) == body, pinned

    async def changes_replay_to_every_state(self) -> list[Json]:
        """From nothing, and from what was there at any revision before."""
        lines = (await self.get("/v1/changes?format=ndjson")).splitlines()
        entries: list[Json] = [json.loads(line) for line in lines]
        paged: list[Json] = []
        address: str | None = f"/v1/changes?limit={1 + len(entries) // 3}"
        while address is not None:
            page = json.loads(await self.get(address))
            paged += page["data"]
            address = page["links"]["next"]
        assert paged == entries
        assert page["meta"]["count"] == len(entries)
        for since in range(self.revision):
            tail = [one for one in entries if one["revision"] > since]
            assert replayed(tail, self.states[since]) == self.states[self.revision]
        since = self.revision - 1
        told = (await self.get(f"/v1/changes?format=ndjson&since={since}")).splitlines()
        assert told == lines[-len(told) :]
        assert {json.loads(line)["revision"] for line in told} == {self.revision}
        return entries

    async def digests_chain(self, entries: list[Json]) -> None:
        """Checked as a reader would: from what the API gives, and nothing else."""
        listed = json.loads(await self.get("/v1/revisions?sort=number&limit=200"))["data"]
        assert [one["number"] for one in listed] == list(range(1, self.revision + 1))
        chained = b""
        for revision in listed:
            here = [one for one in entries if one["revision"] == revision["number"]]
            assert [one["position"] for one in here] == list(range(1, len(here) + 1))
            lines = "".join(map(digested_line, here))
            chained = hashlib.sha256(chained + lines.encode()).digest()
            assert revision["digest"] == chained.hex()
            for change in ("added", "changed", "withdrawn"):
                assert revision[change] == sum(one["change"] == change for one in here)
            state = self.states[revision["number"]]
            for resource, count in revision["counts"].items():
                assert count == sum(kind == resource for kind, _ in state)

    async def histories_are_gapless(self) -> None:
        """Each entry leads from one version to the next, and no version is left out."""
        for kind, id_ in sorted(self.seen):
            if kind != "wave":
                continue
            entries = json.loads(await self.get(f"/v1/waves/{id_}/history"))["data"]
            by_revision = {one["revision"]: one for one in entries}
            assert list(by_revision) == sorted(by_revision)
            assert len(by_revision) == len(entries)
            assert entries[0]["change"] == "added"
            now = self.states[self.revision].get((kind, id_))
            assert (entries[-1]["change"] == "withdrawn") == (now is None)
            for revision in range(1, self.revision + 1):
                before = self.states[revision - 1].get((kind, id_))
                after = self.states[revision].get((kind, id_))
                entry = by_revision.get(revision)
                if entry is None:
                    assert before == after
                    assert after is None or after["revision"] < revision
                else:
                    await self.entry_leads(entry, before, after)

    async def entry_leads(self, entry: Json, before: Json | None, after: Json | None) -> None:
        if after is None:
            assert entry["change"] == "withdrawn"
            assert (entry["fields"], entry["url"]) == ([], None)
            assert entry["reason"]
            return
        assert entry["change"] == ("added" if before is None else "changed")
        assert after["revision"] == entry["revision"]
        if entry["revision"] == self.revision:
            assert json.loads(await self.get(entry["url"])) == after
        assert (entry["fields"] == []) == (before is None)
        if before is not None:
            led = json.loads(json.dumps(before))
            for one in entry["fields"]:
                *path, last = one["field"].split(".")
                inner = led
                for name in path:
                    inner = inner[name]
                assert inner[last] == one["old"] != one["new"]
                inner[last] = one["new"]
            assert {**led, "revision": entry["revision"]} == after

    async def ids_live(self) -> None:
        """Whoever has an id gets the record, its replacement, or the reason why there is none."""
        state = self.states[self.revision]
        for kind, id_ in sorted(self.seen):
            path = f"/v1/{TABLES[kind]}/{id_}"
            answer = await self.client.get(path)
            if (kind, id_) in state:
                assert answer.status_code == 200, path
                assert answer.json() == state[kind, id_]
                continue
            given = self.curated.tombstones[f"{kind}/{id_}"]
            if given.merged_into is None:
                assert answer.status_code == 410, path
                assert answer.json()["tombstone"]["reason"] == given.reason
            else:
                assert answer.status_code == 301, path
                assert answer.headers["location"].endswith(given.merged_into)
                assert json.loads(await self.get(answer.headers["location"]))
            if kind == "company":
                indicators = await self.client.get(f"{path}/indicators")
                assert indicators.status_code == answer.status_code

    async def versions_say_what_the_tables_say(self) -> None:
        """Only what differs is written; this asks for what was forgotten."""
        for name, resource in RESOURCES.items():
            decode = resource.decoder()
            rows = await self.connection.fetch(f"select to_jsonb({name})::text from api.{name}")
            expected = {}
            for row in rows:
                document = decode(row[0])
                id_ = getattr(document, resource.key)
                expected[id_] = parts.body(resource.key, id_, document)
            stored = await self.connection.fetch(
                "select id, body from ledger.document where resource = $1 and last_revision = $2",
                name,
                OPEN_END,
            )
            assert {row["id"]: row["body"] for row in stored} == expected
        lying = await self.connection.fetch(
            "select resource || '/' || id as place, merged_into from ledger.tombstone_version "
            "where last_revision = $1",
            OPEN_END,
        )
        given = {place: one.merged_into for place, one in self.curated.tombstones.items()}
        assert {row["place"]: row["merged_into"] for row in lying} == given


def tombstone(place: str, into: str | None) -> records.Tombstone:
    return records.Tombstone(
        id=place, retired_on=records.partial_date("2024-02-01"), reason="r", merged_into=into
    )


@pytest.mark.slow
def test_whatever_is_published_the_past_stays(
    server: str, template: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("machine")

    machine: Any = lambda: TimeMachine(server, template, home)  # noqa: E731 a class is declared

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=DERANDOMIZE,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
