"""Files of notices → one revision, in one transaction; the same files again change nothing."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.curation import notices as storage
from layoff_ledger.curation import publish, records
from layoff_ledger.imports import linking, mapping, warn_register
from layoff_ledger.imports.mapping import Mapping
from layoff_ledger.imports.notices import Context, RefusedError, notice_of
from layoff_ledger.statement import Connection

_LONGEST_CELL = 1_000_000


class ImportFailedError(Exception):
    """Nothing was imported; the message says why."""


class Refused(Struct, frozen=True):
    """A row of which no notice was made."""

    file: str
    row: int
    """Its line, where the header is 1 and no cell has a line break."""
    reason: str
    content: dict[str, str]


class Exceeding(Struct, frozen=True):
    """A wave whose notices say more jobs than it has."""

    wave: str
    jobs_low: int
    headcount_high: int


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
    """Where a link is wrong, or the wave's figure is of something else."""
    revision: int | None = None
    """None where nothing changed."""
    seconds: float = 0.0

    def lines(self) -> Iterator[str]:
        """Give what an operator reads."""
        yield (
            f"read {self.read} rows in {self.seconds:.1f} s: {self.new} new, {self.changed} "
            f"changed, {self.unchanged} unchanged, {len(self.refused)} refused, {self.gone} gone "
            f"from the source; {self.linked} are linked to a company"
        )
        for one in self.refused:
            yield f"refused {one.file}, row {one.row}: {one.reason}"
        for wave in self.exceeding:
            yield (
                f"look at {wave.wave}: its notices say {wave.jobs_low} jobs, more than its "
                f"{wave.headcount_high}"
            )


class _Files(Struct):
    """What files have, in the ledger's own columns."""

    rows: list[tuple[str, int, dict[str, str], tuple[str, ...]]] = []
    relations: list[dict[str, str]] = []
    has_relations: bool = False


def read_files(files: Iterable[Path], own_mapping: Mapping | None = None) -> _Files:
    """Read files of any layout that is known; raise `ImportFailedError` for another one."""
    found = _Files()
    csv.field_size_limit(_LONGEST_CELL)
    for path in files:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                _read_file(path.name, csv.DictReader(file), own_mapping, found)
        except (UnicodeDecodeError, csv.Error) as error:
            message = f"{path}: {error}; save it as CSV in UTF-8"
            raise ImportFailedError(message) from error
    return found


def _read_file(
    name: str, reader: csv.DictReader[str], own_mapping: Mapping | None, found: _Files
) -> None:
    header = list(reader.fieldnames or [])
    if own_mapping is not None:
        missing = list(mapping.missing_columns(own_mapping, header))
        if missing:
            message = f"{name} has no column {missing[0]!r}; it has {', '.join(header)}"
            raise ImportFailedError(message)
        read, dates = own_mapping.of, tuple(own_mapping.dates)
    elif warn_register.LINKS_MARK in header:
        found.has_relations = True
        found.relations += map(warn_register.own_relation, reader)
        return
    elif {"relation", "other_key"} <= {*header}:
        found.has_relations = True
        found.relations += reader
        return
    elif warn_register.MARK in header:
        read, dates = warn_register.own, ()
    elif {"key", "jurisdiction", "employer"} <= {*header}:
        read, dates = mapping.OWN.of, ()
    else:
        message = (
            f"{name}: no layout that is known has the columns {', '.join(header)[:200]}; "
            "say with --mapping what they mean"
        )
        raise ImportFailedError(message)
    # A cell without a line break is a line; a cell with one moves the rows after it.
    found.rows += [(name, number, read(row), dates) for number, row in enumerate(reader, start=2)]


def make_notices(files: _Files, context: Context, report: Report) -> dict[str, storage.Notice]:
    """Make the notices of all rows, by id; refuse what is none, and what comes twice."""
    found: dict[str, storage.Notice] = {}
    for name, number, row, dates in files.rows:
        report.read += 1
        try:
            notice = notice_of(
                row, msgspec.structs.replace(context, dates=dates) if dates else context
            )
        except RefusedError as error:
            report.refused.append(Refused(name, number, str(error), row))
            continue
        before = found.setdefault(notice.id, notice)
        if before is not notice:
            same = before.key == notice.key
            reason = "repeats a row of this key" if same else "has the id of another key"
            report.refused.append(Refused(name, number, f"{reason}: {notice.key}", row))
    return found


def relate(
    notices: dict[str, storage.Notice], relations: Iterable[tuple[str, storage.NoticeRelation]]
) -> None:
    """Give notices their relations; one that a later one amends is superseded."""
    of: dict[str, dict[tuple[str, str], storage.NoticeRelation]] = {}
    superseded = set()
    for id_, relation in relations:
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
) -> Report:
    """Import files as one revision; raise `ImportFailedError` or `publish.PublishError`.

    A file has all that there is of its jurisdictions: what it does not have is marked as gone.
    `inputs` are remembered in the same transaction. Needs memory for all the rows of the files.
    """
    begun = time.monotonic()
    report = Report()
    industries = await connection.fetch("select code from ledger.industry")
    context = Context(collection.id, frozenset(row["code"] for row in industries))
    read = read_files(files, own_mapping)
    notices = make_notices(read, context, report)
    jurisdictions = frozenset(one.jurisdiction for one in notices.values())
    relate(notices, await _relations(connection, collection.id, read, notices))
    read.rows.clear()
    linker = linking.Linker(
        linking.companies_of(
            await connection.fetch(paths.statement("queries/read_linkable_companies.sql"))
        ),
        linking.waves_of(
            await connection.fetch(paths.statement("queries/read_linkable_waves.sql"))
        ),
        judgements,
    )
    linked = {id_: linker.link(notice) for id_, notice in notices.items()}
    report.linked = sum(one.company is not None for one in linked.values())
    revision = await publish.publish(
        connection,
        publish.CollectionInput(
            collection=collection,
            notices=storage.NoticeInput(linked.values(), jurisdictions),
            partial=True,
        ),
        note=note,
        inputs=inputs,
    )
    report.exceeding = [
        Exceeding(**dict(one))
        for one in await connection.fetch(paths.statement("queries/waves_exceeded_by_notices.sql"))
    ]
    if revision is not None:
        report.revision = revision.number
        if revision.notices is not None:
            report.new = len(revision.notices.added)
            report.changed = len(revision.notices.changed)
            report.gone = len(revision.notices.gone)
    report.unchanged = len(linked) - report.new - report.changed
    report.seconds = time.monotonic() - begun
    return report


async def _relations(
    connection: Connection, collection: str, read: _Files, notices: dict[str, storage.Notice]
) -> list[tuple[str, storage.NoticeRelation]]:
    """Give the relations of the files; where they have none, those that are stored."""
    if not read.has_relations:
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
    for row in read.relations:
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


def write_own(files: list[Path], folder: Path) -> None:
    """Write files of any layout in the ledger's own columns, one for each jurisdiction.

    How `data/notices/` is made: rows in the order of their dates, so that a newer file differs by
    few lines. What no row of a file has is no column of it.
    """
    read = read_files(files)
    by_jurisdiction: dict[str, list[dict[str, str]]] = {}
    keys = set()
    for _, _, row, _ in read.rows:
        by_jurisdiction.setdefault(row["jurisdiction"], []).append(row)
        keys.add(row["key"])
    for jurisdiction, rows in sorted(by_jurisdiction.items()):
        rows.sort(key=lambda row: (row.get("notice_on", ""), row["key"]))
        country, _, part = jurisdiction.lower().partition("-")
        path = folder / country / f"{part}.csv"
        present = [field for field in mapping.FIELDS if any(row.get(field) for row in rows)]
        _write(path, present, rows)
    relations = [row for row in read.relations if {row["key"], row["other_key"]} <= keys]
    relations.sort(key=lambda row: (row["relation"], row["key"], row["other_key"]))
    if relations:
        _write(folder / "relations.csv", list(mapping.RELATION_FIELDS), relations)


def _write(path: Path, fields: list[str], rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
