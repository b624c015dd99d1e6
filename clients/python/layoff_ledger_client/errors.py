"""What can go wrong, as exceptions; all of them are a `LedgerError`."""

from __future__ import annotations

from layoff_ledger_client import models


class LedgerError(Exception):
    """The base class of everything that this client raises."""


class UnreachableError(LedgerError):
    """The service did not answer, not even after retries."""


class UnexpectedAnswerError(LedgerError):
    """The answer does not match the contract: it probably comes from a proxy in between."""


class DamagedDownloadError(LedgerError):
    """A file does not have the SHA-256 that the ledger gives."""


class ProblemAnswerError(LedgerError):
    """The ledger answered with a problem (RFC 9457): what is wrong, where, and what to do.

    Each code in the contract has its own exception in `problems`. This one is for codes that are
    newer than the client.
    """

    def __init__(self, problem: models.Problem, retry_after: float | None = None) -> None:
        """Return what the problem says, with a line for each mistake."""
        lines = [f"{problem.code} ({problem.status})"]
        if not problem.errors:
            lines[0] += f": {problem.detail}"
        for one in problem.errors:
            hint = f" ({one.suggestion})" if one.suggestion else ""
            lines.append(f"  {one.parameter}: {one.detail}{hint}")
        super().__init__("\n".join(lines))
        self.problem = problem
        self.retry_after = retry_after
        """Seconds to wait before the next request, if the answer says so."""

    @property
    def code(self) -> str:
        """Stable name of the kind of problem."""
        return self.problem.code

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status

    @property
    def errors(self) -> list[models.ProblemError]:
        """The mistakes of a request: parameter, what is wrong, what was probably meant."""
        return self.problem.errors
