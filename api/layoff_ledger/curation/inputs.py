"""Digests of what the ledger was made from: they tell whether there is anything to publish.

Imports nothing that reads or publishes, so that a service whose files are already published need
not load it.
"""

from __future__ import annotations

from pathlib import Path

from layoff_ledger import input_digests, paths
from layoff_ledger.statement import Connection

NOTICE_FOLDERS = ("notices", "links")
"""Folders of `data/` that belong to the notices, which are published separately."""

INPUT = "curated"
"""The name of the digest of what the curated records were last made from."""
_RESOURCES = paths.PACKAGE / "resources"
_SEARCH = paths.PACKAGE / "search"


def input_digest(data: Path) -> bytes:
    """Return the digest of everything that decides what publishing these files would produce."""
    search = (_SEARCH / name for name in ("index.py", "stems.py", "tokens.py"))
    code = (paths.SQL, _RESOURCES, *search)
    return paths.digest(data, *code, without=NOTICE_FOLDERS)


def shape() -> bytes:
    """Return the digest of everything that decides how the same records become documents."""
    return paths.digest(paths.SQL, _RESOURCES)


async def is_published(connection: Connection, data: Path) -> bool:
    """Return whether exactly these files, with exactly this SQL, were published last."""
    stored = await input_digests.read(connection, INPUT)
    return stored is not None and stored == input_digest(data)
