"""Excel and Parquet: the same rows as CSV and JSON, with types and a description."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
import tomllib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import duckdb
import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from layoff_ledger.formats.base import Provenance
from layoff_ledger.formats.xlsx import MAX_ROWS, MAX_TEXT, XLSX, Workbook
from layoff_ledger.http.problems import InvalidParametersError
from layoff_ledger.query.changes import COLUMNS as CHANGE_COLUMNS
from layoff_ledger.query.revisions import COLUMNS as REVISION_COLUMNS
from layoff_ledger.resources import RESOURCES
from layoff_ledger.resources.base import Column, columns, named
from layoff_ledger.routes import files
from layoff_ledger.routes.files import refuse_too_many
from support.filters import FUZZ, SORTS, choices, queries
from support.lists import Query, everything, walk
from support.promises import DOCUMENT
from support.revisions import FIXTURE

pytestmark = pytest.mark.thorough

LISTED = [one for one in RESOURCES.values() if one.listing is not None]
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET_TYPE = "application/vnd.apache.parquet"
FEW = settings(FUZZ, max_examples=12)


def sheet(content: bytes, name: str = "Data") -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Data", "About"]
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def about(content: bytes) -> dict[str, Any]:
    return {row[0]: row[2] for row in sheet(content, "About") if row[0]}


def parquet(content: bytes) -> pa.Table:
    return pq.read_table(io.BytesIO(content))


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def expected_in_excel(column: Column, value: Any) -> Any:
    """Return what a reader of Excel finds in a cell: no null, no list, only one kind of number."""
    if value is None or value == []:
        return ""
    if column.type == "date":
        return datetime.date.fromisoformat(value)
    return ";".join(value) if column.type == "list" else value


def expected_in_parquet(column: Column, value: Any) -> Any:
    if column.type == "list":
        return value or []
    if column.type == "date" and value is not None:
        return datetime.date.fromisoformat(value)
    return value


SECTORS = {
    code: one["label"]
    for code, one in tomllib.loads((FIXTURE / "industries.toml").read_text()).items()
}
"""The names that the made-up ledger has for sectors."""


def hold_together(
    declared: tuple[Column, ...], documents: list[Any], got: dict[str, bytes]
) -> None:
    """Compare every cell of CSV, Excel and Parquet with the documents."""
    declared = named(declared, {"industry": SECTORS})
    values = [[column.read(document) for column in declared] for document in documents]
    names = [column.name for column in declared]
    head, *rows = sheet(got["xlsx"])
    assert head == names
    assert rows == [
        [expected_in_excel(column, value) for column, value in zip(declared, row, strict=True)]
        for row in values
    ]
    table = parquet(got["parquet"])
    assert table.column_names == names
    assert [list(row.values()) for row in table.to_pylist()] == [
        [expected_in_parquet(column, value) for column, value in zip(declared, row, strict=True)]
        for row in values
    ]
    csv_head, *lines = csv_rows(got["csv"])
    assert csv_head == names
    for line, row in zip(lines, values, strict=True):
        for column, cell, value in zip(declared, line, row, strict=True):
            if column.type in {"integer", "number"} and value is not None:
                assert math.isclose(float(cell), value)
            elif column.type == "boolean" and value is not None:
                assert cell == str(value).lower()
            else:
                text = ";".join(value) if isinstance(value, list) else str(value or "")
                assert cell.removeprefix("'") == text.removeprefix("'")


def in_all(client: httpx.Client, path: str, query: Query) -> dict[str, bytes]:
    got = {}
    for name in ("csv", "xlsx", "parquet"):
        answer = client.get(path, params=httpx.QueryParams((*query, ("format", name))))
        assert answer.status_code == 200, answer.text
        got[name] = answer.content
    return got


@pytest.mark.parametrize("resource", LISTED, ids=lambda one: one.name)
def test_every_list_is_the_same_in_every_flat_format(api: httpx.Client, resource: Any) -> None:
    path = f"/v1/{resource.path}"
    hold_together(resource.columns, everything(api, path), in_all(api, path, []))


def test_any_question_has_the_same_rows_in_every_flat_format(api: httpx.Client) -> None:
    waves = everything(api, "/v1/waves")

    @FEW
    @given(query=queries(choices(waves)), sort=st.sampled_from(SORTS))
    def holds(query: Query, sort: str) -> None:
        asked = [*query, ("sort", sort)]
        documents = walk(api, "/v1/waves", [*asked, ("limit", "200")])
        hold_together(RESOURCES["wave"].columns, documents, in_all(api, "/v1/waves", asked))

    holds()


def test_a_page_and_selected_fields_are_those_that_are_asked_for(api: httpx.Client) -> None:
    page = api.get("/v1/waves?limit=3&sort=id").json()
    answer = api.get("/v1/waves?limit=3&sort=id&select=id,headcount&format=xlsx")

    head, *rows = sheet(answer.content)
    assert [row[0] for row in rows] == [one["id"] for one in page["data"]]
    assert all(name == "id" or name.startswith("headcount_") for name in head)
    following = api.get(answer.links["next"]["url"])
    assert following.status_code == 200
    assert len(sheet(following.content)) == 4


def test_changes_come_as_files_too(api: httpx.Client) -> None:
    changes = walk(api, "/v1/changes", [("limit", "200")])
    hold_together(CHANGE_COLUMNS, changes, in_all(api, "/v1/changes", []))


def test_revisions_come_as_files_too(api: httpx.Client) -> None:
    revisions = walk(api, "/v1/revisions", [("limit", "1")])
    assert revisions
    hold_together(REVISION_COLUMNS, revisions, in_all(api, "/v1/revisions", []))
    hold_together(REVISION_COLUMNS, revisions[:1], in_all(api, "/v1/revisions", [("limit", "1")]))
    lines = api.get("/v1/revisions?format=ndjson").content.splitlines()
    assert [json.loads(line) for line in lines] == revisions


SINGLE = [
    (RESOURCES[name], id_)
    for name, id_ in (
        ("company", "globex"),
        ("driver", "over_hiring"),
        ("role", "recruiting"),
        ("collection", "curated"),
    )
]


@pytest.mark.parametrize(("resource", "id_"), SINGLE, ids=lambda one: getattr(one, "name", one))
def test_a_record_is_one_row(api: httpx.Client, resource: Any, id_: str) -> None:
    path = f"/v1/{resource.path}/{id_}"
    record = api.get(path).json()

    hold_together(resource.columns, [record], in_all(api, path, []))
    assert api.get(f"{path}?format=ndjson").json() == record
    assert api.get(f"{path}?format=csv&bom=false").content.startswith(b"id,") or (
        resource.key == "code"
    )


def test_coverage_is_rows_of_what_it_counts(api: httpx.Client) -> None:
    whole = api.get("/v1/coverage").json()
    rows = [json.loads(line) for line in api.get("/v1/coverage?format=ndjson").content.splitlines()]

    def of(section: str) -> list[tuple[Any, ...]]:
        return [
            (one["name"], one["part"], one["count"], one["of"], one["share"])
            for one in rows
            if one["section"] == section
        ]

    assert ("waves", None, whole["waves"], None, None) in of("total")
    for section, name in (("waves_with", "waves_with"), ("standing", "standings")):
        assert of(section) == [
            (one["name"], None, one["count"], one["of"], one["share"]) for one in whole[name]
        ]
    assert sum(count for _, part, count, _, _ in of("year") if part is None) == whole["waves"]
    assert {one["on"] for one in rows if one["section"] == "date"} == {
        whole[name] for name in ("first_announced_on", "last_announced_on", "newest_event_on")
    }


COMPUTED = {
    "/v1/dictionary": [],
    "/v1/coverage": [],
    "/v1/search": [("q", "recruiting")],
    "/v1/timeline": [("from", "2020"), ("to", "2027")],
    "/v1/attribution": [("by", "year")],
    "/v1/rebalancing": [],
}


@pytest.mark.parametrize("path", COMPUTED)
def test_what_is_computed_has_the_same_cells_in_every_flat_format(
    real: httpx.Client, path: str
) -> None:
    got = in_all(real, path, COMPUTED[path])

    names, *lines = csv_rows(got["csv"])
    table = parquet(got["parquet"])
    head, *rows = sheet(got["xlsx"])
    assert head == names == table.column_names
    assert len(lines) == len(rows) == table.num_rows > 10
    for line, row, typed in zip(lines, rows, table.to_pylist(), strict=True):
        for cell, in_excel, value in zip(line, row, typed.values(), strict=True):
            text = (
                ";".join(value) if isinstance(value, list) else str("" if value is None else value)
            )
            assert cell.removeprefix("'").lower() == text.lower()
            if isinstance(value, (int, float, datetime.date)):
                # A workbook has 16 digits of a number.
                is_fraction = isinstance(value, float)
                assert in_excel == (pytest.approx(value, rel=1e-15) if is_fraction else value)
            else:
                assert in_excel == text


@pytest.mark.parametrize("group_by", ["year", "driver,industry", "country"])
def test_statistics_have_the_same_figures_in_every_flat_format(
    api: httpx.Client, group_by: str
) -> None:
    query = [("group_by", group_by)]
    groups = api.get("/v1/statistics", params=httpx.QueryParams(tuple(query))).json()["data"]
    names, *rows = csv_rows(in_all(api, "/v1/statistics", query)["csv"])
    cells = [dict(zip(names, row, strict=True)) for row in rows]
    # JSON says what a row rests on for the whole answer: here the files are compared with each
    # other.
    flat = [
        {
            **one,
            **one["keys"],
            **{f"{name}_name": label for name, label in one["labels"].items()},
            "basis": row["basis"],
            "overlap": row["overlap"] == "true",
            "revision": int(row["revision"]),
        }
        for one, row in zip(groups, cells, strict=True)
    ]
    texts = [name for name in names if name in {*group_by.split(","), "basis"} or "_name" in name]
    types = {**dict.fromkeys(texts, "string"), "overlap": "boolean"}
    declared = columns("\n".join(f"{name} {types.get(name, 'integer')} x" for name in names))
    hold_together(declared, flat, in_all(api, "/v1/statistics", query))


def test_indicators_come_as_rows(api: httpx.Client) -> None:
    path = "/v1/companies/globex/indicators"
    document = api.get(path).json()
    got = in_all(api, path, [])

    (table,) = (one for one in RESOURCES["company_indicators"].tables if one.name == "indicators")
    head, *rows = sheet(got["xlsx"])
    assert head == [column.name for column in table.columns]
    values = [value for series in document["series"] for value in series["values"]]
    assert values
    for name in ("low", "high"):
        found = [row[head.index(name)] for row in rows]
        assert found == ["" if one[name] is None else one[name] for one in values]
        assert parquet(got["parquet"])[name].to_pylist() == [one[name] for one in values]
    assert len(csv_rows(got["csv"])) == len(values) + 1


def test_a_comparison_comes_as_rows(api: httpx.Client) -> None:
    path, query = "/v1/comparisons", [("wave", "globex-2023-01,initech-2022-11")]
    compared = api.get(path, params=httpx.QueryParams(tuple(query))).json()
    got = in_all(api, path, query)

    entries = [
        (row["aspect"], cell["wave"], entry["text"], entry["speaker"], entry["rank"])
        for row in compared["rows"]
        for cell in row["cells"]
        for entry in cell["entries"]
    ]
    assert entries
    for head, *rows in (sheet(got["xlsx"]), csv_rows(got["csv"])):
        places = [head.index(name) for name in ("aspect", "wave", "text", "speaker", "rank")]
        assert [tuple(row[place] for place in places) for row in rows] == entries
    numbered = {one["n"]: one["source"]["id"] for one in compared["citations"]}
    cited = [
        list(dict.fromkeys(numbered[n] for n in entry["citations"]))
        for row in compared["rows"]
        for cell in row["cells"]
        for entry in cell["entries"]
    ]
    assert parquet(got["parquet"])["sources"].to_pylist() == cited


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_files_name_sectors(real: httpx.Client, format_: str) -> None:
    """At the end of each row, under the name that the companies have for it."""
    by_company = {
        one["id"]: one["industry"] and one["industry"]["label"]
        for one in everything(real, "/v1/companies")
    }
    content = real.get(f"/v1/waves?format={format_}").content
    if format_ == "csv":
        head, *rows = csv_rows(content)
        found = [dict(zip(head, row, strict=True)) for row in rows]
    else:
        found = parquet(content).to_pylist()

    assert found
    assert list(found[0])[-1] == "industry_label"
    for one in found:
        assert (one["industry_label"] or None) == by_company[one["company"]]
        assert bool(one["industry_label"]) == bool(one["industry"])
    assert len({one["industry_label"] for one in found}) > 15


def test_files_of_notices_name_sectors(filed: httpx.Client) -> None:
    head, *rows = csv_rows(filed.get("/v1/notices?format=csv").content)
    found = [dict(zip(head, row, strict=True)) for row in rows]

    assert head[-1] == "industry_label"
    assert any(one["industry_label"] for one in found)
    assert all(one["industry_label"] == SECTORS.get(one["industry"], "") for one in found)


def test_a_workbook_says_what_it_is(api: httpx.Client) -> None:
    answer = api.get("/v1/waves?driver=over_hiring&format=xlsx")
    said = about(answer.content)

    assert answer.headers["content-type"] == XLSX_TYPE
    assert said["Question"] == "Layoff Ledger: Waves of job cuts: Over-hiring"
    assert said["Revision"] == 1
    assert said["Licence"] == "CC-BY-4.0"
    assert "revision 1" in said["Cite as"]
    assert "accessed" not in said["Cite as"]
    assert said["Rows"] == len(sheet(answer.content)) - 1
    pinned = api.get(said["Permanent address"]).json()
    assert pinned["data"] == api.get("/v1/waves?driver=over_hiring").json()["data"]
    for column in RESOURCES["wave"].columns:
        assert said[column.name] == column.meaning


@pytest.mark.parametrize(
    "path", ["/v1/waves?limit=2", "/v1/timeline?limit=2", "/v1/changes?limit=2"]
)
def test_a_file_that_is_a_page_says_where_the_next_one_is(api: httpx.Client, path: str) -> None:
    """Whoever opens it sees no header."""
    words = "There are more: next page"
    first = api.get(f"{path}&format=xlsx")
    following = about(first.content)[words]
    second = api.get(following)

    assert following == first.links["next"]["url"]
    assert second.headers["content-type"] == XLSX_TYPE
    assert sheet(second.content)[1:] != sheet(first.content)[1:]
    parquet = pq.ParquetFile(io.BytesIO(api.get(f"{path}&format=parquet").content))
    table = api.get(parquet.schema_arrow.metadata[b"next"].decode())
    assert table.headers["content-type"] == PARQUET_TYPE
    whole = api.get("/v1/waves?format=parquet")
    assert b"next" not in pq.ParquetFile(io.BytesIO(whole.content)).schema_arrow.metadata
    assert words not in about(api.get("/v1/waves?format=xlsx").content)


def test_a_parquet_file_says_what_it_is(api: httpx.Client) -> None:
    answer = api.get("/v1/waves?driver=over_hiring&format=parquet")
    read = pq.ParquetFile(io.BytesIO(answer.content))
    metadata = read.schema_arrow.metadata

    assert answer.headers["content-type"] == PARQUET_TYPE
    assert metadata[b"revision"] == b"1"
    assert metadata[b"license"] == b"CC-BY-4.0"
    assert api.get(metadata[b"url"].decode()).status_code == 200
    assert read.metadata.row_group(0).column(0).compression == "ZSTD"
    by_name = {column.name: column for column in RESOURCES["wave"].columns}
    for field in read.schema_arrow:
        assert field.metadata[b"description"].decode() == by_name[field.name].meaning
        assert field.nullable != by_name[field.name].required


def test_duckdb_reads_parquet_with_its_types(api: httpx.Client, tmp_path: Any) -> None:
    path = tmp_path / "waves.parquet"
    path.write_bytes(api.get("/v1/waves?format=parquet").content)
    (found,) = duckdb.sql(
        "select sum(headcount_counted_low), min(announced_on), bool_or(canonical), "
        f"count(*) filter (list_contains(drivers, 'over_hiring')) from '{path}'"
    ).fetchall()
    waves = everything(api, "/v1/waves")

    assert found == (
        sum((one["headcount"] or {}).get("counted_low") or 0 for one in waves),
        min(datetime.date.fromisoformat(one["announced_on"]) for one in waves),
        True,
        len(walk(api, "/v1/waves", [("driver", "over_hiring"), ("limit", "200")])),
    )


@pytest.mark.parametrize("path", ["/v1/waves?format=xlsx", "/v1/waves?format=parquet&limit=3"])
def test_files_are_answers_like_others(api: httpx.Client, path: str) -> None:
    got = api.get(path, headers={"accept-encoding": "gzip, br, zstd"})
    head = api.head(path)

    assert "content-encoding" not in got.headers
    assert int(got.headers["content-length"]) == len(got.content)
    assert head.headers["etag"] == got.headers["etag"]
    assert head.content == b""
    again = api.get(path, headers={"if-none-match": got.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert got.headers["content-disposition"].startswith('attachment; filename="layoff-ledger-')
    pinned = api.get(f"{path}&as_of=1")
    assert "immutable" in pinned.headers["cache-control"]
    assert api.get(path).content == got.content


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v1/waves?driver=over_hiring&format=csv", "waves-r1.csv"),
        ("/v1/waves?limit=2&format=csv", "waves-r1.csv"),
        ("/v1/waves?format=ndjson", "waves-r1.ndjson"),
        ("/v1/waves?limit=2&format=ndjson", "waves-r1.ndjson"),
        ("/v1/waves?select=id&limit=2&format=ndjson", "waves-r1.ndjson"),
        ("/v1/waves?format=bibtex", "waves-r1.bib"),
        ("/v1/waves/globex-2023-01?format=bibtex", "waves-globex-2023-01-r1.bib"),
        ("/v1/waves/globex-2023-01?format=ris", "waves-globex-2023-01-r1.ris"),
        ("/v1/statistics?group_by=year&format=csv", "statistics-r1.csv"),
        ("/v1/statistics?group_by=year&format=ris", "statistics-r1.ris"),
        ("/v1/companies/globex?format=csv", "company-globex-r1.csv"),
        ("/v1/changes?since=0&format=csv", "changes-r1.csv"),
        ("/v1/changes?since=0&format=ndjson", "changes-r1.ndjson"),
        ("/v1/timeline?format=csv", "timeline-r1.csv"),
    ],
)
def test_what_a_browser_saves_has_a_name_and_an_extension(
    api: httpx.Client, path: str, name: str
) -> None:
    """BibTeX was saved as `globex-2023-01`, which no reference manager opens."""
    for answer in (api.get(path), api.head(path)):
        assert answer.headers["content-disposition"] == (
            f'attachment; filename="layoff-ledger-{name}"'
        )


@pytest.mark.parametrize("name", ["json", "csl", "text", "atom", "jsonfeed", "html", "markdown"])
def test_what_a_browser_shows_is_not_saved(api: httpx.Client, name: str) -> None:
    answer = api.get(f"/v1/waves?format={name}&limit=2")

    assert answer.status_code == 200
    assert "content-disposition" not in answer.headers


@pytest.mark.parametrize(("name", "media_type"), [("xlsx", XLSX_TYPE), ("parquet", PARQUET_TYPE)])
def test_a_file_comes_by_accept_too(api: httpx.Client, name: str, media_type: str) -> None:
    answer = api.get("/v1/roles", headers={"accept": media_type})

    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].endswith(f'.{name}"')


@pytest.mark.parametrize("name", ["xlsx", "parquet"])
def test_what_is_wrong_is_a_problem_and_no_file(api: httpx.Client, name: str) -> None:
    for query in ("driver=over_hirng", "as_of=99", "limit=0", "bom=maybe"):
        answer = api.get(f"/v1/waves?{query}&format={name}")
        assert answer.headers["content-type"] == "application/problem+json", query
        assert "content-disposition" not in answer.headers
    empty = api.get(f"/v1/waves?announced_gte=2030-01-01&format={name}")
    assert empty.status_code == 200
    rows = sheet(empty.content)[1:] if name == "xlsx" else parquet(empty.content).to_pylist()
    assert rows == []


def test_more_rows_than_excel_has_is_a_problem_that_says_what_to_do() -> None:
    refuse_too_many(XLSX, MAX_ROWS)
    with pytest.raises(InvalidParametersError) as refused:
        refuse_too_many(XLSX, MAX_ROWS + 1)

    (mistake,) = refused.value.errors
    assert mistake.parameter == "format"
    assert "1,048,575" in mistake.detail
    assert "parquet" in (mistake.suggestion or "")


SAID = Provenance(
    title="t",
    url="http://x/v1/t?as_of=1",
    latest="http://x/v1/t",
    revision=1,
    published_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC),
    license="CC-BY-4.0",
    citation="c",
)


@FEW
@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_cell_of_text_is_the_text_and_no_formula(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    written = [text, f"={text}", f"_x0041_{text}", "x" * (MAX_TEXT + 5)]
    book = Workbook(path, columns("text string x"), SAID)
    book.add([[one] for one in written])
    book.close()
    read = [row[0] for row in sheet(path.read_bytes())[1:]]

    assert len(read) == 4
    assert read[1].startswith("=")
    assert read[3] == "x" * (MAX_TEXT - 1) + "…"


def test_csv_comes_without_its_mark(api: httpx.Client) -> None:
    for path in (
        "/v1/waves?x",
        "/v1/waves?limit=2",
        "/v1/changes?x",
        "/v1/statistics?group_by=year",
    ):
        asked = path.replace("?x", "?format=csv") if "?x" in path else f"{path}&format=csv"
        marked, bare = api.get(asked).content, api.get(f"{asked}&bom=false").content
        assert marked == b"\xef\xbb\xbf" + bare
        assert api.get(f"{asked}&bom=true").content == marked
    page = api.get("/v1/waves?limit=2&format=csv&bom=false")
    assert api.get(page.links["next"]["url"]).content[:3] == b"id,"


def test_the_document_knows_the_files() -> None:
    # The committed one, which is what the code makes (`test_openapi.py`).
    content = DOCUMENT["paths"]["/v1/waves"]["get"]["responses"]["200"]["content"]
    for media_type in (XLSX_TYPE, PARQUET_TYPE):
        assert content[media_type]["schema"]["format"] == "binary"
    tables = DOCUMENT["components"]["schemas"]["TableFormat"]["enum"]
    assert {"csv", "xlsx", "parquet"} <= set(tables)
    assert {"$ref": "#/components/schemas/TableFormat"} in [
        one["schema"] for one in DOCUMENT["components"]["parameters"].values()
    ]


def test_files_that_are_too_many_at_once_are_refused_and_pages_are_not(api: httpx.Client) -> None:
    most = files.MAX_AT_WORK + files.MAX_WAITING

    def ask(path: str) -> tuple[str, httpx.Response]:
        return path, api.get(path)

    # Each is another question, so that none waits for an equal one.
    asked = [f"/v1/claims?format=xlsx&limit={number}" for number in range(1, 4 * most)]
    pages = [f"/v1/claims?limit={number}" for number in range(1, most)]
    with ThreadPoolExecutor(len(asked)) as threads:
        answers = list(threads.map(ask, [*asked, *pages]))

    written = [one for path, one in answers if "xlsx" in path and one.status_code == 200]
    refused = [one for path, one in answers if "xlsx" in path and one.status_code == 503]
    assert len(written) + len(refused) == len(asked)
    assert len(written) >= most
    assert refused
    for one in refused:
        assert one.headers["retry-after"] == "5"
        assert "too many files" in one.json()["detail"]
    assert {one.status_code for path, one in answers if "xlsx" not in path} == {200}
