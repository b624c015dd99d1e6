"""Bulk exports in a bucket: written at publication, served in parts, on a server that speaks S3."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from msgspec import Struct

from layoff_ledger.exports.bucket import Bucket, BucketError
from layoff_ledger.settings import read
from support.databases import make_database, publish_folder
from support.revisions import FIXTURE, edit
from support.services import free_port, get_when_available, run, serving, wait_for_revision
from support.waiting import wait_until

pytestmark = pytest.mark.slow
BUCKET = "ledger-files"


class Store(Struct, frozen=True):
    """A running store, and the keys of somebody who may write to its bucket."""

    endpoint: str
    key: str
    secret: str

    def address(self, *, key: str | None = None, bucket: str = BUCKET) -> str:
        user = f"{quote(key or self.key)}:{quote(self.secret, safe='')}"
        return (
            f"s3://{user}@{bucket}/all/exports?endpoint_override={self.endpoint}&region=eu-west-1"
        )

    def client(self, what: str = "s3") -> Any:
        import boto3

        return boto3.client(
            what,
            endpoint_url=self.endpoint,
            region_name="eu-west-1",
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
        )

    def names(self) -> list[str]:
        listed = self.client().list_objects_v2(Bucket=BUCKET).get("Contents", [])
        # A name that ends in a slash stands for a folder.
        return sorted(one["Key"] for one in listed if not one["Key"].endswith("/"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    log = tmp_path_factory.mktemp("store") / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            # The bucket and the user are made; from then on keys have to be right.
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": "4"},
            stdout=output,
            stderr=output,
        )
    try:
        for _ in range(400):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{endpoint}/moto-api/")
                break
            time.sleep(0.05)
        first = Store(endpoint, "any", "any")
        first.client().create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        users = first.client("iam")
        users.create_user(UserName="ledger")
        everything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
        users.put_user_policy(UserName="ledger", PolicyName="all", PolicyDocument=everything)
        made = users.create_access_key(UserName="ledger")["AccessKey"]
        yield Store(endpoint, made["AccessKeyId"], made["SecretAccessKey"])
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_an_export_is_written_at_publication_and_served_in_parts(
    server: str, fixture_template: str, tmp_path: Path, store: Store
) -> None:
    data = Path(shutil.copytree(FIXTURE, tmp_path / "data"))
    url = asyncio.run(make_database(server, fixture_template))
    environment = {"DATABASE_URL": url, "LEDGER_HOME": str(tmp_path / "home")}
    with serving("--data", str(data), environment=environment) as plain:
        expected = get_when_available(plain, "/v1/exports/1").json()["files"]
        bodies = {
            one["name"]: plain.get(f"/v1/exports/1/{one['name']}").content for one in expected
        }

    environment |= {"LEDGER_EXPORTS": store.address(), "LEDGER_HOME": str(tmp_path / "other")}
    with serving("--data", str(data), environment=environment) as client:
        # Nobody has asked for it.
        names: list[str] = []
        while not any(name.endswith("/SHA256SUMS") for name in names):
            names = store.names()
        # If the list of checksums is there, so are all other files.
        folder = names[0].rpartition("/")[0] + "/"
        assert folder.startswith("all/exports/r1-")
        assert {name.removeprefix(folder) for name in names} == set(bodies)

        files = get_when_available(client, "/v1/exports/1").json()["files"]
        assert [(one["name"], one["sha256"]) for one in files] == [
            (one["name"], one["sha256"]) for one in expected
        ]
        for one in files:
            path = f"/v1/exports/1/{one['name']}"
            whole = client.get(path)
            assert whole.content == bodies[one["name"]]
            assert hashlib.sha256(whole.content).hexdigest() == one["sha256"]
            if one["bytes"] < 21:
                continue
            part = client.get(path, headers={"range": "bytes=7-20"})
            assert part.status_code == 206
            assert part.content == bodies[one["name"]][7:21]
        etag = client.head("/v1/exports/1/waves.parquet").headers["etag"]
        path = "/v1/exports/1/waves.parquet"
        assert client.get(path, headers={"if-none-match": etag}).status_code == 304
        assert client.get(path, headers={"range": "bytes=999999999-"}).status_code == 416
        # The disk has the files that describe them.
        [kept] = (tmp_path / "other" / "exports").glob("r1-*")
        assert not list(kept.glob("*.parquet"))

        # Another revision is written when it is published, and the first one stays.
        edit(data, "waves/globex-2023-09.toml", "low = 300", "low = 400")
        asyncio.run(publish_folder(url, data))
        wait_for_revision(client, 2)
        wait_until(lambda: sum(name.endswith("SHA256SUMS") for name in store.names()) == 2)

        # What somebody removed from the bucket is made again.
        store.client().delete_object(Bucket=BUCKET, Key=f"{folder}waves.parquet")
        store.client().delete_object(Bucket=BUCKET, Key=f"{folder}SHA256SUMS")
        assert client.get(path).status_code == 503
        again = get_when_available(client, path)
        assert again.content == bodies["waves.parquet"]

    # Another host, with an empty disk, finds it in the bucket and makes nothing.
    written = store.names()
    environment["LEDGER_HOME"] = str(tmp_path / "third")
    with serving("--data", str(data), environment=environment) as client:
        assert get_when_available(client, path).content == bodies["waves.parquet"]
    assert store.names() == written


@pytest.mark.parametrize("fault", ["keys", "secret", "bucket", "nowhere"])
def test_a_bucket_that_cannot_be_used_is_refused_at_the_start_without_secrets(
    fixture_database: str, tmp_path: Path, store: Store, fault: str
) -> None:
    secret = store.secret
    address = {
        "keys": store.address(key="AKIAIOSFODNN7EXAMPLE"),
        "secret": Store(store.endpoint, store.key, "of-somebody-else").address(),
        "bucket": store.address(bucket="no-such-bucket"),
        "nowhere": Store(f"http://127.0.0.1:{free_port()}", store.key, secret).address(),
    }[fault]
    done = run(
        *("serve", "--port", str(free_port()), "--data", str(FIXTURE)),
        DATABASE_URL=fixture_database,
        LEDGER_HOME=str(tmp_path),
        LEDGER_EXPORTS=address,
    )
    assert done.returncode == 1
    line = done.stderr.strip().splitlines()[-1]
    said = (
        "there is no bucket 'no-such-bucket'" if fault == "bucket" else f"{BUCKET!r} cannot be used"
    )
    assert line.startswith("layoff-ledger: LEDGER_EXPORTS: ")
    assert said in line
    for hidden in (secret, "of-somebody-else", "AKIAIOSFODNN7EXAMPLE", store.key):
        assert hidden not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("s3://", "no bucket"),
        ("s3://[", "no bucket"),
        ("s3://bucket/prefix?endpoint=http://127.0.0.1", "an unknown parameter 'endpoint'"),
        ("s3://bucket?endpoint_override=ftp://127.0.0.1", "no http or https"),
    ],
)
def test_an_address_that_is_none_is_refused_in_words(address: str, reason: str) -> None:
    configured = read({"LEDGER_EXPORTS": address})

    with pytest.raises(BucketError, match=reason):
        Bucket(configured.bucket or "")
