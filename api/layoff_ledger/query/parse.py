"""Query strings → structs. What a struct declares is what is read, documented and refused.

Lists may be repeated (`driver=a&driver=b`) or have commas (`driver=a,b`). Every mistake of a
request is reported at once, each with what to do.
"""

from __future__ import annotations

import functools
import math
import re
import types
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import quote_plus

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from layoff_ledger.http.context import Query
from layoff_ledger.http.problems import (
    EXAMPLE,
    REQUIRED,
    UNKNOWN_PARAMETER,
    InvalidParametersError,
    mistake,
)
from layoff_ledger.http.schemas import ProblemError
from layoff_ledger.nearest import Suggestion, nearest, nearest_country
from layoff_ledger.query.suggestions import left_out, nearest_parameter, synonym
from layoff_ledger.query.values import (
    format_elsewhere,
    is_ambiguous,
    nearest_number,
    nearest_period,
    nearest_range,
    nearest_share,
    nearest_sort,
    several,
    word_of_value,
)
from layoff_ledger.resources.filters import Known, Where
from layoff_ledger.resources.parameters import UNFILTERED, Names, Parameters
from layoff_ledger.resources.periods import Edge, Periods, edge_of, span

ParametersT = TypeVar("ParametersT", bound=Parameters)
MAX_VALUES = 100
"""Parameters of a request, and values of one of them."""


class Field(Struct, frozen=True):
    """How one parameter is read."""

    name: str
    type: Any
    item: Any
    """Type of one value of a list; None for a scalar."""
    required: bool
    default: Any = None
    """Its default value."""
    commas: bool = True
    """Whether a comma separates values of a list."""
    where: Where | None = None
    """The condition that it adds, if it is one by itself."""
    known: Known | None = None
    """The vocabulary or the resource whose codes it takes."""
    edge: Edge | None = None
    """Which day of a span it takes, if it is a bound of dates."""
    has_periods: bool = False
    """Whether its values are spans of days."""


@functools.cache
def fields(struct: type[Struct]) -> dict[str, Field]:
    """Return the parameters of a struct by name."""
    hints = get_type_hints(struct, include_extras=True)
    found = {}
    for one in msgspec.structs.fields(struct):
        type_ = hints[one.name]
        if get_origin(type_) in {Union, types.UnionType}:
            # Null stands for "not given"; the text `null` is not a value of any parameter.
            (type_,) = (branch for branch in get_args(type_) if branch is not type(None))
        bare = type_
        while get_origin(bare) is Annotated:
            bare = get_args(bare)[0]
        item = get_args(bare)[0] if get_origin(bare) is list else None
        metadata = getattr(type_, "__metadata__", ())
        found[one.name] = Field(
            one.name,
            type_,
            item,
            one.required,
            one.default if one.default_factory is NODEFAULT else one.default_factory(),
            commas=item not in get_args(Names),
            where=next((one for one in metadata if isinstance(one, Where)), None),
            known=next((one for one in metadata if isinstance(one, Known)), None),
            edge=next((one for one in metadata if isinstance(one, Edge)), None),
            has_periods=any(isinstance(one, Periods) for one in metadata),
        )
    return found


@functools.cache
def _filters(struct: type[Struct]) -> dict[str, Where]:
    return {name: one.where for name, one in fields(struct).items() if one.where is not None}


@functools.cache
def _codes(struct: type[Struct]) -> dict[str, Known]:
    return {name: one.known for name, one in fields(struct).items() if one.known is not None}


def given_filters(parameters: Parameters) -> list[tuple[str, Where, Any]]:
    """Return the parameters with a value that are a condition by themselves, with their values."""
    filters = _filters(type(parameters))
    return [
        (name, filters[name], value)
        for name, value in parameters.present.items()
        if name in filters and value != []
    ]


def given_codes(parameters: Parameters) -> list[tuple[str, Known, list[str]]]:
    """Return the parameters with a value that take codes, with their values."""
    codes = _codes(type(parameters))
    return [
        (name, codes[name], value)
        for name, value in parameters.present.items()
        if name in codes and value
    ]


def given_parameters(parameters: Parameters, without: frozenset[str]) -> list[tuple[str, Any]]:
    """Return the parameters whose values differ from the defaults, in order of their names."""
    known = fields(type(parameters))
    return sorted(
        [
            (name, value)
            for name, value in parameters.present.items()
            if name not in without and value != known[name].default
        ]
    )


def names_of_filters(parameters: Parameters) -> list[str]:
    """Return the names of the parameters with a value that may leave out records."""
    return [
        name for name, value in parameters.present.items() if name not in UNFILTERED and value != []
    ]


def number_of_filters(parameters: Parameters) -> int:
    """Return how many of the given parameters may leave out records."""
    return len(names_of_filters(parameters))


def read(struct: type[ParametersT], query: Query) -> ParametersT:
    """Read the parameters of a query string, which is already split and decoded.

    Raises `InvalidParametersError` with every mistake, including those of the decoding.
    """
    return read_at_once(struct, query) or read_each(struct, query)


def read_each(struct: type[ParametersT], query: Query) -> ParametersT:
    """Read parameters one after the other, so that every mistake is found; see `read`."""
    errors = list(query.mistakes)
    asked: dict[str, list[str]] = {}
    for one in query.parameters:
        asked.setdefault(one.name, []).append(one.value)
    known = fields(struct)
    values: dict[str, Any] = {}
    if len(asked) > MAX_VALUES:
        message = f"has {len(asked)} parameters"
        raise InvalidParametersError(mistake("query", message, f"give at most {MAX_VALUES}"))
    listed = False
    for name, written in asked.items():
        if name not in known:
            hint = nearest_parameter(name, known)
            if hint is None and known and not listed:
                # Once, or an answer would be many times as long as its request.
                hint, listed = Suggestion(f"valid parameters are {', '.join(known)}"), True
            errors.append(mistake(name[:100], UNKNOWN_PARAMETER, hint))
        else:
            value = _value(known[name], written, errors)
            values[name] = value
    errors += [
        mistake(name, REQUIRED, _example(known[name]))
        for name in _required(struct)
        if name not in asked
    ]
    errors += _empty_spans(_spans(struct), values)
    if errors:
        raise InvalidParametersError(*errors)
    return struct(**values)


def read_at_once(struct: type[ParametersT], query: Query) -> ParametersT | None:
    """Read flawless parameters with the struct's compiled decoder; return None if it fails."""
    if query.mistakes or len(query.parameters) > MAX_VALUES:
        return None
    known, written = fields(struct), dict[str, str | list[str]]()
    for one in query.parameters:
        name, value = one.name, one.value
        field = known.get(name)
        # `null` would be read as absent.
        if field is None or name in written or field.has_periods or value.lower() == "null":
            return None
        if field.item is not None:
            written[name] = items = value.split(",") if field.commas else [value]
            if len(items) > MAX_VALUES:
                return None
        elif field.edge is not None:
            written[name] = edge_of(value, field.edge)
        else:
            written[name] = value
    try:
        parameters = msgspec.convert(written, struct, strict=False)
    except msgspec.ValidationError:
        return None
    return parameters if _is_sound(parameters, written) else None


def _is_sound(parameters: Parameters, written: dict[str, str | list[str]]) -> bool:
    """Return whether numbers are finite, and written so that they can only be what was read."""
    for name, value in parameters.present.items():
        if isinstance(value, float) and not math.isfinite(value):
            return False
        if isinstance(value, int) and is_ambiguous(value, written.get(name)):
            return False
    return not _empty_spans(_spans(type(parameters)), parameters.present)


@functools.cache
def _required(struct: type[Struct]) -> list[str]:
    return [name for name, one in fields(struct).items() if one.required]


def _example(field: Field) -> str | None:
    """Show how to write a parameter that is missing."""
    metas = getattr(field.type, "__metadata__", ())
    examples = [one.examples[0] for one in metas if isinstance(one, Meta) and one.examples]
    if not examples:
        return None
    (example, *_) = examples
    written = ",".join(example) if isinstance(example, list) else str(example)
    return f"{EXAMPLE}{field.name}={quote_plus(written, safe=',')}"


@functools.cache
def _spans(struct: type[Struct]) -> list[tuple[str, str]]:
    """Return the bounds of dates that belong together, the first day before the last one."""
    known = fields(struct)
    dates = [name for name, one in known.items() if one.edge is not None]
    pairs = [
        (name, "to" if name == "from" else f"{name.removesuffix('_gte')}_lte") for name in dates
    ]
    return [(name, other) for name, other in pairs if other in known]


def _empty_spans(spans: list[tuple[str, str]], values: dict[str, Any]) -> list[ProblemError]:
    """Refuse bounds of dates with no day between them.

    Numbers are not refused: the answer to those has always been an empty list, with a hint.
    """
    errors = []
    for name, other in spans:
        first, last = values.get(name), values.get(other)
        if first is None or last is None or first <= last:
            continue
        detail = f"{first} is after {other} ({last}), so no day is in between"
        errors.append(mistake(name, detail, "swap the two, or leave one out"))
    return errors


def _value(field: Field, written: list[str], errors: list[ProblemError]) -> Any:
    if field.item is None:
        if len(written) > 1:
            errors.append(mistake(field.name, "is given more than once", "give it once"))
            return None
        value = written[0] if field.edge is None else edge_of(written[0], field.edge)
        return _convert(field.name, field.type, value, errors)
    items = [item for value in written for item in value.split(",")] if field.commas else written
    if len(items) > MAX_VALUES:
        errors.append(mistake(field.name, f"has {len(items)} values", f"give at most {MAX_VALUES}"))
        return []
    if len(items) > 1 and "" in items:
        errors.append(mistake(field.name, "one of its values is empty", "leave that one out"))
        items = [item for item in items if item]
    before = len(errors)
    if field.has_periods:
        errors += [
            mistake(field.name, *_no_period(field.name, item))
            for item in items
            if not _is_period(item)
        ]
        return items
    values = [_convert(field.name, field.item, item, errors) for item in items]
    if len(errors) == before:
        return _convert(field.name, field.type, values, errors)
    return []


def _is_period(written: str) -> bool:
    try:
        span(written)
    except ValueError:
        return False
    return True


def _no_period(name: str, written: str) -> tuple[str, Suggestion | str]:
    hint = nearest_range(name, written) or nearest_period(written) or _DATE_FORMS
    return f"{written[:100]!r} is not a date", hint


def _convert(name: str, type_: Any, written: object, errors: list[ProblemError]) -> Any:
    try:
        value = msgspec.convert(written, type_, strict=False)
    except msgspec.ValidationError as error:
        errors.append(_in_words(name, type_, written, str(error)))
        return None
    if isinstance(value, float) and not math.isfinite(value):
        errors.append(mistake(name, f"{written!r} is not a finite number", None))
        return None
    if is_ambiguous(value, written):
        errors.append(_in_words(name, type_, written, "Expected int, got str"))
        return None
    return value


def _in_words(name: str, type_: Any, written: object, reason: str) -> ProblemError:
    """Say in a reader's words what `msgspec` found."""
    shown = repr(written[:100]) if isinstance(written, str) else _number_of(written)
    choices = choices_of(type_)
    if choices:
        return mistake(
            name,
            f"{shown} is not one of {', '.join(choices)}",
            _choice(name, str(written), choices),
        )
    if name == "cursor":
        return mistake(name, *NO_CURSOR)
    if name in _NUMBERS_OF_REVISIONS and _is_period(str(written)):
        return mistake(
            name, f"{shown} is not the number of a revision", _NUMBERS_OF_REVISIONS[name]
        )
    for word, meaning, suggestion in _REASONS:
        if word in (name, *reason.replace("`", " ").split()):
            near = _NEAREST[word](str(written)) if word in _NEAREST else None
            if word == "regex":
                near = left_out(name, str(written)) or several(str(written)) or near
            elif word == "as_of" and str(written).strip().lower() in _NEWEST:
                near = Suggestion("leave it out for the newest revision")
            return mistake(name, f"{shown} is {meaning}", near or suggestion)
    plain = reason.replace("`", "").split(" - at ")[0]
    for pattern, words in _BOUNDS:
        if found := re.fullmatch(pattern, plain):
            meaning = words.format(*found.groups())
            near = _NUMBERS.get(name, nearest_number)(written) if isinstance(written, str) else None
            hint = near or _HINTS.get(meaning)
            if (name, meaning) == ("limit", _OF_PAGES):
                hint = _WHOLE_LIST
            return mistake(name, f"{shown}: {meaning}", hint)
    return mistake(name, f"{shown}: {plain.lower()}", None)


def _number_of(values: Any) -> str:
    return f"{len(values)} value{'' if len(values) == 1 else 's'}"


def _choice(name: str, written: str, choices: tuple[str, ...]) -> Suggestion | str | None:
    """Suggest one value of a closed set."""
    if name == "sort":
        return nearest_sort(written, choices)
    if name == "format" and (elsewhere := format_elsewhere(written, choices)) is not None:
        return elsewhere
    if near := left_out(name, written) or several(written):
        return near
    return synonym(written, choices) or word_of_value(written, choices) or nearest(written, choices)


_NUMBERS_OF_REVISIONS = {
    "since": "give the number of a revision, or a day as published_gte",
    "changed_since": "give the number of a revision: /v1/revisions says when each was published",
}
"""Parameters that take a revision, for which people write a day → what to do."""
# What `msgspec` says about bounds → what a reader reads.
_BOUNDS = (
    (r"Expected (?:int|float) >= (\S+)", "must be at least {0}"),
    (r"Expected (?:int|float) <= (\S+)", "must be at most {0}"),
    (r"Expected (?:int|float) > (\S+)", "must be more than {0}"),
    (r"Expected int, got str", "must be a whole number"),
    (r"Expected float, got str", "must be a number"),
    (r"Expected str of length >= 1", "must not be empty"),
    (r"Expected str of length <= (\d+)", "must have at most {0} characters"),
    (r"Expected array of length >= (\d+)", "at least {0} are needed"),
    (r"Expected array of length <= (\d+)", "at most {0} are allowed"),
)

# What a reader reads → what to do.
_HINTS = {"must not be empty": "give a value, or leave it out"}

_NEWEST = frozenset(("latest", "newest", "current", "now", "today", "last", "head"))
_OF_PAGES = "must be at most 200"
_WHOLE_LIST = "follow `links.next`; CSV and NDJSON have a list of records whole, without limit"

_DATE_FORMS = "write it as 2023, 2023-Q1, 2023-03 or 2023-03-14"
# Parameters whose numbers are easily written in another unit → what to do.
_NUMBERS = dict.fromkeys(("share_gte", "share_lte"), nearest_share)

# A parameter, or a word in what `msgspec` finds → what a reader reads, and what to do.
_REASONS: tuple[tuple[str, str, str | None], ...] = (
    ("as_of", "neither the number of a revision nor a date", "write it as 7 or 2026-11-24"),
    ("date", "not a date", _DATE_FORMS),
    ("regex", "not a country code", "write two capital letters, such as DE"),
    ("bool", "neither true nor false", "write true or false"),
)


# What was probably meant by one of these words.
_NEAREST: dict[str, Callable[[str], Suggestion | None]] = {
    "regex": functools.partial(nearest_country, more=" Write two capital letters"),
    "date": nearest_period,
    "bool": functools.partial(word_of_value, known=("true", "false")),
}


NO_CURSOR = ("was not issued by this API", "use the whole address in links.next")
"""What is wrong with a cursor, and what to do."""


def choices_of(type_: Any) -> tuple[str, ...]:
    """Return the values of a closed set; none if any value of the type will do."""
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    return get_args(type_) if get_origin(type_) is Literal else ()
