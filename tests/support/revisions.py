"""The made-up ledger in three revisions, so that there is a past: changes, tombstones, `as_of`.

Revision 1 is `fixtures/ledger` as it stands. Revision 2 changes a figure, a company and two labels,
and adds a wave; revision 3 takes the figure back, retires waves, a company and a source, and
merges.
"""

from __future__ import annotations

import shutil
from pathlib import Path

FIXTURE = Path(__file__).parents[1] / "fixtures" / "ledger"
OVERLAPS = FIXTURE.parent / "overlaps"
"""Additional waves whose figures include each other, and waves of parts and places."""
REVISIONS = 3
NOTES = {1: "The first one.", 2: "A figure and some labels.", 3: "What was no wave of its own."}


def edit(data: Path, name: str, before: str, after: str) -> None:
    """Replace text that must be there in one of the curated files."""
    path = data / name
    text = path.read_text(encoding="utf-8")
    assert before in text, (name, before)
    path.write_text(text.replace(before, after), encoding="utf-8")


def retire(data: Path, kind: str, id_: str, into: str | None = None) -> None:
    """Write a tombstone into curated files."""
    path = data / "tombstones.toml"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    merged = "" if into is None else f'merged_into = "{into}"\n'
    path.write_text(
        f'{written}\n["{kind}/{id_}"]\nretired_on = "2024-02-01"\n'
        f'reason = "It was no cut of its own."\n{merged}',
        encoding="utf-8",
    )


ADDED_WAVE = """\
company = "hooli"
note = "Added by the second revision."

[[events]]
on = "2024-01-02"
kind = "announced"
speaker = "company"
citations = [{ source = "weekly-2023", evidence = "excerpt_read" }]

[[magnitudes]]
measure = "headcount"
value = 60
qualifier = "exact"
rank = "preferred"
speaker = "company"
citations = [{ source = "weekly-2023", evidence = "excerpt_read" }]

[[drivers]]
driver = "ai_automation"
weight = "contributing"
speaker = "press"
stance = "reports"
statement = "Machines read the mail."
citations = [{ source = "rumour-mill", evidence = "excerpt_read" }]
"""


def change_records(data: Path) -> None:
    """Change a wave, and the names of a sector and of a driver, which others repeat."""
    edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
    edit(data, "industries.toml", 'label = "Information"', 'label = "Information and media"')
    edit(data, "drivers.toml", 'label = "Cost control"', 'label = "Costs"')


def retire_waves(data: Path) -> None:
    """Withdraw a wave, and merge another one."""
    (data / "waves" / "hooli-2023-12.toml").unlink()
    retire(data, "wave", "hooli-2023-12")
    (data / "waves" / "initech-2023-03.toml").unlink()
    edit(
        data,
        "waves/initech-2023-04.toml",
        '\n[[relations]]\nrelation = "supersedes"\nwave = "initech-2023-03"\n',
        "",
    )
    retire(data, "wave", "initech-2023-03", into="initech-2023-04")


def revise(data: Path, number: int) -> None:
    """Bring the files from one revision to the next; 1 makes the folder."""
    if number == 1:
        shutil.copytree(FIXTURE, data)
    elif number == 2:
        change_records(data)
        edit(data, "companies.toml", '[hooli]\nname = "Hooli"', '[hooli]\nname = "Hooli & Co"')
        edit(data, "indicators/globex.toml", "value = 10000", "value = 10500")
        (data / "waves" / "hooli-2024-01.toml").write_text(ADDED_WAVE, encoding="utf-8")
    elif number == 3:
        edit(data, "waves/globex-2023-09.toml", "low = 400", "low = 300")
        retire_waves(data)
        edit(data, "companies.toml", "[umbrella]", "[umbrella-group]")
        edit(
            data,
            "waves/umbrella-2023-04.toml",
            'company = "umbrella"\n',
            'company = "umbrella-group"\n'
            'exemptions = [{ rule = "wave_is_named_after_its_company_and_month", '
            'reason = "It was published before its company changed its id." }]\n',
        )
        retire(data, "company", "umbrella", into="umbrella-group")
        edit(
            data,
            "waves/globex-2023-01.toml",
            "[[magnitudes]]\n"
            'measure = "headcount"\n'
            "value = 900\n"
            'qualifier = "exact"\n'
            'rank = "deprecated"\n'
            'speaker = "press"\n'
            'note = "An early report that was corrected."\n'
            'citations = [{ source = "globex-copy-2023-01", evidence = "excerpt_read" }]\n\n',
            "",
        )
        edit(
            data,
            "sources/globex.toml",
            "[globex-copy-2023-01]\n"
            'url = "https://example.org/copies/globex"\n'
            'publisher = "Copies"\n'
            'kind = "news"\n'
            'standing = "republication"\n'
            'original_publisher = "The Daily Example"\n'
            'language = "de"\n',
            "",
        )
        retire(data, "source", "globex-copy-2023-01", into="globex-daily-2023-01")
    else:
        message = f"there is no revision {number}"
        raise ValueError(message)
