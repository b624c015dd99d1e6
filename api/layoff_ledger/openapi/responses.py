"""Answers → what the document says about them: media types, headers, links, and problems."""

from __future__ import annotations

from layoff_ledger.formats.base import Format
from layoff_ledger.formats.json import SELECTION
from layoff_ledger.http.problems import KINDS, MEDIA_TYPE
from layoff_ledger.openapi.enums import reference
from layoff_ledger.openapi.schemas import selection_name
from layoff_ledger.resources.base import Json
from layoff_ledger.resources.deprecation import deprecated_fields
from layoff_ledger.routes.operation import Operation

_EVERYWHERE = (
    "malformed_request",
    "method_not_allowed",
    "uri_too_long",
    "too_many_requests",
    "internal_error",
)


def responses_of(operation: Operation) -> Json:
    """Return the responses of an operation by status, with `default` for any problem."""
    is_of_ledger = operation.path.startswith("/v1/")
    responses: Json = {"200": _success(operation)}
    if operation.media_types:
        responses["206"] = _part(operation)
    if operation.moves:
        responses["301"] = {"$ref": "#/components/responses/Moved"}
    if is_of_ledger:
        kept = "FileNotModified" if operation.media_types else "NotModified"
        responses["304"] = {"$ref": f"#/components/responses/{kept}"}
    for status in sorted({KINDS[code].status for code in (*operation.problems, *_EVERYWHERE)}):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return {**responses, "default": {"$ref": "#/components/responses/Problem"}}


def _success(operation: Operation) -> Json:
    success: Json = {
        "description": _first_line(operation.answer.__doc__),
        "headers": {name: _header(name) for name in _headers(operation)},
        "content": {
            one.media_type: {"schema": _body_schema(operation, one)}
            for one in operation.formats.formats
        },
    }
    if operation.media_types:
        success["description"] = _first_line(operation.description)
        success["content"] = _files(operation)
    if operation.selects:
        selected = reference(selection_name(operation.answer.__name__))
        success["content"][SELECTION] = {"schema": selected}
    links = {
        id_: {"operationId": id_, "description": what, "parameters": expressions}
        for id_, (what, expressions) in operation.links.items()
    }
    if operation.answer.__name__.endswith("List"):
        links["next_page"] = {
            "operationId": operation.id,
            "description": "The next page, with the same other parameters.",
            "parameters": {"cursor": "$response.body#/meta/next_cursor"},
        }
    if links:
        success["links"] = links
    return success


def _part(operation: Operation) -> Json:
    names = _headers(operation)
    return {
        "description": "The part of the file that `Range` asks for.",
        "headers": {name: _header(name) for name in ("Content-Range", *names)},
        # A part has the type of its file; the other type was documented first, and nothing is
        # withdrawn.
        "content": {"application/octet-stream": _BINARY, **_files(operation)},
    }


def _files(operation: Operation) -> Json:
    return dict.fromkeys(operation.media_types, _BINARY)


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0]


def _headers(operation: Operation) -> list[str]:
    if not operation.path.startswith("/v1/"):
        return ["Cache-Control", "X-Request-Id"]
    names = ["ETag", "Cache-Control"]
    if operation.media_types:
        return [*names, "Accept-Ranges", "Content-Disposition", "X-Request-Id", *_LIMITS]
    names += ["Vary", "Age", "Link", "X-Request-Id", *_LIMITS]
    if any(one.suffix for one in operation.formats.formats):
        names.append("Content-Disposition")
    if operation.deprecated or deprecated_fields(operation.answer):
        names += ["Deprecation", "Sunset"]
    return names


def _body_schema(operation: Operation, format_: Format) -> Json:
    if format_.is_enveloped:
        return reference(operation.answer.__name__)
    return format_.schema or {"type": "string", "description": format_.meaning}


def _header(name: str) -> Json:
    return {"$ref": f"#/components/headers/{name}"}


_LIMITS = ("RateLimit", "RateLimit-Policy")
_TEXT: Json = {"type": "string"}
_BINARY: Json = {"schema": {"type": "string", "format": "binary"}}
HEADERS: dict[str, Json] = {
    "Age": {
        "description": "Seconds for which it has been unknown whether there is a newer revision; "
        "only sent if that is more than ten.",
        "schema": {"type": "integer", "format": "int64", "minimum": 0, "example": 42},
    },
    "Accept-Ranges": {"description": "`bytes`: a part may be requested.", "schema": _TEXT},
    "Allow": {"description": "The methods that are allowed.", "schema": _TEXT},
    "Cache-Control": {
        "description": "How long the answer may be cached: for good with `as_of` or for a "
        "revision; a problem not at all.",
        "schema": _TEXT,
    },
    "Content-Disposition": {
        "description": "The name to save the file as; only sent if the answer is a file.",
        "schema": _TEXT,
    },
    "Content-Range": {"description": "Which part it is, of how many bytes.", "schema": _TEXT},
    "Deprecation": {
        "description": "Since when something in the request or in the answer has been deprecated "
        "(RFC 9745).",
        "schema": _TEXT,
    },
    "ETag": {
        "description": "Tag of the answer: send it back as `If-None-Match` to get 304.",
        "schema": _TEXT,
    },
    "Link": {
        "description": "Addresses by relation: `next` page, `self` and `cite-as`, which are "
        "permanent (with `as_of`, unless the path names a revision), `latest-version`, "
        "`describedby` (this document; for statistics in CSV also the same question as JSON, "
        "which says what it rests on), `license`, `alternate` (its feeds).",
        "schema": _TEXT,
    },
    "Location": {
        "description": "Address of the record that stands for it.",
        "schema": {"type": "string", "format": "uri"},
    },
    "RateLimit": {
        "description": "What is left, if the service or a proxy in front of it limits clients; "
        "answers that cost nothing do not have it.",
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": "How many requests in which time, if clients are limited.",
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "schema": {"type": "integer", "format": "int64", "minimum": 0},
    },
    "Sunset": {
        "description": "From when something deprecated may be gone (RFC 8594).",
        "schema": _TEXT,
    },
    "Vary": {
        "description": "Headers of the request that decide the answer.",
        "schema": _TEXT,
    },
    "X-Request-Id": {
        "description": "The id that the request brought, or a new one.",
        "schema": _TEXT,
    },
}
_HEADERS_OF = {
    405: ("Allow",),
    416: ("Content-Range", "Accept-Ranges"),
    429: ("Retry-After",),
    503: ("Retry-After",),
}
_NOT_MODIFIED = {
    "NotModified": ("ETag", "Cache-Control", "Vary", "Age", "X-Request-Id"),
    "FileNotModified": (
        "ETag",
        "Cache-Control",
        "Accept-Ranges",
        "Content-Disposition",
        "X-Request-Id",
    ),
}


def shared_responses() -> Json:
    """Return the responses that operations refer to."""
    responses: Json = {
        "Problem": _problem("Any other problem; more kinds may be added.", ()),
    }
    for status in sorted({kind.status for kind in KINDS.values()}):
        kinds = [kind for kind in KINDS.values() if kind.status == status]
        described = " ".join(f"`{kind.code}`: {kind.title}." for kind in kinds)
        responses[f"Problem{status}"] = _problem(described, _HEADERS_OF.get(status, ()))
    responses["Moved"] = {
        "description": "The record is at `Location`: it has the identifier, or this one was merged "
        "into it. Some HTTP clients, such as httpx, only follow it if they are told to.",
        "headers": {
            name: _header(name)
            for name in ("Location", "Cache-Control", "Vary", "X-Request-Id", *_LIMITS)
        },
    }
    for kept, headers in _NOT_MODIFIED.items():
        responses[kept] = {
            "description": "The answer still has the tag in `If-None-Match`; there is no body.",
            "headers": {name: _header(name) for name in headers},
        }
    return responses


def _problem(described: str, headers: tuple[str, ...]) -> Json:
    return {
        "description": described,
        "headers": {
            name: _header(name) for name in (*headers, "Cache-Control", "X-Request-Id", *_LIMITS)
        },
        "content": {MEDIA_TYPE: {"schema": reference("Problem")}},
    }
