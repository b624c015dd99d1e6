"""Bombs: files that are small until they are opened are refused, with a sentence that says why."""

from __future__ import annotations

import shutil
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from layoff_ledger.imports import sizes, tables
from support.services import failed, run

pytestmark = pytest.mark.thorough

PART = "xl/worksheets/sheet1.xml"


def workbook(path: Path, cells: list[tuple[int, int]] = []) -> Path:  # noqa: B006 is not changed
    """A small workbook as a spreadsheet writes it, with further cells at some places."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["employer", "state", "jobs"])
        sheet.write_row(1, 0, ["Globex", "US-CA", 12])
        for row, column in cells:
            sheet.write(row, column, "x")
    return path


def packed(path: Path, megabytes: int) -> Path:
    """A workbook whose sheet has this many million blanks, two hundred of them in one byte."""
    with zipfile.ZipFile(workbook(path)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # Five times as many would fit into one byte, and take four times as long.
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            with archive.open(name, "w") as file:
                file.write(content)
                for _ in range(megabytes if name == PART else 0):
                    file.write(b" " * 1_000_000)
    return path


def with_declared_size(path: Path, size: int) -> Path:
    """Write another size of the sheet where the archive says what it unpacks to."""
    content = bytearray(path.read_bytes())
    for mark, offset, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        found = -1
        while (found := content.find(mark, found + 1)) >= 0:
            if content[found + name_at :].startswith(PART.encode()):
                content[found + offset : found + offset + 4] = struct.pack("<I", size)
    path.write_bytes(content)
    return path


def reason(path: Path) -> str:
    with pytest.raises(tables.TableError) as told:
        next(tables.tables_of(path))
    return str(told.value)


def test_a_workbook_that_people_have_is_read(tmp_path: Path) -> None:
    (table,) = tables.tables_of(workbook(tmp_path / "own.xlsx"))
    assert [row for _, row in table.rows] == [
        {"employer": "Globex", "state": "US-CA", "jobs": "12"}
    ]


@pytest.fixture(scope="module")
def bomb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packed(tmp_path_factory.mktemp("bomb") / "bomb.xlsx", 600)


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xlsb"])
def test_a_bomb_is_refused_by_what_it_says(bomb: Path, tmp_path: Path, suffix: str) -> None:
    path = Path(shutil.copy(bomb, tmp_path / f"bomb.{suffix}"))
    assert path.stat().st_size < 3_000_000

    assert "says that it unpacks to 572 MiB; at most 512 MiB are read" in reason(path)


def test_a_bomb_that_lies_is_refused_by_what_it_does(bomb: Path, tmp_path: Path) -> None:
    path = with_declared_size(Path(shutil.copy(bomb, tmp_path / "lie.xlsx")), 1_000)

    assert "says that it unpacks to 0 MiB, but unpacks to more; at most 512 MiB" in reason(path)


def test_a_small_lie_is_refused_too(tmp_path: Path) -> None:
    path = with_declared_size(workbook(tmp_path / "lie.xlsx"), 10)

    assert f"{PART!r} says that it unpacks to 10 bytes, but unpacks to " in reason(path)


def test_one_cell_at_the_far_corner_takes_no_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path / "corner.xlsx", [(1_048_575, 16_383)])
    assert path.stat().st_size < 10_000

    assert "needs more than 4,096 MiB of memory" in reason(path)


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "parts.xlsx")
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(sizes.MAX_PARTS):
            archive.writestr(f"xl/{number}", b"")

    assert " parts, but at most 10,000 are read: save it as CSV" in reason(path)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "xlsx"])
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"large.{suffix}"
    with path.open("wb") as file:
        file.truncate(sizes.MAX_FILE_BYTES + 1)

    assert "has 1,024 MiB, but at most 1,024 MiB are read" in reason(path)


def test_what_is_no_file_is_not_read() -> None:
    assert reason(Path("/dev/zero")) == "/dev/zero is not a file: give the path of a file"


@pytest.mark.parametrize("layout", ["warn", "layoffs-fyi"])
def test_the_command_says_it_in_a_sentence(bomb: Path, fixture_database: str, layout: str) -> None:
    line = failed(run("import", layout, str(bomb), DATABASE_URL=fixture_database))

    assert line.startswith(
        f"layoff-ledger: {bomb} says that it unpacks to 572 MiB; at most 512 MiB"
    )
    assert line.endswith("if you trust the file, save its sheets as CSV")


def test_facts_of_a_company_have_a_size_too(tmp_path: Path, fixture_database: str) -> None:
    path = tmp_path / "CIK0000000001.json"
    with path.open("wb") as file:
        file.truncate(sizes.MAX_FILE_BYTES + 1)

    line = failed(run("import", "sec-facts", str(path), DATABASE_URL=fixture_database))

    assert "at most 1,024 MiB are read: split it into several files" in line
