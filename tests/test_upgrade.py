"""A ledger that an earlier version published: brought over whole, every byte of its past as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support import revisions
from support.databases import make_database, value
from support.recorder import lasting_digests
from support.revisions import FIXTURE
from support.services import run, serving

pytestmark = pytest.mark.postgres

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
    assert "every digest right" in restored.stdout
    with serving("--data", str(data), environment=environment) as client:
        found = lasting_digests(str(client.base_url))

    assert found == json.loads(backup.with_suffix(".json").read_text())
    # The very same files say nothing new but in fields that documents did not have then.
    newest = int(str(await value(url, "select max(number) from ledger.revision")))
    assert newest <= revisions.REVISIONS + 1
    if newest > revisions.REVISIONS:
        query = "select string_agg(distinct change, ',') from ledger.change where revision = "
        assert await value(url, f"{query}{newest}") == "changed"
    verified = run("verify", **environment)
    assert re.search(rf"revision {newest}: .* every digest right", verified.stdout)
