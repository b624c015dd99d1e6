"""Everything that can go wrong for a client has one shape, names the place, and says what to do."""

from __future__ import annotations

import base64
from urllib.parse import quote

import httpx
import msgspec
import pytest

from layoff_ledger.http import problems
from layoff_ledger.http.schemas import Problem

PATHS = [
    "/v1/waves",
    "/v1/waves/globex-2023-01",
    "/v1/companies",
    "/v1/companies/globex",
    "/v1/companies/autocomplete",
    "/v1/companies/globex/indicators",
    "/v1/sources",
    "/v1/sources/weekly-2023",
    "/v1/drivers",
    "/v1/drivers/closure",
    "/v1/roles",
    "/v1/roles/recruiting",
    "/v1/comparisons",
    "/v1/statistics",
    "/v1/waves/globex-2023-01/history",
    "/v1/collections",
    "/v1/collections/curated",
    "/v1/revisions",
    "/v1/revisions/1",
    "/v1/changes",
    "/v1/exports",
    "/v1/exports/1",
    "/v1/search",
    "/v1/coverage",
    "/v1/dictionary",
    "/health/live",
    "/health/ready",
]


def problem(answer: httpx.Response, status: int, code: str) -> Problem:
    """Check that an answer has the one shape that every problem has."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = msgspec.json.decode(answer.content, type=Problem)
    assert told.status == status
    assert told.code == code
    assert told.title == problems.KINDS[code].title
    assert told.type == f"{answer.url.scheme}://{answer.url.netloc.decode()}/problems/{code}"
    assert told.request_id == answer.headers["x-request-id"]
    return told


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_parameter_is_refused_everywhere(api: httpx.Client, path: str) -> None:
    told = problem(api.get(path, params={"compny": "x"}), 400, "invalid_parameters")

    assert told.errors[0].parameter == "compny"
    assert told.errors[0].detail == "unknown parameter"


@pytest.mark.parametrize("path", PATHS)
def test_another_media_type_is_refused_everywhere(api: httpx.Client, path: str) -> None:
    problem(api.get(path, headers={"accept": "application/pdf"}), 406, "not_acceptable")


@pytest.mark.parametrize("path", [*PATHS, "/", "/openapi.json"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_reading_is_allowed(api: httpx.Client, path: str, method: str) -> None:
    answer = api.request(method, path)

    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("query", "parameter", "detail", "suggestion"),
    [
        ("limt=3", "limt", "unknown parameter", "did you mean 'limit'?"),
        ("limit=0", "limit", "'0': must be at least 1", None),
        ("limit=201", "limit", "'201': must be at most 200", "follow `links.next`; CSV and NDJSON"),
        ("limit=ten", "limit", "'ten': must be a whole number", None),
        ("limit=1&limit=2", "limit", "is given more than once", "give it once"),
        ("sort=size", "sort", "'size' is not one of -announced_on, announced_on,", None),
        ("driver=over_hirng", "driver", "no driver 'over_hirng'", "did you mean 'over_hiring'?"),
        ("driver=cost+control", "driver", "no driver", "did you mean 'cost_control'?"),
        ("role=recruitng", "role", "no role 'recruitng'", "did you mean 'recruiting'?"),
        ("company=globx", "company", "no company 'globx'", "did you mean 'globex'?"),
        ("company=global+exports", "company", "no company", "did you mean 'globex'?"),
        ("source=weekly-2032", "source", "no source 'weekly-2032'", "did you mean 'weekly-2023'?"),
        ("status=anounced", "status", "no status 'anounced'", "did you mean 'announced'?"),
        ("form=layof", "form", "no form 'layof'", "did you mean 'layoff'?"),
        ("industry=99", "industry", "no industry '99'", None),
        ("country=XX", "country", "no country 'XX'", None),
        ("country=us", "country", "'us' is not a country code", "two capital letters"),
        ("speaker=compny", "speaker", "'compny' is not one of company,", "did you mean 'company'?"),
        (
            "announced_gte=2023-02-30",
            "announced_gte",
            "is not a date",
            "write it as 2023, 2023-Q1, 2023-03 or 2023-03-14",
        ),
        ("headcount_gte=99999999999999999999", "headcount_gte", "must be at most 2147483647", None),
        ("share_gte=nan", "share_gte", "'nan'", None),
        ("headcount_known=maybe", "headcount_known", "is neither true nor false", None),
        ("company=", "company", "''", None),
        ("company=a%00b", "company", "has a NUL byte", "leave it out"),
        ("company=%ff", "company", "is not UTF-8", "percent-encode it as UTF-8"),
        ("company=%ed%a0%80", "company", "is not UTF-8", "percent-encode it as UTF-8"),
        ("cursor=garbage", "cursor", "was not issued by this API", "use the whole address"),
        ("cursor=%20", "cursor", "was not issued by this API", None),
    ],
)
def test_a_mistake_is_named_with_what_to_do(
    api: httpx.Client, query: str, parameter: str, detail: str, suggestion: str | None
) -> None:
    (told,) = problem(api.get(f"/v1/waves?{query}"), 400, "invalid_parameters").errors

    assert told.parameter == parameter
    assert detail in told.detail
    assert (suggestion or "") in (told.suggestion or "")


@pytest.mark.parametrize(
    ("query", "suggestion", "value"),
    [
        ("company_name=meta", "did you mean 'company'?", "company"),
        ("state=CA", "did you mean 'subdivision'?", "subdivision"),
        ("jurisdiction=US-CA", "did you mean 'subdivision'?", "subdivision"),
        ("ticker=META", "use company with an id, which /v1/companies finds by cik", None),
        ("company=globex;hooli", "did you mean 'globex,hooli'? Separate values", "globex,hooli"),
        ("status=announced|revised", "did you mean 'announced,revised'?", "announced,revised"),
        ("country=US;+DE", "did you mean 'US,DE'?", "US,DE"),
        ("weight=primary|context", "did you mean 'primary,context'?", "primary,context"),
        ("company=globex,", "leave that one out", None),
        ("announced=2023,,2024", "leave that one out", None),
        ("country=EU", "there are no groups of countries: name each, such as DE,FR,IT", None),
        ("country_not=Europe", "there are no groups of countries: name each", None),
        ("as_of=latest", "leave it out for the newest revision", None),
        ("headcount_gte=%3E1000", "did you mean '1000'?", "1000"),
        ("headcount_gte=1000%2B", "did you mean '1000'?", "1000"),
        ("stance=confirmed", "did you mean 'states'?", "states"),
        ("share_gte=20", "a share is a fraction: 0.2 means 20%", None),
        ("share_gte=.5", "did you mean '0.5'? A share is a fraction: 0.2 means 20%", "0.5"),
        ("share_lte=0,25", "did you mean '0.25'?", "0.25"),
        ("share_gte=12.5%25", "did you mean '0.125'?", "0.125"),
        ("share_gte=20+percent", "did you mean '0.2'?", "0.2"),
        ("share_gte=200%25", "a share is a fraction: 0.2 means 20%", None),
        ("share_lte=a+fifth", "a share is a fraction: 0.2 means 20%", None),
        ("announced=Q1+2025", "did you mean '2025-Q1'?", "2025-Q1"),
        ("announced_lte=2025q1", "did you mean '2025-Q1'?", "2025-Q1"),
        ("announced=3/2025", "did you mean '2025-03'?", "2025-03"),
        ("announced_gte=2025-3", "did you mean '2025-03'?", "2025-03"),
        ("announced=Jan+2025", "did you mean '2025-01'?", "2025-01"),
        ("announced=2025-September", "did you mean '2025-09'?", "2025-09"),
        ("announced_gte=20250314", "did you mean '2025-03-14'?", "2025-03-14"),
        ("announced_gte=2025/3/14", "did you mean '2025-03-14'?", "2025-03-14"),
        ("announced_gte=2025-03-14T08:00:00Z", "did you mean '2025-03-14'?", "2025-03-14"),
        ("announced_lte=14+March+2025", "did you mean '2025-03-14'?", "2025-03-14"),
        ("announced_lte=Sept.+14th,+2025", "did you mean '2025-09-14'?", "2025-09-14"),
        # In March or in April; not in any calendar.
        ("announced_gte=3/4/2025", "write it as 2023, 2023-Q1, 2023-03 or 2023-03-14", None),
        ("announced_gte=20250230", "write it as 2023, 2023-Q1, 2023-03 or 2023-03-14", None),
        ("form=foo", "valid values are layoff, closure, ", None),
        ("driver=ai", "use driver_group=ai; did you mean 'ai_automation', 'ai_disruption'", None),
        ("driver=artificial_intelligence", "use driver_group=ai; did you mean", None),
        ("driver_not=financial", "use driver_group=financial", None),
        ("driver=cost", "did you mean 'cost_control' or", None),
        ("role=software+engineers", "did you mean 'engineering' or 'hardware_engineering'?", None),
        ("headcount_min=5", "did you mean 'headcount_gte'?", "headcount_gte"),
        ("min_headcount=5", "did you mean 'headcount_gte'?", "headcount_gte"),
        ("max_headcount=5", "did you mean 'headcount_lte'?", "headcount_lte"),
        ("minHeadcount=5", "did you mean 'headcount_gte'?", "headcount_gte"),
        ("max_jobs=5", "did you mean 'headcount_lte'?", "headcount_lte"),
        ("share[gte]=0.1", "did you mean 'share_gte'?", "share_gte"),
        ("announced_after=2023", "did you mean 'announced_gte'?", "announced_gte"),
        ("announced_before=2023", "did you mean 'announced_lte'?", "announced_lte"),
        ("announced_from=2023", "did you mean 'announced_gte'?", "announced_gte"),
        ("startDate=2023", "did you mean 'announced_gte'?", "announced_gte"),
        ("year__lte=2023", "did you mean 'announced_lte'?", "announced_lte"),
        ("end=2023", "use announced, such as announced=2023, or announced_gte", None),
        # Including is the opposite of excluding.
        ("exclude_driver=over_hiring", "did you mean 'driver_not'?", "driver_not"),
        ("not_reason=over_hiring", "did you mean 'driver_not'?", "driver_not"),
        ("driver!=over_hiring", "did you mean 'driver_not'?", "driver_not"),
        ("company[ne]=meta", "did you mean 'company_not'?", "company_not"),
        ("status=!withdrawn", "status only includes: to exclude, use status_not", None),
        ("driver=-over_hiring", "driver only includes: to exclude, use driver_not", None),
        ("company=not:meta", "company only includes: to exclude, use company_not", None),
        ("country=!US", "country only includes: to exclude, use country_not", None),
        ("speaker=!press", "speaker only includes: to exclude, use speaker_not, where", None),
        ("driver=*", "/v1/drivers lists them", None),
        ("industry_not=51", "to exclude something, use company_not, driver_not, ", None),
        ("published_gte=2026-11-23", "use changed_since with a revision: /v1/revisions", None),
        ("headcont_gte=5", "did you mean 'headcount_gte'?", "headcount_gte"),
        ("kumquats_gte=5", "valid parameters are ", None),
        ("headcount=5", "use headcount_gte and headcount_lte", None),
        ("from=2023", "use announced, such as announced=2023, or announced_gte", None),
        ("year=2023", "use announced, such as announced=2023, or announced_gte", None),
        ("industry=tech", "did you mean '51', '31-33' or '54'? (Information; Manufacturing;", None),
        ("industry=Technology", "did you mean '51', '31-33' or '54'? (Information;", None),
        ("industry=banks", "did you mean '52'? (Finance and Insurance)", "52"),
        ("industry=information", "did you mean '51'", "51"),
        ("industry=5112", "did you mean '51'? (Information; sectors only, of two digits)", "51"),
        ("industry=336111", "did you mean '31-33'? (Manufacturing; sectors only", "31-33"),
        ("industry=99", "valid values are 11, 21, ", None),
        ("subdivision=California", "did you mean 'US-CA'?", "US-CA"),
        ("subdivision=virginia", "did you mean 'US-VA'?", "US-VA"),
        ("subdivision=Carolina", "did you mean 'US-NC' or 'US-SC'?", None),
        ("country=Russia", "did you mean 'RU'?", "RU"),
        ("country=Turkey", "did you mean 'TR'?", "TR"),
        ("country=Great+Britain", "did you mean 'GB'?", "GB"),
        # Its spelling is close to `regulation`.
        ("driver=inflation", "did you mean 'input_costs' or 'macroeconomic_conditions'?", None),
        ("driver=interest+rates", "did you mean 'cost_of_capital' or 'macroeconomic_c", None),
        ("driver=covid", "did you mean 'disaster'?", "disaster"),
        ("role=HR", "did you mean 'human_resources'?", "human_resources"),
        ("canonical=yes", "did you mean 'true'?", "true"),
        ("has_notices=maybe", "write true or false", None),
        ("speaker=media", "did you mean 'press'?", "press"),
        ("weight=main", "did you mean 'primary'?", "primary"),
        ("status=done", "did you mean 'completed'?", "completed"),
        ("format=excel", "did you mean 'xlsx'?", "xlsx"),
        ("headcount_gte=10k", "did you mean '10000'?", "10000"),
        ("headcount_gte=10,000", "did you mean '10000'?", "10000"),
        # Read as 10, it was answered with seven times as many waves.
        ("headcount_gte=10.000", "did you mean '10000'?", "10000"),
        ("headcount_gte=1.5m", "did you mean '1500000'?", "1500000"),
        ("announced=2024-01/2024-06", "give announced_gte=2024-01 and announced_lte=2024-06", None),
        ("announced=2024..2025", "give announced_gte=2024 and announced_lte=2025", None),
        ("company=", "give a value, or leave it out", None),
        ("company=amzon", "did you mean 'amazon'?", "amazon"),
        ("company=saleforce", "did you mean 'salesforce'?", "salesforce"),
        ("company=gogle", "did you mean 'alphabet'?", "alphabet"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/waves?", "/v1/statistics?group_by=year&"])
def test_what_others_call_it_leads_to_what_does_it_here(
    real: httpx.Client, path: str, query: str, suggestion: str, value: str | None
) -> None:
    (told,) = problem(real.get(f"{path}{query}"), 400, "invalid_parameters").errors

    assert (told.suggestion or "").startswith(suggestion)
    assert told.suggested_value == value


@pytest.mark.parametrize(
    ("address", "suggestion"),
    [
        ("/v1/statistics?by=year", "did you mean 'group_by'?"),
        ("/v1/statistics?group_by=reason", "did you mean 'driver'?"),
        ("/v1/statistics?group_by=sector", "did you mean 'industry'?"),
        ("/v1/statistics?group_by=date", "did you mean 'year', 'quarter', 'month' or 'week'?"),
        ("/v1/statistics?group_by=half_year", "did you mean 'quarter'?"),
        ("/v1/waves?announced=2025-H1", "write a half-year as two quarters, 2025-Q1 and 2025-Q2"),
        (
            "/v1/waves?announced_gte=H2+2025",
            "write a half-year as two quarters, 2025-Q3 and 2025-Q4",
        ),
        ("/v1/waves?status=rescinded", "did you mean 'withdrawn'?"),
        ("/v1/notices?status=withdrawn", "did you mean 'rescinded'?"),
        ("/v1/statistics?group_by=year&sort=headcount", "did you mean '-headcount_low'?"),
        ("/v1/comparisons", "such as wave=meta-2023-03,meta-2026-03"),
        ("/v1/indicators?metric=capex", "did you mean 'capital_expenditure'?"),
        ("/v1/waves?sort=headcount_desc", "did you mean '-headcount'?"),
        ("/v1/waves?sort=headcount+asc", "did you mean 'headcount'?"),
        ("/v1/waves?sort=announced_on:desc", "did you mean '-announced_on'?"),
        (
            "/v1/waves?sort=-headcount,announced_on",
            "did you mean '-headcount'? Give only one order",
        ),
        (
            "/v1/waves?sort=company,-announced_on",
            "did you mean '-announced_on'? Give only one order",
        ),
        ("/v1/waves?sort=largest", "did you mean '-headcount'?"),
        ("/v1/statistics?group_by=year&sort=-year", "did you mean 'key'? The values of the dim"),
        ("/v1/notices/statistics?group_by=month&sort=date", "did you mean 'key'?"),
        ("/v1/notices?sort=biggest", "did you mean '-jobs'?"),
        ("/v1/waves?sort=percentage", "did you mean '-share' or 'share'?"),
        ("/v1/waves?sort=headcont", "did you mean 'headcount'?"),
        ("/v1/waves?sort=date", "did you mean '-announced_on' or 'announced_on'?"),
        ("/v1/notices?sort=newest", "did you mean '-notice_on'?"),
        ("/v1/indicators?sort=-date", "did you mean '-period_end'?"),
        ("/v1/waves?parent=amazon", "use company with the ids of a company and of those that it"),
        ("/v1/companies?owner=amazon", "did you mean 'parent'?"),
        ("/v1/attribution?group_by=year", "did you mean 'by'?"),
        ("/v1/waves?group_by=year", "use group_by with /v1/statistics; a list has no groups"),
        ("/v1/notices?group_by=year", "use group_by with /v1/notices/statistics"),
        ("/v1/notices?exclude_flag=gone_from_source", "did you mean 'flag_not'?"),
        ("/v1/companies?exclude_country=US", "no parameter here excludes anything: filters"),
        ("/v1/sources?updated_since=2026-11-23", "use changed_since with a revision"),
        ("/v1/notices?state=TX", "did you mean 'jurisdiction'?"),
        ("/v1/notices?from=2025", "use notice, such as notice=2025-Q1, or notice_gte and notice_l"),
        ("/v1/notices?notice_date=2025", "use notice, such as notice=2025-Q1, or notice_gte and"),
        (
            "/v1/notices?employer=Tesla",
            "use q, such as q=tesla, or company with the id of a company",
        ),
        ("/v1/notices?min_jobs=5", "did you mean 'jobs_gte'?"),
        ("/v1/notices?headcount_gte=5", "did you mean 'jobs_gte'?"),
        ("/v1/notices?announced=2024", "did you mean 'notice'?"),
        ("/v1/notices?driver=over_hiring", "notices have no such filter: use it with /v1/waves"),
        ("/v1/waves?jobs_lte=5", "did you mean 'headcount_lte'?"),
        ("/v1/waves?notice=2024", "did you mean 'announced'?"),
        ("/v1/sources?announced_gte=2024", "did you mean 'published_gte'?"),
        ("/v1/notices/statistics?group_by=state", "did you mean 'jurisdiction'?"),
        ("/v1/notices/statistics?group_by=year&top=3", "did you mean 'limit'?"),
        ("/v1/companies?name=Meta", "did you mean 'q'?"),
        ("/v1/search?q=meta&type=wave", "did you mean 'kind'?"),
        ("/v1/indicators?year=2024", "use year_gte and year_lte"),
        ("/v1/timeline?since=2025", "use from and to"),
        ("/v1/waves?ids=meta-2023-03", "did you mean 'id'?"),
        ("/v1/comparisons?company=meta", "use wave with ids: /v1/waves?company=meta&select=id"),
        (
            "/v1/changes?wave=meta-2023-03",
            "what changed in one record is its history, such as /v1/waves/meta-2023-03/history",
        ),
        ("/v1/changes?reason=tariffs", "did you mean 'driver'?"),
        ("/v1/changes?change=new", "did you mean 'added'?"),
        ("/v1/companies/autocomplete?q=glo&limit=5", "at most ten are given, the likeliest first"),
        ("/v1/comparisons?id=meta-2022-11,meta-2023-03", "did you mean 'wave'?"),
        ("/v1/sources?company=meta", "use wave with ids: /v1/waves?company=meta&select=id"),
        ("/v1/sources?domain=example.org", "did you mean 'publisher'?"),
        ("/v1/waves?continent=EU", "there is no filter by continent: use country"),
        (
            "/v1/waves?event=revised",
            "use status for the current state of a wave; /v1/claims?kind=event",
        ),
        ("/v1/waves?duplicates=false", "did you mean 'canonical'?"),
        ("/v1/notices?canonical=true", "did you mean 'counted'?"),
        ("/v1/notices?superseded=false", "did you mean 'counted'?"),
        ("/v1/notices?city=Austin", "use q, such as q=austin"),
        ("/v1/statistics?group_by=year&fields=waves", "each group comes with all counts"),
        ("/v1/statistics?group_by=year&metric=headcount", "each group comes with all counts"),
        ("/v1/sources?sort=-published", "did you mean '-published_on'?"),
        ("/v1/companies?sort=-jobs", "did you mean '-headcount'?"),
        ("/v1/companies?headcount_gte=9", "use sort=-headcount or sort=-waves to get the"),
        ("/v1/timeline?announced=2025", "use from and to"),
        ("/v1/waves?completed_on=2025", "/v1/claims?kind=event&code=completed gives the day"),
        ("/v1/changes?from=1", "use since with a revision, or published_gte with a day"),
        # Their spelling is close to `csl` and `json`, which are other formats altogether.
        ("/v1/waves/globex-2023-01?format=csv", "lists and computed tables have it, and a list"),
        ("/v1/exports?format=CSV", "lists and computed tables have it, and a list"),
        ("/v1/waves/globex-2023-01?format=excel", "lists and computed tables have it, and a list"),
        ("/v1/timeline?format=ndjson", "lists of records have it; elsewhere use json, or csv"),
        ("/v1/statistics?group_by=year&format=rss", "lists of records and /v1/changes have feeds"),
        ("/v1/companies/globex?format=bibtex", "waves, sources, lists of records and computed"),
        ("/v1/waves?format=png", "charts are available from /v1/statistics"),
        ("/v1/waves?format=cvs", "did you mean 'csv'?"),
    ],
)
def test_each_operation_has_hints_of_its_own(
    api: httpx.Client, address: str, suggestion: str
) -> None:
    told = problem(api.get(address), 400, "invalid_parameters").errors[0]

    assert (told.suggestion or "").startswith(suggestion)


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/v1/layoffs", "/v1/waves"),
        ("/v1/industries", "/v1/statistics?group_by=industry"),
        ("/v1/countries", "/v1/statistics?group_by=country"),
        ("/v1/stats", "/v1/statistics"),
        ("/v1/reasons", "/v1/drivers"),
        ("/v1/Waves", "/v1/waves"),
        ("/waves", "/v1/waves"),
        ("/v2/waves", "/v1/waves"),
        ("/api/v1/waves", "/v1/waves"),
        ("/v1/wave/globex-2023-01", "/v1/waves/globex-2023-01"),
        ("/companies/globex", "/v1/companies/globex"),
        ("/v1/companies/globex/waves", "/v1/waves?company=globex"),
        ("/v1/companies/globex/notices", "/v1/notices?company=globex"),
        ("/v1/drivers/over_hiring/waves", "/v1/waves?driver=over_hiring"),
        ("/v1/waves/globex-2023-01/claims", "/v1/claims?wave=globex-2023-01"),
        ("/v1/waves.csv", "/v1/waves?format=csv"),
        ("/v1/statistics.xlsx", "/v1/statistics?format=xlsx"),
        ("/v1/changes.rss", "/v1/changes?format=atom"),
        ("/layoffs.json", "/v1/waves?format=json"),
        ("/v1/companies/globex/waves.csv", "/v1/waves?company=globex&format=csv"),
    ],
)
def test_a_path_that_is_none_leads_to_one_that_answers(
    api: httpx.Client, path: str, meant: str
) -> None:
    told = problem(api.get(path), 404, "not_found")

    assert told.detail == f"no path '{path}'; did you mean '{meant}'?"
    assert api.get(meant).status_code != 404


def test_a_path_that_is_like_none_leads_to_the_document(api: httpx.Client) -> None:
    for path in ("/v1/kumquat", "/v1", "/kumquat", "/v1/claims/a/b/c"):
        told = problem(api.get(path), 404, "not_found")
        assert told.detail == f"no path '{path}'; /openapi.json lists them"


def test_a_page_of_the_guide_that_is_none_leads_to_those_that_there_are(api: httpx.Client) -> None:
    told = problem(api.get("/guide/kumquat"), 404, "not_found")

    assert told.detail == "no path '/guide/kumquat'; /guide lists them"


def test_the_id_of_a_claim_that_is_none_leads_to_the_claims_of_its_wave(real: httpx.Client) -> None:
    """A claim with another figure has another id."""
    for path, lists in (
        ("claims/meta-2023-03:magnitude:0000000000", "claims?wave=meta-2023-03"),
        ("indicators/meta-employees:1999-12-31:0000000000", "indicators?series=meta-employees"),
    ):
        told = problem(real.get(f"/v1/{path}"), 404, "not_found")
        assert told.detail.endswith(f"/v1/{lists} lists them")
        assert real.get(f"/v1/{lists}").json()["data"]


def test_an_id_leads_to_the_one_that_is_spelt_most_alike(real: httpx.Client) -> None:
    for path in ("meta-2023-3", "meta-2023-3/history"):
        told = problem(real.get(f"/v1/waves/{path}"), 404, "not_found")
        assert told.detail == "no wave 'meta-2023-3'; did you mean 'meta-2023-03'?"

    query = "/v1/comparisons?wave=meta-2023-3&wave=meta-2026-03"
    (mistake,) = problem(real.get(query), 400, "invalid_parameters").errors
    assert mistake.suggested_value == "meta-2023-03"


def test_an_id_with_a_wrong_beginning_leads_to_the_one_that_a_search_finds(
    real: httpx.Client,
) -> None:
    for path, meant in (
        ("companies/amzon", "amazon"),
        ("companies/dissney/history", "disney"),
        ("waves/amzon-2025-10", "amazon-2025-10"),
    ):
        told = problem(real.get(f"/v1/{path}"), 404, "not_found")
        assert told.detail.endswith(f"; did you mean '{meant}'?")
    (one, *_) = problem(real.get("/v1/waves?company=zzqqx"), 400, "invalid_parameters").errors
    assert one.suggestion is None


def test_a_code_that_is_like_none_leads_to_those_that_there_are(real: httpx.Client) -> None:
    """A short vocabulary is listed, once however many values are wrong; a long one is linked."""
    path = "/v1/waves?form=foo,bar&status=zzz&driver=zzz,qqq&role=zzz&driver=over_hirng"
    told = problem(real.get(path), 400, "invalid_parameters")

    hints = {(one.parameter, one.detail.split("'")[1]): one.suggestion for one in told.errors}
    assert (hints["form", "foo"] or "").startswith("valid values are layoff, closure, ")
    assert hints["form", "bar"] is None
    assert (hints["status", "zzz"] or "").startswith("valid values are ")
    assert hints["driver", "zzz"] == "/v1/drivers lists them"
    assert hints["driver", "qqq"] is None
    assert hints["driver", "over_hirng"] == "did you mean 'over_hiring'?"
    assert hints["role", "zzz"] == "/v1/roles lists them"


def test_all_mistakes_are_named_at_once(api: httpx.Client) -> None:
    told = problem(api.get("/v1/waves?limit=0&limt=1&sort=x"), 400, "invalid_parameters")

    assert [one.parameter for one in told.errors] == ["limit", "limt", "sort"]


def cursor_of(client: httpx.Client, query: str) -> str:
    page = client.get(f"/v1/waves?{query}").json()
    cursor: str = page["meta"]["next_cursor"]
    return cursor


def test_a_cursor_belongs_to_its_parameters(api: httpx.Client) -> None:
    cursor = cursor_of(api, "limit=1&sort=id")

    for query in ("sort=-id", "sort=id&status=announced", ""):
        told = problem(
            api.get(f"/v1/waves?{query}&cursor={cursor}"), 400, "invalid_parameters"
        ).errors[0]
        assert (told.parameter, told.detail) == ("cursor", "belongs to other parameters")
    problem(api.get(f"/v1/companies?sort=id&cursor={cursor}"), 400, "invalid_parameters")
    assert api.get(f"/v1/waves?sort=id&limit=5&cursor={cursor}").status_code == 200


def test_a_forged_cursor_is_refused(api: httpx.Client) -> None:
    raw = base64.urlsafe_b64decode(cursor_of(api, "limit=1") + "==")
    position = msgspec.msgpack.decode(raw)

    for place, value in ((0, 0), (0, 2), (0, "1"), (1, -1), (2, "x"), (2, 5), (3, "a\0"), (4, b"")):
        forged = [*position[:place], value, *position[place + 1 :]]
        cursor = base64.urlsafe_b64encode(msgspec.msgpack.encode(forged)).decode().rstrip("=")
        problem(api.get(f"/v1/waves?limit=1&cursor={cursor}"), 400, "invalid_parameters")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/waves/nope",
        "/v1/waves/Globex-2023-01",
        "/v1/companies/globx",
        "/v1/companies/globx/indicators",
        "/v1/drivers/nope",
        "/v1/roles/nope",
        "/v1/sources/nope",
        "/v1/exports/1/nope.csv",
        "/v1/exports/1/..%2f..%2fetc%2fpasswd",
        "/v1/exports/1/../../../etc/passwd",
        "/v1/exports/1/waves.csv/",
        "/v1/waves/",
        "/v1//waves",
        "/v1/waves/globex-2023-01/",
        "/v1",
        "/v2/waves",
        "/v1/waves/globex-2023-01/claims",
        "/problems/nope",
        "/v1/waves/..%2f..%2fetc%2fpasswd",
        "/v1/waves/%2e%2e/%2e%2e/etc/passwd",
        "/v1/waves/';drop table ledger.wave;--",
        "/v1/waves/" + "x" * 5_000,
        "/v1/waves/%F0%9F%92%A5",
    ],
)
def test_what_does_not_exist_is_404(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 404, "not_found")


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"/v1/{name}/{number}"
            for name in ("exports", "revisions")
            for number in ("2", "0", "01", "newest", "-1", "99999999999999999999", "²")
        ),
        "/v1/exports/2/waves.csv",
        "/v1/waves?as_of=2",
        "/v1/waves?as_of=2020-01-01",
        "/v1/waves/globex-2023-01?as_of=2",
        "/v1/changes?since=2",
    ],
)
def test_a_revision_that_does_not_exist_is_404(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 404, "unknown_revision")


@pytest.mark.parametrize("path", ["/v1/waves/a%00b", "/%00", "/v1/waves/%00"])
def test_a_nul_byte_in_the_path_is_refused(api: httpx.Client, path: str) -> None:
    problem(api.get(path), 400, "malformed_request")


def test_a_host_that_is_none_is_refused(api: httpx.Client) -> None:
    for host in ('evil"x', "a b", "<script>"):
        answer = api.get("/v1/waves", headers={"host": host})
        assert answer.status_code == 400
        assert answer.json()["code"] == "malformed_request"


def test_a_long_address_is_refused(api: httpx.Client) -> None:
    problem(api.get("/v1/waves?company=" + "x" * 8_000), 414, "uri_too_long")


def test_many_values_are_refused(api: httpx.Client) -> None:
    query = ",".join(f"c{number}" for number in range(101))

    (told,) = problem(api.get(f"/v1/waves?company={query}"), 400, "invalid_parameters").errors

    assert told.detail == "has 101 values"


def test_every_kind_of_problem_has_a_page(api: httpx.Client) -> None:
    for code, kind in problems.KINDS.items():
        answer = api.get(f"/problems/{code}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert kind.title in answer.text


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("", "is required"),
        ("wave=globex-2023-01", "1 value: at least 2 are needed"),
        ("wave=globex-2023-01,globex-2023-01", "a wave is named twice"),
        ("wave=globex-2023-01,nope", "no wave 'nope'"),
        (
            "wave=" + ",".join(f"w{number}" for number in range(11)),
            "11 values: at most 10 are allowed",
        ),
    ],
)
def test_a_comparison_says_what_it_needs(api: httpx.Client, query: str, detail: str) -> None:
    (told,) = problem(api.get(f"/v1/comparisons?{query}"), 400, "invalid_parameters").errors

    assert told.parameter == "wave"
    assert detail in told.detail


def test_what_was_asked_says_nothing_of_what_was_meant(api: httpx.Client) -> None:
    """The words of a path or a value may look like a sentence of ours."""
    asked = "a'b'; did you mean '/c'?"
    page = api.get(f"/{quote(asked)}", headers={"accept": "text/html"})
    assert page.status_code == 404
    assert "Go there" not in page.text

    params = {"wave": ["a; b", "globex-2023-01"]}
    told = problem(api.get("/v1/comparisons", params=params), 400, "invalid_parameters")
    assert told.errors[0].detail == "no wave 'a; b'"
    assert told.errors[0].suggestion == f"{api.base_url}/v1/waves lists them"
    assert told.errors[0].suggested_value is None

    told = problem(api.get("/v1/waves", params={"driver": asked}), 400, "invalid_parameters")
    assert told.errors[0].suggested_value != "/c"
