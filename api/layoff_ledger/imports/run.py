"""Files of notices → one revision, in one transaction; the same files again change nothing."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from layoff_ledger import garbage, paths
from layoff_ledger.curation import notices as storage
from layoff_ledger.curation import publish, records
from layoff_ledger.imports import linking, mapping, readings, tables, warn_register
from layoff_ledger.imports.mapping import Mapping
from layoff_ledger.imports.notices import Context, RefusedError, notice_of
from layoff_ledger.imports.progress import Progress, silent, watched
from layoff_ledger.statement import Connection


class ImportFailedError(Exception):
    """Nothing was imported; the message says why."""


class Refused(Struct, frozen=True):
    """A row from which no notice was made."""

    file: str
    row: int
    """Its line, if the header is line 1 and no cell has a line break."""
    reason: str
    content: dict[str, str]


class Exceeding(Struct, frozen=True):
    """A wave whose notices add up to more jobs than its headcount."""

    wave: str
    jobs_low: int
    headcount_high: int

    def __str__(self) -> str:
        return (
            f"look at {self.wave}: its notices add up to {self.jobs_low} jobs, more than its "
            f"{self.headcount_high}"
        )


class Report(Struct):
    """What an import did."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    linked: int = 0
    refused: list[Refused] = []
    exceeding: list[Exceeding] = []
    """Then either a link is wrong, or the wave's figure is about something else."""
    revision: int | None = None
    """None if nothing changed."""
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Yield what an operator reads."""
        yield (
            f"read {self.read} rows in {self.seconds:.1f} s: {self.new} new, {self.changed} "
            f"changed, {self.unchanged} unchanged, {len(self.refused)} refused, {self.gone} gone "
            f"from the source; {self.linked} are linked to a company"
        )
        for one in self.refused:
            yield f"refused {one.file}, row {one.row}: {one.reason}"
        yield from map(str, self.exceeding)


class Source(Struct, frozen=True):
    """A row in the ledger's own columns, and where it comes from."""

    file: str
    number: int
    row: dict[str, str]
    dates: tuple[str, ...] = ()
    left_out: str | None = None
    """Why its layout says that it is not a notice."""


class Relations(Struct):
    """What the files say about notices that belong together."""

    rows: list[dict[str, str]] = []
    are_given: bool = False


def read_files(
    files: Iterable[Path], relations: Relations, own_mapping: Mapping | None = None
) -> Iterator[Source]:
    """Read files of any known layout; raise `ImportFailedError` for an unknown one.

    Yields the rows one by one, and keeps those of relations.
    """
    for path in files:
        try:
            for table in tables.tables_of(path):
                yield from _read_table(table, own_mapping, relations)
        except tables.TableError as error:
            raise ImportFailedError(str(error)) from error


def _read_table(
    table: tables.Table, own_mapping: Mapping | None, relations: Relations
) -> Iterator[Source]:
    header = {*table.header}
    if own_mapping is None and warn_register.LINKS_MARK in header:
        relations.are_given = True
        relations.rows += [warn_register.own_relation(row) for _, row in table.rows]
    elif own_mapping is None and {"relation", "other_key"} <= header:
        relations.are_given = True
        relations.rows += [row for _, row in table.rows]
    elif own_mapping is None and warn_register.MARK in header:
        for number, row in table.rows:
            yield Source(table.name, number, warn_register.own(row))
    else:
        layout = own_mapping or _layout_of(table)
        missing = list(mapping.missing_columns(layout, table.header)) if own_mapping else []
        if missing:
            message = f"{table.name} has no column {missing[0]!r}; it has {', '.join(table.header)}"
            raise ImportFailedError(message)
        dates = tuple(layout.dates)
        for number, row in table.rows:
            left_out = next(
                (
                    f"not a notice: its column {name!r} says {row.get(name, '')!r}"
                    for name, value in layout.only.items()
                    if row.get(name, "").strip() != value
                ),
                None,
            )
            yield Source(table.name, number, layout.of(row), dates, left_out)


def _layout_of(table: tables.Table) -> Mapping:
    if {"key", "jurisdiction", "employer"} <= {*table.header}:
        return mapping.OWN
    known = mapping.layout_of(table.header)
    if known is not None:
        return known
    message = (
        f"{table.name}: no known layout has the columns "
        f"{', '.join(table.header)[:200]}; say with --mapping what they mean: "
        "`layoff-ledger import --suggest FILE` drafts it"
    )
    raise ImportFailedError(message)


def make_notices(
    rows: Iterable[Source], context: Context, report: Report
) -> dict[str, storage.Notice]:
    """Make the notices of all rows, by id; refuse what is not one, and what comes twice."""
    found: dict[str, storage.Notice] = {}
    contexts: dict[tuple[str, ...], Context] = {(): context}
    for one in rows:
        report.read += 1
        if one.dates not in contexts:
            contexts[one.dates] = msgspec.structs.replace(context, dates=one.dates)
        if one.left_out is not None:
            report.refused.append(Refused(one.file, one.number, one.left_out, one.row))
            continue
        try:
            notice = notice_of(one.row, contexts[one.dates])
        except RefusedError as error:
            report.refused.append(Refused(one.file, one.number, str(error), one.row))
            continue
        before = found.setdefault(notice.id, notice)
        if before is not notice:
            same = before.key == notice.key
            reason = "repeats a row of this key" if same else "has the id of another key"
            refused = Refused(one.file, one.number, f"{reason}: {notice.key}", one.row)
            report.refused.append(refused)
    return found


def relate(
    notices: dict[str, storage.Notice], relations: Iterable[tuple[str, storage.NoticeRelation]]
) -> None:
    """Return the notices with their relations; one that a later one amends is superseded.

    A repeated reading has only the ledger's own relation, to the reading that it repeats: it
    supersedes nothing, and nothing repeats it, because any such relation is given for the other
    reading.
    """
    repeated = readings.repeated(notices.values())
    of: dict[str, dict[tuple[str, str], storage.NoticeRelation]] = {
        id_: {("possible_duplicate", other): readings.relation_to(other)}
        for id_, other in repeated.items()
    }
    superseded = set()
    for id_, relation in relations:
        is_of_repeated = relation.relation == "possible_duplicate" and relation.other in repeated
        if id_ in repeated or is_of_repeated or relation.method == readings.METHOD:
            continue
        of.setdefault(id_, {}).setdefault((relation.relation, relation.other), relation)
        if relation.relation == "amends":
            superseded.add(relation.other)
    for id_ in {*of, *superseded} & notices.keys():
        notice = notices[id_]
        amends = any(relation == "amends" for relation, _ in of.get(id_, ()))
        status = notice.status
        if status != "rescinded":
            status = "superseded" if id_ in superseded else "amended" if amends else status
        notices[id_] = msgspec.structs.replace(
            notice,
            relations=tuple(of.get(id_, {}).values()),
            amended=notice.amended or amends or id_ in superseded,
            status=status,
        )


async def import_notices(
    connection: Connection,
    files: list[Path],
    collection: records.Collection,
    judgements: linking.Judgements,
    *,
    own_mapping: Mapping | None = None,
    inputs: dict[str, bytes] | None = None,
    note: str | None = None,
    progress: Progress = silent,
) -> Report:
    """Import files as one revision; raise `ImportFailedError`.

    A file contains everything from its jurisdictions: what it lacks is marked as gone.
    `inputs` are recorded in the same transaction, `progress` is told how far it is. Needs memory
    for all the rows of the files.
    """
    begun = time.monotonic()
    report = Report()
    with garbage.seldom_collected():
        industries = await connection.fetch("select code from ledger.industry")
        context = Context(collection.id, frozenset(row["code"] for row in industries))
        given = Relations()
        rows = watched(read_files(files, given, own_mapping), progress, "rows read")
        notices = make_notices(rows, context, report)
        jurisdictions = frozenset(one.jurisdiction for one in notices.values())
        relate(notices, await _relations(connection, collection.id, given, notices))
        companies = await linking.read_companies(connection)
        linker = linking.Linker(companies, await linking.read_waves(connection), judgements)
        linked = {
            id_: linker.link(notice)
            for id_, notice in watched(notices.items(), progress, "notices linked", len(notices))
        }
        report.linked = sum(one.company is not None for one in linked.values())
        revision = await publish_input(
            connection,
            publish.CollectionInput(
                collection=collection,
                notices=storage.NoticeInput(
                    watched(linked.values(), progress, "notices compared", len(linked)),
                    jurisdictions,
                ),
                partial=True,
            ),
            note=note,
            digests=inputs,
            progress=progress,
        )
    report.exceeding = await exceeding_waves(connection)
    if revision is not None:
        report.revision = revision.number
        if revision.notices is not None:
            report.new = len(revision.notices.added)
            report.changed = len(revision.notices.changed)
            report.gone = len(revision.notices.gone)
    report.unchanged = len(linked) - report.new - report.changed
    report.seconds = time.monotonic() - begun
    return report


async def publish_input(
    connection: Connection,
    given: publish.CollectionInput,
    *,
    note: str | None,
    digests: dict[str, bytes] | None = None,
    progress: Progress = silent,
) -> publish.Revision | None:
    """Publish what was read from files; raise `ImportFailedError` with the first violations."""
    try:
        return await publish.publish(
            connection, given, note=note, digests=digests, progress=progress
        )
    except publish.PublishError as error:
        raise ImportFailedError("; ".join(map(str, error.violations[:5]))) from error


async def exceeding_waves(connection: Connection) -> list[Exceeding]:
    """Return the waves whose notices add up to more jobs than their headcount."""
    query = paths.statement("queries/waves_exceeded_by_notices.sql")
    return [Exceeding(**dict(one)) for one in await connection.fetch(query)]


async def _relations(
    connection: Connection,
    collection: str,
    given: Relations,
    notices: dict[str, storage.Notice],
) -> list[tuple[str, storage.NoticeRelation]]:
    """Return the relations in the files; if they have none, those that are stored."""
    if not given.are_given:
        rows = await connection.fetch(
            paths.statement("queries/read_notice_relations.sql"), collection
        )
        return [
            (
                row["id"],
                storage.NoticeRelation(row["relation"], row["other"], row["method"], row["score"]),
            )
            for row in rows
        ]
    ids = {
        row["key"]: row["id"]
        for row in await connection.fetch(
            "select id, key from ledger.notice where collection = $1", collection
        )
    }
    ids |= {one.key: one.id for one in notices.values()}
    found = []
    for row in given.rows:
        one, other = ids.get(row["key"]), ids.get(row["other_key"])
        if one is None or other is None or row["relation"] not in ("amends", "possible_duplicate"):
            continue
        score = float(row["score"]) if row["score"] else None
        relation = storage.NoticeRelation(row["relation"], other, row["method"], score)  # type: ignore[arg-type]
        found.append((one, relation))
    return found


def write_refused(path: Path, refused: list[Refused]) -> None:
    """Write the rows that were refused, each with its reason, as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "row", "reason", "content"])
        for one in refused:
            content = msgspec.json.encode(one.content).decode()
            writer.writerow([one.file, one.row, one.reason, content])
