"""An exception for each code of problem that the contract names.

Made of the contract by generate_client.py; an edit here is lost.
"""

from __future__ import annotations

from layoff_ledger_client.errors import ProblemAnswerError


class InvalidParametersError(ProblemAnswerError):
    """The problem `invalid_parameters`."""


class MalformedRequestError(ProblemAnswerError):
    """The problem `malformed_request`."""


class NotFoundError(ProblemAnswerError):
    """The problem `not_found`."""


class UnknownRevisionError(ProblemAnswerError):
    """The problem `unknown_revision`."""


class MethodNotAllowedError(ProblemAnswerError):
    """The problem `method_not_allowed`."""


class NotAcceptableError(ProblemAnswerError):
    """The problem `not_acceptable`."""


class GoneError(ProblemAnswerError):
    """The problem `gone`."""


class UriTooLongError(ProblemAnswerError):
    """The problem `uri_too_long`."""


class RangeNotSatisfiableError(ProblemAnswerError):
    """The problem `range_not_satisfiable`."""


class TooManyRequestsError(ProblemAnswerError):
    """The problem `too_many_requests`."""


class InternalError(ProblemAnswerError):
    """The problem `internal_error`."""


class NotInstalledError(ProblemAnswerError):
    """The problem `not_installed`."""


class UnavailableError(ProblemAnswerError):
    """The problem `unavailable`."""


BY_CODE: dict[str, type[ProblemAnswerError]] = {
    "invalid_parameters": InvalidParametersError,
    "malformed_request": MalformedRequestError,
    "not_found": NotFoundError,
    "unknown_revision": UnknownRevisionError,
    "method_not_allowed": MethodNotAllowedError,
    "not_acceptable": NotAcceptableError,
    "gone": GoneError,
    "uri_too_long": UriTooLongError,
    "range_not_satisfiable": RangeNotSatisfiableError,
    "too_many_requests": TooManyRequestsError,
    "internal_error": InternalError,
    "not_installed": NotInstalledError,
    "unavailable": UnavailableError,
}
