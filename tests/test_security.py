"""Protection against misuse that fits nowhere else: formulas in files, slow patterns."""

from __future__ import annotations

import datetime
import importlib
import pkgutil
import re
import time
import zipfile
from pathlib import Path

import pytest

import layoff_ledger
from layoff_ledger.formats.base import Provenance
from layoff_ledger.formats.csv import csv_rows
from layoff_ledger.formats.xlsx import Workbook
from layoff_ledger.http.context import MAX_URI_BYTES
from layoff_ledger.resources import RESOURCES

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://evil")']
PROVENANCE = Provenance(
    title="=1+1",
    url="http://localhost/v1/waves?q==1",
    latest="http://localhost/v1/waves",
    revision=1,
    published_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    license="CC-BY-4.0",
    citation="@cite",
)


def test_no_text_of_a_workbook_is_run(tmp_path: Path) -> None:
    """Neither in its rows nor on the sheet with the question, in the client's own words."""
    text = next(one for one in RESOURCES["wave"].columns if one.type == "string")
    listed = next(one for one in RESOURCES["wave"].columns if one.type == "list")
    book = Workbook(tmp_path / "book.xlsx", [text, listed], PROVENANCE)
    book.add([[one, [one, one]] for one in FORMULAS])
    book.close()

    with zipfile.ZipFile(tmp_path / "book.xlsx") as parts:
        sheets = [parts.read(one).decode() for one in parts.namelist() if "worksheets/" in one]
        names = parts.namelist()
    written = "".join(sheets)
    assert len(sheets) >= 2
    assert "=1+1" in written
    assert not re.search(r"<f[ >]", written)
    assert "hyperlink" not in written.replace("HYPERLINK", "")
    assert not any("vba" in one.lower() or "external" in one.lower() for one in names)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_of_a_csv_is_run(formula: str) -> None:
    line = csv_rows([[formula, [formula, "b"], "safe"]]).decode()

    cells = [one.strip('"') for one in line.split(",")]
    assert cells[0].startswith("'")
    assert not re.match(r'"?[=+\-@\t\r]', line)


PATTERNS = {
    f"{module.name}.{name}": value
    for module in pkgutil.walk_packages(layoff_ledger.__path__, "layoff_ledger.")
    if module.name.split(".")[1] in {"http", "query", "search", "routes", "resources"}
    for name, value in vars(importlib.import_module(module.name)).items()
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str)
}
LONG = [
    part * (MAX_URI_BYTES // len(part)) + end
    for part in ("a", "0", " ", ",", "-", "a.", "a-", "a a", "'", '"', "for=", "1.", "%2", ";q=")
    for end in ("", "!", "\n")
]


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 10


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_takes_long(name: str) -> None:
    """On anything as long as an address may be; backtracking takes minutes."""
    for text in LONG:
        begun = time.process_time()
        PATTERNS[name].fullmatch(text)
        PATTERNS[name].search(text)
        assert time.process_time() - begun < 0.5, text[:20]
