"""What the clients of the tests ask and get, checked against the document by a second validator.

schemathesis judges its own requests; openapi-core, which shares no code with it, judges those of
all other tests. For each operation, status and media type the first answer is judged and then one
in a hundred: judging takes longer than answering. Processes that run tests at once share who was
first.
"""

from __future__ import annotations

import json
import ssl
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx

from layoff_ledger.formats import CHART_FORMATS
from layoff_ledger.site.document import resolve
from support.promises import DOCUMENT, PROBLEM, Answer

# It takes half a second to import, for which all processes of a run would wait, because they are
# dealt tests together.
if TYPE_CHECKING:
    from openapi_core import OpenAPI

ONE_IN = 100
MAX_BYTES = 60_000
"""Longer answers are not judged: they only have more of the same."""
HOST = "http://localhost:8000"
"""The server in the document, replaced by that of the test."""

Kind = tuple[str, int, str]
"""Operation, status and media type."""
seen: Counter[Kind] = Counter()
waiting: list[Answer] = []
"""What the current test asked that is still to be judged."""
_shared: list[Path] = []
"""A folder with a file for each kind that one of the processes has seen, if there are several."""


def share(folder: Path) -> None:
    """Leave the first answer of a kind to whichever process sees it first."""
    _shared[:] = [folder]


def _is_to_be_judged(kind: Kind) -> bool:
    seen[kind] += 1
    if seen[kind] > 1:
        return seen[kind] % ONE_IN == 0
    try:
        for folder in _shared:
            (folder / quote(repr(kind), safe="")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""No service of a test uses TLS: loading the trusted certificates takes 30 ms for each client."""


class Client(httpx.Client):
    """A client whose answers are judged at the end of the test."""

    def __init__(self, base_url: str, timeout_seconds: float) -> None:
        super().__init__(base_url=base_url, timeout=timeout_seconds, verify=NO_TLS)

    def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send as any client does, and keep the answer if it was read whole."""
        response = super().send(request, stream=stream, **options)
        if not stream:
            _keep(response)
        return response


class AsyncClient(httpx.AsyncClient):
    """The same in a loop."""

    async def send(
        self, request: httpx.Request, *, stream: bool = False, **options: Any
    ) -> httpx.Response:
        """Send as any client does, and keep the answer if it was read whole."""
        response = await super().send(request, stream=stream, **options)
        if not stream:
            _keep(response)
        return response


def _keep(response: httpx.Response) -> None:
    request, url = response.request, _documented_address(response.request.url)
    id_ = operation_of(url.path)
    # To whoever downloads it, a file is bytes, even if it is JSON.
    if id_ in {None, "get_export_file"} or request.method != "GET":
        return
    # A client that asks for a page is a browser: it gets problems on pages, too, and is led to the
    # address without empty form fields. No client of the document is one.
    if response.status_code != 200 and "text/html" in request.headers.get("accept", ""):
        return
    if len(response.content) > MAX_BYTES:
        return
    # A client that accepts no other JSON gets selected fields as that: the document says it in
    # words.
    is_plain = response.headers.get("content-type", "").startswith("application/json")
    if is_plain and "select" in url.params and response.status_code == 200:
        return
    kind = (str(id_), response.status_code, response.headers.get("content-type", ""))
    if _is_to_be_judged(kind):
        waiting.append(
            Answer(
                method=request.method,
                url=str(url),
                asked=dict(request.headers),
                status=response.status_code,
                headers=dict(response.headers),
                body=response.content,
            )
        )


def _documented_address(url: httpx.URL) -> httpx.URL:
    """Return the address at which the document has the answer to a question about notices.

    `/v1/statistics?of=notices` is for people, who use the parameters of the other statistics; a
    typed client uses the operation with the right type.
    """
    if url.path != "/v1/statistics" or url.params.get("of") != "notices":
        return url
    if (drawn := url.params.get("format")) in {one.name for one in CHART_FORMATS}:
        # Only charts are there, and the parameters of notices are not documented there.
        return url.copy_with(params={"group_by": "year", "format": drawn})
    return url.copy_with(path="/v1/notices/statistics").copy_remove_param("of")


def _templates() -> list[tuple[list[str], str]]:
    found = [
        (path.split("/"), methods["get"]["operationId"])
        for path, methods in DOCUMENT["paths"].items()
    ]
    # A literal path takes precedence over one with a name in its place.
    return sorted(found, key=lambda one: sum("{" in word for word in one[0]))


_TEMPLATES = _templates()


def operation_of(path: str) -> str | None:
    """Return the operation of a path; None for pages, files and unknown paths."""
    words = path.split("/")
    for template, id_ in _TEMPLATES:
        if len(template) == len(words) and all(
            word == one or ("{" in one and word) for word, one in zip(words, template, strict=True)
        ):
            return id_
    return None


class _Request:
    """A request as openapi-core reads one."""

    def __init__(self, answer: Answer) -> None:
        from openapi_core.datatypes import RequestParameters
        from werkzeug.datastructures import Headers, ImmutableMultiDict

        parts = urlsplit(answer.url)
        self.host_url, self.path, self.method = HOST, parts.path, answer.method.lower()
        self.body, self.content_type = None, ""
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True)),
            header=Headers(list(answer.asked.items())),
        )
        # A list may also be written as one value with commas, which no document can express.
        self.is_as_documented = "," not in parts.query and "%2C" not in parts.query


class _Response:
    """A response as openapi-core reads one."""

    def __init__(self, answer: Answer) -> None:
        from werkzeug.datastructures import Headers

        self.status_code, self.data = answer.status, answer.body
        self.content_type = answer.headers.get("content-type", "")
        self.headers = Headers(list(answer.headers.items()))


_openapi: list[OpenAPI] = []


def violations(answer: Answer) -> Iterator[str]:
    """Yield the ways in which an answer violates the document, in words."""
    from openapi_core import Config, OpenAPI
    from openapi_core.exceptions import OpenAPIError

    if not _openapi:
        # Another test checks that the document itself is valid.
        readers: Any = _readers()
        config = Config(spec_validator_cls=None, extra_media_type_deserializers=readers)
        _openapi.append(OpenAPI.from_dict(DOCUMENT, config=config))
    (openapi,) = _openapi
    request: Any = _Request(answer)
    response: Any = _Response(answer)
    found: list[Exception] = []
    if str(answer.status) not in _documented(answer):
        yield f"{answer.url}: {answer.status} is not documented"
    # An empty list is NDJSON without a line.
    is_empty = not answer.body and "ndjson" in answer.headers.get("content-type", "")
    if answer.status == 304 or (answer.status == 301 and not answer.body) or is_empty:
        return
    try:
        if answer.status == 200 and request.is_as_documented:
            found += openapi.iter_request_errors(request)
        found += openapi.iter_response_errors(request, response)
    except OpenAPIError as error:
        found.append(error)
    for one in found:
        yield f"{answer.url}: {answer.status}: {' <- '.join(_reasons(one))}"


def _readers() -> dict[str, Callable[[bytes], Any]]:
    """Return how the body of each media type is read: anything but JSON is text or bytes."""
    types = {
        media_type
        for methods in DOCUMENT["paths"].values()
        for response in methods["get"]["responses"].values()
        for media_type in resolve(DOCUMENT, response).get("content", {})
    }
    return {
        one: json.loads if one.endswith("json") and "ndjson" not in one else _text
        for one in {*types, PROBLEM}
    }


def _text(body: bytes, **_: str) -> str:
    return body.decode("latin-1")


def _documented(answer: Answer) -> Any:
    id_ = operation_of(urlsplit(answer.url).path)
    return next(
        methods["get"]["responses"]
        for methods in DOCUMENT["paths"].values()
        if methods["get"]["operationId"] == id_
    )


def _reasons(error: BaseException | None) -> Iterator[str]:
    """Yield what is said about an error, and about those behind it."""
    while error is not None:
        schema_errors = getattr(error, "schema_errors", None)
        yield str(error)[:300]
        for one in list(schema_errors or ())[:3]:
            place = "/".join(str(word) for word in one.absolute_path)
            yield f"{place}: {one.message[:300]}"
        error = error.__cause__


def judge() -> list[str]:
    """Judge what is waiting, and return all violations."""
    kept, waiting[:] = waiting[:], []
    return [one for answer in kept for one in violations(answer)]
