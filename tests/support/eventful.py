"""The made-up ledger with everything that can be asked for: a past, retired ids, and notices.

Revisions 1 to 3 are those of `revisions`, revision 4 adds three notices of a made-up register. So
every operation of the contract has something to answer, and there is an id for every status of
records.
"""

from __future__ import annotations

from pathlib import Path

import asyncpg

from support.databases import publish_files
from support.filed import CALIFORNIA
from support.register import imported
from support.revisions import REVISIONS, revise


async def make_eventful(url: str, data: Path) -> None:
    """Publish the later revisions to a database that has the first one, and write their files.

    `data` is the folder to make; a service is started with it.
    """
    revise(data, 1)
    connection = await asyncpg.connect(url)
    try:
        for number in range(2, REVISIONS + 1):
            revise(data, number)
            await publish_files(connection, data)
        register = data.parent / "ca.csv"
        register.write_text(CALIFORNIA, encoding="utf-8")
        await imported(connection, register)
    finally:
        await connection.close()
