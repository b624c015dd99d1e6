"""What the parameters of all resources are made of: types with their meanings, and paging.

A parameter's type, bounds and description decide what is read (`query/parse.py`), documented
(`openapi/`) and refused. Parameters of a single resource are in its module.
"""

from __future__ import annotations

import datetime
import functools
import itertools
import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import NODEFAULT, UNSET, Meta, Struct

from layoff_ledger.resources.filters import CHANGED_SINCE

INT32_MAX = 2_147_483_647
DEFAULT_LIMIT = 50
SHAPING = frozenset({"limit", "cursor", "count", "format", "bom", "as_of", "select", "expand"})
"""Parameters that affect neither which records match nor their order."""
UNFILTERED = SHAPING | {"sort", "seed"}
"""Parameters that exclude no records."""


class Parameters(Struct, frozen=True, kw_only=True, dict=True):
    """What an operation without parameters takes; the base of all others."""

    asked_first: ClassVar[tuple[str, ...]] = ("q",)
    """The parameters that a form for people shows first, after those that are required."""

    @functools.cached_property
    def present(self) -> dict[str, Any]:
        """The parameters that have a value, given or by default, in their order."""
        names, values = self.__struct_fields__, msgspec.structs.astuple(self)
        # A loop in Python over the seventy of a list would take five times as long.
        has_value = map(operator.ne, values, _absent(type(self)))
        return dict(itertools.compress(zip(names, values, strict=True), has_value))


@functools.cache
def _absent(parameters: type[Parameters]) -> list[Any]:
    """Return what each parameter is if it has no value."""
    return [
        None if one.default_factory is NODEFAULT else []
        for one in msgspec.structs.fields(parameters)
    ]


AsOfValue = Annotated[
    Annotated[int, Meta(ge=1, le=INT32_MAX - 1)] | datetime.date,
    Meta(
        description="What the ledger said at that time: the number of a revision, or a past day "
        "(UTC), which means the last revision on or before that day. Such an answer never changes.",
        examples=[1],
    ),
]
AS_OF_PATTERN = "^([1-9][0-9]{0,8}|[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))$"
"""How an `AsOfValue` is written, for clients: many cannot read a union of two types."""


class AsOf(Parameters, frozen=True, kw_only=True):
    """As of which revision the ledger is read; the base of everything that reads it."""

    as_of: AsOfValue | None = None


# Wide on purpose: what is not a code is refused with the code that was probably meant. A comma
# separates values. NUL bytes, which PostgreSQL does not allow, are refused before parameters are
# read: as a pattern, that would break the regular expressions of some clients.
Codes = list[Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^,]+$")]]
# Names contain commas, so several of them can only come as repeated parameters.
Names = list[Annotated[str, Meta(min_length=1, max_length=200)]]
CountryCodes = list[Annotated[str, Meta(pattern="^[A-Z]{2}$")]]
Jobs = Annotated[int, Meta(ge=1, le=INT32_MAX)]
Share = Annotated[float, Meta(ge=0, le=1)]


Limit = Annotated[
    int,
    Meta(
        ge=1,
        le=200,
        description="Maximum number of records on a page; 50 if it is not given. Without it, CSV, "
        "NDJSON, Excel and Parquet give the whole result in one answer.",
        examples=[25],
    ),
]
ChangedSince = Annotated[
    int,
    Meta(
        ge=0,
        le=INT32_MAX - 1,
        description="Only records that changed after this revision: whose `revision` is greater.",
        examples=[1],
    ),
    CHANGED_SINCE,
]
Sample = Annotated[
    int,
    Meta(
        ge=1,
        le=10_000,
        description="A random sample of this many matching records, in the order of `sort`. The "
        "same `seed` gives the same sample as long as the revision is the same.",
        examples=[20],
    ),
]
Seed = Annotated[
    int,
    Meta(
        ge=0,
        le=INT32_MAX,
        description="Chooses the sample: any number. It has no effect without `sample`. `0` if it "
        "is not given.",
        examples=[7],
    ),
]
Cursor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=1000,
        pattern="^[A-Za-z0-9_-]+$",
        description="Opaque: take it from `links.next`. It belongs to the other parameters of "
        "that link, and to the revision with which the walk began.",
    ),
]
Count = Annotated[
    Literal["exact", "none"],
    Meta(description="`none` leaves out `meta.count`, which is quicker on large results."),
]


def question_of(example: str) -> Any:
    """Return the type of `q` for a list in which the example finds something."""
    return Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="Only records with all of these words, in any order and form. The last one "
            "may be the beginning of a word, unless it is a word itself; mistyped words are "
            "corrected. There are no phrases and no operators. Finds the same as `/v1/search`.",
            examples=[example],
        ),
    ]


if TYPE_CHECKING:
    Question = str
else:
    Question = question_of("meta platforms")


def select_of(struct: type[Struct], *examples: str) -> Any:
    """Return the type of `select` for a record: some of its top-level fields."""
    # Fields that are absent unless requested, such as `expanded`, cannot be selected.
    fields = msgspec.structs.fields(struct)
    names = tuple(one.name for one in fields if one.default is not UNSET)
    return Annotated[
        list[Literal[names]],  # type: ignore[valid-type]
        Meta(
            description="Only these top-level fields of each record, in the record's order. JSON "
            "then has the media type `application/vnd.layoff-ledger.selection+json`; CSV keeps the "
            "columns that come from these fields.",
            examples=[list(examples)],
        ),
    ]


def sort_of(sorts: Iterable[str], meaning: str) -> Any:
    """Return the type of `sort` for a list: one of the declared orders."""
    names = tuple(sorts)
    return Annotated[Literal[names], Meta(description=meaning)]


class Paging(AsOf, frozen=True, kw_only=True):
    """Which part of a list is requested, and in which shape."""

    changed_since: ChangedSince | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    sample: Sample | None = None
    seed: Seed | None = None


class Searchable(Paging, frozen=True, kw_only=True):
    """Which part of a searchable list is requested."""

    q: Question | None = None
