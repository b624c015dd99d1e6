"""What the command `layoff-ledger import` takes; `commands.py` does what it asks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from layoff_ledger.imports.shipped import COLLECTION


def add_parser(commands: Any) -> None:
    """Add what the command `import` takes to the parser of all commands."""
    import_ = commands.add_parser("import", help="bring in what others collected")
    layouts = import_.add_subparsers(required=True, metavar="WHAT")
    warn = layouts.add_parser("warn", help="notices, as one revision; the same again is none")
    warn.add_argument("files", type=Path, nargs="*", metavar="FILE", help="CSV (those of --data)")
    warn.add_argument("--collection", default=COLLECTION, help="whose (%(default)s)")
    warn.add_argument("--mapping", type=Path, help="TOML: which column of the files is which field")
    warn.add_argument("--refused", type=Path, metavar="CSV", help="write the refused rows there")
    warn.add_argument("--if-due", action="store_true", help=argparse.SUPPRESS)
    warn.add_argument("--data", type=Path, help="folder of curated files")
    warn.set_defaults(run=_import_warn)


def _import_warn(arguments: argparse.Namespace) -> int:
    from layoff_ledger.imports import commands  # noqa: PLC0415 only an import needs it

    return commands.import_warn(arguments)
