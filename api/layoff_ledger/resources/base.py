"""The terms in which a resource is declared: facets, filters, sorts, columns, what search finds.

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
"""Columns of a table for people if a resource does not list them."""

Json = dict[str, Any]
Document = Any
"""A decoded document: an instance of `Resource.stored_struct`."""

_ONE_AT_A_TIME = threading.Lock()
"""A struct caches decoding data from the moment when its first decoder is begun: a thread that made
another decoder meanwhile would get it half done, and crash the process by reading it.
"""


class Facet(Struct, frozen=True):
    """A column that lists filter, sort, count or group by, computed from a document."""

    name: str
    type: str
    """Its type in PostgreSQL, with `not null` if it is never null."""
    meaning: str
    read: Callable[[Document], Any]
    """Returns its value."""
    wide: bool = False
    """Whether it is in a table of its own, because hardly anything but an index reads it."""

    @property
    def plain_type(self) -> str:
        """Return the bare type, without its collation and whether it may be null."""
        return self.type.removesuffix(" not null").removesuffix(' collate "C"')


class Sort(Struct, frozen=True):
    """An order: the SQL of its key over the facets, the key's type, and whether it descends."""

    key: str
    type: Literal["text", "integer", "date", "double precision"]
    descending: bool = False


# Its key contains the question, so `query.lists` writes it; without words, nothing is found.
BY_RELEVANCE = Sort("0::double precision", "double precision", True)


def both_ways(name: str, key: str, type_: Any, *, down: str | None = None) -> dict[str, Sort]:
    """Return an order and its reverse; `down` is the key of the reverse if it differs."""
    return {name: Sort(key, type_), f"-{name}": Sort(down or key, type_, True)}


def by_day(name: str) -> dict[str, Sort]:
    """Return the order by a day and its reverse, both with the unknown last."""
    # Not the first and the last day that there is: asyncpg takes those for infinity.
    late, early = (f"coalesce(facet.{name}, date '{year}-01-01')" for year in ("9999", "0002"))
    return both_ways(name, late, "date", down=early)


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
    """The top-level field of the document that it is made from."""
    read: Callable[[Json], Any]
    """Returns its value from a document, or from a row if the table has rows of its own."""
    vocabulary: str | None = None
    """The vocabulary whose codes it names, with the names that they have in a revision."""


Codes = Mapping[str, Mapping[str, str]]
"""Vocabulary → code → the name that people know it by, as of a revision."""


def named(table_columns: Sequence[Column], codes: Codes) -> tuple[Column, ...]:
    """Return the columns; those that are declared to name codes read the names from `codes`."""
    return tuple(
        one if one.vocabulary is None else msgspec.structs.replace(one, read=_naming(one, codes))
        for one in table_columns
    )


def _naming(column: Column, codes: Codes) -> Callable[[Json], Any]:
    names, read = codes.get(column.vocabulary or "", {}), column.read
    return lambda document: names.get(read(document))


Reader = tuple[str, Callable[[Json], Any]]
"""The top-level field that a column is made from, and how it is read."""


def at(*path: str) -> Reader:
    """Read the value at a path; null if an outer field is null or absent."""

    def read(document: Json) -> Any:
        value: Any = document
        for name in path:
            if value is None:
                return None
            # A document of a past revision may lack fields that were added since.
            value = value.get(name)
        return value

    return path[0], read


def inside(field: str, *names: str, prefix: str = "") -> dict[str, Reader]:
    """Read members of an object, each for the column named after it with the prefix."""
    return {f"{prefix}{name}": at(field, name) for name in names}


def each(name: str, read: Callable[[Json], Any]) -> Reader:
    """Read something from each item of a list: each value once, without nulls."""
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
    *,
    of: type[Struct] | None = None,
) -> tuple[Column, ...]:
    """Parse lines of name, type and meaning; `!` after a type means never null.

    A line that begins with `=` names fields of the struct `of`, which have the type and the
    meaning that they have there. A column without a reader is the document's field of that name.
    `vocabularies` has the vocabulary of each column that names the code which it reads.
    """
    found: list[Column] = []
    for line in written.strip().splitlines():
        if of is not None and line.startswith("= "):
            found += columns_of(of, line.split()[1:])
            continue
        name, type_, meaning = line.split(None, 2)
        field, read = (readers or {}).get(name) or at(name)
        type_name: Any = type_.rstrip("!")
        required = type_.endswith("!")
        found.append(
            Column(name, type_name, meaning, required, field, read, vocabularies.get(name))
        )
    return tuple(found)


_COLUMN_TYPES: dict[type, ColumnType] = {
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.BoolType: "boolean",
    msgspec.inspect.DateType: "date",
    msgspec.inspect.ListType: "list",
}


def columns_of(struct: type[Struct], names: Iterable[str]) -> tuple[Column, ...]:
    """Return columns for some fields of a public struct, with its types and meanings.

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
    """Return the types that a field may have, null last, and its description."""
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
    """A table of an export, with what links its rows to other tables."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    parts: Callable[[Json], Iterator[Json]] | None = None
    """Returns the rows of a document that has several, by the names of the columns."""
    key: str = "id"
    references: dict[str, str] = {}
    """Column → the table whose key it contains."""
    whole: bool = False
    """Whether a line of NDJSON is the API's whole document instead of the row."""

    def rows(self, document: Json) -> Iterable[Json]:
        """Return the rows of a document, as the CSV of the API has them."""
        if self.parts is not None:
            return self.parts(document)
        return [{column.name: column.read(document) for column in self.columns}]


class FeedText(Struct, frozen=True):
    """What an entry of a feed says about a record."""

    title: str
    sentence: str
    """Text that people understand who know nothing about the ledger."""


NEWEST = Sort("facet.first_revision", "integer", True)
"""The order of a feed: what changed last comes first."""


def newest_by(day: str) -> Sort:
    """Return the order of a feed in which a day decides between records that changed together.

    `day` is SQL over the facets, and may be null. The key is one number, so that a cursor can hold
    it: revision times 100,000 plus days since 1970, exact far beyond any revision.
    """
    days = f"coalesce({day} - date '1970-01-01', 0)"
    key = f"(facet.first_revision * 100000.0::double precision + {days})"
    return Sort(key, "double precision", True)


SearchWeight = Literal["A", "B", "C", "D"]


class SearchEntry(Struct):
    """What search knows about one document."""

    label: str
    """What the record is called in a list of hits."""
    exact: list[str] = []
    """Names, titles and identifiers as people write them: whoever writes one means this record."""
    parts: list[tuple[SearchWeight, str]] = []
    """Weight and text; the first one repeats the label."""
    hidden: list[str] = []
    """Words that find it but are not shown: those of its id, a CIK without its zeros."""
    implied: list[str] = []
    """Words that find it although no text has them; they count little."""

    def add(self, weight: SearchWeight, *texts: str | None) -> None:
        """Add the texts that are present."""
        self.parts += [(weight, text) for text in texts if text]


def as_words(id_: str) -> str:
    """Return an id or a code as words."""
    return id_.replace("-", " ").replace("_", " ")


class Expansion(Struct, frozen=True):
    """Whole records that `expand` puts beside a record."""

    resource: str
    ids: Callable[[bytes], list[str]]
    """Returns the ids of the records that belong to a document, in their order; reads only what it
    needs, because there may be two hundred documents, and each is large."""
    many: bool
    """Whether it is a list; otherwise it is a single record."""
    without: tuple[str, ...] = ()
    """Fields that are left out, because they would grow with the ledger."""


class Listing(Struct, frozen=True):
    """The operation that lists a resource."""

    summary: str
    description: str
    parameters: type[Parameters]
    answer: type[Struct]
    links: dict[str, tuple[str, dict[str, str]]] = {}
    """Operation → what it leads to, with its parameters as expressions over the answer."""
    is_bibliography: bool = False
    """Whether a citation of the list cites its records, too."""


class Single(Struct, frozen=True):
    """The operation that returns one record."""

    summary: str
    description: str
    parameters: type[Parameters]
    path_parameter: str
    """What the id in the path is."""
    example: str
    """An id that exists, for those who try it."""
    bibliography: Callable[[Document, Consulted], list[BibliographyEntry]] | None = None
    """Cites the record, given as its public struct; None if it cannot be cited by itself."""
    links: dict[str, tuple[str, dict[str, str]]] = {}
    rows: Table | None = None
    """The table that the record becomes as CSV; None if it does not become one by itself."""


class HistoryOperation(Struct, frozen=True):
    """The operation that returns everything a record ever said."""

    description: str
    path_parameter: str
    """What the id in the path is."""


class Part(Struct, frozen=True, kw_only=True):
    """Declares that the records of a resource are parts of the documents of another one.

    They are stored in their table of facets, with their bodies, and versioned with the whole, when
    their own content changes. They do not count as changes of their own.
    """

    whole: str
    """The resource whose documents contain the parts."""
    column: str
    """The facet of a part that has the id of its whole."""
    named: str
    """The filter of its list by what the id of a part has before its first colon."""
    parts: Callable[[Document], Iterable[Document]]
    """Returns the parts of a document as their stored struct, with ids unique among all wholes."""
    question: type[Parameters] | None = None
    """The parameters of lists of the whole."""
    asked: tuple[str, ...] = ()
    """The parameters of a list of parts that filter the wholes instead."""


class Moment(Struct, frozen=True, kw_only=True):
    """How a record appears on the timeline: SQL over its facets, and the fields shown there."""

    what: str
    """The kind of moment, such as `event`."""
    condition: str
    """Which records appear there."""
    first: str
    last: str
    """First and last day of the span in which it happens."""
    kind: str
    company: str
    wave: str
    entry: Callable[[Json], Json]
    """Returns what the document has of the other fields of an entry, from `precision` on."""


class Resource(Struct, frozen=True, kw_only=True):
    """A kind of record, with everything that the rest of the code needs to know about it."""

    name: str
    path: str
    """Its plural, which is its path below `/v1`."""
    tag: str
    """The tag of its operations in the OpenAPI document."""
    struct: type[Struct]
    """Its public struct; the stored one lacks what serving adds."""
    key: str = "id"
    """The key of the document: `id` or `code`."""
    single: Single
    listing: Listing | None = None
    """None for what belongs to a record of another resource, such as a company's indicators."""
    sorts: dict[str, Sort] = {}
    facets: tuple[Facet, ...] = ()
    indexes: tuple[str, ...] = ()
    """What follows `create index on <table>`, such as `using gin (drivers)`."""
    together: Callable[[Conditions, Any], None] | None = None
    """Adds the conditions that several parameters form together, such as those on one claim."""
    columns: tuple[Column, ...] = ()
    """The columns of its CSV, in their order. New ones may only be added at the end."""
    shown: tuple[str, ...] = ()
    """The columns of a table for people, the name of the record first; or else the first ones."""
    tables: tuple[Table, ...] = ()
    """The tables of an export to which its documents add rows."""
    search_entry: Callable[[Document], SearchEntry] | None = None
    """Returns what search knows about a document; None if it is not searched."""
    feed_text: Callable[[Json], FeedText] | None = None
    """Returns what a feed says about a document; if None, its kind and its id have to do."""
    brief: Any = dict
    """The fields that feeds and tables for people read from a document, as a TypedDict; None for
    all of it.
    """
    day: str | None = None
    """The column of its view by which its list is ordered; documents are written in that order."""
    newest: Sort = NEWEST
    """The order of its feed."""
    in_feed: bool = True
    """Whether the feed of all changes includes it by default."""
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
    """The resource to whose records it belongs, and with whose ids its own are retired."""
    collection: str | None = None
    """The collection on whose terms its records are licensed, if that is not the curated one."""
    part: Part | None = None
    """Set if its records are parts of other documents; None if it has documents of its own."""
    moment: Moment | None = None
    """Set if its records appear on the timeline."""
    followed: dict[str, Where] = {}
    """Filter of `/v1/changes` → which of its records that finds; a missing filter finds none."""
    history: HistoryOperation | None = None
    """The operation `/history` below a record; None if it has none."""
    all_at_each_publication: bool = False
    """Whether every record is checked for changes whenever anything is published: for a view whose
    dependencies are in no query of `sql/queries/affected_by_*`.
    """

    def order(self, parameters: Parameters) -> Sort:
        """Return the requested order, or else the resource's own."""
        name: str = getattr(parameters, "sort")  # noqa: B009 every list has it, the base has not
        return self.sorts[name]

    @property
    def kind(self) -> str:
        """Return the kind of record that its ids identify, as tombstones and problems name it."""
        return self.record_of or self.name

    @property
    def shown_columns(self) -> tuple[Column, ...]:
        """Return the columns of a table for people."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.shown) or self.columns[:MAX_SHOWN]

    @property
    def facet_view(self) -> str:
        """Return the name of the view that has the facets of every version."""
        return f"api.{self.name}_facet"

    @property
    def document_view(self) -> str:
        """Return the name of the view with its documents, if possible without those of others.

        It has the columns of `api.document`.
        """
        return "api.whole_document" if self.part is None else "api.part"

    @property
    def stored_struct(self) -> type[Struct]:
        """Return the struct of a document as it is stored."""
        return stored(self.struct)

    def decoder(self) -> Callable[[str | bytes], Document]:
        """Return the function that strictly decodes a stored document; it may run in any thread."""
        with _ONE_AT_A_TIME:
            return msgspec.json.Decoder(self.stored_struct).decode

    def version_decoder(self) -> Callable[[str, str], Document]:
        """Return the function that decodes a version from its id and its body without the id."""
        decode, head = self.decoder(), f'{{"{self.key}":"'
        return lambda id_, body: decode(f'{head}{id_}",{body}')

    def facet_values(self, document: Document) -> tuple[Any, ...]:
        """Compute the facets of a document, in the order in which they are declared."""
        return tuple([facet.read(document) for facet in self.facets])
