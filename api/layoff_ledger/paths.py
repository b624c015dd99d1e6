"""Where SQL, curated files, guide and committed document lie, in a checkout and in a wheel."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent
# A wheel carries the folders inside the package; in a checkout they are at the top.
ROOT = PACKAGE if (PACKAGE / "sql").is_dir() else PACKAGE.parents[1]

SQL = ROOT / "sql"
DATA = ROOT / "data"
OPENAPI = ROOT / "openapi" / "openapi.json"
OPENAPI_EXAMPLES = ROOT / "openapi" / "examples.json"
DOCS = ROOT / "docs"
TEMPLATES = PACKAGE / "site" / "templates"
PAGES = PACKAGE / "pages" / "templates"


@functools.cache
def statement(name: str) -> str:
    """Give the text of one file below `sql/`, such as `queries/read_revision.sql`."""
    return (SQL / name).read_text(encoding="utf-8")


def statements(folder: str) -> dict[str, str]:
    """Give the texts of all files in one folder below `sql/`, by name, in the order of names."""
    return {
        path.stem: path.read_text(encoding="utf-8") for path in sorted((SQL / folder).glob("*.sql"))
    }


def digest(*places: Path, without: tuple[str, ...] = ()) -> bytes:
    """Give the SHA-256 of files and folders: of the names and the bytes of all that they hold.

    `without` names folders at the top of a place that are passed over.
    """
    total = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            name = path.relative_to(place).as_posix()
            if name.partition("/")[0] in without:
                continue
            if path.is_file() and path.suffix != ".pyc":
                total.update(f"{name}\0{path.stat().st_size}\0".encode())
                total.update(path.read_bytes())
    return total.digest()
