"""A resource is one module and its view: nothing else has to be changed for it."""

from __future__ import annotations

import asyncio
import csv
import datetime
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from layoff_ledger import paths
from layoff_ledger.openapi import compare
from support.databases import make_database
from support.revisions import FIXTURE
from support.services import free_port, is_ready, wait_for_revision
from support.waiting import wait_until

pytestmark = pytest.mark.thorough

VIEW = """-- Made up: the kinds of sources, each with how many there are.
create view api.outlet as
select
    replace(source.kind, '_', '-') as id,
    source.kind as name,
    count(*)::integer as sources
from ledger.source
group by source.kind;
comment on view api.outlet is 'A kind of source.';
comment on column api.outlet.id is 'Its id.';
comment on column api.outlet.name is 'Its name.';
comment on column api.outlet.sources is 'How many sources are of it.';
"""


class Service:
    """A ledger with the resource, published and served in processes of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        sql = Path(shutil.copytree(paths.SQL, folder / "sql"))
        (sql / "views" / "outlet.sql").write_text(VIEW)
        tests = str(Path(__file__).parent)
        path = os.pathsep.join(filter(None, [tests, os.environ.get("PYTHONPATH")]))
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "SQL": str(sql),
            "LEDGER_EXPORTS": str(folder / "exports"),
            "PYTHONPATH": path,
        }

    def run(self, *arguments: str) -> bytes:
        done = subprocess.run(
            self.command(*arguments), env=self.environment, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "support.made_up", *arguments]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, server: str) -> Service:
    made = Service(tmp_path_factory.mktemp("made-up"), asyncio.run(make_database(server)))
    made.run("publish", str(FIXTURE))
    return made


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[httpx.Client]:
    port = free_port()
    process = subprocess.Popen(service.command("serve", str(port)), env=service.environment)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as asking:
            wait_until(lambda: is_ready(asking))
            yield asking
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_it_is_listed_filtered_sorted_and_shaped(client: httpx.Client) -> None:
    page = client.get("/v1/outlets?sort=-sources&limit=1").json()
    following = client.get(page["links"]["next"]).json()
    found = client.get("/v1/outlets?sources_gte=2&select=id").json()

    assert page["meta"]["count"] > 1
    assert page["data"][0]["sources"] >= following["data"][0]["sources"]
    assert found["data"] == [{"id": one["id"]} for one in found["data"]]
    assert 0 < found["meta"]["count"] < page["meta"]["count"]
    refused = client.get("/v1/outlets?nam=x")
    assert refused.json()["errors"][0]["suggestion"] == "did you mean 'name'?"


def test_one_of_it_is_given_and_a_missing_one_is_not(client: httpx.Client) -> None:
    one = client.get("/v1/outlets/news").json()

    assert (one["id"], one["name"], one["revision"]) == ("news", "news", 1)
    assert one["url"].endswith("/v1/outlets/news")
    assert client.get("/v1/outlets/nope").status_code == 404


def test_it_comes_as_csv_and_ndjson(client: httpx.Client) -> None:
    listed = client.get("/v1/outlets").json()["data"]
    text = client.get("/v1/outlets?format=csv").content.decode("utf-8-sig")
    lines = client.get("/v1/outlets?format=ndjson").text.splitlines()

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    assert list(rows[0]) == ["id", "name", "sources", "revision", "url"]
    assert [json.loads(line) for line in lines] == listed


def test_it_has_pages_for_readers(client: httpx.Client) -> None:
    reader = {"accept": "text/html"}
    listed = client.get("/v1/outlets", headers=reader)
    one = client.get("/v1/outlets/news", headers=reader)

    assert listed.headers["content-type"] == one.headers["content-type"]
    assert "/v1/outlets/news" in listed.text
    assert "<h1>" in one.text
    assert "Cite this" in one.text


def test_it_is_in_the_changes_the_dictionary_and_the_search(client: httpx.Client) -> None:
    changes = client.get("/v1/changes?resource=outlet").json()
    fields = client.get("/v1/dictionary").json()["fields"]
    hits = client.get("/v1/search?q=outlet&kind=outlet").json()

    count = client.get("/v1/outlets").json()["meta"]["count"]
    assert changes["meta"]["count"] == count == hits["meta"]["count"]
    assert changes["data"][0]["document"]["name"]
    meanings = {one["field"]: one["meaning"] for one in fields if one["resource"] == "Outlet"}
    assert meanings["sources"] == "How many sources are of it."


def test_it_is_exported(service: Service, tmp_path: Path) -> None:
    service.run("export", str(tmp_path / "export"))

    files = {one.name for one in (tmp_path / "export").iterdir()}
    assert {"outlets.csv", "outlets.ndjson", "outlets.parquet"} <= files
    text = (tmp_path / "export" / "outlets.csv").read_text()
    assert text.startswith("id,name,sources,revision,url")


@pytest.fixture(scope="module")
def written(service: Service) -> bytes:
    """The document of the API with the resource."""
    return service.run("openapi")


def test_it_is_in_the_document(written: bytes) -> None:
    document = json.loads(written)

    assert document["paths"]["/v1/outlets"]["get"]["operationId"] == "list_outlets"
    assert document["paths"]["/v1/outlets/{id}"]["get"]["operationId"] == "get_outlet"
    assert {"Outlet", "OutletList"} <= document["components"]["schemas"].keys()


def test_what_is_deprecated_is_marked_in_the_document(written: bytes) -> None:
    document = json.loads(written)

    listed = document["paths"]["/v1/outlets"]["get"]
    (least,) = [one for one in listed["parameters"] if one.get("name") == "sources_gte"]
    assert least["deprecated"] is True
    assert least["description"] == (
        "At least so many. Deprecated since 2026-12-01, and may be gone from 2028-12-31: "
        "use `sort=-sources`."
    )
    assert "deprecated" not in least["schema"]
    name = document["components"]["schemas"]["Outlet"]["properties"]["name"]
    assert (name["deprecated"], name["x-sunset-on"]) == (True, "2028-06-30")
    assert "read `id`" in name["description"]
    assert {"Deprecation", "Sunset"} <= listed["responses"]["200"]["headers"].keys()
    assert "Sunset" not in document["paths"]["/v1/waves"]["get"]["responses"]["200"]["headers"]


def test_answers_say_what_is_deprecated(client: httpx.Client) -> None:
    """A field of the answer always does, a parameter if it is used; the earliest days count."""
    of_field, of_both = client.get("/v1/outlets"), client.get("/v1/outlets?sources_gte=1")
    streamed = client.get("/v1/outlets?sources_gte=1&format=csv")

    first_of_2027 = datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC).timestamp()
    assert of_field.headers["deprecation"] == f"@{first_of_2027:.0f}"
    assert of_field.headers["sunset"] == "Fri, 30 Jun 2028 00:00:00 GMT"
    for answer in (of_both, streamed):
        assert answer.headers["deprecation"] == "@1796083200"
        assert answer.headers["sunset"] == "Fri, 30 Jun 2028 00:00:00 GMT"
    page, _, fragment = of_both.links["deprecation"]["url"].partition("#")
    assert f'id="{fragment}"' in client.get(page).text
    for path in ("/v1/waves", "/v1/waves?driver=over_hiring"):
        headers = client.get(path).headers
        assert not {"deprecation", "sunset"} & headers.keys()
    exposed = of_both.headers["access-control-expose-headers"]
    assert {"Deprecation", "Sunset"} <= set(exposed.split(", "))


def test_a_deprecation_needs_a_line_in_the_changelog(written: bytes) -> None:
    """As `make document` asks: here of the made-up resource and its parameter and field."""
    new, old = json.loads(written), json.loads(written)
    (least,) = [
        one
        for one in old["paths"]["/v1/outlets"]["get"]["parameters"]
        if one.get("name") == "sources_gte"
    ]
    del least["deprecated"]
    del old["components"]["schemas"]["Outlet"]["properties"]["name"]["deprecated"]
    new["info"]["version"] = "9.0.0"
    differences = compare.differences(old, new)

    missing = compare.faults(old, new, differences, "## 9.0.0\n- Something.\n")
    named = "## 9.0.0\n- Deprecated: `sources_gte` of `list_outlets`, `Outlet.name`.\n"

    assert {one.where for one in differences} >= {"GET /v1/outlets sources_gte", "Outlet.name"}
    assert all("deprecated" in one for one in missing)
    assert missing
    assert compare.faults(old, new, differences, named) == []


def test_it_is_written_anew_when_it_changes(service: Service, client: httpx.Client) -> None:
    data = Path(service.environment["LEDGER_EXPORTS"]).parent / "data"
    shutil.copytree(FIXTURE, data)
    sources = data / "sources" / "globex.toml"
    sources.write_text(sources.read_text().replace('kind = "news"', 'kind = "report"'))

    service.run("publish", str(data))

    wait_for_revision(client, 2)
    assert client.get("/v1/outlets/report").json()["revision"] == 2
    assert client.get("/v1/outlets/report?as_of=1").status_code == 404
