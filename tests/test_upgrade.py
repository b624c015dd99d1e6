"""A ledger published by an earlier version: migrated whole, every byte of its past unchanged."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from layoff_ledger import __version__
from layoff_ledger.cli import MAX_PRINTED
from support import revisions
from support.databases import execute, make_database, value
from support.recorder import lasting_digests
from support.revisions import FIXTURE, edit
from support.services import failed, free_port, run, serving

pytestmark = [pytest.mark.postgres, pytest.mark.thorough]

LEDGERS = sorted((FIXTURE.parent / "ledgers").glob("*.backup"))


def test_there_is_a_ledger_of_an_earlier_version() -> None:
    assert LEDGERS


@pytest.mark.parametrize("backup", LEDGERS, ids=lambda file: file.stem)
async def test_a_ledger_of_an_earlier_version_tells_its_past_byte_for_byte(
    backup: Path, server: str, tmp_path: Path
) -> None:
    url = await make_database(server)
    environment = {"DATABASE_URL": url}
    data = tmp_path / "data"
    for number in range(1, revisions.REVISIONS + 1):
        revisions.revise(data, number)

    restored = run("restore", str(backup), **environment)
    assert restored.returncode == 0, restored.stderr
    assert "every digest correct" in restored.stdout
    with serving("--data", str(data), environment=environment) as client:
        found = lasting_digests(str(client.base_url))

    assert found == json.loads(backup.with_suffix(".json").read_text())
    # The very same files only add fields that documents did not have then.
    newest = int(str(await value(url, "select max(number) from ledger.revision")))
    assert newest <= revisions.REVISIONS + 1
    if newest > revisions.REVISIONS:
        query = "select string_agg(distinct change, ',') from ledger.change where revision = "
        assert await value(url, f"{query}{newest}") == "changed"
    verified = run("verify", **environment)
    assert re.search(rf"revision {newest}: .* every digest correct", verified.stdout)


NEWER = "insert into ledger_migration.version (version) values ('999.10.0'), ('999.9.1')"
LEDGER = """
select string_agg(digest::text, ' ' order by number)
    || (select count(*) from ledger.revision) || (select oid from pg_class where relname = 'wave_facet' limit 1)
from ledger_migration.applied
"""


def refused(url: str, data: Path = FIXTURE) -> str:
    """Start the service, which should end, and return what it says, to the last line."""
    done = run("serve", "--port", str(free_port()), "--data", str(data), DATABASE_URL=url)
    assert failed(done)
    return done.stderr.strip()


@pytest.mark.parametrize(
    "change",
    [
        "update ledger_migration.applied set digest = 'another' where number = 0",
        "update ledger.input set digest = 'another' where name = 'facets'",
        "insert into ledger_migration.applied (number, name, digest) values (9999, 'a', 'b')",
        "insert into ledger_migration.applied (number, name, digest) values (9999, 'a', 'b'); "
        "drop table ledger.input",
    ],
)
async def test_an_older_version_leaves_what_a_newer_one_has_made_as_it_is(
    server: str, fixture_template: str, change: str
) -> None:
    """Otherwise it would take the views away from those who read with them."""
    url = await make_database(server, fixture_template)
    await execute(url, NEWER)
    await execute(url, change)
    before = await value(url, LEDGER)

    assert refused(url) == (
        f"layoff-ledger: this ledger was brought up to layoff-ledger 999.10.0, and this is "
        f"{__version__}: start that version or a newer one, or restore a backup from before it "
        "(docs/operations.md, 'Upgrade')"
    )
    assert "999.10.0" in failed(run("migrate", DATABASE_URL=url))
    assert await value(url, LEDGER) == before


async def test_an_older_version_serves_what_it_has_nothing_to_change_of(
    server: str, fixture_template: str, data: Path
) -> None:
    url = await make_database(server, fixture_template)
    published = run("publish", str(data), DATABASE_URL=url)
    assert published.returncode == 0
    await execute(url, NEWER)
    with serving("--data", str(data), environment={"DATABASE_URL": url}) as client:
        assert client.get("/v1/waves").json()["meta"]["revision"] == 1
    edit(data, "drivers.toml", 'label = "Cost control"', 'label = "Costs"')

    assert "999.10.0" in refused(url, data)
    assert await value(url, "select max(number) from ledger.revision") == 1


async def test_files_that_lack_much_of_what_was_published_are_told_in_a_sentence(
    server: str, fixture_template: str, data: Path
) -> None:
    url = await make_database(server, fixture_template)
    with (data / "companies.toml").open("a") as companies:
        for number in range(20):
            companies.write(f'\n[acme-{number}]\nname = "Acme {number}"\ncountry = "US"\n')
    published = run("publish", str(data), DATABASE_URL=url)
    assert published.returncode == 0, published.stderr

    told = refused(url).splitlines()

    assert len([one for one in told if "published_id_lives" in one]) == MAX_PRINTED
    assert len(told) == MAX_PRINTED + 1
    assert (
        "20 of them are records that were published here but are missing from these files"
        in told[-1]
    )
