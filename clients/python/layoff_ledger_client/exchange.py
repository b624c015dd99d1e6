"""How an answer is obtained: requested, retried, cached and decoded, without any I/O of its own.

A conversation is a generator. It yields what has to be done next, a request or a pause, and is sent
the response; `Ledger` does that by blocking, `AsyncLedger` by awaiting. Everything else is shared.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Generic, Protocol, TypeAlias, TypeVar, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
import msgspec

from layoff_ledger_client import models
from layoff_ledger_client.cache import Cache, Stored
from layoff_ledger_client.errors import ProblemAnswerError, UnexpectedAnswerError, UnreachableError
from layoff_ledger_client.problems import BY_CODE

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
KEPT = ("cache-control", "content-disposition", "content-type", "etag", "link")
OVERLOADED = frozenset({429, 502, 503, 504})


class _Links(Protocol):
    @property
    def next(self) -> str | None: ...


class Page(Protocol[T_co]):
    """What every answer with pages has."""

    @property
    def data(self) -> Sequence[T_co]:
        """The records."""

    @property
    def links(self) -> _Links:
        """The links, with that to the next page."""


@dataclass(frozen=True)
class Operation(Generic[T_co]):
    """What the contract says about an operation, as far as the client uses it."""

    name: str
    path: str
    answer: type[T_co]
    as_of: bool = False
    page_size: int = 0
    accept: str = "application/json"


@dataclass(frozen=True)
class Content:
    """An answer in another format than JSON: CSV, a workbook, Parquet, a chart, a citation."""

    content: bytes = field(repr=False)
    media_type: str
    name: str
    """The name of a file with this content."""
    cite_as: str | None
    """The permanent address of this answer."""

    @property
    def text(self) -> str:
        """The content as text, without the byte order mark that CSV has for spreadsheets."""
        return self.content.decode("utf-8-sig")

    def save(self, to: str | Path) -> Path:
        """Write it to a file, or under its own name into a folder; return the path of the file."""
        # The service may choose the file's name, but not its folder.
        path = Path(to) / Path(self.name).name if Path(to).is_dir() else Path(to)
        path.write_bytes(self.content)
        return path


@dataclass(frozen=True)
class Retries:
    """How often requests are retried, and how long to wait (429, 502–504, no connection)."""

    attempts: int = 5
    """How many requests are made in total; 1 means no retry."""
    first_wait: float = 0.5
    """Seconds before the second request; they double each time, with random jitter."""
    max_wait: float = 60
    """Seconds at most. If `Retry-After` asks for a longer wait, the problem is raised at once."""

    def backoff(self, attempt: int) -> float:
        """Return the seconds to wait after a number of attempts, if the answer does not say."""
        longest = min(self.max_wait, self.first_wait * 2.0 ** (attempt - 1))
        return longest * random.SystemRandom().uniform(0.5, 1)


Sink: TypeAlias = Callable[[httpx.Response], Callable[[bytes], object]]
"""Takes the head of a successful response, and returns the function that takes its bytes."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A GET request to send; the body of a successful response goes into the sink, if any."""

    url: str
    headers: dict[str, str]
    sink: Sink | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """A pause, in seconds."""

    seconds: float


Talk: TypeAlias = Generator[Ask | Wait, httpx.Response | None, T]


@dataclass(frozen=True)
class Exchange:
    """What all conversations with one ledger share."""

    base_url: str
    cache: Cache
    retries: Retries

    def ask(
        self,
        operation: Operation[T],
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Talk[T]:
        """Get an answer as the type that the contract declares."""
        url = self.url(operation.path, path, parameters(query))
        return (yield from self.get(url, operation))

    def get(self, url: str, operation: Operation[T]) -> Talk[T]:
        """Get what an operation answers at an address."""
        body, _ = yield from self._fetch(url, operation.accept)
        if operation.answer is bytes:
            return cast("T", body)
        try:
            return msgspec.json.decode(body, type=operation.answer)
        except msgspec.MsgspecError as error:
            message = f"{url} did not answer with {operation.answer.__name__}: {error}"
            raise UnexpectedAnswerError(message) from error

    def ask_as(
        self,
        operation: Operation[object],
        format_: str,
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Talk[Content]:
        """Get an answer in another format than JSON."""
        url = self.url(operation.path, path, [*parameters(query), ("format", format_)])
        body, headers = yield from self._fetch(url, "*/*")
        kept = httpx.Response(200, headers=headers)
        _, _, name = headers.get("content-disposition", "").partition("filename=")
        return Content(
            content=body,
            media_type=headers.get("content-type", ""),
            name=name.strip('"') or f"{operation.name}.{format_}",
            cite_as=kept.links.get("cite-as", {}).get("url"),
        )

    def url(
        self,
        template: str,
        path: Mapping[str, str | int] = {},
        query: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Return the address of a question."""
        filled = template.format_map({key: quote(str(one), safe="") for key, one in path.items()})
        return f"{self.base_url}{filled}" + (f"?{urlencode(query)}" if query else "")

    def next_url(self, operation: Operation[object], page: Page[object]) -> str | None:
        """Return the address of the next page, under `base_url` even if a proxy is in between."""
        if page.links.next is None:
            return None
        return self.url(operation.path, {}, parse_qsl(urlsplit(page.links.next).query))

    def _fetch(self, url: str, accept: str) -> Talk[tuple[bytes, dict[str, str]]]:
        key = f"{accept} {url}"
        stored = self.cache.get(key)
        if stored is not None and stored.is_immutable:
            return stored.body, stored.headers
        headers = {"accept": accept}
        if stored is not None:
            headers["if-none-match"] = stored.headers["etag"]
        response = yield from self.send(lambda: Ask(url, headers))
        if response.status_code == httpx.codes.NOT_MODIFIED and stored is not None:
            return stored.body, stored.headers
        kept = {name: response.headers[name] for name in KEPT if name in response.headers}
        if "etag" in kept:
            self.cache.put(key, Stored(response.content, kept))
        return response.content, kept

    def send(self, make: Callable[[], Ask]) -> Talk[httpx.Response]:
        """Get a successful response; retry where that may help, with a new request each time."""
        for attempt in range(1, self.retries.attempts + 1):
            is_last = attempt == self.retries.attempts
            ask = make()
            try:
                response = yield ask
            except httpx.TransportError as error:
                if is_last:
                    message = f"no answer from {ask.url} after {attempt} attempts: {error!r}"
                    raise UnreachableError(message) from error
                yield Wait(self.retries.backoff(attempt))
                continue
            assert response is not None  # noqa: S101 an `Ask` is sent its response
            if response.is_success or response.status_code == httpx.codes.NOT_MODIFIED:
                return response
            after = retry_after(response)
            if is_last or response.status_code not in OVERLOADED:
                raise failure(response, after)
            seconds = self.retries.backoff(attempt) if after is None else after
            if seconds > self.retries.max_wait:
                raise failure(response, after)
            yield Wait(seconds)
        message = "Retries.attempts has to be 1 or more"
        raise ValueError(message)


def parameters(query: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return parameters as they are sent: several values repeat the name, None is left out."""
    found = []
    for name, value in query.items():
        several = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
        # `from` is a keyword in Python, so that its parameter is `from_`.
        found += [(name.removesuffix("_"), _written(one)) for one in several if one is not None]
    return found


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def retry_after(response: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, as a number or as a date."""
    value = response.headers.get("retry-after")
    if value is None:
        return None
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())


def failure(response: httpx.Response, after: float | None) -> Exception:
    """Return the exception for an unsuccessful answer."""
    try:
        problem = msgspec.json.decode(response.content, type=models.Problem)
    except msgspec.MsgspecError:
        message = f"{response.url} answered {response.status_code} without a problem"
        return UnexpectedAnswerError(message)
    return BY_CODE.get(problem.code, ProblemAnswerError)(problem, after)
