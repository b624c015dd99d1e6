"""What the commands `layoff-ledger import` and `links` take; `commands.py` does what they ask."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from layoff_ledger.imports.shipped import COLLECTION


def add_parsers(commands: Any) -> None:
    """Add what these commands take to the parser of all commands."""
    import_ = commands.add_parser("import", help="bring in what others collected")
    import_.add_argument(
        "--suggest", type=Path, metavar="FILE", help="draft the mapping of a file of notices"
    )
    import_.set_defaults(run=_suggest)
    layouts = import_.add_subparsers(metavar="WHAT")
    warn = layouts.add_parser("warn", help="notices, as one revision; the same again is none")
    warn.add_argument(
        "files", type=Path, nargs="*", metavar="FILE",
        help="CSV, TSV, JSON lines or a workbook (those of --data)",
    )  # fmt: skip
    warn.add_argument("--collection", default=COLLECTION, help="whose (%(default)s)")
    warn.add_argument("--mapping", type=Path, help="TOML: which column of the files is which field")
    warn.add_argument("--refused", type=Path, metavar="CSV", help="write the refused rows there")
    warn.add_argument(
        "--progress", action="store_true", help="say how far it is, also where that is no terminal"
    )
    warn.add_argument("--if-due", action="store_true", help=argparse.SUPPRESS)
    warn.add_argument("--data", type=Path, help="folder of curated files")
    warn.set_defaults(run=_import_warn)
    fyi = layouts.add_parser(
        "layoffs-fyi", help="rows in the layout of layoffs.fyi, as waves of a collection of yours"
    )
    fyi.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or a workbook")
    fyi.add_argument("--refused", type=Path, metavar="CSV", help="write the refused rows there")
    fyi.set_defaults(run=_import_layoffs_fyi)
    sec = layouts.add_parser("sec-facts", help="a company's figures from the SEC, as series")
    sec.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CIK….json")
    sec.set_defaults(run=_import_sec_facts)
    links = commands.add_parser("links", help="what notices are linked to, for a curator")
    what = links.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--review",
        action="store_true",
        help="list employers that may be companies of the ledger, best first; at a terminal, ask "
        "about each, and write the answers to links/reviewed.toml",
    )
    what.add_argument(
        "--check",
        action="store_true",
        help="name waves whose notices add up to more than their headcount; status 1 if any do",
    )
    links.add_argument("--data", type=Path, help="folder of curated files")
    links.add_argument("--limit", type=int, default=50, help="how many (%(default)s)")
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
