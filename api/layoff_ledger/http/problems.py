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
    """What it means and what a client should do, as its page says."""


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "invalid_parameters",
            400,
            "Parameters are not valid",
            "At least one query parameter is unknown, repeated or out of bounds, or names "
            "something that is not in the ledger. `errors` lists each mistake, with a suggestion "
            "where there is one. Correct them and send the request again. The API ignores no "
            "parameter except cache-busters (`_`) and tracking parameters such as `utm_source`.",
        ),
        Kind(
            "malformed_request",
            400,
            "The request cannot be read",
            "A header or the path contains bytes that HTTP does not allow, such as a NUL byte. Or "
            "the `Host` header is not a host name, or names another service. Or the request has "
            "an encoded body.",
        ),
        Kind(
            "not_found",
            404,
            "There is no such record or path",
            "The path does not belong to the API, or no record has this id. Ids are in lower "
            "case. The lists under `/v1` contain all ids.",
        ),
        Kind(
            "unknown_revision",
            404,
            "There is no such revision",
            "`as_of`, `since` or the path names a revision that was never published, a day "
            "before the first revision, or a day that is not over yet. `/v1/revisions` lists all "
            "revisions.",
        ),
        Kind(
            "method_not_allowed",
            405,
            "The method is not allowed",
            "The API is read-only. It accepts GET, HEAD and OPTIONS, as the `Allow` header says.",
        ),
        Kind(
            "not_acceptable",
            406,
            "None of the accepted media types is available",
            "The `Accept` header rules out every format of this resource. Leave the header out, "
            "or accept `application/json`.",
        ),
        Kind(
            "gone",
            410,
            "The record was withdrawn",
            "The record was published once and has been withdrawn. `tombstone` says when and "
            "why. Earlier revisions still contain it: ask for one with `as_of`, or for the "
            "history of the record.",
        ),
        Kind(
            "uri_too_long",
            414,
            "The address is too long",
            "Path and query together may have at most 8,000 bytes. Split the request into "
            "several, or use a shorter filter.",
        ),
        Kind(
            "range_not_satisfiable",
            416,
            "The range is not within the file",
            "`Range` asks for bytes beyond the end of the file. `Content-Range` gives the size "
            "of the file. If you already have that many bytes, your download is complete.",
        ),
        Kind(
            "too_many_requests",
            429,
            "Too many requests",
            "You have used up your request limit. The operator of the service may have set it, "
            "or a proxy in front of the service. Try again after the number of seconds in "
            "`Retry-After`. `RateLimit` and `RateLimit-Policy`, if they are sent, say how much "
            "you have left. A bulk export costs less than all pages of a list.",
        ),
        Kind(
            "internal_error",
            500,
            "Something went wrong here",
            "This is a bug in the service. Please report it with the `request_id`, under which "
            "the log of the service has the details.",
        ),
        Kind(
            "not_installed",
            501,
            "Not installed on this server",
            "The operator of this server has not installed an optional package. Images of charts "
            "need `pip install 'layoff-ledger[charts]'`; without it, `format=vega` still returns "
            "the specification of the chart, which other programs can draw. The tools for "
            "assistants at `/mcp` need `layoff-ledger[mcp]`.",
        ),
        Kind(
            "unavailable",
            503,
            "Not available at the moment",
            "`detail` says why: the database cannot be reached or is busy, nothing has been "
            "published to it yet, an export is still being made, or too many files or charts are "
            "being made at once. Try again after the number of seconds in `Retry-After`.",
        ),
    )
}


def mistake(parameter: str, detail: str, suggestion: Suggestion | str | None) -> ProblemError:
    """Return what is wrong with a parameter, and what to do; for programs also the bare value."""
    value = suggestion.value if isinstance(suggestion, Suggestion) else None
    advice = None if suggestion is None else str(suggestion)
    return ProblemError(
        parameter=parameter, detail=detail, suggestion=advice, suggested_value=value
    )


class LedgerError(Exception):
    """An error that is reported to the client as a problem."""

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
    """Parameters are unknown, repeated, out of bounds, or name something unknown."""

    code = "invalid_parameters"

    def __init__(self, *errors: ProblemError) -> None:
        """State the mistakes in one sentence, for clients that read no further."""
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
        """Say what does not exist, and what to do; `named` is the part of the path naming it."""
        super().__init__(missing if advice is None else f"{missing}; {advice}")
        self.missing, self.advice, self.named = missing, advice, named

    @property
    def elsewhere(self) -> tuple[str, str] | None:
        """Return the part of the path that names nothing, and what was probably meant."""
        value = self.advice.value if isinstance(self.advice, Suggestion) else None
        return (self.named, value) if self.named and value is not None else None


class UnknownRevisionError(LedgerError):
    """A number or a day stands for no revision."""

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
    """What was requested has another address, to which the client is sent."""

    def __init__(self, path: str, *, query: str | None = None) -> None:
        """Keep the path, and the query if it differs from the one in the request."""
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
    """A client has used up its limit."""

    code = "too_many_requests"


class NotInstalledError(LedgerError):
    """Answering needs a package that is not installed."""

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
"""What is wrong with a parameter whose name has to be corrected, not its value."""
REQUIRED = "is required"
"""What is wrong with a parameter that is missing."""
EXAMPLE = "such as "
"""Begins the suggestion for a required parameter; a value follows."""


def problem_response(context: Context, error: LedgerError) -> Response:
    """Return the response that describes an error to the client that made the request."""
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
    """Return the request as a URI reference (RFC 3986), whatever characters it contains."""
    quoted = quote(
        _BROKEN_ESCAPE.sub("%25", asked), safe="!$%&'()*+,-./:;=?@_~", encoding="latin-1"
    )
    # An escape that is cut in two is not one.
    return re.sub("%.?$", "", quoted[:_MAX_INSTANCE])


def phrase(status: int) -> str:
    """Return the standard phrase of a status, such as `Not Found`."""
    return HTTPStatus(status).phrase
