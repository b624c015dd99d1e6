"""Documents → the tables of an export: what is a row, and what each column is and means.

Nothing is written here. A table has the same columns in CSV and in Parquet; those of the API's
lists are the columns of their CSV. One document may give rows to several tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from msgspec import Struct

from layoff_ledger import formats, queries

Json = dict[str, Any]
Type = Literal["string", "integer", "number", "boolean", "date", "list"]


class Column(Struct, frozen=True):
    """A column; a `list` is one of strings."""

    name: str
    type: Type
    meaning: str
    required: bool
    """Whether it is never null."""


class Table(Struct, frozen=True):
    """A table of an export, with what ties its rows to other tables."""

    name: str
    title: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Json], Iterator[Json]]
    """Gives the rows of a document, by the names of the columns."""
    key: str = "id"
    references: dict[str, str] = {}
    """Column → the table whose key it holds."""
    whole: bool = False
    """Whether a line of NDJSON is the API's whole document and not the row."""


def _columns(written: str) -> tuple[Column, ...]:
    """Read lines of name, type and meaning; `!` after a type is never null."""
    found = []
    for line in written.strip().splitlines():
        name, type_, meaning = line.split(None, 2)
        found.append(Column(name, type_.rstrip("!"), meaning, type_.endswith("!")))  # type: ignore[arg-type]
    return tuple(found)


def _as_listed(resource: str) -> Callable[[Json], Iterator[Json]]:
    """Give a document as the one row that it is in the CSV of the API."""

    def rows(document: Json) -> Iterator[Json]:
        yield {name: column.read(document) for name, column in formats.COLUMNS[resource].items()}

    return rows


_CITATION = """
citations                integer!  Citations of the claim; the columns from here to citation_evidence are of the first.
source                   string    Id of the source that is cited first.
source_title             string    Its title as published.
source_publisher         string    Whose page it is.
source_kind              string    Kind of source: filing, company_statement, news and the like.
source_standing          string    What the source is worth: primary, established, republication, secondary, machine_summary.
source_url               string    Its address; null where none is known.
source_archived_url      string    A copy that stays.
source_published_on      date      First day of the span of publication.
citation_locator         string    Page, paragraph, section or item.
citation_fragment        string    Verbatim words of the source, at most 12.
citation_evidence        string    Whether its text was read: excerpt_read, url_listed or filing.
sources                  list      Ids of all sources that are cited, in the order of the citations, each once.
source_urls              list      Their addresses.
"""


def _cited(numbers: list[int], places: dict[int, Json]) -> Json:
    cited = [places[n] for n in numbers]
    sources = [one["source"] for one in cited]
    row: Json = {
        "citations": len(cited),
        "sources": list(dict.fromkeys(one["id"] for one in sources)),
        "source_urls": list(dict.fromkeys(one["url"] for one in sources if one["url"])),
    }
    if cited:
        first = cited[0]
        row["source"] = first["source"]["id"]
        for name in (
            "title", "publisher", "kind", "standing", "url", "archived_url", "published_on",
        ):  # fmt: skip
            row[f"source_{name}"] = first["source"][name]
        for name in ("locator", "fragment", "evidence"):
            row[f"citation_{name}"] = first[name]
    return row


def _places(document: Json) -> dict[int, Json]:
    return {one["n"]: one for one in document["citations"]}


# What a claim of each kind says, under the names of the columns.
_SAID: dict[str, tuple[str, Callable[[Json], Json]]] = {
    "event": (
        "events",
        lambda claim: {
            "about": claim["kind"],
            "dated_on": claim["on"],
            "dated_precision": claim["precision"],
        },
    ),
    "magnitude": (
        "magnitudes",
        lambda claim: {
            "about": claim["measure"],
            "dated_on": claim["stated_on"],
            "dated_precision": claim["stated_precision"],
        },
    ),
    "driver": (
        "drivers",
        lambda claim: {"about": claim["driver"]["code"], "driver": claim["driver"]["code"]},
    ),
    "role": (
        "roles",
        lambda claim: {"about": claim["role"]["code"], "role": claim["role"]["code"]},
    ),
    "context": ("context", lambda claim: {"about": claim["kind"]}),
}


def _claims(wave: Json) -> Iterator[tuple[str, int, Json]]:
    """Give kind, number and content of each claim of a wave, in the order of the document."""
    if wave["forms"]:
        yield "form", 1, {"forms": wave["forms"], "citations": wave["form_citations"]}
    if wave["scope"] is not None:
        yield "scope", 1, wave["scope"]
    for kind, (name, said) in _SAID.items():
        for number, claim in enumerate(wave[name], start=1):
            yield kind, number, claim | said(claim)


def _claim_rows(wave: Json) -> Iterator[Json]:
    places = _places(wave)
    for kind, number, claim in _claims(wave):
        # Columns are filled by name: what a kind of claim has no word for stays null.
        kept = {name: claim.get(name) for name in _CLAIM_NAMES}
        yield kept | {
            "id": f"{wave['id']}:{kind}:{number}",
            "wave": wave["id"],
            "kind": kind,
            "number": number,
            "company": wave["company"]["id"],
            "company_name": wave["company"]["name"],
            "announced_on": wave["announced_on"],
            "canonical": wave["canonical"],
            **_cited(claim["citations"], places),
        }


def _value_rows(document: Json) -> Iterator[Json]:
    places = _places(document)
    for series in document["series"]:
        for number, value in enumerate(series["values"], start=1):
            yield {
                **value,
                "id": f"{series['id']}:{number}",
                "series": series["id"],
                "number": number,
                "company": document["id"],
                "company_name": document["name"],
                "metric": series["metric"],
                "kind": series["kind"],
                "unit": series["unit"],
                "definition": series["definition"],
                "series_note": series["note"],
                **_cited(value["citations"], places),
            }


def _citation_rows(document: Json) -> Iterator[Json]:
    places = _places(document)
    cited: Iterator[tuple[str, str, list[int]]]
    if "series" in document:
        cited = (
            ("indicator", f"{series['id']}:{number}", value["citations"])
            for series in document["series"]
            for number, value in enumerate(series["values"], start=1)
        )
    else:
        cited = (
            ("claim", f"{document['id']}:{kind}:{number}", claim["citations"])
            for kind, number, claim in _claims(document)
        )
    for of, id_, numbers in cited:
        for position, n in enumerate(numbers, start=1):
            place = places[n]
            yield {
                "id": f"{id_}:{position}",
                "claim": None,
                "indicator": None,
                of: id_,
                "position": position,
                "source": place["source"]["id"],
                "locator": place["locator"],
                "fragment": place["fragment"],
                "evidence": place["evidence"],
            }


WAVES = Table(
    "waves",
    "Waves",
    "One coherent reduction by one company on each row; figures are those of the preferred claim.",
    _columns("""
id                       string!   Stable identifier, <company>-<yyyy>-<mm>; never reused.
company                  string!   Id of the company that cuts.
company_name             string!   Its name as people know it.
company_country          string    Country of its seat, ISO 3166-1 alpha-2.
industry                 string    Its sector, NAICS 2022.
title                    string    Name of its own, where the wave has one.
status                   string!   Kind of the latest event; a report counts only where nothing firmer is known.
announced_on             date!     First announcement, else the first event; the first day of the span.
announced_precision      string!   How precise announced_on is: day, month, quarter or year.
canonical                boolean!  Whether statistics count it. Add up only rows where this is true.
collection               string!   The collection that it belongs to.
forms                    list      How the posts go: layoff, closure, attrition and the like.
worldwide                boolean   In more than the listed countries; null if not said.
countries                list      Countries that are named, ISO 3166-1 alpha-2.
units                    list      Divisions, sites, brands.
headcount_low            integer   Jobs, at least; null is no bound, never 0.
headcount_high           integer   Jobs, at most; null is no bound.
headcount_qualifier      string    How the source hedges the figure.
headcount_counts         string    gross: posts cut; net: change of headcount; affected: posts that may be moved.
headcount_cumulative     boolean   Earlier waves are included; null if not said.
share_low                number    Fraction of the workforce, at least.
share_high               number    Fraction of the workforce, at most.
share_qualifier          string    How the source hedges the share.
share_base               string    What it is a share of; null is the company.
drivers                  list      Reasons that somebody gives; codes of the table drivers. Denials are not among them.
drivers_stated_by_company list     Those that the company states as its own.
drivers_denied           list      Reasons that somebody denies.
roles_cut                list      Whose jobs are cut; codes of the table roles.
roles_spared             list      Whose jobs are spared.
roles_hired              list      Who is hired while others are cut.
sources                  list      Ids of the cited sources.
source_urls              list      Their addresses.
note                     string    What a reader has to mind.
revision                 integer!  Revision of the ledger in which the record last changed.
url                      string!   Address of the record in the API.
"""),
    _as_listed("wave"),
    references={"company": "companies"},
    whole=True,
)
CLAIMS = Table(
    "claims",
    "Claims",
    "One claim about a wave on each row, whoever makes it, with its first citation; the table "
    "citations has all of them. Conflicting claims stand side by side: rank tells them apart.",
    _columns(
        """
id                       string!   wave:kind:number. Numbers may move in a later revision: cite it with the revision.
wave                     string!   Id of the wave.
company                  string!   Id of the company that cuts.
company_name             string!   Its name as people know it.
announced_on             date!     When the wave was announced.
canonical                boolean!  Whether statistics count the wave.
kind                     string!   form, scope, event, magnitude, driver, role or context.
number                   integer!  Order among the claims of this kind and wave.
about                    string    Status, measure, driver, role or aspect of context; null for scope and form.
speaker                  string    Who says it: company, press, analyst, regulator, union; null for form.
rank                     string    preferred feeds the wave's figures; deprecated is known to be wrong; null for scope and form.
driver                   string    Driver claims: code of the table drivers.
stance                   string    Driver claims: states, reports, or denies that it was the reason.
weight                   string    Driver claims: primary, contributing or context.
role                     string    Role claims: code of the table roles.
effect                   string    Role claims: cut, spared or hired.
headcount                integer   Role claims: jobs of this role, if said.
wording                  string    Role claims: how the source names them.
low                      number    Magnitude claims: at least; jobs, or a fraction of one where about is share.
high                     number    Magnitude claims: at most; null is no bound.
qualifier                string    Magnitude claims: how the source hedges the figure.
counts                   string    Magnitude claims: gross, net or affected.
cumulative               boolean   Magnitude claims: earlier waves are included.
contractors_included     boolean   Magnitude claims: not only employees.
base                     string    Magnitude claims: what it is a share of; null is the company.
dated_on                 date      Event claims: when it happened; magnitude claims: when it was said. First day of the span.
dated_precision          string    How precise dated_on is.
statement                string    One sentence in the ledger's words.
fragment                 string    Driver claims: verbatim words of the source, at most 12.
forms                    list      Form claims: how the posts go.
worldwide                boolean   Scope claims: in more than the listed countries.
countries                list      Scope claims: countries, ISO 3166-1 alpha-2.
units                    list      Scope claims: divisions, sites, brands.
note                     string    What a reader has to mind.
"""
        + _CITATION.lstrip("\n")
    ),
    _claim_rows,
    references={
        "wave": "waves",
        "company": "companies",
        "driver": "drivers",
        "role": "roles",
        "source": "sources",
    },
)
_CLAIM_NAMES = [one.name for one in CLAIMS.columns]
CITATIONS = Table(
    "citations",
    "Citations",
    "One citation of one claim, or of one value of an indicator, on each row.",
    _columns("""
id                       string!   Id of the claim or of the value, and the position.
claim                    string    Id of the claim; null where a value of an indicator is cited.
indicator                string    Id of the value in the table indicators; null where a claim is cited.
position                 integer!  Order among the citations of the claim or value.
source                   string!   Id of the source.
locator                  string    Page, paragraph, section or item.
fragment                 string    Verbatim words, at most 12.
evidence                 string!   Whether its text was read: excerpt_read, url_listed or filing.
"""),
    _citation_rows,
    references={"claim": "claims", "indicator": "indicators", "source": "sources"},
)
COMPANIES = Table(
    "companies",
    "Companies",
    "One employer on each row, with its identifiers and the totals of its waves.",
    _columns("""
id                       string!   Stable identifier; never reused.
name                     string!   Name as people know it.
legal_name               string    Name as registered.
aliases                  list      Other names in use.
former_names             list      Names given up.
country                  string    Country of its seat, ISO 3166-1 alpha-2.
country_name             string    English short name of the country.
industry                 string    Sector, NAICS 2022.
industry_label           string    Name of the sector.
parent                   string    Id of the company that owns it.
cik                      string    Identifier at the SEC, ten digits.
lei                      string    Legal entity identifier, ISO 17442.
wikidata                 string    Item of Wikidata.
ticker                   string    Listing, exchange:symbol.
waves                    integer!  Waves of any kind.
canonical_waves          integer!  Waves without parts, copies and superseded reports.
waves_with_headcount     integer!  Canonical waves whose headcount is known.
headcount_low            integer   Sum of their lower bounds; null if none is known.
headcount_high           integer   Sum of their upper bounds; null if one of them has no bound.
first_announced_on       date      The earliest announcement.
last_announced_on        date      The latest announcement.
note                     string    What a reader has to mind.
revision                 integer!  Revision of the ledger in which the record last changed.
url                      string!   Address of the record in the API.
waves_url                string!   Address of its waves.
"""),
    _as_listed("company"),
    references={"parent": "companies"},
    whole=True,
)
SOURCES = Table(
    "sources",
    "Sources",
    "One cited text on each row, and what it is worth.",
    _columns("""
id                       string!   Stable identifier.
url                      string    Address of the text; null where none is known.
archived_url             string    A copy that stays.
title                    string    Title as published.
publisher                string!   Whose page it is.
author                   string    Byline.
kind                     string!   Kind of source: filing, company_statement, news and the like.
standing                 string!   What it is worth: primary, established, republication, secondary, machine_summary.
original_publisher       string    Whose text a republication copies.
language                 string!   ISO 639 code.
published_on             date      First day of the span of publication.
published_precision      string    How precise published_on is.
retrieved_on             date      When its text was read; null if not recorded.
note                     string    What a reader has to mind.
waves                    list      Ids of the waves that cite it.
claims                   integer!  Claims and values of indicators that cite it.
revision                 integer!  Revision of the ledger in which the record last changed.
record_url               string!   Address of the record in the API.
"""),
    _as_listed("source"),
    whole=True,
)
DRIVERS = Table(
    "drivers",
    "Drivers",
    "One reason of the taxonomy on each row.",
    _columns("""
code                     string!   Stable code.
label                    string!   Name as people read it.
group                    string!   What the driver belongs to.
definition               string!   What it covers, and what it does not.
waves                    integer!  Waves for which somebody gives this reason; denials are not counted.
bls_mls                  list      Reasons of the BLS Mass Layoff Statistics.
challenger               list      Reasons of the Challenger reports.
erm                      list      Types of Eurofound's European Restructuring Monitor.
revision                 integer!  Revision of the ledger in which the record last changed.
url                      string!   Address of the record in the API.
waves_url                string!   Address of the waves for which somebody gives this reason.
"""),
    _as_listed("driver"),
    key="code",
    whole=True,
)
ROLES = Table(
    "roles",
    "Roles",
    "One category of staff of the taxonomy on each row.",
    _columns("""
code                     string!   Stable code.
label                    string!   Name as people read it.
axis                     string!   function: what they do; level: where they stand; unit: which teams.
definition               string!   What it covers, and what it does not.
synonyms                 list      Wordings of sources that mean it.
waves                    integer!  Waves in which such posts are cut.
soc_2018                 list      Codes of the Standard Occupational Classification 2018.
isco_08                  list      Codes of ISCO-08.
revision                 integer!  Revision of the ledger in which the record last changed.
url                      string!   Address of the record in the API.
waves_url                string!   Address of the waves in which such posts are cut.
"""),
    _as_listed("role"),
    key="code",
    whole=True,
)
INDICATORS = Table(
    "indicators",
    "Indicators",
    "One figure of a company's time series on each row: capital expenditure, employees, revenue. "
    "Another definition is another series. What is computed of them is left out.",
    _columns(
        """
id                       string!   series:number. Numbers may move in a later revision: cite it with the revision.
series                   string!   Id of the series.
number                   integer!  Order of the value within the series.
company                  string!   Id of the company.
company_name             string!   Its name as people know it.
metric                   string!   capital_expenditure, employees or revenue.
kind                     string!   outcome, or guidance for a period that was not over.
unit                     string!   USD or people.
definition               string!   What is counted.
series_note              string    What a reader has to mind about the series.
period_start             date      First day; null for a count on one day.
period_end               date!     Last day, or the day of the count.
precision                string!   How precise period_end is.
low                      number    At least, in the unit.
high                     number    At most, in the unit.
qualifier                string!   How the source hedges the figure.
rank                     string!   preferred, normal, or deprecated.
stated_on                date      When it was said.
note                     string    What a reader has to mind about the value.
"""
        + _CITATION.lstrip("\n")
    ),
    _value_rows,
    references={"company": "companies", "source": "sources"},
)
TABLES = (WAVES, CLAIMS, CITATIONS, COMPANIES, SOURCES, DRIVERS, ROLES, INDICATORS)
"""In the order in which they are listed."""

DOCUMENTS: tuple[tuple[queries.Resource, tuple[Table, ...]], ...] = (
    (queries.WAVE, (WAVES, CLAIMS, CITATIONS)),
    (queries.COMPANY, (COMPANIES,)),
    (queries.SOURCE, (SOURCES,)),
    (queries.DRIVER, (DRIVERS,)),
    (queries.ROLE, (ROLES,)),
    (queries.INDICATORS, (INDICATORS, CITATIONS)),
)
"""Kind of document → the tables that it gives rows to, in the order in which they are read."""
