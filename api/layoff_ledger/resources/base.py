"""The words in which a resource is declared: facets, filters, sorts, columns, what is searched of it.

A resource is one module beside this one. The application, the OpenAPI document, the dictionary,
CSV, exports, publishing, changes and search iterate over `resources.RESOURCES`; none of them names
a resource. Nothing here knows HTTP or talks to a database.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import Struct

from layoff_ledger.resources.bibliography import BibliographyEntry, Consulted
from layoff_ledger.resources.fields import stored
from layoff_ledger.resources.filters import Where
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.statement import Conditions

MAX_SHOWN = 8
"""Columns of a table for people where a resource does not say which."""

Json = dict[str, Any]
Document = Any
"""A decoded document: an instance of `Resource.stored_struct`."""

_ONE_AT_A_TIME = threading.Lock()
"""What a decoder knows of a struct is kept by the struct from when the first one is begun: a thread
that made another one meanwhile would get it half done, and end the process by reading it."""


class Facet(Struct, frozen=True):
    """A column that lists filter, sort, count or group by, computed from a document."""

    name: str
    type: str
    """Its type in PostgreSQL, with `not null` where it is never null."""
    meaning: str
    read: Callable[[Document], Any]
    """Gives its value."""
    wide: bool = False
    """Whether it stands in a table of its own, because hardly anything but an index reads it."""

    @property
    def plain_type(self) -> str:
        """Give its type alone, without collation and whether it may be null."""
        return self.type.removesuffix(" not null").removesuffix(' collate "C"')


class Sort(Struct, frozen=True):
    """An order: the SQL of its key over the facets, the key's type, and whether it descends."""

    key: str
    type: Literal["text", "integer", "date", "double precision"]
    descending: bool = False


# Its key has the question in it, so `query.lists` writes it; without a word, nothing is found.
BY_RELEVANCE = Sort("0::double precision", "double precision", True)


def both_ways(name: str, key: str, type_: Any, *, down: str | None = None) -> dict[str, Sort]:
    """Give an order and its reverse; `down` is the key of the reverse where it differs."""
    return {name: Sort(key, type_), f"-{name}": Sort(down or key, type_, True)}


BY_ID = both_ways("id", "facet.id", "text")
BY_CODE = both_ways("code", "facet.id", "text")
BY_WAVES = both_ways("waves", "facet.waves", "integer")

ColumnType = Literal["string", "integer", "number", "boolean", "date", "list"]


class Column(Struct, frozen=True):
    """A column of a flat table; a `list` is one of strings."""

    name: str
    type: ColumnType
    meaning: str
    required: bool
    """Whether it is never null."""
    field: str
    """The top-level field of the document that it is made of."""
    read: Callable[[Json], Any]
    """Gives its value from a document, or from a row where the table has rows of its own."""
    vocabulary: str | None = None
    """The vocabulary of whose codes it has the names, which are those of a revision."""


Codes = Mapping[str, Mapping[str, str]]
"""Vocabulary → code → the name that people know it by, as of a revision."""


def named(table_columns: Sequence[Column], codes: Codes) -> tuple[Column, ...]:
    """Give columns that read the names of codes where they are declared to have them."""
    return tuple(
        one if one.vocabulary is None else msgspec.structs.replace(one, read=_naming(one, codes))
        for one in table_columns
    )


def _naming(column: Column, codes: Codes) -> Callable[[Json], Any]:
    names, read = codes.get(column.vocabulary or "", {}), column.read
    return lambda document: names.get(read(document))


Reader = tuple[str, Callable[[Json], Any]]
"""The top-level field that a column is made of, and how it is read."""


def at(*path: str) -> Reader:
    """Read what stands at a path; null where an outer field is null or absent."""

    def read(document: Json) -> Any:
        value: Any = document
        for name in path:
            if value is None:
                return None
            # A document of a past revision may lack what was added since.
            value = value.get(name)
        return value

    return path[0], read


def inside(field: str, *names: str, prefix: str = "") -> dict[str, Reader]:
    """Read members of an object, each by the column that is called so after the prefix."""
    return {f"{prefix}{name}": at(field, name) for name in names}


def each(name: str, read: Callable[[Json], Any]) -> Reader:
    """Read something of each item of a list: each value once, without nulls."""
    return name, lambda document: list(
        dict.fromkeys(value for one in document[name] if (value := read(one)))
    )


def of_scheme(name: str, scheme: str, value: str, default: Any) -> Reader:
    """Read the value of one scheme in a list of schemes."""
    return name, lambda document: next(
        (one[value] for one in document[name] if one["scheme"] == scheme), default
    )


def columns(
    written: str,
    readers: dict[str, Reader] | None = None,
    vocabularies: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Column, ...]:
    """Read lines of name, type and meaning; `!` after a type is never null.

    A column without a reader is the document's field of that name. `vocabularies` are those whose
    names a column has for the codes that are read.
    """
    found = []
    for line in written.strip().splitlines():
        name, type_, meaning = line.split(None, 2)
        field, read = (readers or {}).get(name) or at(name)
        type_name: Any = type_.rstrip("!")
        required = type_.endswith("!")
        of = vocabularies.get(name)
        found.append(Column(name, type_name, meaning, required, field, read, of))
    return tuple(found)


_COLUMN_TYPES: dict[type, ColumnType] = {
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.BoolType: "boolean",
    msgspec.inspect.DateType: "date",
    msgspec.inspect.ListType: "list",
}


def columns_of(struct: type[Struct], names: Iterable[str]) -> tuple[Column, ...]:
    """Give columns for some fields of a public struct, with its types and meanings.

    Of several types the widest counts: a whole number or a fraction is a number.
    """
    info: Any = msgspec.inspect.type_info(struct)
    by_name = {field.name: field for field in info.fields}
    found = []
    for name in names:
        bare, meanings = _branches(by_name[name].type)
        types = [_COLUMN_TYPES.get(one, "string") for one in bare]
        type_: ColumnType = "number" if "number" in types else types[0]
        required = msgspec.inspect.NoneType not in bare
        found.append(Column(name, type_, " ".join(meanings), required, *at(name)))
    return tuple(found)


def _branches(type_: Any) -> tuple[list[type], list[str]]:
    """Give the types that a field may have, the null last, and what is said of it."""
    if isinstance(type_, msgspec.inspect.Metadata):
        bare, meanings = _branches(type_.type)
        return bare, [*meanings, (type_.extra_json_schema or {}).get("description", "")]
    if isinstance(type_, msgspec.inspect.UnionType):
        parts = [_branches(one) for one in type_.types]
        bare = [one for part, _ in parts for one in part]
        bare.sort(key=lambda one: one is msgspec.inspect.NoneType)
        return bare, [one for _, part in parts for one in part]
    return [type(type_)], []


class Table(Struct, frozen=True):
    """A table of an export, with what ties its rows to other tables."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Json], Iterator[Json]]
    """Gives the rows of a document, by the names of the columns."""
    key: str = "id"
    references: dict[str, str] = {}
    """Column → the table whose key it holds."""
    whole: bool = False
    """Whether a line of NDJSON is the API's whole document and not the row."""


def one_row(table_columns: tuple[Column, ...]) -> Callable[[Json], Iterator[Json]]:
    """Give the function that makes the one row of a document, as the CSV of the API has it."""

    def rows(document: Json) -> Iterator[Json]:
        yield {column.name: column.read(document) for column in table_columns}

    return rows


class FeedText(Struct, frozen=True):
    """What an entry of a feed says of a record."""

    title: str
    sentence: str
    """What a person understands who knows nothing of the ledger."""


NEWEST = Sort("facet.first_revision", "integer", True)
"""The order of a feed: what changed last comes first."""


def newest_by(day: str) -> Sort:
    """Give the order of a feed in which a day decides between what changed together.

    `day` is SQL over the facets, and may be null. One number, so that a cursor holds it: revision
    times 100,000 plus days since 1970, exact far beyond any revision.
    """
    days = f"coalesce({day} - date '1970-01-01', 0)"
    key = f"(facet.first_revision * 100000.0::double precision + {days})"
    return Sort(key, "double precision", True)


SearchWeight = Literal["A", "B", "C", "D"]


class SearchEntry(Struct):
    """What is searched of one document."""

    label: str
    """What the record is called in a list of hits."""
    exact: list[str] = []
    """Names, titles and identifiers as people write them: whoever writes one means this record."""
    parts: list[tuple[SearchWeight, str]] = []
    """Weight and text; the first says what the label says."""
    hidden: list[str] = []
    """Words that find it and are not shown: those of its id, a CIK without its zeros."""

    def add(self, weight: SearchWeight, *texts: str | None) -> None:
        """Add the texts that are there."""
        self.parts += [(weight, text) for text in texts if text]


def as_words(id_: str) -> str:
    """Give an id or a code as words."""
    return id_.replace("-", " ").replace("_", " ")


class Expansion(Struct, frozen=True):
    """Whole records that `expand` puts beside a record."""

    resource: str
    ids: Callable[[bytes], list[str]]
    """Gives the ids of the records that belong to a document, in their order.

    It reads of the document what it needs: there may be two hundred, and each is large.
    """
    many: bool
    """Whether it is a list; else the one record."""
    without: tuple[str, ...] = ()
    """Fields that are left out, because they would grow with the ledger."""


class Listing(Struct, frozen=True):
    """The operation that lists a resource."""

    summary: str
    description: str
    parameters: type[Parameters]
    answer: type[Struct]
    links: dict[str, tuple[str, dict[str, str]]] = {}
    """Operation → what it leads to, and its parameters as expressions over the answer."""


class Single(Struct, frozen=True):
    """The operation that gives one record."""

    summary: str
    description: str
    parameters: type[Parameters]
    path_parameter: str
    """What the id in the path is."""
    example: str
    """An id that exists, for those who try it."""
    bibliography: Callable[[Document, Consulted], list[BibliographyEntry]] | None = None
    """Cites the record, given as its public struct; None where it is not cited by itself."""
    links: dict[str, tuple[str, dict[str, str]]] = {}
    rows: Table | None = None
    """The table that the record is as CSV; None where it is none by itself."""


class HistoryOperation(Struct, frozen=True):
    """The operation that gives all that a record ever said."""

    description: str
    path_parameter: str
    """What the id in the path is."""


class Part(Struct, frozen=True, kw_only=True):
    """Where the records of a resource are parts of the documents of another one.

    They are stored in their table of facets, with their bodies, and versioned with the whole: a
    part has a new version where what it says differs. They are no changes of their own.
    """

    whole: str
    """The resource of whose documents they are parts."""
    column: str
    """The facet of a part that has the id of its whole."""
    parts: Callable[[Document], Iterable[Document]]
    """Gives the parts of a document as their stored struct, ids unique among all wholes."""
    question: type[Parameters] | None = None
    """The parameters of lists of the whole."""
    asked: tuple[str, ...] = ()
    """Those of a list of parts that are asked of the whole instead."""


class Moment(Struct, frozen=True, kw_only=True):
    """How a record stands on the timeline: SQL over its facets, and what of it is shown there."""

    what: str
    """What kind of moment it is, such as `event`."""
    condition: str
    """Which records stand there."""
    first: str
    last: str
    """First and last day of the span in which it happens."""
    kind: str
    company: str
    wave: str
    entry: Callable[[Json], Json]
    """Gives `precision`, `company_name`, `statement`, `speaker` and `citations` of a document."""


class Resource(Struct, frozen=True, kw_only=True):
    """A kind of record: everything that the rest of the house has to know of it."""

    name: str
    path: str
    """Its plural, which is its place below `/v1`."""
    tag: str
    """The tag of its operations in the OpenAPI document."""
    struct: type[Struct]
    """Its public struct; the stored one is without what serving adds."""
    key: str = "id"
    """The key of the document: `id` or `code`."""
    single: Single
    listing: Listing | None = None
    """None for what hangs on a record of another resource, such as a company's indicators."""
    sorts: dict[str, Sort] = {}
    facets: tuple[Facet, ...] = ()
    indexes: tuple[str, ...] = ()
    """What follows `create index on <table>`, such as `using gin (drivers)`."""
    together: Callable[[Conditions, Any], None] | None = None
    """Adds the conditions that several parameters make together, such as those on one claim."""
    columns: tuple[Column, ...] = ()
    """The columns of its CSV, in their order. New ones come at the end only."""
    shown: tuple[str, ...] = ()
    """Those that a table for people has, the name of the record first; without any, the first."""
    tables: tuple[Table, ...] = ()
    """The tables of an export that its documents give rows to."""
    search_entry: Callable[[Document], SearchEntry] | None = None
    """Gives what is searched of a document; None where it is not searched."""
    feed_text: Callable[[Json], FeedText] | None = None
    """Gives what a feed says of a document; None where its kind and its id have to do."""
    brief: Any = dict
    """What feeds and tables for people read of a document, as a TypedDict; else all of it."""
    day: str | None = None
    """The column of its view by which its list is ordered; documents are written in that order."""
    newest: Sort = NEWEST
    """The order of its feed."""
    in_feed: bool = True
    """Whether the feed of all changes has it without being asked for it."""
    expansions: dict[str, Expansion] = {}
    url: str = "url"
    """The key that has the address of the record."""
    below: str = ""
    """What follows the id in that address."""
    waves: str | None = None
    """The filter of waves that finds the waves of a record."""
    notices: str | None = None
    """The filter of notices that finds those of a record."""
    retirable: bool = True
    """Whether a record may be withdrawn or merged into another one, with a tombstone."""
    record_of: str | None = None
    """The resource on whose records it hangs, and with which its ids are retired."""
    collection: str | None = None
    """The collection on whose terms its records are given, where that is not the curated one."""
    part: Part | None = None
    """Set where its records are parts of other documents, None where it has documents itself."""
    moment: Moment | None = None
    """Set where its records stand on the timeline."""
    followed: dict[str, Where] = {}
    """Filter of changes → which of its records it finds; a kind that lacks a filter has none."""
    history: HistoryOperation | None = None
    """What `/history` below a record gives; None without it."""
    all_at_each_publication: bool = False
    """Whether every record is looked at whenever anything is published.

    For a view whose dependencies no query of `sql/queries/affected_by_*` names.
    """

    def order(self, parameters: Parameters) -> Sort:
        """Give the order that is asked for, or else its own."""
        name: str = getattr(parameters, "sort")  # noqa: B009 every list has it, the base has not
        return self.sorts[name]

    @property
    def kind(self) -> str:
        """Name the kind of record that an id of it is, as tombstones and problems say it."""
        return self.record_of or self.name

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """Give the columns of a table for people."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.shown) or self.columns[:MAX_SHOWN]

    @property
    def facet_view(self) -> str:
        """Name the view that has the facets of every version."""
        return f"api.{self.name}_facet"

    @property
    def document_view(self) -> str:
        """Name the view that has its documents and as few others as can be, as `api.document`."""
        return "api.whole_document" if self.part is None else "api.part"

    @property
    def stored_struct(self) -> type[Struct]:
        """Give the struct of a document as it is stored."""
        return stored(self.struct)

    def decoder(self) -> Callable[[str | bytes], Document]:
        """Give the function that decodes a stored document strictly; threads may ask at once."""
        with _ONE_AT_A_TIME:
            return msgspec.json.Decoder(self.stored_struct).decode

    def version_decoder(self) -> Callable[[str, str], Document]:
        """Give the function that decodes a version: of its id, and its body, which is without it."""
        decode, head = self.decoder(), f'{{"{self.key}":"'
        return lambda id_, body: decode(f'{head}{id_}",{body}')

    def facet_values(self, document: Document) -> tuple[Any, ...]:
        """Compute the facets of a document, in the order in which they are declared."""
        return tuple([facet.read(document) for facet in self.facets])
