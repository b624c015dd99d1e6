"""Companies: employers, with identifiers and the totals of their waves."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from layoff_ledger import vocabulary
from layoff_ledger.resources.base import (
    BY_ID,
    BY_RELEVANCE,
    BY_WAVES,
    Facet,
    HistoryOperation,
    Listing,
    Resource,
    SearchEntry,
    Single,
    Table,
    as_words,
    at,
    both_ways,
    columns,
    inside,
    of_scheme,
)
from layoff_ledger.resources.company_identifiers import SCHEMES, match_identifiers
from layoff_ledger.resources.feed_texts import company_text
from layoff_ledger.resources.fields import (
    Country,
    IndustryCode,
    Note,
    Public,
    Revision,
    address_of_record,
    list_of,
    open_vocabulary,
    summed,
    uri,
)
from layoff_ledger.resources.filters import Known, one_of
from layoff_ledger.resources.parameters import (
    INT32_MAX,
    AsOf,
    Codes,
    CountryCodes,
    Searchable,
    select_of,
    sort_of,
)


class CompanyReference(Public, frozen=True, kw_only=True):
    """The company that cuts."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["meta"])]
    name: Annotated[str, Meta(description="Common name.", examples=["Meta Platforms"])]
    country: Annotated[Country, Meta(description="Country of its seat.")] | None
    industry: IndustryCode | None


class CompanyCountry(Public, frozen=True, kw_only=True):
    """The country of a company's seat."""

    code: Country
    name: Annotated[str, Meta(description="English short name.", examples=["United States"])]


class CompanyIndustry(Public, frozen=True, kw_only=True):
    """A sector of NAICS 2022."""

    code: IndustryCode
    label: Annotated[str, Meta(description="Name of the sector.", examples=["Information"])]


class ParentCompany(Public, frozen=True, kw_only=True):
    """The company that owns another one."""

    id: Annotated[str, Meta(description="Id of the company.", examples=["amazon"])]
    name: Annotated[str, Meta(description="Common name.", examples=["Amazon"])]


class Identifier(Public, frozen=True, kw_only=True):
    """An identifier that joins a company to other data."""

    scheme: Annotated[
        str,
        open_vocabulary(
            vocabulary.IDENTIFIER_SCHEMES, "cik: SEC; lei: ISO 17442; ticker: listing."
        ),
    ]
    value: Annotated[str, Meta(description="A ticker is exchange:symbol.", examples=["0001326801"])]


class CompanyTotals(Public, frozen=True, kw_only=True):
    """A company's waves, counted and added up; unknown sizes are left out, never taken as 0."""

    waves: Annotated[int, Meta(ge=0, description="Waves of any kind.")]
    canonical_waves: Annotated[
        int, Meta(ge=0, description="Waves without parts, copies and superseded reports.")
    ]
    waves_with_headcount: Annotated[
        int, Meta(ge=0, description="Canonical waves whose headcount is known.")
    ]
    headcount_low: (
        Annotated[
            int,
            Meta(
                ge=0,
                description="Sum of their lower bounds, whatever their status: reported and "
                "withdrawn ones, too. Null if none is known.",
            ),
        ]
        | None
    )
    headcount_high: (
        Annotated[
            int,
            Meta(ge=0, description="Sum of their upper bounds; null if one of them has no bound."),
        ]
        | None
    )
    first_announced_on: (
        Annotated[datetime.date, Meta(description="Date of the earliest announcement.")] | None
    )
    last_announced_on: (
        Annotated[datetime.date, Meta(description="Date of the latest announcement.")] | None
    )
    gross_low: Annotated[int, summed("gross", "lower")] | None = None
    gross_high: Annotated[int, summed("gross", "upper", null="one has none")] | None = None
    net_low: Annotated[int, summed("net", "lower")] | None = None
    net_high: Annotated[int, summed("net", "upper", null="one has none")] | None = None
    affected_low: Annotated[int, summed("affected", "lower")] | None = None
    affected_high: Annotated[int, summed("affected", "upper", null="one has none")] | None = None
    unstated_low: Annotated[int, summed("unstated", "lower")] | None = None
    unstated_high: Annotated[int, summed("unstated", "upper", null="one has none")] | None = None
    overlap_low: (
        Annotated[
            int,
            Meta(
                description="Jobs that the sums leave out because the figure of another counted "
                "wave already includes them, by the lower bounds; null if none is known.",
            ),
        ]
        | None
    ) = None
    overlap_high: (
        Annotated[
            int, Meta(description="The same by the upper bounds; null if one of them has none.")
        ]
        | None
    ) = None


class Company(Public, frozen=True, kw_only=True):
    """An employer, with its identifiers and the totals of its waves."""

    id: Annotated[str, Meta(description="Stable identifier; never reused.", examples=["meta"])]
    url: Annotated[str, address_of_record("/v1/companies/meta")]
    waves_url: Annotated[str, uri("Address of its waves.", "/v1/waves?company=meta")]
    revision: Revision
    name: Annotated[str, Meta(description="Common name.", examples=["Meta Platforms"])]
    legal_name: Annotated[str, Meta(description="Name as registered.")] | None
    aliases: Annotated[list[str], Meta(description="Other names in use.")]
    former_names: Annotated[list[str], Meta(description="Names that it no longer uses.")]
    country: (
        Annotated[CompanyCountry, Meta(description="Country of its seat; null if unknown.")] | None
    )
    industry: (
        Annotated[
            CompanyIndustry, Meta(description="Its sector by NAICS 2022; null if not assigned.")
        ]
        | None
    )
    parent: (
        Annotated[
            ParentCompany,
            Meta(description="The company that owns it; null if the ledger knows of none."),
        ]
        | None
    )
    identifiers: Annotated[
        list[Identifier], Meta(description="Identifiers that join it to other data.")
    ]
    note: Note | None
    totals: CompanyTotals


if TYPE_CHECKING:
    CompanyFields = list[str]
    CompanySort = str
else:
    CompanyFields = select_of(Company, "id", "name")
    CompanySort = sort_of(
        ("name", "-name", "id", "-id", "-waves", "waves", "-relevance", "-headcount", "headcount"),
        "Order; `-` is descending, `id` breaks ties. `headcount` is by the lower bound of the jobs "
        "of all its waves (`totals.headcount_low`), unknown last; `-relevance` only together with "
        "`q`.",
    )


class CompanyListParameters(Searchable, frozen=True, kw_only=True):
    """Which companies, and which part of the list."""

    country: Annotated[
        CountryCodes,
        Meta(description="Only companies with their seat in these countries.", examples=[["US"]]),
        one_of("country"),
        Known("country"),
    ] = []
    industry: Annotated[
        Codes,
        Meta(description="Only companies of these NAICS 2022 sectors.", examples=[["51"]]),
        one_of("industry"),
        Known("industry"),
    ] = []
    parent: Annotated[
        Codes,
        Meta(description="Only companies that one of these owns, by id.", examples=[["amazon"]]),
        one_of("parent"),
        Known("company"),
    ] = []
    cik: Annotated[
        Codes,
        Meta(
            description="Only companies with one of these SEC keys, with or without leading zeros.",
            examples=[["0001326801"]],
        ),
    ] = []
    lei: Annotated[
        Codes,
        Meta(
            description="Only companies with one of these ISO 17442 identifiers.",
            examples=[["BQ4BKCS1HXDV9HN80Z93"]],
        ),
    ] = []
    wikidata: Annotated[
        Codes,
        Meta(description="Only companies with one of these Wikidata items.", examples=[["Q380"]]),
    ] = []
    ticker: Annotated[
        Codes,
        Meta(
            description="Only companies with one of these listings, as exchange:symbol or the "
            "symbol alone.",
            examples=[["NASDAQ:META"]],
        ),
    ] = []
    id: Annotated[
        Codes,
        Meta(
            description="Only these companies, by id: up to 100 in one request.",
            examples=[["meta", "alphabet"]],
        ),
        one_of("id", is_looked_up=True),
        Known("company"),
    ] = []
    select: CompanyFields = []
    sort: CompanySort = "name"


def _headcount(company: Any) -> int | None:
    low: int | None = company.totals.headcount_low
    return None if low is None else min(low, INT32_MAX - 1)


FACETS = (
    Facet("name", 'text collate "C" not null', "Common name.", lambda company: company.name),
    Facet("country", "text", "Country of the seat.", lambda company: company.country and company.country.code),
    Facet("industry", "text", "NAICS 2022 sector.", lambda company: company.industry and company.industry.code),
    Facet("parent", "text", "The company that owns it.", lambda company: company.parent and company.parent.id),
    Facet("identifiers", "text[] not null", "scheme:value of each identifier.", lambda company: [f"{one.scheme}:{one.value}" for one in company.identifiers]),
    Facet("waves", "integer not null", "Waves of the company.", lambda company: company.totals.waves),
    Facet("headcount_low", "integer", "Jobs of its waves, at least.", _headcount),
)  # fmt: skip

COLUMNS = columns(
    """
= id name legal_name
aliases                  list      Other names in use.
former_names             list      Names that it no longer uses.
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
headcount_low            integer   Sum of their lower bounds, whatever their status; null if none is known.
headcount_high           integer   Sum of their upper bounds; null if one of them has no bound.
first_announced_on       date      Date of the earliest announcement.
last_announced_on        date      Date of the latest announcement.
note                     string    A caution for readers.
= revision url waves_url
gross_low                integer   Posts cut, summed lower bounds.
gross_high               integer   Posts cut, summed upper bounds; null if one has none.
net_low                  integer   Net changes of headcount, summed lower bounds.
net_high                 integer   Net changes of headcount, summed upper bounds; null if one has none.
affected_low             integer   Posts that may be moved, summed lower bounds.
affected_high            integer   Posts that may be moved, summed upper bounds; null if one has none.
unstated_low             integer   Jobs where the source does not say what it counts, summed lower bounds.
unstated_high            integer   Jobs where the source does not say what it counts, summed upper bounds; null if one has none.
overlap_low              integer   Jobs that the sums leave out because another counted wave has them, of the lower bounds.
overlap_high             integer   The same by the upper bounds; null if one has none.
""",
    {
        "country": at("country", "code"),
        "country_name": at("country", "name"),
        "industry": at("industry", "code"),
        "industry_label": at("industry", "label"),
        "parent": at("parent", "id"),
        **{scheme: of_scheme("identifiers", scheme, "value", None) for scheme in SCHEMES},
        **inside("totals", *CompanyTotals.__struct_fields__),
    },
    of=Company,
)

_SCHEME_LABELS = {"cik": "CIK", "lei": "LEI", "wikidata": "Wikidata", "ticker": ""}


def search_entry(company: Any) -> SearchEntry:
    """Return the search entry of a company: all its names and identifiers, country and sector."""
    names = [
        name
        for name in (company.name, company.legal_name, *company.aliases, *company.former_names)
        if name
    ]
    entry = SearchEntry(company.name, [*names, as_words(company.id)])
    entry.add("A", *names)
    entry.hidden = as_words(company.id).split()
    for one in company.identifiers:
        entry.add("A", f"{_SCHEME_LABELS.get(one.scheme, one.scheme)} {one.value}".strip())
        entry.exact += [one.value, f"{one.scheme} {one.value}"]
        if one.scheme == "cik":
            bare = one.value.lstrip("0") or "0"
            entry.hidden.append(bare)
            entry.exact += [bare, f"cik {bare}"]
        if one.scheme == "ticker":
            entry.exact.append(one.value.partition(":")[2])
    for reference, name in (("country", "name"), ("industry", "label"), ("parent", "name")):
        if (related := getattr(company, reference)) is not None:
            entry.add("B", getattr(related, name))
    entry.add("C", company.note)
    return entry


COMPANY = Resource(
    name="company",
    path="companies",
    tag="Companies",
    struct=Company,
    listing=Listing(
        summary="List companies",
        description="Companies by name, each with identifiers, totals and a link to its waves.\n\n"
        "To look up many by their identifiers, give up to 100 of each scheme (`cik`, `lei`, "
        "`wikidata`, `ticker`);\n`meta.hint` names those that no company has.",
        parameters=CompanyListParameters,
        answer=list_of(Company, "companies"),
        links={
            "get_company": ("The first company of the page.", {"id": "$response.body#/data/0/id"}),
        },
    ),
    single=Single(
        summary="Get one company",
        description="One company with identifiers, totals and a link to its waves.",
        parameters=AsOf,
        path_parameter="Id of the company.",
        example="meta",
        links={
            "list_waves": ("Its waves.", {"company": "$response.body#/id"}),
            "get_company_indicators": ("Its indicators.", {"id": "$response.body#/id"}),
        },
    ),
    sorts={
        **both_ways("name", "facet.name", "text"),
        **BY_WAVES,
        **BY_ID,
        "-relevance": BY_RELEVANCE,
        **both_ways(
            "headcount",
            "coalesce(facet.headcount_low, 2147483647)",
            "integer",
            down="coalesce(facet.headcount_low, -1)",
        ),
    },
    facets=FACETS,
    indexes=(
        "(name, id)",
        "(country, id)",
        "(industry, id)",
        "(waves, id)",
        "(coalesce(headcount_low, -1), id)",
        "using gin (identifiers)",
    ),
    together=match_identifiers,
    columns=COLUMNS,
    tables=(
        Table(
            "companies",
            "Companies",
            "One employer on each row, with its identifiers and the totals of its waves.",
            COLUMNS,
            references={"parent": "companies"},
            whole=True,
        ),
    ),
    search_entry=search_entry,
    followed={"company": one_of("id")},
    history=HistoryOperation(
        "Every revision that changed the company or its totals: when, each field before and after.",
        "Id of the company, also of one that was withdrawn or merged.",
    ),
    shown=("name", "country_name", "industry_label", "waves", "last_announced_on"),
    waves="company",
    feed_text=company_text,
)
