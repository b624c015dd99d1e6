"""Tries the client of openapi-generator's `python` with a service: `python … URL`."""

import json
import sys
import urllib.request

import openapi_client
from openapi_client.exceptions import ApiException

base = sys.argv[1]
client = openapi_client.ApiClient(openapi_client.Configuration(host=base))
waves = openapi_client.WavesApi(client)


def plain(path):
    with urllib.request.urlopen(base + path) as answer:
        return json.load(answer)


page = waves.list_waves(driver=["over_hiring"], country=["US"], limit=2)
expected = plain("/v1/waves?driver=over_hiring&country=US&limit=2")
assert page.meta.count == expected["meta"]["count"] > 2
assert [one.id for one in page.data] == [one["id"] for one in expected["data"]]
assert "seed" not in page.links.var_self, page.links.var_self

seen, cursor = set(), None
while True:
    part = waves.list_waves(company=["meta"], limit=3, cursor=cursor)
    seen |= {one.id for one in part.data}
    cursor = part.meta.next_cursor
    if cursor is None:
        break
assert len(seen) == part.meta.count > 3

wave = waves.get_wave("meta-2023-03")
assert wave.headcount.low == plain("/v1/waves/meta-2023-03")["headcount"]["low"]
assert waves.get_wave("meta-2023-03", as_of="1").revision == 1
for as_of, code in (("2020-01-01", "unknown_revision"),):
    try:
        waves.get_wave("meta-2023-03", as_of=as_of)
    except ApiException as error:
        assert error.status == 404 and json.loads(error.body)["code"] == code
        assert error.data.code == code
    else:
        raise AssertionError

groups = waves.get_statistics(group_by=["year"])
assert sum(one.waves for one in groups.data) == groups.meta.count
hits = openapi_client.SearchApi(client).search(q="meta platforms")
assert hits.data[0].id == "meta"

listed = openapi_client.CompaniesApi(client).list_indicators(company=["meta"], limit=200)
known = plain("/v1/indicators?company=meta&limit=200")["data"]
assert {one.id: (one.low, one.high) for one in listed.data} == {
    one["id"]: (one["low"], one["high"]) for one in known
}

try:
    waves.list_waves(driver=["over_hirng"])
except ApiException as error:
    assert error.status == 400 and error.data.errors[0].suggested_value == "over_hiring"
else:
    raise AssertionError
print("ok")
