"""The real service keeps the committed document: schemathesis asks it everything that it allows.

The seed is fixed, so a failure is a change of the code and not of the dice. `make fuzz` asks for
more. Codes and ids come from the curated files: text that only has the right shape would nearly
always be refused, and rightly so.
"""

from __future__ import annotations

import os
import re
import zlib
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from layoff_ledger import paths, vocabulary
from layoff_ledger.curation import read
from layoff_ledger.routes.operation import FOR_CHARTS
from layoff_ledger.site.document import resolve

EXAMPLES = int(os.environ.get("LEDGER_FUZZ_EXAMPLES", "15"))


def real_values() -> dict[str, list[str]]:
    """Give values that exist, by parameter."""
    curated = read.read(paths.DATA)
    waves, companies, sources = (
        sorted(one)[:40] for one in (curated.waves, curated.companies, curated.sources)
    )
    drivers, roles = sorted(curated.drivers), sorted(curated.roles)
    return {
        "company": companies,
        "company_not": companies,
        "driver": drivers,
        "driver_not": drivers,
        "role": roles,
        "role_not": roles,
        "industry": sorted(curated.industries),
        "country": ["US", "DE", "FR", "IN"],
        "country_not": ["US", "DE"],
        "subdivision": ["US-CA", "US-WA"],
        "driver_group": [*vocabulary.DRIVER_GROUPS, "ai"],
        "company_country": ["US", "SE"],
        "status": list(vocabulary.STATUSES),
        "status_not": list(vocabulary.STATUSES),
        "form": list(vocabulary.FORMS),
        "collection": ["curated"],
        "source": sources,
        "parent": companies,
        "kind": list(vocabulary.SOURCE_KINDS),
        "group": list(vocabulary.DRIVER_GROUPS),
        "wave": waves,
        "series": ["meta-capital-expenditure", "meta-employees"],
        "definition": [
            "Purchases of property and equipment, in cash, as in the cash flow statement."
        ],
        "path.id": [*waves, *companies, *sources],
        "path.code": [*drivers, *roles],
    }


VALUES = real_values()
schema = schemathesis.openapi.from_path(
    str(paths.OPENAPI),
    config=SchemathesisConfig.from_dict(
        {
            "seed": 20_240_229,
            # The first one who asks for an export waits until it is made.
            "request-timeout": 60,
            # Too long is a refusal too.
            "checks": {"negative_data_rejection": {"expected-statuses": [400, 404, 406, 414]}},
            # PostgreSQL knows no NUL; the service refuses it before it reads any parameter.
            "generation": {"allow-x00": False},
            "dictionaries": {
                "ids": {"values": VALUES["path.id"]},
                "codes": {"values": VALUES["path.code"]},
                "revisions": {"values": [1]},
                "files": {"values": ["waves.csv", "claims.ndjson", "README.md", "SHA256SUMS"]},
            },
            "parameters": {
                "path.id": {"dictionary": "ids", "probability": 0.8},
                "path.code": {"dictionary": "codes", "probability": 0.8},
                "path.revision": {"dictionary": "revisions", "probability": 0.8},
                "path.file": {"dictionary": "files", "probability": 0.8},
            },
        }
    ),
)


CLOSED_KINDS = {
    member
    for methods in schema.raw_schema["paths"].values()
    for one in (resolve(schema.raw_schema, given) for given in methods["get"]["parameters"])
    if one["name"] == "kind"
    for member in resolve(schema.raw_schema, one["schema"]["items"]).get("enum", ())
}


@schema.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Put real codes in the place of made-up ones of the right shape, three times in four."""
    return {name: _real(name, value) for name, value in (query or {}).items()}


def _real(name: str, value: Any) -> Any:
    shaped = isinstance(value, list) and value
    if name not in VALUES or not shaped or not all(isinstance(one, str) and one for one in value):
        return value
    if name == "kind" and set(value) <= CLOSED_KINDS:
        # The same word means the kind of a hit, a claim or a figure, of which all are known.
        return value
    known = VALUES[name]
    dice = [zlib.crc32(one.encode("utf-8", "surrogatepass")) for one in value]
    return [
        one if die % 4 == 0 else known[(die + place) % len(known)]
        for place, (one, die) in enumerate(zip(value, dice, strict=True))
    ]


positive_data_acceptance: Any = next(
    one for one in CHECKS.get_all() if one.__name__ == "positive_data_acceptance"
)


# What a schema of single parameters cannot say: that two of them do not go together.
GO_NOT_TOGETHER = {
    "a wave is named twice",
    "a dimension is named twice",
    "'-relevance' needs a question",
    "a feed has what changed last first",
    "needs one dimension of time",
    "needs a second dimension",
    "does not go with fill",
    "'headcount_stated' needs one dimension of which jobs are stated",
    FOR_CHARTS,
}


def names_only_what_is_not_known(answer: schemathesis.Response) -> bool:
    """Say whether a refusal is for codes, ids or cursors that this ledger does not know.

    An opaque cursor and an open vocabulary cannot be told from other text by any schema, nor
    29 February from another day by a pattern.
    """
    if answer.status_code != 400:
        return False
    errors = answer.json()["errors"]
    return bool(errors) and all(
        one["parameter"] == "cursor"
        or (one["detail"].endswith("is no date") and re.search("-(02|04|06|09|11)-", one["detail"]))
        or (one["parameter"] == "as_of" and "-" in one["detail"])
        or one["detail"].startswith("no ")
        or one["detail"] in GO_NOT_TOGETHER
        or one["detail"].endswith(("no day lies between them", "have no room for this chart"))
        for one in errors
    )


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_service_keeps_its_promise(case: schemathesis.Case[Any], real: httpx.Client) -> None:
    answer = case.call(base_url=str(real.base_url))

    # `default` lets clients read any problem; what is answered is written out all the same.
    if case.method == "GET":
        assert str(answer.status_code) in case.operation.definition.raw["responses"]
    excluded = [positive_data_acceptance] if names_only_what_is_not_known(answer) else []
    case.validate_response(answer, excluded_checks=excluded)


def test_every_operation_is_asked() -> None:
    operations: list[Any] = list(schema.get_all_operations())
    asked = [one.ok().definition.raw["operationId"] for one in operations]

    assert len(asked) == 41
    assert "list_waves" in asked


# The real ledger of the tests has no notices; `test_notices.py` has its own.
OF_NOTICES = {path for path in schema.raw_schema["paths"] if path.startswith("/v1/notices/{id}")}


@pytest.mark.parametrize("path", sorted(schema.raw_schema["paths"].keys() - OF_NOTICES))
def test_every_example_of_the_document_works(path: str, real: httpx.Client) -> None:
    parameters = [
        resolve(schema.raw_schema, one)
        for one in schema.raw_schema["paths"][path]["get"]["parameters"]
    ]
    for one in parameters:
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
    required = {
        one["name"]: one["example"]
        for one in parameters
        if one.get("required") and one["in"] == "query"
    }

    assert real.get(path, params=required, follow_redirects=True).status_code == 200
    for one in parameters:
        if one["in"] == "query" and "example" in one:
            asked = {**required, one["name"]: one["example"]}
            answer = real.get(path, params=asked, follow_redirects=True)
            assert answer.status_code == 200, (one["name"], answer.text)
