"""The commands for curators: `check`, `new`, `show` and `schemas`."""

from __future__ import annotations

import argparse
import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layoff_ledger import paths, settings
from layoff_ledger.commands import (
    CommandError,
    add_data_folder,
    data_folder,
    read_and_validate,
    read_folder,
)

if TYPE_CHECKING:
    from layoff_ledger.curation import read


def add_parsers(commands: Any) -> None:
    """Declare what each of these commands takes."""
    check = commands.add_parser("check", help="check the curated files against every rule")
    add_data_folder(check, "data")
    check.add_argument("--explain", metavar="RULE", help="explain a rule and exit")
    check.set_defaults(run=_check)

    new = commands.add_parser(
        "new", help="write a commented skeleton for a new wave, company or source"
    )
    new.add_argument("what", choices=["wave", "company", "source"], help="kind of record")
    new.add_argument("id", help="id of the source or company; for a wave, of its company")
    new.add_argument(
        "date", nargs="?", help="for a wave: date of the announcement, as 2023-03-14 or 2023-03"
    )
    add_data_folder(new, "--data")
    new.set_defaults(run=_new)

    show = commands.add_parser("show", help="print a wave with its claims and citations")
    show.add_argument("id", help="id of the wave")
    add_data_folder(show, "--data")
    show.set_defaults(run=_show)

    schemas = commands.add_parser(
        "schemas", help="write JSON Schemas of the curated files, for editors"
    )
    schemas.add_argument(
        "folder",
        type=Path,
        nargs="?",
        default=paths.DATA / "schemas",
        help="folder to write to (default: data/schemas)",
    )
    schemas.set_defaults(run=_schemas)


def _explain(name: str) -> int:
    from layoff_ledger.curation import rules  # noqa: PLC0415
    from layoff_ledger.nearest import nearest_word  # noqa: PLC0415

    by_name = {rule.__name__: rule for rule in rules.base.RULES}
    if name not in by_name:
        hint = nearest_word(name, by_name) or f"the rules are {', '.join(sorted(by_name))}"
        message = f"no rule {name!r}; {hint}"
        raise CommandError(message)
    print(inspect.getdoc(by_name[name]))
    return 0


def _new(arguments: argparse.Namespace) -> int:
    data = data_folder(arguments, settings.read())
    curated = read_folder(data)
    if arguments.what == "wave":
        path = _new_wave(data, curated, arguments.id, arguments.date)
    else:
        path = _new_record(data, curated, arguments.what, arguments.id)
    print(f"wrote {path}: fill it in, then run `layoff-ledger check`")
    return 0


def _new_wave(data: Path, curated: read.Curated, company: str, date: str | None) -> Path:
    from layoff_ledger.nearest import nearest_word  # noqa: PLC0415

    known = curated.known("companies")
    if company not in known:
        add = f"add the company first: `layoff-ledger new company {company}`"
        near = nearest_word(company, known)
        hint = f"{near} Or {add}" if near else add
        message = f"no company {company!r} in {data / 'companies.toml'}; {hint}"
        raise CommandError(message)
    if date is None:
        message = f"give the date of the announcement: `layoff-ledger new wave {company} 2023-03`"
        raise CommandError(message)
    from layoff_ledger.curation import tools  # noqa: PLC0415

    try:
        id_ = tools.wave_id(company, date, curated.known("waves"))
        text = tools.skeleton(company, date)
    except ValueError as error:
        raise CommandError(str(error)) from error
    path = data / "waves" / f"{id_}.toml"
    with path.open("x", encoding="utf-8") as file:
        file.write(text)
    return path


def _new_record(data: Path, curated: read.Curated, what: str, id_: str) -> Path:
    from layoff_ledger.curation import rules  # noqa: PLC0415

    kind = {"company": "companies", "source": "sources"}[what]
    if not rules.ids.SLUG.fullmatch(id_):
        message = f"{id_!r} is not an id; use lower-case letters, digits and hyphens"
        raise CommandError(message)
    if id_ in curated.known(kind):
        message = f"{id_!r} is already in {data / curated.files[kind, id_]}"
        raise CommandError(message)
    from layoff_ledger.curation import tools  # noqa: PLC0415

    if what == "company":
        return tools.add_company(data, id_)
    return tools.add_source(data, id_, curated.known("companies"))


def _show(arguments: argparse.Namespace) -> int:
    curated = read_folder(data_folder(arguments, settings.read()))
    if arguments.id not in curated.waves:
        from layoff_ledger.nearest import nearest_word  # noqa: PLC0415

        hint = nearest_word(arguments.id, curated.waves) or "see the names of the files in waves/"
        message = f"no wave {arguments.id!r}; {hint}"
        raise CommandError(message)
    from rich.console import Console  # noqa: PLC0415

    from layoff_ledger.curation import tools  # noqa: PLC0415

    tools.show(curated, arguments.id, Console())
    return 0


def _schemas(arguments: argparse.Namespace) -> int:
    from layoff_ledger.curation import tools  # noqa: PLC0415

    for path in tools.write_schemas(arguments.folder):
        print(f"wrote {path}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    if arguments.explain is not None:
        return _explain(arguments.explain)
    from layoff_ledger.curation import rules  # noqa: PLC0415

    data = data_folder(arguments, settings.read())
    curated = read_and_validate(data).curated
    claims = sum(1 for wave in curated.waves.values() for _ in rules.base.claims(wave))
    print(
        f"{data}: {len(curated.waves)} waves of "
        f"{len({wave.company for wave in curated.waves.values()})} companies, {claims} claims, "
        f"{len(curated.sources)} sources: no violation of {len(rules.base.RULES)} rules"
    )
    counts = rules.sources.described(curated)
    if counts.sources:
        print(
            f"{counts.titled / counts.sources:.0%} of {counts.sources} news sources and filings "
            f"have a title, {counts.dated / counts.sources:.0%} a date"
        )
    return 0
