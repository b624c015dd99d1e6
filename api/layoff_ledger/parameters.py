"""Query strings → structs. What a struct declares is what is read, documented and refused.

A field's type, bounds and description are the parameter's; `docs.py` writes the OpenAPI parameters
from the same structs. Lists may be repeated (`driver=a&driver=b`) or have commas (`driver=a,b`).
Every mistake of a request is reported at once.
"""

from __future__ import annotations

import datetime
import difflib
import functools
import math
import re
import types
from collections.abc import Iterable
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Meta, Struct, field

from layoff_ledger import types as records
from layoff_ledger import vocabulary
from layoff_ledger.http.context import Query
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.types import ProblemError

ParametersT = TypeVar("ParametersT", bound=Struct)
MOST_JOBS = 2_147_483_647
MOST_VALUES = 100


class Parameters(Struct, frozen=True, kw_only=True):
    """What an operation without parameters takes; the base of all others."""


AsOf = Annotated[
    Annotated[int, Meta(ge=1, le=MOST_JOBS - 1)] | datetime.date,
    Meta(
        description="What the ledger said then: the number of a revision, or a day that is over "
        "(UTC), which means the last revision of that day or before. Such an answer never changes.",
        examples=[1],
    ),
]


class Reading(Parameters, frozen=True, kw_only=True):
    """As of when the ledger is read; the base of everything that reads it."""

    as_of: AsOf | None = None


# Wide on purpose: what is no code is refused with the code that was probably meant. A comma
# separates values, and PostgreSQL knows no NUL.
Codes = list[Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^,\\u0000]+$")]]
# Names have commas of their own, so several come repeated only.
Names = list[
    Annotated[
        str,
        Meta(min_length=1, max_length=200, pattern="^[^\\u0000]+$"),
    ]
]
CountryCodes = list[Annotated[str, Meta(pattern="^[A-Z]{2}$")]]
Jobs = Annotated[int, Meta(ge=1, le=MOST_JOBS)]
Share = Annotated[float, Meta(gt=0, le=1)]


Limit = Annotated[
    int,
    Meta(
        ge=1,
        le=200,
        description="Most records on a page; 50 if it is not given. CSV and NDJSON without it are "
        "the whole result in one answer.",
        examples=[25],
    ),
]
DEFAULT_LIMIT = 50
FormatName = Annotated[
    Literal["json", "csv", "ndjson", "csl", "bibtex", "ris", "text"],
    Meta(
        description="Format of the answer, before what `Accept` says: JSON with an envelope, CSV "
        "with flat columns, NDJSON with a whole record on each line; or a citation of this very "
        "question to the ledger as CSL-JSON, BibTeX, RIS or plain text."
    ),
]
RecordFormatName = Annotated[
    Literal["json", "csl", "bibtex", "ris", "text"],
    Meta(
        description="Format of the answer, before what `Accept` says: the record as JSON, or what "
        "cites it and the sources that it cites as CSL-JSON, BibTeX, RIS or plain text."
    ),
]
ChangedSince = Annotated[
    int,
    Meta(
        ge=0,
        le=MOST_JOBS - 1,
        description="Only records that changed after this revision: whose `revision` is greater.",
        examples=[1],
    ),
]
Sample = Annotated[
    int,
    Meta(
        ge=1,
        le=10_000,
        description="Only so many of the records that match, at random, in the order of `sort`. "
        "The same `seed` gives the same ones while the revision is the same.",
        examples=[20],
    ),
]
Seed = Annotated[
    int, Meta(ge=0, le=MOST_JOBS, description="Which sample: any number.", examples=[7])
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
NO_CURSOR = ("is none of this API's", "take it, with its parameters, from links.next")
"""What is wrong with a cursor, and what to do."""
Count = Annotated[
    Literal["exact", "none"],
    Meta(description="`none` leaves out `meta.count`, which is quicker on large results."),
]


Question = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern="^[^\\u0000]+$",
        description="Only what has all of these words, in any order and form; the last one may be "
        "only a beginning, and a mistyped one is put right. The same as `/v1/search` finds.",
        examples=["meta platforms"],
    ),
]


def _select(struct: type[Struct], *examples: str) -> Any:
    """Give the type of `select` for a record: some of the fields at its top."""
    names = tuple(one.name for one in msgspec.structs.fields(struct) if one.required)
    return Annotated[
        list[Literal[names]],  # type: ignore[valid-type]
        Meta(
            description="Only these top-level fields of each record, in the record's order. JSON "
            "comes as `application/vnd.layoff-ledger.selection+json` then; CSV keeps the columns "
            "that are made of these fields.",
            examples=[list(examples)],
        ),
    ]


if TYPE_CHECKING:
    WaveFields = list[str]
    CompanyFields = list[str]
    SourceFields = list[str]
    DriverFields = list[str]
    RoleFields = list[str]
    CollectionFields = list[str]
else:
    WaveFields = _select(records.Wave, "id", "announced_on", "headcount")
    CompanyFields = _select(records.Company, "id", "name")
    SourceFields = _select(records.Source, "id", "url")
    DriverFields = _select(records.Driver, "code", "label")
    RoleFields = _select(records.Role, "code", "label")
    CollectionFields = _select(records.Collection, "id", "license")


class Paging(Reading, frozen=True, kw_only=True):
    """Which part of a list is asked for, and in which shape."""

    changed_since: ChangedSince | None = None
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    sample: Sample | None = None
    seed: Seed = 0
    format: FormatName | None = None


class Searchable(Paging, frozen=True, kw_only=True):
    """Which part of a list of what can be searched."""

    q: Question | None = None


Expand = Annotated[
    list[Literal["company", "sources"]],
    Meta(
        description="Whole records beside each wave, under `expanded`: its company, the sources "
        "that it cites. CSV and citations have no room for them.",
        examples=[["company"]],
        extra_json_schema={"uniqueItems": True},
    ),
]


class WaveParameters(Reading, frozen=True, kw_only=True):
    """In which shape one wave is asked for."""

    expand: Expand = []
    format: RecordFormatName | None = None


class SourceParameters(Reading, frozen=True, kw_only=True):
    """In which shape one source is asked for."""

    format: RecordFormatName | None = None


class WaveFilter(Reading, frozen=True, kw_only=True):
    """Which waves are asked for: values of one parameter mean or, several parameters mean and."""

    q: Question | None = None
    company: Annotated[
        Codes, Meta(description="Only these companies' waves, by id.", examples=[["meta"]])
    ] = []
    company_not: Annotated[
        Codes, Meta(description="Not these companies' waves.", examples=[["meta"]])
    ] = []
    driver: Annotated[
        Codes,
        Meta(
            description="Only waves for which somebody gives one of these drivers. "
            "Denials do not count, unless `stance` asks for them.",
            examples=[["over_hiring"]],
        ),
    ] = []
    driver_not: Annotated[
        Codes,
        Meta(
            description="Not waves for which somebody gives one of these drivers.",
            examples=[["ai_automation"]],
        ),
    ] = []
    speaker: Annotated[
        list[vocabulary.Speaker],
        Meta(
            description="Only waves with a driver claim by one of these speakers. "
            "Together with `driver` and `stance`, one and the same claim must match.",
            examples=[["company"]],
        ),
    ] = []
    stance: Annotated[
        list[vocabulary.Stance],
        Meta(
            description="Only waves with a driver claim of one of these stances. "
            "Together with `driver` and `speaker`, one and the same claim must match.",
            examples=[["states"]],
        ),
    ] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(
            description="Only claims that a source of one of these standings supports: the driver "
            "claim of `driver`, `speaker` or `stance`, the role claim of `role` or `effect`, else "
            "any claim of the wave.",
            examples=[["primary"]],
        ),
    ] = []
    role: Annotated[
        Codes,
        Meta(
            description="Only waves with one of these roles: among the cut ones, "
            "unless `effect` says otherwise.",
            examples=[["recruiting"]],
        ),
    ] = []
    role_not: Annotated[
        Codes, Meta(description="Not waves that cut one of these roles.", examples=[["recruiting"]])
    ] = []
    effect: Annotated[
        list[vocabulary.Effect],
        Meta(
            description="What happens to the roles of `role`; one and the same claim must match.",
            examples=[["cut"]],
        ),
    ] = []
    industry: Annotated[
        Codes, Meta(description="Only companies of these NAICS 2022 sectors.", examples=[["51"]])
    ] = []
    country: Annotated[
        CountryCodes,
        Meta(description="Only waves whose scope names one of these countries.", examples=[["US"]]),
    ] = []
    country_not: Annotated[
        CountryCodes,
        Meta(description="Not waves whose scope names one of these countries.", examples=[["US"]]),
    ] = []
    company_country: Annotated[
        CountryCodes,
        Meta(
            description="Only companies with their seat in one of these countries.",
            examples=[["US"]],
        ),
    ] = []
    status: Annotated[
        Codes, Meta(description="Only waves of these statuses.", examples=[["announced"]])
    ] = []
    status_not: Annotated[
        Codes, Meta(description="Not waves of these statuses.", examples=[["withdrawn"]])
    ] = []
    form: Annotated[
        Codes,
        Meta(
            description="Only waves in which posts go in one of these forms.", examples=[["layoff"]]
        ),
    ] = []
    collection: Annotated[
        Codes, Meta(description="Only waves of these collections.", examples=[["curated"]])
    ] = []
    source: Annotated[
        Codes, Meta(description="Only waves that cite one of these sources, by id.")
    ] = []
    announced_gte: (
        Annotated[
            datetime.date,
            Meta(description="Announced on this day or later.", examples=["2023-01-01"]),
        ]
        | None
    ) = None
    announced_lte: (
        Annotated[
            datetime.date,
            Meta(description="Announced on this day or earlier.", examples=["2023-12-31"]),
        ]
        | None
    ) = None
    headcount_gte: (
        Annotated[
            Jobs,
            Meta(
                description="At least so many jobs for certain: by the lower bound.",
                examples=[1000],
            ),
        ]
        | None
    ) = None
    headcount_lte: (
        Annotated[
            Jobs,
            Meta(
                description="At most so many jobs for certain: by the upper bound.", examples=[5000]
            ),
        ]
        | None
    ) = None
    share_gte: (
        Annotated[
            Share,
            Meta(
                description="At least this share for certain: by the lower bound.", examples=[0.1]
            ),
        ]
        | None
    ) = None
    share_lte: (
        Annotated[
            Share,
            Meta(description="At most this share for certain: by the upper bound.", examples=[0.2]),
        ]
        | None
    ) = None
    headcount_known: (
        Annotated[
            bool,
            Meta(
                description="Only waves whose headcount is known (true) or not (false).",
                examples=[True],
            ),
        ]
        | None
    ) = None
    canonical: Annotated[
        list[bool],
        Meta(
            description="Only waves that statistics count (true), only parts, copies and "
            "superseded reports (false), or both (true,false).",
            examples=[[True]],
        ),
    ] = []
    changed_since: ChangedSince | None = None


class WaveListParameters(WaveFilter, frozen=True, kw_only=True):
    """Which waves, and which part of the list."""

    # A struct has one base with fields, so what is in `Paging` stands here again.
    limit: Limit | None = None
    cursor: Cursor | None = None
    count: Count = "exact"
    select: WaveFields = []
    expand: Expand = []
    sample: Sample | None = None
    seed: Seed = 0
    format: FormatName | None = None
    sort: Annotated[
        Literal[
            "-announced_on", "announced_on", "-headcount", "headcount", "id", "-id", "-relevance"
        ],
        Meta(
            description="Order; `-` is descending, unknown comes last, `id` breaks ties. "
            "`-relevance` only together with `q`."
        ),
    ] = "-announced_on"


Dimension = Literal[
    "company",
    "industry",
    "country",
    "driver",
    "driver_group",
    "role",
    "role_axis",
    "status",
    "form",
    "speaker",
    "collection",
    "year",
    "quarter",
    "month",
]


class StatisticsParameters(WaveFilter, frozen=True, kw_only=True):
    """Which waves are counted, and by what."""

    group_by: Annotated[
        list[Dimension],
        Meta(
            min_length=1,
            max_length=2,
            description="One or two dimensions. `country` is where the cuts fall; `driver` and "
            "`speaker` count affirmed reasons, `role` the cut ones.",
            examples=[["year"]],
            extra_json_schema={"uniqueItems": True},
        ),
    ]
    # Here the default is what may be added up.
    canonical: Annotated[
        list[bool],
        Meta(
            description="Waves that may be added up (true, the default), parts, copies and "
            "superseded reports (false), or both (true,false).",
            examples=[[True]],
        ),
    ] = field(default_factory=lambda: [True])
    sort: Annotated[
        Literal["key", "-waves", "-headcount_low"],
        Meta(description="Order of the groups; unknown keys come last, keys break ties."),
    ] = "key"
    format: (
        Annotated[
            Literal["json", "csv", "csl", "bibtex", "ris", "text"],
            Meta(
                description="Format of the answer, before what `Accept` says: JSON, CSV, or a "
                "citation of this very question to the ledger."
            ),
        ]
        | None
    ) = None
    limit: Annotated[
        int, Meta(ge=1, le=10_000, description="Most groups; `meta.groups` tells of how many.")
    ] = 1_000


class CompanyListParameters(Searchable, frozen=True, kw_only=True):
    """Which companies, and which part of the list."""

    country: Annotated[
        CountryCodes,
        Meta(description="Only with their seat in these countries.", examples=[["US"]]),
    ] = []
    industry: Annotated[
        Codes, Meta(description="Only of these NAICS 2022 sectors.", examples=[["51"]])
    ] = []
    parent: Annotated[
        Codes,
        Meta(description="Only companies that one of these owns, by id.", examples=[["amazon"]]),
    ] = []
    cik: Annotated[
        Codes,
        Meta(description="Only with one of these SEC keys, ten digits.", examples=[["0001326801"]]),
    ] = []
    lei: Annotated[Codes, Meta(description="Only with one of these ISO 17442 identifiers.")] = []
    wikidata: Annotated[
        Codes, Meta(description="Only with one of these Wikidata items.", examples=[["Q380"]])
    ] = []
    ticker: Annotated[
        Codes,
        Meta(
            description="Only with one of these listings, exchange:symbol.",
            examples=[["NASDAQ:META"]],
        ),
    ] = []
    select: CompanyFields = []
    sort: Annotated[
        Literal["name", "-name", "id", "-id", "-waves", "waves", "-relevance"],
        Meta(
            description="Order; `-` is descending, `id` breaks ties. `-relevance` only together "
            "with `q`."
        ),
    ] = "name"


class SourceListParameters(Searchable, frozen=True, kw_only=True):
    """Which sources, and which part of the list."""

    kind: Annotated[Codes, Meta(description="Only of these kinds.", examples=[["filing"]])] = []
    standing: Annotated[
        list[vocabulary.Standing],
        Meta(description="Only sources of this worth.", examples=[["primary"]]),
    ] = []
    publisher: Annotated[
        Names,
        Meta(
            description="Only by these publishers, exact. Several come repeated; "
            "a comma is part of a name.",
            examples=[["SEC EDGAR"]],
        ),
    ] = []
    language: Annotated[
        Codes, Meta(description="Only in these languages, ISO 639.", examples=[["en"]])
    ] = []
    published_gte: (
        Annotated[
            datetime.date,
            Meta(description="Published on this day or later.", examples=["2023-01-01"]),
        ]
        | None
    ) = None
    published_lte: (
        Annotated[
            datetime.date,
            Meta(description="Published on this day or earlier.", examples=["2023-12-31"]),
        ]
        | None
    ) = None
    select: SourceFields = []
    sort: Annotated[
        Literal[
            "-published_on", "published_on", "id", "-id", "publisher", "-publisher", "-relevance"
        ],
        Meta(
            description="Order; `-` is descending, unknown comes last, `id` breaks ties. "
            "`-relevance` only together with `q`."
        ),
    ] = "-published_on"


class DriverListParameters(Searchable, frozen=True, kw_only=True):
    """Which drivers, and which part of the list."""

    group: Annotated[
        Codes, Meta(description="Only of these groups.", examples=[["technology"]])
    ] = []
    select: DriverFields = []
    sort: Annotated[
        Literal["code", "-code", "-waves", "waves", "-relevance"],
        Meta(
            description="Order; `-` is descending, `code` breaks ties. `-relevance` only together "
            "with `q`."
        ),
    ] = "code"


class RoleListParameters(Searchable, frozen=True, kw_only=True):
    """Which roles, and which part of the list."""

    axis: Annotated[
        list[vocabulary.Axis], Meta(description="Only on these axes.", examples=[["function"]])
    ] = []
    select: RoleFields = []
    sort: Annotated[
        Literal["code", "-code", "-waves", "waves", "-relevance"],
        Meta(
            description="Order; `-` is descending, `code` breaks ties. `-relevance` only together "
            "with `q`."
        ),
    ] = "code"


class CollectionListParameters(Paging, frozen=True, kw_only=True):
    """Which part of the collections."""

    select: CollectionFields = []
    sort: Annotated[
        Literal["id", "-id", "-waves", "waves"],
        Meta(description="Order; `-` is descending, `id` breaks ties."),
    ] = "id"


class ComparisonParameters(Reading, frozen=True, kw_only=True):
    """Which waves are compared."""

    wave: Annotated[
        Codes,
        Meta(
            min_length=2,
            max_length=10,
            description="2 to 10 ids of waves, in the order of the columns.",
            examples=[["meta-2023-03", "meta-2026-03"]],
            extra_json_schema={"uniqueItems": True},
        ),
    ]


ResourceName = Literal[
    "wave", "company", "company_indicators", "source", "driver", "role", "collection"
]


class RevisionListParameters(Reading, frozen=True, kw_only=True):
    """Which part of the revisions."""

    limit: Limit | None = None
    cursor: Cursor | None = None
    sort: Annotated[
        Literal["-number", "number"], Meta(description="Order; `-` is the newest first.")
    ] = "-number"


class ChangeListParameters(Reading, frozen=True, kw_only=True):
    """Which changes, and in which shape."""

    since: Annotated[
        int,
        Meta(
            ge=0,
            le=MOST_JOBS - 1,
            description="Only what changed after this revision; 0 is all that ever changed.",
            examples=[0],
        ),
    ] = 0
    resource: Annotated[
        list[ResourceName],
        Meta(description="Only records of these kinds.", examples=[["wave"]]),
    ] = []
    limit: Limit | None = None
    cursor: Cursor | None = None
    format: (
        Annotated[
            Literal["json", "csv", "ndjson", "atom"],
            Meta(
                description="Format of the answer, before what `Accept` says. CSV has no "
                "documents. Atom has the newest change first."
            ),
        ]
        | None
    ) = None


class SearchParameters(Reading, frozen=True, kw_only=True):
    """What is searched for."""

    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern="^[^\\u0000]+$",
            description="Words that must all occur, in any order and form; the last one may be "
            "only a beginning, and a mistyped one is put right.",
            examples=["over-hiring recruiters"],
        ),
    ]
    kind: Annotated[
        list[Literal["wave", "company", "source", "driver", "role"]],
        Meta(description="Only hits of these kinds.", examples=[["wave"]]),
    ] = []
    limit: Annotated[
        int, Meta(ge=1, le=50, description="Most hits; `meta.count` tells of how many.")
    ] = 20


class AutocompleteParameters(Reading, frozen=True, kw_only=True):
    """What is typed so far."""

    q: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern="^[^\\u0000]+$",
            description="The beginning of a name, former name, alias or later word of a name, an "
            "id, a ticker or a CIK; case, accents and punctuation do not matter.",
            examples=["faceb"],
        ),
    ]


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Suggest the known word that was probably meant."""
    close = difflib.get_close_matches(written, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else None


class Field(Struct, frozen=True):
    """How one parameter is read."""

    name: str
    type: Any
    item: Any
    """Type of one value of a list; None for a scalar."""
    required: bool
    commas: bool = True
    """Whether a comma separates values of a list."""


@functools.cache
def fields(struct: type[Struct]) -> dict[str, Field]:
    """Give the parameters of a struct by name."""
    hints = get_type_hints(struct, include_extras=True)
    found = {}
    for one in msgspec.structs.fields(struct):
        type_ = hints[one.name]
        if get_origin(type_) in {Union, types.UnionType}:
            # Null stands for "not given"; the text `null` is no value of any parameter.
            (type_,) = (branch for branch in get_args(type_) if branch is not type(None))
        bare = type_
        while get_origin(bare) is Annotated:
            bare = get_args(bare)[0]
        item = get_args(bare)[0] if get_origin(bare) is list else None
        commas = item not in get_args(Names)
        found[one.name] = Field(one.name, type_, item, one.required, commas)
    return found


def read(struct: type[ParametersT], query: Query) -> ParametersT:
    """Read a parsed query string; raise `InvalidParametersError` with every mistake."""
    errors: list[ProblemError] = [*query.mistakes]
    given: dict[str, list[str]] = {}
    for one in query.parameters:
        given.setdefault(one.name, []).append(one.value)
    known = fields(struct)
    values: dict[str, Any] = {}
    if len(given) > MOST_VALUES:
        message = f"has {len(given)} parameters"
        raise InvalidParametersError([_error("query", message, f"give at most {MOST_VALUES}")])
    told = False
    for name, written in given.items():
        if name not in known:
            hint = nearest(name, known)
            if hint is None and known and not told:
                # Once, or an answer would be many times as long as its request.
                hint, told = f"known are {', '.join(known)}", True
            errors.append(_error(name[:100], "unknown parameter", hint))
        else:
            value = _value(known[name], written, errors)
            values[name] = value
    errors += [
        _error(name, "is required", None)
        for name, one in known.items()
        if one.required and name not in given
    ]
    if errors:
        raise InvalidParametersError(errors)
    return struct(**values)


def _value(field: Field, written: list[str], errors: list[ProblemError]) -> Any:
    if field.item is None:
        if len(written) > 1:
            errors.append(_error(field.name, "is given more than once", "give it once"))
            return None
        return _convert(field.name, field.type, written[0], errors)
    items = [item for value in written for item in value.split(",")] if field.commas else written
    if len(items) > MOST_VALUES:
        errors.append(_error(field.name, f"has {len(items)} values", f"give at most {MOST_VALUES}"))
        return []
    before = len(errors)
    values = [_convert(field.name, field.item, item, errors) for item in items]
    if len(errors) == before:
        return _convert(field.name, field.type, values, errors)
    return []


def _convert(name: str, type_: Any, written: object, errors: list[ProblemError]) -> Any:
    try:
        value = msgspec.convert(written, type_, strict=False)
    except msgspec.ValidationError as error:
        errors.append(_mistake(name, type_, written, str(error)))
        return None
    if isinstance(value, float) and not math.isfinite(value):
        errors.append(_error(name, f"{written!r} is no finite number", None))
    return value


def _mistake(name: str, type_: Any, written: object, reason: str) -> ProblemError:
    """Say in a reader's words what `msgspec` found."""
    shown = repr(written[:100]) if isinstance(written, str) else f"{len(written)} values"  # type: ignore[arg-type]
    choices = _choices(type_)
    if choices:
        message = f"{shown} is none of {', '.join(choices)}"
        return _error(name, message, nearest(str(written), choices))
    if name == "cursor":
        return _error(name, *NO_CURSOR)
    for word, told, suggestion in _REASONS:
        if word in (name, *reason.replace("`", " ").split()):
            return _error(name, f"{shown} is {told}", suggestion)
    plain = reason.replace("`", "").split(" - at ")[0]
    for pattern, told in _BOUNDS:
        if found := re.fullmatch(pattern, plain):
            return _error(name, f"{shown}: {told.format(*found.groups())}", None)
    return _error(name, f"{shown}: {plain.lower()}", None)


# What `msgspec` says of bounds → what a reader is told.
_BOUNDS = (
    (r"Expected (?:int|float) >= (\S+)", "must be at least {0}"),
    (r"Expected (?:int|float) <= (\S+)", "must be at most {0}"),
    (r"Expected (?:int|float) > (\S+)", "must be more than {0}"),
    (r"Expected int, got str", "is no whole number"),
    (r"Expected float, got str", "is no number"),
    (r"Expected str of length >= 1", "must not be empty"),
    (r"Expected str of length <= (\d+)", "must have at most {0} characters"),
    (r"Expected array of length >= (\d+)", "must be at least {0}"),
    (r"Expected array of length <= (\d+)", "must be at most {0}"),
)

# A parameter, or a word of what `msgspec` finds → what a reader is told.
_REASONS: tuple[tuple[str, str, str | None], ...] = (
    ("as_of", "neither the number of a revision nor a date", "write 7 or 2026-11-24"),
    ("date", "no date", "write it as 2023-03-14"),
    ("regex", "no country code", "two capital letters, such as DE"),
    ("bool", "neither true nor false", None),
)


def _choices(type_: Any) -> tuple[str, ...]:
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    return get_args(type_) if get_origin(type_) is Literal else ()


def _error(name: str, detail: str, suggestion: str | None) -> ProblemError:
    return ProblemError(parameter=name, detail=detail, suggestion=suggestion)
