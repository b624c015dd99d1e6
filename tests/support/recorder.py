"""Records what a service answers to some 300 requests, and compares two recordings.

    python -m support.recorder record OUT.json --url http://127.0.0.1:8000
    python -m support.recorder record OUT.json --fixture | --real | --backup FILE [--data FOLDER]
    python -m support.recorder compare BEFORE.json AFTER.json
    python -m support.recorder backup FILE

`--fixture` publishes the made-up ledger in three revisions and serves it; `--real` publishes
`data/`; `--backup` restores a ledger and serves it with the files from which its last revision was
published (those of the made-up ledger, unless `--data` names others). A restored ledger has the
same moments of publication, so what is made from those (exports, citations) is compared, too.
`backup` writes the made-up ledger in three revisions as this version publishes it, and beside it
what every later version has to answer of it (`lasting_digests`).

The service is only used through its command and HTTP, so one recorder records any version.

What differs by nature is replaced, and only that; each rule has a name in `RULES`.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import difflib
import gzip
import hashlib
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import brotli
import zstandard

from support import revisions

HOST = "ledger.example"
"""Sent as `Host`, so that addresses in answers do not depend on the port."""
MAX_WALK = 12
"""Pages of one walk."""
READY_SECONDS = 120
TIMEOUT_SECONDS = 120
RULES = {
    "date": "header Date: the moment of the answer",
    "server-timing": "header Server-Timing: how long it took, or that it came from the cache",
    "x-request-id": "header X-Request-Id, and request_id of a problem: new for each request, "
    "unless the request brought its own",
    "etag": "a weak ETag: a digest of the code is in it; its revision stays",
    "content-length": "header Content-Length where the body was encoded or a rule changed it; it "
    "was compared with the body",
    "published_at": "moments at which a revision was published, by the number of the revision",
    "accessed": "the day of access in citations",
}

Json = dict[str, Any]

FIXTURE_NAMES = {
    "wave": "globex-2023-01",
    "wave2": "globex-2023-09",
    "wave3": "umbrella-2023-04",
    "company": "globex",
    "company2": "initech",
    "source": "globex-8k-2023-01-10",
    "publisher": "The%20Weekly%20Example",
    "driver": "ai_automation",
    "driver2": "cost_control",
    "role": "engineering",
    "role2": "recruiting",
    "cik": "0000000001",
    "ticker": "NYSE:GLBX",
    "lei": "529900T8BM49AURSDO55",
    "wikidata": "Q1",
    "word": "globex",
    "typo": "umbrela",
    "begin": "umb",
    "words": "over-hiring%20recruiters",
    "revision": "3",
}
REAL_NAMES = {
    "wave": "meta-2022-11",
    "wave2": "meta-2023-03",
    "wave3": "amazon-2022-11",
    "company": "meta",
    "company2": "amazon",
    "source": "meta-dailyvoice-2022-11-09",
    "publisher": "SEC%20EDGAR",
    "driver": "ai_automation",
    "driver2": "cost_control",
    "role": "engineering",
    "role2": "recruiting",
    "cik": "0000066740",
    "ticker": "NYSE:MMM",
    "lei": "LUZQVYP4VS22CLWDAR65",
    "wikidata": "Q159433",
    "word": "amazon",
    "typo": "amazn",
    "begin": "ama",
    "words": "over-hiring%20recruiters",
    "revision": "1",
}

LISTS = ("waves", "companies", "sources", "drivers", "roles", "collections")
LIST_FORMATS = ("json", "csv", "ndjson", "csl", "bibtex", "ris", "text")
RECORD_FORMATS = ("json", "csl", "bibtex", "ris", "text")
MEDIA_TYPES = (
    "application/json",
    "text/csv",
    "application/x-ndjson",
    "application/vnd.citationstyles.csl+json",
    "application/x-bibtex",
    "application/x-research-info-systems",
    "text/x-bibliography",
    "application/atom+xml",
    "application/vnd.layoff-ledger.selection+json",
    "text/*",
    "image/png",
    "text/csv;q=0.5, application/json;q=0.4",
    "application/json;q=0, */*;q=0.1",
    "text/html, */*;q=0.8",
)
CITATION_TYPES = MEDIA_TYPES[3:7]
DIMENSIONS = (
    "company",
    "industry",
    "country",
    "driver",
    "driver_group",
    "role",
    "role_axis",
    "status",
    "form",
    "speaker",
    "collection",
    "year",
    "quarter",
    "month",
)
FILTERS = (
    "company={company}",
    "company={company},{company2}",
    "company={company}&company={company2}",
    "company_not={company}",
    "driver={driver}",
    "driver={driver},{driver2}&speaker=company",
    "driver_not={driver2}",
    "speaker=press",
    "driver={driver}&stance=denies",
    "stance=states",
    "standing=primary",
    "role={role}",
    "role={role}&effect=hired",
    "role_not={role2}",
    "effect=spared",
    "industry=51",
    "country=DE",
    "country_not=US",
    "company_country=SE,DE",
    "status=announced",
    "status_not=announced,completed",
    "form=closure",
    "collection=curated",
    "source={source}",
    "announced_gte=2023",
    "announced_gte=2023-01-10&announced_lte=2023-09",
    "headcount_gte=500",
    "headcount_lte=500&headcount_gte=80",
    "share_gte=0.1",
    "share_lte=0.5",
    "headcount_known=true",
    "headcount_known=false",
    "canonical=true",
    "canonical=false",
    "canonical=true,false",
    "q={word}",
    "q={words}",
)
PATHS = (
    # Pages and documents beside the operations.
    "/",
    "/docs",
    "/method",
    "/problems",
    "/problems/not_found",
    "/problems/invalid_parameters",
    "/problems/nope",
    "/.well-known/api-catalog",
    "/openapi.json",
    "/health/live",
    "/health/ready",
    "/robots.txt",
    "/favicon.ico",
    # Waves.
    "/v1/waves",
    "/v1/waves?limit=1",
    "/v1/waves?limit=3&count=none",
    "/v1/waves?limit=3&sort=announced_on",
    "/v1/waves?limit=3&sort=-headcount",
    "/v1/waves?limit=3&sort=headcount",
    "/v1/waves?limit=3&sort=id",
    "/v1/waves?limit=3&sort=-id",
    "/v1/waves?limit=5&q={word}&sort=-relevance",
    "/v1/waves?limit=2&expand=company",
    "/v1/waves?limit=2&expand=sources",
    "/v1/waves?limit=2&expand=company,sources&select=id,company,citations",
    "/v1/waves?select=id,status",
    "/v1/waves?select=headcount,id&limit=4&sort=-headcount",
    "/v1/waves?sample=3&seed=5",
    "/v1/waves?sample=3&seed=6&format=csv",
    "/v1/waves?sample=2&select=id",
    "/v1/waves?changed_since=0&limit=2",
    "/v1/waves?changed_since=1",
    "/v1/waves?format=csv&limit=3",
    "/v1/waves?format=csv&select=company,id",
    "/v1/waves?format=ndjson&limit=3",
    "/v1/waves?format=ndjson&select=id,title",
    "/v1/waves?format=csv&company={company}&sort=id",
    "/v1/waves?format=bibtex&company={company}&limit=2",
    "/v1/waves/{wave}",
    "/v1/waves/{wave2}",
    "/v1/waves/{wave3}",
    "/v1/waves/{wave}?expand=company",
    "/v1/waves/{wave}?expand=sources",
    "/v1/waves/{wave}?expand=company,sources",
    "/v1/waves/{wave}/history",
    "/v1/waves/{wave2}/history",
    "/v1/comparisons?wave={wave}&wave={wave2}",
    "/v1/comparisons?wave={wave},{wave2},{wave3}",
    # Companies, sources, vocabularies, collections.
    "/v1/companies?country=US&limit=5",
    "/v1/companies?industry=51&limit=5",
    "/v1/companies?parent={company}",
    "/v1/companies?cik={cik}",
    "/v1/companies?lei={lei}",
    "/v1/companies?wikidata={wikidata}",
    "/v1/companies?ticker={ticker}",
    "/v1/companies?sort=-name&limit=5",
    "/v1/companies?sort=-waves&limit=5",
    "/v1/companies?sort=waves&limit=5",
    "/v1/companies?sort=-id&limit=5",
    "/v1/companies?q={word}&sort=-relevance",
    "/v1/companies?select=id,name,totals&limit=5",
    "/v1/companies?changed_since=1",
    "/v1/companies/{company}",
    "/v1/companies/{company2}",
    "/v1/companies/{company}/indicators",
    "/v1/companies/{company2}/indicators",
    "/v1/companies/autocomplete?q={begin}",
    "/v1/companies/autocomplete?q={typo}",
    "/v1/companies/autocomplete?q={ticker}",
    "/v1/companies/autocomplete?q={cik}",
    "/v1/companies/autocomplete?q=zzzzqqq",
    "/v1/sources?kind=news&limit=4",
    "/v1/sources?standing=primary&limit=4",
    "/v1/sources?publisher={publisher}&limit=4",
    "/v1/sources?language=de&limit=4",
    "/v1/sources?published_gte=2023-01-01&published_lte=2023-06&limit=4",
    "/v1/sources?sort=published_on&limit=4",
    "/v1/sources?sort=publisher&limit=4",
    "/v1/sources?sort=-publisher&limit=4",
    "/v1/sources?q={word}&limit=4",
    "/v1/sources?select=id,url&limit=4",
    "/v1/sources/{source}",
    "/v1/drivers?group=technology",
    "/v1/drivers?sort=-waves",
    "/v1/drivers?sort=waves&select=code,waves",
    "/v1/drivers?q=automation",
    "/v1/drivers/{driver}",
    "/v1/drivers/{driver2}",
    "/v1/roles?axis=function",
    "/v1/roles?sort=-code",
    "/v1/roles?q=engineers",
    "/v1/roles/{role}",
    "/v1/roles/{role2}",
    "/v1/collections/curated",
    # Search.
    "/v1/search?q={word}",
    "/v1/search?q={word}&kind=wave&limit=5",
    "/v1/search?q={word}&kind=company,source",
    "/v1/search?q={typo}",
    "/v1/search?q={words}",
    "/v1/search?q=%22high%20interest%20rates%22",
    "/v1/search?q=K%C3%B6ln",
    "/v1/search?q=koln",
    "/v1/search?q=zzzzqqq",
    "/v1/search?q=a&limit=50",
    # Statistics beside the dimensions.
    "/v1/statistics?group_by=year,company&limit=10",
    "/v1/statistics?group_by=country,driver",
    "/v1/statistics?group_by=role,speaker&sort=-waves",
    "/v1/statistics?group_by=year&sort=-headcount_low",
    "/v1/statistics?group_by=company&limit=2",
    "/v1/statistics?group_by=year&canonical=true,false",
    "/v1/statistics?group_by=driver&speaker=company&stance=states",
    "/v1/statistics?group_by=industry&company={company}&format=csv",
    "/v1/statistics?group_by=month&q={word}",
    # Time.
    "/v1/revisions",
    "/v1/revisions?sort=number&limit=1",
    "/v1/revisions/1",
    "/v1/revisions/{revision}",
    "/v1/changes",
    "/v1/changes?limit=5",
    "/v1/changes?since=1",
    "/v1/changes?since=1&resource=wave",
    "/v1/changes?resource=company,source&limit=4",
    "/v1/changes?resource=company_indicators&format=ndjson",
    "/v1/changes?format=csv",
    "/v1/changes?format=ndjson&since=1",
    "/v1/changes?format=atom",
    "/v1/changes?format=atom&limit=3",
    "/v1/coverage",
    "/v1/dictionary",
    "/v1/exports",
    "/v1/exports/{revision}",
    "/v1/exports/1",
)
"""Paths for GET; `{name}` is a record of the recorded ledger."""
PINNED = (
    "/v1/waves?limit=4",
    "/v1/waves?format=csv",
    "/v1/waves?format=ndjson&select=id,headcount,revision",
    "/v1/waves?expand=company,sources&limit=2",
    "/v1/waves/{wave}",
    "/v1/waves/{wave2}?format=bibtex",
    "/v1/waves/{wave2}/history",
    "/v1/comparisons?wave={wave}&wave={wave2}",
    "/v1/companies?limit=4",
    "/v1/companies/{company}",
    "/v1/companies/{company}/indicators",
    "/v1/companies/autocomplete?q={begin}",
    "/v1/sources?format=csv",
    "/v1/drivers",
    "/v1/roles?format=csv",
    "/v1/collections",
    "/v1/statistics?group_by=company,year",
    "/v1/statistics?group_by=industry&format=csv",
    "/v1/search?q={word}",
    "/v1/revisions",
    "/v1/changes",
    "/v1/coverage",
    "/v1/dictionary",
    "/v1/exports",
)
"""Asked as of every revision."""
GONE = (
    "/v1/waves/hooli-2023-12",
    "/v1/waves/hooli-2023-12?as_of=1",
    "/v1/waves/hooli-2023-12/history",
    "/v1/waves/initech-2023-03",
    "/v1/waves/initech-2023-03?format=bibtex",
    "/v1/waves/initech-2023-03?as_of=2",
    "/v1/waves/initech-2023-03/history",
    "/v1/waves?company=umbrella",
    "/v1/companies/umbrella",
    "/v1/companies/umbrella?as_of=1",
    "/v1/companies/umbrella/indicators",
    "/v1/companies/umbrella-group",
    "/v1/companies/umbrella-group?as_of=1",
    "/v1/sources/globex-copy-2023-01",
    "/v1/sources/globex-copy-2023-01?as_of=2",
    "/v1/waves/hooli-2024-01?as_of=1",
    "/v1/comparisons?wave=hooli-2023-12&wave=globex-2023-01",
)
"""Records that the third revision of the made-up ledger no longer has; unknown elsewhere."""
WALKS = (
    "/v1/waves?limit=3",
    "/v1/waves?limit=3&sort=-headcount",
    "/v1/waves?limit=2&sort=id&select=id",
    "/v1/waves?limit=4&q={word}&sort=-relevance",
    "/v1/companies?limit=2&sort=name",
    "/v1/companies?limit=2&sort=-waves",
    "/v1/sources?limit=3&sort=publisher",
    "/v1/sources?limit=3",
    "/v1/drivers?limit=2",
    "/v1/changes?limit=9",
    "/v1/revisions?limit=1",
    "/v1/waves?limit=3&as_of=1",
)
"""Lists whose `links.next` is followed."""
ERRORS = (
    "/v1/waves?limit=0",
    "/v1/waves?limit=1001",
    "/v1/waves?limit=x",
    "/v1/waves?limit=1&limit=2",
    "/v1/waves?limti=1",
    "/v1/waves?offset=10",
    "/v1/waves?page=2",
    "/v1/waves?company=nope",
    "/v1/waves?driver=ai_automatoin",
    "/v1/waves?role=manager",
    "/v1/waves?country=UK",
    "/v1/waves?country=xx,yy",
    "/v1/waves?status=nope",
    "/v1/waves?industry=99",
    "/v1/waves?source=nope",
    "/v1/waves?announced_gte=2023-13",
    "/v1/waves?announced_gte=2024&announced_lte=2023",
    "/v1/waves?headcount_gte=-1",
    "/v1/waves?headcount_gte=2147483648",
    "/v1/waves?share_gte=2",
    "/v1/waves?headcount_known=maybe",
    "/v1/waves?sort=nope",
    "/v1/waves?sort=-relevance",
    "/v1/waves?select=nope",
    "/v1/waves?expand=nope",
    "/v1/waves?format=nope",
    "/v1/waves?format=atom",
    "/v1/waves?sample=3&limit=2",
    "/v1/waves?sample=0",
    "/v1/waves?seed=x&sample=2",
    "/v1/waves?cursor=nope",
    "/v1/waves?cursor=e30",
    "/v1/waves?as_of=99",
    "/v1/waves?as_of=0",
    "/v1/waves?as_of=nope",
    "/v1/waves?as_of=1999-01-01",
    "/v1/waves?q=",
    "/v1/waves?company=a%00",
    "/v1/waves?company=%ff",
    "/v1/waves?limit=0&sort=nope&driver=nope",
    "/v1/waves?expand=company&format=csv",
    "/v1/waves/nope",
    "/v1/waves/globex-2023-1",
    "/v1/waves/nope/history",
    "/v1/waves/a%00b",
    "/v1/waves/{wave}/",
    "/v1/waves/{wave}?format=csv",
    "/v1/waves/{wave}?limit=1",
    "/v1/waves/",
    "/v1",
    "/v1/",
    "/v2/waves",
    "/nope",
    "//v1//waves",
    "/v1/companies/nope",
    "/v1/companies/google",
    "/v1/companies?cik=nope",
    "/v1/companies/autocomplete",
    "/v1/drivers/nope",
    "/v1/drivers?group=nope",
    "/v1/roles/nope",
    "/v1/roles?axis=nope",
    "/v1/sources/nope",
    "/v1/sources?kind=nope",
    "/v1/collections/nope",
    "/v1/collections?q=x",
    "/v1/comparisons",
    "/v1/comparisons?wave={wave}",
    "/v1/comparisons?wave={wave}&wave={wave}",
    "/v1/comparisons?wave={wave}&wave=nope",
    "/v1/statistics",
    "/v1/statistics?group_by=nope",
    "/v1/statistics?group_by=year,month,company",
    "/v1/statistics?group_by=year,year",
    "/v1/statistics?group_by=year&format=ndjson",
    "/v1/search",
    "/v1/search?q=x&kind=nope",
    "/v1/search?q=x&limit=51",
    "/v1/revisions/99",
    "/v1/revisions/0",
    "/v1/revisions/x",
    "/v1/changes?since=-1",
    "/v1/changes?since=99",
    "/v1/changes?resource=nope",
    "/v1/changes?format=bibtex",
    "/v1/exports/99",
    "/v1/exports/1/nope.csv",
    "/v1/exports/x/waves.csv",
    "/v1/coverage?x=1",
    "/health/ready?x=1",
)


class Recorder:
    """Sends requests one after the other and keeps each answer under a name."""

    def __init__(self, url: str, names: dict[str, str]) -> None:
        """Begin an empty recording of the service at an address."""
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.names = names
        self._today = datetime.datetime.now(datetime.UTC).date()
        self._published: dict[datetime.datetime, int] = {}
        """Moment of a publication, whole and to the second → number of the revision."""
        self.answers: dict[str, Json] = {}

    def ask(
        self, path: str, *, method: str = "GET", name: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request and record the answer; return status, headers and decoded body.

        `name` stands for the request in the recording if path and headers are not stable.
        """
        path = path.format(**self.names)
        written = {key.replace("_", "-"): value for key, value in headers.items()}
        status, pairs, body = self.send(path, method, written)
        decoded = decode(dict(pairs).get("content-encoding"), b"" if method == "HEAD" else body)
        if name is None:
            name = " ".join([method, path, *(f"{key}: {value};" for key, value in written.items())])
        assert name not in self.answers, f"recorded twice: {name}"
        self.answers[name] = self._normalise(status, pairs, body, decoded, written, method)
        return status, dict(pairs), decoded

    def send(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request exactly as it is written; return the answer as it came."""
        connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for key, value in {"host": HOST, **(headers or {})}.items():
                connection.putheader(key, value)
            connection.endheaders()
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, [(k.lower(), v) for k, v in answer.getheaders()], body
        finally:
            connection.close()

    def read_revisions(self) -> list[int]:
        """Learn when each revision was published; return their numbers."""
        _, _, body = self.send("/v1/revisions?sort=number")
        revisions_ = json.loads(body)["data"]
        for one in revisions_:
            moment = datetime.datetime.fromisoformat(one["published_at"])
            self._published[moment] = one["number"]
            self._published.setdefault(moment.replace(microsecond=0), one["number"])
        return [one["number"] for one in revisions_]

    def _normalise(
        self,
        status: int,
        pairs: list[tuple[str, str]],
        body: bytes,
        decoded: bytes,
        sent: dict[str, str],
        method: str,
    ) -> Json:
        headers = dict(pairs)
        own_id = headers.get("x-request-id")
        try:
            text = decoded.decode()
        except UnicodeDecodeError:
            shown = f"<{len(decoded)} bytes, sha256 {hashlib.sha256(decoded).hexdigest()}>"
        else:
            shown = self._published_at(text)
            if own_id and own_id != sent.get("x-request-id"):
                shown = shown.replace(own_id, "<x-request-id>")
            if headers.get("content-type", "").partition(";")[0] in CITATION_TYPES:
                shown = self._accessed(shown)
        changed = shown != decoded.decode(errors="replace")
        kept = []
        for key, value in sorted(pairs):
            kept.append([key, self._header(key, value, sent)])
            if key == "content-length" and method != "HEAD":
                assert status == 304 or int(value) == len(body), (value, len(body))
                if "content-encoding" in headers or changed:
                    kept[-1][1] = "<content-length>"
            elif key == "content-length":
                # The body was not sent; that of GET for the same path is recorded separately.
                kept[-1][1] = "<content-length>"
        return {"status": status, "headers": kept, "body": shown}

    def _header(self, key: str, value: str, sent: dict[str, str]) -> str:
        if key in {"date", "server-timing"}:
            return f"<{key}>"
        if key == "x-request-id" and value != sent.get(key):
            return "<x-request-id>"
        if key == "etag":
            return re.sub(r'^W/"(.*-)?[0-9a-f]{16}"$', r'W/"\1<digest>"', value)
        return value

    def _published_at(self, text: str) -> str:
        def name(found: re.Match[str]) -> str:
            number = self._published.get(datetime.datetime.fromisoformat(found[0]))
            # The digits are replaced, the form stays.
            shape = re.sub(r"[0-9]", "0", re.sub(r"\.[0-9]+", ".0", found[0]))
            return found[0] if number is None else f"<published_at {number}: {shape}>"

        return _MOMENT.sub(name, text)

    def _accessed(self, text: str) -> str:
        day = self._today
        for written in (
            f"{day:%Y-%m-%d}",
            f"{day:%Y/%m/%d}",
            f"[{day.year},{day.month},{day.day}]",
        ):
            text = text.replace(written, "<day>")
        return text


_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
DECODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
}


def decode(encoding: str | None, body: bytes) -> bytes:
    """Undo a content encoding."""
    return body if encoding is None or not body else DECODERS[encoding](body)


def record(url: str, names: dict[str, str]) -> dict[str, Json]:
    """Send every request to the service at an address; return the answers by request."""
    recorder = Recorder(url, names)
    numbers = recorder.read_revisions()
    # An export that is still being made answers 503; that is not part of the recording.
    for number in numbers:
        while recorder.send(f"/v1/exports/{number}")[0] == http.HTTPStatus.SERVICE_UNAVAILABLE:
            time.sleep(1)
    # Two of them may be the same if there is only one revision.
    for path in dict.fromkeys(one.format(**names) for one in (*PATHS, *GONE, *ERRORS)):
        recorder.ask(path)
    for as_of in (*map(str, numbers), "2999-01-01"):
        for path in PINNED:
            recorder.ask(f"{path}{'&' if '?' in path else '?'}as_of={as_of}")
    _record_formats(recorder)
    _record_filters(recorder)
    _record_walks(recorder)
    _record_exports(recorder, numbers)
    _record_http(recorder)
    return recorder.answers


def _record_formats(recorder: Recorder) -> None:
    for one in LISTS:
        for format_ in LIST_FORMATS:
            recorder.ask(f"/v1/{one}?format={format_}")
    for path in ("/v1/waves/{wave}", "/v1/sources/{source}"):
        for format_ in RECORD_FORMATS:
            recorder.ask(f"{path}?format={format_}")
    for path in (
        "/v1/waves",
        "/v1/waves?limit=2",
        "/v1/waves/{wave}",
        "/v1/companies?limit=2",
        "/v1/companies/{company}",
        "/v1/statistics?group_by=year",
        "/v1/changes?limit=2",
        "/v1/coverage",
        "/nope",
    ):
        for media_type in MEDIA_TYPES:
            recorder.ask(path, accept=media_type)
    # A format that is named takes precedence over what is accepted.
    recorder.ask("/v1/waves?format=csv&limit=1", accept="application/json")
    recorder.ask("/v1/waves?format=json&limit=1", accept="text/csv")
    recorder.ask("/v1/waves?f%6Frmat=ndjson&limit=1")


def _record_filters(recorder: Recorder) -> None:
    for one in FILTERS:
        recorder.ask(f"/v1/waves?{one}&select=id,headcount,share&limit=40")
        recorder.ask(f"/v1/statistics?group_by=status&{one}")
    for dimension in DIMENSIONS:
        recorder.ask(f"/v1/statistics?group_by={dimension}")
        recorder.ask(f"/v1/statistics?group_by={dimension},company&limit=20")
        recorder.ask(f"/v1/statistics?group_by={dimension}&format=csv&canonical=true,false")
    for format_ in ("csl", "bibtex", "ris", "text"):
        recorder.ask(f"/v1/statistics?group_by=year&format={format_}")


def _record_walks(recorder: Recorder) -> None:
    for path in WALKS:
        following = path
        for number in range(1, MAX_WALK + 1):
            _, _, body = recorder.ask(following, name=f"WALK {path} page {number}")
            link: str | None = json.loads(body)["links"]["next"]
            if link is None:
                break
            following = link.removeprefix(f"http://{HOST}")


def _record_exports(recorder: Recorder, numbers: list[int]) -> None:
    for number in numbers:
        _, _, body = recorder.ask(f"/v1/exports/{number}", name=f"EXPORT {number}")
        for file in json.loads(body)["files"]:
            path = file["url"].removeprefix(f"http://{HOST}")
            recorder.ask(path)
            if number == numbers[-1]:
                recorder.ask(path, method="HEAD")
    _, headers, _ = recorder.ask("/v1/exports/1/waves.csv", range="bytes=0-99")
    tag = headers["etag"]
    recorder.ask("/v1/exports/1/waves.csv", range="bytes=-50")
    recorder.ask("/v1/exports/1/waves.csv", range="bytes=99999999-")
    recorder.ask("/v1/exports/1/waves.csv", range="bytes=0-9,20-29")
    recorder.ask("/v1/exports/1/waves.csv", range="bytes=0-9", if_range=tag)
    recorder.ask("/v1/exports/1/waves.csv", range="bytes=0-9", if_range='"other"')
    recorder.ask("/v1/exports/1/waves.csv", if_none_match=tag)


def _record_http(recorder: Recorder) -> None:
    paths = (
        "/v1/waves",
        "/v1/waves?limit=2",
        "/v1/waves?format=csv",
        "/v1/waves?as_of=1",
        "/v1/waves/{wave}",
        "/v1/waves/{wave}?format=bibtex",
        "/v1/companies/{company}",
        "/v1/statistics?group_by=year",
        "/v1/changes?format=atom",
        "/v1/search?q={word}",
        "/v1/dictionary",
        "/",
        "/openapi.json",
    )
    for path in paths:
        recorder.ask(path, method="HEAD")
        for encoding in ("gzip", "br", "zstd"):
            recorder.ask(path, accept_encoding=encoding)
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            recorder.ask(path, method=method)
        _, pairs, _ = recorder.send(path.format(**recorder.names))
        tag = dict(pairs).get("etag")
        if tag is not None:
            name = f"GET {path} if-none-match: <its own etag>"
            recorder.ask(path, name=name, if_none_match=tag)
            name = f"HEAD {path} if-none-match: <its own etag>"
            recorder.ask(path, method="HEAD", name=name, if_none_match=tag)
        recorder.ask(path, if_none_match="*")
        recorder.ask(path, if_none_match='W/"1-0000000000000000"')
    for path in ("/v1/waves/nope", "/v1/waves?limit=0", "/nope", "/health/live", "/docs"):
        recorder.ask(path, method="HEAD")
        recorder.ask(path, if_none_match="*")
    path = "/v1/waves?limit=20"
    for encoding in (
        "identity",
        "gzip;q=0.5, br;q=0.9",
        "*",
        "gzip;q=0",
        "identity;q=0, zstd",
        "x",
    ):
        recorder.ask(path, accept_encoding=encoding)
    recorder.ask(path, x_request_id="my-own.1")
    recorder.ask(path, x_request_id="not one")
    recorder.ask(path, origin="https://other.example")
    recorder.ask(
        path, method="OPTIONS", origin="https://o.example", access_control_request_method="GET"
    )
    recorder.ask(path, range="bytes=0-9")
    recorder.ask(path, host="evil host")
    recorder.ask("/v1/waves?q=" + "x" * 9_000, name="GET /v1/waves?q= and 9,000 characters")
    recorder.ask("/" + "x" * 9_000, name="GET / and 9,000 characters")
    recorder.ask("/v1/waves?" + "&".join(["company={company}"] * 300))


LASTING = (
    *(f"/v1/{name}?format=ndjson&as_of={{number}}" for name in LISTS),
    "/v1/changes?format=ndjson&as_of={number}",
    "/v1/companies/globex/indicators?as_of={number}",
    "/v1/revisions/{number}",
)
"""Published documents: no later version may answer another byte."""


def lasting_digests(url: str) -> dict[str, str]:
    """Return the SHA-256 of what must never change, by path, for each revision of a service."""
    recorder = Recorder(url, {})
    found = {}
    for number in range(1, revisions.REVISIONS + 1):
        for written in LASTING:
            path = written.format(number=number)
            status, _, body = recorder.send(path)
            assert status == http.HTTPStatus.OK, (path, status)
            found[path] = hashlib.sha256(body).hexdigest()
    return found


def compare(before: dict[str, Json], after: dict[str, Json]) -> list[str]:
    """Describe each difference between two recordings, a paragraph per request."""
    told = [f"{name}\n  only in the first recording" for name in before if name not in after]
    told += [f"{name}\n  only in the second recording" for name in after if name not in before]
    for name, old in before.items():
        new = after.get(name, old)
        lines = []
        if old["status"] != new["status"]:
            lines.append(f"status {old['status']} → {new['status']}")
        gone = [one for one in old["headers"] if one not in new["headers"]]
        come = [one for one in new["headers"] if one not in old["headers"]]
        lines += [f"- {key}: {value}" for key, value in gone]
        lines += [f"+ {key}: {value}" for key, value in come]
        if old["body"] != new["body"]:
            lines += _body_lines(old["body"], new["body"])
        if lines:
            told.append("\n  ".join([name, *lines]))
    return told


MAX_LINES = 40


def _body_lines(old: str, new: str) -> list[str]:
    before, after = _pretty(old), _pretty(new)
    if before == after:
        return ["the bodies are equal as JSON, and differ as text"]
    lines = list(difflib.unified_diff(before, after, "body before", "body after", "", "", 2, ""))
    more = len(lines) - MAX_LINES
    cut = [line if len(line) <= 300 else f"{line[:300]}…" for line in lines[:MAX_LINES]]
    return cut + ([f"… and {more} more lines"] if more > 0 else [])


def _pretty(body: str) -> list[str]:
    try:
        return json.dumps(json.loads(body), indent=1, ensure_ascii=False).splitlines()
    except ValueError:
        return body.splitlines()


def ledger(*arguments: str, environment: dict[str, str]) -> None:
    """Run the command to its end."""
    subprocess.run(
        [sys.executable, "-m", "layoff_ledger.cli", *arguments],
        env={**os.environ, **environment},
        check=True,
        stdout=sys.stderr,
    )


@contextlib.contextmanager
def served(data: Path | None, environment: dict[str, str]) -> Iterator[str]:
    """Serve a ledger with the command; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    files = [] if data is None else ["--data", str(data)]
    process = subprocess.Popen(
        [sys.executable, "-m", "layoff_ledger.cli", "serve", "--port", str(port), *files],
        env={**os.environ, **environment},
        stdout=sys.stderr,
    )
    try:
        for _ in range(READY_SECONDS * 10):
            with contextlib.suppress(OSError):
                if Recorder(f"http://127.0.0.1:{port}", {}).send("/health/ready")[0] == 200:
                    break
            assert process.poll() is None, "serve ended"
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def publish_revisions(folder: Path, environment: dict[str, str]) -> Path:
    """Publish the made-up ledger in all its revisions; return the files of the last one."""
    data = folder / "data"
    for number in range(1, revisions.REVISIONS + 1):
        revisions.revise(data, number)
        ledger("publish", str(data), "--note", revisions.NOTES[number], environment=environment)
    return data


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status."""
    given = _parser().parse_args(arguments)
    status: int = given.run(given)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m support.recorder", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    record_ = commands.add_parser("record", help="send the requests, write the answers")
    record_.add_argument("file", type=Path)
    which = record_.add_mutually_exclusive_group(required=True)
    which.add_argument("--url", help="address of a running service")
    which.add_argument("--fixture", action="store_true", help="the made-up ledger, published now")
    which.add_argument("--real", action="store_true", help="the curated data, published now")
    which.add_argument("--backup", type=Path, help="a ledger that `backup` wrote")
    record_.add_argument("--data", type=Path, help="files of the last revision of the backup")
    record_.add_argument(
        "--names", choices=["fixture", "real"], help="which records the requests name"
    )
    record_.set_defaults(run=_record)
    compare_ = commands.add_parser("compare", help="print what differs; exit 1 if anything does")
    compare_.add_argument("before", type=Path)
    compare_.add_argument("after", type=Path)
    compare_.set_defaults(run=_compare)
    backup = commands.add_parser("backup", help="publish the made-up ledger and back it up")
    backup.add_argument("file", type=Path)
    backup.set_defaults(run=_backup)
    return parser


def _home(folder: Path) -> dict[str, str]:
    home = str(folder / "home")
    return {"LEDGER_HOME": home, "LEDGER_EXPORTS": str(folder / "exports"), "DATABASE_URL": ""}


def _record(given: argparse.Namespace) -> int:
    is_real = given.real or given.data is not None
    kind = given.names or ("real" if is_real else "fixture")
    names = REAL_NAMES if kind == "real" else FIXTURE_NAMES
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        if given.url is not None:
            answers = record(given.url, names)
        else:
            data = given.data
            if given.fixture:
                data = publish_revisions(folder, _home(folder))
            elif given.backup is not None:
                ledger("restore", str(given.backup), environment=_home(folder))
                if data is None:
                    data = folder / "data"
                    for number in range(1, revisions.REVISIONS + 1):
                        revisions.revise(data, number)
            with served(data, _home(folder)) as url:
                answers = record(url, names)
    text = json.dumps({"rules": RULES, "answers": answers}, indent=1, ensure_ascii=False)
    given.file.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {given.file}: {len(answers)} answers")  # noqa: T201
    return 0


def _compare(given: argparse.Namespace) -> int:
    before, after = (
        json.loads(file.read_text(encoding="utf-8"))["answers"]
        for file in (given.before, given.after)
    )
    differences = compare(before, after)
    for one in differences:
        print(one, end="\n\n")  # noqa: T201
    print(f"{len(differences)} of {len(before)} answers differ")  # noqa: T201
    return 1 if differences else 0


def _backup(given: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as written:
        folder = Path(written)
        data = publish_revisions(folder, _home(folder))
        target = given.file.absolute()
        ledger("backup", str(target), "--force", environment=_home(folder))
        with served(data, _home(folder)) as url:
            digests = lasting_digests(url)
        target.with_suffix(".json").write_text(json.dumps(digests, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
