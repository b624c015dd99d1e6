"""Curated files → records: every mistake in the form of a file is named, in one run."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from layoff_ledger.curation import read, records
from support.revisions import FIXTURE


def violations(data: Path) -> list[str]:
    return [str(violation) for violation in read.read(data).violations]


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_the_fixture_is_read_whole() -> None:
    curated = read.read(FIXTURE)

    assert curated.violations == []
    assert len(curated.waves) == 8
    assert curated.waves["globex-2023-01"].company == "globex"
    assert curated.sources["weekly-2023"].published_on == records.PartialDate(
        datetime.date(2023, 1, 1), "year"
    )


@pytest.mark.parametrize(
    ("written", "on", "precision"),
    [
        ("2023-03-14", datetime.date(2023, 3, 14), "day"),
        ("2023-03", datetime.date(2023, 3, 1), "month"),
        ("2023-Q2", datetime.date(2023, 4, 1), "quarter"),
        ("2023", datetime.date(2023, 1, 1), "year"),
        (datetime.date(2023, 3, 14), datetime.date(2023, 3, 14), "day"),
    ],
)
def test_a_date_is_as_precise_as_it_is_written(
    written: object, on: datetime.date, precision: str
) -> None:
    assert records.partial_date(written) == records.PartialDate(on, precision)  # type: ignore[arg-type]


@pytest.mark.parametrize("written", ["2023-13", "14.3.2023", "", 2023, "2023-02-30", "2023-Q5"])
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(
        ValueError, match=r"is not a date: write|does not exist in the calendar: correct"
    ):
        records.partial_date(written)


def test_a_mistyped_key_is_named_with_the_one_that_was_meant(data: Path) -> None:
    edit(data / "waves" / "globex-2023-09.toml", 'company = "globex"', 'compny = "globex"')

    assert sorted(violations(data)) == [
        "waves/globex-2023-09.toml: globex-2023-09: 'company' is missing [key_is_present]",
        "waves/globex-2023-09.toml: globex-2023-09: unknown key 'compny'; did you mean 'company'? "
        "[key_is_known]",
    ]


def test_every_mistake_of_a_file_is_named_with_its_place(data: Path) -> None:
    wave = data / "waves" / "globex-2023-01.toml"
    edit(wave, 'kind = "announced"\n', "")
    edit(wave, 'qualifier = "approximately"', 'qualifier = "aproximately"')
    edit(wave, 'on = "2023-06"', 'on = "June"')
    edit(wave, "headcount = 150", 'headcount = "many"')
    edit(wave, 'evidence = "url_listed"', 'evidense = "url_listed"')

    found = violations(data)

    assert len(found) == 6
    for expected in (
        "events[2]: 'kind' is missing",
        "magnitudes[1].qualifier: 'aproximately' is none of exact, approximately,",
        "did you mean 'approximately'?",
        "events[3].on: 'June' is not a date",
        "roles[1].headcount: 'many' is text, not a number",
        "events[1].citations[1]: unknown key 'evidense'; did you mean 'evidence'?",
        "events[1].citations[1]: 'evidence' is missing",
    ):
        assert any(expected in line for line in found), expected


def test_a_file_that_is_no_toml_is_named_with_its_line(data: Path) -> None:
    (data / "waves" / "globex-2023-09.toml").write_text('company = "globex\n')

    (found,) = violations(data)

    assert found.startswith("waves/globex-2023-09.toml: -: ")
    assert "line 1" in found


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("low = 300", 'low = "20,000"', "magnitudes[1].low: '20,000' is text, not a number; write it without quotes and separators: 20000"),
        ("low = 300", 'low = "13 %"', "write the fraction: 0.13"),
        ("low = 300", "low = 20,000", "line 11, column 9: Expected newline or end of document after a statement: low = 20,000"),
        ('company = "globex"', "company = globex", "line 1, column 11: Invalid value: company = globex; put text in straight quotes"),
        ('company = "globex"', "company = “globex”", 'use straight quotes: "…"'),
        ('company = "globex"', 'company = "globex', "close the quotes on the same line"),
        ('company = "globex"', 'company = "globex"\ncompany = "x"', "this key appears twice in its table"),
        ('company = "globex"', 'company = ""', "company: it is empty; fill it in [value_fits]"),
        ('company = "globex"', 'company = "globex"\ntitle = ""', "title: it is empty; fill it in, or leave the key out"),
        ("low = 300", "low = 0", "magnitudes[1].low: 0 has to be more than 0; leave the key out if it is not known"),
        ("low = 300", "low = -3", "magnitudes[1].low: -3 has to be more than 0"),
        ('on = "2023-09-01"', 'on = "2025-13-45"', "events[1].on: '2025-13-45' does not exist in the calendar: correct the year, month or day"),
        ('on = "2023-09-01"', 'on = "2025-02-30"', "events[1].on: '2025-02-30' does not exist in the calendar"),
        ('on = "2023-09-01"', 'on = "14.03.2025"', "events[1].on: '14.03.2025' is not a date: write"),
    ],
)  # fmt: skip
def test_a_slip_is_named_with_its_line_and_what_to_do(
    before: str, after: str, told: str, data: Path
) -> None:
    edit(data / "waves" / "globex-2023-09.toml", before, after)

    assert told in "\n".join(violations(data))


@pytest.mark.parametrize(
    "written", ["https://[x", "https://me@example.org/a", "https:///a", "x.org"]
)
def test_what_leads_to_no_page_is_no_address(written: str, data: Path) -> None:
    edit(data / "sources" / "others.toml", "https://example.org/weekly/review", written)

    (found,) = violations(data)
    assert (
        f"url: {written!r} is not the address of a page; write it as https://example.org" in found
    )


def test_a_file_that_is_not_utf_8_is_named(data: Path) -> None:
    (data / "waves" / "globex-2023-09.toml").write_bytes(b'company = "gl\xf6bex"\n')

    (found,) = violations(data)

    assert "is not UTF-8" in found


def test_an_empty_wave_is_no_wave(data: Path) -> None:
    (data / "waves" / "hooli-2024-01.toml").write_text("")

    assert any("hooli-2024-01: 'company' is missing" in line for line in violations(data))


def test_a_misnamed_file_does_not_vanish(data: Path) -> None:
    (data / "companies.toml").rename(data / "comapnies.toml")

    (found,) = violations(data)

    assert found == (
        "comapnies.toml: -: no kind of record has this name; did you mean 'companies'? "
        "[file_is_read]"
    )


def test_an_id_in_two_files_is_named_with_both(data: Path) -> None:
    (data / "sources" / "third.toml").write_text(
        '[weekly-2023]\npublisher = "x"\ntitle = "y"\nkind = "news"\nstanding = "secondary"\n'
    )

    (found,) = violations(data)

    assert "third.toml: weekly-2023: 'weekly-2023' is also in sources/others.toml" in found


def test_a_record_with_a_mistake_stays_known(data: Path) -> None:
    edit(data / "companies.toml", 'name = "Hooli"', 'nam = "Hooli"')

    curated = read.read(data)

    assert "hooli" not in curated.companies
    assert "hooli" in curated.known("companies")


def test_no_folder_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="give the folder that holds the curated files"):
        read.read(tmp_path / "nowhere")
