"""What the command `layoff-ledger import` does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import msgspec

from layoff_ledger import input_digests, paths, settings
from layoff_ledger.commands import CommandError, data_folder, on_database
from layoff_ledger.curation import migrate, read, records
from layoff_ledger.imports import (
    layoffs_fyi,
    linking,
    mapping,
    review,
    run,
    sec_facts,
    shipped,
    suggest,
    tables,
)
from layoff_ledger.imports.progress import Meter, Progress, silent
from layoff_ledger.processes import folder_of_worker, note_coming
from layoff_ledger.statement import Connection


def import_warn(arguments: argparse.Namespace) -> int:
    """Run `import warn`; return the exit status."""
    configured = settings.read()
    data = data_folder(arguments, configured)
    try:
        known = read.read_tables(data, ["collections"]).collections
    except FileNotFoundError as error:
        raise CommandError(str(error)) from error
    collection = _described(known, arguments.collection)
    report = on_database(
        configured, lambda connection, _: _execute(connection, data, collection, arguments)
    )
    if report is not None:
        if arguments.refused is not None:
            run.write_refused(arguments.refused, report.refused)
        first, *more = report.lines()
        print(first, flush=True)
        if arguments.if_due and report.exceeding:
            # It runs beside the service, whose operator cannot correct what only curators can.
            more = [
                f"{len(report.exceeding)} waves have notices whose jobs add up to more than "
                "their headcount: `layoff-ledger links --check` lists them"
            ]
        for line in more:
            print(line, flush=True)
        _print_revision(report)
    return 0


def _print_revision(report: run.Report) -> None:
    number = report.revision
    print("nothing changed" if number is None else f"published revision {number}", flush=True)


def suggest_mapping(path: Path | None) -> int:
    """Print the draft of a file's mapping."""
    if path is None:
        message = "say what to import: `layoff-ledger import warn FILE…`, or --suggest FILE"
        raise CommandError(message)
    try:
        print(suggest.draft(path), end="")
    except tables.TableError as error:
        raise CommandError(str(error)) from error
    return 0


def check_links() -> int:
    """Print the waves whose notices add up to more than their headcount; return the exit status."""

    async def work(connection: Connection, _: str) -> list[run.Exceeding]:
        await migrate.migrate(connection)
        return await run.exceeding_waves(connection)

    found = on_database(settings.read(), work)
    for one in found:
        print(one)
    print(f"{len(found)} waves have notices whose jobs add up to more than their headcount")
    return 1 if found else 0


def review_links(arguments: argparse.Namespace) -> int:
    """Print the employers that may be companies, best first; at a terminal, ask about each."""
    folder = data_folder(arguments, settings.read()) / "links"
    try:
        judgements = linking.read_judgements(folder)
    except linking.LinksError as error:
        raise CommandError(str(error)) from error

    async def work(connection: Connection, _: str) -> list[review.Candidate]:
        await migrate.migrate(connection)
        companies = await linking.read_companies(connection)
        query = paths.statement("queries/read_unlinked_employers.sql")
        rows = await connection.fetch(query)
        return review.candidates(rows, companies, judgements, arguments.limit)

    found = on_database(settings.read(), work)
    if sys.stdin.isatty() and sys.stdout.isatty():
        for line in review.ask(found, folder, input):
            print(line, flush=True)
        print("`layoff-ledger import warn` links the notices by what is judged")
    else:
        for one in found:
            print(review.sentence(one))
    return 0


def import_layoffs_fyi(arguments: argparse.Namespace) -> int:
    """Run `import layoffs-fyi`; return the exit status."""

    async def work(connection: Connection, _: str) -> run.Report:
        await migrate.migrate(connection)
        return await layoffs_fyi.import_rows(connection, arguments.files, layoffs_fyi.described())

    report = on_database(settings.read(), work)
    if arguments.refused is not None:
        run.write_refused(arguments.refused, report.refused)
    for line in layoffs_fyi.lines(report):
        print(line, flush=True)
    _print_revision(report)
    return 0


def import_sec_facts(files: list[Path]) -> int:
    """Run `import sec-facts`; return the exit status."""

    async def work(connection: Connection, _: str) -> run.Report:
        await migrate.migrate(connection)
        return await sec_facts.import_facts(connection, files)

    report = on_database(settings.read(), work)
    print(f"read {report.read} figures for whole years, quarters and days")
    _print_revision(report)
    return 0


async def is_due(connection: Connection, data: Path) -> bool:
    """Return whether what is there now differs from what the shipped notices were made from."""
    if not shipped.files(data):
        return False
    return await input_digests.read(connection, shipped.INPUT) != shipped.digest(data)


async def _execute(
    connection: Connection,
    data: Path,
    collection: records.Collection,
    arguments: argparse.Namespace,
) -> run.Report | None:
    """Do the work of `import warn`; None if it was only to be done if due, and is not."""
    if arguments.if_due:
        if not await is_due(connection, data):
            return None
        note_coming(folder_of_worker(), are_coming=True)
        print(f"Publishing the notices in {data / 'notices'} as the next revision.", flush=True)
    await migrate.migrate(connection)
    is_watched = arguments.progress or (sys.stderr.isatty() and not arguments.if_due)
    progress = Meter(sys.stderr) if is_watched else silent
    return await _import(connection, data, collection, arguments, progress)


async def _import(
    connection: Connection,
    data: Path,
    collection: records.Collection,
    arguments: argparse.Namespace,
    progress: Progress,
) -> run.Report:
    """Import files, or the shipped ones if there are none; raise `run.ImportFailedError`."""
    files = arguments.files
    try:
        judgements = linking.read_judgements(data / "links")
        columns = None if arguments.mapping is None else mapping.read(arguments.mapping)
    except (linking.LinksError, mapping.MappingError) as error:
        raise run.ImportFailedError(str(error)) from error
    return await run.import_notices(
        connection,
        files or shipped.files(data),
        collection,
        judgements,
        own_mapping=columns,
        inputs=None if files else {shipped.INPUT: shipped.digest(data)},
        note=f"Notices of the collection {collection.id}",
        progress=progress,
    )


def _described(collections: dict[str, records.Collection], name: str) -> records.Collection:
    """Return the collection that is imported into; raise `run.ImportFailedError`."""
    if name not in collections:
        message = (
            f"no collection {name!r}: the collections are {', '.join(sorted(collections))}; "
            "describe it in collections.toml"
        )
        raise run.ImportFailedError(message)
    return msgspec.structs.replace(collections[name], id=name)
