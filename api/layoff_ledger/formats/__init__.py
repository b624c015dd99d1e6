"""The formats of answers, one module each; everything else asks a `Format` what it is."""

from __future__ import annotations

import functools
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from layoff_ledger.formats.atom import ATOM
from layoff_ledger.formats.base import Format
from layoff_ledger.formats.chart import CHART_ONLY, CHART_PARAMETERS, PNG, SVG, VEGA
from layoff_ledger.formats.citation import BIBTEX, CSL, RIS, TEXT
from layoff_ledger.formats.csv import CSV
from layoff_ledger.formats.html import HTML
from layoff_ledger.formats.json import JSON, NDJSON
from layoff_ledger.formats.jsonfeed import JSON_FEED
from layoff_ledger.formats.markdown import MARKDOWN
from layoff_ledger.formats.parquet import PARQUET
from layoff_ledger.formats.xlsx import XLSX

LOOKS = frozenset({"format", "bom", *CHART_ONLY})
"""Parameters that say how an answer looks, not what is asked."""
ByteOrderMark = Annotated[
    bool,
    Meta(
        description="Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; "
        "some programs take it for part of the first column's name."
    ),
]


class FormatSet(Struct, frozen=True, dict=True):
    """The formats of an operation, the preferred one first, and their description for `format`."""

    formats: tuple[Format, ...]
    meaning: str
    name: str = ""
    """The name of the closed set of format names in the OpenAPI document."""
    has_streams: bool = False
    """Whether everything is sent piece by piece, unless one page of it is requested."""

    @functools.cached_property
    def feeds(self) -> tuple[Format, ...]:
        """Return those that are feeds."""
        return tuple([one for one in self.formats if one.feed is not None])

    def named(self, name: str) -> Format:
        """Return a format by its name; raise `KeyError` if it is not one of them."""
        return self._by_name[name]

    @functools.cached_property
    def _by_name(self) -> dict[str, Format]:
        return {one.name: one for one in self.formats}

    def with_parameter(self, parameters: type[Struct]) -> type[Struct]:
        """Return the parameters of an operation with `format`, if there is a choice.

        If one of them is CSV, `bom` says whether it begins with a byte order mark; if one is a
        chart, others say how it looks.
        """
        if len(self.formats) == 1:
            return parameters
        names = tuple(one.name for one in self.formats)
        type_: Any = Annotated[Literal[names], Meta(description=self.meaning)]
        added: list[tuple[str, Any, Any]] = [("format", type_ | None, None)]
        if CSV in self.formats:
            added.append(("bom", ByteOrderMark, True))
        if any(one.is_chart for one in self.formats):
            added += [(name, *declared) for name, declared in CHART_PARAMETERS.items()]
        return msgspec.defstruct(
            parameters.__name__,
            added,
            bases=(parameters,),
            namespace={"__doc__": parameters.__doc__},
            frozen=True,
            kw_only=True,
        )


ONLY_JSON = FormatSet((JSON,), "")
PAGE_FORMATS = FormatSet(
    (HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): a page to read, also as Markdown.",
    name="PageFormat",
)
# A page always comes last: clients that accept any text get what they got before pages existed.
SHOWN_FORMATS = FormatSet(
    (JSON, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): JSON, or a page to read, also as Markdown.",
    name="ShownFormat",
)
READ_FORMATS = FormatSet(
    (JSON, HTML, CSV, NDJSON, XLSX, PARQUET, MARKDOWN),
    "Format of the answer (overrides `Accept`): JSON; a page to read, also as "
    "Markdown; flat columns as CSV, an Excel workbook or Parquet, with one row for a single "
    "record; or NDJSON with a record per line.",
    name="ReadFormat",
)
LISTED_READ_FORMATS = msgspec.structs.replace(READ_FORMATS, has_streams=True)
"""The same for a list that is sent whole unless one page of it is requested."""
LIST_FORMATS = FormatSet(
    (JSON, CSV, NDJSON, XLSX, PARQUET, ATOM, JSON_FEED, CSL, BIBTEX, RIS, TEXT, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): JSON with an envelope; CSV, an "
    "Excel workbook or Parquet with flat columns; NDJSON with a whole record per line; a feed as "
    "Atom or JSON Feed, the latest changes first, with a sentence for each record; a citation of "
    "this query as CSL-JSON, BibTeX, RIS or plain text; or a page to read, also as Markdown.",
    name="ListFormat",
    has_streams=True,
)
RECORD_FORMATS = FormatSet(
    (JSON, CSL, BIBTEX, RIS, TEXT, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): the record as JSON; a citation of "
    "it and of its sources as CSL-JSON, BibTeX, RIS or plain text; or a page to read, also as "
    "Markdown.",
    name="RecordFormat",
)
TABLE_FORMATS = FormatSet(
    (JSON, CSV, XLSX, PARQUET, CSL, BIBTEX, RIS, TEXT, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): JSON, CSV, an Excel workbook, "
    "Parquet, a citation of this query, or a page to read, also as Markdown.",
    name="TableFormat",
)
LISTED_TABLE_FORMATS = msgspec.structs.replace(TABLE_FORMATS, has_streams=True)
"""The same for rows that are sent whole unless one page of them is requested."""
CHART_FORMATS = (SVG, PNG, VEGA)
DRAWN_FORMATS = FormatSet(
    (*TABLE_FORMATS.formats, *CHART_FORMATS),
    f"{TABLE_FORMATS.meaning} Or a chart as SVG, PNG or Vega-Lite.",
    name="DrawnFormat",
)
DRAWN_LIST_FORMATS = FormatSet(
    (*LIST_FORMATS.formats, *CHART_FORMATS),
    f"{LIST_FORMATS.meaning} Or a chart as SVG, PNG or Vega-Lite.",
    name="DrawnListFormat",
    has_streams=True,
)
ROW_FORMATS = FormatSet(
    (JSON, CSV, XLSX, PARQUET, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`): the record as JSON; its figures, "
    "one per row, as CSV, an Excel workbook or Parquet; or a page to read, also as Markdown.",
    name="RowFormat",
)
CHANGE_FORMATS = FormatSet(
    (JSON, CSV, NDJSON, XLSX, PARQUET, ATOM, JSON_FEED, HTML, MARKDOWN),
    "Format of the answer (overrides `Accept`); `html` is a page to read, "
    "`markdown` the same as Markdown. CSV, Excel, Parquet and pages have no documents. Atom and "
    "JSON Feed have the newest change first, without the taxonomies unless `resource` asks for "
    "them.",
    name="ChangeFormat",
    has_streams=True,
)
