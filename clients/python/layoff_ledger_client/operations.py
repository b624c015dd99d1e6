"""Every operation of the API, for `Ledger` and `AsyncLedger` to inherit.

Made of the contract by generate_client.py; an edit here is lost.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Literal, TypeVar, Unpack

from layoff_ledger_client import models, queries
from layoff_ledger_client.exchange import Content, Operation, Page

__version__ = "1.5.0"
"""Version of the contract, and of this client."""

SERVER = "http://localhost:8000"

_T = TypeVar("_T")
_Item = TypeVar("_Item")

LIST_WAVES = Operation("list_waves", "/v1/waves", models.WaveList, as_of=True, page_size=200)
LIST_WAVES_SELECTION = Operation(
    "list_waves",
    "/v1/waves",
    models.WaveSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_WAVE = Operation("get_wave", "/v1/waves/{id}", models.Wave, as_of=True)
GET_WAVE_HISTORY = Operation(
    "get_wave_history", "/v1/waves/{id}/history", models.History, as_of=True
)
LIST_CLAIMS = Operation("list_claims", "/v1/claims", models.ClaimList, as_of=True, page_size=200)
LIST_CLAIMS_SELECTION = Operation(
    "list_claims",
    "/v1/claims",
    models.ClaimSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_CLAIM = Operation("get_claim", "/v1/claims/{id}", models.Claim, as_of=True)
LIST_NOTICES = Operation(
    "list_notices", "/v1/notices", models.NoticeList, as_of=True, page_size=200
)
LIST_NOTICES_SELECTION = Operation(
    "list_notices",
    "/v1/notices",
    models.NoticeSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_NOTICE_STATISTICS = Operation(
    "get_notice_statistics", "/v1/notices/statistics", models.NoticeStatistics, as_of=True
)
GET_NOTICE = Operation("get_notice", "/v1/notices/{id}", models.Notice, as_of=True)
GET_NOTICE_HISTORY = Operation(
    "get_notice_history", "/v1/notices/{id}/history", models.History, as_of=True
)
COMPARE_WAVES = Operation("compare_waves", "/v1/comparisons", models.Comparison, as_of=True)
GET_STATISTICS = Operation("get_statistics", "/v1/statistics", models.Statistics, as_of=True)
GET_ATTRIBUTION = Operation("get_attribution", "/v1/attribution", models.Attribution, as_of=True)
GET_TIMELINE = Operation(
    "get_timeline", "/v1/timeline", models.TimelineList, as_of=True, page_size=200
)
SEARCH = Operation("search", "/v1/search", models.SearchResults, as_of=True)
LIST_COMPANIES = Operation(
    "list_companies", "/v1/companies", models.CompanyList, as_of=True, page_size=200
)
LIST_COMPANIES_SELECTION = Operation(
    "list_companies",
    "/v1/companies",
    models.CompanySelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
AUTOCOMPLETE_COMPANIES = Operation(
    "autocomplete_companies", "/v1/companies/autocomplete", models.Suggestions, as_of=True
)
GET_COMPANY_BY_IDENTIFIER = Operation(
    "get_company_by_identifier", "/v1/companies/by/{scheme}/{value}", models.Company, as_of=True
)
GET_COMPANY = Operation("get_company", "/v1/companies/{id}", models.Company, as_of=True)
GET_COMPANY_HISTORY = Operation(
    "get_company_history", "/v1/companies/{id}/history", models.History, as_of=True
)
GET_COMPANY_INDICATORS = Operation(
    "get_company_indicators", "/v1/companies/{id}/indicators", models.CompanyIndicators, as_of=True
)
LIST_INDICATORS = Operation(
    "list_indicators", "/v1/indicators", models.IndicatorList, as_of=True, page_size=200
)
LIST_INDICATORS_SELECTION = Operation(
    "list_indicators",
    "/v1/indicators",
    models.IndicatorSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_INDICATOR = Operation("get_indicator", "/v1/indicators/{id}", models.Indicator, as_of=True)
GET_REBALANCING = Operation("get_rebalancing", "/v1/rebalancing", models.Rebalancing, as_of=True)
LIST_DRIVERS = Operation(
    "list_drivers", "/v1/drivers", models.DriverList, as_of=True, page_size=200
)
LIST_DRIVERS_SELECTION = Operation(
    "list_drivers",
    "/v1/drivers",
    models.DriverSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_DRIVER = Operation("get_driver", "/v1/drivers/{code}", models.Driver, as_of=True)
LIST_ROLES = Operation("list_roles", "/v1/roles", models.RoleList, as_of=True, page_size=200)
LIST_ROLES_SELECTION = Operation(
    "list_roles",
    "/v1/roles",
    models.RoleSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_ROLE = Operation("get_role", "/v1/roles/{code}", models.Role, as_of=True)
LIST_SOURCES = Operation(
    "list_sources", "/v1/sources", models.SourceList, as_of=True, page_size=200
)
LIST_SOURCES_SELECTION = Operation(
    "list_sources",
    "/v1/sources",
    models.SourceSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_SOURCE = Operation("get_source", "/v1/sources/{id}", models.Source, as_of=True)
LIST_COLLECTIONS = Operation(
    "list_collections", "/v1/collections", models.CollectionList, as_of=True, page_size=200
)
LIST_COLLECTIONS_SELECTION = Operation(
    "list_collections",
    "/v1/collections",
    models.CollectionSelectionList,
    as_of=True,
    page_size=200,
    accept="application/vnd.layoff-ledger.selection+json",
)
GET_COLLECTION = Operation("get_collection", "/v1/collections/{id}", models.Collection, as_of=True)
LIST_REVISIONS = Operation(
    "list_revisions", "/v1/revisions", models.RevisionList, as_of=True, page_size=200
)
GET_REVISION = Operation("get_revision", "/v1/revisions/{number}", models.PublishedRevision)
LIST_CHANGES = Operation(
    "list_changes", "/v1/changes", models.LedgerChangeList, as_of=True, page_size=200
)
LIST_EXPORTS = Operation("list_exports", "/v1/exports", models.Exports, as_of=True)
GET_EXPORT = Operation("get_export", "/v1/exports/{revision}", models.Export)
GET_EXPORT_FILE = Operation("get_export_file", "/v1/exports/{revision}/{file}", bytes, accept="*/*")
GET_COVERAGE = Operation("get_coverage", "/v1/coverage", models.Coverage, as_of=True)
GET_DICTIONARY = Operation("get_dictionary", "/v1/dictionary", models.Dictionary, as_of=True)
GET_LIVENESS = Operation("get_liveness", "/health/live", models.Health)
GET_READINESS = Operation("get_readiness", "/health/ready", models.Health)


class Operations(ABC):
    """The operations as methods that wait for their answers."""

    @abstractmethod
    def _ask(
        self, operation: Operation[_T], path: Mapping[str, str | int], query: Mapping[str, object]
    ) -> _T: ...

    @abstractmethod
    def _ask_as(
        self,
        operation: Operation[object],
        format: str,
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Content: ...

    @abstractmethod
    def _walk(
        self, operation: Operation[Page[_Item]], query: Mapping[str, object]
    ) -> Iterator[_Item]: ...

    def list_waves(self, **query: Unpack[queries.ListWavesQuery]) -> models.WaveList:
        """List waves.

        The newest announcement comes first. Each wave has all its claims and citations.
        """
        return self._ask(LIST_WAVES, {}, query)

    def iter_waves(self, **query: Unpack[queries.ListWavesQuery]) -> Iterator[models.Wave]:
        """All records of `list_waves`, of one revision, page by page."""
        return self._walk(LIST_WAVES, query)

    def list_waves_selection(
        self, **query: Unpack[queries.ListWavesSelection]
    ) -> models.WaveSelectionList:
        """`list_waves` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_WAVES_SELECTION, {}, query)

    def list_waves_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListWavesSelection],
    ) -> Content:
        """`list_waves` in another format."""
        return self._ask_as(LIST_WAVES, format, {}, query)

    def get_wave(self, id: str, **query: Unpack[queries.GetWaveQuery]) -> models.Wave:
        """Get one wave.

        One wave with all its claims, events and citations.

        As CSL-JSON, BibTeX, RIS or text it is a bibliography: the record itself with its
        revision, then the sources that it cites.
        """
        return self._ask(
            GET_WAVE,
            {
                "id": id,
            },
            query,
        )

    def get_wave_as(
        self,
        id: str,
        format: Literal["bibtex", "csl", "html", "markdown", "ris", "text"],
        **query: Unpack[queries.GetWaveQuery],
    ) -> Content:
        """`get_wave` in another format."""
        return self._ask_as(
            GET_WAVE,
            format,
            {
                "id": id,
            },
            query,
        )

    def get_wave_history(
        self, id: str, **query: Unpack[queries.GetWaveHistoryQuery]
    ) -> models.History:
        """Get the history of a wave.

        Every revision that changed the wave: when, and each field with its old and its new
        value.
        """
        return self._ask(
            GET_WAVE_HISTORY,
            {
                "id": id,
            },
            query,
        )

    def get_wave_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetWaveHistoryQuery],
    ) -> Content:
        """`get_wave_history` in another format."""
        return self._ask_as(
            GET_WAVE_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    def list_claims(self, **query: Unpack[queries.ListClaimsQuery]) -> models.ClaimList:
        """List claims.

        What one speaker says about a wave is one record; those of the newest wave come first.

        Parameters that are about claims (`kind`, `code`, `driver`, `speaker`, `stance`,
        `weight`, `role`, `effect`, `rank`, `standing`, `standing_only`, `evidence`, `source`,
        `conflicting`) must hold for one and the same claim; all others filter its wave.
        Deprecated claims are listed, too: `rank` leaves them out.
        """
        return self._ask(LIST_CLAIMS, {}, query)

    def iter_claims(self, **query: Unpack[queries.ListClaimsQuery]) -> Iterator[models.Claim]:
        """All records of `list_claims`, of one revision, page by page."""
        return self._walk(LIST_CLAIMS, query)

    def list_claims_selection(
        self, **query: Unpack[queries.ListClaimsSelection]
    ) -> models.ClaimSelectionList:
        """`list_claims` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_CLAIMS_SELECTION, {}, query)

    def list_claims_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListClaimsSelection],
    ) -> Content:
        """`list_claims` in another format."""
        return self._ask_as(LIST_CLAIMS, format, {}, query)

    def get_claim(self, id: str, **query: Unpack[queries.GetClaimQuery]) -> models.Claim:
        """Get one claim.

        One claim with its citations.

        Its id is the wave, the kind and a digest of what identifies it: what it is about, who
        says it, its figures and days. So it stays the same while wording, rank, notes and
        citations are edited, and a claim that says something else is another one.
        """
        return self._ask(
            GET_CLAIM,
            {
                "id": id,
            },
            query,
        )

    def get_claim_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetClaimQuery],
    ) -> Content:
        """`get_claim` in another format."""
        return self._ask_as(
            GET_CLAIM,
            format,
            {
                "id": id,
            },
            query,
        )

    def list_notices(self, **query: Unpack[queries.ListNoticesQuery]) -> models.NoticeList:
        """List notices.

        What employers filed with an authority about coming reductions, the latest notice first.
        Each is a record of its collection with its own licence and attribution; it is linked to
        a wave by company and date, and may be about the same jobs as the wave or others: never
        add the two.
        """
        return self._ask(LIST_NOTICES, {}, query)

    def iter_notices(self, **query: Unpack[queries.ListNoticesQuery]) -> Iterator[models.Notice]:
        """All records of `list_notices`, of one revision, page by page."""
        return self._walk(LIST_NOTICES, query)

    def list_notices_selection(
        self, **query: Unpack[queries.ListNoticesSelection]
    ) -> models.NoticeSelectionList:
        """`list_notices` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_NOTICES_SELECTION, {}, query)

    def list_notices_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListNoticesSelection],
    ) -> Content:
        """`list_notices` in another format."""
        return self._ask_as(LIST_NOTICES, format, {}, query)

    def get_notice_statistics(
        self, **query: Unpack[queries.GetNoticeStatisticsQuery]
    ) -> models.NoticeStatistics:
        """Count notices.

        Counts and sums of notices by up to three dimensions; every filter of notices applies.

        Only notices that stand and may not repeat another one are counted, unless `status` or
        `possible_duplicate` say otherwise. Unknown values form a group of their own, with the
        key null; the groups add up to `meta.count`. Notices may be about the same jobs as waves:
        never add the two. `/v1/statistics?of=notices` answers the same, and draws it as a chart,
        too.
        """
        return self._ask(GET_NOTICE_STATISTICS, {}, query)

    def get_notice_statistics_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.GetNoticeStatisticsQuery],
    ) -> Content:
        """`get_notice_statistics` in another format."""
        return self._ask_as(GET_NOTICE_STATISTICS, format, {}, query)

    def get_notice(self, id: str, **query: Unpack[queries.GetNoticeQuery]) -> models.Notice:
        """Get one notice.

        One notice with its links and where it was taken from.
        """
        return self._ask(
            GET_NOTICE,
            {
                "id": id,
            },
            query,
        )

    def get_notice_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetNoticeQuery],
    ) -> Content:
        """`get_notice` in another format."""
        return self._ask_as(
            GET_NOTICE,
            format,
            {
                "id": id,
            },
            query,
        )

    def get_notice_history(
        self, id: str, **query: Unpack[queries.GetNoticeHistoryQuery]
    ) -> models.History:
        """Get the history of a notice.

        Every revision that changed the notice: when, and each field with old and new value.
        """
        return self._ask(
            GET_NOTICE_HISTORY,
            {
                "id": id,
            },
            query,
        )

    def get_notice_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetNoticeHistoryQuery],
    ) -> Content:
        """`get_notice_history` in another format."""
        return self._ask_as(
            GET_NOTICE_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    def compare_waves(self, **query: Unpack[queries.CompareWavesQuery]) -> models.Comparison:
        """Compare waves.

        2 to 10 waves side by side: a row per aspect, a cell per wave, each entry with citations.

        As CSV, Excel or Parquet it has a row per entry.
        """
        return self._ask(COMPARE_WAVES, {}, query)

    def compare_waves_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.CompareWavesQuery],
    ) -> Content:
        """`compare_waves` in another format."""
        return self._ask_as(COMPARE_WAVES, format, {}, query)

    def get_statistics(self, **query: Unpack[queries.GetStatisticsQuery]) -> models.Statistics:
        """Count waves.

        Counts and sums by up to three dimensions; every filter of waves applies.

        Only canonical waves are counted unless `canonical` says otherwise, whatever their
        status: also waves that were only reported, or later withdrawn;
        `status_not=withdrawn,reported,rumoured` leaves those out. Unknown values form a group of
        their own, with the key null. If `meta.overlapping` is true, a wave may be in several
        groups; otherwise all groups add up to `meta.count`, and `meta.basis` says how many waves
        are in the groups of the answer.
        """
        return self._ask(GET_STATISTICS, {}, query)

    def get_statistics_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetStatisticsQuery],
    ) -> Content:
        """`get_statistics` in another format."""
        return self._ask_as(GET_STATISTICS, format, {}, query)

    def get_attribution(self, **query: Unpack[queries.GetAttributionQuery]) -> models.Attribution:
        """Ascribe waves to a reason.

        How much is ascribed to a reason under every rule at once, with the waves behind each
        row.

        Published shares of a reason differ by an order of magnitude because they follow
        different rules. Here the rules stand side by side: the company states it as primary; it
        states it with any weight, also as mere context; a regulator, union or analyst says so;
        the press reports it; anyone mentions it, denials included. Each includes the ones above
        it. Beside them: the company denies it, and all waves.

        The jobs are those of whole waves, never of the reason. Every filter of waves applies.
        """
        return self._ask(GET_ATTRIBUTION, {}, query)

    def get_attribution_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetAttributionQuery],
    ) -> Content:
        """`get_attribution` in another format."""
        return self._ask_as(GET_ATTRIBUTION, format, {}, query)

    def get_timeline(self, **query: Unpack[queries.GetTimelineQuery]) -> models.TimelineList:
        """List what happens in a span.

        What happens to waves in a span of days, past and future, oldest first, each with
        citations.

        `from` and `to` are days, and both may be left out. A date that is not precise to the day
        is in every span that it overlaps. An answer without rows says how fresh the ledger is:
        see `meta.newest_event_on`. CSV has the same page, and `Link: rel="next"`.
        """
        return self._ask(GET_TIMELINE, {}, query)

    def iter_timeline(
        self, **query: Unpack[queries.GetTimelineQuery]
    ) -> Iterator[models.TimelineEntry]:
        """All records of `get_timeline`, of one revision, page by page."""
        return self._walk(GET_TIMELINE, query)

    def get_timeline_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.GetTimelineQuery],
    ) -> Content:
        """`get_timeline` in another format."""
        return self._ask_as(GET_TIMELINE, format, {}, query)

    def search(self, **query: Unpack[queries.SearchQuery]) -> models.SearchResults:
        """Search everything.

        Full text over names, identifiers, titles, statements and cited sources, best hits first.

        All words must occur, in any order; other English forms of a word count too, case and
        accents do not matter. A company with exactly this name comes first.
        """
        return self._ask(SEARCH, {}, query)

    def search_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.SearchQuery],
    ) -> Content:
        """`search` in another format."""
        return self._ask_as(SEARCH, format, {}, query)

    def list_companies(self, **query: Unpack[queries.ListCompaniesQuery]) -> models.CompanyList:
        """List companies.

        Companies by name, each with identifiers, totals and a link to its waves.
        """
        return self._ask(LIST_COMPANIES, {}, query)

    def iter_companies(
        self, **query: Unpack[queries.ListCompaniesQuery]
    ) -> Iterator[models.Company]:
        """All records of `list_companies`, of one revision, page by page."""
        return self._walk(LIST_COMPANIES, query)

    def list_companies_selection(
        self, **query: Unpack[queries.ListCompaniesSelection]
    ) -> models.CompanySelectionList:
        """`list_companies` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_COMPANIES_SELECTION, {}, query)

    def list_companies_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListCompaniesSelection],
    ) -> Content:
        """`list_companies` in another format."""
        return self._ask_as(LIST_COMPANIES, format, {}, query)

    def autocomplete_companies(
        self, **query: Unpack[queries.AutocompleteCompaniesQuery]
    ) -> models.Suggestions:
        """Complete the name of a company.

        At most ten companies that may be meant by what has been typed so far.

        Exact names and identifiers come first, then names that begin with it, then other names
        and identifiers, then later words of names, and last similar spellings.
        """
        return self._ask(AUTOCOMPLETE_COMPANIES, {}, query)

    def get_company_by_identifier(
        self,
        scheme: Literal["cik", "lei", "wikidata", "ticker"],
        value: str,
        **query: Unpack[queries.GetCompanyByIdentifierQuery],
    ) -> models.Company:
        """Find a company by an identifier.

        Redirects (301) to the company that has the identifier, with the same parameters.
        """
        return self._ask(
            GET_COMPANY_BY_IDENTIFIER,
            {
                "scheme": scheme,
                "value": value,
            },
            query,
        )

    def get_company(self, id: str, **query: Unpack[queries.GetCompanyQuery]) -> models.Company:
        """Get one company.

        One company with identifiers, totals and a link to its waves.
        """
        return self._ask(
            GET_COMPANY,
            {
                "id": id,
            },
            query,
        )

    def get_company_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyQuery],
    ) -> Content:
        """`get_company` in another format."""
        return self._ask_as(
            GET_COMPANY,
            format,
            {
                "id": id,
            },
            query,
        )

    def get_company_history(
        self, id: str, **query: Unpack[queries.GetCompanyHistoryQuery]
    ) -> models.History:
        """Get the history of a company.

        Every revision that changed the company or its totals: when, each field before and after.
        """
        return self._ask(
            GET_COMPANY_HISTORY,
            {
                "id": id,
            },
            query,
        )

    def get_company_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyHistoryQuery],
    ) -> Content:
        """`get_company_history` in another format."""
        return self._ask_as(
            GET_COMPANY_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    def get_company_indicators(
        self, id: str, **query: Unpack[queries.GetCompanyIndicatorsQuery]
    ) -> models.CompanyIndicators:
        """Get a company's indicators.

        Capital expenditure, employees and revenue per period, each cited, a series per
        definition.

        Guidance is kept apart from outcomes. `capital_expenditure_per_employee` is derived: a
        year's capital expenditure per person employed at its end.
        """
        return self._ask(
            GET_COMPANY_INDICATORS,
            {
                "id": id,
            },
            query,
        )

    def get_company_indicators_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyIndicatorsQuery],
    ) -> Content:
        """`get_company_indicators` in another format."""
        return self._ask_as(
            GET_COMPANY_INDICATORS,
            format,
            {
                "id": id,
            },
            query,
        )

    def list_indicators(self, **query: Unpack[queries.ListIndicatorsQuery]) -> models.IndicatorList:
        """List indicators.

        Every figure of every company's series: capital expenditure, employees and revenue, each
        under one definition, with its citations. Fiscal years are marked.
        `rank=preferred&kind=outcome` gives one value for each period.
        """
        return self._ask(LIST_INDICATORS, {}, query)

    def iter_indicators(
        self, **query: Unpack[queries.ListIndicatorsQuery]
    ) -> Iterator[models.Indicator]:
        """All records of `list_indicators`, of one revision, page by page."""
        return self._walk(LIST_INDICATORS, query)

    def list_indicators_selection(
        self, **query: Unpack[queries.ListIndicatorsSelection]
    ) -> models.IndicatorSelectionList:
        """`list_indicators` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_INDICATORS_SELECTION, {}, query)

    def list_indicators_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.ListIndicatorsSelection],
    ) -> Content:
        """`list_indicators` in another format."""
        return self._ask_as(LIST_INDICATORS, format, {}, query)

    def get_indicator(
        self, id: str, **query: Unpack[queries.GetIndicatorQuery]
    ) -> models.Indicator:
        """Get one indicator.

        One figure of a company's series, with its citations.
        """
        return self._ask(
            GET_INDICATOR,
            {
                "id": id,
            },
            query,
        )

    def get_indicator_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetIndicatorQuery],
    ) -> Content:
        """`get_indicator` in another format."""
        return self._ask_as(
            GET_INDICATOR,
            format,
            {
                "id": id,
            },
            query,
        )

    def get_rebalancing(self, **query: Unpack[queries.GetRebalancingQuery]) -> models.Rebalancing:
        """Compare capital expenditure with staff.

        Company by fiscal year: capital expenditure, its change, employees, and the cuts of the
        year.

        Each definition of capital expenditure has rows of its own, and names itself. Fiscal
        years that do not end on 31 December are marked. What is not known is null, and `gaps`
        says why.
        """
        return self._ask(GET_REBALANCING, {}, query)

    def get_rebalancing_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetRebalancingQuery],
    ) -> Content:
        """`get_rebalancing` in another format."""
        return self._ask_as(GET_REBALANCING, format, {}, query)

    def list_drivers(self, **query: Unpack[queries.ListDriversQuery]) -> models.DriverList:
        """List drivers.

        The taxonomy of reasons, with definitions, crosswalks and numbers of waves.
        """
        return self._ask(LIST_DRIVERS, {}, query)

    def iter_drivers(self, **query: Unpack[queries.ListDriversQuery]) -> Iterator[models.Driver]:
        """All records of `list_drivers`, of one revision, page by page."""
        return self._walk(LIST_DRIVERS, query)

    def list_drivers_selection(
        self, **query: Unpack[queries.ListDriversSelection]
    ) -> models.DriverSelectionList:
        """`list_drivers` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_DRIVERS_SELECTION, {}, query)

    def list_drivers_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListDriversSelection],
    ) -> Content:
        """`list_drivers` in another format."""
        return self._ask_as(LIST_DRIVERS, format, {}, query)

    def get_driver(self, code: str, **query: Unpack[queries.GetDriverQuery]) -> models.Driver:
        """Get one driver.

        One driver with its definition, crosswalks and number of waves.
        """
        return self._ask(
            GET_DRIVER,
            {
                "code": code,
            },
            query,
        )

    def get_driver_as(
        self,
        code: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetDriverQuery],
    ) -> Content:
        """`get_driver` in another format."""
        return self._ask_as(
            GET_DRIVER,
            format,
            {
                "code": code,
            },
            query,
        )

    def list_roles(self, **query: Unpack[queries.ListRolesQuery]) -> models.RoleList:
        """List roles.

        The taxonomy of staff, with definitions, crosswalks and numbers of waves.
        """
        return self._ask(LIST_ROLES, {}, query)

    def iter_roles(self, **query: Unpack[queries.ListRolesQuery]) -> Iterator[models.Role]:
        """All records of `list_roles`, of one revision, page by page."""
        return self._walk(LIST_ROLES, query)

    def list_roles_selection(
        self, **query: Unpack[queries.ListRolesSelection]
    ) -> models.RoleSelectionList:
        """`list_roles` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_ROLES_SELECTION, {}, query)

    def list_roles_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListRolesSelection],
    ) -> Content:
        """`list_roles` in another format."""
        return self._ask_as(LIST_ROLES, format, {}, query)

    def get_role(self, code: str, **query: Unpack[queries.GetRoleQuery]) -> models.Role:
        """Get one role.

        One role with its definition, crosswalks and number of waves.
        """
        return self._ask(
            GET_ROLE,
            {
                "code": code,
            },
            query,
        )

    def get_role_as(
        self,
        code: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetRoleQuery],
    ) -> Content:
        """`get_role` in another format."""
        return self._ask_as(
            GET_ROLE,
            format,
            {
                "code": code,
            },
            query,
        )

    def list_sources(self, **query: Unpack[queries.ListSourcesQuery]) -> models.SourceList:
        """List sources.

        The latest publication comes first. Each source lists the claims that cite it.
        """
        return self._ask(LIST_SOURCES, {}, query)

    def iter_sources(self, **query: Unpack[queries.ListSourcesQuery]) -> Iterator[models.Source]:
        """All records of `list_sources`, of one revision, page by page."""
        return self._walk(LIST_SOURCES, query)

    def list_sources_selection(
        self, **query: Unpack[queries.ListSourcesSelection]
    ) -> models.SourceSelectionList:
        """`list_sources` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_SOURCES_SELECTION, {}, query)

    def list_sources_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListSourcesSelection],
    ) -> Content:
        """`list_sources` in another format."""
        return self._ask_as(LIST_SOURCES, format, {}, query)

    def get_source(self, id: str, **query: Unpack[queries.GetSourceQuery]) -> models.Source:
        """Get one source.

        One source with the claims that cite it; also as CSL-JSON, BibTeX, RIS or text.
        """
        return self._ask(
            GET_SOURCE,
            {
                "id": id,
            },
            query,
        )

    def get_source_as(
        self,
        id: str,
        format: Literal["bibtex", "csl", "html", "markdown", "ris", "text"],
        **query: Unpack[queries.GetSourceQuery],
    ) -> Content:
        """`get_source` in another format."""
        return self._ask_as(
            GET_SOURCE,
            format,
            {
                "id": id,
            },
            query,
        )

    def list_collections(
        self, **query: Unpack[queries.ListCollectionsQuery]
    ) -> models.CollectionList:
        """List collections.

        Where records come from, and on what terms.
        """
        return self._ask(LIST_COLLECTIONS, {}, query)

    def iter_collections(
        self, **query: Unpack[queries.ListCollectionsQuery]
    ) -> Iterator[models.Collection]:
        """All records of `list_collections`, of one revision, page by page."""
        return self._walk(LIST_COLLECTIONS, query)

    def list_collections_selection(
        self, **query: Unpack[queries.ListCollectionsSelection]
    ) -> models.CollectionSelectionList:
        """`list_collections` with the fields that `select` names; the others are UNSET."""
        return self._ask(LIST_COLLECTIONS_SELECTION, {}, query)

    def list_collections_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListCollectionsSelection],
    ) -> Content:
        """`list_collections` in another format."""
        return self._ask_as(LIST_COLLECTIONS, format, {}, query)

    def get_collection(
        self, id: str, **query: Unpack[queries.GetCollectionQuery]
    ) -> models.Collection:
        """Get one collection.

        One collection with its licence and the number of its waves and notices.
        """
        return self._ask(
            GET_COLLECTION,
            {
                "id": id,
            },
            query,
        )

    def get_collection_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCollectionQuery],
    ) -> Content:
        """`get_collection` in another format."""
        return self._ask_as(
            GET_COLLECTION,
            format,
            {
                "id": id,
            },
            query,
        )

    def list_revisions(self, **query: Unpack[queries.ListRevisionsQuery]) -> models.RevisionList:
        """List revisions.

        Every publication, with how much it changed and the digest of the ledger as of it.
        """
        return self._ask(LIST_REVISIONS, {}, query)

    def iter_revisions(
        self, **query: Unpack[queries.ListRevisionsQuery]
    ) -> Iterator[models.PublishedRevision]:
        """All records of `list_revisions`, of one revision, page by page."""
        return self._walk(LIST_REVISIONS, query)

    def list_revisions_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.ListRevisionsQuery],
    ) -> Content:
        """`list_revisions` in another format."""
        return self._ask_as(LIST_REVISIONS, format, {}, query)

    def get_revision(
        self, number: int, **query: Unpack[queries.GetRevisionQuery]
    ) -> models.PublishedRevision:
        """Get one revision.

        One publication: when, how much it changed, and the digest of the ledger as of it.

        `/v1/revisions/latest` is the newest one.
        """
        return self._ask(
            GET_REVISION,
            {
                "number": number,
            },
            query,
        )

    def get_revision_as(
        self,
        number: int,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetRevisionQuery],
    ) -> Content:
        """`get_revision` in another format."""
        return self._ask_as(
            GET_REVISION,
            format,
            {
                "number": number,
            },
            query,
        )

    def list_changes(self, **query: Unpack[queries.ListChangesQuery]) -> models.LedgerChangeList:
        """List changes.

        What changed after a revision, oldest first: replayed from 0 it gives the present state.

        To keep a copy: read all pages with `since`, store each document, and delete those that
        were withdrawn; next time, ask with `since=` the `meta.revision` that you have reached.
        Atom and JSON Feed have the newest change first, without documents, and without drivers,
        roles and collections unless `resource` asks for them.
        """
        return self._ask(LIST_CHANGES, {}, query)

    def iter_changes(
        self, **query: Unpack[queries.ListChangesQuery]
    ) -> Iterator[models.LedgerChange]:
        """All records of `list_changes`, of one revision, page by page."""
        return self._walk(LIST_CHANGES, query)

    def list_changes_as(
        self,
        format: Literal["atom", "csv", "html", "jsonfeed", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.ListChangesQuery],
    ) -> Content:
        """`list_changes` in another format."""
        return self._ask_as(LIST_CHANGES, format, {}, query)

    def list_exports(self, **query: Unpack[queries.ListExportsQuery]) -> models.Exports:
        """List bulk exports.

        The files of the newest revision, and the address of those of every other one.

        An export is made when it is first asked for. That takes a moment, and meanwhile the
        answer is 503 with `Retry-After`.
        """
        return self._ask(LIST_EXPORTS, {}, query)

    def list_exports_as(
        self, format: Literal["html", "markdown"], **query: Unpack[queries.ListExportsQuery]
    ) -> Content:
        """`list_exports` in another format."""
        return self._ask_as(LIST_EXPORTS, format, {}, query)

    def get_export(self, revision: int) -> models.Export:
        """Get a bulk export.

        The files of one revision with their sizes and SHA-256: tables as CSV, NDJSON and
        Parquet.

        `latest` instead of a number means the newest revision, also in the address of a file;
        cite the number. Each file is at its `url`. A revision never changes, but a later version
        of the service may write its files with other bytes: `ETag` is the SHA-256. A download
        can be resumed: `Range`, `If-Range` and `If-None-Match` are understood.
        """
        return self._ask(
            GET_EXPORT,
            {
                "revision": revision,
            },
            {},
        )

    def get_export_as(self, revision: int, format: Literal["html", "markdown"]) -> Content:
        """`get_export` in another format."""
        return self._ask_as(
            GET_EXPORT,
            format,
            {
                "revision": revision,
            },
            {},
        )

    def get_export_file(self, revision: int, file: str) -> bytes:
        """Get a file of a bulk export.

        A file of an export, or the part of it that `Range` asks for (206).

        `ETag` is the SHA-256; with it, `If-Range` resumes a download and `If-None-Match` avoids
        one.
        """
        return self._ask(
            GET_EXPORT_FILE,
            {
                "revision": revision,
                "file": file,
            },
            {},
        )

    def get_coverage(self, **query: Unpack[queries.GetCoverageQuery]) -> models.Coverage:
        """How complete is the ledger?.

        Waves per year, which waves have what, evidence grades, how fresh it is.

        Read it before you count: the ledger has what was curated, not everything that happened.
        As a table it has a row per count, such as the notices of a jurisdiction that have an
        effective date.
        """
        return self._ask(GET_COVERAGE, {}, query)

    def get_coverage_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCoverageQuery],
    ) -> Content:
        """`get_coverage` in another format."""
        return self._ask_as(GET_COVERAGE, format, {}, query)

    def get_dictionary(self, **query: Unpack[queries.GetDictionaryQuery]) -> models.Dictionary:
        """What does each field mean?.

        Every field of every resource: type, meaning, how often it is null, an example.
        """
        return self._ask(GET_DICTIONARY, {}, query)

    def get_dictionary_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetDictionaryQuery],
    ) -> Content:
        """`get_dictionary` in another format."""
        return self._ask_as(GET_DICTIONARY, format, {}, query)

    def get_liveness(self) -> models.Health:
        """Is the process alive?.

        Always ok while the process runs; the database is not asked.
        """
        return self._ask(GET_LIVENESS, {}, {})

    def get_readiness(self) -> models.Health:
        """Can it answer?.

        Ok if the database answers and something is published; otherwise a problem with 503.

        Anything that only publishers notice is a warning: a service that answers is ready.
        """
        return self._ask(GET_READINESS, {}, {})


class AsyncOperations(ABC):
    """The operations as methods that await their answers."""

    @abstractmethod
    async def _ask(
        self, operation: Operation[_T], path: Mapping[str, str | int], query: Mapping[str, object]
    ) -> _T: ...

    @abstractmethod
    async def _ask_as(
        self,
        operation: Operation[object],
        format: str,
        path: Mapping[str, str | int],
        query: Mapping[str, object],
    ) -> Content: ...

    @abstractmethod
    def _walk(
        self, operation: Operation[Page[_Item]], query: Mapping[str, object]
    ) -> AsyncIterator[_Item]: ...

    async def list_waves(self, **query: Unpack[queries.ListWavesQuery]) -> models.WaveList:
        """List waves.

        The newest announcement comes first. Each wave has all its claims and citations.
        """
        return await self._ask(LIST_WAVES, {}, query)

    def iter_waves(self, **query: Unpack[queries.ListWavesQuery]) -> AsyncIterator[models.Wave]:
        """All records of `list_waves`, of one revision, page by page."""
        return self._walk(LIST_WAVES, query)

    async def list_waves_selection(
        self, **query: Unpack[queries.ListWavesSelection]
    ) -> models.WaveSelectionList:
        """`list_waves` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_WAVES_SELECTION, {}, query)

    async def list_waves_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListWavesSelection],
    ) -> Content:
        """`list_waves` in another format."""
        return await self._ask_as(LIST_WAVES, format, {}, query)

    async def get_wave(self, id: str, **query: Unpack[queries.GetWaveQuery]) -> models.Wave:
        """Get one wave.

        One wave with all its claims, events and citations.

        As CSL-JSON, BibTeX, RIS or text it is a bibliography: the record itself with its
        revision, then the sources that it cites.
        """
        return await self._ask(
            GET_WAVE,
            {
                "id": id,
            },
            query,
        )

    async def get_wave_as(
        self,
        id: str,
        format: Literal["bibtex", "csl", "html", "markdown", "ris", "text"],
        **query: Unpack[queries.GetWaveQuery],
    ) -> Content:
        """`get_wave` in another format."""
        return await self._ask_as(
            GET_WAVE,
            format,
            {
                "id": id,
            },
            query,
        )

    async def get_wave_history(
        self, id: str, **query: Unpack[queries.GetWaveHistoryQuery]
    ) -> models.History:
        """Get the history of a wave.

        Every revision that changed the wave: when, and each field with its old and its new
        value.
        """
        return await self._ask(
            GET_WAVE_HISTORY,
            {
                "id": id,
            },
            query,
        )

    async def get_wave_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetWaveHistoryQuery],
    ) -> Content:
        """`get_wave_history` in another format."""
        return await self._ask_as(
            GET_WAVE_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    async def list_claims(self, **query: Unpack[queries.ListClaimsQuery]) -> models.ClaimList:
        """List claims.

        What one speaker says about a wave is one record; those of the newest wave come first.

        Parameters that are about claims (`kind`, `code`, `driver`, `speaker`, `stance`,
        `weight`, `role`, `effect`, `rank`, `standing`, `standing_only`, `evidence`, `source`,
        `conflicting`) must hold for one and the same claim; all others filter its wave.
        Deprecated claims are listed, too: `rank` leaves them out.
        """
        return await self._ask(LIST_CLAIMS, {}, query)

    def iter_claims(self, **query: Unpack[queries.ListClaimsQuery]) -> AsyncIterator[models.Claim]:
        """All records of `list_claims`, of one revision, page by page."""
        return self._walk(LIST_CLAIMS, query)

    async def list_claims_selection(
        self, **query: Unpack[queries.ListClaimsSelection]
    ) -> models.ClaimSelectionList:
        """`list_claims` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_CLAIMS_SELECTION, {}, query)

    async def list_claims_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListClaimsSelection],
    ) -> Content:
        """`list_claims` in another format."""
        return await self._ask_as(LIST_CLAIMS, format, {}, query)

    async def get_claim(self, id: str, **query: Unpack[queries.GetClaimQuery]) -> models.Claim:
        """Get one claim.

        One claim with its citations.

        Its id is the wave, the kind and a digest of what identifies it: what it is about, who
        says it, its figures and days. So it stays the same while wording, rank, notes and
        citations are edited, and a claim that says something else is another one.
        """
        return await self._ask(
            GET_CLAIM,
            {
                "id": id,
            },
            query,
        )

    async def get_claim_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetClaimQuery],
    ) -> Content:
        """`get_claim` in another format."""
        return await self._ask_as(
            GET_CLAIM,
            format,
            {
                "id": id,
            },
            query,
        )

    async def list_notices(self, **query: Unpack[queries.ListNoticesQuery]) -> models.NoticeList:
        """List notices.

        What employers filed with an authority about coming reductions, the latest notice first.
        Each is a record of its collection with its own licence and attribution; it is linked to
        a wave by company and date, and may be about the same jobs as the wave or others: never
        add the two.
        """
        return await self._ask(LIST_NOTICES, {}, query)

    def iter_notices(
        self, **query: Unpack[queries.ListNoticesQuery]
    ) -> AsyncIterator[models.Notice]:
        """All records of `list_notices`, of one revision, page by page."""
        return self._walk(LIST_NOTICES, query)

    async def list_notices_selection(
        self, **query: Unpack[queries.ListNoticesSelection]
    ) -> models.NoticeSelectionList:
        """`list_notices` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_NOTICES_SELECTION, {}, query)

    async def list_notices_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListNoticesSelection],
    ) -> Content:
        """`list_notices` in another format."""
        return await self._ask_as(LIST_NOTICES, format, {}, query)

    async def get_notice_statistics(
        self, **query: Unpack[queries.GetNoticeStatisticsQuery]
    ) -> models.NoticeStatistics:
        """Count notices.

        Counts and sums of notices by up to three dimensions; every filter of notices applies.

        Only notices that stand and may not repeat another one are counted, unless `status` or
        `possible_duplicate` say otherwise. Unknown values form a group of their own, with the
        key null; the groups add up to `meta.count`. Notices may be about the same jobs as waves:
        never add the two. `/v1/statistics?of=notices` answers the same, and draws it as a chart,
        too.
        """
        return await self._ask(GET_NOTICE_STATISTICS, {}, query)

    async def get_notice_statistics_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.GetNoticeStatisticsQuery],
    ) -> Content:
        """`get_notice_statistics` in another format."""
        return await self._ask_as(GET_NOTICE_STATISTICS, format, {}, query)

    async def get_notice(self, id: str, **query: Unpack[queries.GetNoticeQuery]) -> models.Notice:
        """Get one notice.

        One notice with its links and where it was taken from.
        """
        return await self._ask(
            GET_NOTICE,
            {
                "id": id,
            },
            query,
        )

    async def get_notice_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetNoticeQuery],
    ) -> Content:
        """`get_notice` in another format."""
        return await self._ask_as(
            GET_NOTICE,
            format,
            {
                "id": id,
            },
            query,
        )

    async def get_notice_history(
        self, id: str, **query: Unpack[queries.GetNoticeHistoryQuery]
    ) -> models.History:
        """Get the history of a notice.

        Every revision that changed the notice: when, and each field with old and new value.
        """
        return await self._ask(
            GET_NOTICE_HISTORY,
            {
                "id": id,
            },
            query,
        )

    async def get_notice_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetNoticeHistoryQuery],
    ) -> Content:
        """`get_notice_history` in another format."""
        return await self._ask_as(
            GET_NOTICE_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    async def compare_waves(self, **query: Unpack[queries.CompareWavesQuery]) -> models.Comparison:
        """Compare waves.

        2 to 10 waves side by side: a row per aspect, a cell per wave, each entry with citations.

        As CSV, Excel or Parquet it has a row per entry.
        """
        return await self._ask(COMPARE_WAVES, {}, query)

    async def compare_waves_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.CompareWavesQuery],
    ) -> Content:
        """`compare_waves` in another format."""
        return await self._ask_as(COMPARE_WAVES, format, {}, query)

    async def get_statistics(
        self, **query: Unpack[queries.GetStatisticsQuery]
    ) -> models.Statistics:
        """Count waves.

        Counts and sums by up to three dimensions; every filter of waves applies.

        Only canonical waves are counted unless `canonical` says otherwise, whatever their
        status: also waves that were only reported, or later withdrawn;
        `status_not=withdrawn,reported,rumoured` leaves those out. Unknown values form a group of
        their own, with the key null. If `meta.overlapping` is true, a wave may be in several
        groups; otherwise all groups add up to `meta.count`, and `meta.basis` says how many waves
        are in the groups of the answer.
        """
        return await self._ask(GET_STATISTICS, {}, query)

    async def get_statistics_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetStatisticsQuery],
    ) -> Content:
        """`get_statistics` in another format."""
        return await self._ask_as(GET_STATISTICS, format, {}, query)

    async def get_attribution(
        self, **query: Unpack[queries.GetAttributionQuery]
    ) -> models.Attribution:
        """Ascribe waves to a reason.

        How much is ascribed to a reason under every rule at once, with the waves behind each
        row.

        Published shares of a reason differ by an order of magnitude because they follow
        different rules. Here the rules stand side by side: the company states it as primary; it
        states it with any weight, also as mere context; a regulator, union or analyst says so;
        the press reports it; anyone mentions it, denials included. Each includes the ones above
        it. Beside them: the company denies it, and all waves.

        The jobs are those of whole waves, never of the reason. Every filter of waves applies.
        """
        return await self._ask(GET_ATTRIBUTION, {}, query)

    async def get_attribution_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetAttributionQuery],
    ) -> Content:
        """`get_attribution` in another format."""
        return await self._ask_as(GET_ATTRIBUTION, format, {}, query)

    async def get_timeline(self, **query: Unpack[queries.GetTimelineQuery]) -> models.TimelineList:
        """List what happens in a span.

        What happens to waves in a span of days, past and future, oldest first, each with
        citations.

        `from` and `to` are days, and both may be left out. A date that is not precise to the day
        is in every span that it overlaps. An answer without rows says how fresh the ledger is:
        see `meta.newest_event_on`. CSV has the same page, and `Link: rel="next"`.
        """
        return await self._ask(GET_TIMELINE, {}, query)

    def iter_timeline(
        self, **query: Unpack[queries.GetTimelineQuery]
    ) -> AsyncIterator[models.TimelineEntry]:
        """All records of `get_timeline`, of one revision, page by page."""
        return self._walk(GET_TIMELINE, query)

    async def get_timeline_as(
        self,
        format: Literal[
            "bibtex", "csl", "csv", "html", "markdown", "parquet", "ris", "text", "xlsx"
        ],
        **query: Unpack[queries.GetTimelineQuery],
    ) -> Content:
        """`get_timeline` in another format."""
        return await self._ask_as(GET_TIMELINE, format, {}, query)

    async def search(self, **query: Unpack[queries.SearchQuery]) -> models.SearchResults:
        """Search everything.

        Full text over names, identifiers, titles, statements and cited sources, best hits first.

        All words must occur, in any order; other English forms of a word count too, case and
        accents do not matter. A company with exactly this name comes first.
        """
        return await self._ask(SEARCH, {}, query)

    async def search_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.SearchQuery],
    ) -> Content:
        """`search` in another format."""
        return await self._ask_as(SEARCH, format, {}, query)

    async def list_companies(
        self, **query: Unpack[queries.ListCompaniesQuery]
    ) -> models.CompanyList:
        """List companies.

        Companies by name, each with identifiers, totals and a link to its waves.
        """
        return await self._ask(LIST_COMPANIES, {}, query)

    def iter_companies(
        self, **query: Unpack[queries.ListCompaniesQuery]
    ) -> AsyncIterator[models.Company]:
        """All records of `list_companies`, of one revision, page by page."""
        return self._walk(LIST_COMPANIES, query)

    async def list_companies_selection(
        self, **query: Unpack[queries.ListCompaniesSelection]
    ) -> models.CompanySelectionList:
        """`list_companies` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_COMPANIES_SELECTION, {}, query)

    async def list_companies_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListCompaniesSelection],
    ) -> Content:
        """`list_companies` in another format."""
        return await self._ask_as(LIST_COMPANIES, format, {}, query)

    async def autocomplete_companies(
        self, **query: Unpack[queries.AutocompleteCompaniesQuery]
    ) -> models.Suggestions:
        """Complete the name of a company.

        At most ten companies that may be meant by what has been typed so far.

        Exact names and identifiers come first, then names that begin with it, then other names
        and identifiers, then later words of names, and last similar spellings.
        """
        return await self._ask(AUTOCOMPLETE_COMPANIES, {}, query)

    async def get_company_by_identifier(
        self,
        scheme: Literal["cik", "lei", "wikidata", "ticker"],
        value: str,
        **query: Unpack[queries.GetCompanyByIdentifierQuery],
    ) -> models.Company:
        """Find a company by an identifier.

        Redirects (301) to the company that has the identifier, with the same parameters.
        """
        return await self._ask(
            GET_COMPANY_BY_IDENTIFIER,
            {
                "scheme": scheme,
                "value": value,
            },
            query,
        )

    async def get_company(
        self, id: str, **query: Unpack[queries.GetCompanyQuery]
    ) -> models.Company:
        """Get one company.

        One company with identifiers, totals and a link to its waves.
        """
        return await self._ask(
            GET_COMPANY,
            {
                "id": id,
            },
            query,
        )

    async def get_company_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyQuery],
    ) -> Content:
        """`get_company` in another format."""
        return await self._ask_as(
            GET_COMPANY,
            format,
            {
                "id": id,
            },
            query,
        )

    async def get_company_history(
        self, id: str, **query: Unpack[queries.GetCompanyHistoryQuery]
    ) -> models.History:
        """Get the history of a company.

        Every revision that changed the company or its totals: when, each field before and after.
        """
        return await self._ask(
            GET_COMPANY_HISTORY,
            {
                "id": id,
            },
            query,
        )

    async def get_company_history_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyHistoryQuery],
    ) -> Content:
        """`get_company_history` in another format."""
        return await self._ask_as(
            GET_COMPANY_HISTORY,
            format,
            {
                "id": id,
            },
            query,
        )

    async def get_company_indicators(
        self, id: str, **query: Unpack[queries.GetCompanyIndicatorsQuery]
    ) -> models.CompanyIndicators:
        """Get a company's indicators.

        Capital expenditure, employees and revenue per period, each cited, a series per
        definition.

        Guidance is kept apart from outcomes. `capital_expenditure_per_employee` is derived: a
        year's capital expenditure per person employed at its end.
        """
        return await self._ask(
            GET_COMPANY_INDICATORS,
            {
                "id": id,
            },
            query,
        )

    async def get_company_indicators_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "parquet", "xlsx"],
        **query: Unpack[queries.GetCompanyIndicatorsQuery],
    ) -> Content:
        """`get_company_indicators` in another format."""
        return await self._ask_as(
            GET_COMPANY_INDICATORS,
            format,
            {
                "id": id,
            },
            query,
        )

    async def list_indicators(
        self, **query: Unpack[queries.ListIndicatorsQuery]
    ) -> models.IndicatorList:
        """List indicators.

        Every figure of every company's series: capital expenditure, employees and revenue, each
        under one definition, with its citations. Fiscal years are marked.
        `rank=preferred&kind=outcome` gives one value for each period.
        """
        return await self._ask(LIST_INDICATORS, {}, query)

    def iter_indicators(
        self, **query: Unpack[queries.ListIndicatorsQuery]
    ) -> AsyncIterator[models.Indicator]:
        """All records of `list_indicators`, of one revision, page by page."""
        return self._walk(LIST_INDICATORS, query)

    async def list_indicators_selection(
        self, **query: Unpack[queries.ListIndicatorsSelection]
    ) -> models.IndicatorSelectionList:
        """`list_indicators` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_INDICATORS_SELECTION, {}, query)

    async def list_indicators_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.ListIndicatorsSelection],
    ) -> Content:
        """`list_indicators` in another format."""
        return await self._ask_as(LIST_INDICATORS, format, {}, query)

    async def get_indicator(
        self, id: str, **query: Unpack[queries.GetIndicatorQuery]
    ) -> models.Indicator:
        """Get one indicator.

        One figure of a company's series, with its citations.
        """
        return await self._ask(
            GET_INDICATOR,
            {
                "id": id,
            },
            query,
        )

    async def get_indicator_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetIndicatorQuery],
    ) -> Content:
        """`get_indicator` in another format."""
        return await self._ask_as(
            GET_INDICATOR,
            format,
            {
                "id": id,
            },
            query,
        )

    async def get_rebalancing(
        self, **query: Unpack[queries.GetRebalancingQuery]
    ) -> models.Rebalancing:
        """Compare capital expenditure with staff.

        Company by fiscal year: capital expenditure, its change, employees, and the cuts of the
        year.

        Each definition of capital expenditure has rows of its own, and names itself. Fiscal
        years that do not end on 31 December are marked. What is not known is null, and `gaps`
        says why.
        """
        return await self._ask(GET_REBALANCING, {}, query)

    async def get_rebalancing_as(
        self,
        format: Literal[
            "bibtex",
            "csl",
            "csv",
            "html",
            "markdown",
            "parquet",
            "png",
            "ris",
            "svg",
            "text",
            "vega",
            "xlsx",
        ],
        **query: Unpack[queries.GetRebalancingQuery],
    ) -> Content:
        """`get_rebalancing` in another format."""
        return await self._ask_as(GET_REBALANCING, format, {}, query)

    async def list_drivers(self, **query: Unpack[queries.ListDriversQuery]) -> models.DriverList:
        """List drivers.

        The taxonomy of reasons, with definitions, crosswalks and numbers of waves.
        """
        return await self._ask(LIST_DRIVERS, {}, query)

    def iter_drivers(
        self, **query: Unpack[queries.ListDriversQuery]
    ) -> AsyncIterator[models.Driver]:
        """All records of `list_drivers`, of one revision, page by page."""
        return self._walk(LIST_DRIVERS, query)

    async def list_drivers_selection(
        self, **query: Unpack[queries.ListDriversSelection]
    ) -> models.DriverSelectionList:
        """`list_drivers` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_DRIVERS_SELECTION, {}, query)

    async def list_drivers_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListDriversSelection],
    ) -> Content:
        """`list_drivers` in another format."""
        return await self._ask_as(LIST_DRIVERS, format, {}, query)

    async def get_driver(self, code: str, **query: Unpack[queries.GetDriverQuery]) -> models.Driver:
        """Get one driver.

        One driver with its definition, crosswalks and number of waves.
        """
        return await self._ask(
            GET_DRIVER,
            {
                "code": code,
            },
            query,
        )

    async def get_driver_as(
        self,
        code: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetDriverQuery],
    ) -> Content:
        """`get_driver` in another format."""
        return await self._ask_as(
            GET_DRIVER,
            format,
            {
                "code": code,
            },
            query,
        )

    async def list_roles(self, **query: Unpack[queries.ListRolesQuery]) -> models.RoleList:
        """List roles.

        The taxonomy of staff, with definitions, crosswalks and numbers of waves.
        """
        return await self._ask(LIST_ROLES, {}, query)

    def iter_roles(self, **query: Unpack[queries.ListRolesQuery]) -> AsyncIterator[models.Role]:
        """All records of `list_roles`, of one revision, page by page."""
        return self._walk(LIST_ROLES, query)

    async def list_roles_selection(
        self, **query: Unpack[queries.ListRolesSelection]
    ) -> models.RoleSelectionList:
        """`list_roles` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_ROLES_SELECTION, {}, query)

    async def list_roles_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListRolesSelection],
    ) -> Content:
        """`list_roles` in another format."""
        return await self._ask_as(LIST_ROLES, format, {}, query)

    async def get_role(self, code: str, **query: Unpack[queries.GetRoleQuery]) -> models.Role:
        """Get one role.

        One role with its definition, crosswalks and number of waves.
        """
        return await self._ask(
            GET_ROLE,
            {
                "code": code,
            },
            query,
        )

    async def get_role_as(
        self,
        code: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetRoleQuery],
    ) -> Content:
        """`get_role` in another format."""
        return await self._ask_as(
            GET_ROLE,
            format,
            {
                "code": code,
            },
            query,
        )

    async def list_sources(self, **query: Unpack[queries.ListSourcesQuery]) -> models.SourceList:
        """List sources.

        The latest publication comes first. Each source lists the claims that cite it.
        """
        return await self._ask(LIST_SOURCES, {}, query)

    def iter_sources(
        self, **query: Unpack[queries.ListSourcesQuery]
    ) -> AsyncIterator[models.Source]:
        """All records of `list_sources`, of one revision, page by page."""
        return self._walk(LIST_SOURCES, query)

    async def list_sources_selection(
        self, **query: Unpack[queries.ListSourcesSelection]
    ) -> models.SourceSelectionList:
        """`list_sources` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_SOURCES_SELECTION, {}, query)

    async def list_sources_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListSourcesSelection],
    ) -> Content:
        """`list_sources` in another format."""
        return await self._ask_as(LIST_SOURCES, format, {}, query)

    async def get_source(self, id: str, **query: Unpack[queries.GetSourceQuery]) -> models.Source:
        """Get one source.

        One source with the claims that cite it; also as CSL-JSON, BibTeX, RIS or text.
        """
        return await self._ask(
            GET_SOURCE,
            {
                "id": id,
            },
            query,
        )

    async def get_source_as(
        self,
        id: str,
        format: Literal["bibtex", "csl", "html", "markdown", "ris", "text"],
        **query: Unpack[queries.GetSourceQuery],
    ) -> Content:
        """`get_source` in another format."""
        return await self._ask_as(
            GET_SOURCE,
            format,
            {
                "id": id,
            },
            query,
        )

    async def list_collections(
        self, **query: Unpack[queries.ListCollectionsQuery]
    ) -> models.CollectionList:
        """List collections.

        Where records come from, and on what terms.
        """
        return await self._ask(LIST_COLLECTIONS, {}, query)

    def iter_collections(
        self, **query: Unpack[queries.ListCollectionsQuery]
    ) -> AsyncIterator[models.Collection]:
        """All records of `list_collections`, of one revision, page by page."""
        return self._walk(LIST_COLLECTIONS, query)

    async def list_collections_selection(
        self, **query: Unpack[queries.ListCollectionsSelection]
    ) -> models.CollectionSelectionList:
        """`list_collections` with the fields that `select` names; the others are UNSET."""
        return await self._ask(LIST_COLLECTIONS_SELECTION, {}, query)

    async def list_collections_as(
        self,
        format: Literal[
            "atom",
            "bibtex",
            "csl",
            "csv",
            "html",
            "jsonfeed",
            "markdown",
            "ndjson",
            "parquet",
            "ris",
            "text",
            "xlsx",
        ],
        **query: Unpack[queries.ListCollectionsSelection],
    ) -> Content:
        """`list_collections` in another format."""
        return await self._ask_as(LIST_COLLECTIONS, format, {}, query)

    async def get_collection(
        self, id: str, **query: Unpack[queries.GetCollectionQuery]
    ) -> models.Collection:
        """Get one collection.

        One collection with its licence and the number of its waves and notices.
        """
        return await self._ask(
            GET_COLLECTION,
            {
                "id": id,
            },
            query,
        )

    async def get_collection_as(
        self,
        id: str,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCollectionQuery],
    ) -> Content:
        """`get_collection` in another format."""
        return await self._ask_as(
            GET_COLLECTION,
            format,
            {
                "id": id,
            },
            query,
        )

    async def list_revisions(
        self, **query: Unpack[queries.ListRevisionsQuery]
    ) -> models.RevisionList:
        """List revisions.

        Every publication, with how much it changed and the digest of the ledger as of it.
        """
        return await self._ask(LIST_REVISIONS, {}, query)

    def iter_revisions(
        self, **query: Unpack[queries.ListRevisionsQuery]
    ) -> AsyncIterator[models.PublishedRevision]:
        """All records of `list_revisions`, of one revision, page by page."""
        return self._walk(LIST_REVISIONS, query)

    async def list_revisions_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.ListRevisionsQuery],
    ) -> Content:
        """`list_revisions` in another format."""
        return await self._ask_as(LIST_REVISIONS, format, {}, query)

    async def get_revision(
        self, number: int, **query: Unpack[queries.GetRevisionQuery]
    ) -> models.PublishedRevision:
        """Get one revision.

        One publication: when, how much it changed, and the digest of the ledger as of it.

        `/v1/revisions/latest` is the newest one.
        """
        return await self._ask(
            GET_REVISION,
            {
                "number": number,
            },
            query,
        )

    async def get_revision_as(
        self,
        number: int,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetRevisionQuery],
    ) -> Content:
        """`get_revision` in another format."""
        return await self._ask_as(
            GET_REVISION,
            format,
            {
                "number": number,
            },
            query,
        )

    async def list_changes(
        self, **query: Unpack[queries.ListChangesQuery]
    ) -> models.LedgerChangeList:
        """List changes.

        What changed after a revision, oldest first: replayed from 0 it gives the present state.

        To keep a copy: read all pages with `since`, store each document, and delete those that
        were withdrawn; next time, ask with `since=` the `meta.revision` that you have reached.
        Atom and JSON Feed have the newest change first, without documents, and without drivers,
        roles and collections unless `resource` asks for them.
        """
        return await self._ask(LIST_CHANGES, {}, query)

    def iter_changes(
        self, **query: Unpack[queries.ListChangesQuery]
    ) -> AsyncIterator[models.LedgerChange]:
        """All records of `list_changes`, of one revision, page by page."""
        return self._walk(LIST_CHANGES, query)

    async def list_changes_as(
        self,
        format: Literal["atom", "csv", "html", "jsonfeed", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.ListChangesQuery],
    ) -> Content:
        """`list_changes` in another format."""
        return await self._ask_as(LIST_CHANGES, format, {}, query)

    async def list_exports(self, **query: Unpack[queries.ListExportsQuery]) -> models.Exports:
        """List bulk exports.

        The files of the newest revision, and the address of those of every other one.

        An export is made when it is first asked for. That takes a moment, and meanwhile the
        answer is 503 with `Retry-After`.
        """
        return await self._ask(LIST_EXPORTS, {}, query)

    async def list_exports_as(
        self, format: Literal["html", "markdown"], **query: Unpack[queries.ListExportsQuery]
    ) -> Content:
        """`list_exports` in another format."""
        return await self._ask_as(LIST_EXPORTS, format, {}, query)

    async def get_export(self, revision: int) -> models.Export:
        """Get a bulk export.

        The files of one revision with their sizes and SHA-256: tables as CSV, NDJSON and
        Parquet.

        `latest` instead of a number means the newest revision, also in the address of a file;
        cite the number. Each file is at its `url`. A revision never changes, but a later version
        of the service may write its files with other bytes: `ETag` is the SHA-256. A download
        can be resumed: `Range`, `If-Range` and `If-None-Match` are understood.
        """
        return await self._ask(
            GET_EXPORT,
            {
                "revision": revision,
            },
            {},
        )

    async def get_export_as(self, revision: int, format: Literal["html", "markdown"]) -> Content:
        """`get_export` in another format."""
        return await self._ask_as(
            GET_EXPORT,
            format,
            {
                "revision": revision,
            },
            {},
        )

    async def get_export_file(self, revision: int, file: str) -> bytes:
        """Get a file of a bulk export.

        A file of an export, or the part of it that `Range` asks for (206).

        `ETag` is the SHA-256; with it, `If-Range` resumes a download and `If-None-Match` avoids
        one.
        """
        return await self._ask(
            GET_EXPORT_FILE,
            {
                "revision": revision,
                "file": file,
            },
            {},
        )

    async def get_coverage(self, **query: Unpack[queries.GetCoverageQuery]) -> models.Coverage:
        """How complete is the ledger?.

        Waves per year, which waves have what, evidence grades, how fresh it is.

        Read it before you count: the ledger has what was curated, not everything that happened.
        As a table it has a row per count, such as the notices of a jurisdiction that have an
        effective date.
        """
        return await self._ask(GET_COVERAGE, {}, query)

    async def get_coverage_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetCoverageQuery],
    ) -> Content:
        """`get_coverage` in another format."""
        return await self._ask_as(GET_COVERAGE, format, {}, query)

    async def get_dictionary(
        self, **query: Unpack[queries.GetDictionaryQuery]
    ) -> models.Dictionary:
        """What does each field mean?.

        Every field of every resource: type, meaning, how often it is null, an example.
        """
        return await self._ask(GET_DICTIONARY, {}, query)

    async def get_dictionary_as(
        self,
        format: Literal["csv", "html", "markdown", "ndjson", "parquet", "xlsx"],
        **query: Unpack[queries.GetDictionaryQuery],
    ) -> Content:
        """`get_dictionary` in another format."""
        return await self._ask_as(GET_DICTIONARY, format, {}, query)

    async def get_liveness(self) -> models.Health:
        """Is the process alive?.

        Always ok while the process runs; the database is not asked.
        """
        return await self._ask(GET_LIVENESS, {}, {})

    async def get_readiness(self) -> models.Health:
        """Can it answer?.

        Ok if the database answers and something is published; otherwise a problem with 503.

        Anything that only publishers notice is a warning: a service that answers is ready.
        """
        return await self._ask(GET_READINESS, {}, {})
