"""`layoff-ledger openapi`: write the document, refresh its examples, or compare two documents."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from layoff_ledger import paths
from layoff_ledger.commands import refuse_no_address
from layoff_ledger.openapi import compare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "file",
        type=Path,
        nargs="?",
        default=paths.OPENAPI,
        help="file to write (default: openapi/openapi.json)",
    )
    parser.add_argument(
        "--examples", metavar="URL", help="first refresh the examples from the service at URL"
    )
    parser.add_argument(
        "--compare",
        nargs=2,
        type=Path,
        metavar=("OLD", "NEW"),
        help="write nothing; list differences, and fail if NEW breaks clients of OLD",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return the exit status."""
    if arguments.compare is not None:
        return _compare(*arguments.compare)
    # Imports the framework, which the other commands do not need.
    from layoff_ledger import app  # noqa: PLC0415
    from layoff_ledger.openapi import examples  # noqa: PLC0415
    from layoff_ledger.openapi.document import content, document  # noqa: PLC0415

    if arguments.examples is not None:
        refuse_no_address("--examples", arguments.examples)
        asked = examples.refresh(
            arguments.examples.rstrip("/"), content(app.operations(), of_fields={})
        )
        print(f"asked {asked} examples")
    arguments.file.write_bytes(document(app.operations()))
    print(f"wrote {arguments.file}")
    return 0


def _compare(old: Path, new: Path) -> int:
    changelog = paths.OPENAPI.parent / "CHANGELOG.md"
    before, after = compare.read(old), compare.read(new)
    differences = compare.differences(before, after)
    for one in differences:
        print(one)
    faults = compare.faults(before, after, differences, changelog.read_text(encoding="utf-8"))
    for fault in faults:
        print(f"layoff-ledger: {fault}", file=sys.stderr)
    return 1 if faults else 0
