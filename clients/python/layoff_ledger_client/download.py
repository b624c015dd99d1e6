"""Files of bulk exports: an interrupted download is resumed, a complete one is checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx

from layoff_ledger_client import models
from layoff_ledger_client.errors import DamagedDownloadError, UnreachableError
from layoff_ledger_client.exchange import Ask, Exchange, Talk
from layoff_ledger_client.operations import GET_EXPORT, GET_EXPORT_FILE, LIST_EXPORTS


def download(exchange: Exchange, name: str, to: str | Path, revision: int | None) -> Talk[Path]:
    """Download a file, or the rest of it; return its path.

    Raises `ValueError` if the export has no such file, and `DamagedDownloadError` if the file does
    not have the SHA-256 that the ledger gives.
    """
    if revision is None:
        export = (yield from exchange.ask(LIST_EXPORTS, {}, {})).newest
    else:
        export = yield from exchange.ask(GET_EXPORT, {"revision": revision}, {})
    described = next((one for one in export.files if one.name == name), None)
    if described is None:
        message = f"no file {name!r}; there are {', '.join(one.name for one in export.files)}"
        raise ValueError(message)
    path = Path(to) / name if Path(to).is_dir() else Path(to)
    if path.exists() and digest(path) == described.sha256:
        return path
    # Its name includes the digest, so that it is never continued with another file's bytes.
    part = path.with_name(f"{path.name}.{described.sha256[:12]}.part")
    url = exchange.url(GET_EXPORT_FILE.path, {"revision": export.revision, "file": name})
    yield from _fill(exchange, url, part, described)
    if digest(part) != described.sha256:
        part.unlink()
        message = f"{url} does not have the SHA-256 that the ledger gives; the download was removed"
        raise DamagedDownloadError(message)
    part.replace(path)
    return path


def _fill(exchange: Exchange, url: str, part: Path, described: models.ExportFile) -> Talk[None]:
    """Request what is missing until the file is complete; give up if no more bytes come."""
    with part.open("ab", buffering=0) as file:

        def size() -> int:
            return part.stat().st_size

        def sink(response: httpx.Response) -> Callable[[bytes], object]:
            if response.status_code != httpx.codes.PARTIAL_CONTENT:
                file.truncate(0)
            return file.write

        def ask() -> Ask:
            headers = {
                # The digest is that of the uncompressed bytes.
                "accept-encoding": "identity",
                "range": f"bytes={size()}-",
                "if-range": f'"{described.sha256}"',
            }
            return Ask(url, headers, sink)

        before = -1
        while before < size() < described.bytes:
            before = size()
            try:
                yield from exchange.send(ask)
            except UnreachableError:
                if size() == before:
                    raise


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
