"""Where SQL, curated files, guide and committed document are, in a checkout and in a wheel."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel contains the folders inside the package; in a checkout they are at the top.
ROOT = PACKAGE if (PACKAGE / "sql").is_dir() else PACKAGE.parents[1]

SQL = ROOT / "sql"
DATA = ROOT / "data"
OPENAPI = ROOT / "openapi" / "openapi.json"
OPENAPI_EXAMPLES = ROOT / "openapi" / "examples.json"
OPENAPI_FIELD_EXAMPLES = ROOT / "openapi" / "field_examples.json"
DOCS = ROOT / "docs"
TEMPLATES = PACKAGE / "site" / "templates"
PAGES = PACKAGE / "pages" / "templates"
LIBRARIES = ("msgspec", "pyarrow")


@functools.cache
def statement(name: str) -> str:
    """Return the text of one file below `sql/`, such as `queries/read_revision.sql`."""
    return (SQL / name).read_text(encoding="utf-8")


def statements(folder: str) -> dict[str, str]:
    """Return the texts of all files in one folder below `sql/`, by name, in the order of names."""
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / folder).glob("*.sql"))
    }


def digest(*places: Path, without: tuple[str, ...] = ()) -> bytes:
    """Return the SHA-256 of files and folders: of the names and bytes of everything in them.

    `without` names top-level folders of a place that are skipped.
    """
    total = hashlib.sha256()
    for place in places:
        alone = [(".", str(place))] if place.is_file() else []
        for name, path in _files(str(place), "", without) if place.is_dir() else alone:
            with open(path, "rb") as file:  # noqa: PTH123 each start opens two thousand
                content = file.read()
            total.update(f"{name}\0{len(content)}\0".encode())
            total.update(content)
    return total.digest()


def flush(path: Path) -> None:
    """Make sure that a file, or the names in a folder, survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def library_versions() -> bytes:
    """Return the versions of the libraries that affect which bytes are written."""
    from importlib import metadata  # noqa: PLC0415 a tenth of the start of a command that asks nothing

    found = []
    for library in LIBRARIES:
        # If one is not installed, it writes nothing.
        with contextlib.suppress(metadata.PackageNotFoundError):
            found.append(f"{library} {metadata.version(library)}")
    return ", ".join(found).encode()


def _files(folder: str, above: str, without: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield name and path of each file of a folder, ordered by the parts of the name."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if not above and entry.name in without:
            continue
        name = f"{above}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _files(entry.path, f"{name}/", without)
        elif entry.is_file() and not entry.name.endswith(".pyc"):
            yield name, entry.path
