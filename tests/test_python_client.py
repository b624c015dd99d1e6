"""The Python client against the real service: all of the contract, and each of its conveniences."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import itertools
import json
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import generate_client
import httpx
import msgspec
import pytest
from layoff_ledger_client import (
    AsyncLedger,
    Content,
    DamagedDownloadError,
    Ledger,
    LedgerError,
    ProblemAnswerError,
    Retries,
    UnexpectedAnswerError,
    UnreachableError,
    models,
    operations,
    problems,
    queries,
    to_arrow,
    to_pandas,
    to_polars,
)
from layoff_ledger_client.exchange import failure, retry_after

from layoff_ledger import paths
from support.cutting import cutting
from support.databases import execute, make_database, name_of, publish_folder
from support.revisions import FIXTURE, change_records, edit
from support.services import serving, wait_for_revision

pytestmark = pytest.mark.thorough

DOCUMENT = json.loads((paths.ROOT / "openapi" / "openapi.json").read_text(encoding="utf-8"))
CONTRACT = generate_client.Document(DOCUMENT)
LARGE = 125_000_000_001
"""US dollars, as some companies spend on assets: beyond 32 bits, and not exact as 32-bit float."""
QUICK = Retries(first_wait=0.01)


class Recorder:
    """A connection of the client that remembers what was asked and answered."""

    def __init__(self, **headers: str) -> None:
        self.answers: list[tuple[str, int]] = []
        self.client = httpx.Client(event_hooks={"response": [self.record]}, headers=headers)
        self.at_503: Callable[[], object] | None = None

    def record(self, response: httpx.Response) -> None:
        self.answers.append((response.request.url.path, response.status_code))
        if response.status_code == 503 and self.at_503 is not None:
            self.at_503()
            self.at_503 = None

    @property
    def statuses(self) -> list[int]:
        return [status for _, status in self.answers]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    with recorder.client:
        yield recorder


@pytest.fixture
def ledger(api: httpx.Client) -> Iterator[Ledger]:
    with Ledger(str(api.base_url)) as ledger:
        yield ledger


# The contract ----------------------------------------------------------------------------------


def test_what_is_generated_is_what_the_document_makes() -> None:
    for path, text in generate_client.generate(CONTRACT).items():
        assert path.read_text(encoding="utf-8") == text, "run `make clients` and read the diff"


def test_the_version_is_that_of_the_contract() -> None:
    assert operations.__version__ == DOCUMENT["info"]["version"]


def test_every_operation_is_a_method_with_every_parameter() -> None:
    asked = {item["get"]["operationId"]: item["get"] for item in DOCUMENT["paths"].values()}
    assert len(asked) > 40
    for name, operation in asked.items():
        found = [CONTRACT.follow(one) for one in operation.get("parameters", [])]
        query = {one["name"] for one in found if one["in"] == "query"}
        for client in (Ledger, AsyncLedger):
            method = getattr(client, name)
            kept = inspect.signature(method).parameters
            path = {one["name"] for one in found if one["in"] == "path"}
            assert path == kept.keys() - {"self", "query"}, name
            takes = keywords(method)
            if f := getattr(client, f"{name}_as", None):
                formats = CONTRACT.follow(
                    next(one for one in found if one["name"] == "format")["schema"]
                )["enum"]
                hint = typing.get_type_hints(f)["format"]
                assert {*typing.get_args(hint), "json"} == set(formats), name
                takes |= keywords(f) | {"format"}
            # What is answered in only one format needs no parameter for it.
            assert query - {"format"} <= takes, name
            assert "format" not in query or "format" in takes, name


def test_a_closed_set_of_a_parameter_is_a_literal_of_its_members() -> None:
    members = DOCUMENT["components"]["schemas"]["Stance"]["enum"]

    assert list(typing.get_args(queries.Stance)) == members


def keywords(method: Any) -> set[str]:
    """Return the parameters that a method takes by keyword, as they are called in the contract."""
    hint = typing.get_type_hints(method).get("query")
    if hint is None:
        return set()
    (query,) = typing.get_args(hint)
    return {name.removesuffix("_") for name in typing.get_type_hints(query)}


def test_every_operation_answers_what_the_json_says(api: httpx.Client) -> None:
    """Also large numbers, days and moments: what is decoded is written again, and is the same."""
    with Ledger(str(api.base_url)) as ledger:
        for operation in CONTRACT.operations:
            place, query = arguments(operation, api)
            answer = getattr(ledger, operation.name)
            path = operation.path.format_map(place)
            raw = api.get(path, params=query, follow_redirects=True)
            if raw.status_code == 404:
                # The made-up ledger has no notices.
                assert "notice" in operation.name
                with pytest.raises(problems.NotFoundError):
                    answer(*place.values(), **query)
            elif operation.answer is None:
                assert answer(*place.values(), **query) == raw.content
            else:
                decoded = answer(*place.values(), **query)
                assert type(decoded).__name__ == operation.answer
                assert is_in(raw.json(), msgspec.to_builtins(decoded)), operation.name


def test_every_example_of_the_contract_is_read() -> None:
    """They are answers of the real ledger, including what the made-up one lacks."""
    examples = {name: one["value"] for name, one in DOCUMENT["components"]["examples"].items()}
    assert "get_notice" in examples
    for operation in CONTRACT.operations:
        if operation.answer is not None and operation.name in examples:
            example = examples.pop(operation.name)
            decoded = msgspec.convert(example, getattr(models, operation.answer))
            assert is_in(example, msgspec.to_builtins(decoded)), operation.name
    assert not examples


def arguments(
    operation: generate_client.Operation, api: httpx.Client
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments of an operation: ids from its own list, and what it requires.

    What is not named here has the values of the contract's example.
    """
    place: dict[str, Any] = {"value": "NYSE:GLBX"}
    query: dict[str, Any] = {
        "wave": [wave["id"] for wave in api.get("/v1/waves?limit=2").json()["data"]]
    }
    listed, _, _ = operation.path.partition("/{")
    for name in {one["name"] for one in operation.path_parameters} & {"id", "code", "number"}:
        found = api.get(f"{listed}?limit=1").json()["data"]
        place[name] = found[0][name] if found else "us-mo-1"
    place |= {"scheme": "ticker", "revision": 1, "file": "waves.csv"}
    required = {name: one for name, one in operation.query.items() if one.get("required")}
    return (
        {
            one["name"]: place.get(one["name"], one.get("example"))
            for one in operation.path_parameters
        },
        {name: query.get(name, one.get("example")) for name, one in required.items()},
    )


def is_in(raw: Any, built: Any) -> bool:
    """Return whether a value has everything that the JSON has."""
    if isinstance(raw, dict):
        return all(is_in(value, built[name]) for name, value in raw.items())
    if isinstance(raw, list):
        return len(raw) == len(built) and all(map(is_in, raw, built))
    return bool(raw == built)


def test_codes_and_fields_that_are_newer_than_the_client_are_read(api: httpx.Client) -> None:
    wave = api.get("/v1/waves/globex-2023-01").json()
    wave["drivers"][0]["stance"] = "whispers"
    wave["status"] = "reconsidered"
    wave["mood"] = {"level": 3}

    read = msgspec.json.decode(msgspec.json.encode(wave), type=models.Wave)

    assert (read.drivers[0].stance, read.status) == ("whispers", "reconsidered")


def test_what_is_not_selected_is_not_unknown(ledger: Ledger) -> None:
    first = ledger.list_waves_selection(select=["id", "title"], limit=1).data[0]

    assert first.title is None
    assert first.status is msgspec.UNSET


def test_parameters_are_sent_as_the_contract_writes_them(api: httpx.Client) -> None:
    recorder = Recorder()
    with Ledger(str(api.base_url), client=recorder.client) as ledger, recorder.client:
        day = datetime.date(2023, 1, 1)
        both = ledger.list_waves(company=["globex", "initech"], announced_gte=day, canonical=True)
        span = ledger.get_timeline(from_="2023-01", to=datetime.date(2023, 6, 30))

    raw = api.get("/v1/waves?company=globex,initech&announced_gte=2023&canonical=true").json()
    assert both.meta.count == raw["meta"]["count"] > 0
    assert {one.on.year for one in span.data} == {2023}


# Conveniences ----------------------------------------------------------------------------------


def test_a_walk_has_every_record_once_in_order(ledger: Ledger, api: httpx.Client) -> None:
    ids = [wave["id"] for wave in api.get("/v1/waves?limit=200").json()["data"]]

    assert [wave.id for wave in ledger.iter_waves(limit=2)] == ids
    assert len(set(ids)) == len(ids) > 4


async def test_the_same_is_awaited(api: httpx.Client, tmp_path: Path) -> None:
    async with AsyncLedger(str(api.base_url), retries=QUICK) as ledger:
        pinned = await ledger.pin()
        page, companies = await asyncio.gather(pinned.list_waves(), pinned.list_companies())
        assert [wave async for wave in pinned.iter_waves(limit=2)] == page.data
        assert companies.meta.revision == pinned.as_of == 1
        assert (await ledger.list_waves_as("csv")).text.count("\n") == len(page.data) + 1
        with pytest.raises(problems.NotFoundError):
            await ledger.get_wave("nobody-2023-01")
        path = await ledger.download_export("waves.csv", tmp_path)
        assert path.stat().st_size


def test_an_answer_is_asked_for_again_with_its_tag(api: httpx.Client, recorder: Recorder) -> None:
    ledger = Ledger(str(api.base_url), client=recorder.client)

    assert ledger.list_roles() == ledger.list_roles()
    assert recorder.statuses == [200, 304]

    pinned = ledger.pin()
    recorder.answers.clear()
    assert pinned.list_roles() == pinned.list_roles()
    assert recorder.statuses == [200]


def test_nothing_is_kept_without_a_cache(api: httpx.Client, recorder: Recorder) -> None:
    ledger = Ledger(str(api.base_url), client=recorder.client, cache_bytes=0)

    assert ledger.list_roles() == ledger.list_roles()
    assert recorder.statuses == [200, 200]


def test_a_mistake_is_an_exception_with_its_place_and_what_was_meant(ledger: Ledger) -> None:
    with pytest.raises(problems.InvalidParametersError) as caught:
        ledger.list_waves(driver="over_hirng")

    (mistake,) = caught.value.errors
    assert (mistake.parameter, mistake.suggested_value) == ("driver", "over_hiring")
    assert str(caught.value) == (
        "invalid_parameters (400)\n  driver: no driver 'over_hirng' (did you mean 'over_hiring'?)"
    )


def test_what_is_not_there_is_an_exception_of_its_own(ledger: Ledger) -> None:
    with pytest.raises(problems.NotFoundError, match="nobody-2023-01") as caught:
        ledger.get_wave("nobody-2023-01")
    with pytest.raises(problems.UnknownRevisionError):
        ledger.list_waves(as_of=99)

    assert isinstance(caught.value, LedgerError)
    assert (caught.value.status, caught.value.code) == (404, "not_found")
    assert caught.value.problem.request_id


def test_problems_that_are_newer_or_none_are_exceptions_too(ledger: Ledger) -> None:
    with pytest.raises(problems.NotFoundError) as caught:
        ledger.get_wave("nobody-2023-01")
    newer = msgspec.structs.replace(caught.value.problem, code="tired", status=418)
    asked = httpx.Request("GET", "http://ledger/v1/waves")

    problem = failure(httpx.Response(418, content=msgspec.json.encode(newer), request=asked), None)
    page = failure(httpx.Response(502, text="<html>", request=asked), None)

    assert type(problem) is ProblemAnswerError
    assert isinstance(page, UnexpectedAnswerError)


def test_retry_after_is_a_number_or_a_date() -> None:
    past = {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}

    assert retry_after(httpx.Response(429, headers={"retry-after": "7"})) == 7
    assert retry_after(httpx.Response(429, headers=past)) == 0
    assert retry_after(httpx.Response(429, headers={"retry-after": "soon"})) is None


def test_nobody_there_is_said_after_all_attempts() -> None:
    with (
        Ledger("http://127.0.0.1:1", retries=Retries(attempts=2, first_wait=0.01)) as nobody,
        pytest.raises(UnreachableError, match="after 2 attempts"),
    ):
        nobody.get_liveness()
    with pytest.raises(ValueError, match="http://"):
        Ledger("localhost:8000")


# A service that limits its clients, publishes, and loses its database -----------------------------


@pytest.fixture(scope="module")
def busy(server: str, fixture_template: str) -> Iterator[tuple[httpx.Client, str]]:
    """A service with its own database, and the address of the database."""
    url = asyncio.run(make_database(server, fixture_template))
    environment = {"DATABASE_URL": url, "LEDGER_RATE_LIMIT": "20/2 seconds"}
    with serving("--data", str(FIXTURE), environment=environment) as client:
        yield client, url


def test_a_client_that_asked_too_much_comes_back_when_it_may(
    busy: tuple[httpx.Client, str], recorder: Recorder
) -> None:
    ledger = Ledger(str(busy[0].base_url), client=recorder.client)
    impatient = Ledger(str(busy[0].base_url), client=recorder.client, retries=Retries(attempts=1))

    for number in itertools.count(1):
        assert ledger.list_waves(headcount_gte=number).meta.revision
        if 429 in recorder.statuses:
            break
    with pytest.raises(problems.TooManyRequestsError) as caught:  # noqa: PT012 the last one of them
        for number in itertools.count(1):
            impatient.list_waves(headcount_lte=number)

    assert recorder.statuses.count(429) >= 2
    assert caught.value.retry_after in {1, 2}


def test_what_is_pinned_stays_while_a_revision_is_published(
    busy: tuple[httpx.Client, str], data: Path
) -> None:
    service, database = busy
    wave = "globex-2023-09"
    with Ledger(str(service.base_url)) as ledger:
        pinned = ledger.pin()
        before = pinned.get_wave(wave), ledger.get_wave(wave)
        change_records(data)
        edit(data, "indicators/globex.toml", "value = 9000000,", f"value = {LARGE},")
        asyncio.run(publish_folder(database, data))
        wait_for_revision(service, 2)

        assert pinned.as_of == 1
        assert (pinned.get_wave(wave), pinned.list_waves().meta.revision) == (before[0], 1)
        assert (
            pinned.list_waves_as("csv").cite_as == f"{service.base_url}/v1/waves?format=csv&as_of=1"
        )
        # The same question with a newer answer is not answered from memory.
        assert ledger.get_wave(wave).headcount != before[1].headcount
        assert ledger.list_waves().meta.revision == ledger.pin().as_of == 2
        assert {one.revision for one in ledger.iter_changes(since=1)} == {2}
        assert max(one.low or 0 for one in ledger.iter_indicators()) == LARGE


def test_a_service_without_its_database_is_waited_for(
    busy: tuple[httpx.Client, str], server: str, recorder: Recorder
) -> None:
    """A real 503 with `Retry-After`; the database comes back while the client waits."""
    database = name_of(busy[1])
    away = f"alter database {database} rename to {database}_away"
    back = f"alter database {database}_away rename to {database}"
    ledger = Ledger(str(busy[0].base_url), client=recorder.client)
    for statement in (
        f"alter database {database} allow_connections false",
        f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'",
        away,
        f"alter database {database}_away allow_connections true",
    ):
        asyncio.run(execute(server, statement))
    recorder.at_503 = lambda: asyncio.run(execute(server, back))

    # A sample, which is never in the service's memory, so that it has to ask.
    assert ledger.list_waves(limit=3, sample=3).data
    # The service also counts how often it is asked.
    assert {503} <= set(recorder.statuses[:-1]) <= {429, 503}
    assert recorder.statuses[-1] == 200


# Files and tables ------------------------------------------------------------------------------


def test_a_download_goes_on_where_it_broke_off(api: httpx.Client, tmp_path: Path) -> None:
    path = "/v1/exports/1/waves.ndjson"
    recorder = Recorder(connection="close")
    with cutting(str(api.base_url), path, times=3, after_bytes=4000) as network, recorder.client:
        ledger = Ledger(network.url, client=recorder.client, retries=QUICK)
        found = ledger.download_export("waves.ndjson", tmp_path)
        starts = [int(head.split("bytes=")[1].split("-")[0]) for head in network.heads]
        # Nothing that is already there is requested again.
        assert ledger.download_export("waves.ndjson", tmp_path) == found

    assert found.read_bytes() == api.get(path).content
    assert starts == sorted(set(starts))
    assert starts[0] == 0
    assert len(starts) == 4 == len(network.heads)
    assert list(tmp_path.iterdir()) == [found]


def test_a_file_that_is_not_what_it_should_be_is_never_given(
    ledger: Ledger, api: httpx.Client, tmp_path: Path
) -> None:
    described = next(f for f in ledger.get_export(1).files if f.name == "roles.csv")
    part = tmp_path / f"roles.csv.{described.sha256[:12]}.part"
    part.write_bytes(b"something else")

    with pytest.raises(DamagedDownloadError):
        ledger.download_export("roles.csv", tmp_path)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match=r"waves\.parquet"):
        ledger.download_export("rules.csv", tmp_path)

    found = ledger.download_export("roles.csv", tmp_path / "mine.csv", revision=1)
    assert found.read_bytes() == api.get("/v1/exports/1/roles.csv").content


def test_a_list_is_a_data_frame_of_each_library(ledger: Ledger, api: httpx.Client) -> None:
    waves = api.get("/v1/waves?limit=200").json()["data"]
    lows = [wave["headcount"]["low"] if wave["headcount"] else None for wave in waves]
    parquet = ledger.list_waves_as("parquet")

    assert to_polars(parquet)["headcount_low"].to_list() == lows
    assert to_arrow(parquet)["headcount_low"].to_pylist() == lows
    frame = to_pandas(parquet)
    assert list(frame["id"]) == [wave["id"] for wave in waves]
    assert frame["headcount_low"].sum() == sum(filter(None, lows))


def test_what_is_asked_for_beside_is_answered(ledger: Ledger, api: httpx.Client) -> None:
    """A field that is only present on request; otherwise it is None."""
    raw = api.get("/v1/statistics?group_by=year&spread=true").json()["data"]
    years = ledger.get_statistics(group_by="year", spread=True).data

    assert [one.headcount_median for one in years] == [one["headcount_median"] for one in raw]
    assert any(one.headcount_median for one in years)


def test_records_are_rows_of_a_data_frame(ledger: Ledger) -> None:
    years = ledger.get_statistics(group_by="year").data
    counts = [one.waves for one in years]

    for frame in (to_polars(years), to_pandas(years)):
        assert list(frame["waves"]) == counts
    assert to_arrow(ledger.iter_revisions())["number"].to_pylist() == [1]
    with pytest.raises(ValueError, match="ask as 'parquet'"):
        to_arrow(ledger.list_waves_as("csv"))


def test_a_name_that_the_service_gives_leads_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()

    path = Content(b"x", "text/csv", "../../theirs.csv", None).save(folder)

    assert path == folder / "theirs.csv"
    assert path.read_bytes() == b"x"


def test_other_formats_are_what_the_service_sends(
    ledger: Ledger, api: httpx.Client, tmp_path: Path
) -> None:
    raw = api.get("/v1/waves?format=csv&company=globex&select=id,status")
    csv = ledger.list_waves_as("csv", company="globex", select=["id", "status"])
    chart = ledger.get_statistics_as("svg", group_by="year")
    book = ledger.get_statistics_as("xlsx", group_by="year").save(tmp_path)

    assert csv.content == raw.content
    assert csv.text.splitlines()[0] == "id,status"
    assert (chart.media_type, chart.content[:4]) == ("image/svg+xml", b"<svg")
    assert book.suffix == ".xlsx"
    assert book.read_bytes()[:2] == b"PK"
