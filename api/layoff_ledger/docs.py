"""The OpenAPI document: generated from what the handlers declare and from the public structs.

The framework's own generator is not used: it loses patterns, bounds of 0 and formats, and its names
are unusable for client generators. Here every schema is what `msgspec` enforces, and every
parameter is what `parameters.read` reads.
"""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from layoff_ledger import formats, parameters, types, vocabulary
from layoff_ledger.http.problems import KINDS, MEDIA_TYPE
from layoff_ledger.parameters import Parameters, Reading, Searchable
from layoff_ledger.routes.operation import Operation

VERSION = "1.1.0"
"""Version of the contract; `openapi/CHANGELOG.md` names what each one changed."""

Json = dict[str, Any]

_DESCRIPTION = """\
Who cut how many jobs, when, why (as stated, and by whom), whose jobs they were, and where it says \
so. Every claim carries its citations, its speaker and its rank. No key is needed.

**Lists** have an envelope: `data`, `links` (`next` is the address of the next page, or null) and \
`meta` (`count` is exact). A walk along `next` has no gap and no duplicate, also while the ledger \
is published anew: it stays at the revision with which it began.

**Unknown** is null and present, never 0; an empty list is `[]`. Shares are fractions of one. \
Dates are ISO 8601, moments end in `_at` and are UTC. A date that is not precise to the day is the \
first day of its span, with its precision beside it.

**Filters**: several values of one parameter mean or, several parameters mean and. Lists come \
repeated (`driver=a&driver=b`) or with commas (`driver=a,b`). Unknown and repeated parameters are \
refused, unknown codes too, with the nearest known one as a suggestion.

**Time**: every answer comes from a revision, and `as_of` asks for an earlier one, by its number \
or by a day that is over. Such an answer never changes: `links.self` and `Link: rel="cite-as"` \
have its address. `/v1/changes` tells what changed, so that a copy can keep in step. An id never \
vanishes: a merged record answers 301, a withdrawn one 410 and why.

**HTTP**: HEAD wherever GET is, `ETag` and `If-None-Match` (304), zstd, br and gzip, CORS for any \
origin. Errors are problems (RFC 9457) of one shape.

**Stability**: fields and codes may be added within `/v1`, never removed or re-typed; ignore what \
you do not know. Vocabularies that grow are open strings with examples; only closed sets are \
enums. Cursors and ETags are opaque.
"""

_TAGS = {
    "Waves": "Coherent reductions, each by one company, with claims and citations.",
    "Search": "Words to records, and beginnings of names to companies.",
    "Companies": "Employers, with the identifiers that join them to other data.",
    "Taxonomies": "The controlled vocabularies of drivers and roles, with crosswalks.",
    "Sources": "Texts that are cited, what they are worth, and where records come from.",
    "Time": "Revisions of the ledger, and what each one changed.",
    "Exports": "A whole revision as files, for those who want everything.",
    "About": "How complete the ledger is, and what its fields mean.",
    "Operations": "For those who run the service.",
}

# Closed sets become schemas of their own, so that a generated client has one type for each.
_ENUMS = {
    name: vocabulary.codes(getattr(vocabulary, name))
    for name in (
        "Precision",
        "Measure",
        "Qualifier",
        "Counts",
        "Speaker",
        "Stance",
        "Rank",
        "Weight",
        "Effect",
        "Axis",
        "Relation",
        "Metric",
        "IndicatorKind",
        "Unit",
        "Evidence",
        "Standing",
        "Change",
    )
}
_ENUM_DESCRIPTIONS = {
    "Precision": "How precise a date is.",
    "Measure": "What a figure measures.",
    "Qualifier": "How a source hedges a figure.",
    "Counts": "Posts cut (gross), change of headcount (net), posts that may be moved (affected).",
    "Speaker": "Who says something.",
    "Stance": "Whether the speaker states it, reports it, or denies it.",
    "Rank": "Whether a claim feeds the headline, stands beside it, or is known to be wrong.",
    "Weight": "How much weight the speaker gives to a driver.",
    "Effect": "What happens to the posts of a role.",
    "Axis": "What a role tells: function, level or unit.",
    "Relation": "How a wave stands to another one.",
    "Metric": "What an indicator measures.",
    "IndicatorKind": "What came out, or guidance for a period that was not over.",
    "Unit": "What figures are counted in.",
    "Evidence": "Whether the cited text was read.",
    "Standing": "What a source is worth.",
    "Change": "What became of a record.",
}

_LINKS: dict[str, dict[str, tuple[str, dict[str, str]]]] = {
    "list_waves": {
        "get_wave": ("The first wave of the page.", {"id": "$response.body#/data/0/id"}),
        "get_company": ("Its company.", {"id": "$response.body#/data/0/company/id"}),
    },
    "get_wave": {
        "get_company": ("The company that cuts.", {"id": "$response.body#/company/id"}),
        "get_wave_history": ("What changed in it, and when.", {"id": "$response.body#/id"}),
        "list_waves": ("All waves of that company.", {"company": "$response.body#/company/id"}),
        "get_source": ("The first cited source.", {"id": "$response.body#/citations/0/source/id"}),
    },
    "search": {
        "get_wave": ("The first hit, with `kind=wave`.", {"id": "$response.body#/data/0/id"}),
        "get_company": ("The first hit, with `kind=company`.", {"id": "$response.body#/data/0/id"}),
        "get_source": ("The first hit, with `kind=source`.", {"id": "$response.body#/data/0/id"}),
    },
    "autocomplete_companies": {
        "get_company": ("The likeliest company.", {"id": "$response.body#/data/0/id"}),
        "list_waves": ("Its waves.", {"company": "$response.body#/data/0/id"}),
    },
    "list_companies": {
        "get_company": ("The first company of the page.", {"id": "$response.body#/data/0/id"}),
    },
    "get_company": {
        "list_waves": ("Its waves.", {"company": "$response.body#/id"}),
        "get_company_indicators": ("Its indicators.", {"id": "$response.body#/id"}),
    },
    "list_drivers": {
        "get_driver": ("The first driver of the page.", {"code": "$response.body#/data/0/code"}),
    },
    "get_driver": {
        "list_waves": ("The waves that name it.", {"driver": "$response.body#/code"}),
    },
    "list_roles": {
        "get_role": ("The first role of the page.", {"code": "$response.body#/data/0/code"}),
    },
    "get_role": {"list_waves": ("The waves that cut it.", {"role": "$response.body#/code"})},
    "list_exports": {
        "get_export": ("The newest export.", {"revision": "$response.body#/newest/revision"}),
    },
    "list_sources": {
        "get_source": ("The first source of the page.", {"id": "$response.body#/data/0/id"}),
    },
    "list_collections": {
        "get_collection": ("The first collection.", {"id": "$response.body#/data/0/id"}),
    },
    "get_collection": {
        "list_waves": ("Its waves.", {"collection": "$response.body#/id"}),
    },
    "list_revisions": {
        "get_revision": ("The newest revision.", {"number": "$response.body#/data/0/number"}),
        "list_changes": ("What changed after it.", {"since": "$response.body#/data/0/number"}),
    },
    "get_revision": {
        "list_waves": ("The waves as of it.", {"as_of": "$response.body#/number"}),
    },
    "get_source": {"list_waves": ("The waves that cite it.", {"source": "$response.body#/id"})},
}


def document(handlers: list[HTTPRouteHandler]) -> bytes:
    """Give the OpenAPI document as it is committed."""
    answers = [_operation_of(handler).answer for handler in handlers]
    paths: dict[str, Json] = {}
    for handler in handlers:
        (path,) = handler.paths
        paths[path.replace(":str", "")] = {"get": _operation(handler)}
    text = {
        "openapi": "3.1.1",
        "info": {
            "title": "Layoff Ledger",
            "version": VERSION,
            "summary": "A curated, citable knowledge base of layoffs.",
            "description": _DESCRIPTION,
            "contact": {"name": "Layoff Ledger contributors"},
            "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "This server."}],
        "security": [],
        "tags": [{"name": name, "description": what} for name, what in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(answers),
            "responses": _problem_responses(),
            "headers": _HEADERS,
        },
    }
    return msgspec.json.format(msgspec.json.encode(text), indent=2) + b"\n"


def _operation_of(handler: HTTPRouteHandler) -> Operation:
    told: Operation = handler.opt["operation"]
    return told


def _operation(handler: HTTPRouteHandler) -> Json:
    told = _operation_of(handler)
    id_ = str(handler.operation_id)
    # What is asked comes first, what all lists have in common last.
    common = Searchable.__struct_fields__[::-1]
    names = sorted(
        told.parameters.__struct_fields__,
        key=lambda name: common.index(name) if name in common else -1,
    )
    listed = [_parameter(told.parameters, name) for name in names]
    if told.path_parameter is not None:
        (path,) = handler.paths
        name = path.partition("{")[2].partition(":")[0]
        listed.insert(
            0,
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": told.path_parameter,
                "schema": told.path_schema,
                "example": told.example,
            },
        )
    success: Json = {
        "description": (told.answer.__doc__ or "").partition("\n")[0],
        "headers": {
            name: {"$ref": f"#/components/headers/{name}"}
            for name in _HEADERS
            if name != "Link" or issubclass(told.parameters, Reading)
        },
        "content": {
            formats.MEDIA_TYPES[one]: {"schema": _body_schema(told, one)} for one in told.formats
        },
    }
    if "select" in told.parameters.__struct_fields__:
        success["content"][formats.SELECTION] = {"schema": _reference("SelectionList")}
    links = {
        operation: {"operationId": operation, "description": what, "parameters": given}
        for operation, (what, given) in _LINKS.get(id_, {}).items()
    }
    if told.answer.__name__.endswith("List"):
        links["next_page"] = {
            "operationId": id_,
            "description": "The next page, with the same other parameters.",
            "parameters": {"cursor": "$response.body#/meta/next_cursor"},
        }
    if links:
        success["links"] = links
    responses = {"200": success}
    if told.moves:
        responses["301"] = {"$ref": "#/components/responses/Moved"}
    for status in sorted({KINDS[code].status for code in (*told.problems, *_ANY_PROBLEM)}):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return {
        "operationId": id_,
        "summary": told.summary,
        "description": inspect.cleandoc(handler.fn.__doc__ or ""),
        "tags": [told.tag],
        "parameters": listed,
        "responses": responses,
    }


def _body_schema(told: Operation, format_: formats.Format) -> Json:
    if format_ == "json":
        return _reference(told.answer.__name__)
    if format_ == "csl":
        # It is JSON, and may be read as such.
        described = "A citation as CSL-JSON, with revision and day of access."
        return {"type": "array", "description": described, "items": {"type": "object"}}
    return {
        "type": "string",
        "description": {
            "csv": "UTF-8 with a byte order mark, RFC 4180; flat columns, lists joined by `;`.",
            "ndjson": "A record on each line, as in `data` of the JSON.",
            "atom": "A feed (RFC 4287).",
            "bibtex": "A citation as BibTeX, with revision and day of access.",
            "ris": "A citation as RIS, with revision and day of access.",
            "text": "A citation to read, with revision and day of access.",
        }[format_],
    }


_ANY_PROBLEM = ("malformed_request", "uri_too_long", "internal_error")

_HEADERS: dict[str, Json] = {
    "ETag": {
        "description": "Tag of the answer: send it back as `If-None-Match` to get 304.",
        "schema": {"type": "string"},
    },
    "Link": {
        "description": "Addresses by relation: `next` page, `self` and `cite-as` for good (with "
        "`as_of`), `latest-version`, `describedby` (this document), `license`.",
        "schema": {"type": "string"},
    },
    "X-Request-Id": {
        "description": "The id that the request brought, or a new one.",
        "schema": {"type": "string"},
    },
}


def _problem_responses() -> Json:
    responses: Json = {}
    for status in sorted({kind.status for kind in KINDS.values()}):
        kinds = [kind for kind in KINDS.values() if kind.status == status]
        headers: Json = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}
        if status == 503:  # noqa: PLR2004 the only one that asks to come back
            headers["Retry-After"] = {
                "description": "Seconds after which to ask again.",
                "schema": {"type": "integer", "minimum": 0},
            }
        responses[f"Problem{status}"] = {
            "description": " ".join(f"`{kind.code}`: {kind.title}." for kind in kinds),
            "headers": headers,
            "content": {MEDIA_TYPE: {"schema": _reference("Problem")}},
        }
    responses["Moved"] = {
        "description": "The record was merged into the one at `Location`.",
        "headers": {
            "Location": {
                "description": "Address of the record that stands for it.",
                "schema": {"type": "string", "format": "uri"},
            }
        },
    }
    return {name: told for name, told in responses.items() if name not in _UNDOCUMENTED}


# No operation of the document answers with these: they are for other methods, and for files.
_UNDOCUMENTED = {"Problem405", "Problem416"}


def _parameter(struct: type[Parameters], name: str) -> Json:
    one = parameters.fields(struct)[name]
    schema = _tidy(msgspec.json.schema(one.type))
    told: Json = {"name": name, "in": "query"}
    if one.required:
        told["required"] = True
    told["description"] = schema.pop("description")
    default = next(field.default for field in msgspec.structs.fields(struct) if field.name == name)
    if isinstance(default, (str, int)):
        schema["default"] = default
    examples = schema.pop("examples", None)
    if one.item is not None:
        told |= {"style": "form", "explode": True}
        schema["maxItems"] = schema.get("maxItems", parameters.MOST_VALUES)
    if examples:
        told["example"] = examples[0]
    return told | {"schema": schema}


def _schemas(answers: list[type[Struct]]) -> Json:
    _, found = msgspec.json.schema_components(
        [*answers, types.SelectionList, types.Problem], ref_template="#/components/schemas/{name}"
    )
    enums = {
        name: {"type": "string", "description": _ENUM_DESCRIPTIONS[name], "enum": list(members)}
        for name, members in _ENUMS.items()
    }
    return dict(sorted({**{name: _tidy(one) for name, one in found.items()}, **enums}.items()))


def _reference(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _tidy(schema: Any) -> Any:
    """Say the same in the way that client generators understand best."""
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    # Clients must ignore what they do not know, so nothing forbids it.
    tidied = {
        key: _tidy(value)
        for key, value in schema.items()
        if not (key == "additionalProperties" and value is False) and key != "title"
    }
    if schema.get("type") == "object" and "properties" in schema:
        tidied["properties"] = {name: _tidy(one) for name, one in schema["properties"].items()}
    if "enum" in tidied:
        return _enum(tidied)
    branches = tidied.get("anyOf")
    if branches == [{"type": "integer"}, {"type": "number"}]:
        del tidied["anyOf"]
        return {"type": "number", **tidied}
    if branches and branches[-1] == {"type": "null"} and len(branches) == 2:  # noqa: PLR2004
        return _nullable(branches[0], tidied)
    return tidied


def _enum(schema: Json) -> Json:
    members = schema.pop("enum")
    for name, declared in _ENUMS.items():
        if set(declared) == set(members):
            schema.pop("examples", None)
            return {**_reference(name), **schema}
    return {"type": "string", "enum": members, **schema}


def _nullable(branch: Json, around: Json) -> Json:
    if isinstance(branch.get("type"), str) and "enum" not in branch:
        return {**branch, "type": [branch["type"], "null"]}
    described: Json = {key: branch[key] for key in ("description", "examples") if key in branch}
    kept = {key: value for key, value in branch.items() if key not in described}
    rest = {key: value for key, value in around.items() if key != "anyOf"}
    return {**rest, **described, "oneOf": [kept, {"type": "null"}]}
