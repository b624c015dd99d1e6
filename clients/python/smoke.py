"""A user's program, which `check` runs and checks with strict mypy and the installed package."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from urllib.request import urlopen

from layoff_ledger_client import AsyncLedger, Ledger, __version__
from layoff_ledger_client.problems import InvalidParametersError


def wait(base_url: str) -> None:
    """Ask as a script does."""
    with Ledger(base_url) as ledger:
        pinned = ledger.pin()
        waves = list(pinned.iter_waves(company="meta", limit=2))
        assert len(waves) == pinned.list_waves(company="meta").meta.count
        years = pinned.get_statistics(group_by="year", driver_group="ai")
        assert sum(one.waves for one in years.data) == years.meta.count
        spent = pinned.list_indicators(company="meta", metric="capital_expenditure")
        with urlopen(spent.links.self) as answer:  # noqa: S310 the service's own address
            figures = [one["low"] for one in json.load(answer)["data"]]
        assert [one.low for one in spent.data] == figures
        assert max(figures) > 2**32
        assert pinned.list_waves_as("csv", company="meta").text.startswith("id,")
        try:
            ledger.list_waves(driver="over_hirng")
        except InvalidParametersError as problem:
            assert problem.errors[0].suggested_value == "over_hiring"
        else:
            raise AssertionError
        with tempfile.TemporaryDirectory() as folder:
            assert ledger.download_export("roles.csv", folder).stat().st_size
    print(f"layoff-ledger-client {__version__} reads {len(waves)} waves of revision {pinned.as_of}")


async def await_(base_url: str) -> None:
    """Ask as a service does."""
    async with AsyncLedger(base_url) as ledger:
        page, company = await asyncio.gather(
            ledger.list_waves(company="meta"), ledger.get_company("meta")
        )
        assert {wave.company.id for wave in page.data} == {company.id}
        assert [wave async for wave in ledger.iter_waves(company="meta")] == page.data


if __name__ == "__main__":
    wait(sys.argv[1])
    asyncio.run(await_(sys.argv[1]))
