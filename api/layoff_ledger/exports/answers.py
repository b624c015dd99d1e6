"""Answers about exports: which there are, and the files of each."""

from __future__ import annotations

import datetime
from typing import Annotated

from msgspec import Meta

from layoff_ledger.resources.fields import (
    Public,
    PublishedAt,
    address_of_record,
    open_vocabulary,
    uri,
)


class ExportFile(Public, frozen=True, kw_only=True):
    """A file of a bulk export."""

    name: Annotated[str, Meta(description="Name of the file.", examples=["waves.parquet"])]
    url: Annotated[str, uri("Address of the file.", "/v1/exports/1/waves.parquet")]
    table: (
        Annotated[
            str,
            Meta(
                description="The table that it contains; null for files that describe the tables."
            ),
        ]
        | None
    )
    format: Annotated[
        str,
        open_vocabulary(
            ("csv", "ndjson", "parquet", "json", "cff", "md", "text"), "Format of the file."
        ),
    ]
    media_type: Annotated[str, Meta(description="Media type.", examples=["text/csv"])]
    bytes: Annotated[int, Meta(ge=0, description="Size in bytes.")]
    sha256: Annotated[str, Meta(description="SHA-256 of its bytes, as hexadecimal digits.")]
    rows: Annotated[int, Meta(ge=0, description="Rows of the table; null if there is none.")] | None


class Export(Public, frozen=True, kw_only=True):
    """A whole revision as files."""

    url: Annotated[str, address_of_record("/v1/exports/1")]
    revision: Annotated[int, Meta(ge=1, description="The revision that the files contain.")]
    published_at: PublishedAt
    license: Annotated[
        str, Meta(description="SPDX identifier of the data's licence.", examples=["CC-BY-4.0"])
    ]
    files: Annotated[
        list[ExportFile], Meta(description="Tables first, then the files that describe them.")
    ]


class ExportedRevision(Public, frozen=True, kw_only=True):
    """A revision that is available as files."""

    revision: Annotated[int, Meta(ge=1, description="Number of the revision.")]
    url: Annotated[str, uri("Address of the export, which lists the files.", "/v1/exports/1")]
    published_at: Annotated[
        datetime.datetime, Meta(tz=True, description="When it was published, UTC.")
    ]


class Exports(Public, frozen=True, kw_only=True):
    """The bulk exports that are available."""

    url: Annotated[str, address_of_record("/v1/exports")]
    newest: Annotated[Export, Meta(description="The newest revision, with its files.")]
    revisions: Annotated[
        list[ExportedRevision], Meta(description="Every revision, the newest first.")
    ]
