"""A curator at the terminal: the progress of an import, possible links, sums that are too high."""

from __future__ import annotations

import csv
import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest

from layoff_ledger.imports import linking
from layoff_ledger.imports.progress import text
from support.databases import make_database
from support.services import command, run

COLLECTION = """
[us-warn]
name = "WARN notices"
description = "Made up."
license = "Apache-2.0"
origin = "made up"
"""
ROWS = [
    ("a" * 12, "Globbex", "2023-01-20", "40"),
    ("b" * 12, "Globbex", "2023-02-20", "60"),
    ("c" * 12, "Hoolii", "2023-03-20", ""),
    ("d" * 12, "Globex", "2023-01-20", "4000"),
]


@pytest.fixture
def folder(data: Path) -> Path:
    """The made-up ledger with a collection of notices, and some in a file."""
    with (data / "collections.toml").open("a") as file:
        file.write(COLLECTION)
    with (data / "tx.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "jurisdiction", "employer", "notice_on", "jobs"])
        writer.writerows([key, "US-TX", *rest] for key, *rest in ROWS)
    return data


@pytest.fixture
async def url(server: str, fixture_template: str) -> str:
    return await make_database(server, fixture_template)


def at_a_terminal(url: str, typed: list[str], *arguments: str) -> str:
    """Run a command at a terminal of its own, typing a line at each prompt; return its output."""
    main, side = pty.openpty()
    with subprocess.Popen(
        command(*arguments),
        env={**os.environ, "DATABASE_URL": url},
        stdin=side,
        stdout=side,
        stderr=side,
    ) as process:
        os.close(side)
        shown, answered = "", 0
        while True:
            if not select.select([main], [], [], 60)[0]:
                process.kill()
                pytest.fail(shown)
            try:
                piece = os.read(main, 10_000).decode()
            except OSError:
                # The other side was closed: the command has ended.
                break
            shown += piece
            prompts = len(re.findall(r"\[q\]uit: |company\.'\) ", shown))
            while answered < min(prompts, len(typed)):
                os.write(main, f"{typed[answered]}\n".encode())
                answered += 1
        os.close(main)
        assert process.wait(timeout=60) == 0, shown
    return shown


def test_a_curator_is_asked_and_the_next_import_goes_by_the_answers(url: str, folder: Path) -> None:
    given = ("import", "warn", str(folder / "tx.csv"), "--data", str(folder))
    first = run(*given, "--progress", DATABASE_URL=url)
    assert first.returncode == 0, first.stderr
    for line in ("rows read: 4 of 4", "notices linked: 4 of 4", "notices published: 4 of 4"):
        assert line in first.stderr

    listed = run("links", "--review", "--data", str(folder), DATABASE_URL=url)
    assert [line.split("'")[1] for line in listed.stdout.splitlines()] == ["Globbex", "Hoolii"]
    review = ("links", "--review", "--data", str(folder))
    shown = at_a_terminal(url, ["y", 'Its "old" name.', "no", ""], *review)

    assert "same company?" in shown
    judged = linking.read_judgements(folder / "links")
    assert [(one.employer, one.company, one.reason) for one in judged.confirm] == [
        ("Globbex", "globex", 'Its "old" name.')
    ]
    assert [(one.employer, one.company, one.reason) for one in judged.deny] == [
        ("Hoolii", "hooli", "Another company.")
    ]
    assert run(*review, DATABASE_URL=url).stdout == ""
    second = run(*given, DATABASE_URL=url)
    assert "2 changed" in second.stdout
    assert second.stderr == ""


def test_a_wave_with_notices_of_more_jobs_than_it_has_is_named(url: str, folder: Path) -> None:
    before = run("links", "--check", DATABASE_URL=url)
    assert (before.returncode, before.stdout) == (
        0,
        "0 waves have notices whose jobs add up to more than their headcount\n",
    )
    given = ("import", "warn", str(folder / "tx.csv"), "--data", str(folder))
    assert run(*given, DATABASE_URL=url).returncode == 0

    after = run("links", "--check", DATABASE_URL=url)

    assert after.returncode == 1
    assert after.stdout.splitlines() == [
        "look at globex-2023-01: its notices add up to 4000 jobs, more than its 1200",
        "1 waves have notices whose jobs add up to more than their headcount",
    ]


def test_progress_has_rate_and_time_left() -> None:
    assert text("notices linked", 20_000, 60_000, 4.0) == (
        "notices linked: 20,000 of 60,000, 5,000/s, 8 s left"
    )
    assert text("rows read", 1_000, None, 0.5) == "rows read: 1,000, 2,000/s"
    assert text("rows read", 0, 10, 0.0) == "rows read: 0 of 10"
