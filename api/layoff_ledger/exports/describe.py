"""The files beside the tables of an export: Data Package, CSVW, checksums, citation, and README.

It needs none of the libraries that write the tables, so that the service can read an export.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from layoff_ledger import paths
from layoff_ledger.exports.croissant import CROISSANT
from layoff_ledger.exports.croissant import document as croissant
from layoff_ledger.exports.tables import tables
from layoff_ledger.resources.base import Column, Json, Table
from layoff_ledger.resources.bibliography import AUTHOR, LEDGER

FORMATS = ("csv", "ndjson", "parquet")
MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "cff": "text/yaml",
    "md": "text/markdown",
    "": "text/plain",
}
PACKAGE = "datapackage.json"
CSVW = "csv-metadata.json"
CITATION = "CITATION.cff"
README = "README.md"
SUMS = "SHA256SUMS"
DESCRIBING = (PACKAGE, CSVW, CROISSANT, CITATION, README)
"""The files beside the tables and the list of checksums."""
ABSTRACT = (
    "A curated, citable knowledge base of layoffs: who cut how many jobs, when, why (as stated, "
    "and by whom), whose jobs they were, and which source says so."
)
CODE = (
    "exports",
    "resources",
    "vocabulary.py",
    "formats/arrow.py",
    "query/lists.py",
    "store/rendering.py",
)
"""The code that decides the bytes of a revision."""


class Export(Struct, frozen=True):
    """The revision that is exported."""

    revision: int
    published_at: datetime.datetime
    id: uuid.UUID
    base: str
    """The prefix of the addresses of records; they begin with `/v1/` if it is empty."""
    licenses: list[str]
    """SPDX identifiers of the licences of its collections."""


class File(Struct, frozen=True, kw_only=True):
    """A file of an export."""

    name: str
    table: str | None = None
    format: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None = None


class Package(Struct, frozen=True):
    """An export on disk."""

    revision: int
    files: list[File]


def identity(revision: int, published_at: datetime.datetime, base: str) -> uuid.UUID:
    """Return the identity of what is exported, by which it is cited.

    Another ledger's revision 1 was published at another time.
    """
    moment = published_at.astimezone(datetime.UTC).isoformat()
    return uuid.uuid5(uuid.NAMESPACE_URL, f"layoff-ledger {revision} {moment} {base}")


@functools.cache
def writer() -> str:
    """Return the name of what writes exports: after an upgrade, bytes of a revision may differ."""
    places = [paths.PACKAGE / place for place in CODE]
    code = paths.digest(*places, paths.SQL / "queries")
    return hashlib.sha256(code + paths.library_versions()).hexdigest()[:16]


def folder_name(revision: int, published_at: datetime.datetime, base: str) -> str:
    """Return an export's folder name, which no other ledger, address or writer shares."""
    return f"r{revision}-{identity(revision, published_at, base)}-{writer()}"


def file_of(path: Path, *, rows: int | None = None) -> File:
    """Measure a file; `rows` means that it contains a table."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    ending = path.suffix.removeprefix(".")
    return File(
        name=path.name,
        table=None if rows is None else path.stem,
        format=ending or "text",
        media_type=MEDIA_TYPES[ending],
        bytes=path.stat().st_size,
        sha256=digest,
        rows=rows,
    )


def read(folder: Path) -> Package:
    """Read which files an export has; raise `OSError` or `ValueError` if it is not an export."""
    package = msgspec.json.decode((folder / PACKAGE).read_bytes())
    try:
        tables = [
            File(
                name=one["path"],
                table=resource["name"],
                format=one["format"],
                media_type=one["mediatype"],
                bytes=one["bytes"],
                sha256=one["hash"].removeprefix("sha256:"),
                rows=resource["rows"],
            )
            for resource in package["resources"]
            for one in (resource, *resource["alternates"])
        ]
        revision = int(package["version"])
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{folder / PACKAGE} is not of an export"
        raise ValueError(message) from error
    described = (*DESCRIBING, SUMS)
    # Exports of an earlier version lack what was added since.
    others = [file_of(folder / name) for name in described if (folder / name).exists()]
    return Package(revision, [*tables, *others])


def identity_of(folder: Path) -> tuple[uuid.UUID, str | None] | None:
    """Return which export is in a folder, and by which writer; None if there is none."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        package = msgspec.json.decode((folder / PACKAGE).read_bytes())
        # Exports of an earlier version do not name one.
        return uuid.UUID(package["id"].removeprefix("urn:uuid:")), package.get("writer")
    return None


def damaged(folder: Path) -> list[str]:
    """Return the files that differ from the list of checksums, as `sha256sum -c` would."""
    wrong = []
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return [SUMS]
    for line in lines:
        digest, _, name = line.partition("  ")
        try:
            found = file_of(folder / name).sha256
        except (OSError, KeyError):
            found = None
        if found != digest:
            wrong.append(name)
    return wrong


def documents(export: Export, files: dict[str, list[File]]) -> dict[str, str]:
    """Return the documents that describe the tables' files, by name."""
    package = _package(export, files)
    of_tables = zip(tables(), package["resources"], strict=True)
    return {
        PACKAGE: _json(package),
        CSVW: _json(_csvw(export)),
        CROISSANT: _json(
            croissant(package, of_tables, revision=export.revision, at=export.published_at)
        ),
        CITATION: _citation(export),
        README: _readme(export, files),
    }


def _json(content: Json) -> str:
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"


def _moment(export: Export) -> str:
    return export.published_at.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def _license(identifier: str) -> str:
    return f"https://spdx.org/licenses/{identifier}.html"


def _package(export: Export, files: dict[str, list[File]]) -> Json:
    homepage = {"homepage": export.base} if export.base else {}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "layoff-ledger",
        "id": export.id.urn,
        "title": LEDGER,
        "description": f"{ABSTRACT} Revision {export.revision}.",
        **homepage,
        "version": str(export.revision),
        "created": _moment(export),
        # A property of our own: the same revision with other bytes is by another writer.
        "writer": writer(),
        "licenses": [{"name": one, "path": _license(one)} for one in export.licenses],
        "contributors": [{"title": AUTHOR, "roles": ["creator"]}],
        "keywords": ["layoffs", "labour market", "job cuts", "open data"],
        "resources": [_resource(table, files[table.name]) for table in tables()],
    }


def _described(file: File) -> Json:
    return {
        "path": file.name,
        "format": file.format,
        "mediatype": file.media_type,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
    }


def _resource(table: Table, files: list[File]) -> Json:
    main, *others = files
    return {
        "name": table.name,
        "type": "table",
        "title": table.title,
        "description": table.meaning,
        **_described(main),
        "encoding": "utf-8",
        "rows": main.rows,
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
        "schema": {
            "fields": [_table_schema_field(column) for column in table.columns],
            "missingValues": [""],
            "primaryKey": [table.key],
            **_foreign_keys(
                {
                    "fields": [column],
                    "reference": {
                        "resource": "" if other == table.name else other,
                        "fields": [_KEYS[other]],
                    },
                }
                for column, other in table.references.items()
            ),
        },
        # The same table in other formats. This is a property of our own: as resources they would
        # have to be tables, too, and readers of CSV would stumble over them.
        "alternates": [_described(file) for file in others],
    }


_KEYS = {one.name: one.key for one in tables()}


def _foreign_keys(found: Iterable[Json]) -> Json:
    """Return the keys under their name, which has to be absent if there are none."""
    listed = list(found)
    return {"foreignKeys": listed} if listed else {}


def _table_schema_field(column: Column) -> Json:
    field: Json = {"name": column.name, "type": column.type, "description": column.meaning}
    if column.type == "list":
        field |= {"itemType": "string", "delimiter": ";"}
    if column.required:
        field["constraints"] = {"required": True}
    return field


def _csvw(export: Export) -> Json:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": LEDGER,
        "dc:description": ABSTRACT,
        "dc:identifier": export.id.urn,
        "dc:issued": {"@value": _moment(export), "@type": "xsd:dateTime"},
        "dc:creator": AUTHOR,
        "dc:license": [{"@id": _license(one)} for one in export.licenses],
        "tables": [
            {
                "url": f"{table.name}.csv",
                "dc:title": table.title,
                "dc:description": table.meaning,
                "tableSchema": {
                    "columns": [_csvw_column(column) for column in table.columns],
                    "primaryKey": table.key,
                    **_foreign_keys(
                        {
                            "columnReference": column,
                            "reference": {
                                "resource": f"{other}.csv",
                                "columnReference": _KEYS[other],
                            },
                        }
                        for column, other in table.references.items()
                    ),
                },
            }
            for table in tables()
        ],
    }


_CSVW_TYPES = {"number": "double", "list": "string"}


def _csvw_column(column: Column) -> Json:
    described: Json = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.meaning,
        "datatype": _CSVW_TYPES.get(column.type, column.type),
    }
    if column.type == "list":
        described["separator"] = ";"
    if column.required:
        described["required"] = True
    return described


def _citation(export: Export) -> str:
    lines = [
        "cff-version: 1.2.0",
        f"title: {LEDGER}",
        "message: Cite the revision that you used.",
        "type: dataset",
        "authors:",
        f"  - name: {AUTHOR}",
        "abstract: >-",
        f"  {ABSTRACT}",
        "keywords: [layoffs, labour market, job cuts, open data]",
        *(["license:", *(f"  - {one}" for one in export.licenses)] if export.licenses else []),
        f'version: "{export.revision}"',
        f"date-released: {export.published_at.astimezone(datetime.UTC):%Y-%m-%d}",
        "identifiers:",
        "  - type: other",
        f"    value: {export.id.urn}",
        "    description: This revision of this ledger.",
    ]
    if export.base:
        lines.append(f"url: {export.base}")
    return "\n".join(lines) + "\n"


def _readme(export: Export, files: dict[str, list[File]]) -> str:
    rows = "\n".join(
        f"| `{table.name}` | {files[table.name][0].rows} | {table.meaning} |" for table in tables()
    )
    place = f"at {export.base}" if export.base else "of the service, relative to its address"
    day = f"{export.published_at.astimezone(datetime.UTC):%Y-%m-%d}"
    return f"""# Layoff Ledger, revision {export.revision}
{ABSTRACT}
Published on {day}, licence {", ".join(export.licenses) or "not stated"}.

| table | rows | what a row is |
| --- | --- | --- |
{rows}

Each table comes as `.csv`, `.ndjson` and `.parquet`. CSV and Parquet have the same columns;
`{PACKAGE}` (Data Package v2), `{CSVW}` (CSV on the Web) and `{CROISSANT}` (Croissant 1.0, for
machine learning) say what each one means. A line of
NDJSON is a row, too, but in waves, companies, sources, drivers and roles it is the whole record as
the API gives it, with everything nested.

- **Count and add up** only waves with `canonical` true: the others are parts, copies, or reports
  that an announcement superseded. Unknown is null, never 0; sums of `headcount_counted_low` are
  what is known at least. `headcount_low` is what was said about the wave: jobs that a figure
  includes from earlier waves would be added twice. Waves of every `status` are there, withdrawn
  ones, too.
- **Claims** are one row each, so they may be counted. The columns `source…` and `citation…` are
  about the first citation; `citations.csv` has every one, linked by `claim`. Conflicting claims
  stand side by side: see `rank` and `speaker`, and `stance` for denials.
- **Dates** are the first day of their span; the precision stands beside them.
- **Lists** are lists in Parquet and NDJSON. In CSV they are joined by `;` (an item's own is `%3B`).
- **CSV** is UTF-8 without a byte order mark, values are as they are. For a spreadsheet take the
  CSV of the API, which guards against texts that look like formulas.
- **Addresses** `url`, `record_url` and `waves_url` are {place}.

`sha256sum -c {SUMS}` checks the files. To cite it: `{CITATION}`, with the revision. Absence is not
zero: the ledger has what was curated, not everything that happened.
"""
