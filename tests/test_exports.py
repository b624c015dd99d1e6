"""Bulk exports: complete or absent, the same bytes each time, typed, consistent with the API."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import csv
import datetime
import filecmp
import importlib.metadata
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import duckdb
import httpx
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import generate
from layoff_ledger import paths, settings
from layoff_ledger.curation import migrate, publish
from layoff_ledger.exports import describe, store, tables
from layoff_ledger.exports.answers import Export, Exports
from layoff_ledger.exports.folders import newest_first
from layoff_ledger.formats import arrow
from layoff_ledger.http.problems import UnavailableError
from layoff_ledger.resources.company import Company
from layoff_ledger.resources.driver import Driver
from layoff_ledger.resources.role import Role
from layoff_ledger.resources.source import Source
from layoff_ledger.resources.wave import Wave
from layoff_ledger.store import columns_file
from layoff_ledger.store.ledger import connect
from support.databases import make_database, publish_folder
from support.lists import everything
from support.outages import read_only
from support.revisions import FIXTURE, edit
from support.services import NOWHERE, command, failed, get_when_available, run, run_cold, serving

pytestmark = pytest.mark.thorough

NAMES = [table.name for table in tables.tables()]
WHOLE = {
    "waves": Wave,
    "companies": Company,
    "sources": Source,
    "drivers": Driver,
    "roles": Role,
}


def export(url: str, folder: Path, *arguments: str, **environment: str) -> str:
    """Run the command, check that it succeeds, and return what it printed."""
    done = run("export", str(folder), *arguments, DATABASE_URL=url, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def same(one: Path, other: Path) -> bool:
    """Return whether two folders have the same files with the same bytes."""
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    _, different, wrong = filecmp.cmpfiles(one, other, names, shallow=False)
    return not different and not wrong


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ask(query: str) -> list[tuple[Any, ...]]:
    """Ask DuckDB."""
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def validate(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "frictionless", "validate", "datapackage.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder(real_database: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The export of the real data."""
    made = tmp_path_factory.mktemp("exports") / "real"
    export(real_database, made)
    return made


@pytest.fixture
async def own_url(server: str, fixture_template: str) -> str:
    """The address of a database of one test's own, with the made-up ledger."""
    return await make_database(server, fixture_template)


@pytest.mark.parametrize(
    "ledger", ["fixture_database", pytest.param("real_database", marks=pytest.mark.slow)]
)
def test_the_data_package_is_valid(
    ledger: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    export(request.getfixturevalue(ledger), tmp_path / "out")

    done = validate(tmp_path / "out")

    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" VALID") == len(NAMES)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("waves.csv", "meta-2023-03,meta,", "meta-2023-03,mteta,"),
        ("waves.csv", ",10000,10000,", ",10000,many,"),
        ("claims.csv", "meta-2023-03:form:1,", "meta-2023-03:scope:1,"),
    ],
)
@pytest.mark.slow
def test_the_data_package_finds_what_is_wrong(
    folder: Path, tmp_path: Path, file: str, before: str, after: str
) -> None:
    """A company that does not exist, a text in place of a number, a duplicate key."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    edit(copy, file, before, after)

    assert validate(copy).returncode == 1


def test_the_descriptors_describe_the_files(folder: Path) -> None:
    package = json.loads((folder / "datapackage.json").read_text())
    csvw = json.loads((folder / "csv-metadata.json").read_text())

    assert [one["name"] for one in package["resources"]] == NAMES
    assert [one["url"] for one in csvw["tables"]] == [f"{name}.csv" for name in NAMES]
    for resource, told in zip(package["resources"], csvw["tables"], strict=True):
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as file:
            head = next(csv.reader(file))
        fields, columns = resource["schema"]["fields"], told["tableSchema"]["columns"]
        assert [one["name"] for one in fields] == head
        assert [one["name"] for one in columns] == head
        assert all(one["description"].endswith(".") for one in fields)
        assert [one["name"] for one in columns if "separator" in one] == [
            one["name"] for one in fields if one["type"] == "list"
        ]
        for one in (resource, *resource["alternates"]):
            found = describe.file_of(folder / one["path"])
            assert (one["bytes"], one["hash"]) == (found.bytes, f"sha256:{found.sha256}")
    assert package["version"] == "1"
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_the_columns_are_those_of_the_lists_of_the_api() -> None:
    for resource in tables.exported():
        table, *_ = resource.tables
        if table.whole:
            names = [column.name for column in table.columns]
            assert names == [column.name for column in resource.columns]


def test_files_name_sectors_as_the_api_does(folder: Path, real: httpx.Client) -> None:
    text = real.get("/v1/waves?format=csv&bom=false&sort=id").text
    listed = {row["id"]: row["industry_label"] for row in csv.DictReader(io.StringIO(text))}
    exported = {row["id"]: row["industry_label"] for row in rows_of(folder, "waves")}

    assert len(set(exported.values())) > 15
    assert exported == listed


def test_the_sums_hold_and_name_every_file(folder: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True, check=True
    )

    named = {line.partition(":")[0] for line in done.stdout.splitlines()}
    assert named == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}


def test_the_citation_names_the_revision(folder: Path, real: httpx.Client) -> None:
    citation = (folder / "CITATION.cff").read_text()
    published = real.get("/v1/waves?limit=1").json()["meta"]["published_at"]

    assert 'version: "1"\n' in citation
    assert f"date-released: {published[:10]}\n" in citation
    assert "  - CC-BY-4.0\n" in citation


ARROW = {
    "waves": {
        "id": pa.string(),
        "announced_on": pa.date32(),
        "canonical": pa.bool_(),
        "headcount_low": pa.int64(),
        "share_low": pa.float64(),
        "drivers": pa.list_(pa.string()),
        "source_urls": pa.list_(pa.string()),
    },
    "claims": {"dated_on": pa.date32(), "low": pa.float64(), "sources": pa.list_(pa.string())},
    "citations": {"position": pa.int64(), "evidence": pa.string()},
    "companies": {"first_announced_on": pa.date32(), "aliases": pa.list_(pa.string())},
    "sources": {"published_on": pa.date32(), "waves": pa.list_(pa.string())},
    "drivers": {"waves": pa.int64(), "erm": pa.list_(pa.string())},
    "roles": {"synonyms": pa.list_(pa.string())},
    "notices": {"notice_on": pa.date32(), "jobs_low": pa.int64(), "flags": pa.list_(pa.string())},
    "indicators": {"period_end": pa.date32(), "low": pa.float64(), "citations": pa.int64()},
}


@pytest.mark.parametrize("name", NAMES)
def test_pyarrow_reads_types_and_values(folder: Path, name: str) -> None:
    table = pq.read_table(folder / f"{name}.parquet")

    for column, type_ in ARROW[name].items():
        field = table.schema.field(column)
        assert field.type == type_, column
        assert field.metadata[b"description"]
    assert len(table) == len(rows_of(folder, name))


@pytest.mark.parametrize("name", NAMES)
def test_parquet_and_csv_say_the_same(folder: Path, name: str) -> None:
    columns = next(table.columns for table in tables.tables() if table.name == name)
    for typed, written in zip(
        pq.read_table(folder / f"{name}.parquet").to_pylist(), rows_of(folder, name), strict=True
    ):
        for column in columns:
            value, cell = typed[column.name], written[column.name]
            if column.type == "list":
                # An item's own semicolon is written as %3B.
                assert [one.replace(";", "%3B") for one in value] == (
                    cell.split(";") if cell else []
                )
            elif column.type == "number":
                assert value == (float(cell) if cell else None)
            elif column.type == "boolean":
                assert value == {"true": True, "false": False, "": None}[cell]
            else:
                assert ("" if value is None else str(value)) == cell
            assert value is not None or not column.required, column.name


def test_duckdb_reads_the_types(folder: Path) -> None:
    described = ask(f"describe select * from '{folder}/waves.parquet'")

    found = {row[0]: row[1] for row in described}
    assert found["announced_on"] == "DATE"
    assert found["canonical"] == "BOOLEAN"
    assert found["headcount_low"] == "BIGINT"
    assert found["share_low"] == "DOUBLE"
    assert found["drivers"] == "VARCHAR[]"
    assert found["id"] == "VARCHAR"


def test_duckdb_adds_up_what_the_api_adds_up(folder: Path, real: httpx.Client) -> None:
    groups = real.get("/v1/statistics?group_by=year&limit=200").json()["data"]
    told = (folder / "README.md").read_text(encoding="utf-8")
    (added,) = re.findall(r"sums of `(\w+)`", told)

    found = ask(
        f"""
        select
            strftime(announced_on, '%Y') as year, count(*), count(distinct company),
            count(coalesce(headcount_low, headcount_high)), sum({added})::bigint
        from '{folder}/waves.parquet' where canonical group by year order by year
        """
    )

    assert found == [
        (
            one["keys"]["year"],
            one["waves"],
            one["companies"],
            one["waves_with_headcount"],
            one["headcount_low"],
        )
        for one in groups
    ]


def test_duckdb_unnests_the_drivers_that_the_api_counts(folder: Path, real: httpx.Client) -> None:
    groups = real.get("/v1/statistics?group_by=driver&limit=200").json()["data"]

    found = ask(
        f"""
        select driver, count(*) from (
            select unnest(drivers) as driver from '{folder}/waves.parquet' where canonical
        ) group by driver
        """
    )

    assert dict(found) == {
        one["keys"]["driver"]: one["waves"] for one in groups if one["keys"]["driver"]
    }


def test_a_claim_has_the_id_that_the_api_gives_it(folder: Path, real: httpx.Client) -> None:
    """Each once, and of the claim that says the same."""
    told = {
        one["id"]: (one["wave"], one["kind"], one["code"] or "", one["speaker"] or "")
        for one in everything(real, "/v1/claims")
    }
    rows = rows_of(folder, "claims")

    assert len(told) == len(rows)
    assert told == {
        row["claim_id"]: (row["wave"], row["kind"], row["about"], row["speaker"]) for row in rows
    }


def test_the_counts_agree_with_the_api(folder: Path, real: httpx.Client) -> None:
    coverage = real.get("/v1/coverage").json()
    counted = {name: len(rows_of(folder, name)) for name in NAMES}

    for name in WHOLE:
        assert counted[name] == real.get(f"/v1/{name}?limit=1").json()["meta"]["count"]
    assert counted["claims"] == coverage["claims"]
    of_waves = {row["claim"].partition(":")[0] for row in rows_of(folder, "citations")} - {""}
    assert len(of_waves) == coverage["waves"]
    for file in get_when_available(real, "/v1/exports/1").json()["files"]:
        if file["table"] is not None:
            assert file["rows"] == counted[file["table"]]


def test_claims_are_counted_once_and_no_citation_is_lost(folder: Path, real: httpx.Client) -> None:
    claims = rows_of(folder, "claims") + rows_of(folder, "indicators")
    citations = rows_of(folder, "citations")

    cited = Counter(row["claim"] or row["indicator"] for row in citations)
    assert cited == {row["id"]: int(row["citations"]) for row in claims}
    assert max(cited.values()) > 1
    first = {
        row["claim"] or row["indicator"]: row["source"]
        for row in citations
        if row["position"] == "1"
    }
    assert first == {row["id"]: row["source"] for row in claims}
    # And as the sources themselves count them.
    named = Counter(row["source"] for row in citations)
    for row in rows_of(folder, "sources"):
        assert named[row["id"]] >= int(row["claims"]) > 0
    assert real.get("/v1/sources?limit=1").json()["meta"]["count"] == len(named)


def test_a_wave_gives_its_claims(folder: Path) -> None:
    wave = next(
        document
        for line in (folder / "waves.ndjson").read_bytes().splitlines()
        if (document := msgspec.json.decode(line))["id"] == "meta-2023-03"
    )
    claims = [row for row in rows_of(folder, "claims") if row["wave"] == "meta-2023-03"]

    kinds = Counter(row["kind"] for row in claims)
    for kind, name in (("event", "events"), ("magnitude", "magnitudes"), ("driver", "drivers")):
        assert kinds[kind] == len(wave[name])
    drivers = [row for row in claims if row["kind"] == "driver"]
    assert [
        (row["driver"], row["speaker"], row["stance"], row["statement"]) for row in drivers
    ] == [
        (one["driver"]["code"], one["speaker"], one["stance"], one["statement"])
        for one in wave["drivers"]
    ]
    assert all(row["source"] and row["citation_evidence"] for row in claims)
    preferred = next(
        row for row in claims if row["about"] == "headcount" and row["rank"] == "preferred"
    )
    assert float(preferred["low"]) == wave["headcount"]["low"]


def test_indicators_are_a_row_for_each_value(folder: Path, real: httpx.Client) -> None:
    rows = [row for row in rows_of(folder, "indicators") if row["company"] == "meta"]
    told = real.get("/v1/companies/meta/indicators").json()

    assert [(row["series"], row["period_end"], row["low"]) for row in rows] == [
        (series["id"], value["period_end"], "" if value["low"] is None else str(value["low"]))
        for series in told["series"]
        for value in series["values"]
    ]


@pytest.mark.parametrize("name", sorted(WHOLE))
def test_ndjson_has_the_whole_documents_of_the_api(
    folder: Path, real: httpx.Client, name: str
) -> None:
    decode = msgspec.json.Decoder(WHOLE[name]).decode
    lines = (folder / f"{name}.ndjson").read_text(encoding="utf-8").splitlines()
    sort = "code" if name in {"drivers", "roles"} else "id"
    served = real.get(f"/v1/{name}?format=ndjson&sort={sort}").text.splitlines()

    assert all(decode(line) for line in lines)
    base = str(real.base_url).rstrip("/")
    assert sorted(lines) == sorted(line.replace(f'"{base}/v1/', '"/v1/') for line in served)


def test_an_item_with_the_separator_stays_one_item(
    own_url: str, data: Path, tmp_path: Path
) -> None:
    wave = "waves/globex-2023-01.toml"
    edit(data, wave, 'units = ["Globex Cloud"]', 'units = ["Cloud; Search", "Maps"]')
    edit(data, wave, 'title = "Project Slim"', 'title = "=1+1"')
    asyncio.run(publish_folder(own_url, data))
    export(own_url, tmp_path / "out")

    (row,) = (row for row in rows_of(tmp_path / "out", "waves") if row["id"] == "globex-2023-01")
    table = pq.read_table(tmp_path / "out" / "waves.parquet").to_pylist()
    (typed,) = (row for row in table if row["id"] == "globex-2023-01")
    assert row["units"] == "Cloud%3B Search;Maps"
    assert typed["units"] == ["Cloud; Search", "Maps"]
    # As it is: programs read this, not spreadsheets.
    assert row["title"] == typed["title"] == "=1+1"


def test_the_public_address_stands_in_the_files(own_url: str, tmp_path: Path) -> None:
    export(own_url, tmp_path / "out", LEDGER_URL="https://ledger.example/")

    rows = rows_of(tmp_path / "out", "waves")
    assert rows[0]["url"] == f"https://ledger.example/v1/waves/{rows[0]['id']}"
    assert "url: https://ledger.example\n" in (tmp_path / "out" / "CITATION.cff").read_text()


def test_a_past_revision_gives_the_same_bytes(own_url: str, data: Path, tmp_path: Path) -> None:
    before, after, newest = (tmp_path / name for name in ("before", "after", "newest"))
    export(own_url, before)
    edit(data, "waves/hooli-2023-12.toml", 'company = "hooli"', 'company = "hooli"\nnote = "New."')
    revision = asyncio.run(publish_folder(own_url, data))
    assert revision is not None
    assert revision.number == 2

    export(own_url, after, "--revision", "1")
    said = export(own_url, newest)

    assert same(before, after)
    assert "revision 2: 33 files" in said
    assert "New." in (newest / "waves.csv").read_text()
    assert "New." not in (after / "waves.csv").read_text()


def test_a_second_export_changes_nothing(own_url: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = export(own_url, out)
    written = {path: path.stat().st_mtime_ns for path in out.iterdir()}

    second = export(own_url, out)

    assert first.startswith("wrote ")
    assert "already has revision 1" in second
    assert written == {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert list(tmp_path.iterdir()) == [out]


def test_an_empty_folder_is_filled(own_url: str, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    export(own_url, tmp_path / "out")

    assert (tmp_path / "out" / "SHA256SUMS").exists()


def test_what_is_in_the_way_is_left_alone(own_url: str, tmp_path: Path) -> None:
    other, file, damaged = (tmp_path / name for name in ("other", "file", "damaged"))
    other.mkdir()
    (other / "mine").write_text("x")
    file.write_text("x")
    export(own_url, damaged)
    (damaged / "roles.csv").write_text("x")

    for place, reason in (
        (other, "is not empty"),
        (file, "is no folder"),
        (damaged, "files that were changed (roles.csv)"),
    ):
        assert reason in failed(run("export", str(place), DATABASE_URL=own_url))
    assert [path.name for path in other.iterdir()] == ["mine"]
    assert (damaged / "roles.csv").read_text() == "x"


def test_failures_are_told_in_a_sentence(
    own_url: str, server: str, template: str, tmp_path: Path
) -> None:
    bare, migrated = (asyncio.run(make_database(server, one)) for one in (None, template))
    out = str(tmp_path / "out")

    said = failed(run("export", out, "--revision", "7", DATABASE_URL=own_url))
    assert "no revision 7; the newest one is 1" in said
    for url in (bare, migrated):
        assert "nothing has been published" in failed(run("export", out, DATABASE_URL=url))
    assert "cannot reach the database" in failed(run("export", out, DATABASE_URL=NOWHERE))
    assert list(tmp_path.iterdir()) == []


@contextlib.asynccontextmanager
async def held_up(url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """Make readers of the sources wait: an export is then in the middle of its work."""
    connection = await asyncpg.connect(url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("lock table ledger.document in access exclusive mode")
        yield connection
        await transaction.rollback()
    finally:
        await connection.close()


async def wait_for_a_waiter(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for _ in range(1_200):
        if await connection.fetchval("select count(*) from pg_locks where not granted"):
            return
        await asyncio.sleep(0.05)
    pytest.fail("no export came to the sources")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.slow
async def test_an_export_that_is_ended_leaves_nothing_that_looks_finished(
    own_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    out = tmp_path / "out"
    async with held_up(own_url) as connection:
        process = subprocess.Popen(
            command("export", str(out)), env=environment_of(own_url), stderr=subprocess.DEVNULL
        )
        await wait_for_a_waiter(connection)
        assert (tmp_path / ".out.partial" / "waves.ndjson").exists()
        process.send_signal(how)
        process.wait(timeout=60)

    assert process.returncode != 0
    assert not out.exists()
    left = [path.name for path in tmp_path.iterdir()]
    assert left == ([".out.partial"] if how == signal.SIGKILL else [])
    export(own_url, out)
    assert list(tmp_path.iterdir()) == [out]
    assert describe.damaged(out) == []


def environment_of(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url}


def test_croissant_describes_what_the_data_package_describes(
    fixture_database: str, tmp_path: Path
) -> None:
    """It was validated with mlcroissant 1.1.1; here it is compared with the other description."""
    folder = tmp_path / "out"
    export(fixture_database, folder)
    package = json.loads((folder / "datapackage.json").read_text())
    croissant = json.loads((folder / "croissant.json").read_text())

    assert croissant["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert {one["contentUrl"]: one["sha256"] for one in croissant["distribution"]} == {
        one["path"]: one["hash"].removeprefix("sha256:") for one in package["resources"]
    }
    fields = {
        one["name"]: [field["name"] for field in one["field"]] for one in croissant["recordSet"]
    }
    assert fields == {
        one["name"]: [field["name"] for field in one["schema"]["fields"]]
        for one in package["resources"]
    }
    ids = {field["@id"] for one in croissant["recordSet"] for field in one["field"]}
    targets = [
        field["references"]["field"]["@id"]
        for one in croissant["recordSet"]
        for field in one["field"]
        if "references" in field
    ]
    assert targets
    assert set(targets) <= ids


# Over HTTP


def test_the_list_names_every_revision_and_the_newest_files(api: httpx.Client) -> None:
    told = msgspec.json.decode(api.get("/v1/exports").content, type=Exports)

    assert [one.revision for one in told.revisions] == [1]
    assert told.newest == msgspec.json.decode(api.get("/v1/exports/1").content, type=Export)
    assert {one.name for one in told.newest.files} == {
        *(f"{name}.{one}" for name in NAMES for one in describe.FORMATS),
        "datapackage.json", "csv-metadata.json", "croissant.json", "CITATION.cff", "README.md", "SHA256SUMS",
    }  # fmt: skip


def test_latest_is_the_newest_export(api: httpx.Client) -> None:
    export = api.get("/v1/exports/latest")
    file = api.get("/v1/exports/latest/waves.parquet")

    assert export.json() == api.get("/v1/exports/1").json()
    assert file.content == api.get("/v1/exports/1/waves.parquet").content
    assert "-r1-" in file.headers["content-disposition"]
    assert {one.headers["cache-control"] for one in (export, file)} == {
        "public, max-age=60, s-maxage=300"
    }


def test_the_service_gives_what_the_command_gives(
    api: httpx.Client, fixture_database: str, tmp_path: Path
) -> None:
    export(fixture_database, tmp_path / "one")
    (tmp_path / "other").mkdir()
    for file in api.get("/v1/exports/1").json()["files"]:
        answer = api.get(file["url"])
        assert answer.headers["content-type"].partition(";")[0] == file["media_type"]
        assert answer.headers["content-length"] == str(file["bytes"])
        assert answer.headers["etag"] == f'"{file["sha256"]}"'
        (tmp_path / "other" / file["name"]).write_bytes(answer.content)
        assert describe.file_of(tmp_path / "other" / file["name"]).sha256 == file["sha256"]

    assert same(tmp_path / "one", tmp_path / "other")


FILE = "/v1/exports/1/waves.parquet"


def test_a_file_is_kept_as_long_as_the_list_that_describes_it(api: httpx.Client) -> None:
    """Neither is served once it is older, so they disagree no longer than that after an upgrade."""
    kept = "public, max-age=60, s-maxage=300"
    for path in ("/v1/exports", "/v1/exports?as_of=1", "/v1/exports/1"):
        answer = get_when_available(api, path)
        again = api.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        assert answer.headers["cache-control"] == again.headers["cache-control"] == kept

    answer = api.get(FILE, headers={"accept-encoding": "zstd, br, gzip"})

    assert answer.headers["cache-control"] == kept
    assert answer.headers["accept-ranges"] == "bytes"
    assert "content-encoding" not in answer.headers
    assert (
        answer.headers["content-disposition"]
        == 'attachment; filename="layoff-ledger-r1-waves.parquet"'
    )
    assert re.fullmatch('"[0-9a-f]{64}"', answer.headers["etag"])


def test_head_gives_the_same_headers(api: httpx.Client) -> None:
    got = api.get(FILE)
    varying = {"x-request-id", "date"}
    # Only GET has ranges: other methods ignore them, even one beyond the end.
    for wanted in ("", "bytes=4-7", "bytes=-0", "bytes=99999999-"):
        head = api.head(FILE, headers={"range": wanted} if wanted else {})
        assert head.content == b""
        assert head.status_code == got.status_code
        assert {(name, value) for name, value in head.headers.items() if name not in varying} == {
            (name, value) for name, value in got.headers.items() if name not in varying
        }
    assert api.head("/v1/exports/1/nope").status_code == 404


def test_the_tag_just_given_is_not_modified(api: httpx.Client) -> None:
    tag = api.head(FILE).headers["etag"]

    for given in (tag, f'"x", W/{tag}', "*"):
        answer = api.get(FILE, headers={"if-none-match": given, "range": "bytes=0-1"})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == tag
    assert api.get(FILE, headers={"if-none-match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [
        ("bytes=0-3", 0, 4),
        ("bytes=4-", 4, None),
        ("bytes=-10", -10, None),
        ("bytes=0-0", 0, 1),
        ("bytes=7-99999999999", 7, None),
        ("bytes=-99999999999", 0, None),
        ("Bytes=0-3", 0, 4),
    ],
)
def test_a_range_gives_that_part(
    api: httpx.Client, wanted: str, start: int, end: int | None
) -> None:
    whole = api.get(FILE).content

    answer = api.get(FILE, headers={"range": wanted})

    assert answer.status_code == 206
    assert answer.content == whole[start:end]
    first = start % len(whole)
    assert answer.headers["content-range"] == (
        f"bytes {first}-{first + len(answer.content) - 1}/{len(whole)}"
    )


@pytest.mark.parametrize(
    "wanted", ["bytes=0-3,9-12", "bytes=9-3", "bytes=-", "bytes", "lines=0-3", "bytes=a-b", ""]
)
def test_what_is_no_single_range_gives_the_whole(api: httpx.Client, wanted: str) -> None:
    answer = api.get(FILE, headers={"range": wanted})

    assert answer.status_code == 200
    assert answer.content == api.get(FILE).content


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_a_problem(api: httpx.Client, wanted: str) -> None:
    size = api.head(FILE).headers["content-length"]

    answer = api.get(FILE, headers={"range": wanted})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"
    assert answer.json()["code"] == "range_not_satisfiable"
    assert answer.json()["type"].endswith("/problems/range_not_satisfiable")


@pytest.mark.parametrize("wanted", ["bytes=-1", "bytes=-0", "bytes=0-0", "bytes=0-"])
def test_no_part_of_an_empty_file_can_be_had(api: httpx.Client, wanted: str) -> None:
    files = get_when_available(api, "/v1/exports/1").json()["files"]
    empty = next(one["url"] for one in files if one["bytes"] == 0)

    answer = api.get(empty, headers={"range": wanted})

    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */0"
    whole = api.get(empty, headers={"range": "bytes=0-0,-1"})
    assert (whole.status_code, whole.headers["content-length"]) == (200, "0")


def test_a_range_of_another_file_gives_the_whole(api: httpx.Client) -> None:
    tag = api.head(FILE).headers["etag"]
    wanted = {"range": "bytes=0-3"}

    assert api.get(FILE, headers={**wanted, "if-range": tag}).status_code == 206
    for other in ('"x"', f"W/{tag}", "Tue, 24 Nov 2026 00:00:00 GMT"):
        assert api.get(FILE, headers={**wanted, "if-range": other}).status_code == 200


def test_curl_resumes_a_download(api: httpx.Client, tmp_path: Path) -> None:
    whole = api.get(FILE).content
    out = tmp_path / "waves.parquet"
    out.write_bytes(whole[: len(whole) // 2])

    subprocess.run(["curl", "-sf", "-C", "-", "-o", str(out), f"{api.base_url}{FILE}"], check=True)

    assert out.read_bytes() == whole
    assert ask(f"select count(*) from '{out}'") == [(8,)]


def test_a_file_takes_no_parameters(api: httpx.Client) -> None:
    assert api.get(f"{FILE}?limit=1").status_code == 400


@pytest.mark.slow
def test_many_that_ask_at_once_get_the_same(fixture_database: str, tmp_path: Path) -> None:
    """The first request makes it; two processes of the service make it once."""
    with serving(
        "--data", str(FIXTURE), "--workers", "2",
        environment={"DATABASE_URL": fixture_database, "LEDGER_EXPORTS": str(tmp_path)},
    ) as client:  # fmt: skip

        async def ask() -> list[httpx.Response]:
            async with httpx.AsyncClient(base_url=client.base_url, timeout=60) as many:
                return await asyncio.gather(*(many.get(FILE) for _ in range(20)))

        answers = asyncio.run(ask())
        (kept,) = tmp_path.iterdir()
        shutil.rmtree(kept)
        again = client.get(FILE)

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {again.content}
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


async def test_who_comes_too_early_is_told_to_come_back(
    own_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT_SECONDS", 0.2)
    given = settings.read({"DATABASE_URL": own_url})
    ours = store.ExportStore(tmp_path, own_url, None)
    async with connect(given, own_url) as ledger:
        async with held_up(own_url) as connection:
            with pytest.raises(UnavailableError) as told:
                await ours.get(ledger.revisions.newest)
            await wait_for_a_waiter(connection)
        monkeypatch.setattr(store, "WAIT_SECONDS", 60)
        kept = await ours.get(ledger.revisions.newest)

    assert told.value.headers["retry-after"] == "10"
    assert describe.damaged(kept.folder) == []


async def test_an_export_under_way_ends_with_the_service(own_url: str, tmp_path: Path) -> None:
    ours = store.ExportStore(tmp_path, own_url, None)
    async with connect(settings.read({}), own_url) as ledger, held_up(own_url) as connection:
        asked = asyncio.create_task(ours.get(ledger.revisions.newest))
        await wait_for_a_waiter(connection)
        await ours.close()
        with pytest.raises(UnavailableError):
            await asked

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_a_problem(
    fixture_database: str, tmp_path: Path
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with serving(
        "--data", str(FIXTURE),
        environment={"DATABASE_URL": fixture_database, "LEDGER_EXPORTS": str(blocked / "x")},
    ) as client:  # fmt: skip
        answer = client.get("/v1/exports/1")

        assert answer.status_code == 503
        assert answer.json()["code"] == "unavailable"
        assert client.get("/v1/waves").status_code == 200


async def test_a_folder_that_cannot_be_looked_at_is_a_problem(own_url: str, tmp_path: Path) -> None:
    """As below one that another user keeps private; a name that is too long also fails for root."""
    async with connect(settings.read({}), own_url) as ledger:
        ours = store.ExportStore(tmp_path / ("x" * 300), own_url, None)
        with pytest.raises(UnavailableError):
            await ours.get(ledger.revisions.newest)


async def test_what_is_there_is_served_where_nothing_can_be_written(
    own_url: str, tmp_path: Path
) -> None:
    """By the process that made it, and by one that finds it."""
    folder = tmp_path / "exports"
    async with connect(settings.read({}), own_url) as ledger:
        newest = ledger.revisions.newest
        ours = store.ExportStore(folder, own_url, None)
        made = await ours.get(newest)
        with read_only(folder):
            for one in (ours, store.ExportStore(folder, own_url, None)):
                stored = await one.get(newest)
                assert stored == made
                read = await one.open(stored, stored.files["drivers.csv"])
                assert b"".join([piece async for piece in read(0, 4)]) == b"code"


def test_what_another_process_removed_is_no_hindrance_to_make_room(tmp_path: Path) -> None:
    for age, name in enumerate(("c", "a", "b")):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (100 - age, 100 - age))

    found = newest_first(tmp_path / name for name in ("a", "gone", "b", "c"))

    assert [path.name for path in found] == ["c", "a", "b"]


@pytest.fixture
def upgrade(tmp_path: Path) -> dict[str, str]:
    """The environment of a program for which a library has another version."""
    described = tmp_path / "upgrade" / "pyarrow-0.0.1.dist-info" / "METADATA"
    described.parent.mkdir(parents=True)
    described.write_text("Metadata-Version: 2.1\nName: pyarrow\nVersion: 0.0.1\n")
    first = str(described.parents[1])
    return {"PYTHONPATH": os.pathsep.join([first, os.environ.get("PYTHONPATH", "")])}


def test_an_upgrade_makes_exports_anew_and_no_tag_hides_it(
    fixture_database: str, tmp_path: Path, upgrade: dict[str, str]
) -> None:
    before = {"DATABASE_URL": fixture_database, "LEDGER_EXPORTS": str(tmp_path / "exports")}
    # Loaded before the program, it has no effect; but then no copy of a running program serves.
    after = {**before, **upgrade, "LD_PRELOAD": ""}
    with serving("--data", str(FIXTURE), environment=before) as client:
        first = get_when_available(client, "/v1/exports/1")
        package = client.get("/v1/exports/1/datapackage.json")
        table = client.get(FILE)
    with serving("--data", str(FIXTURE), environment=after) as client:
        get_when_available(client, "/v1/exports/1")
        tag = {"if-none-match": first.headers["etag"]}
        second = client.get("/v1/exports/1", headers=tag)
        again = client.get(
            "/v1/exports/1/datapackage.json", headers={"if-none-match": package.headers["etag"]}
        )
        # What has the same bytes has the same tag: nobody downloads it twice.
        same_table = client.get(FILE, headers={"if-none-match": table.headers["etag"]})

    assert second.status_code == 200
    named = {one["name"]: one["sha256"] for one in second.json()["files"]}
    assert again.status_code == 200
    assert again.headers["etag"] == f'"{named["datapackage.json"]}"' != package.headers["etag"]
    assert again.json()["id"] == package.json()["id"]
    assert same_table.status_code == 304
    assert len(list((tmp_path / "exports").glob("r1-*"))) == 2


def test_what_another_version_wrote_is_left_alone(
    own_url: str, tmp_path: Path, upgrade: dict[str, str]
) -> None:
    export(own_url, tmp_path / "out")

    line = failed(run_cold("export", str(tmp_path / "out"), DATABASE_URL=own_url, **upgrade))

    assert "another version of this program" in line
    assert describe.damaged(tmp_path / "out") == []


def test_what_decides_the_bytes_of_files_is_there() -> None:
    """A missing path would be ignored, and an upgrade be missed."""
    for place in (*describe.CODE, *columns_file.CODE):
        assert (paths.PACKAGE / place).exists(), place
    for library in paths.LIBRARIES:
        assert importlib.metadata.version(library)


# What the writers of files import although it decides no byte of them, and why not.
INDIFFERENT = {
    "paths.py": "where the code is",
    "statement.py": "how a statement is sent",
    "exports/folders.py": "who may write",
    "store/columns.py": "what is raised if a file cannot be written",
    "store/documents.py": "how bodies are read, which never change",
    "store/pool.py": "the fingerprint, which is in the name of a file",
}


def test_what_writers_of_columns_import_decides_their_bytes() -> None:
    """Otherwise a change of it would leave files as the code before it wrote them."""
    imported = set()
    for place in ("exports/bodies.py", "exports/columns.py", "exports/postings.py"):
        for node in ast.walk(ast.parse((paths.PACKAGE / place).read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("layoff_ledger"):
                above = str(node.module).split(".")[1:]
                names = [above, *([*above, one.name] for one in node.names)]
                files = {"/".join(one) + ".py" for one in names}
                imported |= {one for one in files if (paths.PACKAGE / one).is_file()}

    decides = {
        one
        for one in imported
        if one in columns_file.CODE or one.partition("/")[0] in columns_file.CODE
    }
    assert imported == decides | INDIFFERENT.keys()


def test_another_ledger_is_not_mixed_up() -> None:
    moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    later = moment + datetime.timedelta(microseconds=1)

    ids = {
        describe.identity(1, moment, ""),
        describe.identity(2, moment, ""),
        describe.identity(1, later, ""),
        describe.identity(1, moment, "https://ledger.example"),
    }
    assert len(ids) == 4


# The kernel's own high-water mark: that of `getrusage` begins with the size of the parent.
PEAK = """
import sys
from pathlib import Path
from layoff_ledger import cli
status = cli.main(sys.argv[1:])
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
sys.exit(status)
"""


@pytest.mark.slow
async def test_memory_does_not_grow_with_the_ledger(server: str, tmp_path: Path) -> None:
    """Revision 2 has eight times the waves; what is held is a batch and a row group."""
    url = await make_database(server)
    connection = await asyncpg.connect(url)
    await migrate.migrate(connection)
    await publish.publish(connection, generate.collection_input(1_500, paths.DATA))
    # Copied and not generated: publishing so many would take a minute.
    await connection.execute("insert into ledger.revision (number) values (2)")
    await connection.execute(
        "create temporary table copy as select * from ledger.document where resource = 'wave'"
    )
    await connection.execute("update copy set first_revision = 2")
    for number in range(7):
        await connection.execute(f"update copy set id = id || '-copy-{number}'")
        await connection.execute("insert into ledger.document select * from copy")
    await connection.close()

    peaks = []
    for revision, waves in ((1, 1_500), (2, 12_000)):
        out = tmp_path / str(revision)
        done = subprocess.run(
            [sys.executable, "-c", PEAK, "export", str(out), "--revision", str(revision)],
            env=environment_of(url),
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout.splitlines()[-1]) / 1024)
        parquet = pq.ParquetFile(out / "waves.parquet")
        assert parquet.metadata.num_rows == waves
        assert parquet.metadata.row_group(0).num_rows == min(waves, arrow.ROW_GROUP)

    assert peaks[1] - peaks[0] < 48, peaks
