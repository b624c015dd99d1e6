"""The real service keeps the committed document: schemathesis asks everything that it allows.

`schemathesis.toml` and `support/cases.py` say what it asks; `support/promises.py` has what holds
for every answer, in addition to schemathesis' own checks. Every answer is counted, so that no
operation is asked in vain.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from urllib.parse import urljoin

import httpx
import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from layoff_ledger.routes.operation import FOR_CHARTS
from support import cases, promises
from support.cases import FUZZ_CASES, OPERATIONS, Case, schema
from support.promises import Answer

MAX_ADDRESS = 8_000
"""Bytes of an address, as its problem says."""
asked: Counter[tuple[str, str, int]] = Counter()
"""Operation, what kind of case, and status → how often."""


@pytest.fixture
def session() -> Any:
    # For a single test: making the cases of the next one takes longer than the server keeps a
    # connection.
    with requests.Session() as kept:
        # Otherwise each request looks for proxies in the environment.
        kept.trust_env = False
        yield kept


positive_data_acceptance: Any = next(
    one for one in CHECKS.get_all() if one.__name__ == "positive_data_acceptance"
)


# What a schema of single parameters cannot say: that two of them cannot be combined.
GO_NOT_TOGETHER = {
    "a wave is named twice",
    "a dimension is named twice",
    "'-relevance' needs a search",
    "a feed always lists the latest changes first",
    "needs one dimension of time",
    "needs a second dimension",
    "needs the length of the windows",
    "asks for notices that statistics leave out",
    FOR_CHARTS,
}
# The same, after the value that is refused.
NEEDS_MORE = (
    "so no day is in between",
    "needs medians",
    "needs one dimension for which jobs are stated",
    "counts notices, and this question is about waves",
)


def is_known_refusal(answer: Answer) -> bool:
    """Return whether a refusal is one that no schema can foresee, and no fault.

    Codes and ids that this ledger does not know, a cursor that is not one of ours or belongs to
    other parameters, days such as 30 February, and an address that is too long as a whole.
    """
    if answer.status == 414:
        target = answer.url.partition("://")[2].partition("/")[2]
        assert len(target) + 1 > MAX_ADDRESS, "an address is refused that is not too long"
        return True
    if answer.status != 400:
        return False
    errors = answer.json()["errors"]
    return bool(errors) and all(
        one["parameter"] == "cursor"
        or (
            one["detail"].endswith("is not a date")
            and re.search("-(02|04|06|09|11)-", one["detail"])
        )
        or (one["parameter"] == "as_of" and "-" in one["detail"])
        or one["detail"].startswith(("no ", "cannot be combined with ", "this chart does not fit "))
        or one["detail"] in GO_NOT_TOGETHER
        or one["detail"].endswith(NEEDS_MORE)
        for one in errors
    )


def of_case(case: Case, answer: schemathesis.Response) -> Answer:
    request = answer.request
    return Answer(
        method=case.method,
        url=str(request.url),
        asked={name.lower(): str(value) for name, value in request.headers.items()},
        status=answer.status_code,
        headers={name.lower(): ", ".join(values) for name, values in answer.headers.items()},
        body=answer.content,
    )


def kind_of(case: Case) -> str:
    """Return whether a case is valid by the schemas, breaks one, or is of another method."""
    if case.method != "GET":
        return "method"
    mode = None if case.meta is None else case.meta.generation.mode
    return "broken" if mode == GenerationMode.NEGATIVE else "valid"


def check(case: Case, given: schemathesis.Response, session: requests.Session) -> None:
    """Check an answer against the document and what is promised of every one."""
    answer = of_case(case, given)
    operation = case.operation.definition.raw
    asked[operation["operationId"], kind_of(case), answer.status] += 1
    if case.method == "GET":
        promises.hold(operation, answer)
    excluded = [positive_data_acceptance] if is_known_refusal(answer) else []
    case.validate_response(given, excluded_checks=excluded)
    if case.method == "GET" and answer.status == 200:
        ask_again(operation, answer, session)


def ask_again(operation: promises.Json, first: Answer, session: requests.Session) -> None:
    """Ask for the same with `If-None-Match`, with HEAD, or for the next page."""
    body = first.json() if first.media_type == "application/json" else {}
    following = (body.get("links") or {}).get("next") if isinstance(body, dict) else None
    tag = first.headers.get("etag")
    # For each operation in turn: counted over all, the same one would always get the same.
    turn = asked[operation["operationId"], "valid", 200] % 3
    if following is not None and turn != 0:
        address = urljoin(first.url, following)
        page = fetch(session, "GET", address)
        promises.hold(operation, page)
        promises.hold_onwards(first, page)
        asked[operation["operationId"], "next page", page.status] += 1
    elif tag is not None and turn == 1:
        again = fetch(session, "GET", first.url, **{"If-None-Match": tag})
        promises.hold(operation, again)
        promises.hold_unchanged(first, again)
        asked[operation["operationId"], "tag", again.status] += 1
    else:
        head = fetch(session, "HEAD", first.url)
        promises.hold(operation, head)
        promises.hold_together(first, head)
        asked[operation["operationId"], "head", head.status] += 1


def fetch(session: requests.Session, method: str, address: str, **headers: str) -> Answer:
    given = session.request(method, address, headers=headers, timeout=60, allow_redirects=False)
    return Answer(
        method=method,
        url=address,
        asked={name.lower(): value for name, value in headers.items()},
        status=given.status_code,
        headers={name.lower(): value for name, value in given.headers.items()},
        body=given.content,
    )


QUIET = settings(
    max_examples=cases.random_cases(),
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


load_all_checks()
feedback = FeedbackSources()


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: str(one.label))
def test_the_service_keeps_its_promise(
    operation: Any, eventful: httpx.Client, session: requests.Session
) -> None:
    """What `schema.parametrize` does, but here: there, every process collects all cases."""

    @QUIET
    def promise(case: Case) -> None:
        answer = case.call(base_url=str(eventful.base_url), session=session)
        check(case, answer, session)

    build_operation_test(
        config=schema.config,
        operation=operation,
        test_func=promise,
        given_kwargs={},
        feedback=feedback,
    )()


def test_every_link_of_the_document_leads_on(
    eventful: httpx.Client, session: requests.Session
) -> None:
    class Walk(schema.as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Case) -> dict[str, Any]:  # noqa: ARG002
            return {"base_url": str(eventful.base_url), "session": session}

        def validate_response(
            self, response: schemathesis.Response, case: Case, *_: Any, **__: Any
        ) -> None:
            check(case, response, session)

    hypothesis.seed(cases.config.seed)(Walk)
    Walk.run(
        settings=settings(QUIET, max_examples=max(15, FUZZ_CASES // 100), stateful_step_count=6)
    )


def test_no_operation_is_asked_in_vain(request: pytest.FixtureRequest) -> None:
    chosen = {one.name for one in request.session.items}
    if not all(any(f"[GET {one.path}]" in name for name in chosen) for one in OPERATIONS.values()):
        pytest.fail("the answers of all operations are counted: run the whole file")
    for (id_, kind, status), count in sorted(asked.items()):
        print(f"{id_:28} {kind:10} {status} {count:6}")  # noqa: T201 seen with -rP
    assert len(OPERATIONS) == 41
    for id_, operation in OPERATIONS.items():
        valid: Counter[int] = Counter()
        for (of, kind, status), count in asked.items():
            valid[status] += count if of == id_ and kind == "valid" else 0
        # Hypothesis draws from the constants of whatever code is loaded, so each change of the code
        # changes the random cases, and some operations have only nine valid ones.
        assert valid[200] + valid[301] >= valid.total() / 6, (id_, valid)
        # Some requests with a real id are as of a revision in which it did not exist yet.
        assert valid[404] <= valid.total() * 2 / 3, (id_, valid)
        if operation.path.startswith("/v1/") and "{file}" not in operation.path:
            assert asked[id_, "broken", 400] + asked[id_, "broken", 404] > 0, id_
            assert asked[id_, "tag", 304] + asked[id_, "next page", 200] > 0 or valid[301], id_
    assert asked.total() >= 2_000


def test_what_the_dictionaries_name_is_there(eventful: httpx.Client) -> None:
    paths_of = {
        name: f"/v1/{name}"
        for name in ("waves", "claims", "notices", "companies", "indicators", "drivers", "roles", "sources", "collections", "revisions")
    }  # fmt: skip
    paths_of["files"] = "/v1/exports/4"
    for name, path in paths_of.items():
        for one in cases.config.dictionaries[name].entries:
            status = eventful.get(f"{path}/{one.value}").status_code
            assert status in (200, 301, 410), (path, one.value)
