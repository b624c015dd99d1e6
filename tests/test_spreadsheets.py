"""Spreadsheets and the like: the exact requests that they send get answers that they can read.

Taken from their makers' documentation and from server logs: Power Query of Excel and Power BI
(`Microsoft.Data.Mashup`), Office opening an address, the web data connectors of Tableau, which are
pages with jQuery, Google Sheets, LibreOffice, and what reads Parquet by ranges, such as DuckDB.
"""

from __future__ import annotations

import csv
import io
from typing import Any

import httpx
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from support.lists import everything, walk

ASKED = [("driver_group", "ai"), ("sort", "id")]
QUESTION = "/v1/waves?driver_group=ai&sort=id"
STATISTICS = "/v1/statistics?group_by=year"
MASHUP = {
    "user-agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
    "accept-encoding": "gzip, deflate",
    "connection": "Keep-Alive",
}
OFFICE = {
    "user-agent": "Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Win64; x64; ms-office)",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate",
    "connection": "Keep-Alive",
}
SHEETS = {
    "user-agent": "Mozilla/5.0 (compatible; GoogleDocs; apps-spreadsheets; +http://docs.google.com)",
    "accept-encoding": "gzip, deflate, br",
}
LIBRE = {"user-agent": "LibreOffice 24.8.4.2 curl/8.9.1 OpenSSL/3.3.2"}
DUCKDB = {"user-agent": "cpp-httplib/0.14.3", "accept": "*/*", "connection": "keep-alive"}
TABLEAU = {
    "user-agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "QtWebEngine/6.5.3 Chrome/108.0.5359.220 Safari/537.36 Tableau",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-US,en;q=0.9",
    "origin": "https://connector.example",
    "referer": "https://connector.example/",
    "sec-fetch-mode": "cors",
    "sec-fetch-site": "cross-site",
}
JQUERY = "application/json, text/javascript, */*; q=0.01"


def send(
    client: httpx.Client, method: str, address: str, headers: dict[str, str]
) -> httpx.Response:
    """Send these headers and no others: one of our clients would add some."""
    return client.send(
        httpx.Request(method, client.base_url.join(address), headers=headers), follow_redirects=True
    )


def table(answer: httpx.Response) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def ids(real: httpx.Client) -> list[str]:
    return [one["id"] for one in walk(real, "/v1/waves", [*ASKED, ("limit", "200")])]


@pytest.mark.parametrize(
    "headers", [MASHUP, OFFICE, SHEETS, LIBRE], ids=lambda one: one["user-agent"]
)
def test_a_whole_question_comes_as_csv(
    real: httpx.Client, headers: dict[str, str], ids: list[str]
) -> None:
    """Power Query requests the address once for a preview and again to load it."""
    for _ in range(2):
        answer = send(real, "GET", f"{QUESTION}&format=csv", headers)

        assert [row["id"] for row in table(answer)] == ids
        # Without a mark, Excel reads the bytes in its own code page.
        assert answer.content.startswith(b"\xef\xbb\xbf")
        encoding = answer.headers.get("content-encoding", "identity")
        assert encoding in {"identity", *headers.get("accept-encoding", "").split(", ")}


def test_power_query_reads_parquet_statistics_and_follows_pages(
    real: httpx.Client, ids: list[str]
) -> None:
    whole = send(real, "GET", f"{QUESTION}&format=parquet", MASHUP)
    assert pq.read_table(io.BytesIO(whole.content)).column("id").to_pylist() == ids
    counted = table(send(real, "GET", f"{STATISTICS}&format=csv", MASHUP))
    groups = real.get(STATISTICS).json()["data"]
    assert [int(row["waves"]) for row in counted] == [one["waves"] for one in groups]

    # `Json.Document(Web.Contents(…))` without saying what it accepts, page after page.
    found: list[str] = []
    address: str | None = f"{QUESTION}&limit=25"
    while address is not None:
        page = send(real, "GET", address, MASHUP)
        assert page.headers["content-type"] == "application/json"
        document: dict[str, Any] = page.json()
        found += [one["id"] for one in document["data"]]
        address = document["links"]["next"]
    assert found == ids


def test_office_opens_the_address_of_a_workbook(real: httpx.Client, ids: list[str]) -> None:
    """It looks for a document server in the folder, asks whether there is a file, then opens it."""
    address = f"{QUESTION}&format=xlsx"
    discovery = send(real, "OPTIONS", "/v1/", {"user-agent": "Microsoft Office Protocol Discovery"})
    exists = send(
        real,
        "HEAD",
        address,
        {
            "user-agent": "Microsoft Office Existence Discovery",
            "content-length": "0",
            "pragma": "no-cache",
        },
    )
    opened = send(real, "GET", address, OFFICE)

    assert discovery.status_code < 500
    assert "dav" not in discovery.headers
    assert "ms-author-via" not in discovery.headers
    assert exists.status_code == 200
    assert exists.content == b""
    for name in ("content-type", "content-disposition", "etag"):
        assert exists.headers[name] == opened.headers[name]
    book = CalamineWorkbook.from_filelike(io.BytesIO(opened.content))
    assert [row[0] for row in book.get_sheet_by_name("Data").to_python()] == ["id", *ids]
    again = send(real, "GET", address, {**OFFICE, "if-none-match": opened.headers["etag"]})
    assert again.status_code == 304
    # A file that it might write to is locked and listed first: neither is possible here.
    for method in ("PROPFIND", "LOCK"):
        refused = send(real, method, address, OFFICE)
        assert refused.status_code == 405
        assert "GET" in refused.headers["allow"]


def test_a_connector_of_tableau_is_a_page_from_elsewhere(
    real: httpx.Client, ids: list[str]
) -> None:
    """jQuery adds `_` and the time so that nothing is cached; its own header needs a preflight."""
    fresh = "_=1796000000000"
    as_csv = send(
        real, "GET", f"{QUESTION}&format=csv&bom=false&{fresh}", {**TABLEAU, "accept": "*/*"}
    )
    as_json = send(real, "GET", f"{QUESTION}&limit=200&{fresh}", {**TABLEAU, "accept": JQUERY})
    asked = {
        "access-control-request-method": "GET",
        "access-control-request-headers": "if-none-match",
    }
    preflight = send(real, "OPTIONS", QUESTION, {**TABLEAU, **asked})

    assert [row["id"] for row in table(as_csv)] == ids
    assert not as_csv.content.startswith(b"\xef\xbb\xbf")
    assert [one["id"] for one in as_json.json()["data"]] == ids[:200]
    for answer in (as_csv, as_json, preflight):
        assert answer.headers["access-control-allow-origin"] == "*"
    assert "link" in as_json.headers["access-control-expose-headers"].lower()
    assert preflight.status_code in {200, 204}
    assert "if-none-match" in preflight.headers["access-control-allow-headers"].lower()
    # The cache buster is not part of the question: nobody cites it, and it is in no next page.
    assert "_=" not in as_json.json()["links"]["self"]


class Ranges(io.RawIOBase):
    """A file that is read by requests of its ranges, as DuckDB, Polars and Spark read Parquet."""

    def __init__(self, client: httpx.Client, address: str) -> None:
        self.client, self.address, self.place = client, address, 0
        head = send(client, "HEAD", address, DUCKDB)
        assert head.headers["accept-ranges"] == "bytes"
        self.size, self.etag = int(head.headers["content-length"]), head.headers["etag"]
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.place = (
            offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        )
        return self.place

    def readinto(self, buffer: Any) -> int:
        last = min(self.place + len(buffer), self.size) - 1
        if last < self.place:
            return 0
        span = {"range": f"bytes={self.place}-{last}", "if-match": self.etag}
        answer = send(self.client, "GET", self.address, {**DUCKDB, **span})
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {self.place}-{last}/{self.size}"
        buffer[: len(answer.content)] = answer.content
        self.place += len(answer.content)
        self.read_bytes += len(answer.content)
        return len(answer.content)


def test_a_table_of_an_export_is_read_by_ranges(real: httpx.Client) -> None:
    """A column of it costs a part of the file."""
    newest = real.get("/v1/exports").json()["newest"]["revision"]
    file = Ranges(real, f"/v1/exports/{newest}/claims.parquet")
    claims = pq.read_table(io.BufferedReader(file, 1024), columns=["kind", "claim_id"])

    told = everything(real, "/v1/claims")
    assert sorted(claims.column("claim_id").to_pylist()) == sorted(one["id"] for one in told)
    assert file.read_bytes < file.size / 2
