"""The formats of answers, one module each; everything else asks a `Format` for what it is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from layoff_ledger.formats.atom import ATOM
from layoff_ledger.formats.base import Format
from layoff_ledger.formats.citation import BIBTEX, CSL, RIS, TEXT
from layoff_ledger.formats.csv import CSV
from layoff_ledger.formats.json import JSON, NDJSON


class FormatSet(Struct, frozen=True):
    """The formats of an operation, the preferred one first, and what `format` says of them."""

    formats: tuple[Format, ...]
    meaning: str
    has_streams: bool = False
    """Whether the whole is sent piece by piece where no page of it is asked for."""

    def named(self, name: str) -> Format:
        """Give a format by its name."""
        return next(one for one in self.formats if one.name == name)

    def with_parameter(self, parameters: type[Struct]) -> type[Struct]:
        """Give the parameters of an operation with `format`, where there is a choice."""
        if len(self.formats) == 1:
            return parameters
        names = tuple(one.name for one in self.formats)
        type_: Any = Annotated[Literal[names], Meta(description=self.meaning)]
        return msgspec.defstruct(
            parameters.__name__,
            [("format", type_ | None, None)],
            bases=(parameters,),
            namespace={"__doc__": parameters.__doc__},
            frozen=True,
            kw_only=True,
        )


ONLY_JSON = FormatSet((JSON,), "")
LIST_FORMATS = FormatSet(
    (JSON, CSV, NDJSON, CSL, BIBTEX, RIS, TEXT),
    "Format of the answer, before what `Accept` says: JSON with an envelope, CSV with flat "
    "columns, NDJSON with a whole record on each line; or a citation of this very question to the "
    "ledger as CSL-JSON, BibTeX, RIS or plain text.",
    has_streams=True,
)
RECORD_FORMATS = FormatSet(
    (JSON, CSL, BIBTEX, RIS, TEXT),
    "Format of the answer, before what `Accept` says: the record as JSON, or what cites it and the "
    "sources that it cites as CSL-JSON, BibTeX, RIS or plain text.",
)
TABLE_FORMATS = FormatSet(
    (JSON, CSV, CSL, BIBTEX, RIS, TEXT),
    "Format of the answer, before what `Accept` says: JSON, CSV, or a citation of this very "
    "question to the ledger.",
)
CHANGE_FORMATS = FormatSet(
    (JSON, CSV, NDJSON, ATOM),
    "Format of the answer, before what `Accept` says. CSV has no documents. Atom has the newest "
    "change first.",
    has_streams=True,
)
