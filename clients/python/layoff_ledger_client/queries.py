"""What the operations take: a TypedDict of the parameters of each.

Made of the contract by generate_client.py; an edit here is lost.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Literal, Required, TypeAlias, TypedDict, TypeVar

_T = TypeVar("_T")

OneOrMore: TypeAlias = _T | Sequence[_T]
Day: TypeAlias = datetime.date | str
"""A day; as text also a month, quarter or year: `2023-06`, `2023-Q2`, `2023`."""

AsOf: TypeAlias = int | datetime.date | str
"""A revision, or a day that is over."""

AttributionBy = Literal["company", "company_country", "industry", "month", "quarter", "year"]
AttributionMeasure = Literal[
    "companies",
    "headcount_affected",
    "headcount_gross",
    "headcount_net",
    "headcount_unstated",
    "share_of_companies",
    "share_of_headcount_affected",
    "share_of_headcount_gross",
    "share_of_headcount_net",
    "share_of_headcount_unstated",
    "share_of_waves",
    "waves",
]
AttributionNumbers = Literal["apostrophe", "comma", "point", "space"]
AttributionTheme = Literal["dark", "light"]
Axis = Literal["function", "level", "unit"]
Change = Literal["added", "changed", "withdrawn"]
ClaimKind = Literal["context", "driver", "event", "form", "magnitude", "role", "scope"]
ClaimSelect = Literal[
    "announced_on",
    "announced_precision",
    "base",
    "canonical",
    "citations",
    "code",
    "company",
    "company_name",
    "conflicts_with",
    "contractors_included",
    "countries",
    "counts",
    "cumulative",
    "dated_on",
    "dated_precision",
    "dated_until",
    "driver_groups",
    "effect",
    "forms",
    "fragment",
    "high",
    "id",
    "includes",
    "increment",
    "kind",
    "label",
    "low",
    "note",
    "qualifier",
    "rank",
    "revision",
    "sites",
    "speaker",
    "stance",
    "statement",
    "subdivisions",
    "units",
    "url",
    "wave",
    "weight",
    "wording",
    "worldwide",
]
ClaimSort = Literal["-announced_on", "-dated_on", "-id", "announced_on", "dated_on", "id"]
CollectionSelect = Literal[
    "attribution",
    "description",
    "id",
    "license",
    "missing",
    "name",
    "notices",
    "origin",
    "retrieved_on",
    "retrieved_precision",
    "revision",
    "url",
    "waves",
    "waves_url",
]
CollectionSort = Literal["-id", "-waves", "id", "waves"]
CompanySelect = Literal[
    "aliases",
    "country",
    "former_names",
    "id",
    "identifiers",
    "industry",
    "legal_name",
    "name",
    "note",
    "parent",
    "revision",
    "totals",
    "url",
    "waves_url",
]
CompanySort = Literal[
    "-headcount", "-id", "-name", "-relevance", "-waves", "headcount", "id", "name", "waves"
]
CountMode = Literal["exact", "none"]
Counted = Literal["gross", "net", "affected", "unstated"]
DriverSelect = Literal[
    "code", "crosswalks", "definition", "group", "label", "revision", "url", "waves", "waves_url"
]
DriverSort = Literal["-code", "-relevance", "-waves", "code", "waves"]
Effect = Literal["cut", "spared", "hired"]
Evidence = Literal["excerpt_read", "url_listed", "filing"]
IndicatorFrequency = Literal["day", "other", "quarter", "year"]
IndicatorKind = Literal["outcome", "guidance"]
IndicatorNumbers = Literal["apostrophe", "comma", "point", "space"]
IndicatorSelect = Literal[
    "citations",
    "company",
    "company_name",
    "definition",
    "frequency",
    "high",
    "id",
    "is_calendar_year",
    "kind",
    "low",
    "metric",
    "note",
    "period_end",
    "period_start",
    "precision",
    "qualifier",
    "rank",
    "revision",
    "series",
    "series_note",
    "stated_on",
    "unit",
    "url",
    "year",
]
IndicatorSort = Literal["-id", "-period_end", "id", "period_end", "series"]
IndicatorTheme = Literal["dark", "light"]
LedgerChangeResource = Literal[
    "collection", "company", "company_indicators", "driver", "notice", "role", "source", "wave"
]
Metric = Literal["capital_expenditure", "employees", "revenue"]
NoticeSelect = Literal[
    "address",
    "amended",
    "attribution",
    "authority",
    "collection",
    "company",
    "county",
    "county_code",
    "effective_from",
    "effective_to",
    "employer",
    "first_seen_on",
    "flags",
    "id",
    "identifiers",
    "industry",
    "jobs",
    "jurisdiction",
    "kind",
    "last_seen_on",
    "license",
    "naics",
    "notice_on",
    "occupations",
    "place",
    "received_on",
    "relations",
    "revision",
    "source",
    "stated_cause",
    "status",
    "temporary",
    "url",
    "wave",
]
NoticeSort = Literal[
    "-effective_on",
    "-id",
    "-jobs",
    "-notice_on",
    "-relevance",
    "effective_on",
    "id",
    "jobs",
    "notice_on",
]
NoticeStatisticsDate = Literal["effective", "notice", "received"]
NoticeStatisticsGroupBy = Literal[
    "collection",
    "company",
    "county",
    "industry",
    "jurisdiction",
    "kind",
    "month",
    "quarter",
    "status",
    "wave",
    "week",
    "year",
]
NoticeStatisticsSort = Literal["-jobs_low", "-notices", "key"]
Rank = Literal["preferred", "normal", "deprecated"]
RebalancingNumbers = Literal["apostrophe", "comma", "point", "space"]
RebalancingTheme = Literal["dark", "light"]
RevisionSort = Literal["-number", "number"]
RoleSelect = Literal[
    "axis",
    "code",
    "crosswalks",
    "definition",
    "label",
    "revision",
    "synonyms",
    "url",
    "waves",
    "waves_url",
]
RoleSort = Literal["-code", "-relevance", "-waves", "code", "waves"]
SearchResultsKind = Literal["company", "driver", "notice", "role", "source", "wave"]
ShareOf = Literal["company", "part"]
SourceSelect = Literal[
    "archived_url",
    "author",
    "id",
    "kind",
    "language",
    "note",
    "original_publisher",
    "published_on",
    "published_precision",
    "publisher",
    "record_url",
    "retrieved_on",
    "retrieved_precision",
    "revision",
    "standing",
    "supports",
    "title",
    "url",
]
SourceSort = Literal[
    "-id", "-published_on", "-publisher", "-relevance", "id", "published_on", "publisher"
]
Speaker = Literal["company", "press", "analyst", "regulator", "union"]
Stance = Literal["states", "reports", "denies"]
Standing = Literal["primary", "established", "republication", "secondary", "machine_summary"]
StatisticsGroupBy = Literal[
    "collection",
    "company",
    "company_country",
    "country",
    "driver",
    "driver_group",
    "form",
    "industry",
    "month",
    "quarter",
    "role",
    "role_axis",
    "size_band",
    "speaker",
    "status",
    "subdivision",
    "week",
    "year",
]
StatisticsMeasure = Literal[
    "companies",
    "headcount",
    "headcount_affected",
    "headcount_gross",
    "headcount_median",
    "headcount_net",
    "headcount_stated",
    "headcount_unstated",
    "jobs",
    "notices",
    "share_median",
    "waves",
]
StatisticsNumbers = Literal["apostrophe", "comma", "point", "space"]
StatisticsSort = Literal[
    "-busiest_waves",
    "-headcount_low",
    "-headcount_median",
    "-headcount_stated_low",
    "-share_median",
    "-waves",
    "key",
]
StatisticsTheme = Literal["dark", "light"]
WaveExpand = Literal["company", "sources"]
WaveSelect = Literal[
    "announced_on",
    "announced_precision",
    "canonical",
    "citations",
    "collection",
    "company",
    "context",
    "drivers",
    "events",
    "form_citations",
    "forms",
    "headcount",
    "id",
    "magnitudes",
    "note",
    "notices",
    "notices_url",
    "relations",
    "revision",
    "roles",
    "scope",
    "share",
    "status",
    "title",
    "url",
]
WaveSort = Literal[
    "-announced_on",
    "-headcount",
    "-id",
    "-relevance",
    "-share",
    "announced_on",
    "headcount",
    "id",
    "share",
]
Weight = Literal["primary", "contributing", "context"]


class ListWavesQuery(TypedDict, total=False):
    """What `list_waves` takes."""

    company: OneOrMore[str]
    """Only these companies' waves, by id."""

    company_not: OneOrMore[str]
    """Leave out these companies' waves."""

    id: OneOrMore[str]
    """Only these waves, by id: up to 100 in one request."""

    driver: OneOrMore[str]
    """Only waves for which somebody gives one of these drivers. Denials do not count, unless
    `stance` asks for them. With `driver_group` as well, there must be a claim for each. Of
    `driver` (or `driver_group`), `speaker`, `stance`, `weight` and `standing`, all that are
    given must match one and the same claim.
    """

    driver_not: OneOrMore[str]
    """Leave out waves for which somebody gives one of these drivers."""

    driver_group: OneOrMore[str]
    """Only waves for which somebody gives a driver of one of these groups, or of an umbrella
    over them: `ai` is ai_automation, ai_disruption and ai_investment. Of `driver` (or
    `driver_group`), `speaker`, `stance`, `weight` and `standing`, all that are given must match
    one and the same claim.
    """

    speaker: OneOrMore[Speaker]
    """Only waves with a driver claim by one of these speakers. Claims of any weight count, even
    mere context, unless `weight` says otherwise. For anything else that a speaker says, such as
    a figure of a union, ask `/v1/claims?speaker=union`. Of `driver` (or `driver_group`),
    `speaker`, `stance`, `weight` and `standing`, all that are given must match one and the same
    claim.
    """

    stance: OneOrMore[Stance]
    """Only waves with a driver claim of one of these stances. Claims of any weight count, even
    mere context, unless `weight` says otherwise. Of `driver` (or `driver_group`), `speaker`,
    `stance`, `weight` and `standing`, all that are given must match one and the same claim.
    """

    weight: OneOrMore[Weight]
    """Only waves with a driver claim of one of these weights: `primary,contributing` are
    reasons, `context` is what is mentioned beside them. Of `driver` (or `driver_group`),
    `speaker`, `stance`, `weight` and `standing`, all that are given must match one and the same
    claim.
    """

    standing: OneOrMore[Standing]
    """Only claims that a source of one of these standings supports: the driver claim of
    `driver`, `speaker`, `stance` or `weight`, the role claim of `role` or `effect`, else any
    claim of the wave.
    """

    role: OneOrMore[str]
    """Only waves with one of these roles: among the cut ones, unless `effect` says otherwise."""

    role_not: OneOrMore[str]
    """Leave out waves that cut one of these roles."""

    effect: OneOrMore[Effect]
    """What happens to the roles of `role`; one and the same claim must match."""

    industry: OneOrMore[str]
    """Only waves of companies of these NAICS 2022 sectors."""

    country: OneOrMore[str]
    """Only waves whose scope names one of these countries."""

    country_not: OneOrMore[str]
    """Leave out waves whose scope names one of these countries."""

    subdivision: OneOrMore[str]
    """Only waves whose scope names one of these subdivisions, ISO 3166-2."""

    company_country: OneOrMore[str]
    """Only waves of companies with their seat in one of these countries."""

    status: OneOrMore[str]
    """Only waves of these statuses."""

    status_not: OneOrMore[str]
    """Leave out waves of these statuses."""

    form: OneOrMore[str]
    """Only waves whose jobs are cut in one of these ways."""

    collection: OneOrMore[str]
    """Only waves of these collections."""

    source: OneOrMore[str]
    """Only waves that cite one of these sources, by id."""

    announced: OneOrMore[Day]
    """Announced in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15. A less precise date counts by its first day.
    """

    announced_gte: Day
    """Announced on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    announced_lte: Day
    """Announced on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    headcount_gte: int
    """At least this many jobs for certain (by the lower bound)."""

    headcount_lte: int
    """At most this many jobs for certain (by the upper bound)."""

    share_gte: float
    """At least this share for certain (by the lower bound). Includes shares of a part of the
    company, unless `share_of` says otherwise.
    """

    share_lte: float
    """At most this share for certain (by the upper bound)."""

    share_of: OneOrMore[ShareOf]
    """Only waves whose share is of the whole company (company), or of what its `base` names: a
    plant, a country, a group of staff, two companies together (part).
    """

    counts: OneOrMore[Counted]
    """Only waves whose headcount counts posts cut (gross), the change of headcount (net), posts
    that may be moved (affected), or where it is not said (unstated).
    """

    headcount_known: bool
    """Only waves whose headcount is known (true) or not (false)."""

    canonical: OneOrMore[bool]
    """Only waves that statistics count (true), only parts, copies and superseded reports
    (false), or both (true,false).
    """

    has_notices: bool
    """Only waves with linked notices of employers (true), or without (false). A wave may have
    none because the notices of its place are not here: see /v1/coverage.
    """

    expand: OneOrMore[WaveExpand]
    """Adds whole records to each wave, under `expanded`: its company, the sources that it cites.
    CSV and citations leave them out.
    """

    sort: WaveSort
    """Order; `-` is descending, unknown comes last, `id` breaks ties. `share` is of whole
    companies, by its lower bound. `-relevance` only together with `q`. `-announced_on` if it is
    not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListWavesSelection(ListWavesQuery, total=False):
    """What `list_waves` takes, with the fields to answer."""

    select: OneOrMore[WaveSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetWaveQuery(TypedDict, total=False):
    """What `get_wave` takes."""

    expand: OneOrMore[WaveExpand]
    """Adds whole records to each wave, under `expanded`: its company, the sources that it cites.
    CSV and citations leave them out.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetWaveHistoryQuery(TypedDict, total=False):
    """What `get_wave_history` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListClaimsQuery(TypedDict, total=False):
    """What `list_claims` takes."""

    company: OneOrMore[str]
    """Only these companies' waves, by id."""

    company_not: OneOrMore[str]
    """Leave out these companies' waves."""

    id: OneOrMore[str]
    """Only these claims, by id: up to 100 in one request."""

    driver: OneOrMore[str]
    """Only claims about one of these drivers, denials included: see `stance`."""

    driver_not: OneOrMore[str]
    """Leave out waves for which somebody gives one of these drivers."""

    driver_group: OneOrMore[str]
    """Only claims about a driver of one of these groups, or of an umbrella over them such as
    `ai`; denials included.
    """

    speaker: OneOrMore[Speaker]
    """Only claims by one of these speakers."""

    stance: OneOrMore[Stance]
    """Only driver claims of one of these stances, of any weight; see `weight`."""

    weight: OneOrMore[Weight]
    """Only driver claims of one of these weights: `primary,contributing` are reasons, `context`
    is what is mentioned beside them.
    """

    standing: OneOrMore[Standing]
    """Only claims that at least one source of one of these standings supports."""

    role: OneOrMore[str]
    """Only claims about one of these roles: see `effect`."""

    role_not: OneOrMore[str]
    """Leave out waves that cut one of these roles."""

    effect: OneOrMore[Effect]
    """Only role claims of one of these effects."""

    industry: OneOrMore[str]
    """Only waves of companies of these NAICS 2022 sectors."""

    country: OneOrMore[str]
    """Only waves whose scope names one of these countries."""

    country_not: OneOrMore[str]
    """Leave out waves whose scope names one of these countries."""

    subdivision: OneOrMore[str]
    """Only waves whose scope names one of these subdivisions, ISO 3166-2."""

    company_country: OneOrMore[str]
    """Only waves of companies with their seat in one of these countries."""

    status: OneOrMore[str]
    """Only waves of these statuses."""

    status_not: OneOrMore[str]
    """Leave out waves of these statuses."""

    form: OneOrMore[str]
    """Only waves whose jobs are cut in one of these ways."""

    collection: OneOrMore[str]
    """Only waves of these collections."""

    source: OneOrMore[str]
    """Only claims that cite one of these sources, by id."""

    announced: OneOrMore[Day]
    """Announced in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15. A less precise date counts by its first day.
    """

    announced_gte: Day
    """Announced on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    announced_lte: Day
    """Announced on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    headcount_gte: int
    """At least this many jobs for certain (by the lower bound)."""

    headcount_lte: int
    """At most this many jobs for certain (by the upper bound)."""

    share_gte: float
    """At least this share for certain (by the lower bound). Includes shares of a part of the
    company, unless `share_of` says otherwise.
    """

    share_lte: float
    """At most this share for certain (by the upper bound)."""

    share_of: OneOrMore[ShareOf]
    """Only waves whose share is of the whole company (company), or of what its `base` names: a
    plant, a country, a group of staff, two companies together (part).
    """

    counts: OneOrMore[Counted]
    """Only waves whose headcount counts posts cut (gross), the change of headcount (net), posts
    that may be moved (affected), or where it is not said (unstated).
    """

    headcount_known: bool
    """Only waves whose headcount is known (true) or not (false)."""

    canonical: OneOrMore[bool]
    """Only waves that statistics count (true), only parts, copies and superseded reports
    (false), or both (true,false).
    """

    has_notices: bool
    """Only waves with linked notices of employers (true), or without (false). A wave may have
    none because the notices of its place are not here: see /v1/coverage.
    """

    wave: OneOrMore[str]
    """Only claims about these waves, by id."""

    kind: OneOrMore[ClaimKind]
    """Only claims of these kinds."""

    code: OneOrMore[str]
    """Only claims with one of these codes: of a driver, a role, a measure, a status or an aspect
    of context.
    """

    rank: OneOrMore[Rank]
    """Only claims of one of these ranks."""

    standing_only: OneOrMore[Standing]
    """Only claims all of whose sources have one of these standings: `primary` gives what rests
    on nothing but primary sources.
    """

    evidence: OneOrMore[Evidence]
    """Only claims with a citation of one of these grades."""

    conflicting: bool
    """Only figures with which another figure of the same wave disagrees (true), or all other
    claims (false). Such figures have the same measure, base and places, neither is deprecated,
    no two known days, ways to count or scopes differ, and their bounds do not meet. Both are
    shown: `conflicts_with` has the other.
    """

    dated_gte: Day
    """Only events on this day or later, and figures stated on it or later; a month, a quarter or
    a year (2023-06, 2023-Q2, 2023) counts from its first day.
    """

    dated_lte: Day
    """Only events that begin on this day or earlier, figures likewise; a month, a quarter or a
    year (2023-06, 2023-Q2, 2023) counts to its last day.
    """

    sort: ClaimSort
    """Order; `-` is descending, unknown comes last, `id` breaks ties. `announced_on` is the
    wave's. `-announced_on` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only claims about waves that have all of these words somewhere, as `/v1/search?kind=wave`
    finds them: the claims themselves need not have them.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListClaimsSelection(ListClaimsQuery, total=False):
    """What `list_claims` takes, with the fields to answer."""

    select: OneOrMore[ClaimSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetClaimQuery(TypedDict, total=False):
    """What `get_claim` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListNoticesQuery(TypedDict, total=False):
    """What `list_notices` takes."""

    jurisdiction: OneOrMore[str]
    """Only notices filed in these jurisdictions, ISO 3166-2."""

    county: OneOrMore[str]
    """Only sites in these counties, by code: FIPS in the United States."""

    company: OneOrMore[str]
    """Only notices that are linked to these companies, by id."""

    wave: OneOrMore[str]
    """Only notices that are linked to these waves, by id."""

    id: OneOrMore[str]
    """Only these notices, by id: up to 100 in one request."""

    linked: bool
    """Only notices that are linked to a company of the ledger (true), or to none (false)."""

    has_wave: bool
    """Only notices that are linked to a wave of the ledger (true), or to none (false): a company
    may file notices for cuts that are not in the ledger.
    """

    kind: OneOrMore[str]
    """Only of these kinds: closure, mass_layoff, unknown."""

    temporary: bool
    """Only reductions that are said to be temporary (true) or not (false)."""

    status: OneOrMore[str]
    """Only of these statuses: filed, amended, superseded, rescinded."""

    status_not: OneOrMore[str]
    """Leave out notices of these statuses. `superseded,rescinded` keeps those that still stand."""

    possible_duplicate: OneOrMore[bool]
    """Only notices that may repeat an earlier one (true), that do not (false), or both
    (true,false).
    """

    counted: bool
    """Only notices that statistics count (true): neither superseded nor rescinded, and none that
    may repeat an earlier one; or all others (false).
    """

    industry: OneOrMore[str]
    """Only employers of these NAICS 2022 sectors."""

    collection: OneOrMore[str]
    """Only notices of these collections."""

    notice: OneOrMore[Day]
    """Date of the notice in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06
    or 2023-06-15.
    """

    notice_gte: Day
    """Date of the notice: this day or later; a month, a quarter or a year (2023-06, 2023-Q2,
    2023) counts from its first day.
    """

    notice_lte: Day
    """Date of the notice: this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2,
    2023) counts to its last day.
    """

    received: OneOrMore[Day]
    """Received in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15.
    """

    received_gte: Day
    """Received on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    received_lte: Day
    """Received on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    effective: OneOrMore[Day]
    """Takes effect in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15.
    """

    effective_gte: Day
    """Takes effect on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    effective_lte: Day
    """Takes effect on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    jobs_gte: int
    """At least this many jobs (by the lower bound)."""

    jobs_lte: int
    """At most this many jobs (by the upper bound)."""

    jobs_known: bool
    """Only notices whose jobs are known (true) or not (false)."""

    flag: OneOrMore[str]
    """Only notices with one of these flags."""

    flag_not: OneOrMore[str]
    """Leave out notices with one of these flags."""

    amended: bool
    """Only notices that amend another or were amended (true), or neither (false)."""

    sort: NoticeSort
    """Order; `-` is descending, unknown comes last, `id` breaks ties. `-relevance` only together
    with `q`. `-notice_on` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListNoticesSelection(ListNoticesQuery, total=False):
    """What `list_notices` takes, with the fields to answer."""

    select: OneOrMore[NoticeSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetNoticeStatisticsQuery(TypedDict, total=False):
    """What `get_notice_statistics` takes."""

    jurisdiction: OneOrMore[str]
    """Only notices filed in these jurisdictions, ISO 3166-2."""

    county: OneOrMore[str]
    """Only sites in these counties, by code: FIPS in the United States."""

    company: OneOrMore[str]
    """Only notices that are linked to these companies, by id."""

    wave: OneOrMore[str]
    """Only notices that are linked to these waves, by id."""

    id: OneOrMore[str]
    """Only these notices, by id: up to 100 in one request."""

    linked: bool
    """Only notices that are linked to a company of the ledger (true), or to none (false)."""

    has_wave: bool
    """Only notices that are linked to a wave of the ledger (true), or to none (false): a company
    may file notices for cuts that are not in the ledger.
    """

    kind: OneOrMore[str]
    """Only of these kinds: closure, mass_layoff, unknown."""

    temporary: bool
    """Only reductions that are said to be temporary (true) or not (false)."""

    status: OneOrMore[str]
    """Only of these statuses; filed and amended if it is not given: the jobs of superseded and
    rescinded notices no longer stand.
    """

    status_not: OneOrMore[str]
    """Leave out notices of these statuses. `superseded,rescinded` keeps those that still stand."""

    possible_duplicate: OneOrMore[bool]
    """Of notices: those that may repeat an earlier one (true), that do not (false, the default),
    or both (true,false).
    """

    counted: bool
    """Only notices that statistics count (true): neither superseded nor rescinded, and none that
    may repeat an earlier one; or all others (false).
    """

    industry: OneOrMore[str]
    """Only employers of these NAICS 2022 sectors."""

    collection: OneOrMore[str]
    """Only notices of these collections."""

    notice: OneOrMore[Day]
    """Date of the notice in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06
    or 2023-06-15.
    """

    notice_gte: Day
    """Date of the notice: this day or later; a month, a quarter or a year (2023-06, 2023-Q2,
    2023) counts from its first day.
    """

    notice_lte: Day
    """Date of the notice: this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2,
    2023) counts to its last day.
    """

    received: OneOrMore[Day]
    """Received in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15.
    """

    received_gte: Day
    """Received on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    received_lte: Day
    """Received on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    effective: OneOrMore[Day]
    """Takes effect in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15.
    """

    effective_gte: Day
    """Takes effect on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    effective_lte: Day
    """Takes effect on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    jobs_gte: int
    """At least this many jobs (by the lower bound)."""

    jobs_lte: int
    """At most this many jobs (by the upper bound)."""

    jobs_known: bool
    """Only notices whose jobs are known (true) or not (false)."""

    flag: OneOrMore[str]
    """Only notices with one of these flags."""

    flag_not: OneOrMore[str]
    """Leave out notices with one of these flags."""

    amended: bool
    """Only notices that amend another or were amended (true), or neither (false)."""

    group_by: Required[OneOrMore[NoticeStatisticsGroupBy]]
    """One to three dimensions."""

    of: Literal["notices"]
    """What is counted. `notices` if it is not given."""

    date: NoticeStatisticsDate
    """Of notices: by which date they fall into a year, a quarter, a month or a week: the one of
    the notice, on which it takes effect, or on which the authority received it. One whose date
    is unknown is in the group of the unknown. `notice` if it is not given.
    """

    sort: NoticeStatisticsSort
    """Order of the groups; unknown keys come last, keys break ties. `key` if it is not given."""

    fill: bool
    """Adds the spans without a notice between the first and the last one, for each value of the
    other dimensions; such groups are marked `filled`. Needs one dimension of time. `false` if it
    is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    limit: int
    """Maximum number of groups; `meta.groups` has the total. `1000` if it is not given."""

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetNoticeQuery(TypedDict, total=False):
    """What `get_notice` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetNoticeHistoryQuery(TypedDict, total=False):
    """What `get_notice_history` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class CompareWavesQuery(TypedDict, total=False):
    """What `compare_waves` takes."""

    wave: Required[OneOrMore[str]]
    """2 to 10 ids of waves, in the order of the columns, each once."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetStatisticsQuery(TypedDict, total=False):
    """What `get_statistics` takes."""

    company: OneOrMore[str]
    """Only these companies' waves, by id."""

    company_not: OneOrMore[str]
    """Leave out these companies' waves."""

    id: OneOrMore[str]
    """Only these waves, by id: up to 100 in one request."""

    driver: OneOrMore[str]
    """Only waves for which somebody gives one of these drivers. Denials do not count, unless
    `stance` asks for them. With `driver_group` as well, there must be a claim for each. Of
    `driver` (or `driver_group`), `speaker`, `stance`, `weight` and `standing`, all that are
    given must match one and the same claim.
    """

    driver_not: OneOrMore[str]
    """Leave out waves for which somebody gives one of these drivers."""

    driver_group: OneOrMore[str]
    """Only waves for which somebody gives a driver of one of these groups, or of an umbrella
    over them: `ai` is ai_automation, ai_disruption and ai_investment. Of `driver` (or
    `driver_group`), `speaker`, `stance`, `weight` and `standing`, all that are given must match
    one and the same claim.
    """

    speaker: OneOrMore[Speaker]
    """Only waves with a driver claim by one of these speakers. Claims of any weight count, even
    mere context, unless `weight` says otherwise. For anything else that a speaker says, such as
    a figure of a union, ask `/v1/claims?speaker=union`. Of `driver` (or `driver_group`),
    `speaker`, `stance`, `weight` and `standing`, all that are given must match one and the same
    claim.
    """

    stance: OneOrMore[Stance]
    """Only waves with a driver claim of one of these stances. Claims of any weight count, even
    mere context, unless `weight` says otherwise. Of `driver` (or `driver_group`), `speaker`,
    `stance`, `weight` and `standing`, all that are given must match one and the same claim.
    """

    weight: OneOrMore[Weight]
    """Only waves with a driver claim of one of these weights: `primary,contributing` are
    reasons, `context` is what is mentioned beside them. Of `driver` (or `driver_group`),
    `speaker`, `stance`, `weight` and `standing`, all that are given must match one and the same
    claim.
    """

    standing: OneOrMore[Standing]
    """Only claims that a source of one of these standings supports: the driver claim of
    `driver`, `speaker`, `stance` or `weight`, the role claim of `role` or `effect`, else any
    claim of the wave.
    """

    role: OneOrMore[str]
    """Only waves with one of these roles: among the cut ones, unless `effect` says otherwise."""

    role_not: OneOrMore[str]
    """Leave out waves that cut one of these roles."""

    effect: OneOrMore[Effect]
    """What happens to the roles of `role`; one and the same claim must match."""

    industry: OneOrMore[str]
    """Only waves of companies of these NAICS 2022 sectors."""

    country: OneOrMore[str]
    """Only waves whose scope names one of these countries."""

    country_not: OneOrMore[str]
    """Leave out waves whose scope names one of these countries."""

    subdivision: OneOrMore[str]
    """Only waves whose scope names one of these subdivisions, ISO 3166-2."""

    company_country: OneOrMore[str]
    """Only waves of companies with their seat in one of these countries."""

    status: OneOrMore[str]
    """Only waves of these statuses."""

    status_not: OneOrMore[str]
    """Leave out waves of these statuses."""

    form: OneOrMore[str]
    """Only waves whose jobs are cut in one of these ways."""

    collection: OneOrMore[str]
    """Only waves of these collections."""

    source: OneOrMore[str]
    """Only waves that cite one of these sources, by id."""

    announced: OneOrMore[Day]
    """Announced in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15. A less precise date counts by its first day.
    """

    announced_gte: Day
    """Announced on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    announced_lte: Day
    """Announced on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    headcount_gte: int
    """At least this many jobs for certain (by the lower bound)."""

    headcount_lte: int
    """At most this many jobs for certain (by the upper bound)."""

    share_gte: float
    """At least this share for certain (by the lower bound). Includes shares of a part of the
    company, unless `share_of` says otherwise.
    """

    share_lte: float
    """At most this share for certain (by the upper bound)."""

    share_of: OneOrMore[ShareOf]
    """Only waves whose share is of the whole company (company), or of what its `base` names: a
    plant, a country, a group of staff, two companies together (part).
    """

    counts: OneOrMore[Counted]
    """Only waves whose headcount counts posts cut (gross), the change of headcount (net), posts
    that may be moved (affected), or where it is not said (unstated).
    """

    headcount_known: bool
    """Only waves whose headcount is known (true) or not (false)."""

    canonical: OneOrMore[bool]
    """Waves that may be added up (true, the default), only parts, copies and superseded reports
    (false), or both (true,false).
    """

    has_notices: bool
    """Only waves with linked notices of employers (true), or without (false). A wave may have
    none because the notices of its place are not here: see /v1/coverage.
    """

    group_by: Required[OneOrMore[StatisticsGroupBy]]
    """One to three dimensions. `country` and `subdivision` are where the cuts are made,
    `company_country` where the company has its seat; `driver` and `speaker` count affirmed
    reasons, `role` the cut ones, unless `stance` or `effect` asks for others. With filters of
    claims, such as `speaker`, `weight` or `standing`, groups of reasons and roles count only the
    claims that match all of them; `driver` and `speaker` together are those of one and the same
    claim. `size_band` is of the employees of the whole company before the cut, `week` of ISO
    8601.
    """

    of: Literal["waves"]
    """What is counted: waves. With `notices` the answer is that of `/v1/notices/statistics`,
    which takes parameters of its own. `waves` if it is not given.
    """

    sort: StatisticsSort
    """Order of the groups; unknown keys come last, keys break ties. `-headcount_stated_low`
    ranks roles, countries and subdivisions by the jobs that are stated for them;
    `-headcount_median` and `-share_median` need `spread`. `key` if it is not given.
    """

    spread: bool
    """Adds minimum, quartiles, median and maximum of headcounts and shares, and on how many
    waves they rest. `false` if it is not given.
    """

    cumulative: bool
    """Running totals: a group has the waves of its span and of all earlier ones. Needs one
    dimension of time. Waves whose span is unknown stay a group of their own. `false` if it is
    not given.
    """

    fill: bool
    """Adds the spans without a wave between the first and the last one, for each value of the
    other dimensions; such groups are marked `filled`. Needs one dimension of time. `false` if it
    is not given.
    """

    top: int
    """Keeps only this many groups for each value of the first dimension: those with the highest
    value of `sort`, or else with the most waves. Groups of unknown values are left out. Needs
    two or three dimensions.
    """

    within_months: int
    """Adds the largest number of waves of each group in any window of this many months. A window
    ends on the day before the same day that many months later. A wave counts by the first day of
    its date.
    """

    busiest_waves_gte: int
    """Only groups with at least this many waves in some window of `within_months`: with
    `group_by=company`, the companies that cut repeatedly.
    """

    measure: StatisticsMeasure
    """What a chart shows of each group: its waves, companies, jobs by their bounds, or a median;
    with `of=notices` its notices (the default) or their jobs. With `format` svg, png or vega,
    and on the page of an answer. `waves` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    width: int
    """Width of a chart in CSS pixels. Like all parameters of a chart's look, it is only for
    `format` svg, png or vega. `960` if it is not given.
    """

    height: int
    """Height of a chart in CSS pixels; as its content needs if it is not given."""

    theme: StatisticsTheme
    """Colours of a chart: for a white or for a dark grey background. `light` if it is not given."""

    numbers: StatisticsNumbers
    """How a chart writes numbers: 1,234.5 (comma), 1.234,5 (point), 1 234,5 (space) or 1’234.5
    (apostrophe). `comma` if it is not given.
    """

    scale: int
    """PNG pixels per CSS pixel. `2` if it is not given."""

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    limit: int
    """Maximum number of groups; `meta.groups` has the total. `1000` if it is not given."""

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetAttributionQuery(TypedDict, total=False):
    """What `get_attribution` takes."""

    company: OneOrMore[str]
    """Only these companies' waves, by id."""

    company_not: OneOrMore[str]
    """Leave out these companies' waves."""

    id: OneOrMore[str]
    """Only these waves, by id: up to 100 in one request."""

    driver: OneOrMore[str]
    """The reason: any of these drivers. Together with `driver_group`, either."""

    driver_not: OneOrMore[str]
    """Leave out waves for which somebody gives one of these drivers."""

    driver_group: OneOrMore[str]
    """The reason: any driver of one of these groups, or of an umbrella over them. `ai` where
    neither this nor `driver` is given.
    """

    speaker: OneOrMore[Speaker]
    """Narrows the waves, in the row `all` and in every share too, to those with a driver claim
    by one of these speakers, for any reason and not only the one in question. Other such filters
    have to match the same claim. Leave it out to compare: the rows already say who gives the
    reason, and how.
    """

    stance: OneOrMore[Stance]
    """Narrows the waves, in the row `all` and in every share too, to those with a driver claim
    of one of these stances, for any reason and not only the one in question. Other such filters
    have to match the same claim. Leave it out to compare: the rows already say who gives the
    reason, and how.
    """

    weight: OneOrMore[Weight]
    """Narrows the waves, in the row `all` and in every share too, to those with a driver claim
    of one of these weights, for any reason and not only the one in question. Other such filters
    have to match the same claim. Leave it out to compare: the rows already say who gives the
    reason, and how.
    """

    standing: OneOrMore[Standing]
    """Narrows the waves, in the row `all` and in every share too, to those with a claim that a
    source of one of these standings supports: the driver claim of `speaker`, `stance` or
    `weight`, the role claim of `role` or `effect`, else any. The claims that the rules look at
    need not have it.
    """

    role: OneOrMore[str]
    """Only waves with one of these roles: among the cut ones, unless `effect` says otherwise."""

    role_not: OneOrMore[str]
    """Leave out waves that cut one of these roles."""

    effect: OneOrMore[Effect]
    """What happens to the roles of `role`; one and the same claim must match."""

    industry: OneOrMore[str]
    """Only waves of companies of these NAICS 2022 sectors."""

    country: OneOrMore[str]
    """Only waves whose scope names one of these countries."""

    country_not: OneOrMore[str]
    """Leave out waves whose scope names one of these countries."""

    subdivision: OneOrMore[str]
    """Only waves whose scope names one of these subdivisions, ISO 3166-2."""

    company_country: OneOrMore[str]
    """Only waves of companies with their seat in one of these countries."""

    status: OneOrMore[str]
    """Only waves of these statuses."""

    status_not: OneOrMore[str]
    """Leave out waves of these statuses."""

    form: OneOrMore[str]
    """Only waves whose jobs are cut in one of these ways."""

    collection: OneOrMore[str]
    """Only waves of these collections."""

    source: OneOrMore[str]
    """Only waves that cite one of these sources, by id."""

    announced: OneOrMore[Day]
    """Announced in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15. A less precise date counts by its first day.
    """

    announced_gte: Day
    """Announced on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    announced_lte: Day
    """Announced on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    headcount_gte: int
    """At least this many jobs for certain (by the lower bound)."""

    headcount_lte: int
    """At most this many jobs for certain (by the upper bound)."""

    share_gte: float
    """At least this share for certain (by the lower bound). Includes shares of a part of the
    company, unless `share_of` says otherwise.
    """

    share_lte: float
    """At most this share for certain (by the upper bound)."""

    share_of: OneOrMore[ShareOf]
    """Only waves whose share is of the whole company (company), or of what its `base` names: a
    plant, a country, a group of staff, two companies together (part).
    """

    counts: OneOrMore[Counted]
    """Only waves whose headcount counts posts cut (gross), the change of headcount (net), posts
    that may be moved (affected), or where it is not said (unstated).
    """

    headcount_known: bool
    """Only waves whose headcount is known (true) or not (false)."""

    canonical: OneOrMore[bool]
    """Waves that may be added up (true, the default), only parts, copies and superseded reports
    (false), or both (true,false).
    """

    has_notices: bool
    """Only waves with linked notices of employers (true), or without (false). A wave may have
    none because the notices of its place are not here: see /v1/coverage.
    """

    by: AttributionBy
    """What the waves are grouped by; without it, all are one group."""

    ids: bool
    """Whether each row has the ids of its waves. `true` if it is not given."""

    measure: AttributionMeasure
    """What a chart shows of each rule: a share, or waves, companies or jobs. With `format` svg,
    png or vega, and on the page of an answer. `share_of_waves` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    width: int
    """Width of a chart in CSS pixels. Like all parameters of a chart's look, it is only for
    `format` svg, png or vega. `960` if it is not given.
    """

    height: int
    """Height of a chart in CSS pixels; as its content needs if it is not given."""

    theme: AttributionTheme
    """Colours of a chart: for a white or for a dark grey background. `light` if it is not given."""

    numbers: AttributionNumbers
    """How a chart writes numbers: 1,234.5 (comma), 1.234,5 (point), 1 234,5 (space) or 1’234.5
    (apostrophe). `comma` if it is not given.
    """

    scale: int
    """PNG pixels per CSS pixel. `2` if it is not given."""

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    limit: int
    """Maximum number of groups; `meta.groups` has the total. `1000` if it is not given."""

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetTimelineQuery(TypedDict, total=False):
    """What `get_timeline` takes."""

    company: OneOrMore[str]
    """Only of these companies, by id."""

    kind: OneOrMore[str]
    """Only moments of these kinds."""

    from_: Day
    """Only what happens on this day or later, or in a span that reaches to it; a month, a
    quarter or a year (2025-06, 2025-Q2, 2025) counts from its first day.
    """

    to: Day
    """Only what happens on this day or earlier, or in a span that begins by then; a month, a
    quarter or a year counts to its last day. It may lie in the future.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of rows on a page; 50 if it is not given, in every format."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class SearchQuery(TypedDict, total=False):
    """What `search` takes."""

    kind: OneOrMore[SearchResultsKind]
    """Only hits of these kinds."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: Required[str]
    """Words that must all occur, in any order and form. The last one may be the beginning of a
    word, unless it is a word itself; mistyped words are corrected. There are no phrases and no
    operators.
    """

    limit: int
    """Maximum number of hits; `meta.count` has the total. `20` if it is not given."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListCompaniesQuery(TypedDict, total=False):
    """What `list_companies` takes."""

    country: OneOrMore[str]
    """Only companies with their seat in these countries."""

    industry: OneOrMore[str]
    """Only companies of these NAICS 2022 sectors."""

    parent: OneOrMore[str]
    """Only companies that one of these owns, by id."""

    cik: OneOrMore[str]
    """Only companies with one of these SEC keys, with or without leading zeros."""

    lei: OneOrMore[str]
    """Only companies with one of these ISO 17442 identifiers."""

    wikidata: OneOrMore[str]
    """Only companies with one of these Wikidata items."""

    ticker: OneOrMore[str]
    """Only companies with one of these listings, as exchange:symbol or the symbol alone."""

    id: OneOrMore[str]
    """Only these companies, by id: up to 100 in one request."""

    sort: CompanySort
    """Order; `-` is descending, `id` breaks ties. `headcount` is by the lower bound of the jobs
    of all its waves (`totals.headcount_low`), unknown last; `-relevance` only together with `q`.
    `name` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListCompaniesSelection(ListCompaniesQuery, total=False):
    """What `list_companies` takes, with the fields to answer."""

    select: OneOrMore[CompanySelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class AutocompleteCompaniesQuery(TypedDict, total=False):
    """What `autocomplete_companies` takes."""

    q: Required[str]
    """The beginning of a name, former name, alias or later word of a name, an id, a ticker or a
    CIK; case, accents and punctuation do not matter.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetCompanyByIdentifierQuery(TypedDict, total=False):
    """What `get_company_by_identifier` takes."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetCompanyQuery(TypedDict, total=False):
    """What `get_company` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetCompanyHistoryQuery(TypedDict, total=False):
    """What `get_company_history` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetCompanyIndicatorsQuery(TypedDict, total=False):
    """What `get_company_indicators` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListIndicatorsQuery(TypedDict, total=False):
    """What `list_indicators` takes."""

    company: OneOrMore[str]
    """Only of these companies, by id."""

    series: OneOrMore[str]
    """Only figures of these series, by id."""

    metric: OneOrMore[Metric]
    """Only figures of these metrics."""

    kind: OneOrMore[IndicatorKind]
    """Only outcomes, or only guidance."""

    definition: OneOrMore[str]
    """Only figures under exactly these definitions. Repeat the parameter for several; a comma is
    part of a definition.
    """

    frequency: OneOrMore[IndicatorFrequency]
    """Only for years, quarters, days (a count on one day) or other periods."""

    rank: OneOrMore[Rank]
    """Only values of these ranks."""

    year_gte: int
    """Period ends in this year or later."""

    year_lte: int
    """Period ends in this year or earlier."""

    period_gte: Day
    """Period ends on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    period_lte: Day
    """Period ends on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    sort: IndicatorSort
    """Order; `-` is descending, `id` breaks ties. `series` has each series by its periods.
    `series` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    width: int
    """Width of a chart in CSS pixels. Like all parameters of a chart's look, it is only for
    `format` svg, png or vega. `960` if it is not given.
    """

    height: int
    """Height of a chart in CSS pixels; as its content needs if it is not given."""

    theme: IndicatorTheme
    """Colours of a chart: for a white or for a dark grey background. `light` if it is not given."""

    numbers: IndicatorNumbers
    """How a chart writes numbers: 1,234.5 (comma), 1.234,5 (point), 1 234,5 (space) or 1’234.5
    (apostrophe). `comma` if it is not given.
    """

    scale: int
    """PNG pixels per CSS pixel. `2` if it is not given."""

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListIndicatorsSelection(ListIndicatorsQuery, total=False):
    """What `list_indicators` takes, with the fields to answer."""

    select: OneOrMore[IndicatorSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetIndicatorQuery(TypedDict, total=False):
    """What `get_indicator` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetRebalancingQuery(TypedDict, total=False):
    """What `get_rebalancing` takes."""

    company: OneOrMore[str]
    """Only these companies, by id."""

    series: OneOrMore[str]
    """Only these series of capital expenditure, by id."""

    year_gte: int
    """Fiscal years that end in this year or later."""

    year_lte: int
    """Fiscal years that end in this year or earlier."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    width: int
    """Width of a chart in CSS pixels. Like all parameters of a chart's look, it is only for
    `format` svg, png or vega. `960` if it is not given.
    """

    height: int
    """Height of a chart in CSS pixels; as its content needs if it is not given."""

    theme: RebalancingTheme
    """Colours of a chart: for a white or for a dark grey background. `light` if it is not given."""

    numbers: RebalancingNumbers
    """How a chart writes numbers: 1,234.5 (comma), 1.234,5 (point), 1 234,5 (space) or 1’234.5
    (apostrophe). `comma` if it is not given.
    """

    scale: int
    """PNG pixels per CSS pixel. `2` if it is not given."""

    limit: int
    """Maximum number of rows; `meta.count` has the total. `1000` if it is not given."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListDriversQuery(TypedDict, total=False):
    """What `list_drivers` takes."""

    group: OneOrMore[str]
    """Only of these groups, or of an umbrella over them: `ai` is artificial intelligence in any
    way.
    """

    sort: DriverSort
    """Order; `-` is descending, `code` breaks ties. `-relevance` only together with `q`. `code`
    if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListDriversSelection(ListDriversQuery, total=False):
    """What `list_drivers` takes, with the fields to answer."""

    select: OneOrMore[DriverSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetDriverQuery(TypedDict, total=False):
    """What `get_driver` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListRolesQuery(TypedDict, total=False):
    """What `list_roles` takes."""

    axis: OneOrMore[Axis]
    """Only on these axes."""

    sort: RoleSort
    """Order; `-` is descending, `code` breaks ties. `-relevance` only together with `q`. `code`
    if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListRolesSelection(ListRolesQuery, total=False):
    """What `list_roles` takes, with the fields to answer."""

    select: OneOrMore[RoleSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetRoleQuery(TypedDict, total=False):
    """What `get_role` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListSourcesQuery(TypedDict, total=False):
    """What `list_sources` takes."""

    kind: OneOrMore[str]
    """Only of these kinds."""

    standing: OneOrMore[Standing]
    """Only sources of these standings."""

    id: OneOrMore[str]
    """Only these sources, by id: up to 100 in one request."""

    publisher: OneOrMore[str]
    """Only sources by exactly these publishers. Repeat the parameter for several; a comma is
    part of a name.
    """

    language: OneOrMore[str]
    """Only sources in these languages, ISO 639."""

    published: OneOrMore[Day]
    """Published in this year, quarter or month, or on this day: 2023, 2023-Q2, 2023-06 or
    2023-06-15. A less precise date counts by its first day.
    """

    published_gte: Day
    """Published on this day or later; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts from its first day.
    """

    published_lte: Day
    """Published on this day or earlier; a month, a quarter or a year (2023-06, 2023-Q2, 2023)
    counts to its last day.
    """

    sort: SourceSort
    """Order; `-` is descending, unknown comes last, `id` breaks ties. `-relevance` only together
    with `q`. `-published_on` if it is not given.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    q: str
    """Only records with all of these words, in any order and form. The last one may be the
    beginning of a word, unless it is a word itself; mistyped words are corrected. There are no
    phrases and no operators. Finds the same as `/v1/search`.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListSourcesSelection(ListSourcesQuery, total=False):
    """What `list_sources` takes, with the fields to answer."""

    select: OneOrMore[SourceSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetSourceQuery(TypedDict, total=False):
    """What `get_source` takes."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListCollectionsQuery(TypedDict, total=False):
    """What `list_collections` takes."""

    sort: CollectionSort
    """Order; `-` is descending, `id` breaks ties. `id` if it is not given."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    seed: int
    """Chooses the sample: any number. It has no effect without `sample`. `0` if it is not given."""

    sample: int
    """A random sample of this many matching records, in the order of `sort`. The same `seed`
    gives the same sample as long as the revision is the same.
    """

    count: CountMode
    """`none` leaves out `meta.count`, which is quicker on large results. `exact` if it is not
    given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    changed_since: int
    """Only records that changed after this revision: whose `revision` is greater."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListCollectionsSelection(ListCollectionsQuery, total=False):
    """What `list_collections` takes, with the fields to answer."""

    select: OneOrMore[CollectionSelect]
    """Only these top-level fields of each record, in the record's order. JSON then has the media
    type `application/vnd.layoff-ledger.selection+json`; CSV keeps the columns that come from
    these fields.
    """


class GetCollectionQuery(TypedDict, total=False):
    """What `get_collection` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListRevisionsQuery(TypedDict, total=False):
    """What `list_revisions` takes."""

    sort: RevisionSort
    """Order; `-` is the newest first. `-number` if it is not given."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetRevisionQuery(TypedDict, total=False):
    """What `get_revision` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """


class ListChangesQuery(TypedDict, total=False):
    """What `list_changes` takes."""

    since: int
    """Only what changed after this revision; 0 is all that ever changed. `0` if it is not given."""

    published_gte: Day
    """Only what was published on this day or later (UTC); a month, a quarter or a year (2026-11,
    2026-Q4, 2026) counts from its first day.
    """

    resource: OneOrMore[LedgerChangeResource]
    """Only records of these kinds."""

    change: OneOrMore[Change]
    """Only records that were added, changed or withdrawn: `change=added` with `resource=wave`
    lists new waves only. A copy needs all changes.
    """

    company: OneOrMore[str]
    """Only what is about these companies, by id: the company itself, its indicators and waves,
    and notices that are linked to it or were in an earlier revision.
    """

    driver: OneOrMore[str]
    """Only these drivers themselves, and waves for which somebody gives one of them, or gave it
    in an earlier revision. Denials do not count. With `company` as well, only waves that match
    both.
    """

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    cursor: str
    """Opaque: take it from `links.next`. It belongs to the other parameters of that link, and to
    the revision with which the walk began.
    """

    limit: int
    """Maximum number of records on a page; 50 if it is not given. Without it, CSV, NDJSON, Excel
    and Parquet give the whole result in one answer.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class ListExportsQuery(TypedDict, total=False):
    """What `list_exports` takes."""

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetCoverageQuery(TypedDict, total=False):
    """What `get_coverage` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """


class GetDictionaryQuery(TypedDict, total=False):
    """What `get_dictionary` takes."""

    bom: bool
    """Whether CSV begins with a byte order mark. Excel needs it to recognise UTF-8; some
    programs take it for part of the first column's name. `true` if it is not given.
    """

    as_of: AsOf
    """What the ledger said at that time: the number of a revision, or a past day (UTC), which
    means the last revision on or before that day. Such an answer never changes.
    """
