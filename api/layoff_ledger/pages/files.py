"""Files of an export and fields of the dictionary → the words of their pages."""

from __future__ import annotations

from layoff_ledger.pages import words
from layoff_ledger.resources.base import Json

FILES = {
    "datapackage.json": "every column: its type and meaning; keys between tables (Data Package)",
    "csv-metadata.json": "the same as CSV on the Web",
    "croissant.json": "the same for machine learning (Croissant)",
    "CITATION.cff": "how this revision is cited",
    "README.md": "what to mind before you count",
    "SHA256SUMS": "by which a download is checked: sha256sum -c SHA256SUMS",
}
"""A file that describes an export → its contents."""
_UNITS = {10**9: "GB", 10**6: "MB", 10**3: "kB"}


def facts_of(field: Json) -> str:
    """Say how often a field of the dictionary is null, which values it may have, and an example."""
    unknown, codes, example = field["null_share"], field["values"], field["example"]
    pieces = [
        f"null in {words.percent(unknown)}" if unknown else "",
        f"one of {', '.join(codes)}" if codes else "",
        "" if codes or example is None else "such as " + example.strip('"'),
    ]
    return "; ".join(one for one in pieces if one)


def size(length: int) -> str:
    """Write the size of a file, given in bytes: `285.9 kB`."""
    for unit, name in _UNITS.items():
        if length >= unit:
            return f"{length / unit:.1f} {name}"
    return f"{length} bytes"
