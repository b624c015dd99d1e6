"""Company facts of the SEC: years and quarters apart, restated values beside the first ones."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import msgspec
import pytest

from layoff_ledger.imports import run, sec_facts
from layoff_ledger.resources.claim_tables import citation_rows
from layoff_ledger.resources.company_indicators import value_rows
from layoff_ledger.statement import OPEN_END
from support.databases import make_database

CAPEX = "PaymentsToAcquirePropertyPlantAndEquipment"


def fact(start: str | None, end: str, val: float, filed: str, accn: str) -> dict[str, object]:
    days = {} if start is None else {"start": start}
    # `fy` is that of the filing: it is wrong about the period more often than right.
    return {
        **days, "end": end, "val": val, "filed": filed, "accn": accn, "fy": 1999, "fp": "FY",
        "form": "10-K",
    }  # fmt: skip


FACTS = {
    "cik": 42,
    "entityName": "GLOBEX",
    "facts": {
        "dei": {
            "EntityNumberOfEmployees": {
                "units": {"Employee": [fact(None, "2022-12-31", 10_000, "2023-02-01", "a-1")]}
            }
        },
        "us-gaap": {
            CAPEX: {
                "units": {
                    "USD": [
                        fact("2022-01-01", "2022-12-31", 500, "2023-02-01", "a-1"),
                        fact("2022-01-01", "2022-12-31", 500, "2024-02-01", "a-5"),
                        fact("2022-01-01", "2022-12-31", 520, "2025-02-01", "a-9"),
                        fact("2023-01-01", "2023-03-31", 100, "2023-05-01", "a-2"),
                        fact("2023-01-01", "2023-06-30", 230, "2023-08-01", "a-3"),
                        fact("2023-01-01", "2023-09-30", 330, "2023-11-01", "a-4"),
                        fact("2023-04-01", "2023-06-30", 130, "2023-08-01", "a-3"),
                    ]
                }
            },
            "PaymentsToAcquireProductiveAssets": {
                "units": {
                    "USD": [
                        # For a year that the other tag also has, it is not a second statement.
                        fact("2022-01-01", "2022-12-31", 555, "2024-02-01", "a-5"),
                        fact("2023-01-01", "2023-12-31", 600, "2024-02-01", "a-5"),
                    ]
                }
            },
            "RestructuringAndRelatedCostNumberOfPositionsEliminated": {
                "units": {
                    "Position": [
                        fact("2023-01-01", "2023-12-31", 900, "2024-02-01", "a-5"),
                        fact("2023-01-01", "2023-12-31", 950, "2025-02-01", "a-9"),
                        fact("2023-01-01", "2023-06-30", 400, "2023-08-01", "a-3"),
                    ]
                }
            },
            "RestructuringAndRelatedCostExpectedNumberOfPositionsEliminated": {
                "units": {"Position": [fact(None, "2023-01-20", 1_000, "2023-02-01", "a-1")]}
            },
            "RestructuringCharges": {
                "units": {
                    "USD": [
                        fact("2023-01-01", "2023-03-31", 70, "2023-05-01", "a-2"),
                        fact("2023-01-01", "2023-12-31", 90, "2024-02-01", "a-5"),
                    ]
                }
            },
        },
    },
}


def write(folder: Path, facts: object) -> Path:
    path = folder / "CIK0000000042.json"
    path.write_text(json.dumps(facts))
    return path


def test_spans_that_overlap_are_told_apart_and_restated_values_kept(tmp_path: Path) -> None:
    capex, employees, *restructuring = sec_facts.series_of(
        sec_facts.read_facts(write(tmp_path, FACTS)), "globex"
    )

    assert [
        (str(one.period_start and one.period_start.on), str(one.period_end.on), one.value, one.rank)
        for one in capex.values
    ] == [
        ("2022-01-01", "2022-12-31", 500, "normal"),
        ("2022-01-01", "2022-12-31", 520, "preferred"),
        ("2023-01-01", "2023-03-31", 100, "preferred"),
        ("2023-04-01", "2023-06-30", 130, "preferred"),
        ("2023-01-01", "2023-12-31", 600, "preferred"),
    ]
    assert capex.values[0].citations[0].locator == (
        f"us-gaap:{CAPEX}; 10-K filed on 2023-02-01, accession a-1"
    )
    assert capex.values[1].note == "Restated by a later filing."
    assert (employees.unit, employees.values[0].value) == ("people", 10_000)
    assert [
        (one.id, one.unit, one.kind, [(value.value, value.rank) for value in one.values])
        for one in restructuring
    ] == [
        (
            "sec-globex-restructuring-positions", "people", "outcome",
            [(900, "normal"), (950, "preferred")],
        ),
        (
            "sec-globex-expected-restructuring-positions", "people", "guidance",
            [(1_000, "preferred")],
        ),
        (
            "sec-globex-restructuring-charges", "USD", "outcome",
            [(70, "preferred"), (90, "preferred")],
        ),
    ]  # fmt: skip
    assert restructuring[0].values[1].citations[0].locator == (
        "us-gaap:RestructuringAndRelatedCostNumberOfPositionsEliminated; 10-K filed on 2025-02-01, "
        "accession a-9"
    )


async def test_a_file_becomes_series_of_the_company_that_has_its_number(
    server: str, fixture_template: str, tmp_path: Path
) -> None:
    connection = await asyncpg.connect(await make_database(server, fixture_template))
    cik = await connection.fetchval(
        "select value from ledger.company_identifier where company = 'globex' and scheme = 'cik'"
    )
    path = write(tmp_path, {**FACTS, "cik": int(cik)})

    first = await sec_facts.import_facts(connection, [path])
    again = await sec_facts.import_facts(connection, [path])
    body = await connection.fetchval(
        "select body from ledger.document where resource = 'company_indicators' "
        "and id = 'globex' and last_revision = $1",
        OPEN_END,
    )
    with pytest.raises(
        run.ImportFailedError, match="no company in the ledger has the CIK 0000000999"
    ):
        await sec_facts.import_facts(connection, [write(tmp_path, {**FACTS, "cik": 999})])
    with pytest.raises(run.ImportFailedError, match="is not a file of company facts"):
        sec_facts.read_facts(write(tmp_path, {"cik": "x"}))
    await connection.close()

    assert (first.read, first.revision, again.revision) == (11, 2, None)
    document = msgspec.json.decode("{" + body)
    series = {one["id"] for one in document["series"]}
    assert {"sec-globex-capital-expenditure", "sec-globex-employees"} <= series
    # Apart from the series whose metrics are a closed set, and in the same exports.
    assert not {one for one in series if "restructuring" in one}
    assert [one["metric"] for one in document["restructuring"]] == [
        "restructuring_charges", "restructuring_positions", "restructuring_positions"
    ]  # fmt: skip
    rows = [one["series"] for one in value_rows({"id": "globex", **document})]
    assert rows.count("sec-globex-restructuring-positions") == 2
    for row in citation_rows({"id": "globex", **document}):
        assert row["source"]
