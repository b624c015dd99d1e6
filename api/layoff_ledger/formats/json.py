"""JSON: a record, or a page of records in an envelope; NDJSON: a whole record on each line."""

from __future__ import annotations

from layoff_ledger.formats.base import Format

SELECTION = "application/vnd.layoff-ledger.selection+json"
"""The schema of JSON with `select`: not the records that the document describes."""

JSON = Format(name="json", media_type="application/json", is_enveloped=True)
NDJSON = Format(
    name="ndjson",
    media_type="application/x-ndjson",
    meaning="A record on each line, as in `data` of the JSON.",
    streams=True,
    suffix=".ndjson",
    rows=lambda _, documents: b"".join(b"%b\n" % document for document in documents),
)
