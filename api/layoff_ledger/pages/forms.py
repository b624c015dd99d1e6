"""Parameters → the fields of a form: what can be asked, and what was."""

from __future__ import annotations

import datetime
import functools
import types
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from layoff_ledger.formats import LOOKS
from layoff_ledger.http.context import Query
from layoff_ledger.pages import words
from layoff_ledger.pages.labels import label
from layoff_ledger.pages.subject import Subject
from layoff_ledger.query.parse import Field, choices_of, fields
from layoff_ledger.query.vocabularies import codes
from layoff_ledger.resources.parameters import Parameters
from layoff_ledger.store.revisions import Snapshot

KEPT = ("as_of", "format", "sample", "seed", "measure")
"""Parameters that a form keeps as they were given, without showing them."""
MAX_CHOICES = 60
"""The most values that a list shows; if there are more, some are offered while somebody types."""
MAX_OFFERED = 300
MAX_PLACES = 3
"""The most values of a required parameter, such as dimensions, that a form lets people choose."""
_NOT_ASKED = frozenset({*KEPT, *LOOKS, "limit", "cursor", "count", "select", "expand"})


class Choice(Struct, frozen=True):
    """A value that can be chosen."""

    value: str
    label: str
    is_chosen: bool


class Control(Struct, frozen=True, kw_only=True):
    """A field of a form."""

    name: str
    label: str
    meaning: str
    values: list[str]
    """What was asked."""
    choices: list[Choice]
    """Empty if any text will do."""
    placeholder: str
    is_required: bool
    places: int
    """How many values can be chosen one by one; 1 for a plain list."""
    blank: str
    """What it means to choose nothing."""
    vocabulary: str | None
    """The list of values that is offered while somebody types, by the name of its vocabulary."""

    @property
    def takes_many(self) -> bool:
        """Return whether several values were given, so that a list has to show them."""
        return self.places == 1 and sum(one.is_chosen for one in self.choices) > 1


class Form(Struct, frozen=True):
    """What can be asked: what most readers ask, then everything else."""

    first: list[Control]
    more: list[Control]
    lists: dict[str, dict[str, str]]
    """Vocabulary → value → label, for those that are too long to choose from."""
    kept: list[tuple[str, str]]
    """Names and values that are sent again without being shown."""

    @property
    def is_more_asked(self) -> bool:
        """Return whether something was asked that is not among the first fields."""
        return any(one.values for one in self.more)


def form_of(parameters: type[Parameters], query: Query, snapshot: Snapshot, operation: str) -> Form:
    """Return the form of an operation, filled in with what was asked."""
    known = fields(parameters)
    controls = {
        name: _control(parameters, one, query, snapshot, operation)
        for name, one in known.items()
        if name not in _NOT_ASKED
    }
    required = [name for name, one in known.items() if one.required]
    names = list(dict.fromkeys([*required, *parameters.asked_first]))
    first = [controls.pop(name) for name in names if name in controls]
    if "sort" in controls:
        first.append(controls.pop("sort"))
    kept = [(one.name, one.value) for one in query.parameters if one.name in KEPT]
    more = list(controls.values())
    if not first:
        first, more = more, []
    offered = dict.fromkeys(one.vocabulary for one in (*first, *more) if one.vocabulary)
    lists = {name: codes(name, snapshot) for name in offered}
    return Form(first, more, lists, kept)


def called(subject: Subject, name: str, written: str) -> str:
    """Write the value of a parameter as people would: `ai_automation` as AI automation."""
    return ", ".join(all_called(subject, name, written))


def all_called(subject: Subject, name: str, written: str) -> list[str]:
    """Write each of the values of a parameter as people would."""
    field = fields(subject.parameters).get(name)
    if field is None:
        return [written]
    known = _choices(field, subject.snapshot)
    values = written.split(",") if field.item is not None and field.commas else [written]
    return [known.get(one) or subject.beside.names.get(one) or one for one in values]


def _control(
    parameters: type[Parameters], field: Field, query: Query, snapshot: Snapshot, operation: str
) -> Control:
    written = [one.value for one in query.parameters if one.name == field.name]
    if field.item is not None and field.commas:
        written = [value for one in written for value in one.split(",")]
    chosen = written or ([field.default] if isinstance(field.default, str) else [])
    has_usual = isinstance(field.default, list) and bool(field.default)
    meaning, example = _described(parameters)[field.name]
    known = _choices(field, snapshot)
    is_offered = MAX_CHOICES < len(known) <= MAX_OFFERED
    return Control(
        name=field.name,
        label=label(field.name, operation),
        meaning=meaning,
        values=written,
        choices=[]
        if len(known) > MAX_CHOICES
        else [Choice(value, label, value in chosen) for value, label in known.items()],
        vocabulary=field.known.vocabulary if is_offered and field.known is not None else None,
        placeholder=f"such as {example}" if example else "",
        is_required=field.required,
        places=MAX_PLACES if field.required and field.item is not None and known else 1,
        blank="as usual" if has_usual else "any",
    )


@functools.cache
def _described(parameters: type[Parameters]) -> dict[str, tuple[str, str]]:
    """Return the meaning of each parameter, and an example; empty texts if there are none."""
    found = {}
    for name, field in fields(parameters).items():
        schema = msgspec.json.schema(field.type)
        examples: list[Any] = schema.get("examples") or [""]
        example = examples[0][0] if isinstance(examples[0], list) else examples[0]
        found[name] = (schema.get("description", "").replace("`", ""), str(example))
    return found


def _choices(field: Field, snapshot: Snapshot) -> dict[str, str]:
    """Return value → label of what can be chosen, by label; nothing if any text will do.

    If there are more than a list shows, only their number matters.
    """
    bare = _bare(field.item if field.item is not None else field.type)
    if bare is bool:
        return {"true": "yes", "false": "no"}
    closed = [one for branch in _branches(bare) for one in choices_of(branch)]
    if closed:
        write = _order if field.name == "sort" else words.plain
        return {value: write(value) for value in closed}
    if field.known is None or bare is datetime.date:
        return {}
    known = codes(field.known.vocabulary, snapshot)
    if len(known) > MAX_CHOICES:
        return known
    named = {
        code: name or words.CODES.get(code) or words.plain(code).capitalize()
        for code, name in known.items()
    }
    return dict(sorted(named.items(), key=lambda one: one[1]))


def _bare(type_: Any) -> Any:
    while get_origin(type_) is Annotated:
        type_ = get_args(type_)[0]
    return type_


def _branches(type_: Any) -> tuple[Any, ...]:
    return get_args(type_) if get_origin(type_) in {Union, types.UnionType} else (type_,)


def _order(value: str) -> str:
    """Write an order as people would; if it has no name of its own, say whether it descends."""
    is_descending, name = value.startswith("-"), value.removeprefix("-")
    if name in words.ORDERS:
        return words.ORDERS[name][is_descending]
    plain = words.plain(name)
    return f"{plain}, descending" if is_descending else plain
