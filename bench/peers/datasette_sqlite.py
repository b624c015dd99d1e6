"""Datasette over the same documents in SQLite, with its own query for the same page."""

from __future__ import annotations

import os

from datasette.app import Datasette  # type: ignore[import-untyped]

QUERY = """
select document from wave
where announced_on <= :announced_lte
order by announced_on desc, id desc
limit 25
"""

app = Datasette(
    immutables=[os.environ["BENCH_SQLITE"]],
    metadata={"databases": {"waves": {"queries": {"page": {"sql": QUERY}}}}},
).app()
