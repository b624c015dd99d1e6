-- What the ledger said, and when: every document as it was, from its first to its last revision.
--
-- A read at revision R takes the rows with first_revision <= R <= last_revision. The newest
-- revision is read in the same way, so a walk that began before a publication stays whole.
-- `body` is the document without its opening `{"id":…,"url":…,"revision":…,`: these three are put
-- before it when it is served, because the address depends on who asks.

create table ledger.revision (
    number integer primary key check (number > 0),
    published_at timestamptz not null default now(),
    note text,
    added integer not null default 0,
    changed integer not null default 0,
    withdrawn integer not null default 0,
    counts jsonb not null default '{}'
);
comment on table ledger.revision is 'Publications of the ledger, numbered without gaps.';
comment on column ledger.revision.number is 'Number of the publication, from 1.';
comment on column ledger.revision.published_at is 'When it became visible, UTC.';
comment on column ledger.revision.note is 'What the publisher says about it.';
comment on column ledger.revision.added is 'Documents that are new.';
comment on column ledger.revision.changed is 'Documents that differ from their last version.';
comment on column ledger.revision.withdrawn is 'Documents that are no longer given.';
comment on column ledger.revision.counts is 'Documents per resource as of this revision.';

create table ledger.input (
    name text primary key,
    digest bytea not null
);
comment on table ledger.input is 'What was published last: equal digests need no second publication.';
comment on column ledger.input.name is 'What the digest is of.';
comment on column ledger.input.digest is 'SHA-256 of the curated files and of the SQL that shapes them.';

create table ledger.wave_version (
    id ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    announced_on date not null,
    announced_precision ledger.date_precision not null,
    company text not null,
    company_country text,
    industry text,
    collection text not null,
    status text not null,
    canonical boolean not null,
    countries text[] not null,
    forms text[] not null,
    drivers text[] not null,
    speakers text[] not null,
    roles text[] not null,
    driver_keys text[] not null,
    role_keys text[] not null,
    sources text[] not null,
    standings text[] not null,
    evidence text[] not null,
    claims smallint not null,
    newest_event_on date not null,
    headcount_low integer,
    headcount_high integer,
    share_low double precision,
    share_high double precision,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
-- Out of line and not compressed: the rows that filters read stay narrow, and a page of documents
-- is copied, not unpacked.
alter table ledger.wave_version alter column body set storage external;
alter table ledger.wave_version set (toast_tuple_target = 256);
create index wave_version_announced on ledger.wave_version (announced_on, id);
create index wave_version_company on ledger.wave_version (company, announced_on, id);
create index wave_version_industry on ledger.wave_version (industry, announced_on, id);
create index wave_version_country on ledger.wave_version (company_country, announced_on, id);
create index wave_version_status on ledger.wave_version (status, announced_on, id);
-- Unknown comes last in both directions.
create index wave_version_headcount_up on ledger.wave_version
    (coalesce(headcount_low, headcount_high, 2147483647), id);
create index wave_version_headcount_down on ledger.wave_version
    (coalesce(headcount_low, headcount_high, -1), id);
create index wave_version_drivers on ledger.wave_version using gin (driver_keys);
create index wave_version_roles on ledger.wave_version using gin (role_keys);
create index wave_version_countries on ledger.wave_version using gin (countries);
create index wave_version_forms on ledger.wave_version using gin (forms);
create index wave_version_sources on ledger.wave_version using gin (sources);
create unique index wave_version_current on ledger.wave_version (id)
    where last_revision = 2147483647;
comment on table ledger.wave_version is 'Waves as they were served, with what lists filter and sort by.';
comment on column ledger.wave_version.id is 'Id of the wave.';
comment on column ledger.wave_version.first_revision is 'First revision that says so.';
comment on column ledger.wave_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.wave_version.body is 'The document after its id, url and revision.';
comment on column ledger.wave_version.announced_on is 'Date of the announcement.';
comment on column ledger.wave_version.announced_precision is 'How precise that date is.';
comment on column ledger.wave_version.company is 'Id of the company.';
comment on column ledger.wave_version.company_country is 'Country of its seat.';
comment on column ledger.wave_version.industry is 'Its NAICS 2022 sector.';
comment on column ledger.wave_version.collection is 'Id of the collection.';
comment on column ledger.wave_version.status is 'Kind of the latest event.';
comment on column ledger.wave_version.canonical is 'Whether statistics count it.';
comment on column ledger.wave_version.countries is 'Where the cuts fall.';
comment on column ledger.wave_version.forms is 'How the posts go.';
comment on column ledger.wave_version.drivers is 'Drivers that somebody affirms, for statistics.';
comment on column ledger.wave_version.speakers is 'Speakers who affirm a driver, for statistics.';
comment on column ledger.wave_version.roles is 'Roles that are cut, for statistics.';
comment on column ledger.wave_version.driver_keys is 'driver|speaker|stance|standing of each claim, with * for any.';
comment on column ledger.wave_version.role_keys is 'role|effect|standing of each claim, with * for any.';
comment on column ledger.wave_version.sources is 'Ids of the cited sources.';
comment on column ledger.wave_version.standings is 'What the cited sources are worth.';
comment on column ledger.wave_version.evidence is 'Evidence grade of each citation.';
comment on column ledger.wave_version.claims is 'Claims of the wave.';
comment on column ledger.wave_version.newest_event_on is 'Date of the latest event.';
comment on column ledger.wave_version.headcount_low is 'Preferred headcount, lower bound.';
comment on column ledger.wave_version.headcount_high is 'Preferred headcount, upper bound.';
comment on column ledger.wave_version.share_low is 'Preferred share, lower bound.';
comment on column ledger.wave_version.share_high is 'Preferred share, upper bound.';

create table ledger.company_version (
    id ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    name text not null,
    country text,
    industry text,
    parent text,
    identifiers text[] not null,
    waves integer not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create index company_version_name on ledger.company_version (name collate "C", id);
create index company_version_country on ledger.company_version (country, id);
create index company_version_industry on ledger.company_version (industry, id);
create index company_version_waves on ledger.company_version (waves, id);
create index company_version_identifiers on ledger.company_version using gin (identifiers);
create unique index company_version_current on ledger.company_version (id)
    where last_revision = 2147483647;
comment on table ledger.company_version is 'Companies as they were served.';
comment on column ledger.company_version.id is 'Id of the company.';
comment on column ledger.company_version.first_revision is 'First revision that says so.';
comment on column ledger.company_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.company_version.body is 'The document after its id, url and revision.';
comment on column ledger.company_version.name is 'Name as people know it.';
comment on column ledger.company_version.country is 'Country of the seat.';
comment on column ledger.company_version.industry is 'NAICS 2022 sector.';
comment on column ledger.company_version.parent is 'The company that owns it.';
comment on column ledger.company_version.identifiers is 'scheme:value of each identifier.';
comment on column ledger.company_version.waves is 'Waves of the company.';

create table ledger.source_version (
    id ledger.slug not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    publisher text not null,
    kind text not null,
    standing text not null,
    language text not null,
    published_on date,
    archived boolean not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create index source_version_published_up on ledger.source_version
    (coalesce(published_on, date '9999-01-01'), id);
create index source_version_published_down on ledger.source_version
    (coalesce(published_on, date '0002-01-01'), id);
create index source_version_publisher on ledger.source_version (publisher, id);
create index source_version_kind on ledger.source_version (kind, id);
create index source_version_standing on ledger.source_version (standing, id);
create unique index source_version_current on ledger.source_version (id)
    where last_revision = 2147483647;
comment on table ledger.source_version is 'Sources as they were served.';
comment on column ledger.source_version.id is 'Id of the source.';
comment on column ledger.source_version.first_revision is 'First revision that says so.';
comment on column ledger.source_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.source_version.body is 'The document after its id, url and revision.';
comment on column ledger.source_version.publisher is 'Whose page it is.';
comment on column ledger.source_version.kind is 'Kind of source.';
comment on column ledger.source_version.standing is 'What the source is worth.';
comment on column ledger.source_version.language is 'ISO 639 code.';
comment on column ledger.source_version.published_on is 'When it was published.';
comment on column ledger.source_version.archived is 'Whether a copy that stays is known.';

create table ledger.driver_version (
    id ledger.code not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    label text not null,
    "group" text not null,
    waves integer not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create unique index driver_version_current on ledger.driver_version (id)
    where last_revision = 2147483647;
comment on table ledger.driver_version is 'Drivers as they were served.';
comment on column ledger.driver_version.id is 'Code of the driver.';
comment on column ledger.driver_version.first_revision is 'First revision that says so.';
comment on column ledger.driver_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.driver_version.body is 'The document after its code, url and revision.';
comment on column ledger.driver_version.label is 'Name as people read it.';
comment on column ledger.driver_version."group" is 'What the driver belongs to.';
comment on column ledger.driver_version.waves is 'Waves for which somebody gives this reason.';

create table ledger.role_version (
    id ledger.code not null,
    first_revision integer not null references ledger.revision,
    last_revision integer not null default 2147483647,
    body text not null,
    label text not null,
    axis text not null,
    waves integer not null,
    primary key (id, first_revision),
    check (first_revision <= last_revision)
);
create unique index role_version_current on ledger.role_version (id)
    where last_revision = 2147483647;
comment on table ledger.role_version is 'Roles as they were served.';
comment on column ledger.role_version.id is 'Code of the role.';
comment on column ledger.role_version.first_revision is 'First revision that says so.';
comment on column ledger.role_version.last_revision is 'Last revision that says so; 2147483647 while it holds.';
comment on column ledger.role_version.body is 'The document after its code, url and revision.';
comment on column ledger.role_version.label is 'Name as people read it.';
comment on column ledger.role_version.axis is 'function, level or unit.';
comment on column ledger.role_version.waves is 'Waves in which such posts are cut.';
