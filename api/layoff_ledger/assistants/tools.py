"""The tools: which operation of the API each one is, what it takes, and what it leaves out.

Each takes parameters of its operation as the API declares them, so that no tool has a vocabulary of
its own; what the API refuses comes back with what to do about it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct

from layoff_ledger.assistants import shapes
from layoff_ledger.assistants.ask import Answer, Send, ask, target
from layoff_ledger.formats.citation import undated
from layoff_ledger.nearest import nearest_word
from layoff_ledger.query.parse import fields
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.bibliography import LEDGER, date_text
from layoff_ledger.resources.wave import WAVE, WaveListParameters, cited_title
from layoff_ledger.routes.operation import Operation
from layoff_ledger.site import reference
from layoff_ledger.site.document import resolve

MAX_CHARACTERS = 40_000
"""Characters of an answer; from longer ones, quotes and notes are left out, then rows."""
_FILTERS = (
    "company", "driver", "driver_group", "speaker", "stance", "weight", "role", "industry",
    "country", "status", "announced_gte", "announced_lte", "headcount_gte",
)  # fmt: skip


class Declared(NamedTuple):
    """A tool, as it is written here."""

    operation: str
    title: str
    description: str
    parameters: tuple[str, ...]
    shape: Callable[[Json], Json]
    defaults: Mapping[str, str] = {}
    is_sum_of_waves: bool = False
    """Whether its figures rest on waves, which a link leads to."""


TOOLS = {
    "search": Declared(
        "search",
        "Search",
        "Finds companies, waves, sources, reasons and roles by words, names, tickers or former "
        "names. Begin here if you do not know an id: ids lead to all other tools.",
        ("q", "kind", "limit"),
        shapes.hits,
        {"limit": "10"},
    ),
    "waves": Declared(
        "list_waves",
        "Layoff waves",
        "Lists waves of layoffs that match: who cut how many jobs, when, for which reasons (by "
        "whom stated), whose jobs, and the sources. Several values of one parameter mean OR. "
        "All other filters of GET /v1/waves are accepted, too.",
        ("q", *_FILTERS, "sort", "limit", "cursor"),
        shapes.wave_list,
        {"limit": "10"},
    ),
    "wave": Declared(
        "get_wave",
        "One layoff wave",
        "Gives all claims of one wave: figures, reasons, roles, events, each with its speaker and "
        "its numbered sources. Conflicting claims stand side by side.",
        (),
        shapes.record,
    ),
    "compare": Declared(
        "compare_waves",
        "Waves side by side",
        "Puts 2 to 10 waves side by side: a row for each aspect, a cell for each wave, each with "
        "its sources.",
        ("wave",),
        shapes.comparison,
    ),
    "statistics": Declared(
        "get_statistics",
        "Counts and sums",
        "Counts waves and sums their jobs by one to three dimensions, with every filter of "
        "`waves`. Gross cuts, net changes, affected and unstated figures are kept apart; "
        "`headcount_low` is all of them: jobs in question, not posts cut. Waves that were only "
        "reported, or withdrawn, are counted: `status_not=withdrawn,reported,rumoured` leaves "
        "them out. Never add groups where `meta.overlapping` is true.",
        ("group_by", *_FILTERS, "sort", "limit", "top"),
        shapes.rows,
        {"limit": "40"},
        is_sum_of_waves=True,
    ),
    "attribution": Declared(
        "get_attribution",
        "Who ascribes cuts to a reason",
        "Says how many waves are ascribed to a reason, under rules that include one another: from "
        "what the company states as a primary reason to what anybody mentions. Without `driver` "
        "it asks for artificial intelligence. Say which rule a share belongs to; `ids=true` names "
        "the waves that it rests on.",
        ("by", "ids", *_FILTERS, "limit"),
        shapes.rows,
        {"ids": "false"},
    ),
    "notices": Declared(
        "list_notices",
        "Notices filed with authorities",
        "Lists filings with authorities (WARN and the like). They are never added to waves: the "
        "jobs may be the same. The ledger has none from jurisdictions that `coverage` does not "
        "list, which does not mean that none was filed. `counted=true` leaves out what is "
        "superseded, rescinded or may repeat another one; statistics with `of=notices` do the "
        "same.",
        ("q", "company", "wave", "jurisdiction", "kind", "notice_gte", "notice_lte", "jobs_gte",
         "counted", "sort", "limit", "cursor"),
        shapes.notice_list,
        {"limit": "10"},
    ),
    "coverage": Declared(
        "get_coverage",
        "How complete the ledger is",
        "Says how complete and how fresh the ledger is. Read it before you conclude anything from "
        "what is not found: the ledger has what was curated, and not all that happened.",
        (),
        shapes.rows,
    ),
}  # fmt: skip


class About(Struct, frozen=True, kw_only=True):
    """What an answer rests on."""

    revision: int
    """Revision of the ledger that answered."""
    published_at: datetime.datetime
    """When it was published, UTC."""
    license: str
    """Address of the licence of the data."""
    permanent_link: str
    """Address of exactly this answer, which never changes: give it to people."""
    cite_as: str
    """How to cite it."""


class Result(Struct, frozen=True, kw_only=True):
    """What a tool answers."""

    about: About
    answer: dict[str, Any]
    """What the API says, without what is unknown or empty; `sources` stand behind the claims."""
    left_out: str | None = None
    """What did not fit, and how to get it."""


class RefusedError(Exception):
    """A call cannot be answered; the message says what to do instead."""


class Tool(Struct, frozen=True):
    """A tool with the operation that answers it."""

    name: str
    declared: Declared
    operation: Operation
    input_schema: Json
    """What it takes, as the API declares it."""

    @property
    def path_parameter(self) -> str | None:
        """Return the parameter in the path of the operation."""
        return None if self.operation.path_parameter is None else "id"


def _input_schema(declared: Declared, operation: Operation, document: Json) -> Json:
    """Return what a tool takes, in the words of the OpenAPI document, without references."""
    _, described = reference.operations(document)[operation.id]
    taken = {"id", *declared.parameters, "as_of"}
    properties: Json = {}
    required = []
    for one in described["parameters"]:
        if one["name"] not in taken:
            continue
        schema = {**_inlined(document, one["schema"]), "description": one["description"]}
        if "example" in one:
            schema["examples"] = [one["example"]]
        if one["name"] in declared.defaults:
            schema["default"] = msgspec.json.decode(declared.defaults[one["name"]])
        properties[one["name"]] = schema
        if one.get("required"):
            required.append(one["name"])
    ordered = sorted(properties, key=["id", *declared.parameters, "as_of"].index)
    return {
        "type": "object",
        "properties": {name: properties[name] for name in ordered},
        "required": required,
    }


def _inlined(document: Json, schema: Json) -> Json:
    """Insert closed sets in place of references: a tool's schema has no components."""
    found = resolve(document, schema)
    items = {"items": _inlined(document, found["items"])} if "items" in found else {}
    kept = {name: one for name, one in found.items() if not name.startswith("x-")}
    return {**kept, **items}


def tools(operations: Iterable[Operation]) -> dict[str, Tool]:
    """Return the tools by name; `operations` are those of the API."""
    by_id = {operation.id: operation for operation in operations}
    document = reference.document()
    return {
        name: Tool(
            name,
            one,
            by_id[one.operation],
            _input_schema(one, by_id[one.operation], document),
        )
        for name, one in TOOLS.items()
    }


def output_schema() -> Json:
    """Return the shape of every result."""
    (schemas, components) = msgspec.json.schema_components([Result], ref_template="#/$defs/{name}")
    return {**components[schemas[0]["$ref"].rpartition("/")[2]], "$defs": components}


async def call(tool: Tool, arguments: Mapping[str, Any], send: Send) -> Result:
    """Answer a call as the API does; raise `RefusedError` with what to do if it does not."""
    answer = await ask(send, _address(tool, arguments))
    if answer.is_refused:
        raise RefusedError(_refusal(tool, answer))
    document = answer.json()
    about = await _about(tool, document, answer, send)
    shaped = tool.declared.shape(document)
    if tool.declared.is_sum_of_waves:
        shaped = {**shaped, "rests_on": _waves_of(about.permanent_link)}
    return _fitted(Result(about=about, answer=shaped, left_out=_beyond_limit(shaped)))


def _waves_of(address: str) -> str:
    """Return the address of the waves behind figures: the same filters, the same revision."""
    parts = urlsplit(address)
    known = set(fields(WaveListParameters)) - {"sort", "limit"}
    asked = [pair for pair in parse_qsl(parts.query) if pair[0] in known]
    return f"{address.partition('/v1/')[0]}{target(f'/v1/{WAVE.path}', asked)}"


def _address(tool: Tool, arguments: Mapping[str, Any]) -> str:
    path = tool.operation.path
    given = {name: value for name, value in arguments.items() if value is not None}
    if tool.path_parameter is not None:
        id_ = given.pop(tool.path_parameter, None)
        if not isinstance(id_, str) or not id_ or "/" in id_:
            message = (
                f"`id` is required: the id of a {tool.name}, such as {tool.operation.example!r}; "
                "the tool `search` finds ids by words"
            )
            raise RefusedError(message)
        path = f"{path.partition('{')[0]}{id_}"
    if "format" in given:
        message = "a tool answers in one format: leave `format` out, or open the permanent link"
        raise RefusedError(message)
    defaults = {name: one for name, one in tool.declared.defaults.items() if name not in given}
    pairs = [
        (name, written)
        for name, value in {**given, **defaults}.items()
        for written in _written(name, value)
    ]
    return target(path, pairs)


def _written(name: str, value: Any) -> list[str]:
    """Write a value for a query: a list is repeated."""
    if isinstance(value, list):
        return [one for item in value for one in _written(name, item)]
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        message = f"`{name}` is an object; give text, a number, true or false, or a list of these"
        raise RefusedError(message)
    return [msgspec.json.encode(value).decode()]


# Parameter → where its codes are listed, for mistakes that are close to no code.
_CODES = {
    "driver": "the resource ledger://drivers",
    "driver_not": "the resource ledger://drivers",
    "driver_group": "the resource ledger://drivers (`group` of each)",
    "role": "the resource ledger://roles",
    "role_not": "the resource ledger://roles",
    "company": "the tool `search` with kind=company",
    "wave": "the tool `search` with kind=wave, or the tool `waves`",
}


def _refusal(tool: Tool, answer: Answer) -> str:
    """Say what is wrong and what to do, in the words of the problem."""
    problem = answer.json()
    lines = [problem["title"] if problem["errors"] else f"{problem['title']}: {problem['detail']}"]
    for one in problem["errors"]:
        hint = one["suggestion"] or ""
        known = _CODES.get(one["parameter"] or "")
        # An assistant reads resources, not lists of the API.
        if known and "did you mean" not in hint:
            hint = f"{known} has the codes"
        lines.append(f"- {one['parameter']}: {one['detail']}" + (f"; {hint}" if hint else ""))
    if problem["code"] == "not_found":
        lines.append("The tool `search` finds ids by words.")
    if answer.headers.get("retry-after"):
        lines.append(f"Ask again after {answer.headers['retry-after']} seconds.")
    if problem["errors"]:
        lines.append(f"`{tool.name}` takes {', '.join(tool.input_schema['properties'])}.")
    return "\n".join(lines)


def unknown(name: str, known: Iterable[str]) -> str:
    """Say that there is no tool with a name, and which one was probably meant."""
    names = list(known)
    hint = nearest_word(name, names) or f"there are {', '.join(names)}"
    return f"no tool {name[:100]!r}; {hint}"


async def _about(tool: Tool, document: Json, answer: Answer, send: Send) -> About:
    """Say which revision answered: a record only has the one in which it last changed."""
    cited = answer.link("cite-as")
    revision = int(dict(parse_qsl(urlsplit(cited).query))["as_of"])
    meta = document.get("meta") or {}
    if "published_at" not in meta:
        meta = (await ask(send, f"/v1/revisions/{revision}")).json()
    published_at = msgspec.convert(meta["published_at"], datetime.datetime)
    title = _title(document) or f"{LEDGER}: {tool.declared.title}"
    return About(
        revision=revision,
        published_at=published_at,
        license=answer.link("license"),
        permanent_link=cited,
        cite_as=undated(title, cited, revision, published_at, meta.get("attribution")),
    )


def _title(document: Json) -> str | None:
    """Return the title under which a wave is cited; nothing for other answers."""
    if "announced_on" not in document:
        return None
    announced = datetime.date.fromisoformat(document["announced_on"])
    on = date_text(announced, document["announced_precision"])
    return cited_title(document["company"]["name"], document["title"], on)


def _beyond_limit(answer: Json) -> str | None:
    """Say which groups are missing; None if all are there, or if nothing is grouped."""
    meta = answer.get("meta") or {}
    groups = meta.get("groups", 0)
    given = len({str(one.get("keys", one.get("key"))) for one in answer.get("data", [])})
    if given >= groups:
        return None
    return f"All but the first {given} of {groups} groups: ask for more by `limit`."


def _fitted(result: Result) -> Result:
    """Leave out what an assistant can do without if an answer is too long to be read."""
    if _length(result.answer) <= MAX_CHARACTERS:
        return result
    answer = _thinned(result.answer)
    message = "Quotes and notes: open the permanent link."
    rows = answer.get("data") if isinstance(answer.get("data"), list) else None
    kept = len(rows) if rows else 0
    while rows and kept > 1 and _length({**answer, "data": rows[:kept]}) > MAX_CHARACTERS:
        kept -= max(1, kept // 10)
        message = f"Quotes, notes, and all but the first {kept} of {len(rows)}: ask for fewer."
    if rows:
        answer = {**answer, "data": rows[:kept]}
    beyond = [] if result.left_out is None else [result.left_out]
    return Result(about=result.about, answer=answer, left_out=" ".join([message, *beyond]))


def _thinned(value: Any) -> Any:
    if isinstance(value, list):
        return [_thinned(one) for one in value]
    if isinstance(value, dict):
        return {name: _thinned(one) for name, one in value.items() if name not in {"quote", "note"}}
    return value


def _length(value: Any) -> int:
    return len(msgspec.json.encode(value))


def text_of(result: Result) -> str:
    """Write a result as text, for assistants that do not read structured content."""
    return msgspec.json.encode(msgspec.to_builtins(result)).decode()
