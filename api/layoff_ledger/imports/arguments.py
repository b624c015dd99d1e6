"""The arguments of `layoff-ledger import` and `links`; `commands.py` does the work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from layoff_ledger.commands import add_data_folder
from layoff_ledger.imports.shipped import COLLECTION


def add_parsers(commands: Any) -> None:
    """Add the arguments of these commands to the parser of all commands."""
    import_ = commands.add_parser("import", help="import data that others collected")
    import_.add_argument(
        "--suggest", type=Path, metavar="FILE", help="draft a mapping for a file of notices"
    )
    import_.set_defaults(run=_suggest)
    layouts = import_.add_subparsers(metavar="WHAT")
    warn = layouts.add_parser("warn", help="notices, as one revision (none if nothing changed)")
    warn.add_argument(
        "files", type=Path, nargs="*", metavar="FILE",
        help="CSV, TSV, JSON lines or a workbook (default: the notices in --data)",
    )  # fmt: skip
    warn.add_argument(
        "--collection", default=COLLECTION, help="id of the collection (default: %(default)s)"
    )
    warn.add_argument("--mapping", type=Path, help="TOML file that maps columns to fields")
    warn.add_argument(
        "--refused", type=Path, metavar="CSV", help="write rejected rows to this file"
    )
    warn.add_argument(
        "--progress", action="store_true", help="show progress even without a terminal"
    )
    warn.add_argument("--if-due", action="store_true", help=argparse.SUPPRESS)
    add_data_folder(warn, "--data")
    warn.set_defaults(run=_import_warn)
    fyi = layouts.add_parser(
        "layoffs-fyi", help="rows in the layout of layoffs.fyi, as waves of your own collection"
    )
    fyi.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or a workbook")
    fyi.add_argument("--refused", type=Path, metavar="CSV", help="write rejected rows to this file")
    fyi.set_defaults(run=_import_layoffs_fyi)
    sec = layouts.add_parser("sec-facts", help="a company's figures from the SEC, as series")
    sec.add_argument(
        "files",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="files of company facts from the SEC, named CIK….json",
    )
    sec.set_defaults(run=_import_sec_facts)
    links = commands.add_parser(
        "links", help="review which companies and waves notices are linked to"
    )
    what = links.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--review",
        action="store_true",
        help="list employers that may be companies of the ledger, best matches first; at a "
        "terminal, ask about each one and write the answers to links/reviewed.toml",
    )
    what.add_argument(
        "--check",
        action="store_true",
        help="list waves whose notices add up to more than their headcount; exit with 1 if any do",
    )
    add_data_folder(links, "--data")
    links.add_argument(
        "--limit", type=int, default=50, help="how many to list (default: %(default)s)"
    )
    links.set_defaults(run=_links)


def _suggest(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.suggest_mapping(arguments.suggest)


def _import_warn(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.import_warn(arguments)


def _import_layoffs_fyi(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.import_layoffs_fyi(arguments)


def _import_sec_facts(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.import_sec_facts(arguments.files)


def _links(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.check_links() if arguments.check else commands.review_links(arguments)
