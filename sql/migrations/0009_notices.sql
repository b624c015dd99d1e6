-- Notices: what employers filed with an authority about a coming reduction at a site.
--
-- A notice is a record of its collection and no claim of the ledger: it is linked to a company and a
-- wave, never merged into them and never added to them. Links are rows of their own, so that a notice
-- stays as it is when the ledger learns who filed it.

alter table ledger.collection
    add column attribution text,
    add column missing text;
comment on column ledger.collection.attribution is 'How those who use its records name it.';
comment on column ledger.collection.missing is 'What it does not have, so that absence is not read as zero.';

create table ledger.notice (
    id text collate "C" primary key check (id ~ '^[a-z]{2}-[a-z0-9]{1,3}-[a-z0-9]{6,40}$'),
    collection ledger.slug not null references ledger.collection,
    jurisdiction text not null check (jurisdiction ~ '^[A-Z]{2}-[A-Z0-9]{1,3}$'),
    authority text,
    employer text not null check (employer <> ''),
    place text,
    county text,
    county_code text,
    address text,
    notice_on date,
    received_on date,
    effective_from date,
    effective_to date,
    first_seen_on date,
    last_seen_on date,
    jobs_low integer,
    jobs_high integer,
    kind text not null check (kind in ('closure', 'mass_layoff', 'unknown')),
    temporary boolean,
    industry text references ledger.industry deferrable initially deferred,
    naics text,
    stated_cause text,
    occupations text[] not null default '{}',
    status text not null check (status in ('filed', 'amended', 'superseded', 'rescinded')),
    amended boolean not null,
    flags text[] not null default '{}',
    cik text,
    lei text,
    wikidata text,
    ticker text,
    parent text,
    parent_cik text,
    source_url text,
    source_id text,
    key text not null,
    digest bytea not null,
    constraint notice_jobs_are_positive check (jobs_low > 0),
    constraint notice_jobs_are_in_order check (jobs_low <= jobs_high),
    constraint notice_effect_is_in_order check (effective_from <= effective_to),
    constraint notice_was_seen_in_order check (first_seen_on <= last_seen_on)
);
comment on table ledger.notice is 'Filings of employers with an authority about a coming reduction at a site.';
comment on column ledger.notice.id is 'Jurisdiction and the beginning of the key of its origin.';
comment on column ledger.notice.collection is 'The collection that it is a record of.';
comment on column ledger.notice.jurisdiction is 'ISO 3166-2 code of whose authority it was filed with.';
comment on column ledger.notice.authority is 'Name of that authority.';
comment on column ledger.notice.employer is 'The employer as filed.';
comment on column ledger.notice.place is 'Town of the site.';
comment on column ledger.notice.county is 'County of the site.';
comment on column ledger.notice.county_code is 'Its code; FIPS in the United States.';
comment on column ledger.notice.address is 'Address of the site as filed.';
comment on column ledger.notice.notice_on is 'Date of the notice.';
comment on column ledger.notice.received_on is 'When the authority received it.';
comment on column ledger.notice.effective_from is 'When the reduction takes effect; the first day where there are several.';
comment on column ledger.notice.effective_to is 'The last of those days.';
comment on column ledger.notice.first_seen_on is 'When the collection first saw it at its source.';
comment on column ledger.notice.last_seen_on is 'When the collection last saw it there.';
comment on column ledger.notice.jobs_low is 'Jobs affected, at least.';
comment on column ledger.notice.jobs_high is 'Jobs affected, at most.';
comment on column ledger.notice.kind is 'closure, mass_layoff or unknown.';
comment on column ledger.notice.temporary is 'Whether the reduction is temporary; null if not said.';
comment on column ledger.notice.industry is 'NAICS 2022 sector.';
comment on column ledger.notice.naics is 'NAICS code as the collection has it.';
comment on column ledger.notice.stated_cause is 'The cause that the employer states, where the state asks.';
comment on column ledger.notice.occupations is 'Occupations as filed, where the state asks.';
comment on column ledger.notice.status is 'filed, amended, superseded or rescinded.';
comment on column ledger.notice.amended is 'Whether it was amended, or is an amendment.';
comment on column ledger.notice.flags is 'What a reader has to mind of it.';
comment on column ledger.notice.cik is 'SEC number of the employer, as the collection has it.';
comment on column ledger.notice.lei is 'Legal entity identifier of the employer, as the collection has it.';
comment on column ledger.notice.wikidata is 'Wikidata item of the employer, as the collection has it.';
comment on column ledger.notice.ticker is 'Symbol of the employer, as the collection has it.';
comment on column ledger.notice.parent is 'Company that owns the employer, as the collection has it.';
comment on column ledger.notice.parent_cik is 'SEC number of that company.';
comment on column ledger.notice.source_url is 'The portal that it was taken from.';
comment on column ledger.notice.source_id is 'Number of the notice at its source.';
comment on column ledger.notice.key is 'Key of its row at the origin of the collection.';
comment on column ledger.notice.digest is 'SHA-256 of the record with its links; nothing is written while it is the same.';

create table ledger.notice_relation (
    notice text collate "C" not null references ledger.notice on delete cascade,
    position smallint not null,
    relation text not null check (relation in ('amends', 'possible_duplicate')),
    other text collate "C" not null references ledger.notice deferrable initially deferred,
    method text not null,
    score double precision check (score between 0 and 1),
    primary key (notice, position),
    constraint notice_is_related_to_others check (other <> notice)
);
create index notice_relation_other on ledger.notice_relation (other);
comment on table ledger.notice_relation is 'How a notice stands to other notices.';
comment on column ledger.notice_relation.notice is 'The later notice.';
comment on column ledger.notice_relation.position is 'Order in which they are listed.';
comment on column ledger.notice_relation.relation is 'amends or possible_duplicate.';
comment on column ledger.notice_relation.other is 'The earlier notice.';
comment on column ledger.notice_relation.method is 'How the collection found it.';
comment on column ledger.notice_relation.score is 'How sure it is, from 0 to 1.';

create table ledger.notice_company (
    notice text collate "C" primary key references ledger.notice on delete cascade,
    company ledger.slug not null references ledger.company on delete cascade,
    method text not null,
    score double precision not null check (score between 0 and 1)
);
create index notice_company_company on ledger.notice_company (company);
comment on table ledger.notice_company is 'The company of ours that filed a notice.';
comment on column ledger.notice_company.notice is 'The notice.';
comment on column ledger.notice_company.company is 'The company.';
comment on column ledger.notice_company.method is 'By what the two were matched.';
comment on column ledger.notice_company.score is 'How sure the match is, from 0 to 1.';

create table ledger.notice_wave (
    notice text collate "C" primary key references ledger.notice on delete cascade,
    wave ledger.slug not null references ledger.wave on delete cascade,
    method text not null,
    score double precision not null check (score between 0 and 1)
);
create index notice_wave_wave on ledger.notice_wave (wave);
comment on table ledger.notice_wave is 'The wave of ours that a notice belongs to.';
comment on column ledger.notice_wave.notice is 'The notice.';
comment on column ledger.notice_wave.wave is 'The wave.';
comment on column ledger.notice_wave.method is 'By what the two were matched.';
comment on column ledger.notice_wave.score is 'How sure the match is, from 0 to 1.';
