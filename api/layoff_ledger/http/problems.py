"""Exceptions → problems (RFC 9457): one shape for everything that can go wrong.

`KINDS` lists every problem that the API can answer with; each has a page of documentation under
`/problems/`, which is what `type` points to.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from urllib.parse import quote

import msgspec
from msgspec import Struct

from layoff_ledger.http.context import Context
from layoff_ledger.http.responses import Response
from layoff_ledger.http.schemas import Problem, ProblemError, Tombstone
from layoff_ledger.nearest import Suggestion

MEDIA_TYPE = "application/problem+json"


class Kind(Struct, frozen=True):
    """One type of problem."""

    code: str
    status: int
    title: str
    explanation: str
    """What it means and what a client does, as its page says."""


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "invalid_parameters",
            400,
            "Parameters are not valid",
            "One or more query parameters are unknown, repeated, out of bounds, or name something "
            "that the ledger does not know. `errors` lists each with a suggestion; mend them and "
            "ask again. No parameter that is unknown or wrong is ignored.",
        ),
        Kind(
            "malformed_request",
            400,
            "The request cannot be read",
            "A header or the path has bytes that HTTP does not allow, such as a NUL byte or a "
            "`Host` that is no host name.",
        ),
        Kind(
            "not_found",
            404,
            "There is no such record or path",
            "The path is none of the API's, or no record has this id. Ids are lower-case; lists "
            "under `/v1` give them all.",
        ),
        Kind(
            "unknown_revision",
            404,
            "There is no such revision",
            "`as_of`, `since` or the path names a revision that was never published, or a day "
            "before the first one or not over yet. `/v1/revisions` lists them all.",
        ),
        Kind(
            "method_not_allowed",
            405,
            "The method is not allowed",
            "The API is read-only: GET, HEAD and OPTIONS. `Allow` lists them.",
        ),
        Kind(
            "not_acceptable",
            406,
            "None of the accepted media types is available",
            "The `Accept` header rules out every format of this resource. Leave it out, or accept "
            "`application/json`.",
        ),
        Kind(
            "gone",
            410,
            "The record was withdrawn",
            "The record was published once and is no longer given; `tombstone` says when and why. "
            "What it said is kept: ask with `as_of` for an earlier revision, or for its history.",
        ),
        Kind(
            "uri_too_long",
            414,
            "The address is too long",
            "Path and query may have 8,000 bytes. Split the request, or filter by something "
            "shorter.",
        ),
        Kind(
            "range_not_satisfiable",
            416,
            "The range is not within the file",
            "`Range` asks for bytes behind the end of the file. `Content-Range` tells its size; a "
            "download that has them all is complete.",
        ),
        Kind(
            "too_many_requests",
            429,
            "Too many requests",
            "The service may be set to limit its clients, and so may what stands in front of it. "
            "Ask again after `Retry-After` seconds; `RateLimit` and `RateLimit-Policy`, where they "
            "are sent, say how much is left. A bulk export costs less than all pages.",
        ),
        Kind(
            "internal_error",
            500,
            "Something went wrong here",
            "A fault of the service. Its log has more under the `request_id`: please report it.",
        ),
        Kind(
            "not_installed",
            501,
            "This is not installed here",
            "Images of charts need a package that the operator of this server has not installed: "
            "`pip install 'layoff-ledger[charts]'`. `format=vega` gives the specification of the "
            "chart, which other programs draw. The tools for assistants at `/mcp` need "
            "`layoff-ledger[mcp]`.",
        ),
        Kind(
            "unavailable",
            503,
            "Not available at the moment",
            "`detail` says why: the database is away or busy, nothing was published to it yet, an "
            "export is still being made, or too many files or charts are. Ask again after "
            "`Retry-After` seconds.",
        ),
    )
}


def mistake(parameter: str, detail: str, suggestion: Suggestion | str | None) -> ProblemError:
    """Say what is wrong with a parameter, and what to do; for programs also the value alone."""
    value = suggestion.value if isinstance(suggestion, Suggestion) else None
    advice = None if suggestion is None else str(suggestion)
    return ProblemError(
        parameter=parameter, detail=detail, suggestion=advice, suggested_value=value
    )


class LedgerError(Exception):
    """Something that went wrong and is reported to the client as a problem."""

    code = "internal_error"

    def __init__(
        self,
        detail: str,
        *,
        errors: list[ProblemError] | None = None,
        headers: dict[str, str] | None = None,
        tombstone: Tombstone | None = None,
    ) -> None:
        """Keep what the problem says beyond its kind."""
        super().__init__(detail)
        self.tombstone = tombstone
        self.detail = detail
        self.errors = errors or []
        self.headers = headers or {}


class InvalidParametersError(LedgerError):
    """Parameters are unknown, repeated, out of bounds, or name what is not known."""

    code = "invalid_parameters"

    def __init__(self, *errors: ProblemError) -> None:
        """Say the mistakes in one sentence, for those who read no further."""
        super().__init__(
            "; ".join(
                f"{error.parameter}: {error.detail}"
                + (f" ({error.suggestion})" if error.suggestion else "")
                for error in errors
            ),
            errors=list(errors),
        )


class MalformedRequestError(LedgerError):
    """A header or the path cannot be read."""

    code = "malformed_request"


class NotFoundError(LedgerError):
    """No such path or record."""

    code = "not_found"

    def __init__(
        self, missing: str, advice: Suggestion | str | None = None, *, named: str = ""
    ) -> None:
        """Say what is not there, and what to do; `named` is the part of the path that names it."""
        super().__init__(missing if advice is None else f"{missing}; {advice}")
        self.missing, self.advice, self.named = missing, advice, named

    @property
    def elsewhere(self) -> tuple[str, str] | None:
        """Give the part of the path that names nothing, and what was probably meant by it."""
        value = self.advice.value if isinstance(self.advice, Suggestion) else None
        return (self.named, value) if self.named and value is not None else None


class UnknownRevisionError(LedgerError):
    """No revision is meant by a number or a day."""

    code = "unknown_revision"


class GoneError(LedgerError):
    """A record was withdrawn."""

    code = "gone"

    def __init__(self, tombstone: Tombstone) -> None:
        """Say when and why."""
        message = (
            f"the {tombstone.resource} {tombstone.id!r} was withdrawn on {tombstone.retired_on} "
            f"(revision {tombstone.revision}): {tombstone.reason}"
        )
        super().__init__(message, tombstone=tombstone)


class MovedError(Exception):
    """What is asked has another address, where the client is sent."""

    def __init__(self, path: str, *, query: str | None = None) -> None:
        """Keep the path, and the query where it is not the one that was asked."""
        super().__init__(path)
        self.path = path
        self.query = query


class MethodNotAllowedError(LedgerError):
    """The API is read-only."""

    code = "method_not_allowed"


class NotAcceptableError(LedgerError):
    """No format of the resource is accepted."""

    code = "not_acceptable"


class UriTooLongError(LedgerError):
    """Path and query are too long."""

    code = "uri_too_long"


class TooManyRequestsError(LedgerError):
    """A client has used up what it may ask for."""

    code = "too_many_requests"


class NotInstalledError(LedgerError):
    """What answers needs a package that is not installed."""

    code = "not_installed"


class UnavailableError(LedgerError):
    """The database is away or empty."""

    code = "unavailable"

    def __init__(self, detail: str, *, retry_after_seconds: int = 5) -> None:
        """Tell the client when to come back."""
        super().__init__(detail, headers={"retry-after": str(retry_after_seconds)})


def problem(error: LedgerError, *, base: str, instance: str, request_id: str) -> Problem:
    """Describe an error as a problem."""
    kind = KINDS[error.code]
    return Problem(
        type=f"{base}/problems/{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=error.detail,
        instance=instance,
        code=kind.code,
        request_id=request_id,
        errors=error.errors,
        tombstone=error.tombstone,
    )


UNKNOWN_PARAMETER = "unknown parameter"
"""What is wrong with a parameter of which the name is to be mended, and not the value."""
REQUIRED = "is required"
"""What is wrong with a parameter that is left out."""
EXAMPLE = "such as "
"""Begins the suggestion of a parameter that is required; it follows with a value."""


def problem_response(context: Context, error: LedgerError) -> Response:
    """Give the response that describes an error to the client that made the request."""
    path = context.raw_path.decode("latin-1")
    query = context.query.raw.decode("latin-1")
    described = problem(
        error,
        base=context.base,
        instance=_reference(f"{path}?{query}" if query else path),
        request_id=context.request_id,
    )
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"cache-control", b"no-store"),
        *((name.encode(), value.encode()) for name, value in error.headers.items()),
    ]
    return Response(described.status, headers, msgspec.json.encode(described))


_MAX_INSTANCE = 2_000
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


def _reference(asked: str) -> str:
    """Give what was asked as a URI reference (RFC 3986), whatever characters it was asked with."""
    quoted = quote(
        _BROKEN_ESCAPE.sub("%25", asked), safe="!$%&'()*+,-./:;=?@_~", encoding="latin-1"
    )
    # An escape that is cut in two is none.
    return re.sub("%.?$", "", quoted[:_MAX_INSTANCE])


def phrase(status: int) -> str:
    """Give the standard phrase of a status, such as `Not Found`."""
    return HTTPStatus(status).phrase
