"""The postings of short lists, in the memory of each process.

Each worker reads the facets of a new revision in the background. From then on it finds what
matches, how many that is, and which records are on a page without any query to PostgreSQL, which
answers until then, and whatever postings cannot answer.
"""

from __future__ import annotations

import asyncio
import bisect
import copy
import datetime
import logging
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from pyroaring import BitMap

from layoff_ledger.http.keys import RevisionKey
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.resources import served
from layoff_ledger.resources.base import Facet, Resource, Sort
from layoff_ledger.statement import Conditions, Within
from layoff_ledger.store.pool import Pool
from layoff_ledger.store.postings import Postings, Row, has_sets
from layoff_ledger.store.postings_orders import Order, other_orders
from layoff_ledger.store.revisions import Follower, Revisions, Snapshot

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.5
"""How long after a new revision its facets are read: the first answers take precedence."""
RETRY_SECONDS = 5.0
"""How long to wait after the database did not answer."""
_TOGETHER = 512
"""This many consecutive records of an order are put together at once, in 10 µs."""
_BOUNDS = {"date", "smallint", "integer", "double precision"}
"""Types of the facets whose order is kept."""


class _Ordered:
    """The known values of a facet, in order, and which record has each."""

    def __init__(self, type_: str) -> None:
        self._values: array[Any] = array("d" if type_ == "double precision" else "q")
        self._numbers = array("I")
        self._first: list[BitMap] = []

    def add(self, begin: int, column: Iterable[Any]) -> None:
        for number, value in enumerate(column, begin):
            if value is not None:
                self._values.append(_as_number(value))
                self._numbers.append(number)

    def finish(self) -> None:
        # Python sorts numbers six times as fast as days or pairs, and nothing else runs meanwhile.
        order = sorted(range(len(self._values)), key=self._values.__getitem__)
        self._values = array(self._values.typecode, map(self._values.__getitem__, order))
        self._numbers = array("I", map(self._numbers.__getitem__, order))
        # The union of everything before each block: for a long span, only its ends are put
        # together.
        self._first = [BitMap()]
        for begin in range(0, len(order), _TOGETHER):
            self._first.append(self._first[-1] | self._set(begin, begin + _TOGETHER))

    def between(self, low: Any, high: Any) -> BitMap:
        values = self._values
        begin = 0 if low is None else bisect.bisect_left(values, _as_number(low))
        end = len(values) if high is None else bisect.bisect_right(values, _as_number(high))
        return self._before(end) - self._before(begin) if begin < end else BitMap()

    def _before(self, end: int) -> BitMap:
        whole, rest = divmod(end, _TOGETHER)
        return self._first[whole] | self._set(end - rest, end)

    def _set(self, begin: int, end: int) -> BitMap:
        return BitMap(self._numbers[begin:end])


class _InOrder:
    """The values of the facet by which records are numbered: all are known."""

    def __init__(self, type_: str, *, descending: bool) -> None:
        self._values: array[Any] = array("d" if type_ == "double precision" else "q")
        self._sign = -1 if descending else 1

    def add(self, _: int, column: Iterable[Any]) -> None:
        sign = self._sign
        self._values.extend(sign * _as_number(value) for value in column)

    def finish(self) -> None:
        """Do nothing: they are already in order."""

    def between(self, low: Any, high: Any) -> BitMap:
        first, last = (low, high) if self._sign > 0 else (high, low)
        begin = 0 if first is None else self.around(first)[0]
        end = len(self._values) if last is None else self.around(last)[1]
        return BitMap(range(begin, end)) if begin < end else BitMap()

    def around(self, value: Any) -> tuple[int, int]:
        """Return between which numbers the records with a value are or would be."""
        wanted = self._sign * _as_number(value)
        begin = bisect.bisect_left(self._values, wanted)
        return begin, bisect.bisect_right(self._values, wanted, begin)


def _as_number(value: Any) -> float:
    return value.toordinal() if isinstance(value, datetime.date) else value


class MemoryPostings(Postings):
    """Which records of a list have which values, as of one revision."""

    def __init__(
        self, order: Sort, facets: Sequence[Facet], others: Mapping[str, Sort] | None = None
    ) -> None:
        """Begin without records; `add` them all, then `finish`.

        `others` are other orders by their sort keys.
        """
        self.key, self.descending = order.key, order.descending
        self.total = 0
        self._rows: list[Row] = []
        self._orders: dict[str, Order] = {
            key: Order(sort, self._rows) for key, sort in (others or {}).items()
        }
        self._names = [facet.name for facet in facets]
        self._types = [facet.plain_type for facet in facets]
        self._ordered: dict[str, _Ordered | _InOrder] = {"first_revision": _Ordered("integer")}
        self._by: _InOrder | None = None
        """The values by which records are numbered, if these are a facet with bounds."""
        self._raw: dict[str, defaultdict[str | None, array[int]]] = {}
        for name, type_ in zip(self._names, self._types, strict=True):
            if type_ in _BOUNDS and order.key == f"facet.{name}":
                self._ordered[name] = self._by = _InOrder(type_, descending=order.descending)
            elif type_ in _BOUNDS:
                self._ordered[name] = _Ordered(type_)
            else:
                self._raw[name] = defaultdict(lambda: array("I"))
        self._sets: dict[str, dict[str | None, BitMap]] = {}

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add the next records in their order.

        Each consists of id, first revision, sort key, those of the other orders, and facets.
        """
        begin = self.total
        self.total += len(rows)
        columns = list(zip(*rows, strict=True))
        self._rows += zip(*columns[:3], strict=True)
        self._ordered["first_revision"].add(begin, columns[1])
        facets = 3 + len(self._orders)
        for (key, order), column in zip(self._orders.items(), columns[3:facets], strict=True):
            # These ids already exist.
            order.add(columns[0] if key == "facet.id" else column)
        for name, type_, column in zip(self._names, self._types, columns[facets:], strict=True):
            if type_ in _BOUNDS:
                self._ordered[name].add(begin, column)
                continue
            numbers = self._raw[name]
            for number, value in enumerate(column, begin):
                for one in value if type_ == "text[]" else (value,):
                    numbers[_as_text(one)].append(number)

    def finish(self) -> None:
        """Make sets from what was added."""
        for ordered in self._ordered.values():
            ordered.finish()
        if self._orders:
            by_id = sorted(range(self.total), key=lambda number: self._rows[number][0])
            for order in self._orders.values():
                order.finish(by_id)
        for name in list(self._raw):
            self._sets[name] = {
                value: BitMap(numbers) for value, numbers in self._raw.pop(name).items()
            }

    def joined(self, column: str, whole: MemoryPostings) -> MemoryPostings:
        """Return the same for records that are parts, with the postings of their wholes.

        `column` is the facet that has the id of the whole.
        """
        joined, sets, none = copy.copy(self), self._sets[column], BitMap()
        joined.whole, joined.parts = whole, [sets.get(id_, none) for id_, _, _ in whole._rows]
        return joined

    def has(self, facet: str) -> bool:
        """Return whether it knows which records have a value of a facet."""
        return facet in self._sets

    def has_order(self, facet: str) -> bool:
        """Return whether it knows the order of a facet's values."""
        return facet in self._ordered

    def numbers(self, facet: str, value: str | None) -> BitMap:
        """Return the records that have a value; for None, those without any known value."""
        return self._sets[facet].get(value) or BitMap()

    def within(self, term: Within) -> BitMap:
        """Return the records whose value lies in one of some spans."""
        ordered = self._ordered[term.facet]
        first, *others = [ordered.between(low, high) for low, high in term.spans]
        return first.union(*others) if others else first

    def at(self, number: int) -> tuple[Any, str]:
        """Return sort key and id of a record."""
        id_, _, key = self._rows[number]
        return key, id_

    def around(self, key: Any) -> tuple[int, int]:
        """Return the numbers of the records that have a sort key, if that is a facet's."""
        return super().around(key) if self._by is None else self._by.around(key)

    def page(
        self, numbers: BitMap, *, by: Sort, after: tuple[Any, str] | None, limit: int
    ) -> list[Row]:
        """Return the first of some records in another order than that of the numbers."""
        order = self._orders[by.key]
        return order.page(numbers, after=after, limit=limit, descending=by.descending)

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of some records."""
        rows = self._rows
        return [rows[number][0] for number in numbers]

    def records(self, numbers: Iterable[int]) -> list[Row]:
        """Return id, first revision and sort key of some records."""
        return list(map(self._rows.__getitem__, numbers))


def _as_text(value: Any) -> str | None:
    return str(value).lower() if isinstance(value, bool) else value


class _Kept(Struct, frozen=True):
    """The postings of a list, and the revision they belong to."""

    of: RevisionKey
    postings: MemoryPostings


class ShortLists:
    """The postings of all short lists of the newest revision, in one process."""

    def __init__(self, pool: Pool, max_records: int) -> None:
        """Keep the postings of lists with at most this many records; 0 means none."""
        self._pool, self._max_records = pool, max_records
        self._kept: dict[str, _Kept] = {}
        self._follower = Follower()

    def of(self, resource: Resource, snapshot: Snapshot) -> MemoryPostings | None:
        """Return the postings of a list as of a revision, if they are there."""
        kept = self._kept.get(resource.name)
        if kept is None or kept.of != (snapshot.revision, snapshot.fingerprint):
            return None
        return kept.postings

    def follow(self, revisions: Revisions) -> None:
        """Move on to each new revision once its facets are read."""
        if self._max_records:
            self._follower.follow(revisions, lambda: self._bring(revisions))

    async def _bring(self, revisions: Revisions) -> None:
        """Read the facets of the newest revision, until there is no newer one."""
        done: RevisionKey | None = None
        while revisions.number and revisions.keys.newest != done:
            await asyncio.sleep(PAUSE_SECONDS)
            if not revisions.number:
                return
            key, counts = revisions.keys.newest, revisions.newest.counts
            try:
                # Parts come after what they are part of.
                for resource in served():
                    if resource.listing is None:
                        continue
                    if await self._is_short(resource, key, counts):
                        await self._take(resource, key, revisions)
                    else:
                        self._kept.pop(resource.name, None)
            except UnavailableError as error:
                logger.info(
                    "lists are answered by PostgreSQL, because reading them failed: %s", error
                )
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                # Such as facets computed by other code: they stay so until the next revision.
                logger.exception("lists are answered by PostgreSQL, because reading them failed")
                return
            else:
                done = key

    async def _is_short(
        self, resource: Resource, key: RevisionKey, counts: Mapping[str, int]
    ) -> bool:
        """Return whether a list has few records."""
        part = resource.part
        if part is None:
            return counts.get(resource.name, 0) <= self._max_records
        if counts.get(part.whole, 0) > self._max_records:
            return False
        conditions = Conditions()
        conditions.hold_at(key[0], "facet")
        statement = conditions.statement(
            f"select count(*) as parts from (select from {resource.facet_view} as facet "
            f"where {conditions.text} limit {self._max_records + 1}) as part"
        )
        ((parts,),) = await self._pool.fetch(statement, key)
        return bool(parts <= self._max_records)

    async def _take(self, resource: Resource, key: RevisionKey, revisions: Revisions) -> None:
        """Read the facets of a list, unless they are the same as those of an earlier revision."""
        kept = self._kept.get(resource.name)
        if kept is not None and await self._still_holds(kept, resource, key, revisions):
            postings = kept.postings
        else:
            postings = await self._read(resource, key)
        part = resource.part
        whole = None if part is None else self._kept.get(part.whole)
        if part is not None and whole is not None:
            postings = postings.joined(part.column, whole.postings)
        self._kept[resource.name] = _Kept(key, postings)

    async def _still_holds(
        self, kept: _Kept, resource: Resource, key: RevisionKey, revisions: Revisions
    ) -> bool:
        """Return whether the stored postings of a list are also right for another revision."""
        if kept.of == key:
            return True
        since = kept.of[0]
        # After a restore, the same number may stand for another revision.
        if since >= key[0] or revisions.keys.of(since) != kept.of:
            return False
        return not await self._has_changed(resource, since, key)

    async def _has_changed(self, resource: Resource, since: int, key: RevisionKey) -> bool:
        """Return whether a list differs from that of an earlier revision."""
        conditions = Conditions()
        before, now = (conditions.argument(one, "integer") for one in (since, key[0]))
        statement = conditions.statement(
            f"select exists (select from {resource.facet_view} as facet where "
            f"(facet.first_revision > {before} and facet.first_revision <= {now}) or "
            f"(facet.last_revision >= {before} and facet.last_revision < {now})) as changed"
        )
        ((changed,),) = await self._pool.fetch(statement, key)
        return bool(changed)

    async def _read(self, resource: Resource, key: RevisionKey) -> MemoryPostings:
        if resource.listing is None:
            raise TypeError(resource.name)
        order = resource.order(resource.listing.parameters())
        facets = [one for one in resource.facets if has_sets(one) or one.plain_type in _BOUNDS]
        conditions = Conditions()
        conditions.hold_at(key[0], "facet")
        named = "".join(f', facet."{facet.name}"' for facet in facets)
        direction = "desc" if order.descending else "asc"
        others = other_orders(resource.sorts.values(), order)
        keys = "".join(f", {key} as key_{number}" for number, key in enumerate(others))
        statement = conditions.statement(
            f"select facet.id, facet.first_revision, {order.key} as key{keys}{named} "
            f"from {resource.facet_view} as facet where {conditions.text} "
            f"order by {order.key} {direction}, facet.id {direction}"
        )
        postings = MemoryPostings(order, facets, others)
        async for batch in self._pool.stream(statement, tuple):
            postings.add(batch)
        await asyncio.to_thread(postings.finish)
        return postings

    async def close(self) -> None:
        """Stop reading."""
        await self._follower.stop()
