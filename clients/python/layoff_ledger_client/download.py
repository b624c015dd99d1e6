"""A file of a bulk export: what broke off goes on, and what is whole has its SHA-256."""

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
    """Download a file, or what is missing of it; give its path.

    Raises `ValueError` if the export has no such file, `DamagedDownloadError` if what came is not
    what the ledger describes.
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
    # Named after what it will be, so that it is never gone on with as another file.
    part = path.with_name(f"{path.name}.{described.sha256[:12]}.part")
    url = exchange.url(GET_EXPORT_FILE.path, {"revision": export.revision, "file": name})
    yield from _fill(exchange, url, part, described)
    if digest(part) != described.sha256:
        part.unlink()
        message = f"{url} did not come as the ledger describes it; what came was removed"
        raise DamagedDownloadError(message)
    part.replace(path)
    return path


def _fill(exchange: Exchange, url: str, part: Path, described: models.ExportFile) -> Talk[None]:
    """Ask for what is missing until nothing is; give up where nothing more comes."""
    with part.open("ab", buffering=0) as file:

        def size() -> int:
            return part.stat().st_size

        def sink(response: httpx.Response) -> Callable[[bytes], object]:
            if response.status_code != httpx.codes.PARTIAL_CONTENT:
                file.truncate(0)
            return file.write

        def ask() -> Ask:
            headers = {
                # The digest is of the bytes as they are.
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
    """Give the SHA-256 of a file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
