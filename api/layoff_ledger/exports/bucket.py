"""Exports in a bucket of an S3-compatible store (`LEDGER_EXPORTS=s3://…`), through pyarrow.

An export is a folder of objects. Each of them appears once it is complete, and the list of
checksums is written last: if that exists, all others do. If two hosts write the same export, they
write the same bytes: another version writes to a folder of its own (`describe.writer`).

Run as a program, it checks whether the bucket can be used: in a process of its own, because the S3
client has threads, and the server forks.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from layoff_ledger import settings
from layoff_ledger.exports import describe

PIECE_BYTES = 256 * 1024
CONNECT_SECONDS, REQUEST_SECONDS = 3.0, 10.0
_PARAMETERS = {"endpoint_override", "region", "scheme"}
_EXAMPLE = "s3://bucket/prefix?endpoint_override=https://s3.example.org"
_KEY_ID = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,}\b")
_PROBE = ".layoff-ledger-can-write"


class BucketError(Exception):
    """The bucket cannot be used; the message says why, without secrets."""


class Bucket:
    """A bucket, or what is below a prefix in it."""

    def __init__(self, address: str) -> None:
        """Read the address; raise `BucketError` in words. Nothing is connected to yet.

        The keys are in the address, or where AWS's tools look for them.
        """
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        unknown = sorted(query.keys() - _PARAMETERS)
        if unknown or not parts.hostname:
            what = f"an unknown parameter {unknown[0]!r}" if unknown else "no bucket"
            message = f"LEDGER_EXPORTS has {what}: write it as {_EXAMPLE}"
            raise BucketError(message)
        endpoint = query.pop("endpoint_override", "")
        scheme, separator, host = endpoint.partition("://")
        if separator:
            query["scheme"], endpoint = scheme, host.rstrip("/")
        if query.get("scheme", "https") not in {"http", "https"}:
            message = f"LEDGER_EXPORTS names no http or https: write it as {_EXAMPLE}"
            raise BucketError(message)
        self._options: dict[str, Any] = {**query, "endpoint_override": endpoint or None}
        if parts.username:
            keys = (unquote(parts.username), unquote(parts.password or ""))
            self._options |= dict(zip(("access_key", "secret_key"), keys, strict=True))
        # As written: `hostname` would be in lower case.
        self._bucket = parts.netloc.rpartition("@")[2]
        self._root = "/".join([self._bucket, *filter(None, parts.path.split("/"))])
        self._opened: Any = None

    def _files(self) -> Any:
        if self._opened is None:
            from pyarrow import fs  # noqa: PLC0415 many services have no bucket

            self._opened = fs.S3FileSystem(
                **self._options,
                connect_timeout=CONNECT_SECONDS,
                request_timeout=REQUEST_SECONDS,
                retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=3),
            )
        return self._opened

    def check(self) -> None:
        """Write something and remove it; raise `BucketError` if that is not possible."""
        try:
            if not self._files().get_file_info(self._bucket).type.value:
                message = f"LEDGER_EXPORTS: there is no bucket {self._bucket!r}"
                raise BucketError(message)
            probe = f"{self._root}/{_PROBE}"
            with self._files().open_output_stream(probe) as stream:
                stream.write(b"ok\n")
            self._files().delete_file(probe)
        except OSError as error:
            message = f"LEDGER_EXPORTS: the bucket {self._bucket!r} cannot be used: "
            raise BucketError(message + self._without_secrets(str(error))) from None

    def _without_secrets(self, text: str) -> str:
        for name in ("access_key", "secret_key"):
            if self._options.get(name):
                text = text.replace(self._options[name], "…")
        return _KEY_ID.sub("…", text).splitlines()[0]

    def has(self, name: str) -> bool:
        """Return whether there is a whole export; raise `OSError` if the store does not answer."""
        found: Any = self._files().get_file_info(f"{self._root}/{name}/{describe.SUMS}")
        return bool(found.is_file)

    def upload(self, folder: Path) -> None:
        """Write an export, its list of checksums last; raise `OSError` if that fails."""
        package = describe.read(folder)
        for file in sorted(package.files, key=lambda one: (one.name == describe.SUMS, one.name)):
            place = f"{self._root}/{folder.name}/{file.name}"
            metadata = {"Content-Type": file.media_type}
            with (
                (folder / file.name).open("rb") as source,
                self._files().open_output_stream(place, metadata=metadata) as target,
            ):
                while piece := source.read(PIECE_BYTES):
                    target.write(piece)
            found = self._files().get_file_info(place).size
            if found != file.bytes:
                message = f"{file.name} has {found} bytes in the bucket and not {file.bytes}"
                raise OSError(message)

    def download_described(self, folder: Path) -> None:
        """Fetch what describes an export, but no tables; raise `OSError` if that fails.

        Also raises it if something does not have the digest in the list of checksums.
        """
        for name in (describe.SUMS, *describe.DESCRIBING):
            with contextlib.suppress(FileNotFoundError):
                place = f"{self._root}/{folder.name}/{name}"
                with self._files().open_input_stream(place) as source:
                    (folder / name).write_bytes(source.read())
        present = {path.name for path in folder.iterdir()}
        damaged = present.intersection(describe.damaged(folder))
        if damaged:
            message = f"what describes {folder.name} was changed: {', '.join(sorted(damaged))}"
            raise OSError(message)

    async def open(
        self, name: str, file: str, size: int
    ) -> Callable[[int, int], AsyncIterator[bytes]]:
        """Open an object, and return a reader of parts of it, piece by piece.

        Raises `OSError` if it is gone, has another size, or the store does not answer.
        """
        place = f"{self._root}/{name}/{file}"
        opened = await asyncio.to_thread(self._files().open_input_file, place)
        found = await asyncio.to_thread(opened.size)
        if found != size:
            message = f"{file} has {found} bytes in the bucket and not {size}"
            raise OSError(message)

        async def pieces(start: int, end: int) -> AsyncIterator[bytes]:
            at = start
            while at < end:
                piece = await asyncio.to_thread(opened.read_at, min(PIECE_BYTES, end - at), at)
                if not piece:
                    message = f"{file} ended {end - at} bytes early"
                    raise OSError(message)
                at += len(piece)
                yield piece

        return pieces


def check_beside(address: str) -> None:
    """Check a bucket in a process of its own; raise `BucketError`."""
    # Not as an argument, which everybody on the machine can read.
    Bucket(address)
    done = subprocess.run(
        [sys.executable, "-m", "layoff_ledger.exports.bucket"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = (
            done.stdout.strip() or "LEDGER_EXPORTS: the bucket cannot be looked at"
        ).splitlines()
        raise BucketError(lines[-1])


def main() -> int:
    """Check the bucket of the environment, and print what is wrong."""
    address = settings.read().bucket
    try:
        if address is not None:
            Bucket(address).check()
    except BucketError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
