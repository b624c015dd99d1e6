"""Tries the client of openapi-python-client with a service: `python … URL`."""

import json
import sys
import urllib.request

from layoff_ledger_client import Client
from layoff_ledger_client.api.companies import list_indicators
from layoff_ledger_client.api.search import search
from layoff_ledger_client.api.waves import get_statistics, get_wave, list_waves
from layoff_ledger_client.models import Problem, Stance, StatisticsGroupBy

base = sys.argv[1]
client = Client(base_url=base)


def plain(path):
    with urllib.request.urlopen(base + path) as answer:
        return json.load(answer)


page = list_waves.sync(client=client, driver=["over_hiring"], country=["US"], limit=2)
expected = plain("/v1/waves?driver=over_hiring&country=US&limit=2")
assert page.meta.count == expected["meta"]["count"] > 2
assert [one.id for one in page.data] == [one["id"] for one in expected["data"]]

# The permanent link only has what was requested: no default is sent.
assert "seed" not in page.links.self_ and "sort" not in page.links.self_, page.links.self_

seen, cursor = set(), None
while True:
    asked = {} if cursor is None else {"cursor": cursor}
    part = list_waves.sync(client=client, company=["meta"], limit=3, **asked)
    seen |= {one.id for one in part.data}
    cursor = part.meta.next_cursor
    if cursor is None:
        break
assert len(seen) == part.meta.count > 3

wave = get_wave.sync("meta-2023-03", client=client)
assert wave.headcount.low == plain("/v1/waves/meta-2023-03")["headcount"]["low"]
assert get_wave.sync("meta-2023-03", client=client, as_of="1").revision == 1
by_day = get_wave.sync_detailed("meta-2023-03", client=client, as_of="2020-01-01")
assert by_day.status_code == 404 and by_day.parsed.code == "unknown_revision"

groups = get_statistics.sync(client=client, group_by=[StatisticsGroupBy.STATISTICS_GROUP_BY_YEAR])
assert sum(one.waves for one in groups.data) == groups.meta.count

hits = search.sync(client=client, q="meta platforms")
assert hits.data[0].id == "meta"

listed = list_indicators.sync(client=client, company=["meta"], limit=200)
figures = {one.id: (one.low, one.high) for one in listed.data}
known = plain("/v1/indicators?company=meta&limit=200")["data"]
assert figures == {one["id"]: (one["low"], one["high"]) for one in known}
assert max(one["high"] or 0 for one in known) > 2**33

refused = list_waves.sync_detailed(client=client, driver=["over_hirng"])
assert isinstance(refused.parsed, Problem) and refused.status_code == 400
assert refused.parsed.errors[0].suggested_value == "over_hiring"
missing = get_wave.sync_detailed("nope", client=client)
assert missing.status_code == 404 and missing.parsed.code == "not_found"
assert Stance("denies") is Stance.STANCE_DENIES
print("ok")
