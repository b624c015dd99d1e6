-- What a company spends, earns and employs: the figures that a cut is read against.
--
-- A series has one definition, so that its figures compare; another definition is another series.

create table ledger.indicator (
    id ledger.slug primary key,
    company ledger.slug not null references ledger.company deferrable initially deferred,
    metric text not null check (metric in ('capital_expenditure', 'employees', 'revenue')),
    kind text not null check (kind in ('outcome', 'guidance')),
    unit text not null check (unit in ('USD', 'people')),
    definition text not null check (definition <> ''),
    note text,
    collection ledger.slug not null references ledger.collection,
    digest bytea not null,
    check ((metric = 'employees') = (unit = 'people')),
    unique (company, metric, kind, definition) deferrable initially deferred
);
create index indicator_collection on ledger.indicator (collection);
comment on table ledger.indicator is 'Series of figures of a company, each under one definition.';
comment on column ledger.indicator.id is 'Stable identifier.';
comment on column ledger.indicator.company is 'The company.';
comment on column ledger.indicator.metric is 'capital_expenditure, employees or revenue.';
comment on column ledger.indicator.kind is 'outcome, or guidance for a period that was not over.';
comment on column ledger.indicator.unit is 'USD or people.';
comment on column ledger.indicator.definition is 'What is counted.';
comment on column ledger.indicator.note is 'What a reader has to mind.';
comment on column ledger.indicator.collection is 'The collection that describes it.';
comment on column ledger.indicator.digest is 'SHA-256 of the curated record: publishing rewrites it when it differs.';

create table ledger.indicator_value (
    indicator ledger.slug not null references ledger.indicator on delete cascade,
    position smallint not null,
    period_start date,
    period_start_precision ledger.date_precision,
    period_end date not null,
    period_end_precision ledger.date_precision not null,
    low numeric check (low > 0),
    high numeric check (high > 0),
    qualifier text not null check (
        qualifier in ('exact', 'approximately', 'at_least', 'up_to', 'range', 'derived')
    ),
    rank text not null check (rank in ('preferred', 'normal', 'deprecated')),
    stated_on date,
    stated_precision ledger.date_precision,
    note text,
    primary key (indicator, position),
    check (low is not null or high is not null),
    check (low <= high),
    check (period_start <= period_end),
    check ((period_start is null) = (period_start_precision is null)),
    check ((stated_on is null) = (stated_precision is null))
);
comment on table ledger.indicator_value is 'Figures of a series.';
comment on column ledger.indicator_value.indicator is 'The series.';
comment on column ledger.indicator_value.position is 'Order in the series.';
comment on column ledger.indicator_value.period_start is 'First day of the period; null for a count on one day.';
comment on column ledger.indicator_value.period_start_precision is 'How precise that date is.';
comment on column ledger.indicator_value.period_end is 'Last day of the period, or the day of the count.';
comment on column ledger.indicator_value.period_end_precision is 'How precise that date is.';
comment on column ledger.indicator_value.low is 'At least this; null is no bound.';
comment on column ledger.indicator_value.high is 'At most this; null is no bound.';
comment on column ledger.indicator_value.qualifier is 'As the source hedges it.';
comment on column ledger.indicator_value.rank is 'preferred is the one that ratios use.';
comment on column ledger.indicator_value.stated_on is 'When it was said.';
comment on column ledger.indicator_value.stated_precision is 'How precise that date is.';
comment on column ledger.indicator_value.note is 'What a reader has to mind.';

create table ledger.indicator_citation (
    indicator ledger.slug not null,
    value smallint not null,
    position smallint not null,
    source ledger.slug not null references ledger.source,
    locator text,
    fragment text check (
        array_length(regexp_split_to_array(btrim(fragment), '\s+'), 1) <= 12
    ),
    evidence text not null check (evidence in ('excerpt_read', 'url_listed', 'filing')),
    primary key (indicator, value, position),
    foreign key (indicator, value) references ledger.indicator_value on delete cascade
);
create index indicator_citation_source on ledger.indicator_citation (source);
comment on table ledger.indicator_citation is 'Where a figure is found.';
comment on column ledger.indicator_citation.indicator is 'The series.';
comment on column ledger.indicator_citation.value is 'Position of the figure.';
comment on column ledger.indicator_citation.position is 'Order in which a curator lists them.';
comment on column ledger.indicator_citation.source is 'The source.';
comment on column ledger.indicator_citation.locator is 'Page, paragraph, section or item.';
comment on column ledger.indicator_citation.fragment is 'Verbatim words, at most 12.';
comment on column ledger.indicator_citation.evidence is 'excerpt_read, url_listed or filing.';

create table ledger.company_indicators_version (
    id ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create unique index company_indicators_version_current on ledger.company_indicators_version (id)
    where last_revision = 2147483647;
comment on table ledger.company_indicators_version is 'Indicators of companies as they were served.';
comment on column ledger.company_indicators_version.id is 'Id of the company.';
comment on column ledger.company_indicators_version.first_revision is 'First revision that says so.';
comment on column ledger.company_indicators_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.company_indicators_version.body is 'The document after its id, url and revision.';
