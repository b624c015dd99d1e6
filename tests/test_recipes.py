"""The recipes for other tools: each is run as it is printed, and its result is compared.

R, Excel and Google Sheets are not available to the tests: only their addresses are tried.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from python_calamine import CalamineWorkbook

from support.lists import everything, walk
from support.markdown import HOST, blocks, pages
from support.tools import httpfs, shell, with_address

pytestmark = pytest.mark.thorough

RECIPES = blocks(pages()["docs/recipes.md"])


def of(tool: str) -> list[str]:
    """Return the recipes under the heading of a tool."""
    return [block.text for block in RECIPES if block.heading == tool]


def python(block: str, client: httpx.Client) -> tuple[dict[str, Any], str]:
    """Run a program; return its names and what it printed."""
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(with_address(block, client), names)  # noqa: S102 ours
    return names, printed.getvalue()


def rows(text: str) -> list[list[str]]:
    head, *found = csv.reader(io.StringIO(text))
    assert head
    return found


def statistics(client: httpx.Client, query: str) -> dict[tuple[str, ...], Any]:
    """Return the groups of the API by their keys, without the unknown ones."""
    groups = client.get(f"/v1/statistics?{query}").json()["data"]
    return {tuple(one["keys"].values()): one for one in groups if all(one["keys"].values())}


def counts(groups: dict[tuple[str, ...], Any]) -> dict[tuple[str, ...], int]:
    return {keys: group["waves"] for keys, group in groups.items()}


# If there is a `jq` command, it has to print the same as its engine.
@pytest.fixture(params=["package", *(["command"] if shutil.which("jq") else [])])
def with_jq(request: pytest.FixtureRequest, tools: dict[str, str]) -> dict[str, str]:
    if request.param == "package":
        return tools
    folder = str(Path(str(shutil.which("jq"))).parent)
    return {**tools, "PATH": os.pathsep.join((folder, tools["PATH"]))}


def test_jq_gives_the_reasons_of_each_year(real: httpx.Client, with_jq: dict[str, str]) -> None:
    block, _, _ = of("curl and jq")
    told = [line.split("\t") for line in shell(block, real, with_jq).splitlines()]

    groups = real.get("/v1/statistics?group_by=year,driver&speaker=company&stance=states").json()[
        "data"
    ]
    assert told == [
        [
            str(value if value is not None else "")
            for value in (*group["keys"].values(), group["waves"])
        ]
        for group in groups
    ]
    assert len(told) > 20


def test_jq_walks_over_all_pages(real: httpx.Client, with_jq: dict[str, str]) -> None:
    _, block, _ = of("curl and jq")
    told = [line.split("\t") for line in shell(block, real, with_jq).splitlines()]

    waves = walk(real, "/v1/waves", [("driver", "ai_automation"), ("limit", "200")])
    assert told == [
        [wave["id"], wave["announced_on"], str((wave["headcount"] or {}).get("low") or "unknown")]
        for wave in waves
    ]
    assert len(told) > 20, "one page would do"


def test_jq_gives_each_sentence_its_sources(real: httpx.Client, with_jq: dict[str, str]) -> None:
    _, _, block = of("curl and jq")
    told = shell(block, real, with_jq).splitlines()

    expected = []
    for wave in walk(real, "/v1/waves", [("company", "meta")]):
        for claim in wave["drivers"]:
            expected.append(f"{wave['id']}: {claim['statement']} ({claim['speaker']})")
            for n in claim["citations"]:
                source = wave["citations"][n - 1]["source"]
                expected.append(f"  {source['url'] or source['title']}")
    assert told == expected
    assert any(line.startswith("  https://") for line in told)


def test_duckdb_reads_csv_from_the_address(real: httpx.Client, tools: dict[str, str]) -> None:
    block, _, _ = of("DuckDB")
    told = rows(shell(block, real, tools))

    waves = walk(real, "/v1/waves", [("headcount_gte", "10000")])
    assert sorted(told) == sorted(
        [
            wave["company"]["id"],
            wave["announced_on"],
            str(wave["headcount"]["low"]),
            {True: "true", False: "false", None: "NULL"}[(wave["scope"] or {}).get("worldwide")],
        ]
        for wave in waves
    )
    assert [int(row[2]) for row in told] == sorted((int(row[2]) for row in told), reverse=True)


def test_duckdb_counts_whose_jobs(real: httpx.Client, tools: dict[str, str]) -> None:
    _, block, _ = of("DuckDB")
    told = {(year, role): int(waves) for year, role, waves in rows(shell(block, real, tools))}

    assert told == counts(statistics(real, "group_by=year,role"))


def test_duckdb_reads_nested_claims(real: httpx.Client, tools: dict[str, str]) -> None:
    _, _, block = of("DuckDB")
    told = {tuple(row[:3]): int(row[3]) for row in rows(shell(block, real, tools))}

    assert told == Counter(
        key
        for wave in everything(real, "/v1/waves")
        for key in {
            (claim["driver"]["code"], claim["speaker"], claim["stance"])
            for claim in wave["drivers"]
        }
    )


def test_pandas_counts_reasons_by_year(real: httpx.Client) -> None:
    names, printed = python(of("pandas")[0], real)

    waves = names["waves"]
    assert {
        name: str(waves[name].dtype)
        for name in ("announced_on", "headcount_low", "share_low", "worldwide", "canonical")
    } == {
        "announced_on": "datetime64[us]",
        "headcount_low": "Int64",
        "share_low": "Float64",
        "worldwide": "boolean",
        "canonical": "boolean",
    }
    told = {(str(year), driver): int(n) for (driver, year), n in names["per_year"].items()}
    assert told == counts(statistics(real, "group_by=year,driver"))
    assert all(driver in printed for driver in ("ai_automation", "over_hiring"))
    # What a figure includes from earlier waves is added once, as the API does.
    jobs = waves.groupby("year")["headcount_counted_low"].sum()
    assert {(str(year),): int(n) for year, n in jobs.items()} == {
        keys: group["headcount_low"] or 0
        for keys, group in statistics(real, "group_by=year").items()
    }
    assert waves["headcount_low"].sum() > jobs.sum()


def test_pandas_keeps_identifiers(real: httpx.Client) -> None:
    names, printed = python(of("pandas")[1], real)

    companies = everything(real, "/v1/companies")
    expected = {
        one["id"]: next((i["value"] for i in one["identifiers"] if i["scheme"] == "cik"), None)
        for one in companies
    }
    table = names["companies"]
    assert (
        dict(
            zip(
                table["id"],
                table["cik"].astype(object).where(table["cik"].notna(), None),
                strict=True,
            )
        )
        == expected
    )
    largest = max(companies, key=lambda one: one["totals"]["headcount_low"] or 0)
    assert largest["name"] in printed.splitlines()[1]


def test_polars_counts_whose_jobs(real: httpx.Client) -> None:
    import polars as pl  # one process of the tests needs it, and all of them collect them

    names, printed = python(of("polars")[0], real)

    schema = names["waves"].schema
    assert [schema[name] for name in ("announced_on", "headcount_low", "share_low")] == [
        pl.Date,
        pl.Int64,
        pl.Float64,
    ]
    assert schema["worldwide"] == schema["headcount_cumulative"] == pl.Boolean
    groups = statistics(real, "group_by=role")
    told = {(row["role"],): row["waves"] for row in names["per_role"].iter_rows(named=True)}
    assert told == counts(groups)
    assert names["per_role"]["role"][0] in printed


TYPES = {
    "/v1/waves": {
        "announced_on": "DATE",
        "canonical": "BOOLEAN",
        "worldwide": "BOOLEAN",
        "headcount_low": "BIGINT",
        "headcount_high": "BIGINT",
        "headcount_counted_low": "BIGINT",
        "headcount_counted_high": "BIGINT",
        "headcount_cumulative": "BOOLEAN",
        "share_low": "DOUBLE",
        "share_high": "DOUBLE",
        "revision": "BIGINT",
    },
    "/v1/companies": {
        "waves": "BIGINT",
        "canonical_waves": "BIGINT",
        "waves_with_headcount": "BIGINT",
        "headcount_low": "BIGINT",
        "headcount_high": "BIGINT",
        **{
            f"{kind}_{bound}": "BIGINT"
            for kind in ("gross", "net", "affected", "unstated")
            for bound in ("low", "high")
        },
        "overlap_low": "BIGINT",
        "overlap_high": "BIGINT",
        "first_announced_on": "DATE",
        "last_announced_on": "DATE",
        "revision": "BIGINT",
    },
    "/v1/sources": {
        "published_on": "DATE",
        "retrieved_on": "DATE",
        "claims": "BIGINT",
        "revision": "BIGINT",
    },
    "/v1/drivers": {"waves": "BIGINT", "revision": "BIGINT"},
    "/v1/roles": {"waves": "BIGINT", "revision": "BIGINT"},
}
"""Path → the columns that DuckDB takes for something other than text, all others being text."""


@pytest.mark.parametrize("path", TYPES)
def test_duckdb_finds_the_types_by_itself(path: str, real: httpx.Client) -> None:
    base = str(real.base_url).rstrip("/")
    with duckdb.connect() as database:
        database.execute(f"load '{httpfs()}'")
        # If every cell of a column is empty, there is nothing to find.
        found = database.sql(f"from read_csv('{base}{path}?format=csv')")
        types = dict(zip(found.columns, map(str, found.types), strict=True))

    assert {name: type_ for name, type_ in types.items() if type_ != "VARCHAR"} == TYPES[path]


@pytest.mark.parametrize("path", TYPES)
def test_no_tool_sees_the_byte_order_mark(path: str, real: httpx.Client) -> None:
    import pandas as pd
    import polars as pl

    url = f"{str(real.base_url).rstrip('/')}{path}?format=csv"
    content = real.get(url).content
    first = "code" if path in {"/v1/drivers", "/v1/roles"} else "id"

    assert pd.read_csv(url).columns[0] == first
    assert pl.read_csv(content, infer_schema_length=None).columns[0] == first
    with duckdb.connect() as database:
        database.execute(f"load '{httpfs()}'")
        assert database.sql(f"from read_csv('{url}')").columns[0] == first


ADDRESS = re.compile(rf"{HOST}([^\"'\s]*)")


@pytest.mark.parametrize("tool", ["R", "Excel", "Power BI", "Google Sheets"])
def test_what_other_tools_ask_is_there(tool: str, real: httpx.Client) -> None:
    paths = [path for block in of(tool) for path in ADDRESS.findall(block)]

    assert paths
    for path in paths:
        answer = real.get(path)
        assert answer.status_code == 200, answer.text
        if "format=csv" in path:
            assert len(rows(answer.text)) > 100


def test_tableau_gets_files_and_a_connector_rows(
    real: httpx.Client, tools: dict[str, str], tmp_path: Path
) -> None:
    files, connector = of("Tableau")
    shell(files, real, tools, folder=tmp_path)
    head = shell(connector, real, tools)

    book = CalamineWorkbook.from_path(tmp_path / "waves.xlsx").get_sheet_by_name("Data")
    found = book.to_python()
    canonical = [one["id"] for one in everything(real, "/v1/waves") if one["canonical"]]
    assert sorted(row[0] for row in found[1:]) == sorted(canonical)
    assert head.strip().split(",") == found[0]
    assert len(rows((tmp_path / "drivers.csv").read_text(encoding="utf-8-sig"))) > 100


def test_every_recipe_is_tried() -> None:
    assert Counter((recipe.heading, recipe.language) for recipe in RECIPES) == {
        ("curl and jq", "bash"): 3,
        ("DuckDB", "bash"): 3,
        ("pandas", "python"): 2,
        ("polars", "python"): 1,
        ("R", "r"): 1,
        ("Excel", "text"): 1,
        ("Power BI", "text"): 1,
        ("Tableau", "bash"): 2,
        ("Google Sheets", "text"): 1,
    }
